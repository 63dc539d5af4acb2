"""How often methods reach the best found: bars as long as the shares, intervals as wide as they."""

from __future__ import annotations

import itertools

import pytest
from pytestqt.qtbot import QtBot

from gmm_studio.core.starts import METHODS
from gmm_studio.gui.colours import DARK, LIGHT, contrast, mixed
from gmm_studio.gui.laboratory.atlas_task import Rate
from gmm_studio.gui.laboratory.success_view import SuccessView, percent
from tests.gui.acting import colour_at, distance, picture, rgb
from tests.gui.styles import style

NAMES = {"random-points": "Random points", "k-means++": "k-means++"}
RATES = (Rate("random-points", 42, 100), Rate("k-means++", 88, 100))


def made(qtbot: QtBot, dark: bool = False, scale: float = 1.0) -> SuccessView:
    view = SuccessView(style(dark, scale))
    qtbot.addWidget(view)
    view.resize(view.sizeHint().width(), round(180 * scale))
    return view


def test_it_says_shares_with_their_intervals(qtbot: QtBot) -> None:
    view = made(qtbot)
    view.show_rates(RATES, NAMES)
    plain = view.text.replace("\N{NO-BREAK SPACE}", " ")
    assert plain == "random points 42 % (33 to 52), k-means++ 88 % (80 to 93)"
    assert view.accessibleDescription() == view.text
    assert "42 of 100 runs" in view.toolTip()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.5])
def test_bars_end_at_the_share(qtbot: QtBot, dark: bool, scale: float) -> None:
    view = made(qtbot, dark, scale)
    view.show_rates(RATES, NAMES)
    image = picture(view)
    palette = DARK if dark else LIGHT
    full, rest = rgb(mixed(palette.accent, palette.panel, 0.62)), rgb(palette.pressed)
    for index, rate in enumerate(RATES):
        bar, (low, high) = view.bar(index), rate.interval or (0.0, 0.0)
        near = bar.top() + 0.25 * bar.height()
        for share, colour in (
            (0.5 * low, full),
            (0.5 * (low + rate.share), full),
            (0.5 * (rate.share + high), rest),
            (0.5 * (1 + high), rest),
        ):
            at = (bar.left() + share * bar.width(), near)
            assert distance(colour_at(image, at), colour) < 40, (index, share)
        for end in (low, high):
            at, middle = bar.left() + end * bar.width(), bar.center().y()
            around = [colour_at(image, (at + i, middle + j)) for i in (-1, 0, 1) for j in (-1, 0)]
            assert min(distance(one, rgb(palette.text)) for one in around) < 60


def test_the_whisker_can_be_seen_on_the_bar() -> None:
    for palette in (LIGHT, DARK):
        assert contrast(palette.text, mixed(palette.accent, palette.panel, 0.62)) >= 2.5
        assert contrast(palette.text, palette.pressed) >= 3


def test_a_method_without_runs_has_no_bar_and_one_without_chance_no_interval(qtbot: QtBot) -> None:
    view = made(qtbot)
    view.show_rates((Rate("k-means", 0, 0), Rate("ward", 1, 1)), {"ward": "Ward"})
    assert "no run yet" in view.text
    assert "always the same" in view.text
    bar = view.bar(0)
    colour = colour_at(picture(view), (bar.center().x(), bar.center().y()))
    assert distance(colour, rgb(LIGHT.pressed)) < 4


def test_all_methods_have_room_one_below_the_other(qtbot: QtBot) -> None:
    view = made(qtbot)
    view.show_rates([Rate(method, 1, 2) for method in METHODS], {})
    bars = [view.bar(index) for index in range(len(METHODS))]
    for one, other in itertools.pairwise(bars):
        assert one.bottom() < other.top()
    assert bars[-1].bottom() <= max(view.height(), view.minimumHeight())
    assert all(bar.width() > 20 for bar in bars)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.0001, "<\N{THIN SPACE}0.1 %"),
        (0.005, "0.5 %"),
        (0.0945, "9 %"),
        (0.995, "99.5 %"),
        (0.9999, ">\N{THIN SPACE}99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_per_cents(share: float, text: str) -> None:
    assert percent(share).replace("\N{NO-BREAK SPACE}", " ") == text
