"""The lessons that come with the program."""

from __future__ import annotations

from functools import lru_cache

from gmm_studio.lessons.lesson import Lesson
from gmm_studio.lessons.reading import read_lesson
from gmm_studio.resources import resource

__all__ = ["collection"]


@lru_cache(maxsize=1)
def collection() -> dict[str, Lesson]:
    """Every lesson by the name of its file, in the order in which a person reads them."""
    paths = sorted(resource("lessons").glob("*.json"))
    return {path.stem: read_lesson(path) for path in paths}
