"""What of a run is on show: a whole iteration, or one of its halves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QCoreApplication

__all__ = ["Half", "Moment", "name_of"]

Half: TypeAlias = Literal["whole", "E", "M"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A place on the way of a run.

    "Iteration t, E-step" shows the ellipses of mixture t - 1 with the colours they give,
    "iteration t, M-step" the ellipses of t with the same colours, a whole step t both of t. The
    M-step of iteration 0 is the start before any E-step: its points have no colours yet.
    """

    iteration: int = 0
    half: Half = "whole"

    @property
    def shape(self) -> int:
        """The step whose ellipses are shown."""
        return self.iteration - 1 if self.half == "E" else self.iteration

    @property
    def colours(self) -> int | None:
        """The step whose responsibilities colour the points."""
        if self.half == "whole":
            return self.iteration
        return self.iteration - 1 if self.iteration else None


def name_of(moment: Moment) -> str:
    """What a moment is called: "Iteration 7, E-step"; step 0 is no iteration, but the start."""
    if moment.iteration == 0:
        return _tr("The start")
    texts = {
        "whole": _tr("Iteration {t}"),
        "E": _tr("Iteration {t}, E-step"),
        "M": _tr("Iteration {t}, M-step"),
    }
    return texts[moment.half].format(t=f"{moment.iteration:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Story", text)
