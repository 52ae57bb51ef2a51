"""Plausible wrong answers to the exercises of lesson 14, each with the hint that names the mistake."""


def cloud(body, why, hint):
    """One wrong `divergence`."""
    return {
        "exercise": "1",
        "why": why,
        "code": f"def divergence(mean, log_variance):\n    {body}\n",
        "hint": hint,
    }


def exposure(body, why, hint):
    """One wrong `exposure_needed`; `z(t)` is the significance at an exposure."""
    code = (
        "def exposure_needed(signal, background, uncertainty, goal):\n"
        "    z = lambda t: limits.asimov_significance(t * signal, t * background, uncertainty)\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


V, S = "np.exp(log_variance)", "np.exp(log_variance / 2)"
ROOT = "optimize.brentq(lambda t: {} - goal, 1e-6, 1e5)"
LEARN = "def learn(background):\n    "
WRONG = [
    cloud(
        f"return ({V} + mean**2 - log_variance / 2 - 1).sum(axis=1) / 2",
        "log σ, as in the talk",
        "half of log σ²",
    ),
    cloud(
        f"return ({V} + mean**2 - log_variance / 2 - 1).sum(axis=1)",
        "log σ, and doubled",
        "factor ½ is missing",
    ),
    cloud(f"return ({V} + mean**2 - log_variance - 1).sum(axis=1)", "the loss's bracket", "That is twice"),
    cloud(
        f"return ({V} + mean**2 - log_variance - 1).mean(axis=1) / 2",
        "a mean over units",
        "Sum over the latent",
    ),
    cloud(f"return ({V} + mean**2 - log_variance - 1).mean(axis=1)", "a mean, and no half", "and take half"),
    cloud(
        f"return ({V} + mean**2 - log_variance - 1).sum(axis=0) / 2",
        "the wrong axis",
        "summed over the events",
    ),
    cloud(
        f"return ({V} + mean**2 - log_variance - 1).sum() / 2", "one number for all", "sum over all events"
    ),
    cloud(
        f"return ({V} + mean**2 - log_variance - 1).mean() / 2",
        "the mean of all",
        "over all events and units",
    ),
    cloud(f"return ({V} + mean**2 - log_variance - 1) / 2", "not summed", "the units' own"),
    cloud(f"return ({V} + mean**2 - log_variance).sum(axis=1) / 2", "no −1", "The −1 is missing"),
    cloud(
        f"return (({V} + mean**2 - log_variance).sum(axis=1) - 1) / 2",
        "one −1 an event",
        "once for each unit",
    ),
    cloud(
        f"return ({S} + mean**2 - log_variance - 1).sum(axis=1) / 2", "σ for σ²", "is σ: the bracket wants σ²"
    ),
    cloud(f"return ({V}**2 + mean**2 - log_variance - 1).sum(axis=1) / 2", "σ² squared", "is σ² already"),
    cloud(f"return ({V} + mean - log_variance - 1).sum(axis=1) / 2", "the mean itself", "not squared"),
    cloud(
        f"return ({V} + mean**2 + log_variance - 1).sum(axis=1) / 2", "plus the logarithm", "it is subtracted"
    ),
    cloud(f"return -({V} + mean**2 - log_variance - 1).sum(axis=1) / 2", "the sign", "The sign is turned"),
    cloud(f"return ({V} - log_variance - 1).sum(axis=1) / 2", "no mean", "The mean is missing"),
    cloud(
        f"return ({V} + mean**2 - log_variance / np.log(10) - 1).sum(axis=1) / 2",
        "log10",
        "natural logarithm",
    ),
    cloud(f"({V} + mean**2).sum(axis=1)", "no return", "is there a return?"),
    cloud(f"return ({V}**2 + mean**2 - 2 * log_variance - 1).sum(axis=1) / 2", "log σ", "is σ² already"),
    cloud(
        f"return ({S} + mean**2 - log_variance / 2 - 1).sum(axis=1) / 2", "σ throughout", "no halves inside"
    ),
    cloud(
        "return (log_variance - np.log(log_variance)).sum(axis=1)", "a logarithm of it", "a logarithm already"
    ),
    exposure("return (goal / z(1.0)) ** 2", "the root law", "does not grow as √t"),
    exposure("return goal / z(1.0)", "in proportion", "does not grow in proportion"),
    exposure(
        "return " + ROOT.format("limits.asimov_significance(t * signal, background, uncertainty)"),
        "the background stands still",
        "Only the signal was scaled",
    ),
    exposure(
        "return " + ROOT.format("limits.asimov_significance(t * signal, t * background)"),
        "no uncertainty",
        "rate is left out",
    ),
    exposure("return goal**2 / np.sum(signal**2 / background)", "S/√B in quadrature", "in quadrature"),
    exposure(
        "return goal**2 * background.sum() / signal.sum() ** 2", "S/√B of the sums", "all bins together"
    ),
    exposure("return z(1.0)", "a significance", "not an exposure"),
    exposure(
        "return " + ROOT.format("z(t)").replace("goal", "5"), "a goal of 5 written in", "exposure for 5 σ"
    ),
    exposure("return 1000 * " + ROOT.format("z(t)"), "kilograms", "kg·years"),
    exposure("return 365.25 * " + ROOT.format("z(t)"), "days", "tonne·days"),
    exposure("return " + ROOT.format("z(t) ** 2"), "q₀ in place of Z", "Z², not Z"),
    exposure(
        "grid = np.arange(1.0, 400)\n    return grid[np.argmax(np.array([z(t) for t in grid]) >= goal)]",
        "a coarse grid",
        "first point of a coarse grid",
    ),
    exposure(
        "z = lambda t: limits.asimov_significance(t * signal, t * background, 0.1)\n    return "
        + ROOT.format("z(t)"),
        "the uncertainty written in",
        "written into your function",
    ),
    exposure(
        "z = lambda t: limits.asimov_significance(t * signal, t * background, 100 * uncertainty)\n    return "
        + ROOT.format("z(t)"),
        "per cent",
        "not per cent",
    ),
    exposure(
        "z = lambda t: limits.asimov_significance(t * signal, t * background, t * uncertainty)\n    return "
        + ROOT.format("z(t)"),
        "an uncertainty that grows",
        "however long you measure",
    ),
    exposure(
        "grid = np.geomspace(0.05, 2, 60)\n    return np.interp(goal, [z(t) for t in grid], grid)",
        "a grid that ends too early",
        "Your grid ends before",
    ),
    exposure(
        "return " + ROOT.format("limits.asimov_significance(t * background, t * signal, uncertainty)"),
        "swapped",
        "are swapped",
    ),
    {
        "exercise": "3",
        "why": "a constant",
        "code": LEARN + "return lambda events: np.zeros(len(events))",
        "hint": "the same for all events",
    },
    {
        "exercise": "3",
        "why": "not a number",
        "code": LEARN + "return lambda events: np.full(len(events), np.nan)",
        "hint": "infinities",
    },
    {"exercise": "3", "why": "nothing", "code": LEARN + "return None", "hint": "NoneType"},
    {
        "exercise": "3",
        "why": "S2 alone",
        "code": LEARN + "return lambda events: np.abs(events[:, 1] - background[:, 1].mean())",
        "hint": "did you know before?",
    },
    {
        "exercise": "3",
        "why": "a density, the wrong way round",
        "code": "def learn(background):\n"
        "    tail = optimum.ConditionalTail(background)\n"
        "    return lambda events: np.log(np.minimum(tail.below(events), 1 - tail.below(events)))",
        "hint": "Turned round",
    },
]
