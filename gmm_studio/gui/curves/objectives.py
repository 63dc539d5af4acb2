"""The curves of what an update rule improves, where that is not the log-likelihood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.curves.chart import Bundle, Chart, Period
from gmm_studio.gui.curves.source import Source, any_finite, filled, name_of_run, three
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.runs import RunRecord

__all__ = ["classification_likelihoods", "free_energies"]

translate = QCoreApplication.translate


def classification_likelihoods(source: Source) -> Chart:
    """The classification log-likelihood, and the log-likelihood, which is above it."""
    source = _alike(source)
    front, behind = source.runs(
        translate("Curves", "{run}: classification likelihood {value} at iteration {t}"),
        lambda run: source.history(run).objectives,
    )
    told = translate("Curves", "{run}: log-likelihood {value} at iteration {t}")
    return Chart(
        "classification",
        (*front, *_beside(source, told, 1)),
        behind,
        source.longest,
        log_likelihood,
        ends_only=True,
        caption=translate("Curves", "Never falls. Dashed: the log-likelihood, which may"),
        note=_nothing(front),
    )


def free_energies(source: Source) -> Chart:
    """The free energy, in parts of one temperature each, and minus the log-likelihood."""
    source = _alike(source)
    front = (_by_temperature(source, source.run, source.palette.accent),) if source.run else ()
    told = translate("Curves", "{run}: minus the log-likelihood {value} at iteration {t}")
    return Chart(
        "free_energy",
        (*front, *_beside(source, told, -1)),
        tuple(_by_temperature(source, run, source.palette.ghost) for run in source.ghosts),
        source.longest,
        log_likelihood,
        ends_only=True,
        periods=_periods(source.history(source.run).temperatures) if source.run else (),
        caption=translate(
            "Curves", "Never rises at one temperature. Dashed: minus the log-likelihood"
        ),
        note=_nothing(front),
    )


def _alike(source: Source) -> Source:
    """Without the earlier runs that improve something else."""
    if source.run is None:
        return replace(source, ghosts=())
    rule = source.run.document.configuration.rule
    alike = [run for run in source.ghosts if run.document.configuration.rule == rule]
    return replace(source, ghosts=alike)


def _beside(source: Source, told: str, sign: int) -> tuple[Bundle, ...]:
    """The log-likelihood of the run on show, or minus that."""
    if source.run is None:
        return ()
    values = sign * source.history(source.run).log_likelihoods[:, None]
    told = filled(told, run=name_of_run(source.run))
    return (Bundle(values, (source.palette.muted,), (told,), dashed=True),)


def _by_temperature(source: Source, run: RunRecord, colour: str) -> Bundle:
    """A curve for each temperature: from one to the next the free energy jumps."""
    history = source.history(run)
    values, temperatures = history.objectives, history.temperatures
    each = np.unique(temperatures[np.isfinite(temperatures)])[::-1]
    split = np.where(temperatures[:, None] == each, values[:, None], np.nan)
    told = translate("Curves", "{run}: free energy {value} at iteration {t}, temperature {heat}")
    told = filled(told, run=name_of_run(run))
    return Bundle(
        split,
        (colour,) * len(each),
        tuple(filled(told, heat=three(heat)) for heat in each.tolist()),
    )


def _periods(temperatures: FloatArray) -> tuple[Period, ...]:
    """From where on each temperature is, and what it is."""
    changes = np.flatnonzero(np.diff(temperatures, prepend=np.nan) != 0)
    text = translate("Curves", "temperature {value}")
    return tuple(
        Period(t, text.format(value=value), value)
        for t, value in ((t, three(temperatures[t])) for t in changes.tolist())
    )


def _nothing(front: tuple[Bundle, ...]) -> str:
    if not front or any_finite(front):
        return ""
    return translate("Curves", "It is not finite")
