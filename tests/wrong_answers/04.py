"""Plausible wrong answers to the exercises of lesson 04, each with the hint that names the mistake."""


def forward(
    why,
    hint,
    *,
    hidden="np.maximum(x @ matrix + bias, 0)",
    last="x @ weights[-2] + weights[-1]",
    end="[:, 0]",
):
    """One wrong `forward`."""
    return {
        "exercise": "1",
        "why": why,
        "code": "def forward(x, weights):\n"
        "    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2]):\n"
        f"        x = {hidden}\n    return ({last}){end}\n",
        "hint": hint,
    }


def stopped(why, hint, **changes):
    """One wrong `fit_stopped`: the right one with some lines changed."""
    lines = {
        "scale": "    scaler = StandardScaler().fit(train[0])",
        "inputs": "    x, x_valid = scaler.transform(train[0]), scaler.transform(valid[0])",
        "begin": "    losses, best, best_epoch = [], network.get_weights(), 0",
        "loop": "    for epoch in range(epochs):",
        "train": "        network.train_epoch(x, train[1])",
        "look": "        losses.append(network.loss(x_valid, valid[1]))",
        "if_best": "        if losses[-1] == min(losses) and losses[-1] not in losses[:-1]:",
        "keep": "            best, best_epoch = network.get_weights(), epoch",
        "stop": "        if epoch - best_epoch >= patience:\n            break",
        "restore": "    network.set_weights(best)",
        "give": "    return losses",
    }
    assert set(changes) <= set(lines)
    code = "\n".join(
        ["def fit_stopped(network, train, valid, patience=20, epochs=150):", *(lines | changes).values()]
    )
    return {"exercise": "2", "why": why, "code": code + "\n", "hint": hint}


def sizes(table, why, hint):
    """One wrong `scan_sizes`, without its training."""
    return {"exercise": "3", "why": why, "code": f"def scan_sizes():\n    return {table}\n", "hint": hint}


def rows(*gaps, each=3, spread=1e-6):
    """A table with some gaps by size, the text of a DataFrame."""
    found = [(9 * 2**k, gap + spread * n) for k, gap in enumerate(gaps) for n in range(each)]
    return f"pd.DataFrame({found}, columns=['weights', 'auc_gap'])"


SIGMOID = "1 / (1 + np.exp(-({})))"
WRONG = [
    forward(
        "no biases", "missing in every layer", hidden="np.maximum(x @ matrix, 0)", last="x @ weights[-2]"
    ),
    forward(
        "no bias in the hidden layers", "missing in the hidden layers", hidden="np.maximum(x @ matrix, 0)"
    ),
    forward("no bias in the last layer", "missing in the last layer", last="x @ weights[-2]"),
    forward("no activation", "No activation", hidden="x @ matrix + bias"),
    forward(
        "ReLU on the last layer",
        "No ReLU on the last layer",
        last="np.maximum(x @ weights[-2] + weights[-1], 0)",
    ),
    forward("a probability", "That is the probability", last=SIGMOID.format("x @ weights[-2] + weights[-1]")),
    forward("tanh", "have tanh", hidden="np.tanh(x @ matrix + bias)"),
    forward("sigmoid", "have a sigmoid", hidden=SIGMOID.format("x @ matrix + bias")),
    forward("ReLU before the bias", "add the bias first", hidden="np.maximum(x @ matrix, 0) + bias"),
    forward("the absolute value", "have |z|", hidden="np.abs(x @ matrix + bias)"),
    forward("the minimum", "keeps what is negative", hidden="np.minimum(x @ matrix + bias, 0)"),
    forward("a step", "A step, 0 or 1", hidden="(x @ matrix + bias > 0).astype(float)"),
    forward("a column", "take column 0", end=""),
    forward("the first event alone", "A logit for each event".lower(), end="[0, 0]"),
    forward("the hidden layer", "last *hidden* layer", last="x", end=""),
    forward("the maximum of all", "Your code stopped with", hidden="max(0, (x @ matrix + bias).max())"),
    forward("max of an array", "an array stands where one", hidden="max(x @ matrix + bias, 0)"),
    forward(
        "the wrong order", "the shapes of two factors do not fit", hidden="np.maximum(matrix @ x + bias, 0)"
    ),
    forward("labels", "Labels, 0 or 1", end="[:, 0] > 0"),
    {
        "exercise": "1",
        "why": "two hidden layers written out",
        "code": "def forward(x, w):\n    x = np.maximum(x @ w[0] + w[1], 0)\n    x = np.maximum(x @ w[2] + w[3], 0)\n"
        "    return (x @ w[4] + w[5])[:, 0]\n",
        "hint": "three hidden layers",
    },
    stopped(
        "the scale of both sets",
        "it has peeked",
        scale="    scaler = StandardScaler().fit(np.concatenate([train[0], valid[0]]))",
    ),
    stopped(
        "the scale of the validation events",
        "The validation events' own",
        scale="    scaler = StandardScaler().fit(valid[0])",
    ),
    stopped("nothing scaled", "They are not scaled", inputs="    x, x_valid = train[0], valid[0]"),
    stopped(
        "the validation events left unscaled",
        "They are not scaled",
        inputs="    x, x_valid = scaler.transform(train[0]), valid[0]",
    ),
    stopped(
        "a second scaler for the validation events",
        "The validation events' own",
        inputs="    x, x_valid = scaler.transform(train[0]), StandardScaler().fit_transform(valid[0])",
    ),
    stopped(
        "the training loss is watched",
        "what do you watch",
        look="        losses.append(network.loss(x, train[1]))",
    ),
    stopped("the last weights", "The last weights", restore=""),
    stopped("no stop", "It never stopped", stop=""),
    stopped(
        "one too many",
        "One epoch too many",
        stop="        if epoch - best_epoch > patience:\n            break",
    ),
    stopped(
        "one too few",
        "One epoch too few",
        stop="        if epoch - best_epoch >= patience - 1:\n            break",
    ),
    stopped(
        "equal is taken for lower", "Equal is not lower", if_best="        if losses[-1] <= min(losses):"
    ),
    stopped(
        "the first rise",
        "first rise",
        stop="        if len(losses) > 1 and losses[-1] > losses[-2]:\n            break",
    ),
    stopped(
        "a patience of ten",
        "a patience of 10",
        stop="        if epoch - best_epoch >= 10:\n            break",
    ),
    stopped(
        "twenty written in", "a patience of 5", stop="        if epoch - best_epoch >= 20:\n            break"
    ),
    stopped("150 written in", "is `epochs` used", loop="    for epoch in range(150):"),
    stopped(
        "restored only when patience ends it",
        "do it in every case",
        stop="        if epoch - best_epoch >= patience:\n            network.set_weights(best)\n            break",
        restore="",
    ),
    stopped("the lowest loss alone", "The lowest alone", give="    return min(losses)"),
    stopped("no return", "is there a return", give=""),
    stopped(
        "patience never set back",
        "is not set back",
        begin="    losses, best, best_epoch, waited = [], None, 0, 0",
        keep="            best, best_epoch = network.get_weights(), epoch\n        else:\n            waited += 1",
        stop="        if waited >= patience:\n            break",
    ),
    stopped("labels of the other set", "of different sets", train="        network.train_epoch(x, valid[1])"),
    stopped("the best weights never kept again", "first weights", keep="            best_epoch = epoch"),
    stopped(
        "half the patience",
        "is the argument used, and as it is",
        stop="        if epoch - best_epoch >= patience // 2:\n            break",
    ),
    stopped(
        "a least gain of 1e-4",
        "lower by little is lower as well",
        begin="    losses, best, best_epoch, low = [], network.get_weights(), 0, np.inf",
        if_best="        if losses[-1] < low - 1e-4:",
        keep="            low, best, best_epoch = losses[-1], network.get_weights(), epoch",
    ),
    stopped(
        "scaled twice",
        "Scaled twice",
        inputs="    x, x_valid = (scaler.transform(scaler.transform(s[0])) for s in (train, valid))",
    ),
    stopped(
        "training events overwritten before the validation events are scaled",
        "that were scaled before",
        inputs="    x = scaler.transform(train[0])\n    x_valid = (valid[0] - x.mean(0)) / x.std(0)",
    ),
    stopped(
        "a scale for each event",
        "axis=0 goes over the events",
        inputs="    own = lambda x: (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)\n"
        "    x, x_valid = own(train[0]), own(valid[0])",
    ),
    stopped(
        "median and quartiles",
        "median and quartiles",
        inputs="    low, mid, high = np.quantile(train[0], (0.25, 0.5, 0.75), axis=0)\n"
        "    x, x_valid = ((s[0] - mid) / (high - low) for s in (train, valid))",
    ),
    stopped(
        "divided by the largest",
        "Divided by the largest",
        inputs="    x, x_valid = (s[0] / train[0].max(axis=0) for s in (train, valid))",
    ),
    stopped(
        "trained on the validation events",
        "train on the training events",
        train="        network.train_epoch(x_valid, valid[1])",
    ),
    stopped(
        "trained on both",
        "are not trained on",
        train="        network.train_epoch(np.concatenate([x, x_valid]), np.concatenate([train[1], valid[1]]))",
    ),
    stopped(
        "the mean of both losses is watched",
        "validation loss alone",
        look="        losses.append((network.loss(x_valid, valid[1]) + network.loss(x, train[1])) / 2)",
    ),
    stopped(
        "means of twenty losses",
        "You compare means",
        stop="        if len(losses) > patience and np.mean(losses[-patience:]) >= np.mean(losses[-2 * patience : -patience]):"
        "\n            break",
    ),
    stopped("one epoch more", "range(epochs) has", loop="    for epoch in range(epochs + 1):"),
    stopped(
        "a lowest loss of zero",
        "Begin with np.inf",
        begin="    losses, best, best_epoch = [], None, 0",
        if_best="        if losses[-1] < 0:",
    ),
    stopped(
        "the best loss for weights", "is it the best loss", restore="    network.set_weights(min(losses))"
    ),
    stopped(
        "get_weights without brackets",
        "with its brackets",
        keep="            best, best_epoch = network.get_weights, epoch",
    ),
    stopped("a pair taken for an array", "x, label = train", scale="    middle = train.mean(0)"),
    stopped(
        "Keras' own early stopping",
        "nothing else of Keras",
        scale="    return network.network.fit(*train, validation_data=valid).history['val_loss']",
    ),
    forward(
        "the return inside of the loop",
        "inside of the loop",
        hidden="np.maximum(x @ matrix + bias, 0)\n        return x[:, 0]",
    ),
    forward("the last layer skipped", "one more matrix and bias", last="x"),
    forward("the last hidden layer summed", "is summed", last="x.sum(axis=1)", end=""),
    forward("a row", "[0] takes a row", end="[0]"),
    forward("the sum of all events", "The events are summed", end=".sum(axis=0)"),
    forward(
        "the logarithm of a probability",
        "that of the *odds*",
        last=f"np.log({SIGMOID.format('x @ weights[-2] + weights[-1]')})",
    ),
    forward("ELU", "A smooth relative", hidden="np.where((z := x @ matrix + bias) > 0, z, np.exp(z) - 1)"),
    forward("leaky", "A leaky ReLU", hidden="np.maximum(z := x @ matrix + bias, 0.1 * z)"),
    forward("capped at six", "Capped at six", hidden="np.clip(x @ matrix + bias, 0, 6)"),
    forward("z or the bias", "whichever is greater", hidden="np.maximum(x @ matrix, bias)"),
    forward("np.max", "np.maximum compares each", hidden="np.max(x @ matrix + bias, 0)"),
    forward("place by place", "multiplied with @", hidden="np.maximum(x * matrix + bias, 0)"),
    {
        "exercise": "1",
        "why": "inputs scaled first",
        "code": "def forward(x, weights):\n    x = (x - x.mean(axis=0)) / x.std(axis=0)\n"
        "    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2]):\n"
        "        x = np.maximum(x @ matrix + bias, 0)\n    return (x @ weights[-2] + weights[-1])[:, 0]\n",
        "hint": "You scale the inputs",
    },
    {
        "exercise": "1",
        "why": "a softmax over events",
        "code": "def forward(x, weights):\n"
        "    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2]):\n"
        "        x = np.maximum(x @ matrix + bias, 0)\n    z = (x @ weights[-2] + weights[-1])[:, 0]\n"
        "    return np.exp(z) / np.exp(z).sum()\n",
        "hint": "softmax over the *events*",
    },
    {
        "exercise": "1",
        "why": "each layer is handed the first x",
        "code": "def forward(x, weights):\n    for matrix, bias in zip(weights[::2], weights[1::2]):\n"
        "        z = np.maximum(x @ matrix + bias, 0)\n    return z[:, 0]\n",
        "hint": "what the layer before gave",
    },
    sizes(rows(1e-3, 2e-4, 1e-4), "an invented table", "0 networks were trained"),
    sizes(rows(1e-3, 2e-4, 1e-4, each=2), "two trainings a size", "Three trainings or more"),
    sizes(rows(1e-3, 2e-4), "two sizes", "Three sizes or more"),
    sizes(rows(1e-3, 2e-4, 1e-4, spread=0), "the same training three times", "equal to the last digit"),
    sizes(rows(2e-4, 1e-4, 5e-5), "all succeed", "go on down"),
    sizes(rows(2e-3, 1e-3, 5e-4), "none succeeds", "No size comes within"),
    sizes(rows(-2e-3, -1e-3, -5e-4), "the sign", "below zero"),
    sizes(rows(0.99, 0.991, 0.992), "the AUC itself", "is it the AUC itself"),
    sizes("[1, 2]", "a list", "Return a DataFrame"),
]
