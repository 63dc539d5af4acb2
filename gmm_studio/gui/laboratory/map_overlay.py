"""The basin map and the likelihood of a seed over the cloud view: which one, of what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.field_painting import paint_field
from gmm_studio.gui.canvas.scene import Field
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.laboratory.basin_lab import BasinLab
from gmm_studio.gui.laboratory.basin_layer import paint_basin_strip
from gmm_studio.gui.laboratory.basin_legend import BasinLegend
from gmm_studio.gui.laboratory.basin_legend_painting import paint_basin_legend
from gmm_studio.gui.laboratory.basin_task import write_map_csv
from gmm_studio.gui.laboratory.likelihood_layer import (
    Surface,
    paint_likelihood_caption,
    paint_likelihood_curve,
    paint_path,
)
from gmm_studio.gui.session import Session
from gmm_studio.gui.style import Style

__all__ = ["MapOverlay", "MapPicture"]


@dataclass(frozen=True, slots=True, eq=False)
class MapPicture:
    """A map as the cloud view paints it: below the points, and its legend over them.

    Attributes
    ----------
    field : Field
    d : int
        Of the cloud.
    legend : BasinLegend or None
        Of a map of basins.
    surface : Surface or None
        A log-likelihood instead of basins.
    path : ndarray, shape (steps, d), or None
        The way of the mean over that.
    """

    field: Field
    d: int
    legend: BasinLegend | None = None
    surface: Surface | None = None
    path: FloatArray | None = None

    def paint_below(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint the map."""
        if self.d == 1:
            paint_basin_strip(painter, viewport, self.field, style)
        else:
            paint_field(painter, viewport, self.field, style)

    def paint_above(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint the legend, or the way of the mean."""
        if self.legend is not None:
            paint_basin_legend(painter, viewport, self.legend, style)
        if self.surface is None:
            return
        if self.path is not None:
            paint_path(painter, viewport, self.path, style, self.surface.j)
        if self.d == 1:
            paint_likelihood_curve(painter, viewport, self.surface, style)
        paint_likelihood_caption(painter, viewport, self.surface, style)


class MapOverlay(QObject):
    """Follows the seed that is picked, the start, the cursor and the view.

    Signals
    -------
    changed()
        Work began, went on or ended.
    failed(error)
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, session: Session, view: CloudView, hands: Hands, stage: Stage, palette: Palette
    ) -> None:
        super().__init__(view)
        self._session, self._view, self._hands, self._stage = session, view, hands, stage
        self._j = 0
        self.lab = BasinLab(palette, self)
        self.lab.changed.connect(self._on_changed)
        self.lab.failed.connect(self.failed)
        stage.presented.connect(self.refresh)
        hands.pin_changed.connect(self.refresh)

    @property
    def is_on(self) -> bool:
        """Whether one of the two is wanted."""
        return self._stage.layers.background in ("basins", "likelihood")

    def refresh(self) -> None:
        """Ask for what should be seen now."""
        if not self.is_on:
            if self._view.overlay is not None:
                self.lab.clear()
                self._view.set_overlay(None)
            return
        document, scene, viewport = self._session.document, self._view.scene, self._view.viewport
        marked = self._hands.marked_component
        self._j = self._j if marked is None else marked
        mixture = self._mixture()
        if scene is None or viewport is None or mixture is None:
            return
        if scene.cloud is not document.cloud:
            return
        j = min(self._j, mixture.k - 1)
        if self._stage.layers.background == "basins":
            self.lab.show(document, mixture, j, viewport)
        else:
            self.lab.set_density(self._stage.layers.density)
            self.lab.show_likelihood(document, mixture, j, viewport)

    def cancel(self) -> bool:
        """Give up what is computed; whether something was."""
        was = self.is_on and self.lab.is_busy
        self.lab.cancel()
        return was

    def save_numbers(self, window: QWidget) -> bool:
        """Ask where to write the map as a table; False if there is none."""
        basins, d = self.lab.map, self._session.document.cloud.d
        if basins is None or not self.is_on:
            return False
        dialog = QFileDialog(window, self.tr("Save the basin map"), "", self.tr("Table (*.csv)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")

        def save(chosen: str) -> None:
            path = Path(chosen)
            self._session.export(lambda _: write_map_csv(path, basins, d), path)

        dialog.fileSelected.connect(save)
        dialog.open()
        return True

    def set_palette(self, palette: Palette) -> None:
        """Use the colours of another theme."""
        self.lab.set_palette(palette)

    def close(self) -> None:
        """Cancel and wait for the thread."""
        self.lab.close()

    def _mixture(self) -> Mixture | None:
        """The start, with a seed where it is dragged; for the likelihood what is at the cursor."""
        scene, run = self._view.scene, self._session.shown
        if scene is None or run is None or not run.steps:
            return None
        if self._stage.layers.background == "likelihood" or self._stage.is_dragging:
            return scene.mixture
        return run.steps[0].mixture

    def _on_changed(self) -> None:
        field = self.lab.field
        if self.is_on and field is not None:
            d, surface, path = self._session.document.cloud.d, self.lab.surface, None
            scene = self._view.scene
            if surface is not None and scene is not None and scene.trails is not None:
                path = scene.trails[:, surface.j] if surface.j < scene.trails.shape[1] else None
            self._view.set_overlay(MapPicture(field, d, self.lab.legend, surface, path))
        self.changed.emit()
