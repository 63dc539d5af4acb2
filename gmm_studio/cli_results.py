"""The files that the command line writes of a fit."""

from __future__ import annotations

import argparse
from pathlib import Path

from gmm_studio.cli_options import Parser, check_outputs, check_suffix, interrupted
from gmm_studio.core.em import Run
from gmm_studio.data.file_rows import use_rows
from gmm_studio.export.assignments import ASSIGNMENT_FORMATS, write_assignments
from gmm_studio.export.code import numpy_code, sklearn_code
from gmm_studio.export.parameters import check_format, write_parameters, write_texts
from gmm_studio.export.result import Result
from gmm_studio.export.trace import TRACE_FORMATS, trace_of, write_trace

__all__ = ["add_results", "check_results", "write_results"]


def add_results(parser: Parser) -> None:
    """The options of all that can be written."""
    add = parser.add_argument
    add(
        "--output",
        "--parameters",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="where to write the parameters, as .json, .csv, .npz, .md or .tex; can be repeated",
    )
    add("--trace", type=Path, metavar="FILE", help="all iterations, as .csv, .json or .npz")
    add(
        "--assignments",
        type=Path,
        metavar="FILE",
        help="every row of the table with its responsibilities, its component and the logarithm "
        "of its density, as .csv, .json or .npz",
    )
    add("--code", type=Path, metavar="FILE.py", help="a script that holds the mixture")
    add(
        "--code-for",
        choices=("scikit-learn", "numpy"),
        default="scikit-learn",
        help="what the script needs: numpy stands for NumPy and SciPy (%(default)s)",
    )


def check_results(options: argparse.Namespace) -> None:
    """See to it that all files of a fit can be written, before the work is done.

    Raises
    ------
    InputError
        When one cannot.
    """
    for path in options.output:
        check_format(path)
    outputs = (*options.output, options.trace, options.assignments, options.code)
    check_outputs(*outputs, beside=options.file)
    check_suffix(options.trace, *(f".{one}" for one in TRACE_FORMATS))
    check_suffix(options.assignments, *(f".{one}" for one in ASSIGNMENT_FORMATS))
    check_suffix(options.code, ".py")


def write_results(options: argparse.Namespace, run: Run, result: Result) -> None:
    """Write what the options of `add_results` ask for.

    Raises
    ------
    InputError
        When a file cannot be written.
    Cancelled
        After Ctrl+C.
    """
    cloud, configuration = run.cloud, result.configuration
    if options.trace:
        in_scaled_units = options.scaled_units
        whole = trace_of(cloud, configuration, run.steps, run.stop, in_scaled_units=in_scaled_units)
        write_trace(options.trace, *whole, interrupted.is_set)
    for path in options.output:
        write_parameters(path, result, cloud.name)
    if options.code:
        code = numpy_code if options.code_for == "numpy" else sklearn_code
        write_texts(options.code, [code(result, cloud.name)])
    if options.assignments:
        write_assignments(options.assignments, cloud, result, use_rows, interrupted.is_set)
