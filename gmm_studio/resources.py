"""The files that come with the program: icons, style, examples, translations."""

from __future__ import annotations

from pathlib import Path

__all__ = ["resource"]

_PACKAGE = Path(__file__).resolve().parent
# An installed copy carries them inside the package, a checkout beside it.
_PLACES = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


def resource(name: str) -> Path:
    """Return where a file or folder of the program's resources is.

    Parameters
    ----------
    name : str
        Its path below ``resources``, with forward slashes, such as ``icons/play.svg``.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        When this copy of the program does not have it.
    """
    for place in _PLACES:
        path = place / name
        if path.exists():
            return path
    places = " or ".join(str(place) for place in _PLACES)
    raise FileNotFoundError(f"The program's file {name} is missing: it should be in {places}.")
