#!/usr/bin/env python3
"""Measure the product and print each figure with its gate: `notices` its messages, otherwise its
pages against the floor."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / ".dev")]

from bench import everything, notices  # noqa: E402 - the path comes first

if __name__ == "__main__":
    if sys.argv[1:2] == ["notices"]:
        sys.exit(notices.main(sys.argv[2:]))
    sys.exit(everything.main())
