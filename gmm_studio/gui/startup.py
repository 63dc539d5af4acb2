"""Why the window cannot open here, found out before Qt is asked: it would end the process."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import shlex
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["check_display", "check_import", "check_packages", "diagnose"]

_WITHOUT_WINDOW = "Without a window: gmm-studio fit FILE -k 3"

# What each shared library that Qt loads is called by Debian and Ubuntu, and by Fedora.
_LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libz.so.1": ("zlib1g", "zlib"),
    "libzstd.so.1": ("libzstd1", "libzstd"),
}
_WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
}


def diagnose() -> str | None:
    """Say why no window can be opened here and what helps, or None where nothing is known.

    Returns
    -------
    str or None
        A message of one or two lines.
    """
    return check_packages() or check_display() or check_import()


def check_packages() -> str | None:
    """Say which Python packages of the window are missing, and how to install them."""
    packages = {"PySide6": "PySide6-Essentials", "contourpy": "contourpy"}
    missing = [package for name, package in packages.items() if not _is_installed(name)]
    if not missing:
        return None
    command = shlex.join([sys.executable or "python", "-m", "pip", "install", *missing])
    return f"The window needs Python packages that are not installed.\nInstall them: {command}"


def check_display() -> str | None:
    """Say why Qt would find no screen to draw on (on Linux alone), and what helps."""
    if not sys.platform.startswith("linux"):
        return None
    problem: str | None = (
        "The window needs a screen, and there is none: neither DISPLAY nor WAYLAND_DISPLAY is set."
        f"\n{_screen_help()}"
    )
    for platform in _platforms():
        problem = _missing_plugin(platform) or _unreachable(platform)
        if problem is None:
            break
    return problem


def check_import() -> str | None:
    """Say what keeps Qt from being loaded: the last resort, for what the others do not know."""
    try:
        for module in ("QtWidgets", "QtSvg"):
            importlib.import_module(f"PySide6.{module}")
    except ImportError as error:
        return f"The window cannot open, as Qt cannot be loaded: {error}.\n{_WITHOUT_WINDOW}"
    return None


def _is_installed(name: str) -> bool:
    try:
        spec = importlib.util.find_spec(name)
    except ImportError:
        return False
    return spec is not None and spec.origin is not None


def _platforms() -> list[str]:
    """The platforms that Qt would try, one after the other."""
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named:
        return [choice.split(":")[0] for choice in named.split(";") if choice]
    platforms = []
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        platforms.append("wayland")
    if os.environ.get("DISPLAY"):
        platforms.append("xcb")
    return platforms


def _missing_plugin(platform: str) -> str | None:
    """Whether the platform's plugin, if Qt came with pip, is there and finds its libraries."""
    folder = _plugin_folder()
    if folder is None:
        return None
    name = "wayland*" if platform.startswith("wayland") else platform
    plugin = next(iter(sorted(folder.glob(f"libq{name}.so"))), None)
    if plugin is None:
        return (
            f"The window cannot open: QT_QPA_PLATFORM is {platform!r}, which Qt does not have here."
            "\nTry again without it: unset QT_QPA_PLATFORM"
        )
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        known = _LIBRARIES | (_WAYLAND_LIBRARIES if platform.startswith("wayland") else {})
        missing = [library for library in known if not _can_load(library)]
        if not missing:
            return f"The window cannot open, as Qt cannot be loaded: {error}.\n{_WITHOUT_WINDOW}"
        return _install(missing, known)
    return None


def _plugin_folder() -> Path | None:
    """Where the platform plugins are, if Qt came with pip."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "Qt" / "plugins" / "platforms"
    return folder if folder.is_dir() else None


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(missing: Sequence[str], known: dict[str, tuple[str, str]]) -> str:
    """What is missing, and the command of this system that brings it."""
    problem = f"The window needs system libraries that are not installed: {', '.join(missing)}"
    debian, fedora = (list(dict.fromkeys(known[name][i] for name in missing)) for i in (0, 1))
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    for manager, packages in (("apt", debian), ("dnf", fedora)):
        if shutil.which(manager):
            command = shlex.join([*sudo, manager, "install", *packages])
            return f"{problem}\nInstall them: {command}"
    return f"{problem}\nInstall them with your system's package manager."


def _unreachable(platform: str) -> str | None:
    """Whether the screen that a platform would draw on does not answer."""
    if platform == "xcb" and not _x_server_answers():
        name = "DISPLAY"
    elif platform.startswith("wayland") and not _compositor_answers():
        name = "WAYLAND_DISPLAY"
    else:
        return None
    if value := os.environ.get(name, ""):
        problem = f"The window needs a screen, and the one named by {name}={value} does not answer."
    else:
        problem = f"The window needs a screen, and there is none: {name} is not set."
    return f"{problem}\n{_screen_help()}"


def _x_server_answers() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _compositor_answers() -> bool:
    if os.environ.get("WAYLAND_SOCKET"):
        return True
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    path = os.path.join(os.environ.get("XDG_RUNTIME_DIR", "/"), name)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
    except OSError:
        return False
    return True


def _screen_help() -> str:
    if os.environ.get("SSH_CONNECTION"):
        return f"Log in with ssh -X to see it on your own screen. {_WITHOUT_WINDOW}"
    return f"Start it in a desktop session. {_WITHOUT_WINDOW}"
