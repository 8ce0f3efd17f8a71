#!/usr/bin/env python3
"""Measure the product against the floor, in one run, and print each figure with its gate."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / ".dev")]

from bench.everything import main  # noqa: E402 - the path comes first

if __name__ == "__main__":
    sys.exit(main())
