"""Paints figures: the one function behind every format, the preview and the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.gui.canvas.act import Act
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.rendering import FINE, PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Recoloured, Scene
from gmm_studio.gui.canvas.vector_points import MOST_SHAPES, is_vector
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.curves.chart import Chart
from gmm_studio.gui.curves.overlay import paint_cursor
from gmm_studio.gui.curves.painting import frame_of, paint_chart
from gmm_studio.gui.figures.figure import Curve, Figure
from gmm_studio.gui.figures.layout import HEADING, framed, lay_out
from gmm_studio.gui.figures.table import paint_table
from gmm_studio.gui.moment import name_of

__all__ = ["FigurePainter", "paint_figure"]

_SCREEN_RATIO, _PRINT_RATIO = 2.0, 300 / 96
"""Pixels of an image inside a vector figure for each of 1/96 inch, at least."""

_LARGEST_IMAGE = 2**24
"""Its pixels."""

_MOST_CELLS = 2**20
"""Of a background, which is smooth."""

_FINE, _HUGE = 1.5, 6.0
"""Pixels for each logical one, from which points are shapes in pictures too."""

_PAD = 16.0


def paint_figure(
    painter: QPainter,
    size: QSizeF,
    figure: Figure,
    cancelled: Callable[[], bool] = never,
) -> None:
    """Paint a figure from the origin; from any thread.

    Parameters
    ----------
    painter : QPainter
        On an image, or on what has no pixels: there points are shapes, up to 5,000 of them.
    size : QSizeF
        In the units of the painter, which are pixels of an image. Of the figure's proportions.
    figure : Figure
    cancelled : callable
        Asked between pieces of the work.

    Raises
    ------
    InputError
        When there is no room for its parts.
    Cancelled
        When `cancelled` returned true.
    """
    figure.painting(size, vector=is_vector(painter), cancelled=cancelled).paint(painter)


class FigurePainter:
    """Paints a figure, whole or a strip at a time. Belongs to one thread.

    Parameters
    ----------
    figure : Figure
    size : QSizeF
        Of the whole.
    vector : bool
        Whether what is painted on has no pixels.
    renderer : Renderer, optional
        One that has painted the cloud before: frames of an animation take less time.
    cancelled : callable
    """

    def __init__(
        self,
        figure: Figure,
        size: QSizeF,
        *,
        vector: bool = False,
        renderer: Renderer | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self._figure, self._size, self._cancelled = figure, size, cancelled
        self._renderer = renderer or Renderer()
        self._chart: Chart | None = None
        self._style = figure.style
        wanted = figure.size
        width = wanted.width() / figure.sheet.stretch
        self._scale = size.width() / width
        self._layout = lay_out(figure, width, size.height() / self._scale)
        # What has no pixels is painted in the figure's own: of 1/96 inch.
        unit = wanted.width() / size.width() if vector else 1.0
        cloud = self._layout.cloud
        self._cloud = cloud if vector else _on_pixels(cloud, self._scale)
        self._viewport = framed(
            figure.shot.viewport,
            self._cloud.width(),
            self._cloud.height(),
            figure.shot.scene.cloud.d,
        )
        ratio = self._image_ratio(unit) if vector else self._scale
        self._request = self._requested(ratio)
        self._shades = self._renderer.shades(self._request, cancelled)
        self._scene = self._with_points(self._recoloured(), vector=vector)

    def _image_ratio(self, unit: float) -> float:
        """Of an image of the points inside what has no pixels."""
        sheet = self._figure.sheet
        least = _SCREEN_RATIO if sheet.unit == "px" else _PRINT_RATIO
        wanted = max(sheet.ratio, least) * self._scale * unit
        area = self._cloud.width() * self._cloud.height()
        return float(min(wanted, (_LARGEST_IMAGE / area) ** 0.5))

    def _requested(self, ratio: float) -> PictureRequest:
        scene, viewport = self._figure.shot.scene, self._viewport
        return PictureRequest(
            scene.cloud,
            scene.colouring,
            look_of(self._style.palette, scene.mixture.k if scene.mixture else 1),
            viewport.width,
            viewport.height,
            ratio,
            mixture=scene.mixture,
            reference=scene.reference,
            layers=scene.layers,
            cell=max(FINE, (viewport.width * viewport.height / _MOST_CELLS) ** 0.5),
            viewport=viewport,
            selection=self._figure.shot.selection,
            act=scene.overlay if isinstance(scene.overlay, Act) else None,
        )

    def _recoloured(self) -> Scene:
        """The scene in the colours of the figure's theme."""
        scene = replace(self._figure.shot.scene, points=None, dots=None, halo=None, field=None)
        if isinstance(scene.overlay, Recoloured):
            scene = replace(scene, overlay=scene.overlay.in_palette(self._style.palette))
        return scene

    def _with_points(self, scene: Scene, *, vector: bool) -> Scene:
        """The scene with all that does not have to be rendered strip by strip."""
        request, renderer = self._request, self._renderer
        marks, histogram = renderer.marks(request), renderer.histogram(request)
        scene = replace(scene, marks=marks, histogram=histogram)
        if scene.cloud.d == 2:
            field = renderer.field(request, self._viewport, self._cancelled)
            scene = replace(scene, field=field)
        # Ticks of the rug are as wide as a pixel of the screen: finer pictures have them as wide.
        # And pixel by pixel, dots take longer the larger they are.
        shapes = vector or self._scale >= (_FINE if scene.cloud.d == 1 else _HUGE)
        if shapes and scene.cloud.n <= MOST_SHAPES:
            return replace(scene, dots=renderer.dots(request, self._shades))
        if vector or scene.cloud.d == 1:
            return self._rendered(scene, self._viewport)
        return scene

    def _rendered(self, scene: Scene, viewport: Viewport) -> Scene:
        points, halo = self._renderer.points(
            replace(self._request, viewport=viewport, height=viewport.height),
            viewport,
            self._shades,
            self._cancelled,
        )
        return replace(scene, points=points, halo=halo)

    def paint(self, painter: QPainter, top: int = 0, bottom: int | None = None) -> None:
        """Paint the rows of pixels between two of them, the upper one at the origin."""
        if self._cancelled():
            raise Cancelled
        scene = self._scene
        if scene.points is None and scene.dots is None:
            end = round(self._size.height()) if bottom is None else bottom
            scene = self._strip(scene, top, end)
        painter.save()
        painter.translate(0, -top)
        painter.scale(self._scale, self._scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        self._paint_parts(painter, scene)
        painter.restore()

    def _strip(self, scene: Scene, top: int, bottom: int) -> Scene:
        """The scene with the points that fall between two rows of pixels."""
        upper = round(self._cloud.top() * self._scale)
        lower = round(self._cloud.bottom() * self._scale)
        first, last = max(top, upper) - upper, min(bottom, lower) - upper
        if first >= last:
            return scene
        whole = self._viewport
        unit = (whole.top - whole.bottom) / (lower - upper)
        strip = replace(
            whole,
            top=whole.top - first * unit,
            bottom=whole.top - last * unit,
            height=(last - first) / self._scale,
        )
        return self._rendered(scene, strip)

    def _paint_parts(self, painter: QPainter, scene: Scene) -> None:
        figure, style, layout = self._figure, self._style, self._layout
        sheet, shot = figure.sheet, figure.shot
        ground = not sheet.transparent
        if ground:
            # A page of a PDF is a whole number of points, and so may be a little larger.
            whole = QRectF(0, 0, layout.width, layout.height).adjusted(-2, -2, 2, 2)
            painter.fillRect(whole, QColor(style.palette.canvas))
        painter.save()
        painter.translate(self._cloud.topLeft())
        paint_scene(painter, self._viewport, scene, style, ground=False, legend=sheet.legend)
        painter.restore()
        if layout.curve is not None and shot.curve is not None:
            self._paint_curve(painter, layout.curve, shot.curve)
        if layout.table is not None:
            paint_table(painter, layout.table, scene, shot.log_likelihood, style)
        if layout.title is not None:
            self._paint_title(painter, layout.title)

    def _paint_curve(self, painter: QPainter, area: QRectF, curve: Curve) -> None:
        style = self._style
        if self._chart is None:
            self._chart = curve.chart(style.palette)
        chart = self._chart
        metrics = QFontMetricsF(style.font)
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.translate(area.topLeft())
        painter.setFont(style.font)
        painter.setPen(QColor(style.palette.text))
        base = 0.5 * (HEADING + metrics.ascent() - metrics.descent())
        painter.drawText(QPointF(_PAD, base), curve.name)
        painter.translate(0, HEADING)
        frame = frame_of(chart, area.width(), area.height() - HEADING, style, curve.zoomed)
        paint_chart(painter, chart, frame, style)
        paint_cursor(painter, chart, frame, style, curve.cursor)
        painter.restore()

    def _paint_title(self, painter: QPainter, area: QRectF) -> None:
        """The name of the cloud, and beside it what of the run is shown."""
        shot, style = self._figure.shot, self._style
        bold = QFont(style.font)
        bold.setPixelSize(15)
        bold.setWeight(QFont.Weight.DemiBold)
        large, small = QFontMetricsF(bold), QFontMetricsF(style.font)
        base = area.top() + 0.5 * (area.height() + large.ascent() - large.descent())
        moment = name_of(shot.scene.moment)
        gap = 12.0
        room = area.width() - 2 * _PAD - gap - small.horizontalAdvance(moment)
        name = large.elidedText(shot.name, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.setFont(bold)
        painter.setPen(QColor(style.palette.text))
        painter.drawText(QPointF(_PAD, base), name)
        painter.setFont(style.font)
        painter.setPen(QColor(style.palette.muted))
        left = _PAD + large.horizontalAdvance(name) + gap
        painter.drawText(QPointF(left, base), moment)


def _on_pixels(area: QRectF, scale: float) -> QRectF:
    """The same with its sides between pixels, so that points are crisp."""
    left, top = round(area.left() * scale) / scale, round(area.top() * scale) / scale
    right, bottom = round(area.right() * scale) / scale, round(area.bottom() * scale) / scale
    return QRectF(left, top, right - left, bottom - top)
