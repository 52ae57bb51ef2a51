"""tools/mutate.py: what it plants, that it chooses alike each time, and that it tells a weak test from a good one."""

import ast

import pytest

pytest.importorskip("resource", reason="it forks, which Windows does not")
import mutate  # noqa: E402

HELPER = """\
import numpy as np

_WIDTH = 0.5


def _scaled(x):
    return -x * _WIDTH  # half of it


def total(table):
    if table < 1:
        raise ValueError(f"{table + 1}")
    return np.sum(_scaled(table), axis=1) > 2 * 1e-9
"""


@pytest.fixture
def root(tmp_path):
    for name in ("helpers", "tests", "data", "notebooks/solutions"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "helpers" / "limits.py").write_text(HELPER)
    (tmp_path / "helpers" / "__init__.py").write_text("")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "data" / "checksums.txt").write_text("")
    return tmp_path


def test_it_plants_signs_axes_constants_and_comparisons_but_not_at_the_door_or_in_a_message(root):
    found = {(m.line, m.kind, m.before, m.after) for m in mutate.mutants("limits", root)}
    assert found == {
        (3, "constant", "0.5", "0.51"),
        (7, "sign", "-", "+"),
        (7, "sign", "*", "/"),
        (13, "axis", "1", "0"),
        (13, "comparison", ">", "<"),
        (13, "sign", "*", "/"),
        (13, "constant", "2", "2.04"),
    }


@pytest.mark.parametrize("module", mutate.modules())
def test_a_mutant_differs_in_one_place_and_is_python(module):
    source = (mutate.ROOT / "helpers" / f"{module}.py").read_bytes()
    drawn = mutate.chosen(module, 3)
    assert drawn == mutate.chosen(module, 3) == mutate.chosen(module, 5)[: len(drawn)]
    assert len({mutant.line for mutant in drawn}) == len(drawn)
    for mutant in drawn:
        assert source[mutant.start : mutant.end].decode() == mutant.before != mutant.after
        changed = source[: mutant.start] + mutant.after.encode() + source[mutant.end :]
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_an_edit_elsewhere_leaves_the_choice_alone(root):
    before = [mutant.name for mutant in mutate.chosen("limits", 3, root=root)]
    file = root / "helpers" / "limits.py"
    file.write_text(HELPER.replace("import numpy", "import math\nimport numpy"))
    assert [mutant.name for mutant in mutate.chosen("limits", 3, root=root)] == before


def test_what_is_changed_is_reached_through_public_names(root):
    of_line = {mutant.line: mutant for mutant in mutate.mutants("limits", root)}
    assert mutate.reached(of_line[3], root) == mutate.reached(of_line[7], root) == {"total"}


def test_what_is_said_to_change_nothing_is_still_there():
    known = {mutant.name for module in mutate.modules() for mutant in mutate.mutants(module)}
    assert set(mutate.EQUIVALENT) <= known and all(mutate.EQUIVALENT.values())


def test_a_weak_test_lets_a_mutant_live_and_a_good_one_does_not(root):
    file, test = root / "helpers" / "limits.py", root / "tests" / "test_limits.py"
    flipped = next(m for m in mutate.mutants("limits", root) if (m.line, m.before) == (7, "*"))
    weak = "from helpers import limits\n\n\ndef test_weak():\n    assert limits._scaled(0) == 0\n"
    for source, caught in (
        (weak, None),
        (f"{weak}\n\ndef test_value():\n    assert limits._scaled(4) == -2\n", "test_limits.py::test_value"),
    ):
        test.write_text(source)
        row = mutate.outcome(flipped, root, cache=root / "kept")
        assert row["caught"] == caught and file.read_text() == HELPER
        assert mutate.outcome(flipped, root, cache=root / "kept") == row
    assert len(list((root / "kept").iterdir())) == 2
    text = mutate.table([(flipped, row)])
    assert "limits.py:7" in text and "all: 1 of 1 caught (100.0%), 1 by tests, 0 by a lesson" in text
