"""The only part of the command line that needs Qt, said in words where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gmm_studio.core.errors import InputError

__all__ = ["painting"]


@contextmanager
def painting(advice: str = "") -> Iterator[None]:
    """What is imported inside needs Qt.

    Parameters
    ----------
    advice : str
        What to do without it, as one more sentence.

    Raises
    ------
    InputError
        When it is not there, or cannot be loaded.
    """
    from gmm_studio.gui.startup import check_packages

    if problem := check_packages():
        raise InputError("{problem}", problem=problem.replace("The window", "A picture"))
    try:
        yield
    except ImportError as error:
        if (error.name or "").startswith("gmm_studio"):
            raise
        template = "A picture cannot be painted: {reason}." + (advice and f" {advice}")
        raise InputError(template, reason=error) from error
