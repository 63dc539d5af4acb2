"""What the pill says of each moment of a start's story."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.start_story import StoryMoment
from gmm_studio.gui.numbers import log_likelihood

__all__ = ["caption"]


def _tr(text: str) -> str:
    return QCoreApplication.translate("StartShow", text)


def caption(moment: StoryMoment) -> str:
    """A sentence on what happens in a moment."""
    texts = {
        "box": _tr("Uniform: every place in this box is as likely to become a mean"),
        "spread": _tr("Normal: means are drawn from this normal around the mean"),
        "sample": _tr("Ward: {number} different points, each a cluster of its own"),
        "shares": _tr("Random responsibilities: each point shares itself out at random"),
        "nearest": _tr(
            "k-means, iteration {number} of {total}: points join the nearest centre, centres move "
            "to their middle"
        ),
        "short-runs": _tr("Small EM: {runs} short runs of EM, iteration {number} of {total}"),
        "best-run": _tr("Small EM: the best of {runs} goes on, log-likelihood {best}"),
    }
    if moment.kind in ("pick", "far-pick"):
        text = _pick(moment)
    elif moment.kind == "clusters":
        text = _clusters(moment)
    elif moment.kind == "sample" and moment.number < moment.total:
        text = _tr("Ward: of {total} points a sample of {number}, each a cluster of its own")
    elif moment.kind == "start":
        text = _start(moment)
    else:
        text = texts[moment.kind]
    best = (
        ""
        if moment.best is None or not moment.log_likelihoods
        else (log_likelihood(moment.log_likelihoods[moment.best]))
    )
    return text.format(
        number=f"{moment.number:,}", total=f"{moment.total:,}", runs=len(moment.runs), best=best
    )


def _pick(moment: StoryMoment) -> str:
    """A mean that is drawn."""
    if moment.kind == "far-pick" and moment.number < moment.total:
        return _tr(
            "k-means++, pick {number} of {total}: the stronger the shade, the likelier the next"
        )
    if moment.kind == "far-pick":
        return _tr("k-means++, pick {number} of {total}: each is likely to be far from the others")
    names = {
        "random-points": _tr("Random points, {number} of {total}"),
        "normal": _tr("Normal around the mean, draw {number} of {total}"),
        "normal-deviations": _tr("Normal around the mean, draw {number} of {total}"),
    }
    return names.get(moment.method, _tr("Uniform in the box, draw {number} of {total}"))


def _clusters(moment: StoryMoment) -> str:
    """Clusters on the way to the last k."""
    if moment.number == moment.total:
        return _tr("Ward: {number} clusters are left")
    return _tr("Ward: {number} clusters; the two that are joined merge next, for they cost least")


def _start(moment: StoryMoment) -> str:
    """How the whole start comes of what was drawn."""
    texts = {
        "k-means": _tr("The start: weight, mean and covariance of each cluster"),
        "ward": _tr("The start: weight, mean and covariance of each cluster"),
        "random-responsibilities": _tr("The start: an M-step on these responsibilities"),
        "small-em": _tr("The start: where the best short run ended"),
        "uniform-identity": _tr("The start: equal weights, and the identity as each covariance"),
        "normal-deviations": _tr(
            "The start: equal weights, and standard deviations where variances belong"
        ),
    }
    usual = _tr("The start: equal weights, and the covariance of all points for each")
    return texts.get(moment.method, usual)
