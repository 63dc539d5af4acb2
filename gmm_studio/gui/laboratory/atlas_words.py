"""What an atlas says: on its cards, beside its progress, and what one should know besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.optima import Optimum, Tolerance
from gmm_studio.document import Document
from gmm_studio.gui.laboratory.atlas_card import CardText
from gmm_studio.gui.laboratory.atlas_strip import Card
from gmm_studio.gui.laboratory.atlas_task import TOLERANCE, Atlas, Found, same_problem
from gmm_studio.gui.laboratory.success_view import percent
from gmm_studio.gui.numbers import log_likelihood, number
from gmm_studio.gui.translation import message_of

__all__ = ["AtlasWords", "duration"]

_WORTH_SAYING = 3.0
"""Seconds after which it is said how long it will take."""

_COARSE = 0.01
"""Differences from which on are written with as many decimals as log-likelihoods."""


class AtlasWords:
    """Finds words for an atlas, with these names for the methods."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def card(self, found: Found, atlas: Atlas) -> Card:
        """What a card says of an optimum."""
        optimum, best = found.optimum, atlas.found[0].optimum
        is_best = found is atlas.best
        count = len(found.draws)
        share = count / max(atlas.ended, 1)
        mean = f"{optimum.mean_iterations:,.0f}"
        text = CardText(
            log_likelihood(optimum.log_likelihood),
            (_tr("best found"),) if is_best else _below(best, optimum),
            (
                _tr("{runs}, {share}").format(runs=_runs(count), share=percent(share)),
                _runs(count),
                f"{count:,}",
            ),
            (
                _tr("{mean} iterations").format(mean=mean),
                _tr("{mean} iter.").format(mean=mean),
            ),
            _mark(optimum.spurious),
            share,
            is_best,
        )
        return Card(optimum.number, text, self._tip(found))

    def status(self, atlas: Atlas, *, busy: bool) -> tuple[str, ...]:
        """How far it is: the same in fewer and fewer words."""
        done, asked = f"{atlas.done:,}", f"{atlas.asked:,}"
        so_far = _tr("{done} of {asked}").format(done=done, asked=asked)
        optima = _optima(len(atlas.found))
        if busy:
            if atlas.seconds < _WORTH_SAYING or not atlas.done:
                return (so_far,)
            time = duration(atlas.seconds / atlas.done * (atlas.asked - atlas.done))
            return (
                _tr("{done}, about {time} left").format(done=so_far, time=time),
                _tr("{done}, {time} left").format(done=so_far, time=time),
                so_far,
            )
        if atlas.is_complete:
            return (f"{_runs(atlas.ended)}, {optima}", optima)
        partial = _tr("partial: {done}").format(done=so_far)
        return (f"{partial}, {optima}", partial, so_far)

    def notes(self, atlas: Atlas, document: Document | None) -> str:
        """What one should know besides."""
        notes = []
        if document is not None and not same_problem(atlas.request.document, document):
            notes.append(_made_for(atlas.request.document, document))
        if atlas.failed and atlas.reason is not None:
            text = _tr("{starts} could not be drawn: {reason}")
            notes.append(text.format(starts=_starts(atlas.failed), reason=message_of(atlas.reason)))
        if atlas.degenerate:
            notes.append(_tr("{runs} collapsed.").format(runs=_runs(atlas.degenerate)))
        if atlas.limited:
            text = _tr("{runs} stopped at the iteration limit.")
            notes.append(text.format(runs=_runs(atlas.limited)))
        return " ".join(notes)

    def tolerances(self) -> str:
        """What counts as one optimum."""
        tolerance = Tolerance()
        return _tr(
            "Runs go on until the log-likelihood changes by less than {run:g} per point.\n"
            "Ends are one optimum where log-likelihoods are within {likelihood:g} per point\n"
            "and parameters within {parameters:g} of the spread of the points."
        ).format(
            run=TOLERANCE,
            likelihood=tolerance.log_likelihood,
            parameters=tolerance.parameters,
        )

    def rest(self, others: Sequence[Found]) -> str:
        """What is said of the optima that have no card."""
        if not others:
            return ""
        runs = _runs(sum(len(one.draws) for one in others))
        return _tr("and {count} more, reached by {runs}").format(
            count=f"{len(others):,}", runs=runs
        )

    def _tip(self, found: Found) -> str:
        first = found.draws[0]
        start = f"{self._names.get(first.method, first.method)} {first.random_state}"
        lines = [_tr("Click to replay the run from {start}").format(start=start)]
        if len(found.draws) > 1:
            lines.append(_tr("Click again for another one"))
        why = _explanation(found.optimum.spurious)
        return "\n".join(filter(None, [*lines, why]))


def duration(seconds: float) -> str:
    """A time to wait, roughly."""
    if seconds < 55:
        return _tr("{n} s").format(n=max(1, round(seconds)))
    if seconds < 55 * 60:
        return _tr("{n} min").format(n=max(1, round(seconds / 60)))
    return _tr("{n} h").format(n=max(1, round(seconds / 3600)))


def _below(best: Optimum, optimum: Optimum) -> tuple[str, ...]:
    below = best.log_likelihood - optimum.log_likelihood
    if optimum is best:
        return (_tr("highest, but spurious"), _tr("spurious"))
    far = log_likelihood(abs(below)) if abs(below) >= _COARSE else number(abs(below), 2)
    if below < 0:
        return (
            _tr("{far} above the best found").format(far=far),
            _tr("{far} above best found").format(far=far),
        )
    return (
        _tr("{far} below the best found").format(far=far),
        _tr("{far} below best found").format(far=far),
    )


def _mark(spurious: str) -> str:
    return {
        "few": _tr("on few points"),
        "collapsed": _tr("collapsed"),
        "emptied": _tr("emptied"),
    }.get(spurious, "")


def _explanation(spurious: str) -> str:
    return {
        "few": _tr("Spurious: a component stands on a few points"),
        "collapsed": _tr("Spurious: a covariance has collapsed onto a point or a line"),
        "emptied": _tr("A component has lost all its points"),
    }.get(spurious, "")


def _made_for(made: Document, document: Document) -> str:
    if made.cloud is not document.cloud:
        same_name = made.cloud.name == document.cloud.name
        name = _tr("other points") if same_name or not made.cloud.name else made.cloud.name
        return _tr("Made for {name}.").format(name=name)
    if made.k != document.k:
        return _tr("Made for k = {k}.").format(k=made.k)
    if made.configuration.covariance != document.configuration.covariance:
        return _COVARIANCES_OF[made.configuration.covariance]()
    return _tr("Made with other settings of the iteration.")


_COVARIANCES_OF = {
    "full": lambda: _tr("Made for full covariances."),
    "tied": lambda: _tr("Made for a tied covariance."),
    "diagonal": lambda: _tr("Made for diagonal covariances."),
    "spherical": lambda: _tr("Made for spherical covariances."),
}


def _runs(count: int) -> str:
    return _tr("1 run") if count == 1 else _tr("{count} runs").format(count=f"{count:,}")


def _starts(count: int) -> str:
    return _tr("1 start") if count == 1 else _tr("{count} starts").format(count=f"{count:,}")


def _optima(count: int) -> str:
    return _tr("1 optimum") if count == 1 else _tr("{count} optima").format(count=f"{count:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Atlas", text)
