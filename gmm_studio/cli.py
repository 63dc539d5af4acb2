"""The command line: the window, and the same work without one."""

from __future__ import annotations

import gc
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gmm_studio import __version__
from gmm_studio.cli_fitting import add_fitting, fitted
from gmm_studio.cli_laboratory import basins, starts, sweep
from gmm_studio.cli_options import (
    Parser,
    add_random_state,
    check_outputs,
    interrupted,
    number,
    whole,
)
from gmm_studio.cli_pictures import animate, render
from gmm_studio.cli_results import add_results, check_results, write_results
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.recipe import Recipe
from gmm_studio.data.generators import GENERATORS
from gmm_studio.data.making import make
from gmm_studio.export.parameters import (
    Result,
    write_mixture,
)
from gmm_studio.export.points import write_cloud
from gmm_studio.export.report import report

__all__ = ["INTERRUPTED", "main"]

BAD_INPUT = 2
INTERRUPTED = 130
NOBODY_READS = 141
"""What a shell gives for a program that the closing of its output has ended."""


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
    interrupted.clear()
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
        interrupted.set()
        return INTERRUPTED
    return 0


def _window(arguments: Sequence[str]) -> int:
    with _standard_output():
        path = _window_parser().parse(arguments).file
    # Nothing that is made while a window opens is garbage: looking for some takes a tenth longer.
    gc.disable()
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


def _window_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio",
        usage="gmm-studio [FILE]\n"
        "       gmm-studio fit FILE -k 3 [options]\n"
        "       gmm-studio generate NAME [options]\n"
        "       gmm-studio starts FILE -k 3 [options]\n"
        "       gmm-studio sweep FILE --components 1-8 [options]\n"
        '       gmm-studio basins FILE --seeds "1,2 3,4" --move 2 [options]\n'
        "       gmm-studio render FILE -k 3 --iteration 7 -o figure.svg [options]\n"
        "       gmm-studio animate FILE -k 3 -o em.gif [options]",
        description="See how expectation-maximisation fits a Gaussian mixture to a cloud of "
        "points. The first form opens the window, the others work without one.",
        epilog="More: gmm-studio fit --help, and so on for each of them.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="a table of points, a project, or a lesson",
    )
    parser.add_argument("--version", action="version", version=f"gmm-studio {__version__}")
    return parser


def _fit(arguments: Sequence[str]) -> None:
    options = _fit_parser().parse(arguments)
    check_results(options)
    run = fitted(options)
    is_scaled = options.scaled_units
    result = Result.of(
        run.cloud, run.configuration, run.steps[-1], run.stop, in_scaled_units=is_scaled
    )
    try:
        write_results(options, run, result)
    finally:
        print(report(run, result))


def _fit_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio fit",
        description="Fit a Gaussian mixture to the points of a table or of a project by EM.",
        allow_abbrev=False,
    )
    add_fitting(parser)
    add_results(parser)
    return parser


def _generate(arguments: Sequence[str]) -> None:
    options = _generate_parser().parse(arguments)
    check_outputs(options.output, options.truth)
    cloud = make(
        Recipe(
            options.name,
            options.n,
            options.k,
            options.random_state,
            outliers=options.outliers,
            noise=options.noise,
            unequal=options.unequal,
            overlap=options.overlap,
        ),
        interrupted.is_set,
    )
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


def _generate_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio generate",
        description="Write a generated cloud as CSV.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("name", metavar="NAME", help=f"one of {', '.join(GENERATORS)}")
    add("-n", type=whole, metavar="N", default=1000, help="number of points (%(default)s)")
    add("-k", type=whole, metavar="K", help="number of clusters, where it can be chosen")
    add(
        "--outliers",
        type=number,
        metavar="SHARE",
        default=0.0,
        help="share of the points, such as 0.05, that is spread evenly around the cloud, with -1 "
        "as their label; the true mixture is that of the others",
    )
    add(
        "--noise",
        type=number,
        metavar="SD",
        default=0.0,
        help="standard deviation of noise on every point, in units of the cloud's spread",
    )
    add(
        "--unequal",
        type=number,
        metavar="RATIO",
        help="how many times as heavy the first cluster is as the last (1: all equal)",
    )
    add(
        "--overlap",
        type=number,
        metavar="RATE",
        help="share of the points, from 0 to 0.5, that the best classifier puts into a wrong "
        "cluster; clusters grow or shrink until it is so",
    )
    add_random_state(parser)
    add("--output", type=Path, metavar="FILE.csv", help="default: standard output")
    add("--truth", type=Path, metavar="FILE.json", help="where to write the true mixture")
    return parser


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


_COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "fit": _fit,
    "generate": _generate,
    "starts": starts,
    "sweep": sweep,
    "basins": basins,
    "render": render,
    "animate": animate,
}
