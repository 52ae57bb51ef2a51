"""Input checked at the door: each function returns clean values or raises a ValueError naming the argument."""

import numpy as np


def array(name, value, *, ndim=None, at_least=None, above=None, at_most=None, integer=False, empty=False):
    """Return `value` as a finite float (or integer) array, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument's name, as the caller wrote it.
    value : array_like
        What was passed.
    ndim : int, optional
        The number of dimensions that it must have.
    at_least, above, at_most : float, optional
        Bounds that every element must obey (`above` is strict).
    integer : bool
        Whether every element must be a whole number; the result is then int64.
    empty : bool
        Whether an empty array is allowed.

    Raises
    ------
    ValueError
        Naming the argument and the first offending value.
    """
    try:
        result = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {_short(value)}") from None
    if ndim is not None and result.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), got shape {result.shape}")
    if result.size == 0 and not empty:
        raise ValueError(f"{name} must not be empty")
    rules = [(~np.isfinite(result), "finite")]
    if at_least is not None:
        rules.append((result < at_least, f"at least {at_least:g}"))
    if above is not None:
        rules.append((result <= above, f"above {above:g}"))
    if at_most is not None:
        rules.append((result > at_most, f"at most {at_most:g}"))
    if integer:
        rules.append((result != np.round(result), "a whole number"))
    for wrong, rule in rules:
        if np.any(wrong):
            raise ValueError(f"{name} must be {rule}, got {float(result[wrong][0]):g}")
    return result.astype(np.int64) if integer else result


def number(name, value, **bounds):
    """Return `value` as one finite Python number, with the bounds of `array`."""
    if isinstance(value, bool) or np.ndim(value) != 0:
        raise ValueError(f"{name} must be a single number, got {_short(value)}")
    return array(name, value, **bounds).item()


def span(name, value, *, point=False, **bounds):
    """Return `value` as an array (lowest, highest), with the bounds of `array`; equal ends only if `point`."""
    values = array(name, value, ndim=1, **bounds)
    if values.shape != (2,) or values[0] > values[1] or (values[0] == values[1] and not point):
        rule = "not falling" if point else "lowest < highest"
        raise ValueError(f"{name} must be (lowest, highest), {rule}, got {_short(value)}")
    return values


def choice(name, value, options):
    """Return `value` if it is one of `options`, or list them."""
    options = list(options)
    if not any(type(value) is type(option) and value == option for option in options):
        raise ValueError(f"{name} must be one of {options}, got {_short(value)}")
    return value


def generator(name, value):
    """Return `value` if it is a numpy.random.Generator: nothing here draws from a global state."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(
            f"{name} must be a numpy.random.Generator (np.random.default_rng(seed)), got {_short(value)}"
        )
    return value


def same_length(**arrays):
    """Raise unless all the named arrays have the same length."""
    lengths = {name: len(values) for name, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            "these must have the same length: " + ", ".join(f"{n} has {k}" for n, k in lengths.items())
        )


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
