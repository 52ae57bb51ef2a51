"""Sphinx's settings for the course's pages; tools/site/make.py lays the sources and calls it."""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT)]

from lay import repository  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

project = "Faint Signals"
author = PROJECT["authors"][0]["name"]
release = version = PROJECT["version"]
copyright = f"{author}; text and figures CC BY 4.0, code BSD-3-Clause"  # noqa: A001
language = "en"

extensions = ["myst_nb", "folds", "mathml", "terms"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False
html_math_renderer = "mathml"

# In the helpers' docstrings `name` is code; their types are said in words, and none of them is a link.
default_role = "code"
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = True
html_sourcelink_suffix = ""
html_theme_options = {
    "repository_url": f"https://github.com/{repository(ROOT)}",
    "repository_branch": "main",
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    "use_repository_button": True,
    "navbar_persistent": [],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_context = {"default_mode": "light"}
