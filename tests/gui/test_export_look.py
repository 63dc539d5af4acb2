"""The look of what is exported: its font and its overlays, as a person picks them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QFontDatabase, QFontInfo, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.document import new_cloud
from gmm_studio.gui.animation.frames import FramePainter, plan_of
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.dialogs.export_animation import AnimationPage
from gmm_studio.gui.dialogs.export_dialog import ExportDialog
from gmm_studio.gui.dialogs.export_picture import PicturePage
from gmm_studio.gui.dialogs.export_strip import StripPage
from gmm_studio.gui.dialogs.look_choices import FontChoice
from gmm_studio.gui.dialogs.overlay_choice import OverlayChoice
from gmm_studio.gui.figures.figure import Figure, Sheet
from gmm_studio.gui.figures.strip import Strip
from gmm_studio.gui.figures.writers import figure_bytes, paint_image
from gmm_studio.gui.window import Window
from tests.gui.acting import click, count, key, rgb
from tests.gui.conftest import close_window, open_window, settle
from tests.gui.test_export_dialog import (
    is_shown,
    items,
    name_file,
    open_dialog,
    pick,
    picture_of,
    type_into,
)

Key = Qt.Key
Shift = Qt.KeyboardModifier.ShiftModifier
FAMILY = re.compile(r'font-family="([^",]*)')
MISSING = "No Font Has This Name"


def families_in(svg: bytes) -> set[str]:
    return set(FAMILY.findall(svg.decode()))


def pick_another_font(choice: FontChoice, screen: str) -> str:
    """Open the list and take the first family that is not the screen's."""
    choice.showPopup()
    others = [name for name in items(choice)[1:] if not name.startswith(screen)]
    choice.hidePopup()
    if not others:
        pytest.skip("there is one font only")
    pick(choice, others[0])
    return others[0]


def screen_family(window: Window) -> str:
    family = QFontInfo(window.cloud_view.style_of_scene.font).family()
    return family.partition(" [")[0]


def figure_of(page: PicturePage) -> Figure:
    figure = page.figure
    assert figure is not None
    return figure


def strip_of(dialog: ExportDialog) -> StripPage:
    dialog.choose("strip")
    page = dialog.page
    assert isinstance(page, StripPage)
    return page


def animation_of(dialog: ExportDialog) -> AnimationPage:
    dialog.choose("animation")
    page = dialog.page
    assert isinstance(page, AnimationPage)
    return page


# Fonts


def test_all_text_is_in_the_font_that_is_picked(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    dialog = open_dialog(qtbot, window)
    form = picture_of(dialog).form
    pick(form.format, "svg")
    pick(form.curve, "below")
    click(form.table, (10, form.table.height() / 2))
    click(form.title, (10, form.title.height() / 2))
    before = figure_bytes(figure_of(picture_of(dialog)), "svg")
    assert families_in(before) == {screen_family(window)}
    family = pick_another_font(form.font_family, screen_family(window))
    name_file(qtbot, dialog, tmp_path / "a.svg")
    qtbot.waitUntil((tmp_path / "a.svg").exists)
    settle(qtbot, window)
    after = (tmp_path / "a.svg").read_bytes()
    assert families_in(after) == {family}
    assert after.count(b"<text") >= before.count(b"<text"), "text stays text"


def test_a_picture_has_the_font_too(qtbot: QtBot, window: Window) -> None:
    page = picture_of(open_dialog(qtbot, window))
    is_shown(qtbot, page)
    before, shown = paint_image(figure_of(page)), page.preview.image
    pick_another_font(page.form.font_family, screen_family(window))
    is_shown(qtbot, page)
    after = paint_image(figure_of(page))
    assert after.size() == before.size()
    assert after != before
    assert page.preview.image != shown


def test_a_strip_and_an_animation_have_the_font(qtbot: QtBot, window: Window) -> None:
    dialog = open_dialog(qtbot, window)
    strip, animation = strip_of(dialog), animation_of(dialog)
    family = pick_another_font(strip.form.font_family, screen_family(window))
    assert families_in(figure_bytes(strip.figure, "svg")) == {family}
    plan = plan_of(animation.take, animation.animation)
    before = FramePainter(animation.take, plan)(plan[0])
    pick(animation.font_family, "")
    assert pick_another_font(animation.font_family, screen_family(window)) == family
    plan = plan_of(animation.take, animation.animation)
    after = FramePainter(animation.take, plan)(plan[0])
    assert animation.animation.sheet.font_family == family
    assert (before != after).any()


def test_fonts_are_listed_when_a_person_looks(qtbot: QtBot, window: Window) -> None:
    choice = picture_of(open_dialog(qtbot, window)).form.font_family
    assert items(choice) == ["As the screen"]
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    found = items(choice)
    assert found[0] == choice.currentText() == "As the screen"
    assert found[1:] == sorted(set(found[1:]), key=str.casefold)
    assert all(QFontDatabase.hasFamily(name) for name in found[1:])
    assert not any("[" in name for name in found)
    choice.showPopup()
    assert items(choice) == found
    choice.hidePopup()


def test_a_font_is_remembered_for_its_preset(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    page.choose("web")
    family = pick_another_font(page.form.font_family, screen_family(window))
    name_file(qtbot, dialog, tmp_path / "a.png")
    qtbot.waitUntil((tmp_path / "a.png").exists)
    settle(qtbot, window)
    page = picture_of(open_dialog(qtbot, window))
    assert page.form.font_family.currentText() == family
    page.choose("slide")
    assert page.form.font_family.currentText() == "As the screen"


def kept_sheet(**changed: object) -> str:
    """What an earlier version kept of a preset, but for what is changed."""
    kept: dict[str, object] = {
        "width": 777,
        "height": None,
        "unit": "px",
        "resolution": 2,
        "font_size": 16,
        "theme": "screen",
        "transparent": False,
        "curve": "none",
        "legend": True,
        "table": False,
        "title": False,
        "format": "png",
    }
    return json.dumps(kept | changed)


@pytest.mark.parametrize(
    "content",
    [kept_sheet(), kept_sheet(font_family=MISSING), kept_sheet(font_family=7)],
    ids=["earlier version", "not installed", "no name"],
)
def test_a_font_that_is_not_there_is_the_screens(
    qtbot: QtBot, settings_path: Path, content: str
) -> None:
    settings = QSettings(str(settings_path), QSettings.Format.IniFormat)
    settings.setValue("figure/slide", content)
    settings.setValue("animation", json.dumps({"font_family": MISSING, "width": 640}))
    settings.sync()
    window = open_window(qtbot, settings_path)
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    assert page.form.width_.text() == "777"
    assert page.form.font_family.currentText() == "As the screen"
    assert families_in(figure_bytes(figure_of(page), "svg")) == {screen_family(window)}
    animation = animation_of(dialog).animation
    assert (animation.width, animation.font_family) == (640, "")
    shot = figure_of(page).shot
    missing = Figure(shot, Sheet(640, font_family=MISSING))
    assert families_in(figure_bytes(missing, "svg")) == {screen_family(window)}
    dialog.reject()
    close_window(window)


def test_any_name_of_a_font_makes_a_sound_file(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFontDatabase, "hasFamily", lambda _: True)
    figure = figure_of(picture_of(open_dialog(qtbot, window)))
    named = replace(figure, sheet=replace(figure.sheet, font_family="Salt & <Pepper>"))
    root = ElementTree.fromstring(figure_bytes(named, "svg"))
    families = {one.get("font-family") for one in root.iter() if one.get("font-family")}
    assert families == {"Salt & <Pepper>, sans-serif"}


# Overlays


def menu_of(choice: OverlayChoice) -> QMenu:
    """The menu, opened with a click."""
    if not choice.menu.isVisible():
        click(choice)
    assert choice.menu.isVisible()
    return choice.menu


def names_in(choice: OverlayChoice) -> list[str]:
    return [one.text() for one in choice.menu.actions() if not one.isSeparator()]


def checked_in(choice: OverlayChoice) -> set[str]:
    return {one.text() for one in choice.menu.actions() if one.isChecked()}


def throw(choice: OverlayChoice, *names: str) -> None:
    """Click on some of the switches one after the other, then leave the menu."""
    menu = menu_of(choice)
    actions = {action.text(): action for action in menu.actions()}
    for name in names:
        click(menu, menu.actionGeometry(actions[name]).center())
        if name != "As the screen":
            assert menu.isVisible(), "it stays open"
    menu.close()


def at_the_end(qtbot: QtBot, window: Window) -> PicturePage:
    key(window, Key.Key_End)
    settle(qtbot, window)
    return picture_of(open_dialog(qtbot, window))


def test_overlays_begin_as_on_the_screen(qtbot: QtBot, window: Window) -> None:
    key(window, "t")
    key(window, "b")
    key(window, "p")
    settle(qtbot, window)
    page = at_the_end(qtbot, window)
    assert page.overlays.currentText() == "As the screen"
    assert page.overlays.layers == window.stage.layers
    expected = {"Ellipses", "By coverage (50, 90, 95 %)", "Seeds", "Grid", "Regions"}
    assert checked_in(page.overlays) == expected | {"True labels hidden"}


def test_switches_change_the_figure_and_not_the_screen(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    page = at_the_end(qtbot, window)
    is_shown(qtbot, page)
    screen, before = window.stage.layers, paint_image(figure_of(page))
    shown = page.preview.image
    throw(page.overlays, "Grid", "Ellipses", "Trails of the means")
    assert page.overlays.currentText() == "Changed"
    assert window.stage.layers == screen
    is_shown(qtbot, page)
    assert page.preview.image != shown
    name_file(qtbot, page.window(), tmp_path / "a.png")  # type: ignore[arg-type]
    qtbot.waitUntil((tmp_path / "a.png").exists)
    settle(qtbot, window)
    saved = QImage(str(tmp_path / "a.png"))
    assert count(before, rgb(LIGHT.grid)) > 5000
    assert count(saved, rgb(LIGHT.grid)) < 50
    assert window.stage.layers == screen
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.layers == screen
    again = picture_of(open_dialog(qtbot, window))
    assert again.overlays.currentText() == "As the screen", "they follow the screen"


def test_a_background_is_one_of_several(qtbot: QtBot, window: Window) -> None:
    page = at_the_end(qtbot, window)
    throw(page.overlays, "Density")
    density = paint_image(figure_of(page))
    assert page.overlays.layers.background == "density"
    throw(page.overlays, "Regions")
    regions = paint_image(figure_of(page))
    assert page.overlays.layers.background == "regions"
    assert density != regions
    throw(page.overlays, "No background")
    assert page.overlays.currentText() == "As the screen"


def test_what_the_screen_shows_comes_back(qtbot: QtBot, window: Window) -> None:
    page = at_the_end(qtbot, window)
    before = paint_image(figure_of(page))
    throw(page.overlays, "Seeds", "True mixture")
    assert paint_image(figure_of(page)) != before
    throw(page.overlays, "As the screen")
    assert paint_image(figure_of(page)) == before
    throw(page.overlays, "Seeds")
    reset = next(one for one in page.findChildren(type(page.copy)) if one.text() == "Reset")
    click(reset)
    assert page.overlays.layers == window.stage.layers


def test_keys_switch_too(qtbot: QtBot, window: Window) -> None:
    page = at_the_end(qtbot, window)
    page.overlays.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.overlays, Key.Key_Space)
    menu = page.overlays.menu
    assert menu.isVisible()
    for what in (Key.Key_Down, Key.Key_Space):
        qtbot.keyClick(menu, what)
    assert not page.overlays.layers.ellipses
    assert menu.isVisible()
    for what in (Key.Key_Down, Key.Key_Return):
        qtbot.keyClick(menu, what)
    assert page.overlays.layers.coverage
    qtbot.keyClick(menu, Key.Key_Escape)
    assert not menu.isVisible()
    assert page.isVisible(), "the dialog stays"


def test_the_release_of_the_click_that_opens_it_switches_nothing(
    qtbot: QtBot, window: Window
) -> None:
    page = at_the_end(qtbot, window)
    menu = page.overlays.menu
    menu.popup(page.overlays.mapToGlobal(QPoint(0, 0)))
    first = next(one for one in menu.actions() if one.isCheckable())
    qtbot.mouseRelease(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(first).center())
    assert page.overlays.layers == window.stage.layers
    menu.close()


def shapes_in(figure: Figure) -> int:
    return len(re.findall(rb"<(?:path|polygon|ellipse)", figure_bytes(figure, "svg")))


def test_earlier_ellipses_are_there_where_the_screen_has_none(qtbot: QtBot, window: Window) -> None:
    page = at_the_end(qtbot, window)
    before = shapes_in(figure_of(page))
    throw(page.overlays, "Earlier ellipses")
    after = shapes_in(figure_of(page))
    past = figure_of(page).shot.scene.past
    assert past
    assert after - before == sum(mixture.k for mixture in past)


def classes() -> PointCloud:
    points = np.concatenate([np.random.default_rng(j).normal(9 * j, 1, (40, 2)) for j in range(3)])
    names = ("Adelie", "Gentoo", "Chinstrap")
    return PointCloud(points, labels=np.repeat([0, 1, 2], 40), class_names=names)


@pytest.fixture
def show(qtbot: QtBot, window: Window) -> Callable[[PointCloud], None]:
    def make(cloud: PointCloud) -> None:
        window.session.store.edit(new_cloud(window.session.document, cloud), "Another cloud")
        settle(qtbot, window)

    return make


def test_true_labels_come_with_their_key(
    qtbot: QtBot, window: Window, show: Callable[[PointCloud], None]
) -> None:
    show(classes())
    page = at_the_end(qtbot, window)
    assert "True mixture" not in names_in(page.overlays)
    assert b"Gentoo" not in figure_bytes(figure_of(page), "svg")
    coloured = []
    for name in ("True labels as colours", "True labels as markers"):
        throw(page.overlays, name)
        coloured.append(figure_bytes(figure_of(page), "svg"))
        assert b">Gentoo<" in coloured[-1]
    assert coloured[0] != coloured[1]
    throw(page.overlays, "True labels hidden")
    assert b"Gentoo" not in figure_bytes(figure_of(page), "svg")


def test_labels_on_the_screen_can_be_left_out(
    qtbot: QtBot, window: Window, show: Callable[[PointCloud], None]
) -> None:
    show(classes())
    key(window, Key.Key_Y)
    settle(qtbot, window)
    dialog = open_dialog(qtbot, window)
    page, strip = picture_of(dialog), strip_of(dialog)
    assert b">Gentoo<" in figure_bytes(figure_of(page), "svg")
    throw(strip.overlays, "True labels hidden")
    assert b">Gentoo<" in figure_bytes(figure_of(page), "svg"), "each page has its own"
    dialog.choose("picture")
    throw(page.overlays, "True labels hidden")
    assert b"Gentoo" not in figure_bytes(figure_of(page), "svg")


def test_only_what_makes_sense_is_offered(
    qtbot: QtBot, window: Window, show: Callable[[PointCloud], None]
) -> None:
    show(PointCloud(np.random.default_rng(1).normal(size=300)))
    page = picture_of(open_dialog(qtbot, window))
    assert names_in(page.overlays) == [
        "As the screen",
        "Sigma bars",
        "By coverage (50, 90, 95 %)",
        "Trails of the means",
        "Seeds",
        "Hard colours",
        "Grid",
        "No background",
        "Density",
        "Regions",
        "Uncertainty",
    ], "no truth, no labels, and nothing earlier than the start"


def test_a_line_has_its_backgrounds_too(
    qtbot: QtBot, window: Window, show: Callable[[PointCloud], None]
) -> None:
    show(PointCloud(np.random.default_rng(1).normal(size=300)))
    page = at_the_end(qtbot, window)
    assert "Earlier densities" in names_in(page.overlays)
    before = paint_image(figure_of(page))
    throw(page.overlays, "Regions", "Earlier densities")
    assert paint_image(figure_of(page)) != before


def test_colours_that_the_rule_makes_hard_are_no_choice(qtbot: QtBot, window: Window) -> None:
    window.session.configure(Configuration(rule="classification"), "Rule")
    settle(qtbot, window)
    dialog = open_dialog(qtbot, window)
    assert "Hard colours" not in names_in(strip_of(dialog).overlays)
    assert "Hard colours" not in names_in(animation_of(dialog).overlays)


def test_strips_and_animations_have_their_overlays(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    screen = window.stage.layers
    dialog = open_dialog(qtbot, window)
    animation, strip = animation_of(dialog), strip_of(dialog)
    throw(strip.overlays, "Grid", "Density", "Earlier ellipses")
    made = strip.figure
    assert isinstance(made, Strip)
    assert all(panel.scene.layers.background == "density" for panel in made.panels)
    assert made.panels[-1].scene.past
    assert count(paint_image(made), rgb(LIGHT.grid)) < 50
    dialog.choose("animation")
    plan = plan_of(animation.take, animation.animation)
    before = FramePainter(animation.take, plan)(plan[len(plan) - 1])
    throw(animation.overlays, "Grid", "Ellipses")
    after = FramePainter(animation.take, plan)(plan[len(plan) - 1])
    grid = np.array(rgb(LIGHT.grid))
    assert (before == grid).all(axis=2).sum() > 2000
    assert (after == grid).all(axis=2).sum() < 50
    type_into(qtbot, animation.last, "1")
    name_file(qtbot, dialog, tmp_path / "a.gif")
    qtbot.waitUntil((tmp_path / "a.gif").exists)
    settle(qtbot, window)
    saved = QImage(str(tmp_path / "a.gif"))
    assert count(saved, rgb(LIGHT.grid)) < 50
    assert window.stage.layers == screen


def test_a_map_goes_with_its_background(qtbot: QtBot, window: Window) -> None:
    key(window, "w")
    qtbot.waitUntil(lambda: window.map.lab.is_complete)
    settle(qtbot, window)
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    assert "Basins of the seed" in checked_in(page.overlays)
    assert "Likelihood of the seed" not in names_in(page.overlays)
    assert figure_of(page).shot.scene.overlay is not None
    throw(page.overlays, "No background")
    assert figure_of(page).shot.scene.overlay is None
    throw(page.overlays, "Basins of the seed")
    assert figure_of(page).shot.scene.overlay is not None
    strip = strip_of(dialog)
    assert "Basins of the seed" not in names_in(strip.overlays), "a map is of no step"
    assert "No background" in checked_in(strip.overlays)
