"""Formulas are where a typesetter would put them, and look so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from pytestqt.qtbot import QtBot

from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.gui.colours import LIGHT, component_colour
from gmm_studio.gui.explanation import equations, formula
from gmm_studio.gui.explanation.equations import broken, disc, number_box, value_box
from gmm_studio.gui.explanation.formula import (
    Box,
    Glyphs,
    Mark,
    Rule,
    Shape,
    Typesetter,
    paint_box,
    row,
    stack,
)
from gmm_studio.gui.explanation.symbols import Notation
from tests.gui.acting import colour_at, rgb

SIZE = 30.0


@pytest.fixture(params=["installed", "DejaVu Serif"])
def t(qtbot: QtBot, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Typesetter:
    """One with the best serif that is there, one with what a bare system has."""
    if request.param != "installed":
        monkeypatch.setattr(formula, "FAMILIES", (request.param,))
    return Typesetter(SIZE, QFont())


def ink(mark: Mark) -> QRectF:
    """Where a mark is, from the box's baseline."""
    if isinstance(mark, Glyphs):
        return QFontMetricsF(mark.font).tightBoundingRect(mark.text).translated(mark.x, mark.y)
    return mark.area if isinstance(mark, Rule) else mark.path.boundingRect()


def glyphs(box: Box, text: str) -> Glyphs:
    return next(mark for mark in box.marks if isinstance(mark, Glyphs) and mark.text == text)


def painted(box: Box) -> QImage:
    """The box in black on white, with 10 pixels around it."""
    image = QImage(int(box.width) + 20, int(box.height) + 20, QImage.Format.Format_RGB32)
    image.fill("#ffffff")
    painter = QPainter(image)
    paint_box(painter, box, 10, 10 + box.ascent, "#000000")
    painter.end()
    return image


def darkness(image: QImage, x: int, y: int) -> int:
    return 255 - colour_at(image, (x, y))[0]


def test_a_row_has_one_baseline_and_the_width_of_its_boxes(t: Typesetter) -> None:
    a, b = t.italic("r"), t.upright("+")
    both = row(a, b, gap=3)
    assert both.width == pytest.approx(a.width + 3 + b.width)
    assert both.ascent == max(a.ascent, b.ascent)
    assert [mark.y for mark in both.marks if isinstance(mark, Glyphs)] == [0, 0]
    assert both.text == "r+"
    assert row().width == 0


def test_a_stack_is_as_high_as_its_boxes(t: Typesetter) -> None:
    a, b = t.plain("one"), t.plain("two")
    both = stack((a, b), 5)
    assert both.ascent == a.ascent
    assert both.height == pytest.approx(a.height + 5 + b.height)
    assert both.text == "one\ntwo"


def test_the_bar_of_a_fraction_is_between_its_parts_on_the_axis(t: Typesetter) -> None:
    box = t.fraction(t.italic("N"), row(t.upright("2"), t.italic("N")))
    bar = next(mark.area for mark in box.marks if isinstance(mark, Rule))
    top, bottom = ink(glyphs(box, "N")), ink(glyphs(box, "2"))
    assert top.bottom() < bar.top() < bar.bottom() < bottom.top()
    assert bar.center().y() == pytest.approx(-t.axis)
    assert (bar.left(), bar.right()) == (0, pytest.approx(box.width))
    assert top.center().x() == pytest.approx(box.width / 2, abs=3)
    assert -box.ascent <= top.top()
    assert bottom.bottom() <= box.descent
    assert box.text == "N / 2N"


def test_the_bar_can_be_seen_at_its_place(t: Typesetter) -> None:
    box = t.fraction(t.upright("1"), t.italic("N"))
    image = painted(box)
    rows = [
        y
        for y in range(image.height())
        if all(darkness(image, x, y) > 200 for x in range(11, int(box.width) + 8))
    ]
    assert rows, "a bar from side to side"
    assert rows[0] == pytest.approx(10 + box.ascent - t.axis, abs=2)


def test_scripts_are_smaller_and_lower_or_higher(t: Typesetter) -> None:
    base = t.italic("σ")
    box = t.scripts(base, t.script.italic("k"), t.script.upright("2"))
    low, high = glyphs(box, "k"), glyphs(box, "2")
    assert low.font.pixelSize() == pytest.approx(0.7 * glyphs(box, "σ").font.pixelSize(), abs=1)
    assert ink(low).bottom() > ink(glyphs(box, "σ")).bottom()
    assert ink(high).top() < ink(glyphs(box, "σ")).top()
    assert ink(high).bottom() < ink(low).top(), "they don't touch"
    assert min(low.x, high.x) >= base.width
    assert box.text == "σ_k^2"


def test_the_limits_of_a_sum_are_below_and_above_it(t: Typesetter) -> None:
    box = t.total(t.script.italic("n"), t.script.italic("N"))
    sign = next(mark for mark in box.marks if isinstance(mark, Shape)).path.boundingRect()
    below, above = ink(glyphs(box, "n")), ink(glyphs(box, "N"))
    assert above.bottom() < sign.top() < sign.bottom() < below.top()
    assert sign.center().y() == pytest.approx(-t.axis, abs=0.5)
    assert below.center().x() == pytest.approx(sign.center().x(), abs=2)
    assert sign.height() > 1.2 * ink(glyphs(row(t.upright("N")), "N")).height()


@pytest.mark.parametrize("fence", ["(", "[", "|"])
def test_fences_grow_with_what_they_hold(t: Typesetter, fence: str) -> None:
    low = t.fenced(t.italic("x"), fence)  # type: ignore[arg-type]
    high = t.fenced(t.fraction(t.italic("x"), t.italic("y")), fence)  # type: ignore[arg-type]

    def fences(box: Box) -> list[QRectF]:
        return [ink(box.marks[0]), ink(box.marks[-1])]

    assert fences(high)[0].height() >= fences(low)[0].height() + 10 or fence == "["
    assert high.height > low.height + 10
    for box in (low, high):
        inner = [ink(mark) for mark in box.marks if isinstance(mark, Glyphs)]
        first, last = fences(box)
        assert first.left() >= 0
        assert last.right() <= box.width
        assert first.left() < inner[0].left()
        assert last.right() > inner[-1].right()
        edges = [edge for mark in box.marks for edge in (ink(mark).left(), ink(mark).right())]
        assert min(edges) == pytest.approx(box.width - max(edges), abs=0.01), "mirror images"


def test_a_matrix_has_columns_and_is_centred_on_the_axis(t: Typesetter) -> None:
    cells = [[t.plain(text) for text in line] for line in (("1.25", "−0.5"), ("−0.5", "12.75"))]
    box = t.matrix(cells)
    assert (box.ascent - t.axis) == pytest.approx(box.descent + t.axis, abs=1)
    ends = [
        mark.x + QFontMetricsF(mark.font).horizontalAdvance(mark.text)
        for mark in box.marks
        if isinstance(mark, Glyphs)
    ]
    assert ends[0] == pytest.approx(ends[2])
    assert ends[1] == pytest.approx(ends[3])
    heights = [mark.y for mark in box.marks if isinstance(mark, Glyphs)]
    assert heights[0] == heights[1] < heights[2] == heights[3]
    assert box.text == "(1.25, −0.5; −0.5, 12.75)"
    assert t.column([t.plain("1"), t.plain("2")]).text == "(1, 2)"
    taller = t.matrix([*cells, cells[0]])
    assert taller.height > box.height + t.plain("1").ascent


def test_a_colour_is_given_to_what_has_none(t: Typesetter) -> None:
    box = row(t.plain("a").coloured("#ff0000"), t.plain("b")).coloured("#0000ff")
    assert [mark.colour for mark in box.marks] == ["#ff0000", "#0000ff"]


def test_a_paragraph_keeps_its_width_and_its_words(t: Typesetter) -> None:
    text = "The log-likelihood rose by 30.4, and component 2 moved most of all."
    box = t.paragraph(text, 300)
    lines = [mark for mark in box.marks if isinstance(mark, Glyphs)]
    assert len(lines) > 2
    assert box.width <= 300
    assert " ".join(line.text for line in lines).replace("- ", "-") == text
    assert box.text == text
    assert t.paragraph("", 300).height > 0


def test_powers_of_ten_are_raised_and_read_well(t: Typesetter) -> None:
    box = number_box(t, ("3.1", -42))
    power = glyphs(box, "−42")
    assert power.y < -0.25 * SIZE
    assert power.font.pixelSize() < glyphs(box, "3.1").font.pixelSize()
    assert box.text == "3.1 × 10^−42"
    assert number_box(t, ("0.25", None)).text == "0.25"


def test_values_are_numbers_vectors_or_matrices(t: Typesetter) -> None:
    one = ("0.5", None)
    assert value_box(t, [one], 1).text == "0.5"
    assert value_box(t, [one] * 2, 2).text == "(0.5, 0.5)"
    assert value_box(t, [one] * 4, 2).text == "(0.5, 0.5; 0.5, 0.5)"
    assert value_box(t, [one], 1, least=200).width == 200


@pytest.mark.parametrize("j", [0, 8, 41, 99])
def test_a_disc_holds_its_number(t: Typesetter, j: int) -> None:
    box = disc(t, LIGHT, j)
    number = ink(glyphs(box, str(j + 1)))
    circle = ink(box.marks[0])
    assert circle.contains(number)
    assert number.center().x() == pytest.approx(circle.center().x(), abs=1.5)
    assert number.center().y() == pytest.approx(circle.center().y(), abs=1.5)
    assert colour_at(painted(box), (10 + box.width / 2, 12)) == rgb(component_colour(LIGHT, j))


SETTINGS: dict[str, Callable[[Typesetter, int], Box]] = {
    "r_nk = (π_k N(x_n | μ_k, Σ_k)) / (sum_j π_j N(x_n | μ_j, Σ_j))": equations.responsibility,
    "N_k = sum_n r_nk": lambda t, _: equations.counts(t),
    "π_k = N_k / N": lambda t, _: equations.weight(t),
    "μ_k = 1 / N_k sum_n r_nk x_n": equations.mean,
}


@pytest.mark.parametrize("text", SETTINGS)
def test_the_equations_read_as_in_the_books(t: Typesetter, text: str) -> None:
    assert SETTINGS[text](t, 2).text == text
    assert SETTINGS[text](t, 1).text == text.replace("Σ_k", "σ_k^2").replace("Σ_j", "σ_j^2")


COVARIANCE: dict[tuple[Covariance, int], str] = {
    ("full", 2): "Σ_k = 1 / N_k sum_n r_nk (x_n − μ_k)(x_n − μ_k)^T",
    ("tied", 2): "Σ = 1 / N sum_j sum_n r_nj (x_n − μ_j)(x_n − μ_j)^T",
    ("diagonal", 2): "Σ_k = diag(σ_k1^2, σ_k2^2), σ_ki^2 = 1 / N_k sum_n r_nk (x_ni − μ_ki)^2",
    ("spherical", 2): "Σ_k = σ_k^2 I, σ_k^2 = 1 / (2 N_k) sum_n r_nk ‖x_n − μ_k‖^2",
    ("full", 1): "σ_k^2 = 1 / N_k sum_n r_nk (x_n − μ_k)^2",
    ("tied", 1): "σ^2 = 1 / N sum_j sum_n r_nj (x_n − μ_j)^2",
    ("diagonal", 1): "σ_k^2 = 1 / N_k sum_n r_nk (x_n − μ_k)^2",
    ("spherical", 1): "σ_k^2 = 1 / N_k sum_n r_nk (x_n − μ_k)^2",
}


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("structure", COVARIANCES)
def test_each_structure_has_its_equation(t: Typesetter, structure: Covariance, d: int) -> None:
    pieces = equations.covariance(t, d, structure)
    wide, narrow = broken(t, pieces, 2000), broken(t, pieces, 100)
    assert wide.text == narrow.text
    assert " ".join(wide.text.replace(" ^", "^").split()) == COVARIANCE[structure, d]
    assert narrow.width < wide.width
    assert narrow.height > wide.height


def test_sample_weights_stand_in_the_sums(t: Typesetter) -> None:
    assert equations.counts(t, Notation(weighted=True)).text == "N_k = sum_n w_n r_nk"
    assert equations.mean(t, 2, Notation(weighted=True)).text == "μ_k = 1 / N_k sum_n w_n r_nk x_n"


def test_vectors_are_bold_and_scalars_italic(t: Typesetter) -> None:
    assert glyphs(equations.mean(t, 2), "μ").font.bold()
    assert not glyphs(equations.mean(t, 1), "μ").font.bold()
    assert glyphs(equations.mean(t, 1), "μ").font.italic()
    assert glyphs(equations.mean(t, 1), "1").font.italic() is False
