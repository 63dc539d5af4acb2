"""The sentences on the canvas: what is on show, what is missing, how it ended, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Step, Stop
from gmm_studio.core.split_and_merge import Search
from gmm_studio.gui.moment import Moment, name_of
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.session import Session

__all__ = ["Sentence", "tell"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the button that goes with it."""

    text: str
    button: str = ""
    action: Literal["", "another", "atlas", "start_from_shown", "end_truth"] = ""
    kind: Literal["", "problem"] = ""
    tip: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Story", text)


def tell(session: Session, *, placing: bool = False, presented: Moment | None = None) -> Sentence:
    """What the pill says now.

    Parameters
    ----------
    session : Session
    placing : bool
        Whether a click begins a new set of seeds.
    presented : Moment, optional
        What the picture on the screen shows, where that is not yet what is on show.
    """
    document, run, step = session.document, session.shown, session.step
    missing = 0 if placing and document.missing_seed is None else document.missing_seed
    if session.selection is not None:
        if session.selected_count == 1:
            return Sentence(_tr("1 point selected. Drag moves it, Delete removes it"))
        count = f"{session.selected_count:,}"
        text = _tr("{count} points selected. Drag moves them, Delete removes them")
        return Sentence(text.format(count=count))
    if missing is not None:
        text = _tr("Click to place seed {number} of {k}")
        return Sentence(text.format(number=missing + 1, k=document.k))
    if session.trouble:
        return Sentence(session.trouble, kind="problem")
    computing = session.is_computing
    if run is None or step is None or (computing and run.document != document):
        return Sentence(_tr("Finding a start…") if computing else _tr("No run yet. Space fits"))
    moment = presented or session.playback.moment
    is_there = moment == session.playback.moment
    if is_there and session.playback.is_at_end and run.stop is not None:
        return _ending(run.stop, step, run.document.configuration)
    if moment.iteration == 0:
        text = _tr("The start. Space plays")
        return Sentence(_tr("The start") if session.playback.is_playing else text)
    return Sentence(name_of(moment) + _state_of(step, run.cloud))


def _state_of(step: Step, cloud: PointCloud) -> str:
    """What there is to know of a step beside its number, by its update rule."""
    state = step.state
    if isinstance(state, Temperature):
        return _tr(", temperature {value}").format(value=f"{1 / state.beta:.2f}")
    if not isinstance(state, Search) or state.candidate is None:
        return ""
    first, second = state.candidate.merge
    texts = {
        "chosen": _tr(": next, merge {i} and {j} and split {l}"),
        "partial": _tr(": {i} and {j} merged, {l} split; was {before}"),
        "full": _tr(": {i} and {j} merged, {l} split; was {before}"),
        "failed": _tr(": that did not help; was {before}"),
    }
    best = state.best_log_likelihood
    before = "" if best is None else log_likelihood(cloud.own_log_likelihood(best))
    text = texts.get(state.phase, "")
    return text.format(i=first + 1, j=second + 1, l=state.candidate.split + 1, before=before)


def _ending(stop: Stop, step: Step, configuration: Configuration) -> Sentence:
    t = f"{step.index:,}"
    another, tip = _tr("Another start"), _tr("Draw again by the same method (N)")
    if stop.reason == "converged":
        text = _tr("Converged after {t}. Space replays")
    elif stop.reason == "iteration_limit" and configuration.tolerance == 0:
        text = _tr("All {t} iterations done. Space replays")
    elif stop.reason == "iteration_limit":
        text = _tr("Stopped at the limit of {t}. Space replays")
    elif stop.reason == "cancelled":
        text = _tr("Cancelled after {t}. Space replays")
    else:
        text = _tr("Component {j} collapsed after {t}: switch on the variance floor, or try")
        j = (stop.component or 0) + 1
        return Sentence(text.format(t=t, j=j), another, "another", tip=tip)
    many = _tr("Try 100 starts")
    tip = _tr("Run EM from many starts and see which optima there are")
    return Sentence(text.format(t=t), many, "atlas", tip=tip)
