"""The run that a project holds and how it was looked at, for the commands that paint one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field

from gmm_studio.cli_options import interrupted
from gmm_studio.core.em import Run, fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.scaling import scaled
from gmm_studio.core.steps import Stop
from gmm_studio.document import Document, make_start
from gmm_studio.export.own_units import own_step
from gmm_studio.project import is_project, read_project
from gmm_studio.project.model import Json

__all__ = ["Seen", "seen_in_project"]

_PLACES = ("viewport", "equal")
"""What a view holds in the units of the axes."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A run, and how it was looked at when its project was saved.

    Attributes
    ----------
    run : Run
    cursor : int or None
        The iteration on show; None for the last.
    view : mapping of str to JSON
        That of the project, which anyone may have written.
    """

    run: Run
    cursor: int | None = None
    view: Mapping[str, Json] = field(default_factory=dict)

    def in_own_units(self) -> Seen:
        """In the data's own units; where it was looked on the scaled axes goes."""
        run = self.run
        if run.cloud.scaling is None:
            return self
        steps = tuple(own_step(run.cloud, run.configuration, step) for step in run.steps)
        own = Run(scaled(run.cloud, "none"), run.configuration, steps, run.stop)
        view = {name: value for name, value in self.view.items() if name not in _PLACES}
        return Seen(own, self.cursor, view)


def seen_in_project(options: argparse.Namespace) -> Seen | None:
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
        return Seen(_fitted(project.document), view=project.view)
    run = project.runs[project.shown]
    stop = run.stop or Stop("cancelled")
    whole = Run(run.cloud, run.document.configuration, run.steps, stop)
    return Seen(whole, run.cursor, project.view)


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
