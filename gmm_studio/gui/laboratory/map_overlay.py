"""The basin map and the likelihood of a seed over the cloud view: which one, of what, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.export.own_units import own_places
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.field_painting import paint_field
from gmm_studio.gui.canvas.scene import Field
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.laboratory.basin_lab import BasinLab
from gmm_studio.gui.laboratory.basin_layer import paint_basin_strip, veil_field
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, LegendEntry, LegendPlace
from gmm_studio.gui.laboratory.basin_legend_handle import LegendHandle
from gmm_studio.gui.laboratory.basin_legend_layout import USUAL
from gmm_studio.gui.laboratory.basin_legend_painting import (
    LegendPainter,
    paint_basin_legend,
    paint_optimum,
)
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
    place : LegendPlace
        Of the legend.
    pointed : LegendEntry or None
        Whose optimum is shown on the cloud.
    veil : Field or None
        Over the basins of the others.
    kept : LegendPainter or None
        Paints the legend on the screen.
    surface : Surface or None
        A log-likelihood instead of basins.
    path : ndarray, shape (steps, d), or None
        The way of the mean over that.
    fields : callable or None
        Makes `field` in the colours of another theme.
    is_aside : bool
        Whether the legend is not on the screen, because points are painted there.
    """

    field: Field
    d: int
    legend: BasinLegend | None = None
    place: LegendPlace = USUAL
    pointed: LegendEntry | None = None
    veil: Field | None = None
    kept: LegendPainter | None = None
    surface: Surface | None = None
    path: FloatArray | None = None
    fields: Callable[[Palette], Field] | None = None
    is_aside: bool = False

    def in_palette(self, palette: Palette) -> MapPicture:
        """The map in the colours of a theme, without what is pointed at."""
        field = self.field if self.fields is None else self.fields(palette)
        return replace(self, field=field, pointed=None, veil=None)

    def paint_below(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint the map."""
        paint = paint_basin_strip if self.d == 1 else paint_field
        paint(painter, viewport, self.field, style)
        if self.veil is not None:
            paint(painter, viewport, self.veil, style)

    def paint_above(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint the legend, or the way of the mean."""
        if self.pointed is not None:
            paint_optimum(painter, viewport, self.pointed.mixture, style)
        if self.legend is not None:
            # A picture that is saved has its text as text.
            on_screen = isinstance(painter.device(), QWidget)
            paint = self.kept.paint if self.kept and on_screen else paint_basin_legend
            if not (on_screen and self.is_aside):
                paint(painter, viewport, self.legend, style, self.place, self.pointed)
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
        self,
        session: Session,
        view: CloudView,
        hands: Hands,
        stage: Stage,
        palette: Palette,
        settings: QSettings,
    ) -> None:
        super().__init__(view)
        self._session, self._view, self._hands, self._stage = session, view, hands, stage
        self._palette, self._settings = palette, settings
        self._j = 0
        self._kept = LegendPainter()
        self.legend = LegendHandle(view, _place_in(settings))
        self.legend.changed.connect(self._show_picture)
        self.legend.moved.connect(self._remember)
        self.legend.entry_clicked.connect(self.lead_to)
        view.viewport_changed.connect(self._lay_legend)
        self.lab = BasinLab(palette, self)
        self.lab.changed.connect(self._on_changed)
        self.lab.failed.connect(self.failed)
        stage.presented.connect(self.refresh)
        hands.pin_changed.connect(self.refresh)
        hands.tool_changed.connect(self._show_map)

    @property
    def is_on(self) -> bool:
        """Whether one of the two is wanted."""
        wanted = self._stage.layers.background in ("basins", "likelihood")
        return wanted and self._stage.act is None

    def refresh(self) -> None:
        """Ask for what should be seen now."""
        if not self.is_on:
            if self._view.overlay is not None:
                self.legend.hide()
                self.lab.clear()
                self._view.set_overlay(None)
            return
        self._lay_legend()
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

    def lead_to(self, entry: LegendEntry) -> None:
        """Move the seed to the nearest cell that leads to an optimum, and play from there."""
        basins, request = self.lab.map, self.lab.request
        seeds = self._session.seeds
        if basins is None or request is None or request.j >= len(seeds):
            return
        here = seeds[request.j] or tuple(request.mixture.means[request.j].tolist())
        place = basins.nearest(entry.number, here[0], here[-1])[: len(here)]
        if place == here:
            self._session.playback.move_to(0)
            self._session.playback.play()
        else:
            self._session.move_seed(request.j, place)

    def cancel(self) -> bool:
        """Give up what is computed; whether something was."""
        was = self.is_on and self.lab.is_busy
        self.lab.cancel()
        return was

    def save_numbers(self, window: QWidget) -> bool:
        """Ask where to write the map as a table; False if there is none."""
        basins, request = self.lab.map, self.lab.request
        if basins is None or request is None or not self.is_on:
            return False
        d, tolerance = request.cloud.d, request.configuration.tolerance
        own = own_places(request.cloud, basins)
        dialog = QFileDialog(window, self.tr("Save the basin map"), "", self.tr("Table (*.csv)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")

        def save(chosen: str) -> None:
            path = Path(chosen)
            self._session.export(lambda _: write_map_csv(path, own, d, tolerance), path)

        dialog.fileSelected.connect(save)
        dialog.open()
        return True

    def set_palette(self, palette: Palette) -> None:
        """Use the colours of another theme."""
        self._palette = palette
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

    def _show_map(self) -> None:
        self._lay_legend()
        self._show_picture()

    def _on_changed(self) -> None:
        self._show_map()
        self.changed.emit()

    def _lay_legend(self) -> None:
        """The legend's handle where the legend is."""
        legend, viewport = self.lab.legend, self._view.viewport
        is_seen = self.is_on and self._hands.tool != "draw"
        if legend is not None and viewport is not None and is_seen:
            self.legend.show_legend(legend, viewport, self._view.style_of_scene)
        else:
            self.legend.hide()

    def _show_picture(self) -> None:
        field, request = self.lab.field, self.lab.request
        if not self.is_on:
            return
        if field is None or request is None:
            # What was there is of another cloud or model.
            self._view.set_overlay(None)
            return
        scene, surface, path, veil = self._view.scene, self.lab.surface, None, None
        if surface is not None and scene is not None and scene.trails is not None:
            path = scene.trails[:, surface.j] if surface.j < scene.trails.shape[1] else None
        pointed, basins = self.legend.pointed, self.lab.map
        if pointed is not None and basins is not None:
            veil = veil_field(basins, pointed.number, request.viewport, self._palette)
        self._view.set_overlay(
            MapPicture(
                field,
                self._session.document.cloud.d,
                self.lab.legend,
                self.legend.place,
                pointed,
                veil,
                self._kept,
                surface,
                path,
                self.lab.fields,
                self._hands.tool == "draw",
            )
        )

    def _remember(self) -> None:
        place = self.legend.place
        corner = "" if place.corner is None else f"{place.corner[0]:.4f} {place.corner[1]:.4f}"
        self._settings.setValue("map/legend_corner", corner)
        self._settings.setValue("map/legend_folded", place.folded)


def _place_in(settings: QSettings) -> LegendPlace:
    """Where the legend was in the last session."""
    folded = settings.value("map/legend_folded", False, type=bool) is True
    try:
        across, down = map(float, str(settings.value("map/legend_corner", "")).split())
    except ValueError:
        return LegendPlace(folded=folded)
    corner = min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)
    return LegendPlace(corner, folded)
