"""The run that a project holds, for the commands that paint one."""

from __future__ import annotations

import argparse

from gmm_studio.cli_options import interrupted
from gmm_studio.core.em import Run, fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.steps import Stop
from gmm_studio.document import Document, make_start
from gmm_studio.project import is_project, read_project

__all__ = ["run_of_project"]


def run_of_project(options: argparse.Namespace) -> Run | None:
    """The run on show in a project, or that of its document; None where the file is no project.

    Raises
    ------
    InputError
        When the project cannot be read, has no complete start, or another fit is asked for too.
    """
    if not is_project(options.file):
        return None
    if any(value is not None for value in (options.k, options.init, options.seeds, options.start)):
        raise InputError("A project holds its fit: leave out -k, --init, --seeds and --start.")
    project = read_project(options.file)
    if project.shown is None:
        return _fitted(project.document)
    run = project.runs[project.shown]
    stop = run.stop or Stop("cancelled")
    return Run(run.cloud, run.document.configuration, run.steps, stop)


def _fitted(document: Document) -> Run:
    configuration = document.configuration
    return fit(
        document.cloud,
        document.k,
        start=make_start(document, interrupted.is_set),
        covariance=configuration.covariance,
        tolerance=configuration.tolerance,
        max_iterations=configuration.max_iterations,
        variance_floor=configuration.variance_floor,
        rule=configuration.rule,
        random_state=configuration.random_state,
        locked=configuration.locked,
        previous_means=configuration.previous_means,
        hard_priors=configuration.hard_priors,
        cancelled=interrupted.is_set,
    )
