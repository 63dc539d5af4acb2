"""How often each method reaches the best optimum that is known, as bars with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmm_studio.gui.colours import mixed
from gmm_studio.gui.laboratory.atlas_task import Rate
from gmm_studio.gui.style import Style

__all__ = ["SuccessView", "percent"]

_LEFT_PAD, _RIGHT_PAD = 2, 12
_BAR = 8
_WHISKER = 5
_GAP = 10
_NARROWEST_BAR = 24


def percent(share: float) -> str:
    """A share as people read it: in whole per cents, but 0 and 100 are exact."""
    value = 100 * share
    if 0 < value < 0.05:
        text = "<\N{THIN SPACE}0.1"
    elif 99.95 <= value < 100:
        text = ">\N{THIN SPACE}99.9"
    elif 0 < value < 0.95 or 99.05 < value < 100:
        text = f"{value:.1f}"
    else:
        text = f"{value:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    words: str
    rate: Rate


class SuccessView(QWidget):
    """A bar for each method."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("success_view")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._style = style
        self._rows: tuple[_Row, ...] = ()
        self.setAccessibleName(self._title())

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.updateGeometry()
        self.update()

    def show_rates(self, rates: Sequence[Rate], names: Mapping[str, str]) -> None:
        """Show methods by their names, in this order; those without a run yet have no bar."""
        self._rows = tuple(
            _Row(names.get(rate.method, rate.method), self._words(rate), rate) for rate in rates
        )
        self.setAccessibleDescription(self.text)
        self.setToolTip(self._tip() if rates else "")
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.update()

    @property
    def text(self) -> str:
        """All rates in one sentence: "random points 42 % (33 to 52), k-means++ 88 % (80 to 93)"."""
        return ", ".join(f"{_uncapitalised(row.name)} {row.words}" for row in self._rows)

    @property
    def margin(self) -> int:
        """Where its text begins."""
        return round(_LEFT_PAD * self._style.scale)

    def bar(self, index: int) -> QRectF:
        """Where the bar of a method would be if all its runs reached the best."""
        row, scale = self._row(index), self._style.scale
        if not self._is_dense:
            height = _BAR * scale
            return QRectF(row.left(), row.top() + self._line + 4 * scale, row.width(), height)
        metrics = QFontMetricsF(self._style.font)
        share = QFontMetricsF(self._bold()).horizontalAdvance(percent(1.0))
        names = max(metrics.horizontalAdvance(row.name) for row in self._rows)
        names = min(names, 0.55 * row.width())
        left = row.left() + names + 8 * scale
        wide = max(row.right() - share - 8 * scale - left, _NARROWEST_BAR * scale)
        height = 0.5 * _BAR * scale
        return QRectF(left, row.center().y() - 0.5 * height, wide, height)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the words for a method are."""
        metrics = QFontMetricsF(self._style.font)
        width = metrics.horizontalAdvance("Random points 42 % (33 to 52)")
        return QSize(round(width + (_LEFT_PAD + _RIGHT_PAD + 24) * self._style.scale), 120)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A line for each method."""
        return QSize(0, round((1 + len(self._rows)) * self._line))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The title and the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._style.font)
        metrics = QFontMetricsF(self._style.font)
        box = QRectF(self.margin, 0, self._width, metrics.height())
        title = self._title()
        if metrics.horizontalAdvance(title) > box.width():
            title = self.tr("Reached best")
        painter.setPen(QColor(self._style.palette.muted))
        _paint_cut(painter, box, title)
        for index, row in enumerate(self._rows):
            self._paint_words(painter, index, row)
            self._paint_bar(painter, self.bar(index), row.rate)
        painter.end()

    def _paint_words(self, painter: QPainter, index: int, row: _Row) -> None:
        """The name, and at the right the share with as much of its interval as has room."""
        palette, box, metrics = self._style.palette, self._row(index), painter.fontMetrics()
        box.setHeight(self._line)
        gap = 8 * self._style.scale
        share = percent(row.rate.share) if row.rate.runs else ""
        rest = row.words.removeprefix(share)
        wide = QFontMetricsF(self._bold()).horizontalAdvance(share)
        room = box.width() - wide - metrics.horizontalAdvance(row.name) - gap
        if self._is_dense or metrics.horizontalAdvance(rest) > room:
            rest = "" if share else "–"
        right = box.right() - metrics.horizontalAdvance(rest)
        end = self.bar(index).left() if self._is_dense else right - wide
        painter.setPen(QColor(palette.text))
        _paint_cut(
            painter, QRectF(box.left(), box.top(), end - gap - box.left(), self._line), row.name
        )
        painter.setPen(QColor(palette.muted))
        painter.drawText(QRectF(right, box.top(), box.right() - right + 1, self._line), _LEFT, rest)
        painter.setPen(QColor(palette.text))
        painter.setFont(self._bold())
        painter.drawText(QRectF(right - wide, box.top(), wide + 1, self._line), _LEFT, share)
        painter.setFont(self._style.font)

    def _paint_bar(self, painter: QPainter, bar: QRectF, rate: Rate) -> None:
        palette, scale = self._style.palette, self._style.scale
        radius = 0.5 * bar.height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.pressed))
        painter.drawRoundedRect(bar, radius, radius)
        if not rate.runs:
            return
        painter.save()
        painter.setClipRect(QRectF(bar.left(), bar.top(), rate.share * bar.width(), bar.height()))
        painter.setBrush(QColor(mixed(palette.accent, palette.panel, 0.62)))
        painter.drawRoundedRect(bar, radius, radius)
        painter.restore()
        if rate.interval is None:
            return
        width = 1.6 * scale
        room = bar.width() - width
        low, high = (bar.left() + 0.5 * width + end * room for end in rate.interval)
        middle, reach = bar.center().y(), min(_WHISKER * scale, 0.9 * bar.height())
        painter.setPen(QPen(QColor(palette.text), width, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QLineF(low, middle, high, middle))
        for end in (low, high):
            painter.drawLine(QLineF(end, middle - reach, end, middle + reach))

    def _row(self, index: int) -> QRectF:
        """The place of a method."""
        pitch = self._pitch
        top = self._line + (0 if self._is_dense else 0.8 * _GAP * self._style.scale)
        return QRectF(self.margin, top + index * pitch, self._width, pitch)

    @property
    def _line(self) -> float:
        return QFontMetricsF(self._style.font).height()

    @property
    def _width(self) -> float:
        return max(self.width() - self.margin - _RIGHT_PAD * self._style.scale, 1.0)

    @property
    def _roomy(self) -> float:
        """The height of a method whose bar is below its name."""
        return self._line + (_BAR + 4) * self._style.scale

    @property
    def _available(self) -> float:
        """The height that there is for each method."""
        room = self.height() - self._line
        return (room - 0.8 * _GAP * self._style.scale) / max(len(self._rows), 1)

    @property
    def _is_dense(self) -> bool:
        """Whether the bars are beside the names."""
        return self._available < self._roomy

    @property
    def _pitch(self) -> float:
        if self._is_dense:
            room = (self.height() - self._line) / max(len(self._rows), 1)
            return max(room, self._line)
        return min(self._available, self._roomy + _GAP * self._style.scale)

    def _bold(self) -> QFont:
        bold = QFont(self._style.font)
        bold.setWeight(QFont.Weight.DemiBold)
        return bold

    def _title(self) -> str:
        return self.tr("Reached the best found")

    def _tip(self) -> str:
        lines = [
            self.tr("{name}: {reached} of {runs} runs").format(
                name=row.name, reached=f"{row.rate.reached:,}", runs=f"{row.rate.runs:,}"
            )
            + (f", {row.words}" if row.rate.runs else "")
            for row in self._rows
        ]
        return "\n".join([*lines, self.tr("In brackets: the 95 % interval (Wilson)")])

    def _words(self, rate: Rate) -> str:
        if not rate.runs:
            return self.tr("no run yet")
        if rate.interval is None:
            return self.tr("{share} (always the same)").format(share=percent(rate.share))
        low, high = (f"{100 * end:.0f}" for end in rate.interval)
        share = percent(rate.share)
        return self.tr("{share} ({low} to {high})").format(share=share, low=low, high=high)


_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def _paint_cut(painter: QPainter, box: QRectF, text: str) -> None:
    """Text, cut at its end where there is no room."""
    room = max(box.width(), 0)
    cut = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(box, _LEFT, cut)


def _uncapitalised(name: str) -> str:
    return name[:1].lower() + name[1:]
