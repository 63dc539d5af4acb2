"""Animations and strips out of the export dialog, as a person saves them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.gui.animation import job
from gmm_studio.gui.animation.frames import FramePainter, figure_of, plan_of
from gmm_studio.gui.dialogs.export_animation import AnimationPage
from gmm_studio.gui.dialogs.export_dialog import ExportDialog
from gmm_studio.gui.dialogs.export_picture import PicturePage
from gmm_studio.gui.dialogs.export_strip import StripPage
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.window import Window
from tests.gui.acting import click, key
from tests.gui.conftest import close_window, open_window, settle
from tests.gui.test_export_dialog import name_file, open_dialog, pick, type_into


def animations(qtbot: QtBot, window: Window) -> tuple[ExportDialog, AnimationPage]:
    """The dialog with the page of animations and its estimate."""
    dialog = open_dialog(qtbot, window)
    dialog.choose("animation")
    page = dialog.page
    assert isinstance(page, AnimationPage)
    wait_for_estimate(qtbot, page)
    return dialog, page


def wait_for_estimate(qtbot: QtBot, page: AnimationPage) -> None:
    qtbot.waitUntil(lambda: "about" in page.caption.text() and page.preview.is_idle)


def strips(qtbot: QtBot, window: Window) -> tuple[ExportDialog, StripPage]:
    dialog = open_dialog(qtbot, window)
    dialog.choose("strip")
    page = dialog.page
    assert isinstance(page, StripPage)
    qtbot.waitUntil(lambda: page.preview.is_idle and page.preview.image is not None)
    return dialog, page


def last_of(window: Window) -> int:
    run = window.session.shown
    assert run is not None
    return len(run.steps) - 1


def test_an_animation_is_saved(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    dialog, page = animations(qtbot, window)
    page.trim.setChecked(False)
    pick(page.curve, "beside")
    type_into(qtbot, page.width_, "600")
    type_into(qtbot, page.height_, "300")
    wait_for_estimate(qtbot, page)
    count = last_of(window) + 1
    assert page.caption.text().startswith(f"{count} frames")
    path = tmp_path / "em.gif"
    assert name_file(qtbot, dialog, tmp_path / "em") == "animation.gif"
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    assert window.activity.text == "Saved em.gif"
    with Image.open(path) as image:
        assert image.size == (600, 300)
        assert image.n_frames == count


def test_the_estimate_says_where_it_ends(qtbot: QtBot, window: Window) -> None:
    _, page = animations(qtbot, window)
    plain = page.caption.text()
    page.halves.setChecked(True)
    page.glide.setChecked(True)
    wait_for_estimate(qtbot, page)
    assert page.caption.text() != plain
    assert "seconds" in page.caption.text()
    assert "B" in page.caption.text()


def test_what_cannot_be_made_is_said(qtbot: QtBot, window: Window) -> None:
    dialog, page = animations(qtbot, window)
    for field, text, said in (
        (page.width_, "99999", "32,767"),
        (page.width_, "a", "whole numbers"),
        (page.speed, "1000", "speed"),
        (page.first, "5000", "no later iteration"),
    ):
        before = field.text()
        type_into(qtbot, field, text)
        assert said in page.problem.text()
        assert not dialog.save.isEnabled()
        type_into(qtbot, field, before)
        assert page.problem.isHidden()
        assert dialog.save.isEnabled()


def test_the_rate_is_there_where_it_counts(qtbot: QtBot, window: Window) -> None:
    _, page = animations(qtbot, window)
    assert not page.fps.isVisible()
    page.glide.setChecked(True)
    assert page.fps.isVisible()
    page.glide.setChecked(False)
    pick(page.format, "mp4")
    assert page.fps.isVisible()


def test_choices_are_remembered(qtbot: QtBot, settings_path: Path, tmp_path: Path) -> None:
    window = open_window(qtbot, settings_path)
    dialog, page = animations(qtbot, window)
    pick(page.format, "webp")
    page.glide.setChecked(True)
    type_into(qtbot, page.speed, "7.5")
    type_into(qtbot, page.last, "2")
    wait_for_estimate(qtbot, page)
    name_file(qtbot, dialog, tmp_path / "a")
    qtbot.waitUntil((tmp_path / "a.webp").exists)
    settle(qtbot, window)
    close_window(window)
    again = open_window(qtbot, settings_path)
    dialog = open_dialog(qtbot, again)
    page = dialog.page
    assert isinstance(page, AnimationPage), "the kind that was saved last"
    made = page.animation
    assert (made.format, made.glide, made.speed) == ("webp", True, 7.5)
    assert made.last == last_of(again), "a range belongs to its run"
    dialog.reject()
    close_window(again)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "avi"}', '{"speed": "fast"}', "7"])
def test_settings_of_others_do_no_harm(qtbot: QtBot, settings_path: Path, content: str) -> None:
    settings = QSettings(str(settings_path), QSettings.Format.IniFormat)
    settings.setValue("animation", content)
    settings.sync()
    window = open_window(qtbot, settings_path)
    dialog, page = animations(qtbot, window)
    assert page.animation.format == "gif"
    dialog.reject()
    close_window(window)


def test_the_preview_shows_what_will_be_written(qtbot: QtBot, window: Window) -> None:
    """At the end of the run, but the frames stop before: the flat tail is left out."""
    key(window, Qt.Key.Key_End)
    settle(qtbot, window)
    _, page = animations(qtbot, window)
    last = last_of(window)
    for trim in (True, False):
        page.trim.setChecked(trim)
        wait_for_estimate(qtbot, page)
        ends = plan_of(page.take, page.animation).moments[-1].iteration
        assert (ends < last) == trim
        assert (f"ends with iteration {ends}" in page.caption.text()) == trim
        assert previewed(page) == Moment(ends)
    type_into(qtbot, page.last, "2")
    assert previewed(page) == Moment(2)
    page.halves.setChecked(True)
    assert previewed(page) == Moment(2, "M")


def previewed(page: AnimationPage) -> Moment:
    figure = page.preview._figure
    assert figure is not None
    return figure.shot.scene.moment


def test_large_frames_are_estimated_from_smaller_ones(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = set()

    class Watched(FramePainter):
        def __call__(self, frame: Any) -> Any:
            pixels = super().__call__(frame)
            sizes.add(pixels.shape[0] * pixels.shape[1])
            return pixels

    monkeypatch.setattr(job, "FramePainter", Watched)
    _, page = animations(qtbot, window)
    sizes.clear()
    type_into(qtbot, page.width_, "4000")
    type_into(qtbot, page.height_, "4000")
    wait_for_estimate(qtbot, page)
    assert page.problem.isHidden()
    assert sizes
    assert max(sizes) < 1_000_000
    type_into(qtbot, page.width_, "20000")
    type_into(qtbot, page.height_, "20000")
    assert "7,070 by 7,070" in page.problem.text()


def test_the_curve_of_an_e_step_is_that_of_the_window(qtbot: QtBot, window: Window) -> None:
    """Picture and animation have their cursor where the window has it."""
    key(window, Qt.Key.Key_Home)
    key(window, Qt.Key.Key_H)
    for _ in range(3):
        key(window, Qt.Key.Key_Right)
    settle(qtbot, window)
    assert window.pill.text == "Iteration 2, E-step"
    in_window = window.curve_view.viewport().shown_cursor.iteration
    assert in_window == 1
    dialog = open_dialog(qtbot, window)
    dialog.choose("picture")
    picture = dialog.findChild(PicturePage)
    assert isinstance(picture, PicturePage)
    assert "Iteration 2, E-step" in picture.caption.text()
    figure = picture.figure
    assert figure is not None
    curve = figure.shot.curve
    assert curve is not None
    assert curve.cursor.iteration == in_window
    dialog.choose("animation")
    page = dialog.page
    assert isinstance(page, AnimationPage)
    pick(page.curve, "beside")
    page.halves.setChecked(True)
    made = figure_of(page.take, page.animation.sheet, Moment(2, "E"))
    assert made.shot.curve is not None
    assert made.shot.curve.cursor.iteration == in_window


def test_progress_is_shown_and_cancel_leaves_no_file(
    qtbot: QtBot, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, count = threading.Event(), 0

    class Slow(FramePainter):
        def __call__(self, frame: Any) -> Any:
            nonlocal count
            count += 1
            if count > 11:
                # Past the frames that the colours are chosen by.
                assert go.wait(60)
            return super().__call__(frame)

    dialog, _ = animations(qtbot, window)
    monkeypatch.setattr(job, "FramePainter", Slow)
    name_file(qtbot, dialog, tmp_path / "em.gif")
    qtbot.waitUntil(lambda: "Saving em.gif: frame " in window.activity.text)
    qtbot.waitUntil(lambda: window.activity.is_working)
    (cancel,) = (one for one in window.activity.findChildren(QPushButton) if one.isVisible())
    click(cancel, (cancel.width() / 2, cancel.height() / 2))
    go.set()
    settle(qtbot, window)
    window.session.export(lambda _: None, tmp_path / "other")
    settle(qtbot, window)
    assert list(tmp_path.glob("*.gif")) == []
    assert list(tmp_path.glob(".*.tmp")) == []


def test_a_strip_is_saved(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    dialog, page = strips(qtbot, window)
    assert page.iterations.text().startswith("1, 2")
    assert page.iterations.text().endswith(", end")
    type_into(qtbot, page.iterations, "0 1, end")
    chosen = page.chosen
    assert chosen == (0, 1, last_of(window))
    pick(page.form.format, "svg")
    assert name_file(qtbot, dialog, tmp_path / "s") == "strip.svg"
    path = tmp_path / "s.svg"
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    text = path.read_text()
    assert "The start<" in text
    for t in chosen[1:]:
        assert f"Iteration {t}<" in text


def test_iterations_that_are_none_are_said(qtbot: QtBot, window: Window) -> None:
    dialog, page = strips(qtbot, window)
    for text, said in (("", "commas"), ("1, x", "commas"), ("9000", "ends with")):
        type_into(qtbot, page.iterations, text)
        assert said in page.problem.text()
        assert not dialog.save.isEnabled()
    type_into(qtbot, page.iterations, "end")
    assert dialog.save.isEnabled()
    page.form.width_.setText("x")
    assert "above 0" in page.problem.text()
