"""Train the networks that lesson 06 loads, and store their weights and their rms on fresh events.

    python tools/build_position_networks.py     # one core, about 10 minutes; keeps networks that are there

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`, `world`
and `model`. Delete a network's file to train it again.
"""

import json
from pathlib import Path

import numpy as np
from lesson_cells import defined_by

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "06_position_reconstruction.ipynb"
FOLDER = ROOT / "data" / "position_networks"
SEED = 2026
TEST_SETS, TEST_EVENTS = 5, 4000


def file_of(name):
    """Return the file of a network's weights."""
    return FOLDER / (name.replace(":", "").replace(" ", "_") + ".npz")


def judge(cells, network, inputs):
    """Return mean and spread of the rms [mm] over test sets, for each pulse size."""
    rng = np.random.default_rng(SEED + 1)
    found = {}
    for size in cells["sizes"]:
        values = []
        for _ in range(TEST_SETS):
            patterns, position = cells["draw"](TEST_EVENTS, rng, size)
            answer = network.predict(inputs(patterns), batch_size=1000, verbose=0)
            values.append(cells["rms"](answer[:, :2] * cells["pmts"].pitch - position))
        found[str(size)] = {
            "rms": round(float(np.mean(values)), 4),
            "spread": round(float(np.std(values, ddof=1)), 4),
        }
    return found


def main():
    cells = defined_by(LESSON)
    FOLDER.mkdir(parents=True, exist_ok=True)
    judged = FOLDER / "rms.json"
    rows = json.loads(judged.read_text(encoding="utf-8")) if judged.is_file() else {}
    for name, (inputs, build, loss, rounds, batch) in cells["recipes"].items():
        if file_of(name).is_file() and name in rows:
            continue
        cells["keras"].utils.set_random_seed(SEED)
        rng = np.random.default_rng(SEED)
        network = cells["train"](build(), inputs, loss, rounds, rng, batch=batch)
        weights = {f"w{k}": w for k, w in enumerate(network.get_weights())}
        np.savez_compressed(file_of(name), **weights)
        rows[name] = judge(cells, network, inputs)
        judged.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        print(name, rows[name], flush=True)
    print("now run tools/checksums.py")


if __name__ == "__main__":
    main()
