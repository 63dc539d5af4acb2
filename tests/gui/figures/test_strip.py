"""Strips: which iterations they show, each in its panel, in every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gmm_studio import InputError
from gmm_studio.core.errors import Cancelled
from gmm_studio.gui.animation.frames import figure_of
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour
from gmm_studio.gui.figures import writers
from gmm_studio.gui.figures.figure import Sheet
from gmm_studio.gui.figures.painting import paint_figure
from gmm_studio.gui.figures.strip import Strip, chosen_iterations
from gmm_studio.gui.figures.writers import paint_image, save_figure
from gmm_studio.gui.moment import Moment
from tests.gui.animation.making import PLACES, VIEW, take
from tests.gui.figures.making import by_librsvg, by_poppler, by_qt

GAP, CAPTION = 12.0, 28.0


def strip(sheet: Sheet, palette: Palette = LIGHT, iterations: tuple[int, ...] = (0, 1, 2, 4)):
    of = take(palette=palette)
    return Strip.of([figure_of(of, sheet, Moment(t)) for t in iterations])


def place_of(panel: int, x: float, y: float, size: tuple[int, int]) -> tuple[float, float]:
    """The pixel of a place in a panel of two columns and two rows."""
    wide, high = (size[0] - 3 * GAP) / 2, (size[1] - GAP) / 2 - CAPTION
    row, column = divmod(panel, 2)
    scale = min(wide / (VIEW.right - VIEW.left), high / (VIEW.top - VIEW.bottom))
    across = GAP + column * (wide + GAP) + 0.5 * wide + x * scale
    down = CAPTION + row * (high + CAPTION) + 0.5 * high - y * scale
    return across, down


def colours(image: QImage, panel: int, x: float, y: float) -> set[str]:
    across, down = place_of(panel, x, y, (image.width(), image.height()))
    # Beside the number of the mean, inside its disc.
    return {
        image.pixelColor(round(across + side), round(down + lower)).name()
        for side in (-5, 5)
        for lower in (-1, 1)
    }


def check(image: QImage, palette: Palette, within: int = 3) -> None:
    """Each panel has its own step, and not that of another."""
    for panel, t in enumerate((0, 1, 2, 4)):
        for other in (0, 1, 2, 4):
            wanted = component_colour(palette, 0) if other == t else palette.canvas
            for name in colours(image, panel, PLACES[other], 1.0):
                found, expected = QColor(name), QColor(wanted)
                away = max(
                    abs(found.red() - expected.red()),
                    abs(found.green() - expected.green()),
                    abs(found.blue() - expected.blue()),
                )
                assert away <= within, (panel, other, name, wanted)


def test_the_usual_iterations_and_the_end():
    assert chosen_iterations(42) == (1, 2, 5, 10, 20, 42)
    assert chosen_iterations(10) == (1, 2, 5, 10)
    assert chosen_iterations(0) == (0,)
    assert chosen_iterations(9, [0, 3, 99]) == (0, 3, 9)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_panels_show_their_steps(qapp: QApplication, palette: Palette):
    check(paint_image(strip(Sheet(800, 600), palette)), palette)


def test_it_has_the_proportions_of_the_screen(qapp: QApplication):
    made = strip(Sheet(800))
    panel = (800 - 3 * GAP) / 2
    high = panel * VIEW.height / VIEW.width
    assert made.size.height() == pytest.approx(2 * (high + CAPTION) + GAP)
    assert (made.columns, made.rows) == (2, 2)
    six = strip(Sheet(800), iterations=(0, 1, 2, 3, 4, 4))
    assert (six.columns, six.rows) == (3, 2)
    three = strip(Sheet(800), iterations=(0, 1, 2))
    assert (three.columns, three.rows) == (3, 1)


def test_every_format_shows_the_same(qapp: QApplication, tmp_path: Path):
    made = strip(Sheet(800, 600))
    for ending in ("png", "svg", "pdf"):
        save_figure(tmp_path / f"a.{ending}", made)
    check(QImage(str(tmp_path / "a.png")), LIGHT)
    check(by_qt(tmp_path / "a.svg", 800, 600), LIGHT)
    for image in (
        by_librsvg(tmp_path / "a.svg", 800, 600),
        by_poppler(tmp_path / "a.pdf", 800, 600),
    ):
        if image is not None:
            check(image, LIGHT)
    assert "Iteration 4" in (tmp_path / "a.svg").read_text()


def test_pieces_of_a_png_leave_no_seam(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = strip(Sheet(400, 300, resolution=2))
    whole = paint_image(made)
    monkeypatch.setattr(writers, "_STRIP", 800 * 90)
    save_figure(tmp_path / "a.png", made)
    pieces = QImage(str(tmp_path / "a.png")).convertToFormat(whole.format())
    first, second = (np.frombuffer(image.constBits(), dtype=np.uint8) for image in (whole, pieces))
    assert (first == second).all()


def test_without_a_ground(qapp: QApplication):
    made = strip(Sheet(800, 600, transparent=True))
    image = paint_image(made)
    assert image.pixelColor(2, 2).alpha() == 0


def test_in_centimetres(qapp: QApplication):
    made = strip(Sheet(16, unit="cm", resolution=300, font_size=8))
    assert made.device_size[0] == round(16 / 2.54 * 300)
    assert paint_image(made).width() == made.device_size[0]
    assert replace(made, sheet=Sheet(8, unit="cm", resolution=300)).size.width() < 400


def test_where_there_is_no_room(qapp: QApplication):
    with pytest.raises(InputError, match="fewer"):
        paint_image(strip(Sheet(120, 90)))


@pytest.mark.parametrize("after", [0, 1, 5, 9])
def test_one_that_is_given_up_leaves_the_painter_as_it_was(qapp: QApplication, after: int):
    asked = iter(range(1000))
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.setFont(QFont("of somebody else", 7))
        with pytest.raises(Cancelled):
            paint_figure(
                painter, QSizeF(800, 600), strip(Sheet(800, 600)), lambda: next(asked) >= after
            )
        assert painter.transform().isIdentity()
        assert painter.font().pointSize() == 7
