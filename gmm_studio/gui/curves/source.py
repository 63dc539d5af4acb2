"""The run on show and those behind it, as the curves that a chart is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.curves.chart import Bundle
from gmm_studio.gui.curves.series import History
from gmm_studio.gui.numbers import number
from gmm_studio.gui.runs import RunRecord

__all__ = ["Source", "any_finite", "filled", "name_of_run", "three"]

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The run on show, earlier ones, and what their steps hold."""

    run: RunRecord | None
    ghosts: Sequence[RunRecord]
    history: Callable[[RunRecord], History]
    palette: Palette

    @property
    def longest(self) -> int:
        """The last iteration there is room for."""
        runs = [self.run] if self.run else self.ghosts
        return max((len(run.steps) - 1 for run in runs), default=0)

    @property
    def only_step(self) -> str:
        """That there is one step alone, if it is so."""
        if self.run is None or len(self.run.steps) != 1:
            return ""
        if self.run.stop is None:
            return translate("Curves", "Only one step so far")
        return translate("Curves", "The run has only one step")

    def runs(
        self, told: str, values: Callable[[RunRecord], FloatArray]
    ) -> tuple[tuple[Bundle, ...], tuple[Bundle, ...]]:
        """A curve of each run; `told` with {run} in it."""
        shown = [self.run] if self.run else []
        colours = (self.palette.accent, self.palette.ghost)
        front, behind = (
            tuple(
                Bundle(values(run)[:, None], (colour,), (filled(told, run=name_of_run(run)),))
                for run in runs
            )
            for runs, colour in zip((shown, self.ghosts), colours, strict=True)
        )
        return front, behind

    def components(
        self,
        told: str,
        values: FloatArray,
        *,
        dashed: bool = False,
        offset: float = 0.0,
        size: float = 1.0,
    ) -> Bundle:
        """A curve of each component; `told` with {j} in it."""
        each = range(values.shape[1])
        return Bundle(
            values,
            tuple(component_colour(self.palette, j) for j in each),
            tuple(filled(told, j=str(j + 1)) for j in each),
            numbered=True,
            dashed=dashed,
            offset=offset,
            size=size,
        )


def any_finite(bundles: Sequence[Bundle]) -> bool:
    """Whether there is anything to draw."""
    return any(bool(np.isfinite(bundle.values).any()) for bundle in bundles)


def name_of_run(run: RunRecord) -> str:
    """Its own, or its number."""
    return run.name or translate("Curves", "Run {n}").format(n=run.number)


def filled(text: str, **values: str) -> str:
    """Put some of the values in, and leave the other places as they are."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value.replace("{", "{{").replace("}", "}}"))
    return text


def three(value: float) -> str:
    """A number with three digits."""
    return number(value, 3)
