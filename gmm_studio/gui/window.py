"""The window: what is where, and who hears whom."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QFont
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QMainWindow,
    QMenu,
    QMessageBox,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gmm_studio import __version__
from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.document import Seed
from gmm_studio.gui.actions import Actions
from gmm_studio.gui.activity import Activity
from gmm_studio.gui.cloud_view import CloudView, Pin
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.curve_view import CurveView
from gmm_studio.gui.dialogs.export_dialog import ExportDialog, ExportRequest
from gmm_studio.gui.dialogs.seed_dialog import SeedDialog
from gmm_studio.gui.dialogs.shortcuts import ShortcutsDialog
from gmm_studio.gui.exporting import parameters_job, picture_job
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.keys import KeyRouter
from gmm_studio.gui.painting import Style
from gmm_studio.gui.panels.data_panel import DataPanel
from gmm_studio.gui.panels.model_panel import ModelPanel
from gmm_studio.gui.panels.parameters_panel import Figures, ParametersPanel
from gmm_studio.gui.panels.runs_panel import RunsPanel, ending
from gmm_studio.gui.panels.section import Section
from gmm_studio.gui.panels.start_panel import StartPanel
from gmm_studio.gui.panels.view_panel import ViewPanel
from gmm_studio.gui.pill import Pill
from gmm_studio.gui.scene import Layers
from gmm_studio.gui.session import Session
from gmm_studio.gui.stage import Stage
from gmm_studio.gui.story import Sentence, tell
from gmm_studio.gui.theme import Scheme, ThemeManager
from gmm_studio.gui.transport import Transport

__all__ = ["Window"]

_SIDE = 256
_MOST_RECENT = 8
_FIRST_CLOUD = "separated"
_SCHEMES: dict[str, Scheme] = {
    "scheme_system": "system",
    "scheme_light": "light",
    "scheme_dark": "dark",
}


class Window(QMainWindow):
    """The one window of the program."""

    def __init__(self, theme: ThemeManager, settings: QSettings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self._samples = 0
        self._hint = ""
        self.session = Session(generate(_FIRST_CLOUD), self)
        self._make_views()
        self._lay_out()
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.timeout.connect(self._show_step)
        self._connect_session()
        self._connect_views()
        self._connect_panels()
        self._restore()
        self._show_document()
        self.cloud_view.setFocus()
        self.session.start()

    # Making

    def _make_views(self) -> None:
        palette, style = self._theme.palette, self._style()
        self.actions_ = Actions(self, self.session.store.undo_stack)
        self.cloud_view = CloudView(style)
        self.pill = Pill(self.cloud_view)
        self.stage = Stage(self.session, self.cloud_view, palette, self)
        self.keys = KeyRouter(self)
        self.hands = Hands(self.session, self.cloud_view, self.stage, self.keys)
        self.transport = Transport(palette)
        self.curve_view = CurveView(style)
        self.parameters = ParametersPanel(style)
        self.runs = RunsPanel(self.session.runs)
        self.data_panel = DataPanel(palette)
        self.model_panel = ModelPanel(palette)
        self.start_panel = StartPanel(palette)
        self.view_panel = ViewPanel(palette)
        self.activity = Activity()

    @property
    def _sections(self) -> dict[str, Section]:
        return {
            "data": self.data_panel,
            "model": self.model_panel,
            "start": self.start_panel,
            "view": self.view_panel,
        }

    def _lay_out(self) -> None:
        side = QWidget()
        side.setObjectName("side")
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 16, 12, 16)
        column.setSpacing(16)
        for section in self._sections.values():
            column.addWidget(section)
        column.addStretch(1)
        scroll = _SideScroll()
        scroll.setObjectName("side_scroll")
        scroll.setWidget(side)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        below = QWidget()
        below.setObjectName("below")
        under = QVBoxLayout(below)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(0)
        under.addWidget(self.transport)
        self.compare = _tabs([(self.tr("Curves"), self.curve_view)])
        under.addWidget(self.compare, 1)
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.addWidget(self.cloud_view)
        self._middle.addWidget(below)
        self._middle.setStretchFactor(0, 1)
        self._middle.setSizes([560, 260])
        self.side_tabs = _tabs(
            [(self.tr("Parameters"), self.parameters), (self.tr("Runs"), self.runs)]
        )
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for widget in (scroll, self._middle, self.side_tabs):
            self._columns.addWidget(widget)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes([_SIDE, 900, _SIDE + 16])
        for splitter in (self._middle, self._columns):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self.setCentralWidget(self._columns)
        self.setStatusBar(self.activity)
        self.setMinimumSize(800, 560)

    def _connect_session(self) -> None:
        session = self.session
        session.document_changed.connect(self._show_document)
        session.shown_changed.connect(self._request_refresh)
        session.selection_changed.connect(self._request_refresh)
        session.busy_changed.connect(self._show_activity)
        session.problem.connect(self._show_problem)
        session.loaded.connect(self._on_loaded)
        session.saved.connect(self._on_saved)
        session.runs.changed.connect(self._show_runs)
        session.playback.playing_changed.connect(self.transport.show_playing)
        session.playback.playing_changed.connect(self._request_refresh)

    def _connect_views(self) -> None:
        playback, hands = self.session.playback, self.hands
        transport = self.transport
        transport.play_requested.connect(hands.play)
        transport.step_requested.connect(playback.step)
        transport.first_requested.connect(self._on_first)
        transport.last_requested.connect(self._on_last)
        transport.cursor_requested.connect(self._on_cursor)
        transport.speed_requested.connect(self._on_speed)
        self.curve_view.cursor_requested.connect(self._on_cursor)
        hands.tool_changed.connect(self._on_tool)
        hands.pin_changed.connect(self._request_refresh)
        hands.hint.connect(self._show_hint)
        hands.pulse.connect(self.pill.pulse)
        self.cloud_view.numbers_requested.connect(self._open_numbers)
        self.cloud_view.menu_requested.connect(self._open_menu)
        self.pill.clicked.connect(self._on_pill)
        self.stage.equal_changed.connect(self._on_equal_changed)
        self.stage.failed.connect(self.session.unexpected)
        self.parameters.component_clicked.connect(self._on_component)
        self.runs.run_requested.connect(self.session.show_run)
        self.runs.deletion_requested.connect(self.session.delete_run)
        self.activity.cancel_requested.connect(self.session.cancel)
        self.actions_.triggered.connect(self._on_action)
        self.actions_.recent_chosen.connect(self.open_file)
        self._theme.changed.connect(self._on_theme)

    def _connect_panels(self) -> None:
        session = self.session
        self.data_panel.generate_requested.connect(self._generate)
        self.data_panel.sample_requested.connect(self._new_sample)
        self.data_panel.open_requested.connect(self._choose_file)
        self.data_panel.columns_requested.connect(self._on_columns)
        self.model_panel.k_requested.connect(session.choose_k)
        self.model_panel.configuration_requested.connect(session.configure)
        self.model_panel.refused.connect(self._show_problem)
        self.start_panel.method_requested.connect(session.choose_method)
        self.start_panel.another_requested.connect(session.another_start)
        self.start_panel.seeds_requested.connect(self.hands.begin_seeds)
        self.start_panel.numbers_requested.connect(self._open_numbers)
        self.start_panel.removal_requested.connect(session.remove_seed)
        self.view_panel.layers_changed.connect(self._on_layers)
        self.view_panel.equal_requested.connect(self.stage.set_equal)

    # Showing

    def _style(self) -> Style:
        font = QFont(QApplication.font())
        font.setPixelSize(round(13 * self._theme.scale))
        return Style(self._theme.palette, font, self._theme.scale)

    def _show_document(self, *_: object) -> None:
        document = self.session.document
        cloud = document.cloud
        self.data_panel.show_cloud(cloud, _generator_of(cloud))
        self.model_panel.show_document(document)
        self.view_panel.show_cloud(
            has_truth=cloud.truth is not None,
            is_flat=cloud.d == 2,
            equal=self.view_panel.equal.isChecked(),
        )
        self.actions_["layer_truth"].setEnabled(cloud.truth is not None)
        self.actions_["equal"].setEnabled(cloud.d == 2)
        self.actions_["sample"].setEnabled(_generator_of(cloud) is not None)
        one, many = self.tr("1 point"), self.tr("{n} points")
        points = one if cloud.n == 1 else many.format(n=f"{cloud.n:,}")
        one, many = self.tr("1 component"), self.tr("{k} components")
        parts = one if document.k == 1 else many.format(k=document.k)
        name = cloud.name or self.tr("Own points")
        self.setWindowTitle(f"{name}, {points} \N{MIDDLE DOT} {parts} \N{EM DASH} GMM Studio")
        self._hint = ""
        self._show_runs()
        self._request_refresh()

    def _request_refresh(self, *_: object) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _show_step(self) -> None:
        """Everything beside the cloud that follows the cursor."""
        session = self.session
        run, step = session.shown, session.step
        self.start_panel.show_document(session.document, session.seeds)
        self.transport.show_cursor(session.playback.cursor, session.playback.last)
        self.curve_view.show_run(
            run, session.playback.cursor, ending(self, run.stop) if run else ""
        )
        if run is None or step is None:
            self.parameters.show_figures(None)
        else:
            before = run.steps[step.index - 1].log_likelihood if step.index else None
            self.parameters.show_figures(
                Figures(
                    run.result(step),
                    None if before is None else step.log_likelihood - before,
                    self.hands.pinned_shares,
                    self.hands.marked_component,
                )
            )
        for name in ("start_from_shown", "copy"):
            self.actions_[name].setEnabled(step is not None)
        self._show_story()
        self._show_activity()

    def _show_story(self) -> None:
        sentence = self._sentence()
        self.pill.show_text(sentence.text, sentence.button, kind=sentence.kind)
        if self.hands.tool == "seed":
            text = self.tr("Arrows move a crosshair, Enter places a seed, Esc ends")
        else:
            text = self.tr(
                "Space plays, \N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW} step. "
                "Drag a seed to start again from there."
            )
        self.activity.show_next(text)

    def _sentence(self) -> Sentence:
        if self._hint:
            return Sentence(self._hint, self.tr("Start from this step"), "start_from_shown")
        return tell(self.session)

    def _show_hint(self, text: str, _: str) -> None:
        self._hint = text
        self._show_story()

    def _show_problem(self, text: str) -> None:
        self.activity.show_message(text)
        self.pill.show_text(text, kind="problem")
        self._show_document()
        self._refresh.stop()

    def _show_runs(self) -> None:
        session = self.session
        records = session.runs.of(session.document.cloud)
        self.runs.show_runs(records, session.shown)
        self.curve_view.show_ghosts([run for run in records if run is not session.shown])

    def _show_activity(self) -> None:
        session = self.session
        if session.loading:
            self.activity.show_work(session.loading)
        elif session.is_computing:
            done = len(session.shown.steps) if session.shown else 0
            limit = session.document.configuration.max_iterations
            text = self.tr("Fitting: iteration {t}").format(t=f"{done:,}")
            self.activity.show_work(text, done, limit)
        else:
            self.activity.show_work("")

    # What a person did

    def _on_action(self, name: str) -> None:
        playback, session = self.session.playback, self.session
        simple = {
            "open": self._choose_file,
            "export": self._open_export,
            "quit": self.close,
            "pick": lambda: self.hands.choose_tool("pick"),
            "seed": lambda: self.hands.choose_tool("seed"),
            "delete": self.hands.delete,
            "copy": lambda: QApplication.clipboard().setText(self.parameters.text),
            "play": self.hands.play,
            "on": lambda: playback.step(1),
            "back": lambda: playback.step(-1),
            "first": self._on_first,
            "last": self._on_last,
            "another": session.another_start,
            "sample": self._new_sample,
            "start_from_shown": session.start_from_shown,
            "escape": self._escape,
            "fit": self.stage.fit,
            "equal": lambda: self.stage.set_equal(self.actions_["equal"].isChecked()),
            "larger": lambda: self._theme.set_scale(self._theme.scale * 1.1),
            "smaller": lambda: self._theme.set_scale(self._theme.scale / 1.1),
            "normal": lambda: self._theme.set_scale(1.0),
            "shortcuts": self._open_shortcuts,
            "about": self._open_about,
        }
        if name in simple:
            simple[name]()
        elif name.startswith("scheme_"):
            self._theme.set_scheme(_SCHEMES[name])
        elif name.startswith("layer_"):
            layer = name.removeprefix("layer_")
            shown = self.actions_[name].isChecked()
            self._on_layers(replace(self.stage.layers, **{layer: shown}))

    def _escape(self) -> None:
        self._hint = ""
        focus = QApplication.focusWidget()
        if focus is not None and focus is not self.cloud_view:
            focus.clearFocus()
        self.hands.escape()
        self._request_refresh()

    def _on_pill(self) -> None:
        action = self._sentence().action
        if action == "another":
            self.session.another_start()
        elif action == "start_from_shown":
            self.session.start_from_shown()

    def _on_first(self) -> None:
        self.session.playback.pause()
        self.session.playback.move_to(0)

    def _on_last(self) -> None:
        self.session.playback.pause()
        self.session.playback.move_to(self.session.playback.last)

    def _on_cursor(self, cursor: int) -> None:
        self.session.playback.pause()
        self.session.playback.move_to(cursor)

    def _on_speed(self, speed: int) -> None:
        self.session.playback.speed = speed
        self._settings.setValue("speed", speed)

    def _on_tool(self, tool: str) -> None:
        self.actions_[tool].setChecked(True)
        self._request_refresh()

    def _on_component(self, j: int) -> None:
        self.hands.pin(None if self.hands.marked_component == j else Pin("mean", j))

    def _on_layers(self, layers: Layers) -> None:
        self.stage.set_layers(layers)
        self.view_panel.show_layers(layers)
        for field in fields(layers):
            self.actions_[f"layer_{field.name}"].setChecked(getattr(layers, field.name))

    def _on_equal_changed(self, equal: bool) -> None:
        self.actions_["equal"].setChecked(equal)
        self.view_panel.equal.setChecked(equal)

    def _on_theme(self, palette: Palette) -> None:
        style = self._style()
        for view in (self.cloud_view, self.curve_view, self.parameters):
            view.set_style(style)
        for panel in self._sections.values():
            panel.set_palette(palette)
        self.transport.set_palette(palette)
        self.stage.set_palette(palette)
        self.actions_[f"scheme_{self._theme.scheme}"].setChecked(True)
        self._settings.setValue("scheme", self._theme.scheme)
        self._settings.setValue("scale", self._theme.scale)

    @property
    def is_fresh(self) -> bool:
        """Whether the panels show what is on show."""
        return not self._refresh.isActive()

    # Clouds

    def open_file(self, path: Path) -> None:
        """Read a file of points and show it."""
        self.session.open_file(path)

    def _choose_file(self) -> None:
        folder = str(self._settings.value("folder", ""))
        dialog = QFileDialog(self, self.tr("Open points"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Tables (*.csv *.tsv *.txt *.dat *.data)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def _on_loaded(self, cloud: PointCloud) -> None:
        if cloud.source is None:
            return
        path = str(cloud.source.path.absolute())
        self._settings.setValue("folder", str(cloud.source.path.absolute().parent))
        recent = [path, *(other for other in self._recent() if other != path)][:_MOST_RECENT]
        self._settings.setValue("recent", recent)
        self.actions_.show_recent([Path(other) for other in recent])

    def _on_saved(self, path: Path) -> None:
        self.activity.show_message(self.tr("Saved {name}").format(name=path.name))

    def _recent(self) -> list[str]:
        value = self._settings.value("recent", [])
        if isinstance(value, str):
            return [value]
        return [str(path) for path in value] if isinstance(value, list) else []

    def _on_columns(self, columns: tuple[str, ...]) -> None:
        source = self.session.document.cloud.source
        if source is not None:
            self.session.open_file(source.path, columns)

    def _generate(self, name: str, n: int) -> None:
        self.session.generate(name, n, None, self._samples)

    def _new_sample(self) -> None:
        cloud = self.session.document.cloud
        name = _generator_of(cloud)
        if name is not None:
            self._samples += 1
            self._generate(name, cloud.n)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files."""
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the first file."""
        event.acceptProposedAction()
        self.open_file(Path(event.mimeData().urls()[0].toLocalFile()))

    # Dialogs and menus

    def _open_numbers(self, j: int) -> None:
        seeds = self.session.seeds
        place = seeds[j] if j < len(seeds) else None
        if place is not None:
            dialog = SeedDialog(j, place, self.session.document.cloud.columns, self)
            dialog.accepted_place.connect(self.session.move_seed)
            dialog.open()

    def _open_menu(self, at: QPoint, seed: int | None, place: Seed | None) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if seed is not None:
            remove = menu.addAction(self.tr("Remove seed {j}").format(j=seed + 1))
            remove.triggered.connect(lambda: self.session.remove_seed(seed))
            numbers = menu.addAction(self.tr("Type its numbers…"))
            numbers.triggered.connect(lambda: self._open_numbers(seed))
            menu.addSeparator()
        elif place is not None and self.session.document.missing_seed is not None:
            put = menu.addAction(self.tr("Place seed here"))
            put.triggered.connect(lambda: self.session.place_seed(place))
            menu.addSeparator()
        for name in ("start_from_shown", "another", "fit", "equal", "export"):
            menu.addAction(self.actions_[name])
        menu.popup(at)

    def _open_export(self) -> None:
        run, step, scene = self.session.shown, self.session.step, self.cloud_view.scene
        if run is None or step is None or scene is None or self.cloud_view.viewport is None:
            self._show_problem(self.tr("There is nothing to export yet. Place the seeds first."))
            return
        self.session.playback.pause()
        size = self.cloud_view.size() * self.cloud_view.devicePixelRatioF()
        dialog = ExportDialog(self, step.index, run.steps[-1].index, size, self._settings)
        dialog.export_requested.connect(self._export)
        dialog.open()

    def _export(self, request: ExportRequest) -> None:
        view, session = self.cloud_view, self.session
        if session.shown is None or session.step is None:
            return
        if request.kind == "parameters":
            session.export(parameters_job(request, session.shown, session.step), request.path)
        elif view.scene is not None and view.viewport is not None:
            ratio = view.devicePixelRatioF()
            job = picture_job(
                request, view.scene, view.viewport, self._style(), ratio, session.selection
            )
            session.export(job, request.path)

    def _open_shortcuts(self) -> None:
        ShortcutsDialog(self.actions_.all(), self).open()

    def _open_about(self) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("About GMM Studio"))
        box.setText(f"<b>GMM Studio {__version__}</b>")
        box.setInformativeText(
            self.tr(
                "See how expectation-maximisation fits a Gaussian mixture to a cloud of points."
            )
        )
        box.open()

    # Settings

    def _restore(self) -> None:
        settings = self._settings
        for name, widget in (("columns", self._columns), ("middle", self._middle)):
            if isinstance(state := settings.value(f"layout/{name}"), QByteArray):
                widget.restoreState(state)
        if isinstance(geometry := settings.value("layout/geometry"), QByteArray):
            self.restoreGeometry(geometry)
        else:
            room = self.screen().availableSize() - QSize(16, 48)
            self.resize(room.boundedTo(QSize(1440, 900)))
        for name, section in self._sections.items():
            section.set_open(settings.value(f"sections/{name}", False, type=bool) is True)
        self.session.playback.speed = int(str(settings.value("speed", 5)))
        self.transport.show_speed(self.session.playback.speed)
        self.actions_.show_recent([Path(path) for path in self._recent()])
        self.actions_[f"scheme_{self._theme.scheme}"].setChecked(True)
        self._on_layers(self.stage.layers)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the layout, cancel what runs and wait for it."""
        settings = self._settings
        settings.setValue("layout/geometry", self.saveGeometry())
        settings.setValue("layout/columns", self._columns.saveState())
        settings.setValue("layout/middle", self._middle.saveState())
        for name, section in self._sections.items():
            settings.setValue(f"sections/{name}", section.is_open)
        settings.sync()
        self._refresh.stop()
        self.stage.close()
        self.session.close()
        event.accept()


class _SideScroll(QScrollArea):
    """As wide as what is in it."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The width of the widest section."""
        hint = super().minimumSizeHint()
        widget = self.widget()
        if widget is not None:
            hint.setWidth(widget.minimumSizeHint().width() + 12)
        return hint


def _tabs(pages: list[tuple[str, QWidget]]) -> QTabWidget:
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
    tabs.tabBar().setDrawBase(False)
    tabs.tabBar().setExpanding(False)
    for title, page in pages:
        tabs.addTab(page, title)
    return tabs


def _generator_of(cloud: PointCloud) -> str | None:
    """The generator whose title the cloud bears."""
    if cloud.source is not None:
        return None
    return next((name for name, made in GENERATORS.items() if made.title == cloud.name), None)
