"""Atlases of optima as JSON, sweeps and maps of basins as CSV, and all three in words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gmm_studio.core.arrays import IntArray
from gmm_studio.core.atlas import Atlas, Success
from gmm_studio.core.basins import BasinMap
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.optima import Optimum, Tolerance
from gmm_studio.core.sweep import CRITERIA, Best, Cell, best_of
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.own_units import scaling_entries

__all__ = [
    "atlas_json",
    "atlas_report",
    "basins_csv",
    "basins_report",
    "sweep_csv",
    "sweep_report",
    "write_text",
]

CONFIDENCE = 0.95
_NAMES = {"bic": "BIC", "aic": "AIC", "icl": "ICL"}
_MOST_ROWS = 20


def atlas_json(
    cloud: PointCloud,
    configuration: Configuration,
    random_state: int,
    atlas: Atlas,
    *,
    in_scaled_units: bool = False,
) -> str:
    """An atlas as a JSON object, at full precision.

    `optima` are in the order of the atlas. `spurious` is null or why an optimum says more of single
    points than of the cloud: "few", "collapsed", "emptied". `below_best_found` is how much lower
    its log-likelihood is than that of the best one found that is not spurious (null for those that
    are). `first` is a start that led there. A method that always draws the same start runs once and
    has no confidence interval.
    """
    entries = {
        "components": atlas.optima[0].mixture.k,
        "covariance_type": configuration.covariance,
        "runs": len(atlas.draws),
        "unconverged": atlas.unconverged,
        "random_state": random_state,
        "best_found": atlas.best and atlas.best.log_likelihood,
        "optimum_tolerance": {
            "log_likelihood_per_weight": atlas.tolerance.log_likelihood,
            "parameters": atlas.tolerance.parameters,
        },
        "methods": [_method(success) for success in atlas.successes],
        "optima": [_optimum(optimum, atlas) for optimum in atlas.optima],
        "n_points": cloud.n_points,
        "total_weight": cloud.total_weight,
        "columns": cloud.columns,
        "tolerance": configuration.tolerance,
        "max_iterations": configuration.max_iterations,
        "variance_floor": configuration.variance_floor,
    }
    entries |= scaling_entries(cloud.scaling, in_scaled_units=in_scaled_units)
    lines = (f"  {json.dumps(key)}: {_json_value(value)}" for key, value in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json_value(value: object) -> str:
    """On one line; a list of objects with a line for each."""
    if isinstance(value, list):
        items = ",\n".join(f"    {_json_value(item)}" for item in value)
        return f"[\n{items}\n  ]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _method(success: Success) -> dict[str, Any]:
    entries: dict[str, Any] = {
        "method": success.method,
        "runs": success.runs,
        "reached_best_found": success.reached,
        "success_rate": success.rate,
        "confidence": success.interval and CONFIDENCE,
        "confidence_interval": success.interval,
    }
    return entries | ({"problem": str(success.problem)} if success.problem else {})


def _optimum(optimum: Optimum, atlas: Atlas) -> dict[str, Any]:
    first = atlas.draws[min(optimum.members)]
    count = len(optimum.members)
    return {
        "log_likelihood": optimum.log_likelihood,
        "below_best_found": _below(optimum, atlas.best),
        "count": count,
        "share": count / len(atlas.draws),
        "mean_iterations": optimum.mean_iterations,
        "spurious": optimum.spurious or None,
        "count_of_methods": Counter(atlas.draws[index].method for index in optimum.members),
        "first": first._asdict(),
        "weights": optimum.mixture.weights.tolist(),
        "means": optimum.mixture.means.tolist(),
        "covariances": optimum.mixture.covariances.tolist(),
    }


def _below(optimum: Optimum, best: Optimum | None) -> float | None:
    if best is None or optimum.spurious:
        return None
    return best.log_likelihood - optimum.log_likelihood


def atlas_report(cloud: PointCloud, configuration: Configuration, atlas: Atlas) -> str:
    """The optima, best first, and the success of each method, in lines to print."""
    k, runs = atlas.optima[0].mixture.k, len(atlas.draws)
    rows = [["optimum", "log-likelihood", "below the best found", "reached", "iterations", ""]]
    for number, optimum in enumerate(atlas.optima[:_MOST_ROWS], 1):
        below = _below(optimum, atlas.best)
        rows.append(
            [
                str(number),
                f"{optimum.log_likelihood:.4f}",
                "" if below is None else f"{below:.4f}",
                _share(len(optimum.members), runs),
                f"{optimum.mean_iterations:.1f}",
                _reason(optimum),
            ]
        )
    return "\n".join(
        (
            f"{cloud.n_points} points of {cloud.name}, {k} components, {configuration.covariance} "
            f"covariances, {runs} runs",
            "",
            *_table(rows),
            *_left_out(len(atlas.optima) - _MOST_ROWS, "optima"),
            "",
            *_successes(atlas),
            "",
            *_unconverged(atlas.unconverged, runs, configuration.max_iterations),
            _within(atlas.tolerance),
        )
    )


def _successes(atlas: Atlas) -> Iterator[str]:
    if atlas.best is None:
        yield "All optima found are spurious, so no method can be said to have succeeded."
        return
    rows = [["method", "best found reached", "95 % confidence", ""]]
    for success in atlas.successes:
        between = "" if success.interval is None else _interval(success.interval)
        rows.append(
            [
                success.method,
                _share(success.reached, success.runs) if success.runs else "no run",
                between,
                str(success.problem or ""),
            ]
        )
    yield from _table(rows)


def _interval(interval: tuple[float, float]) -> str:
    return f"{100 * interval[0]:.1f} % to {100 * interval[1]:.1f} %"


def _unconverged(count: int, runs: int, limit: int) -> Iterator[str]:
    if count:
        yield (
            f"{_share(count, runs)} runs stopped at the limit of {limit} iterations. What looks "
            "like an optimum of its own may be one that has not converged."
        )


def _within(tolerance: Tolerance) -> str:
    return (
        "Two ends are one optimum where their log-likelihoods differ by at most "
        f"{tolerance.log_likelihood:g} for each point and their parameters by at most "
        f"{tolerance.parameters:g} in units of the spread of the points."
    )


def sweep_csv(cells: Sequence[Cell]) -> Iterator[str]:
    """The lines of a CSV with a row for each cell of a sweep.

    Each criterion is the lowest of the cell's starts, and log_likelihood is that of the end of the
    lowest BIC; spurious ends count only where all are. Columns such as bic_highest are the other
    end of the spread over the starts. `best` names the criteria by which the cell is the best of
    all, `note` says what there is to know.
    """
    found = [(name, best) for name in CRITERIA if (best := best_of(cells, name)) is not None]
    spread = [f"{name}_highest" for name in CRITERIA]
    yield _csv(
        [
            *("components", "covariance", "free_parameters", "starts", "spurious"),
            *("log_likelihood", "log_likelihood_lowest", *CRITERIA, *spread, "best", "note"),
        ]
    )
    for cell in cells:
        bests = [(name, best) for name, best in found if best.cell is cell]
        yield _csv(
            [
                cell.k,
                cell.covariance,
                cell.free_parameters,
                len(cell.ends),
                sum(map(bool, cell.spurious)),
                *_numbers(cell),
                " ".join(name for name, _ in bests),
                _note(cell, [best for _, best in bests]),
            ]
        )


def _numbers(cell: Cell) -> list[object]:
    if not cell.ends:
        return [""] * (2 + 2 * len(CRITERIA))
    chosen = [(cell.values(name), cell.best(name)) for name in CRITERIA]
    likelihoods = cell.log_likelihood
    return [
        float(likelihoods[chosen[0][1]]),
        float(likelihoods.min()),
        *(float(values[index]) for values, index in chosen),
        *(float(values.max()) for values, _ in chosen),
    ]


def _note(cell: Cell, bests: Sequence[Best]) -> str:
    notes = [str(cell.problem)] if cell.problem else []
    if any(best.at_edge for best in bests):
        notes.append("at the edge of the sweep")
    if cell.ends and all(cell.spurious):
        notes.append("all spurious")
    return "; ".join(notes)


def _csv(values: Iterable[object]) -> str:
    return ",".join(_quoted(str(value)) for value in values) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def sweep_report(cells: Sequence[Cell]) -> str:
    """The criteria of all cells and the best by each, in lines to print."""
    rows = [["components", "covariance", "log-likelihood", *_NAMES.values(), ""]]
    for cell in cells:
        first = _numbers(cell)
        shown = [first[0], *first[2 : 2 + len(CRITERIA)]]
        numbers = [f"{value:.3f}" if isinstance(value, float) else "" for value in shown]
        rows.append([str(cell.k), cell.covariance, *numbers, _note(cell, [])])
    lines = [*_table(rows), ""]
    for name in CRITERIA:
        best = best_of(cells, name)
        if best is None:
            return "\n".join([*lines, "No cell of the sweep could be made."])
        lines.append(_best(_NAMES[name], best))
    return "\n".join(lines)


def _best(name: str, best: Best) -> str:
    edge = {
        "": "",
        "most": " That is the most of the sweep: more may be better.",
        "fewest": " That is the fewest of the sweep: fewer may be better.",
    }[best.at_edge]
    is_spurious = " Its end is spurious." if best.cell.spurious[best.index] else ""
    return (
        f"Best by {name}: {best.cell.k} components, {best.cell.covariance} "
        f"({best.value:.3f}).{edge}{is_spurious}"
    )


def basins_csv(basins: BasinMap, d: int, tolerance: float) -> Iterator[str]:
    """The lines of a CSV with a row for each cell of a map of basins.

    The columns are x, y (in two dimensions), optimum (from 1, the best first, spurious ones after
    the others), log_likelihood and iterations. Lines that begin with # come before them and tell
    what the map rests on and what the optima are; most programs pass over them if asked to.

    Parameters
    ----------
    basins : BasinMap
    d : int
        Of the data.
    tolerance : float
        Of the runs.
    """
    yield from (f"# {line}\n" for line in _basins_header(basins, tolerance))
    yield _csv([*["x", "y"][:d], "optimum", "log_likelihood", "iterations"])
    numbers = 1 + _ranks(basins.optima)[basins.optimum]
    for row, y in enumerate(basins.y.tolist()):
        for column, x in enumerate(basins.x.tolist()):
            at = row, column
            yield _csv(
                [
                    *[x, y][:d],
                    int(numbers[at]),
                    float(basins.log_likelihood[at]),
                    int(basins.iterations[at]),
                ]
            )


def _basins_header(basins: BasinMap, tolerance: float) -> Iterator[str]:
    on = "all points" if basins.sample is None else f"a sample of {basins.sample} points"
    yield f"computed on {on}"
    if basins.cell > 1:
        yield f"stopped early: {basins.cell} x {basins.cell} cells share one start"
    yield f"EM stops where it gains less than {tolerance:g} for each point"
    yield _within(basins.tolerance)
    ranks = _ranks(basins.optima)
    counts = np.bincount(ranks[basins.optimum].ravel(), minlength=len(ranks))
    for number, index in enumerate(np.argsort(ranks).tolist()):
        optimum = basins.optima[index]
        reason = f", {_reason(optimum)}" if optimum.spurious else ""
        cells = f"{counts[number]} of {basins.optimum.size} cells"
        yield f"optimum {number + 1}: log-likelihood {optimum.log_likelihood}, {cells}{reason}"


def _ranks(optima: Sequence[Optimum]) -> IntArray:
    """The place of each optimum among all, from 0: best first, spurious ones after the others."""
    keys = [(bool(optimum.spurious), -optimum.log_likelihood) for optimum in optima]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys))
    return ranks


def basins_report(basins: BasinMap, moved: int, max_iterations: int) -> str:
    """The optima of a map and the share of its cells, in lines to print.

    Parameters
    ----------
    basins : BasinMap
    moved : int
        The seed (from 0) that the map moves.
    max_iterations : int
        The limit of its runs.
    """
    ranks = _ranks(basins.optima)
    counts = np.bincount(ranks[basins.optimum].ravel(), minlength=len(ranks))
    rows = [["optimum", "log-likelihood", "cells", "means", ""]]
    for number, index in enumerate(np.argsort(ranks)[:_MOST_ROWS].tolist()):
        optimum = basins.optima[index]
        places = (", ".join(f"{value:.5g}" for value in mean) for mean in optimum.mixture.means)
        rows.append(
            [
                str(number + 1),
                f"{optimum.log_likelihood:.4f}",
                _share(int(counts[number]), basins.optimum.size),
                "; ".join(places),
                _reason(optimum),
            ]
        )
    size = " x ".join(map(str, basins.optimum.shape[::-1]))
    on = "all points" if basins.sample is None else f"a sample of {basins.sample} points"
    return "\n".join(
        (
            f"Where EM leads from {size} places of seed {moved + 1}, on {on}",
            "",
            *_table(rows),
            *_left_out(len(ranks) - _MOST_ROWS, "optima"),
            "",
            *_unconverged(
                int((basins.iterations >= max_iterations).sum()),
                basins.optimum.size,
                max_iterations,
            ),
            _within(basins.tolerance),
        )
    )


def _reason(optimum: Optimum) -> str:
    return {
        "": "",
        "few": "spurious: a component on few points",
        "collapsed": "spurious: a collapsed covariance",
        "emptied": "spurious: a component without points",
    }[optimum.spurious]


def _share(count: int, total: int) -> str:
    return f"{count} of {total} ({100 * count / total:.1f} %)"


def _left_out(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield f"and {count} more {what}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def write_text(path: str | Path, parts: Iterable[str]) -> None:
    """Write texts one after the other as a file in UTF-8.

    Raises
    ------
    InputError
        When it cannot be written, with the reason.
    """
    with atomic_write(path) as handle:
        for part in parts:
            handle.write(part.encode(errors="backslashreplace"))
