"""What is no dark matter and looks like it: the backgrounds of a xenon search, as weighted events.

Every function simulates n recoils of one background and returns what the detector observes: a
pandas.DataFrame of n rows, float32, with the `COLUMNS` of `detector.simulate` and `weight`; NaN where a
signal is not seen. A row's weight is the number of real events that it stands for: to count events in any
region, add up weights. Where a background hardly ever reaches the fiducial volume or the threshold, it is
drawn where it does and weighted down (importance sampling), so that no simulated event is wasted.

In all functions `energy_range` holds the lowest and highest energy [keV], `detector` is the name of one of
`nest.DETECTORS` and `rng` the numpy.random.Generator from which all randomness comes; what cannot be is a
ValueError that names the argument.

The kinds are those of the LUX search (arXiv 1512.03506, where the wall first joins the likelihood). Where
the shape is an assumption of ours, the docstring says so.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from helpers import check, nest, spectra
from helpers import detector as detectors

COLUMNS = ("x", "y", "z", "drift_time", "s1", "s2", "s1c", "s2c", "weight")
SURFACES = ("wall", "bottom", "top")
REFERENCE_S2 = 200.0  # phd: the S2 at which a position resolution is quoted


def betas(n, rate, *, exposure, energy_range=(0.1, 30.0), detector="LZ_WS2022", rng):
    """Simulate electron recoils that are spread evenly through the fiducial volume.

    Decays of what is dissolved in the xenon (²¹⁴Pb of the radon chain, ⁸⁵Kr), or neutrinos on electrons.

    Parameters
    ----------
    n : int
        How many recoils to simulate.
    rate : callable or pair of array_like
        Rate [events/(keV t y)] against energy [keV], as `recoils.flat_er_rate` gives.
    exposure : float
        Fiducial exposure [t y].
    energy_range : (float, float)
    detector : str
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Equal weights that add up to the number of recoils in the energy range.
    """
    n = _count(n)
    expected = spectra.expected_events(rate, exposure, energy_range)
    energy = spectra.sample_energies(rate, n, energy_range, rng=rng)
    events = detectors.simulate(energy, "ER", detector=detector, rng=rng)
    return _observed(events, expected / n)


def nuclear_recoils(n, rate, *, exposure, energy_range=(0.5, 100.0), detector="LZ_WS2022", rng):
    """Simulate nuclear recoils of any spectrum, spread evenly through the fiducial volume.

    Parameters
    ----------
    n : int
        How many recoils to simulate: flat in the logarithm of the energy, whatever the rate.
    rate : callable
        Rate [events/(keV t y)] against energy [keV].
    exposure, energy_range, detector, rng
        As for `betas`.

    Returns
    -------
    pandas.DataFrame
        A weight is exposure × rate(E) × E × ln(highest / lowest) / n: the rate over the density that the
        energies were drawn from.
    """
    n = _count(n)
    exposure = check.number("exposure", exposure, at_least=0)
    low, high = check.span("energy_range", energy_range, above=0, at_most=nest.HIGHEST_ENERGY)
    if not callable(rate):
        raise ValueError(f"rate must be a function of the energy, got {rate!r:.60}")
    check.generator("rng", rng)
    energy = low * (high / low) ** rng.random(n)
    density = check.array("rate", rate(energy), at_least=0)
    weight = exposure * density * energy * np.log(high / low) / n
    return _observed(detectors.simulate(energy, "NR", detector=detector, rng=rng), weight)


def gammas(
    n,
    *,
    expected,
    attenuation=60.0,
    shares=(0.5, 0.3, 0.2),
    energy_range=(0.1, 30.0),
    detector="LZ_WS2022",
    rng,
):
    """Simulate γ rays from the detector's parts that scatter once, near its edges.

    Parameters
    ----------
    n : int
        How many recoils to simulate.
    expected : float
        How many there are in the fiducial volume and the energy range, seen or not.
    attenuation : float
        The length [mm] over which their number falls by e, with depth below the surface that they come from.
        The default is that of 1 MeV γ rays in liquid xenon: 0.058 cm²/g (NIST XCOM) times 2.9 g/cm³.
    shares : (float, float, float)
        Which share of them comes from the wall, from below and from above: the `SURFACES`; their sum is 1.
    energy_range : (float, float)
        The spectrum is flat, as of Compton scatters far below the γ's energy.
    detector : str
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Equal weights.

    Notes
    -----
    A model of ours, simple on purpose: from each surface the density falls as exp(-depth / attenuation) and
    is even along it. LUX took its shapes from a simulation of every part (arXiv 1403.1299).
    """
    n, expected, rng = _count(n), check.number("expected", expected, at_least=0), check.generator("rng", rng)
    attenuation = check.number("attenuation", attenuation, above=0)
    shares = check.array("shares", shares, ndim=1, at_least=0)
    if shares.shape != (3,) or abs(shares.sum() - 1) > 1e-9:
        raise ValueError(f"shares must be three numbers of sum 1, got {shares.tolist()}")
    low, high = check.span("energy_range", energy_range, at_least=0, at_most=nest.HIGHEST_ENERGY)
    p = nest.parameters(detector)
    lowest, highest = _fiducial_heights(p, detector)
    surface = rng.choice(len(SURFACES), n, p=shares)
    r2 = rng.random(n) * p.fiducial_radius**2
    z = lowest + rng.random(n) * (highest - lowest)
    # From the wall: the density of r is r exp(-(R - r) / attenuation); its integral is in closed form.
    radii = np.linspace(0, p.fiducial_radius, 4001)
    inside = (radii / attenuation - 1) * np.exp((radii - p.fiducial_radius) / attenuation)
    from_wall = surface == SURFACES.index("wall")
    aim = inside[0] + rng.random(from_wall.sum()) * (inside[-1] - inside[0])
    r2[from_wall] = np.interp(aim, inside, radii) ** 2
    depth = -attenuation * np.log1p(-rng.random(n) * -np.expm1(-(highest - lowest) / attenuation))
    z = np.where(surface == SURFACES.index("bottom"), lowest + depth, z)
    z = np.where(surface == SURFACES.index("top"), highest - depth, z)
    energy = low + (high - low) * rng.random(n)
    events = detectors.simulate(energy, "ER", detector=detector, rng=rng, position=_round(r2, z, rng))
    return _observed(events, expected / n)


def wall(
    n,
    *,
    expected,
    energy_range=(0.1, 30.0),
    collected=(1.5, 3.0),
    resolution=20.0,
    detector="LZ_WS2022",
    rng,
):
    """Simulate decays on the detector's wall that lose charge and are reconstructed in the fiducial volume.

    Radon's daughters plate out on the wall. Part of the electrons is caught there, which makes an electron
    recoil look nuclear; a small S2 is poorly located, which takes a few of these events far inside.

    Parameters
    ----------
    n : int
        How many recoils to simulate.
    expected : float
        How many there are on the wall between the fiducial drift times, in the energy range, wherever they
        are reconstructed.
    energy_range : (float, float)
        The spectrum is flat.
    collected : (float, float)
        The share of electrons that arrives is drawn from a beta distribution with these two parameters.
    resolution : float
        Width [mm] of the reconstructed radius round the true one for an S2 of `REFERENCE_S2`; it falls with
        the square root of the S2. LUX quotes σ = 8.2 mm for 200 photons (arXiv 1710.02752, whose abstract does
        not say whether along an axis or in the plane); beside the wall, where light is reflected and tubes
        stand on one side only, we take it to be worse.
    detector : str
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        x and y as reconstructed (NaN without an S2), all within the fiducial radius. A weight holds the
        chance to be reconstructed there, and s1c and s2c are corrected for the reconstructed place.

    Notes
    -----
    Spectrum, loss and resolution are assumptions of ours: LUX modelled its wall from data, events outside of
    the fiducial volume (arXiv 1512.03506). Of n S2 electrons each of which arrives with chance f, the charge
    that arrives has variance f (1 - f) n: the pulse is thinned with that.
    """
    n, expected, rng = _count(n), check.number("expected", expected, at_least=0), check.generator("rng", rng)
    low, high = check.span("energy_range", energy_range, at_least=0, at_most=nest.HIGHEST_ENERGY)
    collected = check.array("collected", collected, ndim=1, above=0)
    if collected.shape != (2,):
        raise ValueError(f"collected must be the two parameters of a beta distribution, got {collected}")
    resolution = check.number("resolution", resolution, above=0)
    p = nest.parameters(detector)
    lowest, highest = _fiducial_heights(p, detector)
    z = lowest + rng.random(n) * (highest - lowest)
    position = _round(np.full(n, ((1 - 1e-6) * p.radius) ** 2), z, rng)
    energy = low + (high - low) * rng.random(n)
    events = detectors.simulate(energy, "ER", detector=detector, rng=rng, position=position)

    share = rng.beta(*collected, size=n)
    s2 = events["s2"].to_numpy(float)
    # √(number of electrons) × the area of one is √(S2 × that area).
    s2 = share * s2 + np.sqrt(share * (1 - share) * s2 * p.single_electron) * rng.standard_normal(n)
    s2[~(s2 >= p.s2_threshold)] = np.nan

    # Only radii within the fiducial one are drawn, and the weight is the chance of that.
    width = resolution * np.sqrt(REFERENCE_S2 / s2)
    least, most = ndtr(-p.radius / width), ndtr((p.fiducial_radius - p.radius) / width)
    radius = p.radius + width * ndtri(least + rng.random(n) * (most - least))
    factor = np.clip(radius, 0, p.fiducial_radius) / np.hypot(position[:, 0], position[:, 1])
    events = events.assign(x=position[:, 0] * factor, y=position[:, 1] * factor, s2=s2)
    seen = np.isfinite(s2)
    events[["s1c", "s2c"]] = np.nan
    events.loc[seen, ["s1c", "s2c"]] = _corrected(events[seen], detector)
    return _observed(events, expected / n * np.where(seen, most - least, 1.0))


def accidentals(n, events, *, expected, detector="LZ_WS2022", rng):
    """Pair S1s and S2s of unrelated events, as pulses without a partner pair by accident.

    Parameters
    ----------
    n : int
        How many pairs.
    events : pandas.DataFrame
        Where the pulses are drawn from: at least the columns `s1`, `s2`, `x`, `y`; NaN where a pulse is not
        seen. Pulses that have lost their partner are welcome. A `weight` is not looked at.
    expected : float
        How many accidental pairs there are between the fiducial drift times: the rate of lone S1s times that
        of lone S2s times the length of that window times the live time.
    detector : str
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Equal weights. x and y are the S2's, which alone is located; the drift time is flat between the
        fiducial ones, and z, s1c and s2c follow from it.

    Raises
    ------
    ValueError
        Also if `events` holds no S1 or no S2.

    Notes
    -----
    LUX and XENON1T build theirs like this, from lone pulses in their data (arXiv 1512.03506, 1902.11297).
    """
    n, expected, rng = _count(n), check.number("expected", expected, at_least=0), check.generator("rng", rng)
    missing = [name for name in ("s1", "s2", "x", "y") if name not in getattr(events, "columns", ())]
    if missing:
        raise ValueError(f"events must be a DataFrame with the columns s1, s2, x, y; it lacks {missing}")
    try:
        events = events[["s1", "s2", "x", "y"]].astype(float)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"events must hold numbers: {problem}") from None
    light = events["s1"].dropna().to_numpy()
    charge = events[["s2", "x", "y"]].dropna().to_numpy()
    for name, pulses in (("S1", light), ("S2", charge)):
        if len(pulses) == 0:
            raise ValueError(f"events must hold at least one {name}")
    p = nest.parameters(detector)
    s2, x, y = charge[rng.integers(len(charge), size=n)].T
    earliest, latest = p.fiducial_drift_time
    z = detectors.height(earliest + rng.random(n) * (latest - earliest), detector=detector)
    pairs = pd.DataFrame({"x": x, "y": y, "z": z, "s1": light[rng.integers(len(light), size=n)], "s2": s2})
    place = detectors.corrections(pairs[["x", "y", "z"]], detector=detector)
    pairs["drift_time"] = place["drift_time"]
    pairs[["s1c", "s2c"]] = _corrected(pairs, detector)
    return _observed(pairs, expected / n)


def _observed(events, weight):
    table = {name: events[name].to_numpy(np.float32) for name in COLUMNS[:-1]}
    return pd.DataFrame(table | {"weight": np.broadcast_to(weight, len(events)).astype(np.float32)})


def _corrected(events, detector):
    """Return s1c and s2c, shape (n, 2), for the place where the events say that they are."""
    place = detectors.corrections(events[["x", "y", "z"]], detector=detector)
    return np.column_stack([events[name].to_numpy() / place[name].to_numpy() for name in ("s1", "s2")])


def _fiducial_heights(p, detector):
    return detectors.height(p.fiducial_drift_time[::-1], detector=detector)


def _round(r2, z, rng):
    """Return positions (n, 3) at these r² and heights, at any angle."""
    angle = rng.random(len(z)) * 2 * np.pi
    return np.column_stack([np.sqrt(r2) * np.cos(angle), np.sqrt(r2) * np.sin(angle), z])


def _count(n):
    return check.number("n", n, at_least=1, integer=True)
