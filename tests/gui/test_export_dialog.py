"""The export dialog and the clipboard as a person uses them: keys, fields, files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.dialogs.export_dialog import ExportDialog
from gmm_studio.gui.dialogs.export_numbers import NumbersPage
from gmm_studio.gui.dialogs.export_picture import PicturePage
from gmm_studio.gui.figures.clipboard import SVG_TYPE
from gmm_studio.gui.laboratory.map_overlay import MapPicture
from gmm_studio.gui.panels.controls import Choice
from gmm_studio.gui.window import Window
from tests.gui.acting import click, key
from tests.gui.conftest import close_window, open_window, settle

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier


def open_dialog(qtbot: QtBot, window: Window) -> ExportDialog:
    """With the keys, from the window."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    key(window, "E", Control)
    dialog = next(one for one in window.findChildren(ExportDialog) if one.isVisible())
    qtbot.waitExposed(dialog)
    return dialog


def picture_of(dialog: ExportDialog) -> PicturePage:
    page = dialog.findChild(PicturePage)
    assert isinstance(page, PicturePage)
    return page


def parameters_of(dialog: ExportDialog) -> NumbersPage:
    page = dialog.page
    assert isinstance(page, NumbersPage)
    return page


def name_file(qtbot: QtBot, dialog: ExportDialog, name: Path) -> str:
    """Press Enter, type a file's name, press Enter; and what was on offer."""
    qtbot.keyClick(dialog, Key.Key_Return)
    files = dialog.findChild(QFileDialog)
    assert isinstance(files, QFileDialog)
    qtbot.waitExposed(files)
    offered = Path(files.selectedFiles()[0]).name
    line = files.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(line, QLineEdit)
    line.setText(str(name))
    qtbot.keyClick(line, Key.Key_Return)
    return offered


def is_shown(qtbot: QtBot, page: PicturePage) -> None:
    qtbot.waitUntil(lambda: page.preview.is_idle and page.preview.image is not None)


def pick(choice: Choice, value: Any) -> None:
    """As a person picks from the list."""
    choice.setCurrentIndex(choice.findData(value))


def type_into(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.selectAll()
    if text:
        qtbot.keyClicks(field, text)
    else:
        qtbot.keyClick(field, Key.Key_Delete)


def items(choice: QComboBox) -> list[str]:
    return [choice.itemText(i) for i in range(choice.count())]


# The usual case


def test_three_actions_save_a_slide(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    offered = name_file(qtbot, open_dialog(qtbot, window), tmp_path / "a")
    assert offered == "picture-0.png"
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1920, 1080)
    assert image.pixelColor(3, 500).name() == LIGHT.canvas
    assert window.activity.text == "Saved a.png"


def test_the_presets_are_what_they_say(qtbot: QtBot, window: Window) -> None:
    page = picture_of(open_dialog(qtbot, window))
    offered = {}
    for i, radio in enumerate(page.presets.buttons()):
        click(radio, (radio.height() / 2, radio.height() / 2))
        assert page.presets.checkedId() == i
        target, figure = page.target, page.figure
        assert target is not None
        assert figure is not None
        offered[page.preset] = (target.endings[0], figure.sheet.theme, *figure.device_size)
    view = window.cloud_view
    assert offered["slide"] == (".png", "screen", 1920, 1080)
    assert offered["paper"][:3] == (".pdf", "paper", round(8.5 / 2.54 * 600))
    assert offered["web"][:3] == (".png", "screen", 2400)
    assert offered["web"][3] == pytest.approx(2400 * view.height() / view.width(), abs=1)
    assert offered["screen"] == (".png", "screen", view.width(), view.height())


def test_the_picture_of_the_screen_is_the_screen(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    dialog = open_dialog(qtbot, window)
    picture_of(dialog).choose("screen")
    path = tmp_path / "a.png"
    name_file(qtbot, dialog, path)
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    saved, view = QImage(str(path)), window.cloud_view
    shown = view.grab().toImage()
    assert saved.size() == shown.size()
    same = total = 0
    for x in range(0, view.width(), 3):
        # Below the pill.
        for y in range(80, view.height(), 3):
            first, second = saved.pixelColor(x, y), shown.pixelColor(x, y)
            total += 1
            same += max(abs(first.red() - second.red()), abs(first.blue() - second.blue())) < 12
    assert same > 0.995 * total


def test_the_preview_is_the_file(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    is_shown(qtbot, page)
    image = page.preview.image
    assert image is not None
    assert image.width() / image.height() == pytest.approx(16 / 9, abs=0.02)
    page.choose("paper")
    pick(page.form.format, "png")
    is_shown(qtbot, page)
    name_file(qtbot, dialog, tmp_path / "a.png")
    qtbot.waitUntil((tmp_path / "a.png").exists)
    settle(qtbot, window)
    saved = QImage(str(tmp_path / "a.png"))
    smooth = Qt.TransformationMode.SmoothTransformation
    seen = page.preview.image if page.preview.image is not None else image
    small = saved.scaledToWidth(seen.width(), smooth)
    apart = [
        abs(small.pixelColor(x, y).green() - seen.pixelColor(x, y).green())
        for x in range(0, seen.width() - 1, 5)
        for y in range(0, min(seen.height(), small.height()) - 1, 5)
    ]
    assert sum(apart) / len(apart) < 6


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_vector_formats(qtbot: QtBot, window: Window, tmp_path: Path, ending: str) -> None:
    dialog = open_dialog(qtbot, window)
    form = picture_of(dialog).form
    pick(form.format, ending)
    assert not form.fineness.isVisible()
    offered = name_file(qtbot, dialog, tmp_path / "a")
    assert offered == f"picture-0.{ending}"
    path = tmp_path / f"a.{ending}"
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    assert path.read_bytes()[:5] in (b"<?xml", b"%PDF-")


# What can be chosen


def test_everything_is_reachable(qtbot: QtBot, window: Window) -> None:
    dialog = open_dialog(qtbot, window)
    kinds: tuple[type[Any], ...] = (QLineEdit, QPushButton, QComboBox, QListWidget)
    controls = [one for kind in kinds for one in dialog.findChildren(kind)]
    assert len(controls) > 10
    for control in controls:
        assert control.toolTip()
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_parts_and_theme(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, window)
    form = picture_of(dialog).form
    pick(form.format, "svg")
    pick(form.curve, "beside")
    pick(form.theme, "dark")
    click(form.table, (10, form.table.height() / 2))
    click(form.title, (10, form.title.height() / 2))
    click(form.legend, (10, form.legend.height() / 2))
    name_file(qtbot, dialog, tmp_path / "a.svg")
    qtbot.waitUntil((tmp_path / "a.svg").exists)
    settle(qtbot, window)
    text = (tmp_path / "a.svg").read_text()
    assert DARK.canvas in text
    for expected in ("Separated", "The start", "Log-likelihood", "Covariance"):
        assert expected in text
    assert "3σ" not in text


def test_units_keep_the_size(qtbot: QtBot, window: Window) -> None:
    page = picture_of(open_dialog(qtbot, window))
    page.choose("web")
    pick(page.form.unit, "cm")
    assert page.form.width_.text() == "31.75"
    assert page.form.font_size.text() == "12"
    figure = page.figure
    assert figure is not None
    assert figure.size.width() == pytest.approx(1200, abs=0.5)
    pick(page.form.unit, "px")
    assert page.form.width_.text() == "1200"
    assert page.form.font_size.text() == "16"


def test_a_height_that_is_left_out_follows_the_screen(qtbot: QtBot, window: Window) -> None:
    page = picture_of(open_dialog(qtbot, window))
    type_into(qtbot, page.form.height_, "")
    view, figure = window.cloud_view, page.figure
    assert figure is not None
    ratio = figure.size.height() / figure.size.width()
    assert ratio == pytest.approx(view.height() / view.width(), rel=1e-3)
    assert page.form.height_.placeholderText() == f"{figure.size.height():.0f}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Sizes must be numbers"),
        ("abc", "Sizes must be numbers"),
        ("0", "Sizes must be numbers"),
        ("-3", "Sizes must be numbers"),
        ("40000", "is too large. Choose a smaller size."),
        ("1e300", "nobody could read this text"),
        ("20", "There is no room"),
    ],
)
def test_what_cannot_be_is_said_in_place(
    qtbot: QtBot, window: Window, text: str, told: str
) -> None:
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    type_into(qtbot, page.form.width_, text)
    assert told in page.problem.text()
    assert page.problem.isVisible()
    assert not dialog.save.isEnabled()
    assert not page.copy.isEnabled()
    assert page.target is None
    type_into(qtbot, page.form.width_, "1000")
    assert not page.problem.isVisible()
    assert dialog.save.isEnabled()


def test_choices_are_remembered_for_each_preset(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    page.choose("web")
    type_into(qtbot, page.form.width_, "700")
    pick(page.form.curve, "below")
    name_file(qtbot, dialog, tmp_path / "a.png")
    qtbot.waitUntil((tmp_path / "a.png").exists)
    settle(qtbot, window)
    page = picture_of(open_dialog(qtbot, window))
    assert page.preset == "web"
    assert page.form.width_.text() == "700"
    assert page.form.curve.currentData() == "below"
    page.choose("slide")
    assert page.form.width_.text() == "1920"
    page.choose("web")
    reset = next(b for b in page.findChildren(QPushButton) if b.text() == "Reset")
    click(reset)
    assert page.form.width_.text() == "1200"
    assert page.form.curve.currentData() == "none"


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", '{"width": 1}', json.dumps({"width": "x", "format": "exe"})],
)
def test_settings_that_are_broken_are_not_used(
    qtbot: QtBot, settings_path: Path, content: str
) -> None:
    settings = QSettings(str(settings_path), QSettings.Format.IniFormat)
    settings.setValue("figure/slide", content)
    settings.setValue("figure/preset", content)
    settings.setValue("export_page", content)
    settings.sync()
    window = open_window(qtbot, settings_path)
    page = picture_of(open_dialog(qtbot, window))
    assert page.preset == "slide"
    assert page.form.width_.text() == "1920"
    close_window(window)


def test_what_was_on_show_is_saved(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    key(window, Key.Key_End)
    settle(qtbot, window)
    dialog = open_dialog(qtbot, window)
    last = window.session.step
    assert last is not None
    window.session.playback.move_to(0)
    settle(qtbot, window)
    name_file(qtbot, dialog, tmp_path / "a.png")
    qtbot.waitUntil((tmp_path / "a.png").exists)
    settle(qtbot, window)
    assert QImage(str(tmp_path / "a.png")).text("Description") == (
        f"Separated, Iteration {last.index}"
    )


# The clipboard


def clipboard_svg() -> bytes:
    return bytes(QGuiApplication.clipboard().mimeData().data(SVG_TYPE).data())


def test_the_cloud_view_is_copied(qtbot: QtBot, window: Window) -> None:
    QGuiApplication.clipboard().clear()
    key(window, "C", Control | Shift)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().size() == window.cloud_view.size()
    assert b"<svg" in clipboard_svg()
    assert window.activity.text == "Copied the picture"


def test_a_copied_picture_outlives_its_window_and_python(tmp_path: Path) -> None:
    """Data that Python made would be destroyed after Python is gone, which ends in a crash."""
    code = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from gmm_studio.gui.theme import ThemeManager
from gmm_studio.gui.window import Window

app = sys.keep_to_the_end = QApplication([])
window = Window(ThemeManager(app, "light"), QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
while not window.stage.is_idle or window.cloud_view.scene is None:
    app.processEvents()
window.actions_["copy_picture"].trigger()
while QGuiApplication.clipboard().image().isNull():
    app.processEvents()
size = QGuiApplication.clipboard().image().size()
window.close_without_asking()
assert QGuiApplication.clipboard().image().size() == size
"""
    arguments = [sys.executable, "-c", code, str(tmp_path / "settings.ini")]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_the_dialog_copies_what_it_shows(qtbot: QtBot, window: Window) -> None:
    QGuiApplication.clipboard().clear()
    dialog = open_dialog(qtbot, window)
    page = picture_of(dialog)
    page.choose("web")
    click(page.copy)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().width() == 2400
    assert b'<svg width="1200px"' in clipboard_svg()
    assert dialog.isVisible()


# Parameters


@pytest.fixture
def parameters(qtbot: QtBot, window: Window) -> Callable[[], ExportDialog]:
    """The dialog with its page of parameters, at iteration 2."""

    def make() -> ExportDialog:
        window.session.playback.move_to(2)
        settle(qtbot, window)
        dialog = open_dialog(qtbot, window)
        dialog.choose("parameters")
        return dialog

    return make


def test_parameters_of_the_last_step(
    qtbot: QtBot, window: Window, parameters: Callable[[], ExportDialog], tmp_path: Path
) -> None:
    dialog = parameters()
    run = window.session.shown
    assert run is not None
    last = run.steps[-1].index
    page = parameters_of(dialog)
    assert items(page.step) == [f"Iteration {last}, the last", "Iteration 2, on show"]
    assert name_file(qtbot, dialog, tmp_path / "a") == f"mixture-{last}.json"
    qtbot.waitUntil((tmp_path / "a.json").exists)
    settle(qtbot, window)
    assert json.loads((tmp_path / "a.json").read_text())["iterations"] == last
    assert isinstance(open_dialog(qtbot, window).page, NumbersPage), "it is remembered"


def test_parameters_of_the_step_on_show_as_a_table(
    qtbot: QtBot, window: Window, parameters: Callable[[], ExportDialog], tmp_path: Path
) -> None:
    dialog = parameters()
    page = parameters_of(dialog)
    pick(page.format, ".csv")
    pick(page.step, "shown")
    assert name_file(qtbot, dialog, tmp_path / "a.csv") == "mixture-2.csv"
    qtbot.waitUntil((tmp_path / "a.csv").exists)
    settle(qtbot, window)
    assert (tmp_path / "a.csv").read_text().count("\n") >= 4


def test_another_ending_is_kept_before_ours(
    qtbot: QtBot, window: Window, parameters: Callable[[], ExportDialog], tmp_path: Path
) -> None:
    name_file(qtbot, parameters(), tmp_path / "run.v2")
    qtbot.waitUntil((tmp_path / "run.v2.json").exists)
    settle(qtbot, window)


def test_with_our_ending_nothing_is_replaced_unasked(
    qtbot: QtBot, parameters: Callable[[], ExportDialog], tmp_path: Path
) -> None:
    (tmp_path / "run.v2.json").write_text("{}")
    dialog = parameters()
    name_file(qtbot, dialog, tmp_path / "run.v2")
    assert dialog.isVisible()
    assert dialog.problem.text() == "run.v2.json is there already. Choose another name."
    assert dialog.problem.isVisible()
    assert (tmp_path / "run.v2.json").read_text() == "{}"


def test_the_folder_is_remembered(
    qtbot: QtBot, window: Window, parameters: Callable[[], ExportDialog], tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    name_file(qtbot, parameters(), folder / "a")
    qtbot.waitUntil((folder / "a.json").exists)
    settle(qtbot, window)
    dialog = open_dialog(qtbot, window)
    qtbot.keyClick(dialog, Key.Key_Return)
    files = dialog.findChild(QFileDialog)
    assert isinstance(files, QFileDialog)
    assert Path(files.directory().absolutePath()) == folder
    files.reject()
    assert dialog.isVisible()


def test_escape_saves_nothing(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, window)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Key.Key_Escape)
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".ini"]


def test_a_folder_without_rights_is_said_in_the_window(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    (tmp_path / "a.png").mkdir()
    (tmp_path / "a.png" / "inside").touch()
    dialog = open_dialog(qtbot, window)
    dialog.save_requested.emit(dialog.page.job(tmp_path / "a.png"), tmp_path / "a.png")
    settle(qtbot, window)
    assert "a.png cannot be written" in window.activity.text


def test_a_map_of_basins_is_saved_in_the_colours_of_the_figure(
    qtbot: QtBot, window: Window
) -> None:
    key(window, "w")
    qtbot.waitUntil(lambda: window.map.lab.is_complete)
    settle(qtbot, window)
    shot = window.exporter.shot()
    assert shot is not None
    overlay = shot.scene.overlay
    assert isinstance(overlay, MapPicture)
    assert overlay.field.image is not None
    dark = overlay.in_palette(DARK).field.image
    assert dark is not None
    assert overlay.field.image.pixelColor(0, 0).lightness() > 128
    assert dark.pixelColor(0, 0).lightness() < 128
    assert overlay.in_palette(LIGHT).field.image == overlay.field.image
