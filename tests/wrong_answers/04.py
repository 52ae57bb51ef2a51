"""Plausible wrong answers to lesson 04's exercises, and the hint that each must meet."""

_STOPPED = """def fit_stopped(train_events, train_label, valid_events, valid_label):
    scaler = StandardScaler().fit({scaled_on})
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(64, activation="relu"),
                                keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)])
    network.compile(keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
    stop = keras.callbacks.EarlyStopping(patience=20, restore_best_weights={restore})
    done = network.fit(scaler.transform(train_events), train_label, batch_size=100, epochs=150, verbose=0,
                       callbacks=[stop], validation_batch_size=10_000,
                       validation_data=(scaler.transform({watched}_events), {watched}_label))
    return scaler, network, done.history
"""

WRONG = [
    dict(
        exercise="1",
        why="the biases are left out",
        code="""def forward(x, weights):
    for matrix in weights[:-2:2]:
        x = np.maximum(x @ matrix, 0)
    return (x @ weights[-2])[:, 0]
""",
        hint="bias",
    ),
    dict(
        exercise="1",
        why="the hidden layers have no activation",
        code="""def forward(x, weights):
    for matrix, bias in zip(weights[::2], weights[1::2], strict=True):
        x = x @ matrix + bias
    return x[:, 0]
""",
        hint="no activation",
    ),
    dict(
        exercise="1",
        why="ReLU on the last layer too, so that no logit is negative",
        code="""def forward(x, weights):
    for matrix, bias in zip(weights[::2], weights[1::2], strict=True):
        x = np.maximum(x @ matrix + bias, 0)
    return x[:, 0]
""",
        hint="last layer",
    ),
    dict(
        exercise="2",
        why="the scaler is fitted on training and validation events together",
        code=_STOPPED.format(
            scaled_on="np.concatenate([train_events, valid_events])", restore=True, watched="valid"
        ),
        hint="scaler",
    ),
    dict(
        exercise="2",
        why="the loss that is watched is the training events' own",
        code=_STOPPED.format(scaled_on="train_events", restore=True, watched="train"),
        hint="validation events",
    ),
    dict(
        exercise="2",
        why="the last weights are kept instead of the best",
        code=_STOPPED.format(scaled_on="train_events", restore=False, watched="valid"),
        hint="restore_best_weights",
    ),
]
