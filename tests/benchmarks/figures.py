"""Times of exporting figures, by format and number of points; and what a large picture takes."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gmm_studio.core.em import fit
from gmm_studio.data.generators import generate
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import fitted
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.figures.figure import Figure, Sheet, Shot
from gmm_studio.gui.figures.writers import FORMATS, figure_bytes, write_figure
from gmm_studio.gui.moment import Moment

POINTS = (1_000, 100_000)
REPEATS = 5
LARGE = 20_000


def report(print_line: Callable[[str], None]) -> None:
    """Print milliseconds and kilobytes of a figure, and how long a huge one takes."""
    application = QGuiApplication.instance() or QApplication([])
    before = _peak()
    began = time.perf_counter()
    file = io.BytesIO()
    write_figure(file, Figure(_shot(1_000), Sheet(LARGE, LARGE, font_size=200)), "png")
    took, grown = time.perf_counter() - began, _peak() - before
    print_line(
        f"PNG of {LARGE:,} x {LARGE:,} pixels: {took:.1f} s, {len(file.getvalue()) / 1e6:.1f} MB, "
        f"{grown:.0f} MB of memory more"
    )
    print_line("Exporting a figure 1,200 pixels wide, twice as fine, with density and table")
    print_line(f"{'points':>9} {'format':>7} {'ms':>8} {'kB':>8}")
    for n in POINTS:
        figure = Figure(_shot(n), Sheet(1200, resolution=2, font_size=16, table=True, title=True))
        for kind in FORMATS:
            times, size = [], 0
            for _ in range(REPEATS):
                began = time.perf_counter()
                size = len(figure_bytes(figure, kind))
                times.append(time.perf_counter() - began)
            print_line(f"{n:>9,} {kind:>7} {1000 * min(times):>8.0f} {size / 1000:>8.0f}")
    del application


def _peak() -> float:
    """The most memory that was used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _shot(n: int) -> Shot:
    cloud = generate("separated", n)
    run = fit(cloud, 3)
    mixture, last = run.steps[-1].mixture, run.steps[-1].index
    scene = Scene(
        cloud,
        mixture,
        mixture,
        reference=mixture,
        iteration=last,
        moment=Moment(last),
        trails=np.array([step.mixture.means for step in run.steps]),
        layers=Layers(background="density"),
    )
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    viewport = fitted(low, high, 900, 700, equal=True)
    return Shot(scene, viewport, LIGHT, QGuiApplication.font())
