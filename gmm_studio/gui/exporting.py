"""What a request to save something takes, gathered on the GUI thread, done in a worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gmm_studio.core.em import Step
from gmm_studio.export.parameters import write_parameters
from gmm_studio.gui.canvas.rendering import Selection
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.dialogs.export_dialog import ExportRequest
from gmm_studio.gui.picture_export import save_picture
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.style import Style

__all__ = ["Job", "parameters_job", "picture_job"]

Job: TypeAlias = Callable[[Callable[[], bool]], None]
"""Writes a file; gives up when its argument returns true."""


def parameters_job(request: ExportRequest, run: RunRecord, shown: Step) -> Job:
    """Write the parameters of the last step of a run, or of the one on show."""
    result = run.result(run.steps[-1] if request.step == "last" else shown)
    return lambda _: write_parameters(request.path, result)


def picture_job(
    request: ExportRequest,
    scene: Scene,
    viewport: Viewport,
    style: Style,
    pixel_ratio: float,
    selection: Selection | None,
) -> Job:
    """Paint the scene at a multiple of the screen's pixels and write it."""

    def job(cancelled: Callable[[], bool]) -> None:
        save_picture(
            request.path,
            scene,
            viewport,
            style,
            pixel_ratio=request.factor * pixel_ratio,
            selection=selection,
            cancelled=cancelled,
        )

    return job
