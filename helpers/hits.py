"""From light to hit patterns: how photons share between photomultipliers.

The light of an S2 is made just beneath the top array: tubes near it see most of it, and the pattern tells (x,
y). The light of an S1, and the light that goes down to the bottom array, has been reflected many times on its
way: every tube gets an equal share. Here both arrays are regular hexagons, one above and one below, with the
same tubes.

Light sharing is a multinomial draw: each detected photon goes to one tube, and none is lost on the way,
unless the tube is dead. The shares are known exactly, and so is the likelihood: `helpers.positions` goes the
way back, from a pattern to a place.

In all functions `rng` is the numpy.random.Generator from which all randomness comes, and `dead` holds the
numbers of tubes that have died since the response was measured: their photons are lost. Positions are in mm
from the detector's axis. What cannot be is a ValueError that names the argument.
"""

import dataclasses
import functools
import math

import numpy as np

from helpers import check, nest

RINGS = {127: 6, 253: 9}  # tubes: rings round the central one

RADIUS = {127: 479.0, 253: 728.0}  # tubes: mm

CHANNELS = ("s1_top", "s1_bottom", "s2_top", "s2_bottom")

_STEPS = np.array([(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)])  # to the six neighbours, axial

_BLOCK = 1024  # events at a time: their temporaries then stay in the processor's cache


@dataclasses.dataclass(frozen=True, eq=False)
class PmtArray:
    """Tubes on a hexagonal lattice in a round detector; make one with `array`.

    radius [mm] of the detector's wall, pitch [mm] from tube to tube, positions (n_pmts, 2) [mm], axial
    (n_pmts, 2): whole-number coordinates along two lattice directions 60° apart.
    """

    radius: float
    pitch: float
    positions: np.ndarray
    axial: np.ndarray

    @property
    def n_pmts(self):
        """The number of tubes."""
        return len(self.positions)

    @functools.cached_property
    def neighbours(self):
        """The six neighbours of each tube, shape (n_pmts, 6).

        Where there is none stands `n_pmts`, one past the last tube: pad a pattern with one zero at its end,
        and it can be indexed with these numbers.
        """
        number = {tuple(where): k for k, where in enumerate(self.axial)}
        found = self.axial[:, None] + _STEPS
        return np.array([[number.get(tuple(cell), self.n_pmts) for cell in row] for row in found])

    @functools.cached_property
    def edges(self):
        """The pairs of neighbouring tubes, shape (n_edges, 2), each pair once: the array as a graph."""
        first = np.repeat(np.arange(self.n_pmts), 6)
        second = self.neighbours.ravel()
        return np.column_stack([first, second])[(first < second) & (second < self.n_pmts)]

    def to_grid(self, patterns):
        """Lay patterns on the lattice's axial coordinates: neighbours stay neighbours.

        Parameters
        ----------
        patterns : array_like, shape (n, n_pmts) or (n, n_pmts, channels)

        Returns
        -------
        numpy.ndarray
            float32, shape (n, side, side) or (n, side, side, channels), with side 13 for 127 tubes and 19 for
            253. Cells without a tube are 0.

        Notes
        -----
        Six neighbours of a hexagon are six of the eight in a 3 × 3 window: Hoogeboom et al.,
        arXiv:1803.02108.
        """
        patterns = self._patterns(patterns)
        side = 2 * self.axial.max() + 1
        grid = np.zeros((len(patterns), side, side, *patterns.shape[2:]), np.float32)
        column, row = (self.axial + side // 2).T
        grid[:, row, column] = patterns
        return grid

    def from_grid(self, grid):
        """Return the patterns (n, n_pmts, …) that `to_grid` laid on a grid."""
        grid = check.unmasked("grid", grid)
        side = 2 * self.axial.max() + 1
        if grid.ndim not in (3, 4) or grid.shape[1:3] != (side, side):
            raise ValueError(f"grid must have shape (n, {side}, {side}), got {grid.shape}")
        column, row = (self.axial + side // 2).T
        return grid[:, row, column]

    def to_image(self, patterns, size=32):
        """Draw patterns as pictures: each tube's counts spread evenly over the disc that it covers.

        Parameters
        ----------
        patterns : array_like, shape (n, n_pmts) or (n, n_pmts, channels)
        size : int
            Pixels along each side, at least 16.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, size, size) or (n, size, size, channels); rows go up in y, columns in x. A
            picture's sum is its pattern's.
        """
        patterns = self._patterns(patterns)
        size = check.number("size", size, at_least=16, at_most=512, integer=True)
        spread = self._spread(size)
        drawn = np.tensordot(patterns.astype(np.float32), spread, axes=(1, 0))
        return np.ascontiguousarray(np.moveaxis(drawn, (-2, -1), (1, 2)))

    @functools.cache  # noqa: B019  an array lives as long as the lesson
    def _spread(self, size):
        """How much of each tube's disc lies in each pixel, shape (n_pmts, size, size)."""
        fine = 8  # points a pixel's side
        half = max(self.radius, np.abs(self.positions).max() + self.pitch / 2)
        line = ((np.arange(size * fine) + 0.5) / (size * fine) * 2 - 1) * half
        spread = np.empty((self.n_pmts, size, size), np.float32)
        for k, (x, y) in enumerate(self.positions):
            inside = (line - x) ** 2 + (line[:, None] - y) ** 2 < (self.pitch / 2) ** 2
            spread[k] = inside.reshape(size, fine, size, fine).sum((1, 3)) / inside.sum()
        return spread

    def _patterns(self, patterns):
        patterns = check.unmasked("patterns", patterns)
        if patterns.ndim not in (2, 3) or patterns.shape[1] != self.n_pmts:
            raise ValueError(
                f"patterns must have shape (n, {self.n_pmts}) or (n, {self.n_pmts}, channels), "
                f"got {patterns.shape}"
            )
        return patterns


def array(n_pmts=127, radius=None, pitch=None):
    """Return a hexagonal array of photomultipliers.

    Parameters
    ----------
    n_pmts : int
        127 (a hexagon of six rings) or 253 (nine rings, 271 tubes, less three at each of the six corners).
    radius : float, optional
        Radius of the detector's reflecting wall [mm]. By default that of the experiment with so many tubes:
        XENON1T's 479 mm for 127, LZ's 728 mm for 253.
    pitch : float, optional
        Distance between neighbouring tubes [mm]. By default the tubes' hexagonal cells together have the area
        of the detector's disc.

    Returns
    -------
    PmtArray
        Tubes in order of y, then x.

    Notes
    -----
    XENON1T: arXiv:1708.07051 (its rings are round); LZ: arXiv:1910.09124. The default pitch is then 81 and 87
    mm, for tubes 76 mm wide.
    """
    n_pmts = check.choice("n_pmts", n_pmts, RINGS)
    side = RINGS[n_pmts]
    radius = check.number("radius", RADIUS[n_pmts] if radius is None else radius, above=0)
    q, r = (axis.ravel() for axis in np.meshgrid(*[np.arange(-side, side + 1)] * 2))
    cube = np.abs([q, r, q + r])
    keep = cube.max(axis=0) <= side
    if n_pmts == 253:
        # A corner has coordinates (side, side, 0) in some order, the tubes beside it (side, side - 1, 1).
        keep &= ~((cube.max(axis=0) == side) & (cube.min(axis=0) <= 1))
    axial = np.column_stack([q, r])[keep]
    if pitch is None:
        pitch = radius * math.sqrt(2 * math.pi / (math.sqrt(3) * n_pmts))
    pitch = check.number("pitch", pitch, above=0)
    positions = pitch * axial @ np.array([[1, 0], [0.5, math.sqrt(0.75)]])
    return PmtArray(radius, pitch, positions, axial)


@dataclasses.dataclass(frozen=True, eq=False)
class LightResponse:
    """Which share of an S2's detected light goes to which tube of the top array.

    Parameters
    ----------
    array : PmtArray
        The tubes.
    height : float
        From where the S2 is made up to the tubes' windows [mm].
    reflectivity : float
        Share of light that the wall reflects like a mirror, 0 to 1.
    diffuse : float
        Share of the light, 0 to 1, that was scattered so often that all tubes get the same of it. With 1,
        this is the response to an S1.
    gain : array_like, optional
        Relative efficiency of each tube, shape (n_pmts,); 0 for a dead one. By default all 1.

    Notes
    -----
    A tube at horizontal distance d is given the weight (1 + d²/height²)^(-3/2): the solid angle of a small
    flat window, and the form that LUX fits to direct light (arXiv:1710.02752). The wall adds `reflectivity`
    times the weight from the light's mirror image at radius R²/r, which is a plane mirror's where the wall is
    near; farther in, the image recedes and fades. Weights are normalised to the share 1 - `diffuse`, as in a
    fit whose amplitude floats. What LUX and ZEPLIN-III (arXiv:1112.1481) fit tube by tube from calibration is
    here one function.
    """

    array: PmtArray
    height: float = 65.0
    reflectivity: float = 0.5
    diffuse: float = 0.1
    gain: np.ndarray | None = None

    def __post_init__(self):  # noqa: D105
        if not isinstance(self.array, PmtArray):
            raise ValueError(f"array must be a PmtArray (hits.array(…)), got {self.array!r:.60}")
        check.number("height", self.height, above=0)
        check.number("reflectivity", self.reflectivity, at_least=0, at_most=1)
        check.number("diffuse", self.diffuse, at_least=0, at_most=1)
        gain = np.ones(self.array.n_pmts) if self.gain is None else self.gain
        gain = check.array("gain", gain, ndim=1, at_least=0)
        if len(gain) != self.array.n_pmts:
            raise ValueError(f"gain must hold {self.array.n_pmts} numbers, got {len(gain)}")
        if not gain.any():
            raise ValueError("gain must not be all 0: such an array sees nothing")
        object.__setattr__(self, "gain", gain)

    def altered(self, **changes):
        """Return a response with some parameters changed, e.g. for a fit that has one of them wrong."""
        check.names("changes", changes, [field.name for field in dataclasses.fields(self)])
        return dataclasses.replace(self, **changes)

    def without(self, dead):
        """Return the response of the array when it is known that the tubes `dead` see nothing."""
        gain = self.gain.copy()
        gain[_dead(dead, self.array.n_pmts)] = 0
        return dataclasses.replace(self, gain=gain)

    def expected(self, x, y):
        """Return each tube's share of the detected light.

        Parameters
        ----------
        x, y : array_like, shape (n,)
            Where the light is made [mm], within the detector's radius.

        Returns
        -------
        numpy.ndarray
            Shape (n, n_pmts); each row sums to 1.
        """
        x, y = within_wall(x, y, self.array)
        return by_blocks(lambda rows: light_shares(self, x[rows], y[rows]), len(x))


def uniform(n, array, *, rng, within=1.0):
    """Draw positions uniformly over the detector's disc.

    Parameters
    ----------
    n : int
        How many.
    array : PmtArray
        Whose radius to fill.
    within : float
        Share of the radius to stay within, above 0 and at most 1.

    Returns
    -------
    x, y : numpy.ndarray
        Shape (n,) [mm].
    """
    n = check.number("n", n, at_least=0, integer=True)
    within = check.number("within", within, above=0, at_most=1)
    check.generator("rng", rng)
    r = within * array.radius * np.sqrt(rng.random(n))
    angle = 2 * np.pi * rng.random(n)
    return r * np.cos(angle), r * np.sin(angle)


def simulate(x, y, n_photons, response, *, rng, dead=()):
    """Share each light's detected photons between the tubes.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Where the light is made [mm], within the detector's radius.
    n_photons : int or array_like, shape (n,)
        How many photons an array without dead tubes detects.
    response : LightResponse
        How they share.

    Returns
    -------
    numpy.ndarray
        float32 counts, shape (n, n_pmts). Without dead tubes each row sums exactly to its `n_photons`.
    """
    check.generator("rng", rng)
    x, y = within_wall(x, y, response.array)
    n_photons = check.array("n_photons", n_photons, at_least=0, integer=True, empty=True)
    if n_photons.shape not in ((), x.shape):
        raise ValueError(f"n_photons must be one number or {len(x)}, got shape {n_photons.shape}")
    dead = _dead(dead, response.array.n_pmts)
    counts = _share_out(x, y, np.broadcast_to(n_photons, len(x)), response, rng)
    counts[:, dead] = 0
    return counts


def _share_out(x, y, n_photons, response, rng):
    """Draw each tube's counts, float32 (n, n_pmts)."""
    counts = np.empty((len(x), response.array.n_pmts), np.float32)
    for rows in row_blocks(len(x)):
        shares = light_shares(response, x[rows].astype(np.float32), y[rows].astype(np.float32)).astype(float)
        shares /= shares.sum(axis=1, keepdims=True)  # float32's shares sum to 1 too roughly for NumPy
        counts[rows] = rng.multinomial(n_photons[rows], shares)
    return counts


def event_images(events, response, *, rng, detector="LZ_WS2022", columns=("s1", "s2"), dead=()):
    """Turn events into the counts of all tubes: S1 and S2, top and bottom.

    Parameters
    ----------
    events : pandas.DataFrame
        With columns `x`, `y`, `z` [mm] and the two signals [phd], none of them NaN.
    response : LightResponse
        How the S2's light shares between the top array's tubes.
    detector : str
        One of `nest.DETECTORS`, whose bottom array's share of the light is taken.
    columns : (str, str)
        Which columns hold the S1 and the S2.
    dead : sequence of int
        Those of the top array count from 0, those of the bottom array from n_pmts.

    Returns
    -------
    numpy.ndarray
        float32 counts, shape (n, n_pmts, 4), in the order of `CHANNELS`. Without dead tubes the S1 channels
        sum exactly to the S1 and the S2 channels to the S2, both rounded to whole photons.

    Notes
    -----
    How photons share depends on the position alone, not on the recoil. The likelihood of all counts is
    therefore p(s1, s2 | recoil, position) times p(pattern | position), summed over positions: the second
    factor is the multinomial probability of `LightResponse.expected`, and `positions.posterior_grid` is made
    for the sum. With `columns=("s1c", "s2c")` the first hardly depends on the position: the totals hold what
    there is to know.
    """
    check.generator("rng", rng)
    check.choice("detector", detector, nest.DETECTORS)
    columns = check.names("columns", columns)
    if len(columns) != 2:
        raise ValueError(f"columns must name the S1 and the S2, got {columns!r:.60}")
    events = check.columns("events", events, ("x", "y", "z", *columns))
    n_pmts = response.array.n_pmts
    x, y = within_wall(events["x"], events["y"], response.array)
    z = check.array("z", events["z"], ndim=1, empty=True)
    photons = [check.array(c, events[c], ndim=1, at_least=0, empty=True) for c in columns]
    dead = _dead(dead, 2 * n_pmts)
    s1, s2 = (np.rint(n).astype(np.int64) for n in photons)
    s1_bottom, s2_bottom = _bottom_shares(z, detector).T
    even = response.gain / response.gain.sum()
    counts = np.empty((len(x), n_pmts, 4), np.float32)

    below = rng.binomial(s1, s1_bottom)
    for rows in row_blocks(len(x)):
        counts[rows, :, 1] = rng.multinomial(below[rows], even)
        counts[rows, :, 0] = rng.multinomial((s1 - below)[rows], even)
    below = rng.binomial(s2, s2_bottom)
    for rows in row_blocks(len(x)):
        counts[rows, :, 3] = rng.multinomial(below[rows], even)
    counts[:, :, 2] = _share_out(x, y, s2 - below, response, rng)
    counts[:, dead[dead < n_pmts], 0::2] = 0
    counts[:, dead[dead >= n_pmts] - n_pmts, 1::2] = 0
    return counts


def _bottom_shares(z, detector):
    """The bottom array's shares (n, 2) of an S1's and an S2's detected light, by heights z (n,) [mm].

    NEST's `FitTBA`. For LUX_Run03 the S1's share falls with height: the asymmetry tells the depth.
    LZ_WS2022 ships with one number for all heights.
    """
    tables = nest.shipped(detector)[1]
    return np.column_stack(
        [np.interp(z, tables["share_heights"], shares) for shares in tables["bottom_shares"].T]
    )


def light_shares(response, x, y, slope=False):
    """Return what `LightResponse.expected` does, and how it changes with the position: the engine, unchecked.

    Parameters
    ----------
    response : LightResponse
        How light shares.
    x, y : numpy.ndarray, shape (n,)
        Where the light is made [mm]; the result is of their precision.
    slope : bool
        Whether to return also the slopes.

    Returns
    -------
    shares : numpy.ndarray
        Shape (n, n_pmts); all the temporaries are as large, so hand over `row_blocks`.
    slopes : numpy.ndarray
        Only with `slope`: ∂/∂x and ∂/∂y of the shares, shape (2, n, n_pmts) [1/mm].

    Notes
    -----
    Both weights are powers of a linear function of (x, y, r², 1): one matrix product each.
    """
    array, dtype = response.array, x.dtype
    tube_x, tube_y = array.positions.T / response.height
    outside = (array.radius / response.height) ** 2
    far = 1 + tube_x**2 + tube_y**2
    ones = np.ones_like(tube_x)
    direct = np.stack([-2 * tube_x, -2 * tube_y, ones, far]).astype(dtype)
    mirror = np.stack([-2 * tube_x, -2 * tube_y, far / outside, outside * ones]).astype(dtype)

    x, y = x / dtype.type(response.height), y / dtype.type(response.height)
    r2 = x * x + y * y
    place = np.column_stack([x, y, r2, np.ones_like(x)])
    u = place @ direct  # 1 + (distance / height)²
    weight = 1 / (u * np.sqrt(u))
    if slope:
        steps = -3 * weight / u * np.stack([x[:, None] - tube_x, y[:, None] - tube_y])
    if response.reflectivity > 0:
        v = place @ mirror  # the same for the image, times (r / radius)²
        near = (r2 / dtype.type(outside))[:, None]
        root = np.sqrt(near / v)
        weight += dtype.type(response.reflectivity) * root**3
        if slope:
            inner = mirror[2]
            for axis, (a, tube) in enumerate(((x, tube_x), (y, tube_y))):
                change = 2 * a[:, None] / outside - root**2 * 2 * (a[:, None] * inner - tube)
                steps[axis] += 1.5 * response.reflectivity * root / v * change
    scale = dtype.type(1 - response.diffuse) / weight.sum(axis=1, keepdims=True)
    gain = response.gain.astype(dtype)
    shares = (weight * scale + dtype.type(response.diffuse / array.n_pmts)) * gain
    seen = shares.sum(axis=1, keepdims=True)
    shares /= seen
    if not slope:
        return shares
    steps = (steps - weight * (steps.sum(axis=2) / weight.sum(axis=1))[..., None]) * scale * gain
    steps = (steps - shares * steps.sum(axis=2, keepdims=True)) / seen
    return shares, steps / response.height


def row_blocks(n, size=_BLOCK):
    """Return the slices that cut n rows into blocks of at most `size`, so that temporaries stay small."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def by_blocks(work, n):
    """Return `work(rows)`, an array with as many rows, for all n rows: block by block, joined.

    There is one block at least, so that no events give an empty result of the right shape.
    """
    return np.concatenate([work(rows) for rows in row_blocks(max(n, 1))])


def within_wall(x, y, array, name="x, y"):
    """Return positions as two arrays of one length if all lie within the array's wall (a millionth apart).

    `name` is what an error calls them.
    """
    x = check.array("x", x, ndim=1, empty=True)
    y = check.array("y", y, ndim=1, empty=True)
    check.same_length(x=x, y=y)
    r = np.hypot(x, y)
    if np.any(r > array.radius * (1 + 1e-6)):
        raise ValueError(f"{name} must be within {array.radius:g} mm of the axis, got {r.max():.9g}")
    return x, y


def _dead(dead, n_pmts):
    return check.array("dead", dead, ndim=1, at_least=0, at_most=n_pmts - 1, integer=True, empty=True)
