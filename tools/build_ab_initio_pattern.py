"""Make data/ab_initio_pattern: how a molecule's own electrons scatter X-rays, not those of free atoms.

    PYTHONPATH=. .venv/bin/python tools/build_ab_initio_pattern.py geometries    # a second
    OMP_NUM_THREADS=1 .venv-build/bin/python tools/build_ab_initio_pattern.py    # resumes; twelve minutes
    OMP_NUM_THREADS=1 .venv-build/bin/python tools/build_ab_initio_pattern.py check

The geometries come from the course's own pool. Each is then given its electron density, whose Fourier transform
F(q) is a sum of analytic integrals over pairs of Gaussian orbitals; the square of F, averaged over all directions by
Lebedev's quadrature, is the pattern of molecules that lie any way. A pattern is smooth in q: it is computed at
Chebyshev's points and interpolated, to a millionth. Then run `tools/checksums.py`.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FILE, WORK = ROOT / "data" / "ab_initio_pattern" / "patterns.npz", ROOT / "build" / "ab_initio_pattern"
MOLECULE, SEED, N_GEOMETRIES, N_PBE0 = "1,3-cyclohexadiene", 25, 20, 3
BASIS, Q, N_NODES = "def2-TZVP", np.linspace(0.2, 8, 100), 42
BOHR = 0.529177210903  # Å (CODATA 2018)
SMALL = {  # at their measured bond lengths [Å]
    "neon": [("Ne", (0, 0, 0))],
    "hydrogen": [("H", (0, 0, 0)), ("H", (0, 0, 0.7414))],
    "nitrogen": [("N", (0, 0, 0)), ("N", (0, 0, 1.0977))],
}


def geometries():
    """Write the molecule's symbols, its minimum, and geometries of the pool at 300 K."""
    from helpers import pools

    molecule = pools.molecule(MOLECULE)
    pool = pools.wigner(molecule, N_GEOMETRIES, rng=np.random.default_rng(SEED))
    positions = np.concatenate([molecule.positions[None], pool]).astype(np.float32)
    np.savez(WORK / "geometries.npz", symbols=molecule.symbols, positions=positions)


def density(atoms, functional=None, basis=BASIS, fitted=True):
    """Return a molecule as PySCF has it, and its density matrix, packed: each pair of orbitals once."""
    from pyscf import dft, gto, scf

    molecule = gto.M(atom=atoms, basis=basis, verbose=0)
    field = dft.RKS(molecule, xc=functional) if functional else scf.RHF(molecule)
    field = field.density_fit() if fitted else field
    field.conv_tol = 1e-10
    field.kernel()
    if not field.converged:
        raise RuntimeError(f"no self-consistent field for {atoms}")
    matrix = field.make_rdm1()
    first, second = np.tril_indices(len(matrix))
    return molecule, np.where(first == second, 1, 2) * matrix[first, second]


def averaged(molecule, matrix, q, more=0):
    """Return |F(q)|² at each q [1/Å], averaged over directions; `more` raises the quadrature's degree."""
    from pyscf.dft import gen_grid
    from pyscf.gto import ft_ao

    at = molecule.atom_coords() * BOHR
    longest = np.linalg.norm(at[:, None] - at, axis=2).max()
    found = []
    for one in np.atleast_1d(q):
        degree = min(known for known in gen_grid.LEBEDEV_ORDER if known >= one * longest + 7 + more)
        grid = gen_grid.MakeAngularGrid(gen_grid.LEBEDEV_ORDER[degree])
        grid = grid[grid[:, :3] @ (1, 1e-3, 1e-6) > 0]  # F(-q) is the complex conjugate of F(q)
        waves = ft_ao.ft_aopair(molecule, one * BOHR * grid[:, :3], aosym="s2") @ matrix
        found.append(np.average(np.abs(waves) ** 2, weights=grid[:, 3]))
    return np.array(found)


def pattern(*arguments, **options):
    """Return a molecule's pattern at all Q."""
    found = density(*arguments, **options)
    nodes = np.polynomial.Chebyshev.interpolate(lambda q: averaged(*found, q), N_NODES - 1, domain=Q[[0, -1]])
    return nodes(Q)


def check():
    """Say how far the numerics can be trusted, at the molecule's minimum."""
    atoms = molecules()[0]
    found = density(atoms)
    few = Q[[0, 24, 49, 74, 99]]
    here = averaged(*found, few)
    print("averaging over directions:", np.abs(averaged(*found, few, more=12) / here - 1).max())
    print("interpolation in q:", np.abs(stored("Hartree-Fock 0")[[0, 24, 49, 74, 99]] / here - 1).max())
    print("fitted density:", np.abs(averaged(*density(atoms, fitted=False), few) / here - 1).max())
    print(
        "basis def2-SVP:",
        np.abs(averaged(*density(atoms, basis="def2-SVP"), Q) / stored("Hartree-Fock 0") - 1).max(),
    )


def molecules():
    """Return the atoms of each geometry, the minimum first."""
    with np.load(WORK / "geometries.npz") as table:
        symbols, positions = table["symbols"].tolist(), table["positions"].astype(float)
    return [list(zip(symbols, at, strict=True)) for at in positions]


def stored(name):
    """Return a pattern that has been computed."""
    return np.load(WORK / f"{name}.npy")


def main():
    """Compute what is missing, one molecule after the other, then write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", nargs="?", choices=["geometries", "check"])
    step = parser.parse_args().step
    WORK.mkdir(parents=True, exist_ok=True)
    if step:
        {"geometries": geometries, "check": check}[step]()
        return 0
    all_atoms = molecules()
    jobs = {name: (atoms,) for name, atoms in SMALL.items()}
    jobs |= {f"Hartree-Fock {k}": (atoms,) for k, atoms in enumerate(all_atoms)}
    jobs |= {f"PBE0 {k}": (atoms, "PBE0") for k, atoms in enumerate(all_atoms[:N_PBE0])}
    for name, arguments in jobs.items():
        if not (WORK / f"{name}.npy").is_file():
            np.save(WORK / "part.npy", pattern(*arguments))
            (WORK / "part.npy").rename(WORK / f"{name}.npy")
            print(name, flush=True)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with np.load(WORK / "geometries.npz") as table:
        np.savez_compressed(
            FILE,
            q=Q,
            **table,
            hartree_fock=[stored(f"Hartree-Fock {k}") for k in range(len(all_atoms))],
            pbe0=[stored(f"PBE0 {k}") for k in range(N_PBE0)],
            **{name: stored(name) for name in SMALL},
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
