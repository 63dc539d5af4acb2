"""What a moment of a run looks like, as a scene; for the screen, for pictures and animations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Step
from gmm_studio.core.interpolation import interpolate
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.split_and_merge import Candidate, Search
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.runs import RunRecord

__all__ = ["effective_layers", "on_the_way", "scene_between", "scene_of"]

_MOST_TRAIL = 128
_MOST_GHOSTS = 7


def scene_of(
    run: RunRecord,
    moment: Moment,
    layers: Layers,
    *,
    ghost: Mixture | None = None,
    seeds: tuple[Seed | None, ...] | None = None,
) -> Scene:
    """A moment of a run, without its points.

    Parameters
    ----------
    run : RunRecord
        With at least one step.
    moment : Moment
        A later one than there is shows the last step.
    layers : Layers
    ghost : Mixture, optional
        The end of the run that is being replaced.
    seeds : tuple of (Seed or None), optional
        Other ones than the means of the start.
    """
    step = _step(run, moment.shape)
    colouring = None if moment.colours is None else _step(run, moment.colours)
    # Twice as far apart each time that there would be too many: the shown ones stay.
    stride = 1 << (step.index // _MOST_TRAIL).bit_length()
    past = [*run.steps[0 : step.index : stride], step]
    trails = np.array([one.mixture.means for one in past])
    return Scene(
        run.cloud,
        step.mixture,
        colouring=colouring.mixture if colouring else None,
        reference=run.steps[-1].mixture,
        past=_past(run, step.index) if layers.ghosts else (),
        seeds=tuple(map(tuple, trails[0].tolist())) if seeds is None else seeds,
        iteration=step.index,
        trails=trails,
        ghost=ghost,
        layers=layers,
        moment=moment,
        candidate=_candidate(step),
        locked=run.document.configuration.locked,
    )


def scene_between(before: Scene, after: Scene, share: float) -> Scene:
    """What lies between two moments of a run: ellipses glide, and points change their colours.

    Parameters
    ----------
    before, after : Scene
        As `scene_of` gives them.
    share : float
        From 0 to 1, which is `after` itself.
    """
    if share >= 1 or before.mixture is None or after.mixture is None:
        return after
    colouring = after.colouring
    if before.colouring is not None and colouring is not None:
        colouring = interpolate(before.colouring, colouring, share)
    mixture = interpolate(before.mixture, after.mixture, share)
    return replace(on_the_way(after, mixture), colouring=colouring)


def on_the_way(scene: Scene, mixture: Mixture | None) -> Scene:
    """The scene with its ellipses on their way, each mean at the end of its trail."""
    if mixture is None or scene.mixture is None or mixture.k != scene.mixture.k:
        return scene
    trails = scene.trails
    if trails is not None and len(trails) > 1:
        trails = np.concatenate([trails[:-1], mixture.means[None]])
    return replace(scene, mixture=mixture, trails=trails)


def effective_layers(layers: Layers, configuration: Configuration) -> Layers:
    """Points that count for one component alone wear its colour alone."""
    return replace(layers, hard=layers.hard or configuration.rule == "classification")


def _step(run: RunRecord, index: int) -> Step:
    return run.steps[min(index, len(run.steps) - 1)]


def _candidate(step: Step) -> Candidate | None:
    """The move that split-and-merge EM makes next."""
    state = step.state
    return state.candidate if isinstance(state, Search) and state.phase == "chosen" else None


def _past(run: RunRecord, index: int) -> tuple[Mixture, ...]:
    """Earlier mixtures of a run, oldest first: each twice as late as the last, as EM slows down."""
    indices = [0, *(2**i for i in range((index - 1).bit_length())), index - 1]
    shown = sorted({t for t in indices if 0 <= t < index})[-_MOST_GHOSTS:]
    return tuple(run.steps[t].mixture for t in shown)
