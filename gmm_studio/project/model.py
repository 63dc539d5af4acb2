"""What a project holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from gmm_studio.core.cloud import LARGEST_COORDINATE, PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.steps import Step, Stop
from gmm_studio.document import Document, Given, Placed
from gmm_studio.project.states import fits_rule

__all__ = ["Json", "Project", "SavedRun"]

Json: TypeAlias = Union[bool, int, float, str, "list[Json]", "dict[str, Json]", None]
"""What JSON can hold."""

_LARGEST_WHOLE = 2**31 - 1
"""Of random states and limits: the largest that can be chosen in a window."""

_LARGEST_K = 2**16
"""More than a start file can bring; a person can choose a hundred."""

_DEEPEST = 20
"""How far lists and objects of a view may be nested."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedRun:
    """A run as a person sees it: what it came of, its steps, and what they did with it.

    Parameters
    ----------
    number : int
        What it is called; runs on different clouds may have the same.
    document : Document
    steps : tuple of Step
        At least step 0, in their order without a gap.
    stop : Stop or None
        None if it was not at its end.
    name : str
    pinned : bool
    cursor : int
        The step to be shown.

    Raises
    ------
    InputError
        When these don't belong together.
    """

    number: int
    document: Document
    steps: tuple[Step, ...]
    stop: Stop | None = None
    name: str = ""
    pinned: bool = False
    cursor: int = 0

    def __post_init__(self) -> None:
        _check_document(self.document)
        if [step.index for step in self.steps] != list(range(len(self.steps))) or not self.steps:
            raise InputError("Run {number} lacks some of its steps.", number=self.number)
        if not 0 <= self.cursor < len(self.steps):
            raise InputError(
                "Run {number} has no step {step}.", number=self.number, step=self.cursor
            )
        shape = self.document.k, self.cloud.d
        if any(step.mixture.means.shape != shape for step in self.steps):
            raise InputError("Run {number} has other components.", number=self.number)
        if self.stop is not None and not 0 <= (self.stop.component or 0) < self.document.k:
            raise InputError("Run {number} has other components.", number=self.number)
        rule = self.document.configuration.rule
        if not all(fits_rule(rule, step.state) for step in self.steps):
            raise InputError("Run {number} was made by another rule.", number=self.number)

    @property
    def cloud(self) -> PointCloud:
        """The cloud it was made on."""
        return self.document.cloud


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """All that a person made.

    Parameters
    ----------
    document : Document
    runs : tuple of SavedRun
        On the cloud of the document and on others.
    view : mapping of str to JSON
        How it was looked at; numbers in it are finite.
    shown : int or None
        Which of the runs is on show, from 0.

    Raises
    ------
    InputError
        When these don't belong together.
    """

    document: Document
    runs: tuple[SavedRun, ...] = ()
    view: Mapping[str, Json] = field(default_factory=dict)
    shown: int | None = None

    def __post_init__(self) -> None:
        _check_document(self.document)
        if self.shown is not None and not 0 <= self.shown < len(self.runs):
            raise InputError("The run on show is not among the runs.")
        if not _is_json(dict(self.view), _DEEPEST):
            raise InputError("The view holds what cannot be saved.")


def _check_document(document: Document) -> None:
    """That its parts have as many components and dimensions as they must.

    Raises
    ------
    InputError
        When they have not.
    """
    start, d = document.start, document.cloud.d
    if isinstance(start, Given):
        fits = start.mixture.means.shape == (document.k, d)
    elif isinstance(start, Placed):
        seeds = [seed for seed in start.seeds if seed is not None]
        fits = len(start.seeds) == document.k and all(map(_is_place, seeds))
        fits = fits and all(len(seed) == d for seed in seeds)
    else:
        fits = start.random_state <= _LARGEST_WHOLE
    configuration = document.configuration
    locked = configuration.locked
    if not fits or not 1 <= document.k <= _LARGEST_K or (locked and locked[-1] >= document.k):
        raise InputError("The start does not fit the points.")
    if max(configuration.random_state, configuration.max_iterations) > _LARGEST_WHOLE:
        raise InputError("The configuration holds a number that is too large.")


def _is_place(seed: tuple[float, ...]) -> bool:
    return all(abs(x) <= LARGEST_COORDINATE for x in seed)


def _is_json(value: object, deepest: int) -> bool:
    if value is None or isinstance(value, bool | int | str):
        return True
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        inside = all(isinstance(key, str) for key in value)
        return inside and deepest > 0 and all(_is_json(v, deepest - 1) for v in value.values())
    return isinstance(value, list) and deepest > 0 and all(_is_json(v, deepest - 1) for v in value)
