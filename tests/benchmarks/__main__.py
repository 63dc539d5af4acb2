"""Everything that has a budget, each figure beside it: `python -m tests.benchmarks [NAME ...]`."""

from __future__ import annotations

import importlib
import os
import sys

PARTS = (
    "em",
    "basins",
    "cells",
    "frames",
    "startup",
    "figures",
    "memory",
    "reading",
    "projects",
    "exports",
)


def main(names: list[str]) -> int:
    """Run the parts that are named, or all of them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    unknown = set(names) - set(PARTS)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}.")
        return 2
    for name in names or PARTS:
        importlib.import_module(f"tests.benchmarks.{name}").report(print)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
