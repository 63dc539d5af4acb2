"""The program: `python -m gmm_studio`, or `gmm-studio` once it is installed."""

from __future__ import annotations

import sys

from gmm_studio import cli

__all__ = ["main"]


def main() -> int:
    """Do what the arguments of the process say, and return its exit status."""
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
