"""tools/elsewhere.py: its places are as strange as they should be, and a probe tells them from this one."""

import subprocess
import sys
import warnings

import elsewhere
import pytest


@pytest.fixture
def root(tmp_path):
    """A course of one file."""
    (tmp_path / "course" / "helpers").mkdir(parents=True)
    (tmp_path / "course" / "README.md").write_text("A course\n")
    return tmp_path / "course"


def probed(name, copy, environment, before=()):
    command = [*before, sys.executable, "-c", elsewhere.PROBES[name]]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="its places are those of Linux and macOS")
@pytest.mark.parametrize("name", elsewhere.PLACES)
def test_a_place_is_strange_and_an_ordinary_one_is_told_from_it(name, root, tmp_path):
    if why := elsewhere.missing(name):
        pytest.skip(why)
    (tmp_path / "there").mkdir()
    copy, environment, before = elsewhere.laid(name, tmp_path / "there", root)
    done = probed(name, copy, environment, before)
    assert done.returncode == 0, done.stderr
    ordinary = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "COURSE_DATA_CACHE": str(root)}
    assert probed(name, root, ordinary).returncode != 0


def test_a_warning_out_of_a_helper_is_an_error_and_one_of_a_library_is_not():
    with pytest.raises(UserWarning):
        warnings.warn_explicit("ours", UserWarning, "limits.py", 1, module="helpers.limits")
    with pytest.warns(UserWarning):
        warnings.warn_explicit("theirs", UserWarning, "special.py", 1, module="scipy.special")
