"""A run that is known by heart, and animations of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PySide6.QtGui import QFont

from gmm_studio import Configuration, Mixture, PointCloud, Step, Stop
from gmm_studio.document import Document, Given
from gmm_studio.gui.animation.frames import FramePainter, Take, plan_of
from gmm_studio.gui.animation.making import save_animation
from gmm_studio.gui.animation.options import Animation
from gmm_studio.gui.animation.plan import Plan
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT, Palette
from gmm_studio.gui.figures.layout import TITLE
from gmm_studio.gui.runs import RunRecord

WIDTH, HEIGHT = 480, 336
VIEW = Viewport(-4.0, 4.0, -2.5, 2.5, 480.0, 300.0)
PLACES = np.linspace(-2.0, 2.0, 5)
"""Where the mean of component 1 is in each step; that of component 2 stays."""

CLOUD = PointCloud(np.array([[-3.9, -2.4], [3.9, 2.4], [3.9, -2.4], [0.0, 2.3]]), name="known")
BARE = Layers(trails=False, seeds=False, grid=False)


def mixture(x: float) -> Mixture:
    """Two small round components, the first one at x."""
    return Mixture([0.5, 0.5], [[x, 1.0], [0.0, -1.0]], [0.01 * np.eye(2)] * 2)


def record(places: Any = PLACES, cloud: PointCloud = CLOUD) -> RunRecord:
    """A run whose first mean goes through these places."""
    steps = [Step(t, mixture(float(x)), -100.0 + t) for t, x in enumerate(places)]
    document = Document(cloud, 2, Given(steps[0].mixture), Configuration())
    return RunRecord(1, document, steps, Stop("converged"))


def take(run: RunRecord | None = None, layers: Layers = BARE, palette: Palette = LIGHT) -> Take:
    """The run, looked at through VIEW."""
    return Take(run or record(), layers, VIEW, palette, QFont())


def animation(**options: Any) -> Animation:
    """One of small frames, with its whole tail."""
    return Animation(**{"width": WIDTH, "height": HEIGHT, "trim": False, **options})


def save(path: Path, made: Animation, of: Take | None = None) -> Plan:
    """Write it."""
    of = of or take()
    plan = plan_of(of, made)
    painter = FramePainter(of, plan)
    save_animation(path, plan, painter, painter.exact)
    return plan


def frames(path: Path) -> tuple[list[np.ndarray], list[float]]:
    """Pixels and durations in milliseconds of all frames, as Pillow reads them."""
    pictures, durations = [], []
    with Image.open(path) as image:
        for i in range(image.n_frames):
            image.seek(i)
            image.load()
            durations.append(float(image.info["duration"]))
            pictures.append(np.asarray(image.convert("RGB")))
    return pictures, durations


def colour_at(picture: np.ndarray, x: float, y: float, beside: float = -6.5) -> np.ndarray:
    """The pixel at a place of the cloud, beside the number of a mean there."""
    across, down = VIEW.to_pixel(x, y)
    return picture[int(down + TITLE), int(across + beside)].astype(int)
