"""The command line: the window, and the same work without one."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from gmm_studio import __version__
from gmm_studio.cli_laboratory import basins, starts, sweep
from gmm_studio.cli_options import (
    Parser,
    add_cloud,
    add_model,
    add_random_state,
    check_outputs,
    components,
    configuration_of,
    interrupted,
    seeds,
    start_from,
    whole,
)
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import RULES
from gmm_studio.core.em import fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.starts import METHODS
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.data.text import read_cloud
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
        '       gmm-studio basins FILE --seeds "1,2 3,4" --move 2 [options]',
        description="See how expectation-maximisation fits a Gaussian mixture to a cloud of "
        "points. The first form opens the window, the others work without one.",
        epilog="More: gmm-studio fit --help, and so on for each of them.",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a table of points")
    parser.add_argument("--version", action="version", version=f"gmm-studio {__version__}")
    return parser


def _fit(arguments: Sequence[str]) -> None:
    options = _fit_parser().parse(arguments)
    configuration = replace(
        configuration_of(options, options.covariance),
        rule=options.rule,
        random_state=options.random_state,
        locked=tuple(j - 1 for j in options.lock),
    )
    if options.k is None and options.seeds is None and options.start is None:
        raise InputError("Say how many components: give -k, --seeds or --start.")
    if options.output:
        check_format(options.output)
    check_outputs(options.output, options.trace, beside=options.file)
    start = read_start(options.start) if options.start else None
    cloud = read_cloud(options.file, options.columns)
    if options.seeds:
        start = start_from(options.seeds, options.k, cloud, configuration)
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
        rule=configuration.rule,
        locked=configuration.locked,
        cancelled=interrupted.is_set,
    )
    result = Result.of(cloud, configuration, run.steps[-1], run.stop)
    try:
        if options.trace:
            write_trace(options.trace, run.steps)
        if options.output:
            write_parameters(options.output, result)
    finally:
        print(report(run, result))


def _fit_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio fit",
        description="Fit a Gaussian mixture to the points of a text file by EM.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add_cloud(parser)
    add("-k", type=whole, metavar="K", help="number of components")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--init", choices=METHODS, help=f"how the start is drawn ({METHODS[0]})")
    start.add_argument(
        "--seeds", type=seeds, metavar='"x,y x,y ..."', help="the means to start from"
    )
    start.add_argument(
        "--start",
        type=Path,
        metavar="FILE.json",
        help="the mixture to start from, as written by --output",
    )
    add_model(parser)
    add("--rule", choices=RULES, default=RULES[0], help="how a step is made (%(default)s)")
    add(
        "--lock",
        type=components,
        metavar="1,3",
        default=(),
        help="components that keep the weight, mean and covariance of the start",
    )
    add_random_state(parser)
    add("--output", type=Path, metavar="FILE.json|FILE.csv", help="where to write the parameters")
    add("--trace", type=Path, metavar="FILE.csv", help="where to write all iterations")
    return parser


def _generate(arguments: Sequence[str]) -> None:
    options = _generate_parser().parse(arguments)
    check_outputs(options.output, options.truth)
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
}
