"""Make what lessons 25 and 28 know of the best possible answer: the posteriors of structures of three molecules.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv/bin/python tools/build_posterior_means.py    # resumes; about three hours

Two samplers that share the likelihood and the single Hamiltonian move, and nothing of the plan.
`posterior.Problem.sample` lets many geometries walk from the prior to the posterior (two walks a structure, so that
their spread is known). Parallel tempering (Swendsen and Wang, Phys. Rev. Lett. 57 (1986) 2607) keeps one geometry at
each of twenty weights of the data, for ever, and exchanges neighbours. The first must be right about how much each
hill of the posterior holds, the second about having walked between all of them.
"""

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from helpers import pools, posterior

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "data" / "posterior_means" / "posteriors.npz"
Q, NOISE = np.linspace(0.2, 8, 100), 1e-3
SEED, N_WALKERS, CHUNK = 25, 400, 20
CHD, NMM, DT = "1,3-cyclohexadiene", "N-methylmorpholine", "1,2-dithiane"
# molecule, noise, ⟨P2⟩, structures, of how many the second sampler is asked too
CASES = {
    "CHD": (CHD, NOISE, 0.0, 200, 100),
    "DT": (DT, NOISE, 0.0, 200, 60),
    "NMM": (NMM, NOISE, 0.0, 200, 60),
    "CHD aligned": (CHD, NOISE, 1.0, 100, 20),
    "CHD noisy": (CHD, 10 * NOISE, 0.0, 100, 60),
}
WEIGHTS = np.concatenate([[0.0], np.geomspace(1e-5, 1, 19)])
N_SWEEPS, BURN_IN = 1500, 300


def problem(case):
    """Return the case's `posterior.Problem`."""
    molecule, noise, p2 = CASES[case][:3]
    return posterior.Problem(pools.molecule(molecule), Q, noise, p2=p2)


def seen(case, asked):
    """Return the structures of a case, and their patterns with noise."""
    rng = np.random.default_rng([SEED, list(CASES).index(case)])
    z = rng.standard_normal((CASES[case][3], asked.n_modes))
    return z, asked.pattern(z) + asked.sigma * rng.standard_normal((len(z), asked.n_data))


def walks(case, asked, numbers):
    """Return mean and covariance of two walks for each of these structures, and their log evidence."""
    patterns = seen(case, asked)[1]
    found = {"mean": [], "covariance": [], "log_evidence": []}
    for k in tqdm(numbers, desc=f"{case}, walks", mininterval=30):
        both = [
            asked.sample(patterns[k], N_WALKERS, rng=np.random.default_rng([SEED, k, run])) for run in (0, 1)
        ]
        mean, covariance = zip(*(asked.mean(one.z) for one in both), strict=True)
        found["mean"].append(mean)
        found["covariance"].append(np.mean(covariance, axis=0))
        found["log_evidence"].append([one.log_evidence for one in both])
    return {key: np.array(value, dtype=np.float32) for key, value in found.items()}


def tempering(case, asked, numbers):
    """Return the mean of each structure by parallel tempering, of both halves of the run, and the exchange rates."""
    patterns = asked.compress(seen(case, asked)[1])[numbers]
    rng = np.random.default_rng([SEED, *numbers[:1], 2])
    z = rng.standard_normal((len(WEIGHTS), len(numbers), asked.n_modes))
    state = [(level, *asked.log_likelihood(level, patterns)) for level in z]
    length = np.full(len(WEIGHTS), 0.3)
    halves, swaps = np.zeros((2, len(numbers), asked.images.shape[1])), np.zeros(len(WEIGHTS) - 1)
    for sweep in tqdm(range(N_SWEEPS), desc=f"{case}, tempering", mininterval=30):
        fresh = rng.standard_normal(z.shape[1:])
        state[0] = (fresh, *asked.log_likelihood(fresh, patterns))
        for level in range(1, len(WEIGHTS)):
            *state[level], accepted = asked.move(
                *state[level], patterns, WEIGHTS[level], length[level], rng=rng
            )
            if sweep < BURN_IN:
                length[level] = min(1.0, length[level] * np.exp(0.3 * (accepted.mean() - 0.8)))
        for level in range(sweep % 2, len(WEIGHTS) - 1, 2):
            low, high = state[level], state[level + 1]
            gain = (WEIGHTS[level + 1] - WEIGHTS[level]) * (low[1] - high[1])
            swap = np.log(rng.random(len(gain))) < gain
            swaps[level] += swap.mean() * 2 / N_SWEEPS
            where = swap.reshape(-1, 1), swap, swap.reshape(-1, 1)
            state[level] = [np.where(s, b, a) for s, a, b in zip(where, low, high, strict=True)]
            state[level + 1] = [np.where(s, a, b) for s, a, b in zip(where, low, high, strict=True)]
        if sweep >= BURN_IN:
            distances = asked.distances(state[-1][0])
            half = int(sweep >= (BURN_IN + N_SWEEPS) / 2)
            halves[half] += np.mean([distances[:, image] for image in asked.images], axis=0)
    return {
        "tempered": (halves * 2 / (N_SWEEPS - BURN_IN)).transpose(1, 0, 2).astype(np.float32),
        "swaps": swaps,
    }


def main():
    """Do what is not done yet, chunk by chunk, then write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "posterior_means")
    parser.add_argument("--gather", action="store_true", help="sample nothing, write what is there")
    parser.add_argument("cases", nargs="*", default=list(CASES))
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    unpack(options.cache)
    for case in [] if options.gather else options.cases:
        asked, (n, n_tempered) = problem(case), CASES[case][3:]
        for first in range(0, n, CHUNK):
            save(
                options.cache / f"{case}, walks, {first}.npz", walks, case, asked, range(first, first + CHUNK)
            )
        save(options.cache / f"{case}, tempering, 0.npz", tempering, case, asked, range(n_tempered))
    gather(options.cache)
    return 0


def unpack(cache):
    """Put the shipped file's posteriors into the cache, so that only what is missing is sampled."""
    if not FILE.is_file():
        return
    with np.load(FILE, allow_pickle=False) as stored:
        shipped = dict(stored)
    for case in [case for case in CASES if f"{case} mean" in shipped]:
        found = {key: shipped[f"{case} {key}"] for key in ("mean", "covariance", "log_evidence")}
        upper = np.triu_indices(found["mean"].shape[-1])
        full = np.zeros((len(found["mean"]),) + 2 * found["mean"].shape[-1:], dtype=np.float32)
        full[:, *upper] = full[:, upper[1], upper[0]] = found["covariance"]
        found["covariance"] = full
        for first in range(0, len(full), CHUNK):
            part = {key: value[first : first + CHUNK] for key, value in found.items()}
            save(cache / f"{case}, walks, {first}.npz", dict, part)
        if f"{case} tempered" in shipped:
            save(cache / f"{case}, tempering, 0.npz", dict, {"tempered": shipped[f"{case} tempered"]})


def shortened(values, n_bits):
    """Return float32 values without the last bits of the mantissa, rounded: what is left out compresses."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + (1 << (n_bits - 1))) >> n_bits << n_bits).view(np.float32)


def save(file, make, *arguments):
    """Make a part and write it whole, unless it is there."""
    if not file.is_file():
        part = file.with_name(f".{file.name}")
        np.savez(part, **make(*arguments))
        part.rename(file)


def gather(cache):
    """Write the shipped file from the parts that are there, each case up to the first that is missing."""
    found = {}
    for case in CASES:
        for kind in ("walks", "tempering"):
            files = [cache / f"{case}, {kind}, {first}.npz" for first in range(0, CASES[case][3], CHUNK)]
            parts = [dict(np.load(file)) for file in itertools.takewhile(Path.is_file, files)]
            if not parts:
                continue
            for key in set(parts[0]) - {"swaps"}:
                found[f"{case} {key}"] = np.concatenate([part[key] for part in parts])
            if kind == "tempering" and "swaps" in parts[0]:
                print(case, "exchanged", np.round(parts[0]["swaps"], 2))
    for key in [key for key in found if key.endswith("covariance")]:
        upper = np.triu_indices(found[key].shape[1])
        found[key] = found[key][:, upper[0], upper[1]]
    for key, value in found.items():
        found[key] = shortened(value, 8 if key.endswith(("mean", "tempered")) else 12)  # 4e-5 Å; 1 in 4000
    FILE.parent.mkdir(parents=True, exist_ok=True)
    part = FILE.with_name(f".{FILE.name}")
    np.savez_compressed(part, **found)
    part.rename(FILE)


if __name__ == "__main__":
    sys.exit(main())
