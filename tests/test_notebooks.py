"""Every lesson and solution, as stored: nothing in it that a lax nbval run would silently pass."""

import audit
import pytest

import notebooks

FILES = notebooks.notebook_files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_notebook_holds_nothing_that_nbval_passes_silently(path):
    assert audit.audit(path) == []


def test_no_claim_and_no_function_stands_in_two_notebooks():
    assert audit.together(FILES) == []
