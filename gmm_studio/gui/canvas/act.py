"""What the cloud view shows in place of a step of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import seeds_of
from gmm_studio.gui.canvas.raster import Colours
from gmm_studio.gui.canvas.scene import Field, Layers, Overlay, Scene
from gmm_studio.gui.canvas.viewport import Viewport

if TYPE_CHECKING:
    from gmm_studio.gui.canvas.rendering import Look

__all__ = ["Act", "acted", "bare"]


@runtime_checkable
class Act(Overlay, Protocol):
    """A picture of its own over a cloud: its colours and background are made in the worker."""

    @property
    def mixture(self) -> Mixture | None:
        """Whose ellipses are shown, and whose means."""

    def colours(
        self, cloud: PointCloud, look: Look, cancelled: Callable[[], bool]
    ) -> Colours | None:
        """Of the points (n, 3), from 0 to 1; None leaves them neutral."""

    def field(self, cloud: PointCloud, viewport: Viewport, look: Look) -> Field | None:
        """The background of a cloud in the plane, if there is one."""


def bare(layers: Layers) -> Layers:
    """The layers without what hides the colours and the background of an act."""
    return replace(layers, background="none", labels="none", sizes=False, hard=False)


def acted(scene: Scene, act: Act) -> Scene:
    """A scene with an act in place of its step."""
    mixture = act.mixture
    seeds = () if mixture is None else seeds_of(mixture)
    return replace(scene, mixture=mixture, seeds=seeds, layers=bare(scene.layers), overlay=act)
