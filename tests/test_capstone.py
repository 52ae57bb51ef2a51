"""The capstone's worked example: its numbers are those that its script makes, and its sentences follow from them."""

import re
from pathlib import Path

import capstone_example
import pytest

REPORT = Path(__file__).resolve().parent.parent / "docs" / "teaching" / "capstone_example.md"


@pytest.fixture(scope="module")
def stated():
    """What the report's table says: {what: (value, error)}."""
    table = REPORT.read_text("utf-8").split("<!-- numbers -->")[1].split("<!-- /numbers -->")[0]
    rows = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
    return {what: (float(value), float(error)) for what, value, error in rows}


@pytest.fixture(scope="module")
def found():
    return capstone_example.numbers()


def test_the_report_states_what_the_script_finds(stated, found):
    """To four errors; what trees say where they saw no event depends on the last digit of a split."""
    assert list(stated) == list(found)
    for what, (value, error) in found.items():
        allowed = 15 if "they keep" in what or "keep here" in what else 4 * error
        assert abs(value - stated[what][0]) <= allowed, f"{what}: {value} ± {error}"


def test_what_it_says_follows(found):
    def value(name):
        return next(number for what, number in found.items() if name in what)

    for name in ("straight line", "boosted trees"):
        ratio, error = value(f"leakage over the optimum's, {name}")
        assert 1 - 3 * error < ratio < 1.2, "near the optimum, and not above what is possible"
    assert value("leakage over the optimum's, median cut")[0] > 3
    assert value("mean limit, median cut's over that of the boosted trees")[0] > 1.3
    assert value("electron recoils that they keep")[0] > 90, (
        "the other detector's trees call everything a WIMP"
    )
    kept, leaked = value("signal kept by the frozen cut"), value("leakage through the frozen cut")
    assert kept[0] > 53 and leaked[0] > 1.5 * value("half of the signal, boosted trees")[0]
    assert value("share of the limits that hold")[0] > 0.9


def test_the_report_repeats_no_number_outside_of_its_table():
    text = re.sub(r"<!-- numbers -->.*<!-- /numbers -->", "", REPORT.read_text("utf-8"), flags=re.S)
    assert re.findall(r"\d\.\d", text) == []
