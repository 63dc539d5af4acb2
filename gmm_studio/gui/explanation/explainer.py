"""What there is to explain of the step on show."""

from __future__ import annotations

from dataclasses import replace

from gmm_studio.core.em import Step
from gmm_studio.core.observations import Moved, observe
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.explanation.explaining import Explanation, terms
from gmm_studio.gui.explanation.narration import (
    narrate,
    narrate_collapse,
    narrate_e_step,
)
from gmm_studio.gui.explanation.rule_facts import RuleFacts, facts_of, label_of
from gmm_studio.gui.explanation.rule_narration import narrate_cooling, narrate_move
from gmm_studio.gui.session import Session
from gmm_studio.gui.units import axis_names

__all__ = ["explain"]

_MOST_SENTENCES = 2


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
    after = steps[t].mixture
    colours = moment.colours
    # The picture of a new cloud comes later than its run: what is hovered is of the old one.
    row = view.explained_point if view.scene is not None and view.scene.cloud is cloud else None
    point = None if row is None else cloud.points[row]
    facts = facts_of(steps, moment, configuration)
    if facts.labels and point is not None and colours is not None:
        shares = terms(steps[colours].mixture, point).shares
        label = label_of(facts.rule, steps[colours], shares, row)
        facts = replace(facts, label=label)
    if moment.half == "E":
        sentences = [narrate_e_step(steps, t, total, weighted=weighted, facts=facts)]
    else:
        viewport = view.viewport
        aspect = viewport.y_scale / viewport.x_scale if viewport else 1.0
        sentences = [*narrate(observations, weighted=weighted, aspect=aspect)]
        if run.stop is not None and run.stop.component is not None and t == len(steps) - 1:
            sentences = [narrate_collapse(run.stop.component), *sentences[:1]]
        if facts.cooled:
            sentences = [narrate_cooling(facts), *sentences[:1]]
    moves = [narrate_move(move) for move in facts.moves if move.status != "tried"]
    return Explanation(
        moment,
        steps[t - 1].mixture if t else None,
        after,
        None if colours is None else steps[colours].mixture,
        min(_component(facts, moved) if marked is None else marked, after.k - 1),
        total,
        axis_names(cloud),
        point,
        row,
        tuple([*moves, *sentences][: max(_MOST_SENTENCES, len(moves))]),
        configuration.covariance,
        weighted,
        facts,
    )


def _component(facts: RuleFacts, moved: int) -> int:
    """The one that nobody has marked: where a move is made, what comes of it."""
    if facts.act == "move" and facts.candidate is not None:
        return facts.candidate.merge[0]
    return moved
