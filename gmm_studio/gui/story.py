"""The sentences on the canvas: what is on show, what is missing, how it ended, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.em import Step, Stop
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.session import Session

__all__ = ["Sentence", "name_of", "tell"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the button that goes with it."""

    text: str
    button: str = ""
    action: Literal["", "another", "start_from_shown"] = ""
    kind: Literal["", "problem"] = ""
    tip: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Story", text)


def tell(session: Session, *, placing: bool = False) -> Sentence:
    """What the pill says now; `placing` says that a click begins a new set of seeds."""
    document, run, step = session.document, session.shown, session.step
    missing = 0 if placing and document.missing_seed is None else document.missing_seed
    if session.selection is not None:
        if session.selected_count == 1:
            return Sentence(_tr("1 point selected. Delete removes it"))
        count = f"{session.selected_count:,}"
        return Sentence(_tr("{count} points selected. Delete removes them").format(count=count))
    if missing is not None:
        text = _tr("Click to place seed {number} of {k}")
        return Sentence(text.format(number=missing + 1, k=document.k))
    if session.trouble:
        return Sentence(session.trouble, kind="problem")
    computing = session.is_computing
    if run is None or step is None or (computing and run.document != document):
        return Sentence(_tr("Finding a start…") if computing else _tr("No run yet. Space fits"))
    if session.playback.is_at_end and run.stop is not None:
        return _ending(run.stop, step)
    moment = session.playback.moment
    if moment.iteration == 0:
        text = _tr("The start. Space plays")
        return Sentence(_tr("The start") if session.playback.is_playing else text)
    return Sentence(name_of(moment))


def name_of(moment: Moment) -> str:
    """What a moment is called: "Iteration 7, E-step"."""
    texts = {
        "whole": _tr("Iteration {t}"),
        "E": _tr("Iteration {t}, E-step"),
        "M": _tr("Iteration {t}, M-step"),
    }
    return texts[moment.half].format(t=f"{moment.iteration:,}")


def _ending(stop: Stop, step: Step) -> Sentence:
    t = f"{step.index:,}"
    another, tip = _tr("Another start"), _tr("Draw again by the same method (N)")
    if stop.reason == "converged":
        text = _tr("Converged after {t}. Space replays")
    elif stop.reason == "iteration_limit":
        text = _tr("Stopped at the limit of {t}. Space replays")
    elif stop.reason == "cancelled":
        text = _tr("Cancelled after {t}. Space replays")
    else:
        text = _tr("Component {j} collapsed after {t}: switch on the variance floor, or try")
        j = (stop.component or 0) + 1
        return Sentence(text.format(t=t, j=j), another, "another", tip=tip)
    return Sentence(text.format(t=t), another, "another", tip=tip)
