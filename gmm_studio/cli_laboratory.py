"""The commands of the laboratory: starts, sweep and basins."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from gmm_studio.cli_options import (
    Parser,
    add_cloud,
    add_model,
    add_random_state,
    check_outputs,
    check_suffix,
    cloud_of,
    configuration_of,
    interrupted,
    seeds,
    start_from,
    whole,
    wrong,
)
from gmm_studio.cli_painting import painting
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.atlas import LARGEST_RUNS, gather
from gmm_studio.core.basins import BasinMap, map_basins
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import COVARIANCES, Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.core.starts import METHODS, draws
from gmm_studio.core.sweep import Cell
from gmm_studio.core.sweep import sweep as sweep_cells
from gmm_studio.export.atlas import (
    atlas_json,
    atlas_report,
    basins_csv,
    basins_report,
    sweep_csv,
    sweep_report,
    write_text,
)
from gmm_studio.export.own_units import own_atlas, own_basins, own_sweep
from gmm_studio.export.parameters import read_start
from gmm_studio.export.report import cloud_notes

__all__ = ["basins", "starts", "sweep"]

TOLERANCE = 1e-9
"""Ends that have not quite converged would be told apart as optima of their own."""

LARGEST_K = 100
LARGEST_SIDE = 1000
_MARGIN = 0.1
_USUAL_GRID = {1: (400, 1), 2: (40, 40)}


def starts(arguments: Sequence[str]) -> None:
    """Gather the optima that many starts lead to."""
    options = _starts_parser().parse(arguments)
    configuration = configuration_of(options, options.covariance)
    check_suffix(options.output, ".json")
    check_outputs(options.output, beside=options.file)
    cloud = cloud_of(options)
    atlas = gather(
        cloud,
        options.k,
        options.method or METHODS[:1],
        options.runs,
        configuration,
        options.random_state,
        cancelled=interrupted.is_set,
    )
    atlas = atlas if options.scaled_units else own_atlas(cloud, atlas)
    text = atlas_json(
        cloud, configuration, options.random_state, atlas, in_scaled_units=options.scaled_units
    )
    _deliver(
        options.output, [text], _noted(atlas_report(cloud, configuration, atlas), cloud, options)
    )


def _starts_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio starts",
        description="Run EM from many starts, and write the distinct optima that they lead to and "
        "how often each method reaches the best one found.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add_cloud(parser)
    add("-k", type=whole, metavar="K", required=True, help="number of components")
    _add_draws(
        parser,
        100,
        f"starts of each method, up to {LARGEST_RUNS} (%(default)s); one of ward, which always "
        "draws the same",
    )
    add_model(parser, tolerance=TOLERANCE)
    add_random_state(parser)
    add("--output", type=Path, metavar="FILE.json", help="default: standard output")
    return parser


def _add_draws(parser: Parser, runs: int, meaning: str) -> None:
    """The methods that draw starts, and how many each draws."""
    parser.add_argument(
        "--method",
        action="append",
        choices=METHODS,
        help=f"how starts are drawn; may be given several times ({METHODS[0]})",
    )
    parser.add_argument("--runs", type=whole, metavar="R", default=runs, help=meaning)


def sweep(arguments: Sequence[str]) -> None:
    """Hold numbers of components and structures against the criteria."""
    options = _sweep_parser().parse(arguments)
    configuration = configuration_of(options, options.covariance[0])
    if not 1 <= options.runs <= LARGEST_RUNS:
        raise InputError("The number of runs must be from 1 to {most}.", most=LARGEST_RUNS)
    check_suffix(options.output, ".csv")
    check_outputs(options.output, beside=options.file)
    cloud = cloud_of(options)
    drawn = draws(options.method or METHODS[:1], options.runs, options.random_state)
    cells = list(
        sweep_cells(
            cloud,
            options.components,
            options.covariance,
            drawn,
            configuration,
            cancelled=interrupted.is_set,
        )
    )
    _check_any(cells)
    cells = cells if options.scaled_units else own_sweep(cloud, cells)
    _deliver(options.output, sweep_csv(cells), _noted(sweep_report(cells), cloud, options))


def _check_any(cells: Sequence[Cell]) -> None:
    problem = cells[0].problem
    if problem and not any(cell.ends for cell in cells):
        raise problem


def _sweep_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio sweep",
        description="Fit mixtures of several numbers of components and structures of covariances, "
        "and write a table of BIC, AIC, ICL (lower is better) and log-likelihood.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add_cloud(parser)
    add(
        "--components",
        type=_components,
        metavar="1-8",
        default=tuple(range(1, 9)),
        help="numbers of components, such as 1-8 or 2,3,5-7 (1-8)",
    )
    add(
        "--covariance",
        type=_covariances,
        metavar="full,tied,...",
        default=("full",),
        help=f"structures, of {', '.join(COVARIANCES)} (full)",
    )
    _add_draws(parser, 10, "starts of each method for each row of the table (%(default)s)")
    add_model(parser, covariance=False)
    add_random_state(parser)
    add("--output", type=Path, metavar="FILE.csv", help="default: standard output")
    return parser


def basins(arguments: Sequence[str]) -> None:
    """Map where EM leads from every place of one seed."""
    options = _basins_parser().parse(arguments)
    configuration = configuration_of(options, options.covariance)
    is_picture = check_suffix(options.output, ".csv", ".png") == ".png"
    check_outputs(options.output, beside=options.file)
    save = _painter() if is_picture else None
    start = read_start(options.start) if options.start else None
    cloud = cloud_of(options)
    if start is None:
        start = start_from(options.seeds, options.k, cloud, configuration)
    else:
        start = cloud.scaled_mixture(start)
    _check_start(start, cloud, options.k, options.move)
    x, y = _grid(cloud, options.grid or _USUAL_GRID[cloud.d])
    j = options.move - 1
    for basin_map in map_basins(cloud, start, j, x, y, configuration, cancelled=interrupted.is_set):
        finest = basin_map
    fitted = cloud
    if not options.scaled_units:
        finest, start = own_basins(cloud, finest), cloud.own_mixture(start)
        cloud = scaled(cloud, "none")
    summary = _noted(basins_report(finest, j, configuration.max_iterations), fitted, options)
    if save is None:
        _deliver(options.output, basins_csv(finest, cloud.d, configuration.tolerance), summary)
    else:
        save(options.output, cloud, finest, start, j)
        print(summary)


def _basins_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio basins",
        description="Map the basins of attraction: the optimum that EM reaches from every place "
        "of one seed, the others as they are.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add_cloud(parser)
    add("-k", type=whole, metavar="K", help="number of components, if it is to be checked")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument(
        "--seeds", type=seeds, metavar='"x,y x,y ..."', help="the means of the start"
    )
    start.add_argument(
        "--start", type=Path, metavar="FILE.json", help="the start, as written by fit --output"
    )
    add("--move", type=whole, metavar="J", default=1, help="the seed to move, from 1 (%(default)s)")
    add(
        "--grid",
        type=_sides,
        metavar="NXxNY",
        help="number of cells (40x40; in one dimension N, 400)",
    )
    add_model(parser, tolerance=TOLERANCE)
    add(
        "--output",
        type=Path,
        metavar="FILE.csv|FILE.png",
        help="the map as numbers or as a picture (default: numbers on standard output)",
    )
    return parser


def _painter() -> Callable[[Path, PointCloud, BasinMap, Mixture, int], None]:
    with painting("Numbers (.csv) can be written without Qt."):
        from gmm_studio.gui.laboratory.basin_picture import save_basin_picture

    return save_basin_picture


def _check_start(start: Mixture, cloud: PointCloud, k: int | None, move: int) -> None:
    if k is not None and k != start.k:
        raise InputError("The start has {k} components, not {asked}.", k=start.k, asked=k)
    if start.d != cloud.d:
        raise InputError(
            "The start has {start} dimensions, the points have {cloud}.",
            start=start.d,
            cloud=cloud.d,
        )
    if not 1 <= move <= start.k:
        raise InputError("--move must be from 1 to {k}, the number of seeds.", k=start.k)


def _grid(cloud: PointCloud, sides: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """The centres of the cells (nx,) and (ny,), over the points and a margin around them."""
    import numpy as np

    if cloud.d == 1 and sides[1] != 1:
        raise InputError(
            "In one dimension --grid is one number, such as {count}.", count=_USUAL_GRID[1][0]
        )
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    size = high - low
    size = np.where(size > 0, size, size.max())
    low, size = low - _MARGIN * size, (1 + 2 * _MARGIN) * size
    centres = [low[i] + size[i] * (np.arange(sides[i]) + 0.5) / sides[i] for i in range(cloud.d)]
    return centres[0], centres[1] if cloud.d == 2 else np.zeros(1)


def _noted(summary: str, cloud: PointCloud, options: argparse.Namespace) -> str:
    """The summary, below what is to be known of the cloud."""
    notes = cloud_notes(cloud, in_scaled_units=options.scaled_units)
    return "\n".join([*notes, summary])


def _deliver(path: Path | None, parts: Iterable[str], summary: str) -> None:
    """Write the result and print what it says, or print the result itself."""
    if path is None:
        if sys.stdout is None:
            raise InputError("There is no standard output. Give --output.")
        sys.stdout.writelines(parts)
        return
    try:
        write_text(path, parts)
    finally:
        print(summary)


def _components(text: str) -> tuple[int, ...]:
    wanted = f"a list such as 1-8 or 2,3,5-7, of numbers from 1 to {LARGEST_K}"
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,4})\s*(?:-\s*([0-9]{1,4})\s*)?", part)
        if not match:
            raise wrong(text, wanted)
        first = int(match[1])
        last = int(match[2] or first)
        if not 1 <= first <= last <= LARGEST_K:
            raise wrong(text, wanted)
        found += range(first, last + 1)
    return tuple(sorted(set(found)))


def _covariances(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in COVARIANCES:
            raise wrong(name, f"one of {', '.join(COVARIANCES)}")
    return names


def _sides(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,4})(?:x([0-9]{1,4}))?", text.strip().lower())
    if match:
        sides = int(match[1]), int(match[2] or 1)
        if min(sides) >= 1 and max(sides) <= LARGEST_SIDE:
            return sides
    raise wrong(text, f"a size such as 40x40, with sides from 1 to {LARGEST_SIDE}")
