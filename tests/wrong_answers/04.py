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
        "A patience of 10",
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
    sizes(rows(1e-3, 2e-4, 1e-4, each=2), "two trainings a size", "Three trainings or more"),
    sizes(rows(1e-3, 2e-4), "two sizes", "Three sizes or more"),
    sizes(rows(1e-3, 2e-4, 1e-4, spread=0), "the same training three times", "equal to the last digit"),
    sizes(rows(2e-4, 1e-4, 5e-5), "all succeed", "go on down"),
    sizes(rows(2e-3, 1e-3, 5e-4), "none succeeds", "No size comes within"),
    sizes(rows(-2e-3, -1e-3, -5e-4), "the sign", "below zero"),
    sizes(rows(0.99, 0.991, 0.992), "the AUC itself", "is it the AUC itself"),
    sizes("[1, 2]", "a list", "Return a DataFrame"),
]
