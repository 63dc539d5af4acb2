"""What the program says where it cannot open a window, before Qt would end the process."""

import ast
import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gmm_studio.gui import startup

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")
VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_SESSION_TYPE", "SSH_CONNECTION")


@pytest.fixture
def screenless(monkeypatch):
    """No screen, and plugins that find their libraries."""
    for name in (*VARIABLES, "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(startup, "_missing_plugin", lambda _: None)
    return monkeypatch


def run(code, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_imports_no_qt():
    tree = ast.parse(Path(startup.__file__).read_text(encoding="utf-8"))
    modules = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else _names(node))
    }
    assert not any((name or "").startswith(("PySide6", "gmm_studio")) for name in modules)


def _names(node):
    return [alias.name for alias in node.names]


def test_nothing_to_say_where_a_window_opens():
    code = "from gmm_studio.gui.startup import diagnose; print(diagnose())"
    done = run(code, QT_QPA_PLATFORM="offscreen")
    assert (done.stdout, done.returncode) == ("None\n", 0), done.stderr


def test_missing_packages_come_with_the_command(monkeypatch):
    monkeypatch.setattr(startup, "_is_installed", lambda name: name != "PySide6")
    message = startup.diagnose()
    assert message is not None
    assert message.endswith("-m pip install PySide6-Essentials")
    assert sys.executable in message


@pytest.mark.parametrize("how", ["absent", "blocked", "remnant"])
def test_what_is_not_installed_is_seen(monkeypatch, tmp_path, how):
    if how == "blocked":
        monkeypatch.setitem(sys.modules, "some_package", None)
    elif how == "remnant":
        (tmp_path / "some_package").mkdir()
        monkeypatch.syspath_prepend(tmp_path)
    assert not startup._is_installed("some_package")
    assert startup._is_installed("json")


@linux
def test_no_screen(screenless):
    message = startup.check_display()
    assert message is not None
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in message
    assert "gmm-studio fit FILE -k 3" in message
    assert len(message.splitlines()) == 2


@linux
def test_over_ssh_it_says_how(screenless):
    screenless.setenv("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")
    assert "ssh -X" in (startup.check_display() or "")


@linux
def test_a_screen_that_does_not_answer(screenless):
    screenless.setenv("DISPLAY", ":7654")
    message = startup.check_display()
    assert message is not None
    assert "DISPLAY=:7654 does not answer" in message


@linux
def test_a_platform_without_a_screen_is_fine(screenless):
    screenless.setenv("QT_QPA_PLATFORM", "offscreen")
    assert startup.check_display() is None
    screenless.setenv("QT_QPA_PLATFORM", "xcb;vnc:size=800x600")
    assert startup.check_display() is None


@linux
def test_a_platform_that_is_asked_for_needs_its_screen(screenless):
    screenless.setenv("QT_QPA_PLATFORM", "xcb")
    assert "DISPLAY is not set" in (startup.check_display() or "")


@linux
def test_wayland(screenless, tmp_path):
    screenless.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    screenless.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert "WAYLAND_DISPLAY=wayland-7 does not answer" in (startup.check_display() or "")
    screenless.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wayland-7")
        server.listen()
        assert startup.check_display() is None
        screenless.setenv("DISPLAY", ":7654")
        assert startup.check_display() is None


@linux
def test_an_x_server_that_answers(screenless):
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        screenless.setenv("DISPLAY", f":{server.stdout.readline().strip()}")
        try:
            assert startup.check_display() is None
        finally:
            server.terminate()


@linux
def test_a_platform_that_qt_does_not_have(monkeypatch):
    if startup._plugin_folder() is None:
        pytest.skip("Qt did not come with pip")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xbc")
    message = startup.check_display()
    assert message is not None
    assert "QT_QPA_PLATFORM is 'xbc'" in message
    assert "unset QT_QPA_PLATFORM" in message


class Loader:
    """Loads all libraries but some, and no plugin that needs them."""

    def __init__(self, *missing):
        self.missing = missing

    def __call__(self, name):
        if name in self.missing or "/platforms/" in name:
            raise OSError(f"{self.missing[0]}: cannot open shared object file")
        return object()


@linux
@pytest.mark.parametrize(
    ("manager", "root", "command"),
    [
        ("apt", False, "sudo apt install libxcb-cursor0 libxkbcommon-x11-0"),
        ("apt", True, ": apt install libxcb-cursor0 libxkbcommon-x11-0"),
        ("dnf", False, "sudo dnf install xcb-util-cursor libxkbcommon-x11"),
        ("", False, "with your system's package manager"),
    ],
)
def test_missing_libraries_come_with_the_command(monkeypatch, manager, root, command):
    if startup._plugin_folder() is None:
        pytest.skip("Qt did not come with pip")
    loader = Loader("libxcb-cursor.so.0", "libxkbcommon-x11.so.0")
    monkeypatch.setattr(ctypes, "CDLL", loader)
    monkeypatch.setattr(shutil, "which", lambda name: name if name == manager else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    message = startup.check_display()
    assert message is not None
    assert "libxcb-cursor.so.0, libxkbcommon-x11.so.0" in message
    assert command in message


@linux
def test_libraries_are_packaged_once(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "apt" else None)
    known = startup._LIBRARIES
    message = startup._install(["libglib-2.0.so.0", "libgthread-2.0.so.0"], known)
    assert message.count("libglib2.0-0") == 1


@linux
def test_a_library_that_is_really_broken(tmp_path):
    if startup._plugin_folder() is None:
        pytest.skip("Qt did not come with pip")
    (tmp_path / "libfontconfig.so.1").touch()
    code = "from gmm_studio.gui.startup import diagnose; print(diagnose())"
    done = run(code, QT_QPA_PLATFORM="offscreen", LD_LIBRARY_PATH=str(tmp_path))
    assert "not installed: libfontconfig.so.1" in done.stdout, done.stderr


@linux
def test_every_library_that_the_plugins_need_is_known():
    folder = startup._plugin_folder()
    if folder is None or shutil.which("readelf") is None:
        pytest.skip("needs Qt as pip brings it, and readelf")
    libraries = folder.parent.parent / "lib"
    files = [*folder.glob("libqxcb.so"), *folder.glob("libqwayland*.so")]
    for name in ("Core", "Gui", "Widgets", "DBus", "XcbQpa", "WaylandClient", "Svg"):
        files += libraries.glob(f"libQt6{name}.so.6")
    known = startup._LIBRARIES | startup._WAYLAND_LIBRARIES
    always = (
        "libQt6",
        "libicu",
        "libstdc++",
        "libgcc_s",
        "libm.",
        "libc.",
        "ld-linux",
        "libpthread",
    )
    for file in files:
        text = subprocess.run(
            ["readelf", "-d", str(file)], capture_output=True, text=True, check=True
        ).stdout
        needed = [line.split("[")[1].rstrip("]") for line in text.splitlines() if "NEEDED" in line]
        assert needed
        unknown = [name for name in needed if name not in known and not name.startswith(always)]
        assert not unknown, file


def test_what_else_keeps_qt_from_loading_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "PySide6.QtSvg", None)
    message = startup.check_import()
    assert message is not None
    assert "PySide6.QtSvg" in message
