"""What happens to errors that nobody caught."""

import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget

from gmm_studio import InputError, __version__
from gmm_studio.gui.errors import Catcher, details_of

# The test bed has hooks of its own, which would take the errors.
pytestmark = pytest.mark.qt_no_exception_capture


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


@pytest.fixture
def catcher(window):
    made = Catcher(window)
    made.install()
    yield made
    made.uninstall()


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def texts(dialog):
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def shown(qtbot, catcher):
    qtbot.waitUntil(lambda: catcher.dialog is not None)
    return catcher.dialog


def button(dialog, text):
    return next(found for found in dialog.findChildren(QPushButton) if found.text() == text)


def test_an_error_in_a_slot_is_shown_and_logged(qtbot, catcher, window, capsys):
    def fail():
        raise ValueError("the cat sat on it")

    QTimer.singleShot(0, fail)
    dialog = shown(qtbot, catcher)
    assert dialog.isVisible()
    assert dialog.windowTitle() == "Something went wrong"
    assert any("Your work is still there" in text for text in texts(dialog))
    assert "ValueError: the cat sat on it" in dialog.details
    assert "in fail" in dialog.details
    assert "ValueError: the cat sat on it" in capsys.readouterr().err


def test_it_blocks_nothing(qtbot, catcher, window):
    catcher.report(raised(ValueError("no")))
    dialog = shown(qtbot, catcher)
    assert not dialog.isModal()
    assert dialog.parentWidget() is window
    assert QApplication.activeModalWidget() is None


def test_it_comes_in_front_of_an_open_dialog(qtbot, catcher, window):
    other = QDialog(window)
    other.open()
    catcher.report(raised(ValueError("no")))
    assert shown(qtbot, catcher).parentWidget() is other
    other.close()


def test_an_error_in_painting_is_shown_and_survived(qtbot, catcher, window):
    class Broken(QWidget):
        def paintEvent(self, _):  # noqa: N802
            painter = QPainter(self)
            try:
                self.paint(painter)
            except KeyError:
                raise ZeroDivisionError("paint") from None

        def paint(self, painter):
            raise KeyError(painter.isActive())

    broken = Broken(window)
    broken.resize(50, 50)
    broken.show()
    dialog = shown(qtbot, catcher)
    assert "ZeroDivisionError: paint" in dialog.details
    broken.hide()


def test_an_error_in_a_thread_is_shown_by_the_window_s_thread(qtbot, catcher):
    def fail():
        raise KeyError("thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert catcher.dialog is None
    dialog = shown(qtbot, catcher)
    assert dialog.thread() is QCoreApplication.instance().thread()
    assert "KeyError: 'thread'" in dialog.details


def test_a_thread_may_end_itself(qtbot, catcher, capsys):
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    qtbot.wait(20)
    assert catcher.dialog is None
    assert capsys.readouterr().err == ""


def test_further_errors_are_counted(qtbot, catcher):
    catcher.report(raised(ValueError("first")))
    dialog = shown(qtbot, catcher)
    for i in range(30):
        catcher.report(raised(ValueError(f"error {i}.")))
    qtbot.waitUntil(lambda: dialog.count == 31)
    assert catcher.dialog is dialog
    assert "Errors that have come since: 30" in texts(dialog)
    assert "error 0." in dialog.details
    assert "error 29." not in dialog.details


def test_after_it_is_closed_the_next_one_is_shown(qtbot, catcher):
    catcher.report(raised(ValueError("first")))
    shown(qtbot, catcher).close()
    assert catcher.dialog is None
    catcher.report(raised(ValueError("second")))
    dialog = shown(qtbot, catcher)
    assert dialog.count == 1
    assert "second" in dialog.details


def test_it_may_go_with_its_window(qtbot, catcher, window):
    other = QDialog(window)
    other.open()
    catcher.report(raised(ValueError("first")))
    shown(qtbot, catcher)
    other.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert catcher.dialog is None


def test_details_are_shown_and_copied(qtbot, catcher):
    catcher.report(raised(ValueError("copy me")))
    dialog = shown(qtbot, catcher)
    before = dialog.height()
    assert "copy me" not in " ".join(texts(dialog))
    button(dialog, "Details").click()
    assert dialog.height() > before
    button(dialog, "Copy details").click()
    copied = QGuiApplication.clipboard().text()
    assert copied == dialog.details
    assert copied.startswith(f"GMM Studio {__version__}\nPython {sys.version.split()[0]}")
    assert "Qt 6" in copied
    button(dialog, "Close").click()
    assert catcher.dialog is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (InputError("Point {row} is not finite.", row=7), "Point 7 is not finite."),
        (MemoryError(), "There is not enough memory for that."),
    ],
)
def test_what_is_known_is_said(qtbot, catcher, error, words):
    catcher.report(raised(error))
    assert any(words in text for text in texts(shown(qtbot, catcher)))


def test_causes_are_in_the_details():
    error = raised(ValueError("save"))
    error.__cause__ = raised(OSError("disk"))
    assert "OSError: disk" in details_of(error)


def test_ctrl_c_quits(qtbot, catcher, window, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(QCoreApplication, "quit", lambda: calls.append("quit"))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    qtbot.wait(20)
    assert calls == ["quit"]
    assert catcher.dialog is None
    assert capsys.readouterr().err == ""


def test_the_hooks_come_back():
    before = sys.excepthook, threading.excepthook
    catcher = Catcher()
    catcher.install()
    catcher.install()
    assert sys.excepthook is not before[0]
    catcher.uninstall()
    catcher.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_without_an_output_it_goes_on(qtbot, catcher, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    catcher.report(raised(ValueError("silent")))
    shown(qtbot, catcher)


def test_an_error_while_showing_one_does_not_come_back_for_ever(
    qtbot, catcher, monkeypatch, capsys
):
    def broken(*_):
        raise RuntimeError("dialog")

    monkeypatch.setattr("gmm_studio.gui.errors.ErrorDialog", broken)
    catcher.report(raised(ValueError("first")))
    qtbot.wait(50)
    log = capsys.readouterr().err
    assert log.count("ValueError: first") == 1
    assert log.count("RuntimeError: dialog") == 1
