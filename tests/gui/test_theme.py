"""The theme: style sheet, icons, and what follows a change of scheme or size."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTableWidget,
    QTabWidget,
    QToolButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

import gmm_studio.resources
from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.icons import app_icon, icon
from gmm_studio.gui.theme import ThemeManager, _round_measures, style_sheet
from gmm_studio.resources import resource

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg") if path.stem != "app")


@pytest.fixture
def app(qapp):
    """The application, undressed again afterwards."""
    style, font, palette = qapp.style().objectName(), qapp.font(), qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setFont(font)
    qapp.setPalette(palette)
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Unknown)


def every_control() -> QMainWindow:
    window = QMainWindow()
    window.menuBar().addMenu("File").addAction("Open")
    window.statusBar().addWidget(QLabel("Ready"))
    inside = QWidget()
    window.setCentralWidget(inside)
    column = QVBoxLayout(inside)
    tabs = QTabWidget()
    tabs.addTab(QTableWidget(3, 3), "Table")
    tabs.addTab(QTreeWidget(), "Tree")
    combo = QComboBox()
    combo.addItems(["one", "two"])
    progress = QProgressBar()
    progress.setValue(40)
    menu = QPushButton("Menu")
    menu.setMenu(QMenu(menu))
    controls = (QPushButton("Go"), menu, QToolButton(), QCheckBox("A"), QRadioButton("B"), combo)
    numbers = (QLineEdit("1"), QSpinBox(), QDoubleSpinBox(), QSlider(Qt.Orientation.Horizontal))
    for widget in (*controls, *numbers, progress, tabs):
        column.addWidget(widget)
    return window


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.5])
def test_every_control_is_drawn_without_a_warning(app, qtbot, scheme, scale):
    manager = ThemeManager(app, scheme, scale)
    window = every_control()
    qtbot.addWidget(window)
    picture = window.grab().toImage()
    assert picture.pixelColor(2, picture.height() // 2).name() == manager.palette.panel


@pytest.mark.parametrize("scale", [0.75, 1.0, 1.1, 1.33, 1.6, 2.5])
def test_the_sheet_has_no_names_left_and_all_its_pictures(app, tmp_path, scale):
    sheet = style_sheet(LIGHT, scale, tmp_path)
    assert "$" not in sheet.split("*/", 1)[1]
    names = {part.split('"')[0] for part in sheet.split('url("')[1:]}
    assert names
    assert all(Path(name).is_file() for name in names)
    assert all(not QIcon(name).pixmap(16).isNull() for name in names)


def test_round_things_stay_round_at_any_scale():
    for percent in range(75, 251):
        lengths = _round_measures(percent / 100)
        for thing in ("handle", "groove", "play"):
            assert lengths[thing] - 1 <= 2 * lengths[f"{thing}_radius"] <= lengths[thing], percent
        assert lengths["groove"] + 2 * lengths["overhang"] == lengths["handle"]
        assert min(lengths.values()) > 0


def test_pictures_of_the_sheet_lie_where_a_name_has_spaces(app, tmp_path, qtbot):
    folder = tmp_path / "a folder (1)"
    folder.mkdir()
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setChecked(True)
    box.setStyleSheet(style_sheet(LIGHT, 1.0, folder))
    picture = box.grab().toImage()
    assert _has(picture, LIGHT.on_accent)
    assert _has(picture, LIGHT.accent)


def test_another_scheme_changes_the_palette_and_says_so(app, qtbot):
    manager = ThemeManager(app, "light")
    assert manager.palette is LIGHT
    with qtbot.waitSignal(manager.changed) as caught:
        manager.set_scheme("dark")
    assert caught.args == [DARK]
    assert (manager.palette, manager.scheme) == (DARK, "dark")
    assert app.palette().color(QPalette.ColorRole.Window).name() == DARK.panel
    assert DARK.accent in app.styleSheet()
    assert LIGHT.accent not in app.styleSheet()


def test_the_same_again_says_nothing(app, qtbot):
    manager = ThemeManager(app, "light", 1.0)
    with qtbot.assertNotEmitted(manager.changed):
        manager.set_scheme("light")
        manager.set_scale(1.0)


class _Hints(QObject):
    colorSchemeChanged = Signal(object)  # noqa: N815

    def __init__(self):
        super().__init__()
        self.scheme = Qt.ColorScheme.Dark

    def colorScheme(self):  # noqa: N802
        return self.scheme

    def setColorScheme(self, scheme):  # noqa: N802
        pass

    def change(self, scheme):
        self.scheme = scheme
        self.colorSchemeChanged.emit(scheme)


def test_the_system_is_followed_only_when_asked(app, qtbot, monkeypatch):
    hints = _Hints()
    monkeypatch.setattr(app, "styleHints", lambda: hints)
    manager = ThemeManager(app, "system")
    assert manager.palette is DARK
    with qtbot.waitSignal(manager.changed) as caught:
        hints.change(Qt.ColorScheme.Light)
    assert caught.args == [LIGHT]
    manager.set_scheme("light")
    with qtbot.assertNotEmitted(manager.changed):
        hints.change(Qt.ColorScheme.Dark)
    assert manager.palette is LIGHT


def test_the_scale_changes_the_size_of_text(app, qtbot):
    manager = ThemeManager(app, "light", 1.0)
    assert app.font().pixelSize() == 13
    assert manager.heading_font.pixelSize() == 15
    button = QPushButton("Go")
    qtbot.addWidget(button)
    before = button.sizeHint()
    with qtbot.waitSignal(manager.changed):
        manager.set_scale(1.6)
    assert app.font().pixelSize() == button.font().pixelSize() == manager.font.pixelSize() == 21
    assert button.sizeHint().height() > before.height()
    assert manager.heading_font.pixelSize() == 24


@pytest.mark.parametrize(("asked", "given"), [(0.1, 0.75), (9.0, 2.5), (1.25, 1.25)])
def test_the_scale_stays_within_its_bounds(app, asked, given):
    manager = ThemeManager(app, "light", asked)
    assert manager.scale == given
    manager.set_scale(1.0)
    manager.set_scale(asked)
    assert manager.scale == given


@pytest.mark.parametrize("property_", ["heading", "muted", "error", "warning"])
def test_labels_are_marked_by_a_property(app, qtbot, property_):
    ThemeManager(app, "light")
    row = QWidget()
    qtbot.addWidget(row)
    layout = QHBoxLayout(row)
    plain, marked = QLabel("m"), QLabel("m")
    marked.setProperty(property_, True)
    layout.addWidget(plain)
    layout.addWidget(marked)
    assert plain.grab().toImage() != marked.grab().toImage()


def test_a_primary_button_is_filled(app, qtbot):
    ThemeManager(app, "light")
    button = QPushButton("Go")
    button.setProperty("primary", True)
    qtbot.addWidget(button)
    assert _has(button.grab().toImage(), LIGHT.accent)


@pytest.mark.parametrize("name", ICONS)
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_every_icon_is_drawn_in_its_colours(qapp, name, ratio):
    drawn = icon(name, "#c93e80", "#858c99")
    for mode, colour in ((QIcon.Mode.Normal, "#c93e80"), (QIcon.Mode.Disabled, "#858c99")):
        picture = drawn.pixmap(drawn.availableSizes()[2], ratio, mode).toImage()
        pixels = [
            picture.pixelColor(x, y)
            for x in range(picture.width())
            for y in range(picture.height())
        ]
        solid = [pixel for pixel in pixels if pixel.alpha() > 200]
        assert len(solid) > 8
        assert len(solid) < 0.6 * len(pixels)
        assert all(_near(pixel, QColor(colour)) for pixel in solid)


def test_icons_are_made_once_and_tell_what_is_missing(qapp):
    assert icon("play", "#112233") is icon("play", "#112233")
    with pytest.raises(FileNotFoundError, match=r"icons/no such\.svg"):
        icon("no such", "#112233")


def test_the_program_has_an_icon(qapp):
    picture = app_icon().pixmap(64, 64).toImage()
    assert picture.pixelColor(32, 6).alpha() > 0


def test_icons_do_not_outlive_the_application_badly():
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication(sys.argv)\n"
        "from gmm_studio.gui.icons import icon\n"
        "from gmm_studio.gui.theme import ThemeManager, _images\n"
        "manager = ThemeManager(app, 'dark'); icon('play', '#ffffff')\n"
        "print(_images().path())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert not Path(done.stdout.strip()).exists()


def test_resources_are_found_inside_the_package_and_beside_it(tmp_path, monkeypatch):
    package = tmp_path / "gmm_studio"
    places = (package / "resources", tmp_path / "resources")
    monkeypatch.setattr(gmm_studio.resources, "_PLACES", places)
    for place in reversed(places):
        place.mkdir(parents=True)
        shutil.copy(Path(__file__), place / "a.txt")
        assert resource("a.txt") == place / "a.txt"
    with pytest.raises(FileNotFoundError, match=r"b\.txt is missing"):
        resource("b.txt")


def _has(picture, colour):
    wanted = QColor(colour)
    return any(
        _near(picture.pixelColor(x, y), wanted)
        for x in range(picture.width())
        for y in range(picture.height())
    )


def _near(first, second):
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)
    return all(abs(a - b) <= 3 for a, b in pairs)


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_tool_tips_are_dark_in_the_dark_and_light_in_the_light(app, scheme, palette):
    ThemeManager(app, scheme)
    worn = app.palette()
    assert worn.color(QPalette.ColorRole.ToolTipBase) == QColor(palette.control)
    assert worn.color(QPalette.ColorRole.ToolTipText) == QColor(palette.text)
    sheet = app.styleSheet()
    rule = sheet[sheet.index("QToolTip {") :].split("}")[0]
    assert f"background: {palette.control};" in rule
    assert f"color: {palette.text};" in rule
