"""What the commands share: how arguments are read and checked."""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from threading import Event
from typing import NoReturn, TypeAlias

from gmm_studio.core.arrays import frozen
from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import COVARIANCES, Covariance, Mixture
from gmm_studio.core.scaling import KINDS, scaled
from gmm_studio.core.source import ReadOptions
from gmm_studio.core.starts import seeded_start
from gmm_studio.data.big import read_gathered
from gmm_studio.data.cells import to_cells
from gmm_studio.data.text import read_cloud
from gmm_studio.export.atomic import atomic_write

__all__ = [
    "Parser",
    "Seeds",
    "add_cloud",
    "add_model",
    "add_random_state",
    "check_outputs",
    "check_suffix",
    "cloud_of",
    "components",
    "configuration_of",
    "interrupted",
    "number",
    "seeds",
    "start_from",
    "whole",
    "wrong",
]

LONGEST_VALUE = 40
"""Characters of a wrong value that a message repeats."""

_ARCHIVE = b"PK"
"""How archives begin, and projects with them."""

Seeds: TypeAlias = tuple[tuple[float, ...], ...]

_NUMBER_OPTIONS = (
    frozenset(("-k", "-n", "--columns", "--seeds", "--tol", "--max-iter", "--variance-floor"))
    | {"--random-state", "--runs", "--components", "--move", "--grid", "--cells"}
    | {
        "--outliers",
        "--noise",
        "--unequal",
        "--overlap",
    }
)
_NEGATIVE = re.compile(r"-[.\d]")

interrupted = Event()
"""Set once somebody has pressed Ctrl+C."""


class Parser(argparse.ArgumentParser):
    """Knows negative numbers from options, and raises what is wrong instead of printing it."""

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """What the arguments say.

        Raises
        ------
        InputError
            When they say nothing that can be done.
        """
        joined: list[str] = []
        for argument in arguments:
            if _NEGATIVE.match(argument) and joined and joined[-1] in _NUMBER_OPTIONS:
                joined[-1] += ("=" if joined[-1].startswith("--") else "") + argument
            else:
                joined.append(argument)
        options = self.parse_args(joined)
        for name, value in vars(options).items():
            # What argparse makes of --name=--.
            if value == [] != self.get_default(name):
                self.error(f"argument --{name.replace('_', '-')}: expected one argument")
        return options

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise InputError("{message} (see {program} --help)", message=message, program=self.prog)


def add_cloud(parser: Parser) -> None:
    """The file and its columns."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a table of points (CSV or other text, also .gz, .npy, .npz, JSON, Parquet, workbook) "
        "or a project",
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        metavar="A,B",
        help="names of one or two columns, or their numbers from 1 (default: the first two that "
        "hold numbers)",
    )
    parser.add_argument(
        "--drop-invalid",
        action="store_true",
        help="leave out rows with missing values, or texts among the numbers, instead of refusing "
        "the file",
    )
    parser.add_argument(
        "--scale",
        choices=KINDS,
        default=KINDS[0],
        help="fit to axes scaled to 0-1 or to z-scores; seeds and starts are given, and results "
        "written, in the data's own units (%(default)s)",
    )
    parser.add_argument(
        "--scaled-units",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="write the results in the scaled units",
    )
    parser.add_argument(
        "--cells",
        type=whole,
        metavar="N",
        help="gather the points in a grid of so many cells on each axis, such as 1024, and fit to "
        "these: what it costs no longer depends on the number of points",
    )


def cloud_of(options: argparse.Namespace) -> PointCloud:
    """The cloud that the options of `add_cloud` ask for.

    Raises
    ------
    InputError
        When there is no such cloud.
    """
    if _is_project(options.file):
        return scaled(_cloud_of_project(options), options.scale)
    reading = ReadOptions(columns=options.columns, drop_invalid=options.drop_invalid)
    if options.cells is None:
        cloud = read_cloud(options.file, options=reading)
    else:
        cloud = read_gathered(options.file, reading, options.cells)
    if cloud.source is not None and cloud.source.left_out and sys.stderr is not None:
        print(_left_out(cloud.source), file=sys.stderr)
    return scaled(cloud, options.scale)


def _is_project(path: Path) -> bool:
    """What reads projects is loaded where there may be one: tables are read without."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            if file.read(len(_ARCHIVE)) != _ARCHIVE:
                return False
    except (OSError, ValueError):
        return False
    from gmm_studio.project import is_project

    return is_project(path)


def _cloud_of_project(options: argparse.Namespace) -> PointCloud:
    """The points of a project, in the data's own units."""
    from gmm_studio.project import read_project

    if options.columns is not None or options.drop_invalid:
        raise InputError("A project holds its points: leave out --columns and --drop-invalid.")
    cloud = scaled(read_project(options.file, interrupted.is_set).document.cloud, "none")
    if options.cells is None:
        return cloud
    if cloud.grid is not None:
        raise InputError("The points of this project are gathered already: leave out --cells.")
    return to_cells(cloud, options.cells)


def _left_out(source: Source) -> str:
    """How many rows were left out, and why, on one line."""
    reasons = ", ".join(f"{one.count:,} {one.reason}" for one in source.left_out)
    places = [place for one in source.left_out for place in one.places]
    if places:
        place = min(places, key=lambda place: place.line)
        reasons += f"; the first is {source.left_out[0].unit} {place.line}"
        reasons += f", column {place.column}" if place.column else ""
    name = "".join(sign if sign.isprintable() else "?" for sign in source.path.name)
    return f"{name}: {source.rows_left_out:,} rows left out ({reasons})"


def add_model(parser: Parser, *, covariance: bool = True, tolerance: float | None = None) -> None:
    """The options of a configuration."""
    add = parser.add_argument
    if covariance:
        add("--covariance", choices=COVARIANCES, default="full", help="default: full")
    add(
        "--tol",
        type=number,
        metavar="T",
        default=Configuration().tolerance if tolerance is None else tolerance,
        help="converged when the log-likelihood changes by less than this for each point; 0 always "
        "runs to the limit (%(default)g)",
    )
    add(
        "--max-iter",
        type=whole,
        metavar="N",
        default=Configuration().max_iterations,
        help="limit of iterations (%(default)s)",
    )
    add(
        "--variance-floor",
        type=number,
        metavar="F",
        default=Configuration().variance_floor,
        help="least variance of a component in any direction, as a share of that of the points; 0 "
        "for none (%(default)g)",
    )


def configuration_of(options: argparse.Namespace, covariance: Covariance) -> Configuration:
    """The configuration that the options of `add_model` ask for."""
    return Configuration(
        covariance=covariance,
        tolerance=options.tol,
        max_iterations=options.max_iter,
        variance_floor=options.variance_floor,
    )


def add_random_state(parser: Parser) -> None:
    """The option of all that draws at random."""
    parser.add_argument(
        "--random-state",
        type=_random_state,
        metavar="S",
        default=0,
        help="the same number draws the same (%(default)s)",
    )


def start_from(
    seeds: Seeds, k: int | None, cloud: PointCloud, configuration: Configuration
) -> Mixture:
    """The start of seeds given as an option in the data's own units, if need be as many as -k says.

    Raises
    ------
    InputError
        When they do not fit the cloud.
    """
    if k is not None and k != len(seeds):
        raise InputError("-k says {k}, but --seeds gives {seeds}.", k=k, seeds=len(seeds))
    for number, seed in enumerate(seeds, 1):
        if len(seed) != cloud.d:
            raise InputError(
                "Seed {number} has {found} coordinates, the points have {d}.",
                number=number,
                found=len(seed),
                d=cloud.d,
            )
    if cloud.scaling is not None:
        return seeded_start(cloud, cloud.scaling.scale_points(frozen(seeds)), configuration)
    return seeded_start(cloud, seeds, configuration)


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise wrong(text, "a whole number") from None


def number(text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise wrong(text, "a number") from None


def seeds(text: str) -> Seeds:
    """Places such as "1,2 3,4"."""
    places = re.sub(r"\s*,\s*", ",", text).split()
    found = tuple(tuple(map(number, place.split(","))) for place in places)
    if not found:
        raise argparse.ArgumentTypeError("there is no seed in it")
    return found


def components(text: str) -> tuple[int, ...]:
    """Numbers of components, from 1, parted by commas."""
    try:
        numbers = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise wrong(text, "numbers of components, such as 1,3") from None
    if min(numbers) < 1:
        raise wrong(text, "numbers of components, from 1")
    return numbers


def wrong(text: str, wanted: str) -> argparse.ArgumentTypeError:
    """What to raise for a value that is not what is wanted."""
    shown = text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
    return argparse.ArgumentTypeError(f"{shown!r} is not {wanted}")


def _random_state(text: str) -> int:
    state = whole(text)
    if state < 0:
        raise wrong(text, "a whole number from 0 up")
    return state


def _columns(text: str) -> tuple[str | int, ...]:
    try:
        names = [name.strip() for name in next(csv.reader([text]), [])]
    except csv.Error:
        raise wrong(text, "a list of columns") from None
    return tuple(int(name) if re.fullmatch("[0-9]{1,9}", name) else name for name in names)


def check_suffix(path: Path | None, *suffixes: str) -> str:
    """Which of the suffixes an output has, the first where there is none to write.

    Raises
    ------
    InputError
        When it has another.
    """
    if path is None:
        return suffixes[0]
    if path.suffix.lower() not in suffixes:
        raise InputError(
            "{path} cannot be written: this is saved as {choices}, not as {suffix}.",
            path=path,
            choices=" or ".join(suffixes),
            suffix=path.suffix or "a file without a suffix",
        )
    return path.suffix.lower()


def check_outputs(*outputs: Path | None, beside: Path | None = None) -> None:
    """See to it that the files can be written, before the work is done.

    Raises
    ------
    InputError
        When one cannot, or two of them are one.
    """
    files = [path for path in (beside, *outputs) if path]
    for first, second in combinations(files, 2):
        if os.path.realpath(first) == os.path.realpath(second):
            raise InputError("{path} is asked for twice: choose another name.", path=second)
    for path in outputs:
        if path and (os.path.isfile(path) or os.path.isdir(path) or not os.path.exists(path)):
            with suppress(_NothingToWriteError), atomic_write(path):
                raise _NothingToWriteError


class _NothingToWriteError(Exception):
    """The file could be written, but is not to be yet."""
