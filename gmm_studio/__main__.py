"""The program: `python -m gmm_studio`, or `gmm-studio` once it is installed."""

from __future__ import annotations

import os
import sys

from gmm_studio import cli

__all__ = ["main"]


def main() -> int:
    """Do what the arguments of the process say, and return its exit status.

    After Ctrl+C the process ends here: threads may be at work that nobody would wait for.
    """
    status = cli.main()
    if status == cli.INTERRUPTED:
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
