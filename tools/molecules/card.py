"""Write the data card `data/molecules/README.md` and its picture from what is there: `python tools/molecules/card.py`."""

import argparse
from collections import Counter
from pathlib import Path

import levels
import make
import numpy as np
import structures
from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D
from shards import Store, write_atomically

TEXT = """# Molecules that sing: the data card

Levels of {n_xtb} geometries of small molecules at GFN2-xTB, of {n_pbe} of them at PBE, and of {n_gw} at PBE0 and
G0W0@PBE0, all computed for this course with the programs in `tools/molecules/`; nothing in it comes from another
data set. {state}

![Eight molecules of each of the four subsets](gallery.png)

## What is in it

{counts}

- **small**: molecules of H, C, N, O, F. With up to six heavy atoms every molecule that passes the filters below; of
  those with seven a seeded sample; of eight and nine a sample *grown at random*, which is **biased**: random growth
  favours molecules that can be reached in many ways (branched, unsymmetric) and is no fair sample of what exists.
- **isomers**: C7H10O2 from the same random growth (biased in the same way); diastereomers are kept apart.
- **peptides**: conformers of the 20 amino acids and of the 64 dipeptides of Gly, Ala, Ser, Cys, Thr, Val, Pro, Asn,
  neutral, from seeded embeddings; {n_double} of them fell into a minimum that another conformer had found already
  (same energy within 1 meV).
- **heterocycles**: conjugated rings (35 parents), joined, linked and decorated at random, up to 14 heavy atoms.

A key is the InChIKey, which carries the stereochemistry, and the number of the conformer. Of a mirror pair one is
kept; of tautomers that share an InChIKey one is kept; of the stereoisomers of a molecule in *small* and *heterocycles*
one is drawn by the seed. The seed of everything is {seed}.

## How the labels were made

| level | how |
|---|---|
| geometry | ETKDGv3 (RDKit), MMFF94 or UFF, then GFN2-xTB (tblite) with BFGS (ASE) until no force exceeds 0.01 eV/Å. Refused if a bond broke or formed or the stereochemistry changed. Up to {modes} heavy atoms a Hessian is made: an imaginary mode above {imaginary:.0f} cm⁻¹ is followed downhill, three attempts in all. One conformer, not the lowest. |
| `xtb` | GFN2-xTB levels at the stored (float32) geometry |
| `pbe` | PBE/def2-SVP (PySCF), density fitting (def2-universal-jkfit), grid level 1, SCF to 10⁻⁸ hartree, same geometry. Fitting and grid together err by at most 0.3 meV (six molecules, against exact integrals on grid level 4). |
| `pbe0` | PBE0/def2-SVP, the same; fitting and grid err by at most 0.4 meV |
| `gw` | **G0W0@PBE0/def2-SVP, 0.35–0.9 eV short of the basis-set limit, by kind** (hydrocarbons 0.35–0.55, lone pairs 0.9). All orbitals correlated; direct RPA diagonalised in full and the quasiparticle equation solved on the real axis (poles rounded by 1 mhartree), so no analytic continuation: in a trial that erred by 1–3 meV at the HOMO, by up to 0.1 eV at deep levels. Fitting the screened interaction (def2-SVP-RI) moves the three highest levels by about 2 meV. |

Levels are the highest min(16, number of valence orbitals) doubly occupied ones, HOMO first; what does not exist is NaN,
never a padded number. `gw` is matched by orbital with `pbe0` (so it need not fall monotonically: the first ionisation
is minus its largest entry); quasiparticles below −20 eV are NaN. Beside each `gw` level lies its renormalisation
factor Z: {low_z:.1f} % of the stored levels have Z < 0.6, where the quasiparticle shares its weight with satellites and
its energy depends on how the equation is solved; at the HOMO the smallest Z is {homo_z:.2f}. {n_high_z}
levels, all below {high_z:.1f} eV, have Z > 1, as no quasiparticle has: they lie on a rounded pole, do not
trust them.

Beside the levels lie the LUMO and the total energy (eV; the energy in double precision) of `xtb`, `pbe` and
`pbe0`; `gw` has none of its own.

**Most molecules have more levels than are stored**, so a spectrum of the stored ones lacks what lies deeper:

{cuts}

A molecule is complete down to the lowest level before the first that is missing (last two columns: over
those of which not all are stored). For `gw` the first missing one has deeper levels stored behind it in
{n_gaps} of {n_gw} molecules: its quasiparticle equation had no solution near the linearised
one, or one below −20 eV.
`helpers/molecules.py` broadens levels only where they are complete, three widths above that.

Versions: {versions}.

## What failed

{failures}

## What it cost

CPU seconds on one thread of a 2-core AMD EPYC machine that was busy with other work (so they scatter); each label has
its own in the files, from which lessons draw cost curves.

{costs}

## Filters

A molecule is left out if it has one of these (SMARTS in `tools/molecules/structures.py`), or a double bond at a small
bridgehead: {filters}. More than two hundred of those that pass were drawn
and looked at, twice.

## Splits

Shipped with the list, fixed by the seed; all conformers and stereoisomers of a connectivity are on one side.

{splits}

*random*: by the first block of the InChIKey. *scaffold*: whole Bemis–Murcko scaffolds; acyclic molecules and scaffolds
with more than 2 % of the set are always in training. *size*: up to six heavy atoms against more. The list's
{n_keys} keys have {n_connectivities} connectivities and {n_scaffolds} scaffolds (the acyclic one among them);
`Molecules.folds` in `helpers/molecules.py` cross-validates by either.

## Files

`molecules.npz` is the list, in the order of the shards; `xtb-small-000.npz` … hold 100 molecules each, and `pbe-…` and
`gw-…` of the same number hold the same molecules. `scaffolds.npz` names the Bemis–Murcko scaffold of each key
(SMILES without stereochemistry, empty for the acyclic): {n_files} files in all. `manifest.json` has the
SHA-256 of each. Arrays only, no pickles.
`helpers/molecules.py` loads and checks them; `make data` rebuilds or resumes them, `make test-data` recomputes some.

## Known bias and limits

Closed-shell, neutral, gas phase, no ions, no radicals, no metals, no sulfur in *small*. Geometries are GFN2-xTB's and not those of the higher levels. Many molecules of *small* have never
been made. def2-SVP is a small basis: differences between molecules survive it better than absolute energies.

Licence: CC BY 4.0, "The Faint Signals developers".
"""


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def gather(store):
    """Return the list of molecules and {level: {field: array}} of every whole shard."""
    molecules = store.read("molecules.npz")
    found = {}
    for level, subset, number, rows in make.plan(molecules):
        name = make.shard_name(level, subset, number)
        if not store.is_whole(name):
            continue
        shard = store.read(name)
        kept = found.setdefault(level, {})
        kept.setdefault("subset", []).append(np.full(len(shard["key"]), subset))
        for field, values in shard.items():
            if field not in ("numbers", "positions"):
                kept.setdefault(field, []).append(values)
        kept.setdefault("planned", []).append(len(rows))
        if level == "xtb":
            counts = [levels._n_valence(numbers[numbers > 0]) for numbers in shard["numbers"]]
            kept.setdefault("n_valence", []).append(counts)
    return molecules, {
        level: {k: np.concatenate(v) if k != "planned" else sum(v) for k, v in kept.items()}
        for level, kept in found.items()
    }


def text(store):
    """Return the card's text."""
    molecules, found = gather(store)
    steps = make.plan(molecules)
    total = Counter((level, subset) for level, subset, *_ in steps)
    whole = Counter((s[0], s[1]) for s in steps if store.is_whole(make.shard_name(*s[:3])))
    state = "It is complete."
    if sum(whole.values()) < len(steps):
        state = f"**It is being computed: {sum(whole.values())} of {len(steps)} shards are there.**"

    good = {level: kept["reason"] == "" for level, kept in found.items()}
    counts = []
    for subset in make.SUBSETS:
        row = [subset, int((molecules["subset"] == subset).sum())]
        for level in ("xtb", "pbe", "gw"):
            kept = int((good[level] & (found[level]["subset"] == subset)).sum()) if level in found else 0
            shards = (
                f" ({whole[level, subset]} of {total[level, subset]} shards)" if total[level, subset] else ""
            )
            row.append(f"{kept}{shards}")
        counts.append(row)

    failures = []
    for level in ("xtb", "pbe", "gw"):
        if level in found:
            reasons = Counter(found[level]["reason"][~good[level]].tolist())
            what = ", ".join(f"{name} {n}" for name, n in reasons.most_common()) or "none"
            failures.append([level, len(good[level]), int((~good[level]).sum()), what])

    costs = []
    for what, level, field in (
        ("geometry", "xtb", "cpu_geometry"),
        ("xtb", "xtb", "cpu"),
        ("pbe", "pbe", "cpu"),
        ("pbe0", "gw", "cpu_pbe0"),
        ("gw (without its PBE0)", "gw", "cpu_gw"),
    ):
        if level in found:
            cpu = found[level][field]
            cpu = cpu[np.isfinite(cpu)]
            low, middle, high = np.percentile(cpu, [5, 50, 95])
            row = f"{middle:.2g}", f"{low:.2g}–{high:.2g}", f"{cpu.sum() / 3600:.2f} h"
            costs.append([what, len(cpu), *row])

    parts = []
    for name in ("random", "scaffold", "size"):
        parts.append([name, *np.bincount(molecules[f"split_{name}"], minlength=3)])

    z = found["gw"]["z"] if "gw" in found else np.full((1, 16), np.nan)
    known = z[np.isfinite(z)]
    counted = {level: int(mask.sum()) for level, mask in good.items()}
    gw = found["gw"]["gw"] if "gw" in found else z
    return TEXT.format(
        n_xtb=counted.get("xtb", 0),
        n_pbe=counted.get("pbe", 0),
        n_gw=counted.get("gw", 0),
        state=state,
        counts=table(["subset", "chosen", "xtb", "pbe", "pbe0 and gw"], counts),
        n_double=doubles(found["xtb"]),
        seed=store.manifest["seed"],
        modes=levels.MODES_UP_TO,
        imaginary=levels.IMAGINARY,
        low_z=100 * np.mean(known < 0.6) if len(known) else np.nan,
        n_high_z=int((z > 1).sum()),
        high_z=np.max(gw, where=z > 1, initial=-np.inf) + 0.05,
        homo_z=np.nanmin(z[:, 0]) if len(known) else np.nan,
        cuts=table(
            [
                "level",
                "molecules",
                f"with more than {levels.N_LEVELS} levels",
                "not all stored",
                "complete down to (eV): median",
                "worst",
            ],
            cuts(found),
        ),
        n_gaps=int((before_gap(gw).sum(axis=1) < np.isfinite(gw).sum(axis=1)).sum()),
        n_keys=len(molecules["key"]),
        n_connectivities=len({key[:14] for key in molecules["key"]}),
        n_scaffolds=len(np.unique(store.read("scaffolds.npz")["scaffold"])),
        n_files=sum(name.endswith(".npz") for name in store.manifest["files"]),
        versions=", ".join(f"{name} {number}" for name, number in store.manifest["versions"].items()),
        failures=table(["level", "tried", "failed", "why"], failures),
        costs=table(["label", "number", "median (s)", "5–95 % (s)", "total"], costs),
        filters="; ".join(structures.FILTERS),
        splits=table(["split", "train", "validation", "test"], parts),
    )


def before_gap(values):
    """Return which levels have no missing one before them."""
    return np.logical_and.accumulate(np.isfinite(values), axis=1)


def cuts(found):
    """Return the rows of the table that says how many levels are stored and how deep they reach."""
    n_valence = dict(zip(found["xtb"]["key"], found["xtb"]["n_valence"], strict=True))
    rows = []
    for name, level, field in (
        ("xtb", "xtb", "levels"),
        ("pbe", "pbe", "levels"),
        ("pbe0", "gw", "pbe0"),
        ("gw", "gw", "gw"),
    ):
        if level in found:
            good = found[level]["reason"] == ""
            values, count = found[level][field][good], [n_valence[key] for key in found[level]["key"][good]]
            is_cut = np.isfinite(values).sum(axis=1) < count
            lowest = np.min(values, axis=1, where=before_gap(values), initial=np.inf)[is_cut]
            shares = [
                f"{100 * np.mean(share):.1f} %" for share in (np.greater(count, levels.N_LEVELS), is_cut)
            ]
            rows.append([name, len(values), *shares, f"{np.median(lowest):.1f}", f"{lowest.max():.1f}"])
    return rows


def doubles(xtb):
    """Return how many peptide conformers have the energy (within 1 meV) of an earlier conformer of the same molecule."""
    rows = np.flatnonzero((xtb["subset"] == "peptides") & (xtb["reason"] == ""))
    energies, count = {}, 0
    for row in rows:
        earlier = energies.setdefault(str(xtb["key"][row][:27]), [])
        count += any(abs(xtb["energy"][row] - e) < 0.001 for e in earlier)
        earlier.append(xtb["energy"][row])
    return count


def gallery(molecules):
    """Return the PNG of eight molecules of each subset, drawn by the seed."""
    rng = structures.seeded(make.SEED, "gallery")
    smiles = []
    for subset in make.SUBSETS:
        names = np.unique(molecules["smiles"][molecules["subset"] == subset])
        smiles += list(rng.choice(names, 8, replace=False))
    width, height = 150, 115
    canvas = rdMolDraw2D.MolDraw2DCairo(8 * width, len(make.SUBSETS) * height, width, height)
    canvas.drawOptions().bondLineWidth = 1
    canvas.DrawMolecules([Chem.MolFromSmiles(str(s)) for s in smiles])
    canvas.FinishDrawing()
    return canvas.GetDrawingText()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=make.ROOT / "data" / "molecules")
    arguments = parser.parse_args()
    store = Store(arguments.data, arguments.data)
    if not (arguments.data / "gallery.png").exists():
        write_atomically(arguments.data / "gallery.png", gallery(store.read("molecules.npz")))
    write_atomically(arguments.data / "README.md", text(store).encode())


if __name__ == "__main__":
    main()
