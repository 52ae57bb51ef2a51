"""Make the build tools and the helpers importable: this environment is not the lessons'."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools" / "molecules"), str(ROOT)]
