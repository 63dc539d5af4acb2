"""The actions of the window and the menus that hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMainWindow, QMenu

from gmm_studio.core.readable import readable

__all__ = ["Actions"]

_Standard = QKeySequence.StandardKey


class Actions(QObject):
    """Every action by a name; `triggered(name)` says which one a person chose."""

    triggered = Signal(str)
    recent_chosen = Signal(object)

    def __init__(self, window: QMainWindow, undo_stack: QUndoStack) -> None:
        super().__init__(window)
        self._window = window
        self._named: dict[str, QAction] = {}
        self.recent = QMenu(self.tr("Open &recent"), window)
        self.undo = undo_stack.createUndoAction(self, self.tr("Undo"))
        self.undo.setShortcuts(QKeySequence.keyBindings(_Standard.Undo))
        self.redo = undo_stack.createRedoAction(self, self.tr("Redo"))
        redo = [QKeySequence("Ctrl+Shift+Z"), *QKeySequence.keyBindings(_Standard.Redo)]
        self.redo.setShortcuts(list(dict.fromkeys(redo)))
        self._make_file_menu()
        self._make_edit_menu()
        self._make_run_menu()
        self._make_view_menu()
        self._make_help_menu()
        # Their keys work where the menu bar is hidden too.
        window.addActions(self.all())

    def __getitem__(self, name: str) -> QAction:
        return self._named[name]

    @property
    def layers(self) -> dict[str, QAction]:
        """The switches of what is drawn, by what they switch."""
        prefix = "layer_"
        return {
            name.removeprefix(prefix): action
            for name, action in self._named.items()
            if name.startswith(prefix)
        }

    def all(self) -> list[QAction]:
        """Every action, in the order of the menus."""
        return [self.undo, self.redo, *self._named.values()]

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the files that were opened last."""
        self.recent.clear()
        self.recent.setEnabled(bool(paths))
        for path in paths:
            action = self.recent.addAction(readable(path.name).replace("&", "&&"))
            action.setToolTip(str(path))
            action.setData(str(path))
            action.triggered.connect(self._choose(path))

    def _choose(self, path: Path) -> Callable[[], None]:
        return lambda: self.recent_chosen.emit(path)

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        return menu

    def _add(
        self,
        menu: QMenu,
        name: str,
        text: str,
        *shortcuts: str | QKeySequence.StandardKey,
        checkable: bool = False,
        repeats: bool = False,
    ) -> QAction:
        action = menu.addAction(text)
        keys: list[QKeySequence] = []
        for shortcut in shortcuts:
            if isinstance(shortcut, str):
                keys.append(QKeySequence(shortcut))
            else:
                keys += QKeySequence.keyBindings(shortcut)
        action.setShortcuts(keys)
        action.setAutoRepeat(repeats)
        action.setCheckable(checkable)
        action.triggered.connect(lambda: self.triggered.emit(name))
        self._named[name] = action
        return action

    def _make_file_menu(self) -> None:
        tr, menu = self.tr, self._menu(self.tr("&File"))
        self._add(menu, "new", tr("&New"), "Ctrl+Shift+N")
        self._add(menu, "open", tr("&Open…"), _Standard.Open)
        self._add(menu, "import", tr("&Import with options…"), "Ctrl+Shift+O")
        menu.addMenu(self.recent)
        self._add(menu, "last_session", tr("Las&t session"))
        menu.addSeparator()
        self._add(menu, "save", tr("Sa&ve"), _Standard.Save)
        self._add(menu, "save_as", tr("Save &as…"), "Ctrl+Shift+S")
        self._add(menu, "save_copy", tr("Save a &copy…"))
        menu.addSeparator()
        self._add(menu, "make", tr("&Make data…"), "Ctrl+G")
        self._add(menu, "sample_fit", tr("Sample from this &fit…"))
        self._add(menu, "gallery", tr("Examples and &lessons…"), "Ctrl+L")
        menu.addSeparator()
        self._add(menu, "save_lesson", tr("Save as le&sson…"))
        self._add(menu, "export", tr("&Export…"), "Ctrl+E")
        self._add(menu, "export_map", tr("Save the &basin map as numbers…"))
        menu.addSeparator()
        quit_action = self._add(menu, "quit", tr("&Quit"), "Ctrl+Q")
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)

    def _make_edit_menu(self) -> None:
        tr, menu = self.tr, self._menu(self.tr("&Edit"))
        menu.addAction(self.undo)
        menu.addAction(self.redo)
        menu.addSeparator()
        self._add(menu, "pick", tr("&Pick tool"), "V", checkable=True).setChecked(True)
        self._add(menu, "seed", tr("&Seed tool"), "S", checkable=True)
        self._add(menu, "draw", tr("Dra&w tool"), "D", checkable=True)
        tools = QActionGroup(self)
        for tool in ("pick", "seed", "draw"):
            tools.addAction(self[tool])
        self._add(menu, "narrower", tr("&Narrower brush"), "[", repeats=True)
        self._add(menu, "wider", tr("Wider &brush"), "]", repeats=True)
        menu.addSeparator()
        self._add(menu, "delete", tr("&Delete seed or selected points"), _Standard.Delete)
        self._add(menu, "copy", tr("&Copy parameters"), _Standard.Copy)
        self.copy_as = menu.addMenu(tr("Copy &as"))
        self._add_copies()
        self._add(menu, "copy_picture", tr("Copy p&icture"), "Ctrl+Shift+C")
        self._add(menu, "paste", tr("Paste p&oints"), _Standard.Paste)
        self._add(menu, "edit_truth", tr("Edit the &truth"), "Shift+M", checkable=True)

    def _add_copies(self) -> None:
        """All that can be copied as text: of the step on show, or of the whole run."""
        tr, menu = self.tr, self.copy_as
        for name, text in (
            ("text", tr("&Parameters as plain text")),
            ("json", tr("Parameters as &JSON")),
            ("csv", tr("Parameters as &CSV")),
            ("markdown", tr("Parameters as &Markdown")),
            ("latex", tr("Parameters as &LaTeX")),
            ("trace_cells", tr("&Trace for a spreadsheet")),
            ("trace_csv", tr("T&race as CSV")),
            ("trace_json", tr("Trac&e as JSON")),
            ("points_cells", tr("Points with responsibilities for a &spreadsheet")),
            ("points_csv", tr("Points with responsibilities as CS&V")),
            ("points_json", tr("Points with responsibilities as JS&ON")),
            ("sklearn", tr("Python for sci&kit-learn")),
            ("numpy", tr("Python for &NumPy")),
        ):
            if name in ("trace_cells", "points_cells", "sklearn"):
                menu.addSeparator()
            self._add(menu, f"copy_{name}", text)

    def _make_run_menu(self) -> None:
        tr, menu = self.tr, self._menu(self.tr("&Run"))
        self._add(menu, "play", tr("&Play or pause"), "Space")
        self._add(menu, "on", tr("Step &on"), "Right", "PgDown", repeats=True)
        self._add(menu, "back", tr("Step &back"), "Left", "PgUp", repeats=True)
        self._add(menu, "first", tr("&First step"), "Home")
        self._add(menu, "last", tr("&Last step"), "End")
        self._add(menu, "halves", tr("&Half-steps"), "H", checkable=True)
        menu.addSeparator()
        self._add(menu, "another", tr("&Another start"), "N")
        self._add(menu, "watch_start", tr("Watch the start &drawn"), "Shift+N")
        self._add(menu, "sample", tr("&New sample"), "R")
        self._add(menu, "start_from_shown", tr("&Start from this step"))
        menu.addSeparator()
        self._add(menu, "atlas", tr("&Try many starts"), "Ctrl+T")
        self._add(menu, "race", tr("&Race"), "Ctrl+R")
        self._add(menu, "sweep", tr("How many co&mponents"), "Ctrl+K")
        self._add(menu, "whole_start", tr("Edit the &whole start…"))
        menu.addSeparator()
        self._add(menu, "escape", tr("&Cancel"), "Esc")

    def _make_view_menu(self) -> None:
        tr, menu = self.tr, self._menu(self.tr("&View"))
        self._add(menu, "fit", tr("&Fit all points"), "F")
        self._add(menu, "equal", tr("E&qual aspect"), "Q", checkable=True)
        menu.addSeparator()
        self._add_layers(
            menu.addMenu(tr("&Background")),
            ("background_density", tr("&Density"), "C"),
            ("background_regions", tr("&Regions"), "B"),
            ("background_uncertainty", tr("&Uncertainty"), "U"),
            ("background_basins", tr("&Where a seed leads"), "W"),
            ("background_likelihood", tr("&Likelihood of a seed"), "J"),
        )
        self._add_layers(
            menu.addMenu(tr("&Points")),
            ("hard", tr("&Hard colours"), "X"),
            ("sizes", tr("Uncertain points &larger"), "Z"),
            ("labels_colour", tr("True labels as &colours"), "Y"),
            ("labels_marker", tr("True labels as &markers"), "Shift+Y"),
            ("lines", tr("Lines to the &means"), "L"),
        )
        self._add_layers(
            menu.addMenu(tr("&Mixture")),
            ("ellipses", tr("&Ellipses"), "E"),
            ("coverage", tr("Ellipses by &coverage"), "P"),
            ("ghosts", tr("Earlier e&llipses"), "O"),
            ("trails", tr("&Trails of the means"), "T"),
            ("seeds", tr("&Seeds"), "Shift+S"),
            ("truth", tr("True &mixture"), "M"),
        )
        self._add_layers(menu, ("grid", tr("&Grid"), "G"))
        self._add(menu, "glide", tr("Gl&ide between steps"), "A", checkable=True)
        menu.addSeparator()
        self._add(menu, "present", tr("Pr&esentation"), "F11", checkable=True)
        self._add(menu, "larger", tr("&Larger interface"), _Standard.ZoomIn, "Ctrl+=")
        self._add(menu, "smaller", tr("Sm&aller interface"), _Standard.ZoomOut)
        self._add(menu, "normal", tr("&Normal size"), "Ctrl+0")
        themes = menu.addMenu(tr("T&heme"))
        group = QActionGroup(self)
        for scheme, text in (
            ("system", tr("As the &system")),
            ("light", tr("&Light")),
            ("dark", tr("&Dark")),
        ):
            action = self._add(themes, f"scheme_{scheme}", text, checkable=True)
            group.addAction(action)

    def _add_layers(self, menu: QMenu, *layers: tuple[str, str, str]) -> None:
        menu.setToolTipsVisible(True)
        for name, text, key in layers:
            self._add(menu, f"layer_{name}", text, key, checkable=True)

    def _make_help_menu(self) -> None:
        tr, menu = self.tr, self._menu(self.tr("&Help"))
        self._add(menu, "shortcuts", tr("&Mouse and keys"), _Standard.HelpContents)
        self._add(menu, "lesson_next", tr("&Next page of the lesson"), "Ctrl+PgDown")
        self._add(menu, "lesson_back", tr("Page &before of the lesson"), "Ctrl+PgUp")
        about = self._add(menu, "about", tr("&About GMM Studio"))
        about.setMenuRole(QAction.MenuRole.AboutRole)
