"""Input checked at the door: each function returns clean values or raises a ValueError naming the argument.

Everywhere `name` is the argument's name as the caller wrote it, and `value` what was passed. A message shows
the first offending value, with as many digits as tell it from the bound that it breaks.
"""

import numpy as np


def array(name, value, *, ndim=None, at_least=None, above=None, at_most=None, integer=False, empty=False):
    """Return `value` as a finite float (or integer) array, or say what is wrong with it.

    Text, None and masked entries are no numbers: NumPy alone would read "3" as 3, None as NaN and a masked
    array as if nothing were masked.

    Parameters
    ----------
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
    """
    raw = _numeric(name, value)
    result = np.asarray(raw, dtype=float)
    if ndim is not None and result.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), got shape {result.shape}")
    if result.size == 0 and not empty:
        raise ValueError(f"{name} must not be empty")
    _all(name, result, np.isfinite(result), "finite")
    if at_least is not None:
        _all(name, result, result >= at_least, "at least {}", at_least)
    if above is not None:
        _all(name, result, result > above, "above {}", above)
    if at_most is not None:
        _all(name, result, result <= at_most, "at most {}", at_most)
    if not integer:
        return result
    whole = np.round(result)
    _all(name, result, result == whole, "a whole number", whole)
    _all(name, result, np.abs(result) < 2.0**63, "a whole number of size below {}", 2.0**63)
    return (raw if raw.dtype.kind in "iu" else result).astype(np.int64)


def number(name, value, **bounds):
    """Return `value` as one finite Python number, with the bounds of `array`."""
    if value is None or isinstance(value, bool | np.bool_ | str | bytes) or np.ndim(value) != 0:
        raise ValueError(f"{name} must be a single number, got {_short(value)}")
    return array(name, value, **bounds).item()


def span(name, value, *, point=False, **bounds):
    """Return `value` as an array (lowest, highest), with the bounds of `array`; equal ends if `point`."""
    values = array(name, value, ndim=1, **bounds)
    if values.shape != (2,) or values[0] > values[1] or (values[0] == values[1] and not point):
        rule = "not falling" if point else "lowest < highest"
        raise ValueError(f"{name} must be (lowest, highest), {rule}, got {_short(value)}")
    return values


def choice(name, value, options):
    """Return `value` if it is one of `options`, or list them; NumPy's text and numbers count as Python's."""
    options = list(options)
    value = value.item() if isinstance(value, np.generic) else value
    if not any(type(value) is type(option) and value == option for option in options):
        raise ValueError(f"{name} must be one of {options}, got {_short(value)}")
    return value


def names(name, value, options=None):
    """Return several names as a tuple, each one of `options` (if given); a lone string is not several names.

    A string is itself a sequence of strings: "s1c" would be read as the names "s", "1" and "c".
    """
    if isinstance(value, str) or not np.iterable(value):
        raise ValueError(f"{name} must be several names, such as ('a', 'b') or ['a'], got {_short(value)}")
    value = tuple(value)
    for one in value:
        if options is not None:
            choice(name, one, options)
        elif not isinstance(one, str):
            raise ValueError(f"{name} must be names, got {_short(one)}")
    return value


def columns(name, table, wanted):
    """Return a table's columns of these names, in this order: tables are read by name, never by position."""
    present = list(getattr(table, "columns", ()))
    missing = [column for column in wanted if column not in present]
    if missing:
        raise ValueError(f"{name} must be a table with the columns {list(wanted)}, it lacks {missing}")
    return table if present == list(wanted) else table[list(wanted)]


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


def unmasked(name, value):
    """Return `value` as a NumPy array of its own type, unless some of its entries are masked.

    For what is too large for the copy in float that `array` may make.
    """
    parts = value if isinstance(value, list | tuple) else (value,)
    lost = sum(np.ma.getmaskarray(part).sum() for part in parts if isinstance(part, np.ma.MaskedArray))
    if lost:
        raise ValueError(f"{name} must not be masked, got {lost} masked: leave them out or fill them first")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must have rows of one length, got {_short(value)}") from None


def _numeric(name, value):
    """Return `value` as an array that holds numbers only."""
    raw, wrong = unmasked(name, value), value
    if raw.dtype.kind == "O":
        alien = [one for one in raw.ravel() if one is None or isinstance(one, str | bytes)]
        try:
            raw = raw if alien else raw.astype(float)
        except (TypeError, ValueError, OverflowError):
            pass
        wrong = alien[0] if alien else value
    if raw.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, got {_short(wrong)}")
    return raw


def _all(name, values, sound, rule, bound=None):
    """Raise where a value is not sound: with the rule, the bound in it, and the first such value."""
    if np.all(sound):
        return
    wrong = float(values[~sound][0])
    if bound is None:
        shown = f"{wrong:g}", ""
    else:
        shown = _apart(wrong, float(np.broadcast_to(bound, values.shape)[~sound][0]))
    raise ValueError(f"{name} must be {rule.format(shown[1])}, got {shown[0]}")


def _apart(value, bound):
    """Write two numbers with just enough digits to tell them apart."""
    for digits in range(6, 18):
        shown = f"{value:.{digits}g}", f"{bound:.{digits}g}"
        if value == bound or shown[0] != shown[1]:
            break
    return shown


def _short(value):
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
