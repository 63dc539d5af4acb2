"""What there is to explain of the step on show."""

from __future__ import annotations

from gmm_studio.core.em import Step
from gmm_studio.core.observations import Moved, observe
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.explanation.explaining import Explanation
from gmm_studio.gui.explanation.narration import (
    narrate,
    narrate_collapse,
    narrate_e_step,
    narrate_rule,
)
from gmm_studio.gui.session import Session

__all__ = ["explain"]


def explain(session: Session, view: CloudView, marked: int | None) -> Explanation | None:
    """The step on show, for the component that is marked, else hovered, else moved most.

    Parameters
    ----------
    session : Session
    view : CloudView
        Says what is hovered and pinned.
    marked : int or None
        A component, from 0.
    """
    run, moment = session.shown, session.playback.moment
    if run is None or moment.iteration >= len(run.steps):
        return None
    cloud, configuration = run.cloud, run.document.configuration
    t, total = moment.iteration, cloud.total_weight
    steps: list[Step] = run.steps
    observations = observe(steps, t, total, configuration, cloud.n)
    moved = next((one.component for one in observations if isinstance(one, Moved)), 0)
    hovered = view.hovered_pin
    if marked is None and hovered is not None and hovered.kind == "mean":
        marked = hovered.index
    weighted = cloud.weights is not None
    if moment.half == "E":
        sentences: tuple[str, ...] = (narrate_e_step(steps, t, total, weighted=weighted),)
    else:
        viewport = view.viewport
        aspect = viewport.y_scale / viewport.x_scale if viewport else 1.0
        sentences = narrate(observations, weighted=weighted, aspect=aspect)
        if run.stop is not None and run.stop.component is not None and t == len(steps) - 1:
            sentences = (narrate_collapse(run.stop.component), *sentences[:1])
    if note := narrate_rule(configuration.rule):
        sentences = (note, *sentences[:1])
    after = steps[t].mixture
    colours = moment.colours
    # The picture of a new cloud comes later than its run: what is hovered is of the old one.
    row = view.explained_point if view.scene is not None and view.scene.cloud is cloud else None
    return Explanation(
        moment,
        steps[t - 1].mixture if t else None,
        after,
        None if colours is None else steps[colours].mixture,
        min(moved if marked is None else marked, after.k - 1),
        total,
        cloud.columns,
        None if row is None else cloud.points[row],
        row,
        sentences,
        configuration.covariance,
        weighted,
    )
