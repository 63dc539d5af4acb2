"""The Explanation tab says with the right numbers what EM does, wherever there is room."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import fit
from gmm_studio.core.mixture import COVARIANCES, Covariance, Mixture
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour, contrast
from gmm_studio.gui.explanation.explaining import (
    covariance_figures,
    decimals_for,
    figure,
    figure_of_log,
    spread,
    terms,
)
from gmm_studio.gui.explanation.formula import Glyphs, Shape
from gmm_studio.gui.explanation.page import compose
from gmm_studio.gui.explanation.sheet import Item, Setters, Sheet
from gmm_studio.gui.moment import Half, Moment
from gmm_studio.gui.panels.explanation_panel import (
    Explanation,
    ExplanationPanel,
    equation_size,
    paint_equation,
)
from gmm_studio.gui.style import Style
from tests.gui.acting import click, colour_at, count, distance, hover, picture, rgb

HALVES: tuple[Half, ...] = ("whole", "E", "M")
MINUS = "\N{MINUS SIGN}"


def style(palette: Palette = LIGHT, scale: float = 1.0) -> Style:
    font = QFont()
    font.setPixelSize(round(13 * scale))
    return Style(palette, font, scale)


def mixture(k: int, d: int = 2, seed: int = 0, scale: float = 1.0, shift: float = 0.0) -> Mixture:
    rng = np.random.default_rng(seed)
    roots = rng.normal(0, 0.6, (k, d, d))
    covariances = roots @ roots.transpose(0, 2, 1) + 0.3 * np.eye(d)
    means = rng.normal(0, 2.5, (k, d)) * scale + shift
    return Mixture(rng.dirichlet(np.full(k, 3.0)), means, covariances * scale**2)


def moved(one: Mixture, by: float) -> Mixture:
    return Mixture(one.weights[::-1], one.means + by, one.covariances * 1.1)


def explanation(
    k: int = 3,
    d: int = 2,
    half: Half = "whole",
    point: tuple[float, ...] | None = (1.2, -0.33),
    covariance: Covariance = "full",
) -> Explanation:
    before = mixture(k, d)
    after = moved(before, 0.03)
    return Explanation(
        Moment(7, half),
        before,
        after,
        after if half == "whole" else before,
        min(1, k - 1),
        1100.0,
        ("x", "y")[:d],
        None if point is None else np.array(point[:d]),
        16,
        ("Component 2 gains most: 12 points.", "The log-likelihood rose by 30.4."),
        covariance,
    )


def start() -> Explanation:
    one = explanation()
    return replace(one, moment=Moment(0), before=None, colouring=one.after)


def shown(
    qtbot: QtBot,
    what: Explanation | None,
    palette: Palette = LIGHT,
    width: int = 256,
    scale: float = 1.0,
) -> ExplanationPanel:
    """A panel as high as its page."""
    panel = ExplanationPanel(style(palette, scale))
    qtbot.addWidget(panel)
    panel.show_explanation(what)
    panel.resize(round(width * scale), round(1500 * scale))
    with qtbot.waitActive(panel):
        panel.show()
    return panel


def sheet_of(panel: ExplanationPanel, what: Explanation, palette: Palette = LIGHT) -> Sheet:
    """What a panel at scale 1 has written."""
    return compose(what, panel.widget().width(), style(palette), Setters(style(palette)))


def line_with(panel: ExplanationPanel, beginning: str) -> str:
    return next(line for line in panel.text.splitlines() if line.startswith(beginning))


def numbers_in(text: str) -> list[float]:
    """The numbers of a text, powers of ten and minus signs as they are set."""
    plain = text.replace(MINUS, "-").replace(",", "").replace(" × 10^", "e")
    return [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", plain)]


# The numbers


@pytest.mark.parametrize("half", HALVES)
def test_the_responsibilities_are_those_of_the_mixture_on_show(qtbot: QtBot, half: Half) -> None:
    what = explanation(half=half)
    assert what.colouring is not None
    assert what.point is not None
    panel = shown(qtbot, what)
    shares = what.colouring.responsibilities(what.point)[0]
    densities = np.exp(what.colouring.component_log_densities(what.point)[0])
    for j in range(3):
        line = line_with(panel, f"Responsibility of component {j + 1}:")
        assert numbers_in(line)[1] == pytest.approx(shares[j], abs=5e-4)
        row = numbers_in(line_with(panel, f"Component {j + 1}: density"))[1:]
        weight = what.colouring.weights[j]
        assert row == pytest.approx(
            [densities[j] / weight, weight, densities[j]], rel=0.06, abs=6e-5
        )
    assert numbers_in(line_with(panel, "sum:")) == pytest.approx([densities.sum()], rel=0.05)
    assert "Point 17 at x\N{NO-BREAK SPACE}1.20, y\N{NO-BREAK SPACE}−0.33" in panel.text


def test_the_updates_are_the_weighted_sums_over_the_points(qtbot: QtBot) -> None:
    rng = np.random.default_rng(3)
    points = np.vstack([rng.normal(-2, 0.8, (120, 2)), rng.normal(2, 1.1, (80, 2))])
    cloud = PointCloud(points)
    run = fit(cloud, 2, max_iterations=3, tolerance=0)
    before, after = run.steps[1].mixture, run.steps[2].mixture
    panel = shown(
        qtbot,
        Explanation(Moment(2), before, after, after, 1, 200.0, ("x", "y")),
    )
    shares = before.responsibilities(points)[:, 1]
    total = shares.sum()
    mean = shares @ points / total
    centred = points - mean
    covariance = (shares[:, None] * centred).T @ centred / total

    def after_of(beginning: str) -> list[float]:
        return numbers_in(line_with(panel, beginning).rpartition("→")[2])

    def before_of(beginning: str) -> list[float]:
        return numbers_in(line_with(panel, beginning).rpartition(": ")[2].partition("→")[0])

    assert after_of("N_k = ") == pytest.approx([total], abs=0.006)
    assert after_of("π_k = ") == pytest.approx([total / 200], abs=6e-4)
    assert after_of("μ_k = ") == pytest.approx(mean.tolist(), abs=6e-4)
    assert after_of("Σ_k = ") == pytest.approx(covariance.ravel().tolist(), abs=6e-4)
    assert before_of("N_k = ") == pytest.approx([200 * before.weights[1]], abs=0.006)
    assert before_of("μ_k = ") == pytest.approx(before.means[1].tolist(), abs=6e-4)
    assert "N = 200" in panel.text


def test_one_dimension_has_scalars(qtbot: QtBot) -> None:
    what = explanation(d=1)
    panel = shown(qtbot, what)
    assert what.before is not None
    line = line_with(panel, "σ_k^2 = ")
    values = [float(one.covariances[1, 0, 0]) for one in (what.before, what.after)]
    assert numbers_in(line.rpartition(": ")[2]) == pytest.approx(values, abs=6e-4)
    assert line_with(panel, "μ_k = ").count(",") == 0
    assert "x\N{NO-BREAK SPACE}1.20" in panel.text
    assert "y" not in line_with(panel, "Point 17")


def test_terms_far_beyond_what_a_number_holds_are_computed_in_logarithms() -> None:
    one = mixture(3)
    found = terms(one, np.array([400.0, -900.0]))
    assert found.log_densities.max() < -10_000
    assert found.shares.sum() == pytest.approx(1)
    assert found.shares == pytest.approx(one.responsibilities(np.array([400.0, -900.0]))[0])
    emptied = Mixture([0.0, 1.0], one.means[:2], one.covariances[:2])
    found = terms(emptied, one.means[0])
    assert np.isfinite(found.log_densities).all()
    assert found.log_products[0] == -np.inf
    assert found.shares.tolist() == [0, 1]
    lost = terms(one, np.array([1e200, 0.0]))
    assert lost.shares.tolist() == [0, 0, 0], "not even the logarithm is a number"
    assert not np.isnan(lost.shares).any()


@given(st.floats(-1e6, 1e6))
def test_any_logarithm_is_written_as_its_number(logarithm: float) -> None:
    digits, power = figure_of_log(logarithm)
    value = float(digits.replace(",", ""))
    assert value > 0
    assert np.log(value) + (power or 0) * np.log(10) == pytest.approx(logarithm, abs=0.06)


def test_numbers_are_written_as_they_should_be() -> None:
    assert figure_of_log(-np.inf) == ("0", None)
    assert figure_of_log(np.log(0.99999) - 42 * np.log(10)) == ("1.0", -42)
    assert figure_of_log(np.log(0.1203)) == ("0.1203", None)
    assert figure(-0.0004, 3, small=False) == ("0.000", None)
    assert figure(-0.0004, 3) == (f"{MINUS}4.0", -4)
    assert figure(1_000_000_001.234, 3) == ("1,000,000,001.234", None)
    assert figure(-1e9 - 0.0123456, 6) == (f"{MINUS}1,000,000,000.012346", None)
    assert figure(1.5e12, decimals_for(1e12, 4)) == ("1.500", 12)
    assert figure(1_234_567.8, decimals_for(1e6, 4)) == ("1,234,568", None)
    assert figure(1.5e-12, decimals_for(1e-12, 4)) == ("1.500", -12)
    assert figure(0.0, 3) == ("0.000", None)
    assert figure(float("nan"), 3) == ("\N{EN DASH}", None)
    assert [decimals_for(scale, 4) for scale in (0.5, 2.0, 30.0, 1e6, 0.0)] == [4, 3, 2, -3, 3]


def test_covariances_are_written_alike() -> None:
    one = np.array([[1.193, -1e-17], [-1e-17, 12.5]])
    assert covariance_figures((one,), 3.0) == [
        [("1.193", None), ("0.000", None), ("0.000", None), ("12.500", None)]
    ]
    tiny = covariance_figures((np.eye(2), np.eye(2) * 1e-9), 3.0)
    assert tiny[1] == [("1.0", -9), ("0.000", None), ("0.000", None), ("1.0", -9)]
    assert covariance_figures((np.eye(2) * 4e9,), 1e5)[0][0] == ("4.000", 9)


def test_the_spread_is_that_of_all_points() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(1e9, [3.0, 1.0], (500, 2))
    run = fit(PointCloud(points), 3, max_iterations=4, tolerance=0)
    assert spread(run.mixture) == pytest.approx(points[:, 0].std(), rel=1e-6)


# The bars


def bars(items: tuple[Item, ...], palette: Palette) -> list[Item]:
    """Each a track and the part of it that is filled."""
    return [
        item
        for item in items
        if len(item.box.marks) == 2
        and all(isinstance(mark, Shape) for mark in item.box.marks)
        and item.box.marks[0].colour == palette.border
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("k", "point"), [(3, (0.4, 0.9)), (8, (1.2, -0.33)), (20, (1.2, -0.33))])
def test_the_bars_sum_to_a_full_bar(
    qtbot: QtBot, palette: Palette, k: int, point: tuple[float, float]
) -> None:
    what = explanation(k, point=point)
    panel = shown(qtbot, what, palette, width=400)
    assert panel.verticalScrollBar().maximum() == 0
    sheet = sheet_of(panel, what, palette)
    image = picture(panel)
    assert what.colouring is not None
    shares = what.colouring.responsibilities(np.array(point))[0]
    expected = list(range(k)) if k <= 8 else sorted(np.argsort(-shares)[:6].tolist())
    found = bars(sheet.items, palette)
    assert len(found) == len(expected) + (k > 8)
    total = 0.0
    for i, item in enumerate(found):
        colour = item.box.marks[1].colour
        assert colour is not None
        middle = round(item.y - (item.box.ascent - item.box.descent) / 2)
        ground, full = rgb(palette.border), rgb(colour)
        reach = distance(full, ground)
        length = sum(
            distance(colour_at(image, (item.x + x, middle)), ground) / reach
            for x in range(round(item.box.width))
        )
        total += length / item.box.width
        if i < len(expected):
            assert colour == component_colour(palette, expected[i])
            share = shares[expected[i]]
        else:
            share = 1 - shares[expected].sum()
        assert length == pytest.approx(share * item.box.width, abs=1.5)
    assert total == pytest.approx(1, abs=0.02)


def test_many_components_have_rows_for_the_largest_and_one_for_the_others(qtbot: QtBot) -> None:
    what = explanation(20)
    panel = shown(qtbot, what)
    assert what.colouring is not None
    assert what.point is not None
    shares = np.sort(what.colouring.responsibilities(what.point)[0])
    others = [line for line in panel.text.splitlines() if line.startswith("14 others: ")]
    assert len(others) == 2, "in the table and among the bars"
    assert float(others[1].removeprefix("14 others: ")) == pytest.approx(
        shares[:14].sum(), abs=5e-4
    )
    assert panel.text.count("Responsibility of component") == 6


# What is on show


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_not_on_show_is_faded(qtbot: QtBot, palette: Palette, half: Half) -> None:
    what = explanation(half=half)
    sheet = compose(what, 280, style(palette), Setters(style(palette)))
    inks = {
        mark.text: item.ink
        for item in sheet.items
        for mark in item.box.marks
        if isinstance(mark, Glyphs) and mark.colour is None
    }
    assert inks["E-step"] == (palette.muted if half == "M" else palette.text)
    assert inks["M-step"] == (palette.muted if half == "E" else palette.text)
    image = picture(shown(qtbot, what, palette))
    assert count(image, rgb(palette.text)) > 50, "letters in full"
    assert count(image, rgb(palette.muted)) > 50


def test_before_the_first_step_there_is_what_comes(qtbot: QtBot) -> None:
    panel = shown(qtbot, start())
    assert "The M-step of iteration 1 comes next." in panel.text
    assert "→" not in panel.text
    assert "Responsibility of component 1" in panel.text
    panel.show_explanation(replace(start(), moment=Moment(0, "M"), colouring=None))
    assert "The E-step of iteration 1 comes next." in panel.text
    assert "Responsibility" not in panel.text
    assert "Component 2" in panel.text


def test_without_a_start_there_is_a_hint(qtbot: QtBot) -> None:
    panel = shown(qtbot, None)
    assert panel.text == "The equations appear here once there is a start."
    assert count(picture(panel), rgb(LIGHT.muted)) > 20
    panel.show_explanation(explanation())
    assert "E-step" in panel.text
    panel.show_explanation(None)
    assert "E-step" not in panel.text


def test_without_a_point_there_is_a_hint(qtbot: QtBot) -> None:
    panel = shown(qtbot, explanation(point=None))
    assert "Hover or click a point to see its responsibilities." in panel.text
    assert "density" not in panel.text
    assert "→" in panel.text


def test_the_sentences_come_first_and_all_can_be_read_aloud(qtbot: QtBot) -> None:
    panel = shown(qtbot, explanation())
    lines = panel.text.splitlines()
    assert lines[:3] == [*explanation().sentences, "E-step"]
    assert panel.widget().accessibleDescription() == panel.text
    assert panel.accessibleName()


def test_sample_weights_are_named(qtbot: QtBot) -> None:
    what = replace(explanation(), weighted=True, total_weight=10.25)
    panel = shown(qtbot, what)
    assert "N_k = sum_n w_n r_nk" in panel.text
    assert "N = 10.250, the sum of the weights" in panel.text


def test_the_chosen_row_is_tinted(qtbot: QtBot) -> None:
    panel = shown(qtbot, explanation())
    hits = sheet_of(panel, explanation()).hits
    rows, others = ([area for area, j in hits if j == chosen] for chosen in (1, 0))
    image = picture(panel)
    assert colour_at(image, (13, rows[0].center().y())) != rgb(LIGHT.panel)
    assert colour_at(image, (13, others[0].center().y())) == rgb(LIGHT.panel)


# Clicking


def test_clicking_a_row_or_a_disc_chooses_the_component(qtbot: QtBot) -> None:
    what = explanation()
    panel = shown(qtbot, what, width=280)
    page = panel.widget()
    clicked = QSignalSpy(panel.component_clicked)
    hits = sheet_of(panel, what).hits
    assert [j for _, j in hits] == [0, 1, 2] * 3, "table, bars and discs"
    for area, _ in hits:
        click(page, area.center())
    assert [clicked.at(i)[0] for i in range(clicked.count())] == [0, 1, 2] * 3
    click(page, (20, page.height() - 5))
    assert clicked.count() == 9
    hover(page, (hits[0][0].center().x(), hits[0][0].center().y()))
    assert page.cursor().shape() == Qt.CursorShape.PointingHandCursor
    hover(page, (20, page.height() - 5))
    assert page.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_every_component_can_be_reached_by_its_neighbour(qtbot: QtBot) -> None:
    panel = shown(qtbot, explanation(40, point=None))
    for chosen in (0, 1, 7, 20, 38, 39):
        what = replace(explanation(40, point=None), component=chosen)
        discs = [j for _, j in sheet_of(panel, what).hits]
        assert chosen in discs
        assert {max(0, chosen - 1), min(39, chosen + 1)} <= set(discs)


# Room


def assert_clear_margins(panel: ExplanationPanel, palette: Palette) -> None:
    """Nothing reaches the outermost pixels, where it would be cut off."""
    image = panel.widget().grab().toImage()
    width, height, edge = image.width(), image.height(), 5
    for left, top, across, down in (
        (0, 0, edge, height),
        (width - edge, 0, edge, height),
        (0, height - edge, width, edge),
    ):
        assert count(image.copy(left, top, across, down), rgb(palette.panel)) == across * down


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_everything_fits_into_the_narrowest_panel(
    qtbot: QtBot, covariance: Covariance, d: int
) -> None:
    what = replace(explanation(d=d, covariance=covariance), weighted=True)
    for width in (240, 256):
        assert_clear_margins(shown(qtbot, what, width=width), LIGHT)


@pytest.mark.parametrize("scale", [0.75, 1.0, 1.5, 2.5])
@pytest.mark.parametrize("k", [1, 20, 100])
def test_everything_fits_at_every_size_of_type(qtbot: QtBot, k: int, scale: float) -> None:
    panel = shown(qtbot, replace(explanation(k), component=k - 1), DARK, scale=scale)
    assert panel.width() == round(256 * scale)
    assert_clear_margins(panel, DARK)


def monstrous(shift: float, scale: float, far: float, weight: float = 0.3) -> Explanation:
    before = mixture(3, scale=scale, shift=shift)
    before = Mixture([weight, 0.5, 0.5 - weight], before.means, before.covariances)
    after = moved(before, 0.01 * scale)
    point = before.means[0] + far * scale
    columns = ("a rather long name of a column", "y")
    return Explanation(Moment(3), before, after, after, 0, 1e6, columns, point, 999_999)


@pytest.mark.parametrize(
    "what",
    [
        monstrous(1e9, 1.0, 0.5),
        monstrous(0, 1e12, 0.5),
        monstrous(0, 1e-12, 0.5),
        monstrous(-1e9, 1e-3, 0.5),
        monstrous(0, 1.0, 500),
        monstrous(0, 1.0, 1e200),
        monstrous(0, 1.0, 0.5, 1e-300),
        monstrous(0, 1.0, 0.5, 0.0),
    ],
)
def test_huge_and_tiny_numbers_fit_and_are_numbers(qtbot: QtBot, what: Explanation) -> None:
    panel = shown(qtbot, what)
    assert_clear_margins(panel, LIGHT)
    assert not re.search("nan|inf", panel.text)
    assert not re.search(r"\de[-+−]?\d", panel.text), "powers of ten are set, not spelled"


def test_coordinates_of_a_thousand_million_keep_their_decimals(qtbot: QtBot) -> None:
    what = monstrous(1e9, 1.0, 0.5)
    panel = shown(qtbot, what)
    assert what.point is not None
    assert f"{what.point[0]:,.2f}" in panel.text
    assert f"{what.after.means[0, 0]:,.3f}" in panel.text


def test_a_density_of_a_thousand_digits_is_a_power_of_ten(qtbot: QtBot) -> None:
    what = monstrous(0, 1.0, 500)
    panel = shown(qtbot, what)
    assert what.colouring is not None
    assert what.point is not None
    logarithm = what.colouring.component_log_densities(what.point)[0, 1] / np.log(10)
    assert re.search(rf"product \d\.\d × 10\^{MINUS}{-int(np.floor(logarithm))}\b", panel.text)


def test_the_numbers_stay_where_they_are_from_step_to_step(qtbot: QtBot) -> None:
    one = explanation()
    assert one.before is not None
    other = replace(one, before=moved(one.before, 0.2), after=moved(one.before, 0.25))

    def places(what: Explanation) -> list[tuple[float, float]]:
        sheet = compose(what, 280, style(), Setters(style()))
        return [(item.x, item.y) for item in sheet.items if "→" in item.box.text]

    assert places(one) == places(other)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(palette: Palette) -> None:
    accent, panel = QColor(palette.accent), QColor(palette.panel)
    share = 0x1C / 255
    tinted = QColor.fromRgbF(
        *(
            share * top + (1 - share) * ground
            for top, ground in zip(accent.getRgbF()[:3], panel.getRgbF()[:3], strict=True)
        )
    ).name()
    for ink in (palette.text, palette.muted):
        assert contrast(ink, palette.panel) >= 4.5
        assert contrast(ink, tinted) >= 4.5


def test_another_style_and_another_width_set_the_page_anew(qtbot: QtBot) -> None:
    panel = shown(qtbot, explanation())
    narrow = panel.widget().minimumHeight()
    panel.resize(500, 900)
    QApplication.processEvents()
    assert panel.widget().minimumHeight() < narrow, "the covariance needs one line"
    panel.set_style(style(DARK, 2.0))
    assert panel.minimumWidth() == 480
    QApplication.processEvents()
    assert panel.widget().minimumHeight() > 1.5 * narrow
    assert colour_at(picture(panel), (2, 2)) == rgb(DARK.panel)


# The equation, large


def equation(what: Explanation, box: QRectF, palette: Palette = LIGHT) -> QImage:
    image = QImage(900, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.canvas))
    painter = QPainter(image)
    paint_equation(painter, box, what, style(palette))
    painter.end()
    return image


def extent(image: QImage, ground: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is painted."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(image.height(), -1, 4)
    rows, columns = np.nonzero((pixels[:, :, :3] != rgb(ground)).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_equation_is_in_the_middle_of_its_box(
    qtbot: QtBot, palette: Palette, half: Half, d: int
) -> None:
    what = explanation(d=d, half=half)
    size = equation_size(what, style(palette))
    assert size.height() > 50
    box = QRectF(20, 10, size.width() + 40, size.height() + 40)
    left, top, right, bottom = extent(equation(what, box, palette), palette.canvas)
    assert right - left == pytest.approx(size.width(), abs=8)
    assert (left + right) / 2 == pytest.approx(box.center().x(), abs=5)
    assert box.top() <= top < bottom <= box.bottom()
    disc = rgb(component_colour(palette, 1))
    assert count(equation(what, box, palette), disc) > 200, "whose number it is"


@pytest.mark.parametrize("box", [QRectF(10, 10, 200, 200), QRectF(10, 10, 800, 30)])
@pytest.mark.parametrize("half", HALVES)
def test_the_equation_is_smaller_where_its_box_is(qtbot: QtBot, half: Half, box: QRectF) -> None:
    left, top, right, bottom = extent(equation(explanation(half=half), box), LIGHT.canvas)
    around = box.adjusted(-1, -1, 1, 1)
    assert around.contains(left, top)
    assert around.contains(right, bottom)


def test_without_a_point_the_equation_has_no_number(qtbot: QtBot) -> None:
    with_number = equation_size(explanation(half="E"), style())
    without = equation_size(explanation(half="E", point=None), style())
    assert with_number.width() > without.width() + 80
    assert equation_size(start(), style()).width() > 0
    box = QRectF(0, 0, 900, 300)
    image = equation(explanation(half="E", point=None), box)
    assert count(image, rgb(component_colour(LIGHT, 1))) == 0
