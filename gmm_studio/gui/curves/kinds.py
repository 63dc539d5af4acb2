"""The kinds of curves: what each shows of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import Rule
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.curves.axes import scientific
from gmm_studio.gui.curves.chart import Bundle, Chart, Level
from gmm_studio.gui.curves.objectives import classification_likelihoods, free_energies
from gmm_studio.gui.curves.series import KINDS, CurveKind, History, changes, distances
from gmm_studio.gui.curves.source import Source, any_finite, filled, three
from gmm_studio.gui.numbers import log_likelihood, number
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.units import axis_names

__all__ = ["chart_of", "kind_names", "kinds_of"]

_UNEQUAL = 5.0
"""From so many times the extent of the smaller axis on, one scale does not do for both."""
_NEAR_FLOOR = 1e2

_ONLY: dict[CurveKind, Rule] = {
    "classification": "classification",
    "free_energy": "annealing",
    "temperature": "annealing",
}

translate = QCoreApplication.translate


def kind_names() -> dict[CurveKind, str]:
    """What each kind is called, in the order of the list."""
    return {
        "log_likelihood": translate("Curves", "Log-likelihood"),
        "classification": translate("Curves", "Classification likelihood"),
        "free_energy": translate("Curves", "Free energy"),
        "distance": translate("Curves", "Distance to the end"),
        "change": translate("Curves", "Change"),
        "weights": translate("Curves", "Weights"),
        "means": translate("Curves", "Means"),
        "eigenvalues": translate("Curves", "Smallest eigenvalue"),
        "points": translate("Curves", "Points (N)"),
        "temperature": translate("Curves", "Temperature"),
    }


def kinds_of(run: RunRecord | None) -> tuple[CurveKind, ...]:
    """What there is to show of a run: what only some update rules have, of their runs alone."""
    rule = run.document.configuration.rule if run else "em"
    return tuple(kind for kind in KINDS if _ONLY.get(kind, rule) == rule)


def chart_of(
    kind: CurveKind,
    run: RunRecord | None,
    ghosts: Sequence[RunRecord],
    history: Callable[[RunRecord], History],
    palette: Palette,
) -> Chart:
    """What a kind of curves shows of a run, or of earlier runs alone.

    Parameters
    ----------
    kind : CurveKind
    run : RunRecord or None
        The run on show; it may have no step yet.
    ghosts : sequence of RunRecord
        Earlier runs, each with a step at least.
    history : callable
        The history of a run.
    palette : Palette
    """
    source = Source(run if run and run.steps else None, ghosts, history, palette)
    return {
        "log_likelihood": _log_likelihoods,
        "classification": classification_likelihoods,
        "free_energy": free_energies,
        "distance": _distances,
        "change": _changes,
        "weights": _weights,
        "means": _means,
        "eigenvalues": _eigenvalues,
        "points": _points,
        "temperature": _temperatures,
    }[kind](source)


def _log_likelihoods(source: Source) -> Chart:
    front, behind = source.runs(
        translate("Curves", "{run}: {value} at iteration {t}"),
        lambda run: source.history(run).log_likelihoods,
    )
    events = tuple(source.history(source.run).news) if source.run else ()
    note = "" if any_finite(front) or any_finite(behind) else _nothing(front)
    return Chart(
        "log_likelihood",
        front,
        behind,
        source.longest,
        log_likelihood,
        events=events,
        ends_only=True,
        note=note,
    )


def _distances(source: Source) -> Chart:
    front, behind = source.runs(
        translate("Curves", "{run}: {value} below its end at iteration {t}"),
        lambda run: distances(source.history(run).log_likelihoods, ended=run.stop is not None),
    )
    caption = translate("Curves", "A straight line: linear convergence")
    if source.run is not None and source.run.stop is None:
        caption = translate("Curves", "Not ended: distance to the best so far")
    same = translate("Curves", "No step is below the end")
    note = (
        "" if any_finite(front) or (not front and any_finite(behind)) else source.only_step or same
    )
    return Chart(
        "distance",
        front,
        behind,
        source.longest,
        scientific,
        log=True,
        caption=caption if source.run else "",
        note=note if front else "",
    )


def _changes(source: Source) -> Chart:
    front, behind = source.runs(
        translate("Curves", "{run}: change {value} at iteration {t}"),
        lambda run: changes(source.history(run).log_likelihoods, run.cloud.total_weight),
    )
    if not source.run:
        return Chart("change", front, behind, source.longest, scientific, log=True)
    tolerance = source.run.document.configuration.tolerance
    level = Level(
        tolerance, translate("Curves", "tolerance {value}").format(value=_short(tolerance))
    )
    stop = source.history(source.run).scikit_learn_stop(source.run.cloud.total_weight)
    mark = None
    if stop is not None and stop < len(source.run.steps):
        mark = (stop, translate("Curves", "scikit-learn would stop here"))
    same = translate("Curves", "The log-likelihood has not changed")
    return Chart(
        "change",
        front,
        behind,
        source.longest,
        scientific,
        log=True,
        levels=(level,) if tolerance > 0 else (),
        mark=mark,
        caption=translate("Curves", "Of the log-likelihood, per point"),
        note="" if any_finite(front) else source.only_step or same,
    )


def _weights(source: Source) -> Chart:
    if source.run is None:
        return _empty("weights", source)
    told = translate("Curves", "Component {j}: weight {value} at iteration {t}")
    curves = source.components(told, source.history(source.run).weights)
    return Chart("weights", (curves,), (), source.longest, three, with_zero=True)


def _points(source: Source) -> Chart:
    if source.run is None:
        return _empty("points", source)
    told = translate("Curves", "Component {j}: N = {value} at iteration {t}")
    total = source.run.cloud.total_weight
    curves = source.components(told, source.history(source.run).weights, size=1 / total)
    return Chart(
        "points",
        (curves,),
        (),
        source.longest,
        lambda weight: number(total * weight, 4),
        with_zero=True,
        caption=translate("Curves", "The sum of the responsibilities"),
    )


def _temperatures(source: Source) -> Chart:
    front, behind = source.runs(
        translate("Curves", "{run}: temperature {value} at iteration {t}"),
        lambda run: source.history(run).temperatures,
    )
    caption = translate("Curves", "1 is exact EM")
    return Chart("temperature", front, behind, source.longest, three, caption=caption)


def _eigenvalues(source: Source) -> Chart:
    if source.run is None:
        return _empty("eigenvalues", source)
    told = translate("Curves", "Component {j}: smallest eigenvalue {value} at iteration {t}")
    history = source.history(source.run)
    curves = source.components(told, history.smallest)
    floor = history.floor_level(source.run.document.configuration.variance_floor)
    levels: tuple[Level, ...] = ()
    caption = ""
    if floor is not None:
        text = translate("Curves", "variance floor {value}").format(value=_short(floor))
        if np.nanmin(curves.values, initial=np.inf) < _NEAR_FLOOR * floor:
            levels = (Level(floor, text),)
        else:
            caption = translate("Curves", "Floor far below: {value}").format(value=_short(floor))
    lost = translate("Curves", "The covariances are lost in rounding")
    return Chart(
        "eigenvalues",
        (curves,),
        (),
        source.longest,
        scientific,
        log=True,
        levels=levels,
        caption=caption,
        note="" if any_finite((curves,)) else lost,
    )


def _means(source: Source) -> Chart:
    if source.run is None:
        return _empty("means", source)
    means, columns = source.history(source.run).means, axis_names(source.run.cloud)
    told = translate("Curves", "Component {j}: {column} {value} at iteration {t}")
    low, high = source.history(source.run).means_box
    scales = [(0.0, 1.0)] * len(columns)
    ticks = None
    if len(columns) > 1 and _differ(source.run, low, high):
        scales = [_scale(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)]
        ticks = {
            0.0: _both(columns, [at for at, _ in scales]),
            1.0: _both(columns, [at + size for at, size in scales]),
        }
    curves = tuple(
        source.components(
            filled(told, column=column),
            means[:, :, axis],
            dashed=axis == 1,
            offset=scales[axis][0],
            size=scales[axis][1],
        )
        for axis, column in enumerate(columns)
    )
    caption = columns[0]
    if len(columns) > 1:
        caption = translate("Curves", "{x} solid, {y} dashed").format(x=columns[0], y=columns[1])
    return Chart("means", curves, (), source.longest, three, ticks=ticks, caption=caption)


def _differ(run: RunRecord, low: FloatArray, high: FloatArray) -> bool:
    """Whether the axes are so unequal that one scale would hide what happens on one of them."""
    covariances = run.steps[-1].mixture.covariances
    reach = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2).max(axis=0))
    low, high = low - reach, high + reach
    return bool(high.max() - low.min() > _UNEQUAL * (high - low).min())


def _scale(low: float, high: float) -> tuple[float, float]:
    """Offset and size that bring an axis to 0 to 1; a mean that never moves to the middle."""
    size = high - low or abs(high) * 1e-6 or 1.0
    return (low, size) if high > low else (low - 0.5 * size, size)


def _both(columns: Sequence[str], values: Sequence[float]) -> str:
    texts = (f"{name}\t{three(at)}" for name, at in zip(columns, values, strict=True))
    return "\n".join(texts)


def _empty(kind: CurveKind, source: Source) -> Chart:
    note = translate("Curves", "No run is on show") if source.ghosts else ""
    return Chart(kind, (), (), source.longest, three, note=note)


def _nothing(front: Sequence[Bundle]) -> str:
    return translate("Curves", "The log-likelihood is not finite") if front else ""


def _short(value: float) -> str:
    return f"{value:.3g}" if 1e-3 <= value < 1e3 else scientific(value)
