"""What the commands share that fit a mixture: how the fit is asked for."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from gmm_studio.cli_options import (
    Parser,
    add_cloud,
    add_model,
    add_random_state,
    cloud_of,
    components,
    configuration_of,
    interrupted,
    seeds,
    start_from,
    whole,
)
from gmm_studio.core.configuration import RULES
from gmm_studio.core.em import Run, fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.starts import METHODS
from gmm_studio.export.parameters import read_start

__all__ = ["add_fitting", "fitted"]


def add_fitting(parser: Parser) -> None:
    """The options of a fit: file, number of components, start, model and rule."""
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
        help="the mixture to start from, as written by fit --output",
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
    add(
        "--previous-means",
        action="store_true",
        help="covariances about the means before the step, not the new ones",
    )
    add(
        "--hard-priors",
        action="store_true",
        help="weights by counting the points where each density is highest",
    )
    add_random_state(parser)


def fitted(options: argparse.Namespace) -> Run:
    """The run that the options of `add_fitting` ask for.

    Raises
    ------
    InputError
        When they ask for none that can be made.
    """
    configuration = replace(
        configuration_of(options, options.covariance),
        rule=options.rule,
        random_state=options.random_state,
        locked=tuple(j - 1 for j in options.lock),
        previous_means=options.previous_means,
        hard_priors=options.hard_priors,
    )
    if options.k is None and options.seeds is None and options.start is None:
        raise InputError("Say how many components: give -k, --seeds or --start.")
    start = read_start(options.start) if options.start else None
    cloud = cloud_of(options)
    start = start and cloud.scaled_mixture(start)
    if options.seeds:
        start = start_from(options.seeds, options.k, cloud, configuration)
    return fit(
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
        previous_means=configuration.previous_means,
        hard_priors=configuration.hard_priors,
        cancelled=interrupted.is_set,
    )
