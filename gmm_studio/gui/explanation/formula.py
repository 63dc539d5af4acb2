"""Formulas as boxes on a baseline, set from the fonts at hand and painted by QPainter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QTextLayout,
    QTransform,
)

__all__ = ["Box", "Face", "Glyphs", "Rule", "Shape", "Typesetter", "paint_box", "row", "stack"]

FAMILIES = (
    "STIX Two Text",
    "STIXGeneral",
    "Cambria",
    "Times New Roman",
    "Liberation Serif",
    "Nimbus Roman",
    "DejaVu Serif",
    "Times",
)
"""Serif families with Greek letters; the first that is installed is used.

Families of maths fonts are not among them: their letters have no italic style.
"""

Face: TypeAlias = Literal["italic", "upright", "bold", "plain", "strong"]
"""The first three are serif letters of formulas, the others the program's own text."""

_SCRIPT = 0.7
_SMALLEST = 7
_MOST = 1.2
"""By how much serif letters are enlarged at most to look as large as the text beside them."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A run of text that begins at (x, y) on its baseline; without a colour in the ink's."""

    x: float
    y: float
    text: str
    font: QFont
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin bar, laid on whole pixels."""

    area: QRectF
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline."""

    path: QPainterPath
    colour: str | None = None


Mark: TypeAlias = Glyphs | Rule | Shape


@dataclass(frozen=True, slots=True)
class Box:
    """Marks around a baseline that begins at (0, 0); y grows downwards.

    Attributes
    ----------
    width, ascent, descent : float
        In pixels; the ascent is above the baseline, the descent below.
    marks : tuple of Glyphs, Rule and Shape
    text : str
        The same as plain text.
    """

    width: float
    ascent: float
    descent: float
    marks: tuple[Mark, ...] = ()
    text: str = ""

    @property
    def height(self) -> float:
        """Ascent and descent together."""
        return self.ascent + self.descent

    def moved(self, x: float, y: float) -> tuple[Mark, ...]:
        """The marks, moved."""
        return tuple(_moved(mark, x, y) for mark in self.marks)

    def coloured(self, colour: str) -> Box:
        """The same in a colour, but for what has one already."""
        marks = (mark if mark.colour else replace(mark, colour=colour) for mark in self.marks)
        return replace(self, marks=tuple(marks))

    def wide(self, width: float, align: float = 0.0) -> Box:
        """The same in at least so much width: 0 aligns it to the left, 1 to the right."""
        if width <= self.width:
            return self
        return replace(self, width=width, marks=self.moved((width - self.width) * align, 0))


def row(*boxes: Box, gap: float = 0.0) -> Box:
    """Boxes beside each other on one baseline."""
    marks: list[Mark] = []
    x = 0.0
    for box in boxes:
        marks.extend(box.moved(x, 0))
        x += box.width + gap
    return Box(
        x - gap if boxes else 0.0,
        max((box.ascent for box in boxes), default=0.0),
        max((box.descent for box in boxes), default=0.0),
        tuple(marks),
        "".join(box.text for box in boxes),
    )


def stack(boxes: Iterable[Box], gap: float = 0.0, align: float = 0.0) -> Box:
    """Boxes under each other; the baseline is that of the first."""
    boxes = tuple(boxes)
    width = max(box.width for box in boxes)
    marks: list[Mark] = []
    y = -boxes[0].ascent
    for box in boxes:
        marks.extend(box.moved((width - box.width) * align, y + box.ascent))
        y += box.height + gap
    text = "\n".join(box.text for box in boxes)
    return Box(width, boxes[0].ascent, y - gap, tuple(marks), text)


def paint_box(painter: QPainter, box: Box, x: float, y: float, ink: str) -> None:
    """Paint a box with its baseline from (x, y); the ink colours what has no colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    font: QFont | None = None
    pen = ""
    for mark in box.marks:
        colour = mark.colour or ink
        if isinstance(mark, Glyphs):
            if mark.font is not font:
                font = mark.font
                painter.setFont(font)
            if colour != pen:
                pen = colour
                painter.setPen(QColor(colour))
            painter.drawText(QPointF(mark.x, mark.y), mark.text)
        elif isinstance(mark, Rule):
            painter.fillRect(_on_pixels(mark.area, x, y), QColor(colour))
        else:
            painter.fillPath(mark.path, QColor(colour))
    painter.restore()


class Typesetter:
    """Makes boxes at one size of type.

    Parameters
    ----------
    size : float
        Of the letters of formulas, in pixels.
    font : QFont
        Of numbers and words; its size is not used.
    """

    def __init__(self, size: float, font: QFont) -> None:
        self.size = size
        self.font = font
        self._faces: dict[Face, tuple[QFont, QFontMetricsF]] = {}
        self._letters: dict[tuple[Face, str], Box] = {}

    @cached_property
    def script(self) -> Typesetter:
        """The typesetter of sub- and superscripts."""
        return Typesetter(max(_SMALLEST, _SCRIPT * self.size), self.font)

    @cached_property
    def axis(self) -> float:
        """Height of the maths axis above the baseline: the middle of a plus sign."""
        return -self._face("upright")[1].tightBoundingRect("+").center().y()

    @cached_property
    def line(self) -> float:
        """Thickness of a fraction's bar, in whole pixels."""
        return float(max(1, round(0.06 * self.size)))

    def space(self, ems: float) -> Box:
        """Nothing, so wide; a space in plain text if it is one to the eye."""
        return Box(ems * self.size, 0, 0, text=" " if ems >= 0.1 else "")

    def italic(self, text: str) -> Box:
        """Variables."""
        return self._letter("italic", text)

    def upright(self, text: str) -> Box:
        """Names, digits and operators."""
        return self._letter("upright", text)

    def bold(self, text: str) -> Box:
        """Vectors and matrices."""
        return self._letter("bold", text)

    def relation(self, text: str) -> Box:
        """A sign with space on both sides."""
        sign, space = self._letter("upright", text), self.space(0.28)
        return replace(row(space, sign, space), text=f" {text} ")

    def plain(self, text: str, *, strong: bool = False) -> Box:
        """Words and numbers, in lines of the same height whatever stands in them."""
        font, metrics = self._face("strong" if strong else "plain")
        return Box(
            metrics.horizontalAdvance(text),
            metrics.ascent(),
            metrics.descent(),
            (Glyphs(0, 0, text, font),),
            text,
        )

    def paragraph(self, text: str, width: float) -> Box:
        """Words, broken into lines of at most this width."""
        layout = QTextLayout(text, self._face("plain")[0])
        layout.beginLayout()
        lines: list[Box] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            start = line.textStart()
            lines.append(self.plain(text[start : start + line.textLength()].rstrip()))
        layout.endLayout()
        return replace(stack(lines or [self.plain("")], 0.25 * self.size), text=text)

    def scripts(self, base: Box, below: Box | None = None, above: Box | None = None) -> Box:
        """A base with a subscript, a superscript or both; made by `script`."""
        gap = 0.03 * self.size
        marks = [*base.marks]
        width, ascent, descent = base.width, base.ascent, base.descent
        text = base.text
        rise = max(0.38 * self.size, base.ascent - 0.35 * self.size)
        if below is not None:
            drop = max(0.18 * self.size, below.ascent - 0.8 * self._x_height)
            if above is not None:
                drop = max(drop, below.ascent + above.descent + self.line - rise)
            marks.extend(below.moved(base.width + gap, drop))
            width, descent = base.width + gap + below.width, max(descent, drop + below.descent)
            text += f"_{below.text}"
        if above is not None:
            marks.extend(above.moved(base.width + 3 * gap, -rise))
            width = max(width, base.width + 3 * gap + above.width)
            ascent = max(ascent, rise + above.ascent)
            text += f"^{above.text}"
        return Box(width, ascent, descent, tuple(marks), text)

    def fraction(self, above: Box, below: Box) -> Box:
        """One over the other, the bar on the maths axis."""
        pad, gap, half = 0.12 * self.size, 0.16 * self.size, self.line / 2
        width = max(above.width, below.width) + 2 * pad
        up = self.axis + half + gap + above.descent
        down = -self.axis + half + gap + below.ascent
        marks = (
            *above.moved((width - above.width) / 2, -up),
            Rule(QRectF(0, -self.axis - half, width, self.line)),
            *below.moved((width - below.width) / 2, down),
        )
        text = f"{_closed(above.text)} / {_closed(below.text)}"
        return Box(width, up + above.ascent, down + below.descent, marks, text)

    def total(self, below: Box, above: Box | None = None) -> Box:
        """A sum sign with its limits, made by `script`."""
        high, gap = 1.3 * self.size, 0.14 * self.size
        top = -self.axis - high / 2
        sign = QTransform(high, 0, 0, high, 0, top).map(_SUM)
        width = max(0.9 * high, below.width, above.width if above else 0)
        down = top + high + gap + below.ascent
        marks: list[Mark] = [Shape(sign.translated((width - 0.9 * high) / 2, 0))]
        marks.extend(below.moved((width - below.width) / 2, down))
        ascent = -top
        if above is not None:
            marks.extend(above.moved((width - above.width) / 2, top - gap - above.descent))
            ascent += gap + above.height
        limit = _closed(below.text)
        text = f"sum_{limit}" if above is None else f"sum_{limit}^{above.text}"
        box = Box(width, ascent, down + below.descent, tuple(marks), text)
        return row(box, self.space(0.16))

    def gaussian(self) -> Box:
        """The script N of the normal density, which few fonts have."""
        size = self._face("upright")[1].capHeight() / 0.68
        path = QTransform.fromScale(size, size).map(_NORMAL)
        return Box(0.9 * size, 0.72 * size, 0.02 * size, (Shape(path),), "N")

    def bar(self) -> Box:
        """The upright line of "given"."""
        area = QRectF(0.22 * self.size, -0.74 * self.size, self.line, 0.96 * self.size)
        return Box(0.44 * self.size + self.line, -area.top(), area.bottom(), (Rule(area),), " | ")

    def fenced(self, inner: Box, fence: Literal["(", "[", "|"] = "(") -> Box:
        """Between parentheses, brackets or the double bars of a norm, as high as it needs."""
        half = max(
            0.5 * self.size, inner.ascent - self.axis, inner.descent + self.axis + 0.04 * self.size
        )
        width = {"(": 0.24 + 0.07 * half / self.size, "[": 0.28, "|": 0.4}[fence] * self.size
        area = QRectF(0, -self.axis - half, width, 2 * half)
        left = _fence(fence, area.adjusted(0.05 * self.size, 0, -0.03 * self.size, 0), self.line)
        whole = 2 * width + inner.width
        marks = (*left, *inner.moved(width, 0), *(_mirrored(mark, whole) for mark in left))
        signs = {"(": "()", "[": "()", "|": ("\N{DOUBLE VERTICAL LINE}",) * 2}[fence]
        text = f"{signs[0]}{inner.text}{signs[1]}"
        return Box(2 * width + inner.width, half + self.axis, half - self.axis, marks, text)

    def matrix(self, rows: Sequence[Sequence[Box]], fence: Literal["(", "["] = "[") -> Box:
        """Rows of boxes, aligned to the right in their columns, around the maths axis."""
        columns = [max(box.width for box in column) for column in zip(*rows, strict=True)]
        gap = 0.75 * self.size
        lines = [
            row(*(box.wide(w, 1.0) for box, w in zip(line, columns, strict=True)), gap=gap)
            for line in rows
        ]
        block = stack(lines, 0.12 * self.size)
        rise = block.height / 2 + self.axis
        centred = Box(
            block.width,
            rise,
            block.height - rise,
            block.moved(0, block.ascent - rise),
            "; ".join(", ".join(box.text for box in line) for line in rows),
        )
        return self.fenced(row(self.space(0.08), centred, self.space(0.08)), fence)

    def column(self, entries: Sequence[Box], fence: Literal["(", "["] = "[") -> Box:
        """A column vector."""
        vector = self.matrix([[entry] for entry in entries], fence)
        return replace(vector, text=f"({', '.join(entry.text for entry in entries)})")

    @cached_property
    def _x_height(self) -> float:
        return self._face("upright")[1].xHeight()

    def _letter(self, face: Face, text: str) -> Box:
        box = self._letters.get((face, text))
        if box is None:
            font, metrics = self._face(face)
            ink = metrics.tightBoundingRect(text)
            width = metrics.horizontalAdvance(text)
            marks = (Glyphs(0, 0, text, font),)
            box = Box(width, -ink.top(), max(0.0, ink.bottom()), marks, text)
            self._letters[face, text] = box
        return box

    def _face(self, face: Face) -> tuple[QFont, QFontMetricsF]:
        if face not in self._faces:
            font = QFont(self.font)
            font.setPixelSize(max(_SMALLEST, round(self.size)))
            font.setBold(face in ("bold", "strong"))
            font.setItalic(face == "italic")
            if face in ("italic", "upright", "bold"):
                high = QFontMetricsF(font).xHeight()
                font.setFamilies(FAMILIES)
                font.setStyleHint(QFont.StyleHint.Serif)
                share = high / max(QFontMetricsF(font).xHeight(), 1.0)
                font.setPixelSize(round(font.pixelSize() * min(max(share, 1.0), _MOST)))
            else:
                font.setFeature(QFont.Tag("tnum"), 1)
            self._faces[face] = (font, QFontMetricsF(font))
        return self._faces[face]


def _moved(mark: Mark, x: float, y: float) -> Mark:
    if isinstance(mark, Glyphs):
        return Glyphs(mark.x + x, mark.y + y, mark.text, mark.font, mark.colour)
    if isinstance(mark, Rule):
        return Rule(mark.area.translated(x, y), mark.colour)
    return Shape(mark.path.translated(x, y), mark.colour)


def _on_pixels(area: QRectF, x: float, y: float) -> QRectF:
    """The area on whole pixels, seen from (x, y)."""
    left, top = (math.floor(edge + 0.5) for edge in (area.left() + x, area.top() + y))
    right, bottom = (math.floor(edge + 0.5) for edge in (area.right() + x, area.bottom() + y))
    return QRectF(left - x, top - y, max(1, right - left), max(1, bottom - top))


def _closed(text: str) -> str:
    return f"({text})" if " " in text.strip() else text.strip()


def _fence(kind: str, area: QRectF, line: float) -> tuple[Rule | Shape, ...]:
    """The left one of a pair."""
    x, top, high = area.left(), area.top(), area.height()
    if kind == "|":
        second = x + line + max(2, round(0.3 * area.width()))
        return tuple(Rule(QRectF(at, top, line, high)) for at in (x, second))
    if kind == "[":
        inward = area.width()
        feet = (Rule(QRectF(x, y, inward, line)) for y in (top, area.bottom() - line))
        return (Rule(QRectF(x, top, line, high)), *feet)
    middle, bow = area.center().y(), 2 * x - area.right()
    path = QPainterPath(area.topRight())
    path.quadTo(bow, middle, area.right(), area.bottom())
    pen = QPainterPathStroker()
    pen.setWidth(0.9 * line)
    stroke = pen.createStroke(path)
    path.quadTo(bow + 1.6 * line, middle, area.right(), top)
    return (Shape(path.united(stroke)),)


def _mirrored(mark: Rule | Shape, width: float) -> Rule | Shape:
    """The mark in a box of this width whose right is its left."""
    if isinstance(mark, Rule):
        area = QRectF(mark.area)
        area.moveLeft(width - mark.area.right())
        return Rule(area)
    return Shape(QTransform(-1, 0, 0, 1, width, 0).map(mark.path))


def _sum_sign() -> QPainterPath:
    """A sum sign of height 1 and width 0.9 with its top left corner at the origin."""
    path = QPainterPath(QPointF(0.03, 0))
    path.lineTo(0.80, 0)
    path.lineTo(0.83, 0.22)
    path.lineTo(0.79, 0.22)
    path.quadTo(0.75, 0.075, 0.60, 0.07)
    path.lineTo(0.21, 0.07)
    path.lineTo(0.51, 0.47)
    path.lineTo(0.14, 0.905)
    path.lineTo(0.62, 0.905)
    path.quadTo(0.79, 0.90, 0.83, 0.74)
    path.lineTo(0.87, 0.74)
    path.lineTo(0.82, 1)
    path.lineTo(0.03, 1)
    path.lineTo(0.03, 0.965)
    path.lineTo(0.40, 0.52)
    path.lineTo(0.03, 0.04)
    path.closeSubpath()
    return path


def _normal_sign() -> QPainterPath:
    """A script N of size 1 on the baseline, its diagonal thicker than its stems."""
    stems = QPainterPath(QPointF(0.04, -0.07))
    stems.cubicTo(0.07, 0.03, 0.14, 0.02, 0.18, -0.10)
    stems.cubicTo(0.23, -0.27, 0.25, -0.50, 0.29, -0.68)
    stems.moveTo(0.58, -0.01)
    stems.cubicTo(0.60, -0.20, 0.63, -0.45, 0.68, -0.59)
    stems.cubicTo(0.71, -0.68, 0.79, -0.72, 0.86, -0.65)
    diagonal = QPainterPath(QPointF(0.30, -0.67))
    diagonal.cubicTo(0.37, -0.50, 0.46, -0.22, 0.57, -0.02)
    pen = QPainterPathStroker()
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setWidth(0.05)
    sign = pen.createStroke(stems)
    pen.setWidth(0.085)
    sign.addPath(pen.createStroke(diagonal))
    sign.setFillRule(Qt.FillRule.WindingFill)
    return sign


_SUM = _sum_sign()
_NORMAL = _normal_sign()
