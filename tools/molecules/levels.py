"""The labels: a geometry and its levels at GFN2-xTB, PBE, PBE0 and G0W0@PBE0. Energies in eV, distances in Å."""

import time

import numpy as np
import scipy.linalg
import scipy.optimize
from ase import Atoms
from ase.optimize import BFGS
from pyscf import ao2mo, df, dft, gto, lib
from pyscf.data.nist import HARTREE2EV
from pyscf.dft.numint import NumInt
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem
from tblite.ase import TBLite
from tblite.interface import Calculator

RDLogger.DisableLog("rdApp.*")
lib.num_threads(1)

N_LEVELS = 16
BOHR = lib.param.BOHR
BASIS = "def2-svp"
# core orbitals of each element: they are not valence levels, and GFN2-xTB does not have them
N_CORE = {1: 0, 6: 1, 7: 1, 8: 1, 9: 1, 16: 5}
MODES_UP_TO = 6  # heavy atoms: below, a Hessian costs as much as the optimisation
IMAGINARY = 50.0  # cm^-1; softer ones are within the noise of finite differences


class Failure(Exception):
    """Why a molecule has no label."""


def _top(energies, n_valence):
    """Return the highest occupied levels, HOMO first, and NaN where the molecule has no more of them."""
    result = np.full(N_LEVELS, np.nan, dtype=np.float32)
    kept = energies[::-1][: min(N_LEVELS, n_valence)]
    result[: len(kept)] = kept
    return result


def _n_valence(numbers):
    """Return the number of doubly occupied valence orbitals of a neutral, closed-shell molecule."""
    return int(sum(numbers)) // 2 - sum(N_CORE[int(z)] for z in numbers)


# --- GFN2-xTB ---------------------------------------------------------------------------------


def embed(smiles, seed):
    """Return an RDKit molecule with hydrogens and an ETKDG conformer, relaxed with MMFF94 (UFF where it has no types).

    Raises
    ------
    Failure
        If no conformer with this stereochemistry can be embedded.
    """
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    settings = AllChem.ETKDGv3()
    settings.randomSeed = seed
    settings.useSmallRingTorsions = True
    if AllChem.EmbedMolecule(mol, settings) != 0:
        settings.useRandomCoords = True
        if AllChem.EmbedMolecule(mol, settings) != 0:
            raise Failure("cannot be embedded")
    if AllChem.MMFFHasAllMoleculeParams(mol):
        AllChem.MMFFOptimizeMolecule(mol, maxIters=1000)
    elif AllChem.UFFHasAllMoleculeParams(mol):
        AllChem.UFFOptimizeMolecule(mol, maxIters=1000)
    return mol


def optimise(numbers, positions, check_modes):
    """Return positions at a GFN2-xTB minimum (largest force below 0.01 eV/Å).

    With `check_modes`, an imaginary mode is followed downhill, twice at most.

    Raises
    ------
    Failure
        If the optimisation does not converge, or ends at a saddle point.
    """
    atoms = Atoms(numbers, positions)
    atoms.calc = TBLite(method="GFN2-xTB", verbosity=0)
    for _ in range(3):
        if not BFGS(atoms, logfile=None).run(fmax=0.01, steps=500):
            raise Failure("geometry does not converge")
        if not check_modes:
            return atoms.positions
        frequency, mode = lowest_mode(atoms)
        if frequency > -IMAGINARY:
            return atoms.positions
        atoms.positions = atoms.positions + 0.3 * mode / np.abs(mode).max()
    raise Failure("saddle point")


def lowest_mode(atoms, step=0.005):
    """Return the lowest vibration, wavenumber in cm^-1 (negative: imaginary) and displacements, by central differences.

    Translations and rotations are projected out first.
    """
    centre = atoms.positions.copy()
    hessian = np.empty((centre.size, centre.size))
    for i in range(centre.size):
        moved = []
        for sign in (1, -1):
            shifted = centre.copy()
            shifted.flat[i] += sign * step
            atoms.positions = shifted
            moved.append(atoms.get_forces().ravel())
        hessian[i] = (moved[1] - moved[0]) / (2 * step)
    atoms.positions = centre
    root = np.sqrt(np.repeat(atoms.get_masses(), 3))
    hessian = (hessian + hessian.T) / 2 / np.outer(root, root)
    arm = centre - atoms.get_center_of_mass()
    rigid = [np.tile(axis, len(atoms)) for axis in np.eye(3)]
    rigid += [np.cross(axis, arm).ravel() for axis in np.eye(3)]
    basis, size, _ = np.linalg.svd((np.array(rigid) * root).T, full_matrices=False)
    basis = basis[:, size > 1e-6 * size[0]]
    vibrations = scipy.linalg.null_space(basis.T)
    values, vectors = np.linalg.eigh(vibrations.T @ hessian @ vibrations)
    # eV/(Å² u) to wavenumbers
    wavenumber = np.sign(values[0]) * np.sqrt(abs(values[0])) * 521.4709
    return wavenumber, (vibrations @ vectors[:, 0] / root).reshape(-1, 3)


def check_structure(mol, positions, inchikey):
    """Raise Failure if the optimised geometry is another molecule than the one that was asked for."""
    table = Chem.GetPeriodicTable()
    radius = np.array([table.GetRcovalent(a.GetAtomicNum()) for a in mol.GetAtoms()])
    distance = np.linalg.norm(positions[:, None] - positions[None], axis=-1)
    ratio = distance / (radius[:, None] + radius[None])
    bonded = Chem.GetAdjacencyMatrix(mol).astype(bool)
    apart = ~bonded & ~np.eye(len(radius), dtype=bool)
    if (ratio[bonded] > 1.3).any() or (ratio[apart] < 1.13).any():
        raise Failure("connectivity changed")
    seen = Chem.Mol(mol)
    seen.GetConformer().SetPositions(np.asarray(positions, dtype=float))
    Chem.AssignStereochemistryFrom3D(seen)
    # which side the hydrogen of C=N-H takes is free: it names no isomer
    settings = Chem.RemoveHsParameters()
    settings.removeDefiningBondStereo = True
    seen = Chem.RemoveHs(seen, settings)
    key, mirror = Chem.MolToInchiKey(seen), Chem.Mol(seen)
    for atom in mirror.GetAtoms():
        atom.InvertChirality()
    if inchikey not in (key, Chem.MolToInchiKey(mirror)):
        raise Failure("stereochemistry changed")


def xtb_levels(numbers, positions):
    """Return (total energy, occupied levels upwards, LUMO) of GFN2-xTB, in eV (Bannwarth et al., JCTC 15, 1652)."""
    calculator = Calculator("GFN2-xTB", np.asarray(numbers), np.asarray(positions, dtype=float) / BOHR)
    calculator.set("verbosity", 0)
    result = calculator.singlepoint()
    energies = result.get("orbital-energies") * HARTREE2EV
    n_occupied = _n_valence(numbers)
    lumo = energies[n_occupied] if len(energies) > n_occupied else np.nan
    return result.get("energy") * HARTREE2EV, energies[:n_occupied], lumo


def label_xtb(smiles, inchikey, seed):
    """Return the record of one molecule at the first level: geometry, levels, CPU seconds; or why there is none."""
    start = time.process_time()
    numbers, positions, reason = np.zeros(0, np.uint8), np.zeros((0, 3), np.float32), ""
    energy, levels, lumo, cpu = np.nan, np.full(N_LEVELS, np.nan, np.float32), np.nan, np.nan
    try:
        mol = embed(smiles, seed)
        numbers = np.array([a.GetAtomicNum() for a in mol.GetAtoms()], dtype=np.uint8)
        found = optimise(numbers, mol.GetConformer().GetPositions(), mol.GetNumHeavyAtoms() <= MODES_UP_TO)
        found = found - found.mean(axis=0)
        check_structure(mol, found, inchikey)
        positions = found.astype(np.float32)
    except Failure as failure:
        numbers, reason = np.zeros(0, np.uint8), str(failure)
    except RuntimeError:
        numbers, reason = np.zeros(0, np.uint8), "xTB does not converge"
    cpu_geometry = time.process_time() - start
    if not reason:
        start = time.process_time()
        energy, occupied, lumo = xtb_levels(numbers, positions)
        levels, cpu = _top(occupied, len(occupied)), time.process_time() - start
    return {
        "reason": np.array(reason),
        "numbers": numbers,
        "positions": positions,
        "levels": levels,
        "lumo": np.float32(lumo),
        "energy": np.float64(energy),
        "cpu_geometry": np.float32(cpu_geometry),
        "cpu": np.float32(cpu),
    }


# --- density functionals ----------------------------------------------------------------------


class StoredOrbitalsNumInt(NumInt):
    """NumInt that computes the basis functions on the grid once, not in every cycle (same numbers, less time)."""

    def __init__(self):
        super().__init__()
        self._coords, self._deriv, self._blocks = None, None, []

    def block_loop(self, mol, grids, nao=None, deriv=0, max_memory=2000, *args, **kwargs):
        """Yield what NumInt.block_loop yields, from memory after the first time."""
        if self._coords is not grids.coords or self._deriv != deriv:
            loop = super().block_loop(mol, grids, nao, deriv, max_memory, *args, **kwargs)
            self._blocks = [(ao.copy(order="K"), *rest) for ao, *rest in loop]
            self._coords, self._deriv = grids.coords, deriv
        yield from self._blocks


def mean_field(numbers, positions, functional, basis=BASIS, grid=1):
    """Return a converged PySCF restricted Kohn-Sham calculation with density fitting.

    Three-index integrals are built once and kept (PySCF would compute them anew in each cycle of a pure functional).

    Raises
    ------
    Failure
        If the SCF does not converge to 1e-8 hartree.
    """
    atoms = [(int(z), tuple(map(float, xyz))) for z, xyz in zip(numbers, positions, strict=True)]
    mol = gto.M(atom=atoms, basis=basis, verbose=0)
    mf = dft.RKS(mol, xc=functional).density_fit(auxbasis="def2-universal-jkfit")
    mf.grids.level = grid
    mf.conv_tol = 1e-8
    mf.with_df.build()
    mf._numint = StoredOrbitalsNumInt()
    mf.kernel()
    if not mf.converged:
        mf.level_shift = 0.2
        mf.max_cycle = 150
        mf.kernel(mf.make_rdm1())
    if not mf.converged:
        raise Failure("SCF does not converge")
    return mf


def label_pbe(numbers, positions):
    """Return the record of one molecule at PBE/def2-SVP (Perdew, Burke, Ernzerhof, PRL 77, 3865), at this geometry."""
    start = time.process_time()
    reason, energy, levels, lumo = "", np.nan, np.full(N_LEVELS, np.nan, np.float32), np.nan
    try:
        mf = mean_field(numbers, positions, "PBE")
        n_occupied = mf.mol.nelectron // 2
        levels = _top(mf.mo_energy[:n_occupied] * HARTREE2EV, _n_valence(numbers))
        energy, lumo = mf.e_tot * HARTREE2EV, mf.mo_energy[n_occupied] * HARTREE2EV
    except (Failure, np.linalg.LinAlgError) as failure:
        reason = str(failure)
    return {
        "reason": np.array(reason),
        "levels": levels,
        "lumo": np.float32(lumo),
        "energy": np.float64(energy),
        "cpu": np.float32(time.process_time() - start),
    }


# --- G0W0 -------------------------------------------------------------------------------------


def quasiparticles(mf, orbitals, fit=None, eta=1e-3):
    """Return G0W0 energies and renormalisation factors Z of `orbitals`, in hartree, on the exact frequency axis.

    The direct RPA is diagonalised in full, so the self-energy is a sum over poles: no analytic continuation and no
    frequency grid (continuation errs by up to 0.1 eV below -15 eV). For the direct RPA, A - B is the diagonal of
    orbital-energy differences, which makes the problem an ordinary symmetric one. `eta` (hartree) rounds the poles.
    Source: van Setten, Weigend, Evers, JCTC 9, 232 (2013), equations for the spectral representation.

    Parameters
    ----------
    mf : pyscf.dft.rks.RKS
        A converged calculation with density fitting.
    orbitals : sequence of int
        Indices of the orbitals asked for.
    fit : str, optional
        Auxiliary basis of the screened interaction; the one that belongs to def2-SVP if not given.
    eta : float
        Broadening in hartree.

    Returns
    -------
    tuple of ndarray
        Energies and Z, NaN where the quasiparticle equation has no solution near the linearised one.
    """
    mol, energy, orbital = mf.mol, mf.mo_energy, mf.mo_coeff
    n, n_mo = mol.nelectron // 2, len(mf.mo_energy)
    integrals = df.DF(mol, auxbasis=fit or "def2-svp-ri").build()._cderi
    pairs = ao2mo._ao2mo.nr_e2(integrals, orbital, (0, n_mo, 0, n_mo), aosym="s2", mosym="s1")
    pairs = pairs.reshape(-1, n_mo, n_mo)

    density = mf.make_rdm1()
    potential = mf.get_veff(mol, density)
    coulomb, exchange = mf.get_jk(mol, density)
    static = np.einsum(
        "mp,mn,np->p", orbital, -0.5 * exchange - (potential - coulomb), orbital, optimize=True
    )

    gap = (energy[None, n:] - energy[:n, None]).ravel()
    weighted = pairs[:, :n, n:].reshape(len(pairs), -1) * np.sqrt(gap)
    casida = 4 * (weighted.T @ weighted)
    casida[np.diag_indices_from(casida)] += gap**2
    squared, vectors = scipy.linalg.eigh(casida, driver="evd", overwrite_a=True, check_finite=False)
    excitation = np.sqrt(squared)
    transition = weighted @ vectors / np.sqrt(excitation)

    sign = np.where(np.arange(n_mo) < n, -1.0, 1.0)
    poles = (energy[:, None] + sign[:, None] * excitation).ravel()
    found, renormalisation = np.full(len(orbitals), np.nan), np.full(len(orbitals), np.nan)
    for k, p in enumerate(orbitals):
        strength = 2 * ((pairs[:, p, :].T @ transition) ** 2).ravel()

        def mismatch(omega, p=p, strength=strength):
            distance = omega - poles
            norm = distance**2 + eta**2
            sigma = strength @ (distance / norm)
            slope = strength @ ((eta**2 - distance**2) / norm**2)
            return omega - energy[p] - static[p] - sigma, 1 - slope

        value, slope = mismatch(energy[p])
        root = scipy.optimize.root_scalar(
            mismatch, x0=energy[p] - value / slope, fprime=True, method="newton", xtol=1e-7, maxiter=60
        )
        if root.converged and 1 / mismatch(root.root)[1] > 0.1:
            found[k], renormalisation[k] = root.root, 1 / mismatch(root.root)[1]
    return found, renormalisation


def label_gw(numbers, positions, lowest=-20.0):
    """Return the record of one molecule at PBE0 and G0W0@PBE0/def2-SVP, matched by orbital, at this geometry.

    Quasiparticle energies below `lowest` (eV) are left out: there the quasiparticle breaks up into satellites.
    """
    start = time.process_time()
    missing = np.full(N_LEVELS, np.nan, dtype=np.float32)
    reason, energy, lumo, levels = "", np.nan, np.nan, missing
    gw, weight, cpu_gw = missing.copy(), missing.copy(), np.nan
    try:
        mf = mean_field(numbers, positions, "PBE0")
        n_occupied = mf.mol.nelectron // 2
        mean = mf.mo_energy * HARTREE2EV
        levels = _top(mean[:n_occupied], _n_valence(numbers))
        energy, lumo = mf.e_tot * HARTREE2EV, mean[n_occupied]
    except (Failure, np.linalg.LinAlgError) as failure:
        reason = str(failure)
    cpu = time.process_time() - start
    if not reason:
        start = time.process_time()
        rank = [k for k in range(N_LEVELS) if levels[k] > lowest]
        found, z = quasiparticles(mf, [n_occupied - 1 - k for k in rank])
        found = found * HARTREE2EV
        kept = found > lowest
        gw[: len(rank)] = np.where(kept, found, np.nan)
        weight[: len(rank)] = np.where(kept, z, np.nan)
        cpu_gw = time.process_time() - start
    return {
        "reason": np.array(reason),
        "pbe0": levels,
        "lumo": np.float32(lumo),
        "energy": np.float64(energy),
        "cpu_pbe0": np.float32(cpu),
        "gw": gw,
        "z": weight,
        "cpu_gw": np.float32(cpu_gw),
    }
