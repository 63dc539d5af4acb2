"""Pages that are painted: boxes at their places, and what a click on them means."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from gmm_studio.gui.explanation.formula import Box, Rule, Typesetter
from gmm_studio.gui.style import Style

__all__ = ["MATHS", "ROW", "SIZES", "TEXT", "Item", "Setters", "Sheet", "Writer"]

TEXT = 13
"""Size of text, in pixels at scale 1; formulas and headings are of `MATHS`."""

MATHS = 15
ROW = 22
"""Height of a row of a table."""

SIZES = (1.0, 0.93, 0.86, 0.78, 0.7, 0.6)
"""What is too wide is set smaller, by the first of these that does."""

_MARGIN = 16


@dataclass(frozen=True, slots=True)
class Item:
    """A box with its baseline from (x, y) and the ink of what has no colour of its own."""

    box: Box
    x: float
    y: float
    ink: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page.

    Attributes
    ----------
    items : tuple of Item
    hits : tuple of (QRectF, int)
        Where a click chooses which component.
    height : float
    lines : tuple of str
        The same as plain text.
    """

    items: tuple[Item, ...]
    hits: tuple[tuple[QRectF, int], ...]
    height: float
    lines: tuple[str, ...]


class Setters:
    """The typesetters of a style, and the formulas they have set already."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._setters: dict[float, Typesetter] = {}
        self._formulas: dict[Hashable, Box] = {}

    def at(self, pixels: float) -> Typesetter:
        """The typesetter of a size, in pixels at scale 1."""
        if pixels not in self._setters:
            self._setters[pixels] = Typesetter(pixels * self._style.scale, self._style.font)
        return self._setters[pixels]

    def fitted(self, pixels: float, width: float, make: Callable[[Typesetter], Box]) -> Box:
        """A box at this size, or smaller so that it is at most so wide."""
        for share in SIZES:
            box = make(self.at(share * pixels))
            if box.width <= width:
                break
        return box

    def formula(self, key: Hashable, width: float, make: Callable[[Typesetter], Box]) -> Box:
        """The same, kept for the next time."""
        if (key, width) not in self._formulas:
            self._formulas[key, width] = self.fitted(MATHS, width, make)
        return self._formulas[key, width]


class Writer:
    """Writes down a page."""

    def __init__(self, width: float, style: Style, setters: Setters) -> None:
        self.style = style
        self.palette = style.palette
        self.setters = setters
        self.left = float(_MARGIN)
        self.width = width - 2 * _MARGIN
        self.text = setters.at(TEXT)
        self.faded = False
        self._y = float(_MARGIN)
        self._items: list[Item] = []
        self._hits: list[tuple[QRectF, int]] = []
        self._lines: list[str] = []

    def sheet(self) -> Sheet:
        """The page as it is written."""
        height = self._y + _MARGIN
        return Sheet(tuple(self._items), tuple(self._hits), height, tuple(self._lines))

    @property
    def ink(self) -> str:
        """The colour of what has none: paler while the writer is `faded`."""
        return self.palette.muted if self.faded else self.palette.text

    @property
    def row(self) -> float:
        """Height of a row of a table, in pixels."""
        return ROW * self.style.scale

    @property
    def base(self) -> float:
        """Where in a row the baseline is."""
        return 0.5 * self.row + 0.36 * self.text.size

    def place(self, box: Box, x: float, y: float) -> None:
        """Put a box with its baseline from (x, y), y from where the page has come to."""
        self._items.append(Item(box, self.left + x, round(self._y + y), self.ink))

    def hit(self, x: float, y: float, width: float, height: float, j: int) -> None:
        """Let a click there choose component `j`; (x, y) as for `place`."""
        self._hits.append((QRectF(self.left + x, self._y + y, width, height), j))

    def skip(self, pixels: float) -> None:
        """Leave so many pixels (at scale 1) free."""
        self._y += pixels * self.style.scale

    def say(self, line: str) -> None:
        """Add a line to the plain text."""
        self._lines.append(line)

    def below(self, box: Box, *, align: float = 0.0) -> None:
        """Put a box under what is there."""
        self.place(box, (self.width - box.width) * align, box.ascent)
        self._y += math.ceil(box.height)

    def paragraph(self, text: str, *, muted: bool = False) -> None:
        """Write words."""
        box = self.text.paragraph(text, self.width)
        self.below(box.coloured(self.palette.muted) if muted else box)
        self.skip(8)
        self.say(text)

    def line(self) -> None:
        """Draw a line between two parts of the page."""
        self.skip(8)
        rule = Rule(QRectF(0, 0, self.width, 1), self.palette.border)
        self.place(Box(self.width, 0, 1, (rule,)), 0, 0)
        self.skip(16)

    def heading(self, title: str, status: str, badge: Box | None = None) -> None:
        """Write a title, what is beside it, and at the right in what state that part is."""
        self.say(title)
        box = self.setters.at(MATHS).plain(title, strong=True)
        self.place(box, 0, box.ascent)
        if badge is not None:
            self.place(badge, box.width + 8 * self.style.scale, box.ascent)
        if status:
            note = self.text.plain(status).coloured(self.palette.muted)
            self.place(note, self.width - note.width, box.ascent)
        self._y += math.ceil(box.height)
        self.skip(10)

    def formula(self, key: Hashable, make: Callable[[Typesetter], Box]) -> Box:
        """A formula that fits into the page; the same key is the same formula."""
        return self.setters.formula(key, self.width, make)

    def fitted(self, make: Callable[[Typesetter], Box]) -> Box:
        """A box of text that fits into the page."""
        return self.setters.fitted(TEXT, self.width, make)
