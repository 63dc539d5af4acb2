"""A run in words, as the command line prints it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Run
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import Kind
from gmm_studio.core.steps import EventKind
from gmm_studio.export.parameters import Result

__all__ = ["cloud_notes", "report"]

_SCALED: dict[Kind, str] = {
    "min-max": "with each axis scaled to 0-1",
    "z-score": "to z-scores of each axis",
}

_WHAT: dict[EventKind, str] = {
    "floor": "touched the variance floor",
    "emptied": "emptied",
    "fell": "The log-likelihood fell",
    "cooled": "The temperature fell",
    "jittered": "coincided with another and was moved",
    "merged": "was merged",
    "split": "was split",
    "accepted": "A move was accepted",
    "taken_back": "A move was taken back",
}


def report(run: Run, result: Result) -> str:
    """The parameters, the criteria, what happened and why it stopped, in lines to print.

    Parameters
    ----------
    run : Run
    result : Result
        Of its last step.
    """
    cloud, mixture = run.cloud, result.step.mixture
    criteria = (
        ("log-likelihood", _decimal(result.step.log_likelihood)),
        ("BIC", _decimal(result.bic)),
        ("AIC", _decimal(result.aic)),
        ("iterations", str(run.iterations)),
    )
    return "\n".join(
        (
            f"{_count(cloud.n_points, 'point')} of {cloud.name}, "
            f"{_count(mixture.k, 'component')}, {run.configuration.covariance} covariances",
            *cloud_notes(cloud, in_scaled_units=result.in_scaled_units),
            *_grid_effect(result),
            "",
            *_table(mixture, cloud.columns),
            "",
            *(f"{name:<16}{value}" for name, value in criteria),
            "",
            *_happenings(run),
            _ending(run),
        )
    )


def cloud_notes(cloud: PointCloud, *, in_scaled_units: bool = False) -> Iterator[str]:
    """Lines that say how a cloud is scaled and gathered, where it is."""
    if cloud.scaling is not None:
        units = "scaled units" if in_scaled_units else "the data's own units"
        yield f"Fitted {_SCALED[cloud.scaling.kind]}; all numbers are in {units}."
    if cloud.grid is not None:
        cells = " x ".join([str(cloud.grid.cells)] * cloud.d)
        yield f"Fitted to the {cloud.n} cells with points of a grid of {cells}."


def _grid_effect(result: Result) -> Iterator[str]:
    if result.grid is not None:
        size = " x ".join(f"{one:.3g}" for one in result.grid.size)
        hidden = result.grid.effect(result.step.mixture.covariances)
        yield f"A cell of {size} hides at most {100 * hidden:.2g} % of a component's variance."


def _table(mixture: Mixture, columns: Sequence[str]) -> Iterator[str]:
    covariance = "variance" if mixture.d == 1 else "covariance (11, 12, 22)"
    rows = [["component", "weight", f"mean ({', '.join(columns)})", covariance]]
    upper = (0,) if mixture.d == 1 else (0, 1, 3)
    for j, weight in enumerate(mixture.weights):
        matrix = mixture.covariances[j].ravel()
        rows.append(
            [
                str(j + 1),
                f"{weight:.6f}",
                ", ".join(map(_mean, mixture.means[j], mixture.covariances[j].diagonal())),
                ", ".join(f"{matrix[i]:.6g}" for i in upper),
            ]
        )
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _mean(value: float, variance: float) -> str:
    """Six digits, and more where the mean is large beside the standard deviation."""
    ratio = abs(value) / math.sqrt(variance)
    more = math.ceil(math.log10(ratio)) if ratio > 1 else 0
    return f"{value:.{min(6 + more, 17)}g}"


def _happenings(run: Run) -> Iterator[str]:
    """A line for each kind of event and component."""
    found: dict[tuple[EventKind, int | None], list[int]] = {}
    for step in run.steps:
        for event in step.events:
            found.setdefault((event.kind, event.component), []).append(step.index)
    for (kind, component), indices in found.items():
        who = "" if component is None else f"Component {component + 1} "
        more = f" and {len(indices) - 1} more" if len(indices) > 1 else ""
        yield f"{who}{_WHAT[kind]} at iteration {indices[0]}{more}."


def _ending(run: Run) -> str:
    iterations = _count(run.iterations, "iteration")
    if run.stop.component is not None:
        return (
            f"Stopped after {iterations}: component {run.stop.component + 1} collapsed. A variance "
            "floor above 0 would hold it."
        )
    if run.stop.reason == "iteration_limit" and run.configuration.tolerance == 0:
        return f"Ended after {iterations}, as many as were asked for."
    if run.stop.reason == "iteration_limit":
        return f"Stopped at the limit of {iterations}, not converged."
    return f"{run.stop.reason.capitalize()} after {iterations}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _decimal(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1e12 else f"{value:.10g}"
