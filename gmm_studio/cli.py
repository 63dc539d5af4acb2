"""The command line: the window, and the same work without one."""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import combinations
from pathlib import Path
from threading import Event
from typing import NoReturn, TypeAlias

from gmm_studio import __version__
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import COVARIANCES, Mixture
from gmm_studio.core.starts import METHODS, seeded_start
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.data.text import read_cloud
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.parameters import (
    Result,
    check_format,
    read_start,
    write_mixture,
    write_parameters,
    write_trace,
)
from gmm_studio.export.points import write_cloud
from gmm_studio.export.report import report

__all__ = ["INTERRUPTED", "main"]

BAD_INPUT = 2
INTERRUPTED = 130
NOBODY_READS = 141
"""What a shell gives for a program that the closing of its output has ended."""

LONGEST_VALUE = 40
"""Characters of a wrong value that a message repeats."""

Seeds: TypeAlias = tuple[tuple[float, ...], ...]

_NUMBER_OPTIONS = frozenset(
    ("-k", "-n", "--columns", "--seeds", "--tol", "--max-iter", "--variance-floor")
) | {"--random-state"}
_NEGATIVE = re.compile(r"-[.\d]")

_interrupted = Event()


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process if not given.

    Returns
    -------
    int
        The exit status: 0, 2 after bad input, 130 after Ctrl+C.

    Raises
    ------
    SystemExit
        After --help and --version, and with 141 when nobody reads the output any more.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    command = arguments[0] if arguments and arguments[0] in _COMMANDS else ""
    _interrupted.clear()
    try:
        if not command:
            return _window(arguments)
        with _standard_output():
            _COMMANDS[command](arguments[1:])
    except InputError as error:
        return _complain(command, str(error))
    except MemoryError:
        return _complain(command, "There is not enough memory for this.")
    except KeyboardInterrupt:
        _interrupted.set()
        return INTERRUPTED
    return 0


class _Parser(argparse.ArgumentParser):
    """Knows negative numbers from options, and raises what is wrong instead of printing it."""

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        joined: list[str] = []
        for argument in arguments:
            if _NEGATIVE.match(argument) and joined and joined[-1] in _NUMBER_OPTIONS:
                joined[-1] += ("=" if joined[-1].startswith("--") else "") + argument
            else:
                joined.append(argument)
        return self.parse_args(joined)

    def error(self, message: str) -> NoReturn:
        raise InputError("{message} (see {program} --help)", message=message, program=self.prog)


def _window(arguments: Sequence[str]) -> int:
    with _standard_output():
        path = _window_parser().parse(arguments).file
    from gmm_studio.gui.startup import diagnose

    if problem := diagnose():
        raise InputError("{problem}", problem=problem)
    try:
        from gmm_studio.gui.app import run_window
    except ImportError as error:
        if (error.name or "").startswith("gmm_studio"):
            raise
        raise InputError(
            "The window cannot be opened: {reason}. This may help: pip install --force-reinstall "
            "PySide6-Essentials",
            reason=error,
        ) from error
    return run_window(path)


def _window_parser() -> _Parser:
    parser = _Parser(
        prog="gmm-studio",
        usage="gmm-studio [FILE]\n"
        "       gmm-studio fit FILE -k 3 [options]\n"
        "       gmm-studio generate NAME [options]",
        description="See how expectation-maximisation fits a Gaussian mixture to a cloud of "
        "points. The first form opens the window, the others work without one.",
        epilog="More: gmm-studio fit --help, gmm-studio generate --help.",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a table of points")
    parser.add_argument("--version", action="version", version=f"gmm-studio {__version__}")
    return parser


def _fit(arguments: Sequence[str]) -> None:
    options = _fit_parser().parse(arguments)
    configuration = Configuration(
        options.covariance, options.tol, options.max_iter, options.variance_floor
    )
    if options.k is None and options.seeds is None and options.start is None:
        raise InputError("Say how many components: give -k, --seeds or --start.")
    if options.output:
        check_format(options.output)
    _check_outputs(options.output, options.trace, beside=options.file)
    start = read_start(options.start) if options.start else None
    cloud = read_cloud(options.file, options.columns)
    if options.seeds:
        start = _start_from(options.seeds, options.k, cloud, configuration)
    run = fit(
        cloud,
        options.k,
        start=start,
        init=options.init or METHODS[0],
        random_state=options.random_state,
        covariance=configuration.covariance,
        tolerance=configuration.tolerance,
        max_iterations=configuration.max_iterations,
        variance_floor=configuration.variance_floor,
        cancelled=_interrupted.is_set,
    )
    result = Result.of(cloud, configuration, run.steps[-1], run.stop)
    try:
        if options.trace:
            write_trace(options.trace, run.steps)
        if options.output:
            write_parameters(options.output, result)
    finally:
        print(report(run, result))


def _fit_parser() -> _Parser:
    parser = _Parser(
        prog="gmm-studio fit",
        description="Fit a Gaussian mixture to the points of a text file by EM.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="a CSV or other text file with a table of points")
    add("-k", type=_whole, metavar="K", help="number of components")
    add(
        "--columns",
        type=_columns,
        metavar="A,B",
        help="names of one or two columns, or their numbers from 1 (default: the first two that "
        "hold numbers)",
    )
    add("--covariance", choices=COVARIANCES, default="full", help="default: full")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--init", choices=METHODS, help=f"how the start is drawn ({METHODS[0]})")
    start.add_argument(
        "--seeds", type=_seeds, metavar='"x,y x,y ..."', help="the means to start from"
    )
    start.add_argument(
        "--start",
        type=Path,
        metavar="FILE.json",
        help="the mixture to start from, as written by --output",
    )
    configuration = Configuration()
    add(
        "--tol",
        type=_number,
        metavar="T",
        default=configuration.tolerance,
        help="converged when the log-likelihood changes by less than this for each point; 0 always "
        "runs to the limit (%(default)g)",
    )
    add(
        "--max-iter",
        type=_whole,
        metavar="N",
        default=configuration.max_iterations,
        help="limit of iterations (%(default)s)",
    )
    add(
        "--variance-floor",
        type=_number,
        metavar="F",
        default=configuration.variance_floor,
        help="least variance of a component in any direction, as a share of that of the points; 0 "
        "for none (%(default)g)",
    )
    _add_random_state(parser)
    add("--output", type=Path, metavar="FILE.json|FILE.csv", help="where to write the parameters")
    add("--trace", type=Path, metavar="FILE.csv", help="where to write all iterations")
    return parser


def _start_from(
    seeds: Seeds, k: int | None, cloud: PointCloud, configuration: Configuration
) -> Mixture:
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
    return seeded_start(cloud, seeds, configuration)


def _generate(arguments: Sequence[str]) -> None:
    options = _generate_parser().parse(arguments)
    _check_outputs(options.output, options.truth)
    cloud = generate(options.name, options.n, options.k, options.random_state)
    if options.truth:
        if cloud.truth is None:
            raise InputError(
                "{name} has no true mixture that --truth could write.", name=options.name
            )
        write_mixture(options.truth, cloud.truth, cloud.columns)
    if options.output:
        write_cloud(cloud, options.output)
    else:
        _print_cloud(cloud)


def _generate_parser() -> _Parser:
    parser = _Parser(
        prog="gmm-studio generate",
        description="Write a generated cloud as CSV.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("name", metavar="NAME", help=f"one of {', '.join(GENERATORS)}")
    add("-n", type=_whole, metavar="N", default=1000, help="number of points (%(default)s)")
    add("-k", type=_whole, metavar="K", help="number of clusters, where it can be chosen")
    _add_random_state(parser)
    add("--output", type=Path, metavar="FILE.csv", help="default: standard output")
    add("--truth", type=Path, metavar="FILE.json", help="where to write the true mixture")
    return parser


def _add_random_state(parser: _Parser) -> None:
    parser.add_argument(
        "--random-state",
        type=_random_state,
        metavar="S",
        default=0,
        help="the same number draws the same (%(default)s)",
    )


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _wrong(text, "a whole number") from None


def _random_state(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise _wrong(text, "a whole number from 0 up")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _wrong(text, "a number") from None


def _columns(text: str) -> tuple[str | int, ...]:
    try:
        names = [name.strip() for name in next(csv.reader([text]), [])]
    except csv.Error:
        raise _wrong(text, "a list of columns") from None
    return tuple(int(name) if re.fullmatch("[0-9]{1,9}", name) else name for name in names)


def _seeds(text: str) -> Seeds:
    places = re.sub(r"\s*,\s*", ",", text).split()
    seeds = tuple(tuple(map(_number, place.split(","))) for place in places)
    if not seeds:
        raise argparse.ArgumentTypeError("there is no seed in it")
    return seeds


def _wrong(text: str, wanted: str) -> argparse.ArgumentTypeError:
    shown = text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
    return argparse.ArgumentTypeError(f"{shown!r} is not {wanted}")


def _check_outputs(*outputs: Path | None, beside: Path | None = None) -> None:
    """See to it that the files can be written, before the work is done."""
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


def _print_cloud(cloud: PointCloud) -> None:
    if sys.stdout is None:
        raise InputError("There is no standard output. Give --output.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cloud.csv")
        write_cloud(cloud, path)
        with path.open("rb") as handle:
            shutil.copyfileobj(handle, sys.stdout.buffer)


@contextmanager
def _standard_output() -> Iterator[None]:
    """Whatever is printed inside is out at the end, or it is said why not."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise SystemExit(NOBODY_READS) from None
        raise InputError(
            "Standard output cannot be written: {reason}.", reason=error.strerror or error
        ) from error


def _complain(command: str, message: str) -> int:
    if sys.stderr is not None:
        name = f"gmm-studio {command}".rstrip()
        print(f"{name}: {' '.join(message.split())}", file=sys.stderr)
    return BAD_INPUT


_COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {"fit": _fit, "generate": _generate}
