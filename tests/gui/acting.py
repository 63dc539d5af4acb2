"""What a person does with mouse and keys, by way of the window system and not of the widgets."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

Left = Qt.MouseButton.LeftButton
Right = Qt.MouseButton.RightButton
Plain = Qt.KeyboardModifier.NoModifier
Shift = Qt.KeyboardModifier.ShiftModifier
Control = Qt.KeyboardModifier.ControlModifier

Place = QPoint | QPointF | tuple[float, float]
Rgb = tuple[int, int, int]


def _window_of(widget: QWidget) -> QWindow:
    handle = widget.window().windowHandle()
    assert handle is not None, "it is not on the screen"
    return handle


def _in_window(widget: QWidget, at: Place | None) -> QPoint:
    if at is None:
        at = widget.rect().center()
    elif isinstance(at, tuple):
        at = QPointF(*at)
    point = at.toPoint() if isinstance(at, QPointF) else at
    assert widget.rect().contains(point), f"{point} is not on it"
    return widget.mapTo(widget.window(), point)


def move(widget: QWidget, at: Place | None = None) -> None:
    """Move the pointer there; what is pressed stays pressed."""
    QTest.mouseMove(_window_of(widget), _in_window(widget, at))


def press(
    widget: QWidget,
    at: Place | None = None,
    button: Qt.MouseButton = Left,
    modifiers: Qt.KeyboardModifier = Plain,
) -> None:
    QTest.mousePress(_window_of(widget), button, modifiers, _in_window(widget, at))


def release(
    widget: QWidget,
    at: Place | None = None,
    button: Qt.MouseButton = Left,
    modifiers: Qt.KeyboardModifier = Plain,
) -> None:
    QTest.mouseRelease(_window_of(widget), button, modifiers, _in_window(widget, at))


def click(
    widget: QWidget,
    at: Place | None = None,
    button: Qt.MouseButton = Left,
    modifiers: Qt.KeyboardModifier = Plain,
) -> None:
    QTest.mouseClick(_window_of(widget), button, modifiers, _in_window(widget, at))


def double_click(widget: QWidget, at: Place | None = None) -> None:
    QTest.mouseDClick(_window_of(widget), Left, Plain, _in_window(widget, at))


def second_click(widget: QWidget, at: tuple[float, float]) -> None:
    """The second half of a double click, once the first has had its effect."""
    there = QPointF(*at)
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        event = QMouseEvent(kind, there, widget.mapToGlobal(there), Left, Left, Plain)
        QApplication.sendEvent(widget, event)


def hover(widget: QWidget, at: tuple[float, float]) -> None:
    """Move the pointer there with no button down, whatever was pressed before."""
    there, none = QPointF(*at), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, there, widget.mapToGlobal(there), none, none, Plain)
    QApplication.sendEvent(widget, event)


def drag(widget: QWidget, places: Iterable[Place], modifiers: Qt.KeyboardModifier = Plain) -> None:
    """Press at the first place, move over the others, release at the last."""
    first, *others = places
    press(widget, first, modifiers=modifiers)
    for place in others:
        move(widget, place)
    release(widget, others[-1], modifiers=modifiers)


def wheel(widget: QWidget, at: Place, turns: float) -> None:
    """Turn the wheel; forward is positive."""
    point = _in_window(widget, at)
    QTest.wheelEvent(_window_of(widget), point, QPoint(0, round(120 * turns)))


def key(widget: QWidget, what: Qt.Key | str, modifiers: Qt.KeyboardModifier = Plain) -> None:
    """Press and release a key, or type a text, wherever the focus of the window is."""
    handle = _window_of(widget)
    if isinstance(what, str):
        for letter in what:
            QTest.keyClick(handle, letter, modifiers)
    else:
        QTest.keyClick(handle, what, modifiers)


def picture(widget: QWidget) -> QImage:
    """What is on the screen."""
    return widget.grab().toImage()


def rgb(colour: str | QColor) -> Rgb:
    named = QColor(colour)
    return named.red(), named.green(), named.blue()


def colour_at(image: QImage, at: Place) -> Rgb:
    x, y = at if isinstance(at, tuple) else (at.x(), at.y())
    assert image.rect().contains(int(x), int(y))
    return rgb(image.pixelColor(int(x), int(y)))


def count(image: QImage, colour: Rgb) -> int:
    """How many pixels have exactly this colour."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(-1, 4)
    return int((pixels[:, :3] == colour).all(axis=1).sum())


def distance(first: Rgb, second: Rgb) -> int:
    """The largest difference of a channel."""
    return max(abs(one - other) for one, other in zip(first, second, strict=True))
