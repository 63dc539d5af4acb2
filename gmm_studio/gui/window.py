"""The window: what is where, and who hears whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QFont
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.document import Document
from gmm_studio.gui.actions import Actions
from gmm_studio.gui.activity import Activity
from gmm_studio.gui.canvas.cloud_view import CloudView, Pin
from gmm_studio.gui.canvas.pill import Pill
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.copying import Copying
from gmm_studio.gui.curves.curve_view import CurveView
from gmm_studio.gui.desk import Desk
from gmm_studio.gui.drawing.drawing import Drawing
from gmm_studio.gui.explanation.strip import ExplanationStrip
from gmm_studio.gui.files import Files, paths_of
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.keys import KeyRouter
from gmm_studio.gui.laboratory.laboratory import Laboratory
from gmm_studio.gui.laboratory.map_overlay import MapOverlay
from gmm_studio.gui.laboratory.start_show import StartShow
from gmm_studio.gui.lessons.lessons import Lessons
from gmm_studio.gui.lessons.room import LessonRoom
from gmm_studio.gui.lessons.screen import Screen
from gmm_studio.gui.panels.controls import forget_typing
from gmm_studio.gui.panels.data_panel import DataPanel
from gmm_studio.gui.panels.explanation_panel import ExplanationPanel
from gmm_studio.gui.panels.model_panel import ModelPanel
from gmm_studio.gui.panels.parameters_panel import ParametersPanel
from gmm_studio.gui.panels.runs_panel import RunsPanel
from gmm_studio.gui.panels.section import Section
from gmm_studio.gui.panels.start_panel import StartPanel
from gmm_studio.gui.panels.view_panel import ViewPanel
from gmm_studio.gui.playback import SPEEDS
from gmm_studio.gui.presentation import Presentation
from gmm_studio.gui.presenter import Presenter
from gmm_studio.gui.projects.offer import Offer
from gmm_studio.gui.projects.projects import Projects, first_document
from gmm_studio.gui.projects.recent import RecentPictures
from gmm_studio.gui.projects.viewing import Viewing
from gmm_studio.gui.session import Session
from gmm_studio.gui.style import Style
from gmm_studio.gui.tabs import Tabs
from gmm_studio.gui.theme import Scheme, ThemeManager
from gmm_studio.gui.transport import Transport
from gmm_studio.lessons.views import Trial

if TYPE_CHECKING:
    from gmm_studio.gui.exporter import Exporter

__all__ = ["Window"]

_SIDE = 256
_SHOW_A_STEP = ("on", "back", "first", "last", "another", "start_from_shown", "whole_start")
_SCHEMES: dict[str, Scheme] = {
    "scheme_system": "system",
    "scheme_light": "light",
    "scheme_dark": "dark",
}


class Window(QMainWindow):
    """The one window of the program."""

    def __init__(
        self, theme: ThemeManager, settings: QSettings, first: Document | None = None
    ) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.session = Session(first or first_document(), self)
        self._make_views()
        self._lay_out()
        self.presenter = Presenter(self, self)
        self.presenter.title_changed.connect(self.projects.show_description)
        self._connect_views()
        self._connect_panels()
        self._restore()
        self.presenter.show_document()
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
        self.drawing = Drawing(self.session, self.cloud_view, self.hands, style)
        self.map = MapOverlay(
            self.session, self.cloud_view, self.hands, self.stage, palette, self._settings
        )
        self.start_show = StartShow(self.session, self.cloud_view, self.hands, self.stage)
        self.files = Files(self.session, self._settings, self)
        self.desk = Desk(self.session, self.cloud_view, self.actions_, self._settings, self)
        self.transport = Transport(palette)
        self.curve_view = CurveView(style)
        self._exporter: Exporter | None = None
        self.parameters = ParametersPanel(style)
        self.copying = Copying(self.session, self.parameters, self)
        self.explanation = ExplanationPanel(style)
        self.strip = ExplanationStrip(style)
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
        self.laboratory = Laboratory(self.session, self.compare, self._style())
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.compare, 1)
        beside.addWidget(self.strip, 1)
        under.addLayout(beside, 1)
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.addWidget(self.cloud_view)
        self._middle.addWidget(below)
        self._middle.setStretchFactor(0, 1)
        self._middle.setSizes([560, 260])
        self.side_tabs = _tabs(
            [
                (self.tr("Parameters"), self.parameters),
                (self.tr("Explanation"), self.explanation),
                (self.tr("Runs"), self.runs),
            ]
        )
        self.lessons = self._make_lessons()
        under.insertWidget(0, self.lessons.bar)
        LessonRoom(self.lessons.bar, self._middle, below, self.compare, self.curve_view)
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
        self.strip.hide()
        bars = [
            self.menuBar(),
            scroll,
            self.side_tabs,
            self.activity,
            self.compare.tabBar(),
        ]
        self._compared: QWidget = self.curve_view
        self.compare.currentChanged.connect(self._on_compared)
        self.presentation = Presentation(self, self._theme, bars, [self.strip], self._middle)
        self.setMinimumSize(960, 560)

    def _make_lessons(self) -> Lessons:
        laboratory = self.laboratory
        screen = Screen(
            self.stage,
            self.session.playback,
            self.curve_view,
            (
                self.compare,
                (self.curve_view, laboratory.atlas, laboratory.race, laboratory.sweep),
            ),
            (self.side_tabs, (self.parameters, self.explanation, self.runs)),
            self._on_layers,
            self._on_halves,
            self._on_lesson_speed,
        )
        self.projects = self._make_projects(screen)
        return Lessons(self.session, screen, self.files, self._settings, self._style(), self)

    def _make_projects(self, screen: Screen) -> Projects:
        view, session = self.cloud_view, self.session
        viewing = Viewing(screen, self.stage, view, session.playback, self._on_glide)
        offer = Offer(view)
        projects = Projects(session, viewing, self.files, self._settings, self._style, offer, self)
        self.recent_pictures = RecentPictures(self.actions_.recent, projects.pictures)
        return projects

    def _connect_views(self) -> None:
        hands, transport = self.hands, self.transport
        transport.play_requested.connect(lambda: self._on_action("play"))
        transport.step_requested.connect(lambda by: self._on_action("on" if by > 0 else "back"))
        transport.first_requested.connect(self._on_first)
        transport.last_requested.connect(self._on_last)
        transport.cursor_requested.connect(self._on_cursor)
        transport.place_requested.connect(self._on_place)
        transport.halves_requested.connect(self._on_halves)
        transport.speed_requested.connect(self._on_speed)
        self.curve_view.cursor_requested.connect(self._on_cursor)
        hands.tool_changed.connect(self._on_tool)
        hands.pin_changed.connect(self.presenter.refresh)
        hands.hint.connect(self.presenter.show_hint)
        hands.pulse.connect(self.pill.pulse)
        self.drawing.blank_changed.connect(self.presenter.fall_silent)
        hands.dragging.connect(self.presenter.show_drag)
        self.cloud_view.drag_cancelled.connect(self.presenter.fall_silent)
        hands.numbers_requested.connect(self.desk.open_numbers)
        hands.menu_requested.connect(self.desk.open_menu)
        hands.truth.changed.connect(self._on_truth_changed)
        for asked in (
            transport.first_requested,
            transport.last_requested,
            transport.cursor_requested,
            transport.place_requested,
            self.curve_view.cursor_requested,
        ):
            asked.connect(hands.truth.end)
        hands.truth.failed.connect(self.session.unexpected)
        self.desk.failed.connect(self.session.unexpected)
        self.desk.problem.connect(self.presenter.show_problem)
        self.pill.clicked.connect(self._on_pill)
        self.stage.equal_changed.connect(self._on_equal_changed)
        self.stage.failed.connect(self.session.unexpected)
        self.map.failed.connect(self.session.unexpected)
        self.start_show.failed.connect(self.session.unexpected)
        self.parameters.component_clicked.connect(self._on_component)
        self.explanation.component_clicked.connect(self._on_component)
        self.side_tabs.currentChanged.connect(self.presenter.show_explanation)
        self.presentation.changed.connect(self._on_presentation)
        self.runs.run_requested.connect(self.session.show_run)
        self.runs.deletion_requested.connect(self.session.delete_run)
        self.activity.cancel_requested.connect(self.session.cancel)
        self.copying.copied.connect(self.activity.show_message)
        self.actions_.triggered.connect(self._on_action)
        self.actions_.recent_chosen.connect(self.files.open)
        self.files.recent_changed.connect(self.actions_.show_recent)
        self.files.problem.connect(self.presenter.show_problem)
        self.lessons.problem.connect(self.presenter.show_problem)
        self.lessons.failed.connect(self.session.unexpected)
        self.lessons.trial_offered.connect(self._on_trial_offered)
        self.lessons.trial_requested.connect(self._on_trial)
        self._theme.changed.connect(self._on_theme)
        projects, coach = self.projects, self.lessons.coach
        projects.title_changed.connect(self.setWindowTitle)
        projects.modified_changed.connect(self.setWindowModified)
        projects.replacing.connect(self._on_replacing)
        projects.problem.connect(self.presenter.show_problem)
        projects.failed.connect(self.session.unexpected)
        coach.changed.connect(self._on_lesson)
        coach.brought.connect(projects.changes.disown)

    def _connect_panels(self) -> None:
        session = self.session
        self.data_panel.generate_requested.connect(self.files.generate)
        self.data_panel.sample_requested.connect(self.files.new_sample)
        self.data_panel.make_requested.connect(self.desk.open_make)
        self.data_panel.open_requested.connect(self.files.choose)
        self.data_panel.gallery_requested.connect(self.lessons.open_gallery)
        self.data_panel.columns_requested.connect(self.files.use_columns)
        self.data_panel.scaling_requested.connect(session.scale)
        self.model_panel.k_requested.connect(session.choose_k)
        self.model_panel.configuration_requested.connect(session.configure)
        self.model_panel.refused.connect(self.presenter.show_problem)
        self.start_panel.method_requested.connect(session.choose_method)
        self.start_panel.another_requested.connect(session.another_start)
        self.start_panel.watch_requested.connect(self._watch_start)
        self.start_panel.seeds_requested.connect(self.hands.begin_seeds)
        self.start_panel.numbers_requested.connect(self.desk.open_numbers)
        self.start_panel.removal_requested.connect(session.remove_seed)
        self.start_panel.whole_requested.connect(self.desk.open_start)
        self.view_panel.layers_changed.connect(self._on_layers)
        self.view_panel.equal_requested.connect(self.stage.set_equal)
        self.view_panel.glide_requested.connect(self._on_glide)

    def _style(self) -> Style:
        font = QFont(QApplication.font())
        font.setPixelSize(round(13 * self._theme.scale))
        return Style(self._theme.palette, font, self._theme.scale)

    @property
    def exporter(self) -> Exporter:
        """Made when it is asked for: the formats of pictures are not needed to look at points."""
        if self._exporter is None:
            from gmm_studio.gui.exporter import Exporter

            made = Exporter(self.session, self.cloud_view, self.curve_view, self._settings, self)
            made.failed.connect(self.session.unexpected)
            made.problem.connect(self.presenter.show_problem)
            made.copied.connect(self._on_copied)
            self._exporter = made
        return self._exporter

    # What a person did

    def _edit_truth(self) -> None:
        on = self.actions_["edit_truth"].isChecked()
        if on and (objection := self.presenter.objection("truth")):
            self.actions_["edit_truth"].setChecked(False)
            self.presenter.show_objection(objection)
        else:
            self.hands.edit_truth(on)

    def _on_truth_changed(self) -> None:
        """Once it was edited, the truth is seen beside the fit."""
        on = self.hands.truth.is_on
        self.actions_["edit_truth"].setChecked(on)
        if on:
            self._on_layers(self.stage.layers.switched("truth", True))
        self.presenter.fall_silent()

    def _on_action(self, name: str) -> None:
        if name in _SHOW_A_STEP:
            self.hands.truth.end()
        playback, session = self.session.playback, self.session
        if self.start_show.takes(name):
            return
        simple = {
            "new": self.projects.new,
            "last_session": self.projects.open_last,
            "save": self.projects.save,
            "save_as": self.projects.save_as,
            "save_copy": self.projects.save_copy,
            "open": self.files.choose,
            "import": lambda: self.files.choose(with_options=True),
            "paste": self.files.paste,
            "gallery": self.lessons.open_gallery,
            "save_lesson": self.lessons.save,
            "lesson_next": lambda: self.lessons.coach.turn(1),
            "lesson_back": lambda: self.lessons.coach.turn(-1),
            "make": self.desk.open_make,
            "sample_fit": self.desk.open_sample,
            "edit_truth": self._edit_truth,
            "export": lambda: self.exporter.open(),
            "copy_picture": self._copy_picture,
            "export_map": self._save_map,
            "quit": self.close,
            "pick": lambda: self.hands.choose_tool("pick"),
            "seed": lambda: self.hands.choose_tool("seed"),
            "draw": lambda: self.hands.choose_tool("draw"),
            "narrower": lambda: self.drawing.resize_brush(1 / 1.25),
            "wider": lambda: self.drawing.resize_brush(1.25),
            "delete": self.hands.delete,
            "copy": lambda: self.copying.copy("text"),
            "play": self.hands.play,
            "on": lambda: playback.step(1),
            "back": lambda: playback.step(-1),
            "first": self._on_first,
            "last": self._on_last,
            "halves": lambda: self._on_halves(self.actions_["halves"].isChecked()),
            "glide": lambda: self._on_glide(self.actions_["glide"].isChecked()),
            "present": lambda: self.presentation.set_on(self.actions_["present"].isChecked()),
            "another": session.another_start,
            "watch_start": self._watch_start,
            "atlas": self.laboratory.try_starts,
            "race": lambda: self.compare.setCurrentWidget(self.laboratory.race),
            "sweep": lambda: self.compare.setCurrentWidget(self.laboratory.sweep),
            "sample": self.files.new_sample,
            "start_from_shown": session.start_from_shown,
            "whole_start": self.desk.open_start,
            "escape": self._escape,
            "fit": self.stage.fit,
            "equal": lambda: self.stage.set_equal(self.actions_["equal"].isChecked()),
            "larger": lambda: self._theme.set_scale(self._theme.scale * 1.1),
            "smaller": lambda: self._theme.set_scale(self._theme.scale / 1.1),
            "normal": lambda: self._theme.set_scale(1.0),
            "shortcuts": self.desk.open_shortcuts,
            "about": self.desk.open_about,
        }
        if name in simple:
            simple[name]()
        elif name.startswith("copy_"):
            self.copying.copy(name.removeprefix("copy_"))
        elif name.startswith("scheme_"):
            self._theme.set_scheme(_SCHEMES[name])
        elif name.startswith("layer_"):
            layer, on = name.removeprefix("layer_"), self.actions_[name].isChecked()
            if on and (objection := self.presenter.objection(layer)):
                self.actions_[name].setChecked(False)
                self.presenter.show_objection(objection)
            else:
                self._on_layers(self.stage.layers.switched(layer, on))

    def _escape(self) -> None:
        focus = QApplication.focusWidget()
        was_typing = forget_typing(focus)
        if focus is not None and focus is not self.cloud_view:
            focus.clearFocus()
        is_done = was_typing or self.drawing.escape() or self.hands.escape()
        if not is_done and not self._cancel_laboratory():
            if self.presentation.is_on:
                self.presentation.set_on(False)
            else:
                self.lessons.coach.close()
        self.presenter.fall_silent()

    def _watch_start(self) -> None:
        if not self.start_show.begin():
            self.presenter.show_objection(self.tr("Choose a method first: seeds are not drawn"))

    def _save_map(self) -> None:
        if not self.map.save_numbers(self):
            self.presenter.show_objection(self.tr("Show the basin map first (W)"))

    def _copy_picture(self) -> None:
        self.session.stop_composing()
        self.exporter.copy_picture()

    def _on_copied(self) -> None:
        self.activity.show_message(self.tr("Copied the picture"))

    def _cancel_laboratory(self) -> bool:
        return self.laboratory.cancel() or self.map.cancel()

    def _on_pill(self) -> None:
        action = self.presenter.sentence.action
        if action == "another":
            self.session.another_start()
        elif action == "atlas":
            self.laboratory.try_starts()
        elif action == "start_from_shown":
            self.session.start_from_shown()
        elif action == "end_truth":
            self.hands.edit_truth(False)

    def _on_first(self) -> None:
        self.session.playback.pause()
        self.session.playback.move_to(0)

    def _on_last(self) -> None:
        self.session.playback.follow()

    def _on_cursor(self, cursor: int) -> None:
        self.session.playback.pause()
        self.session.playback.move_to(cursor)

    def _on_place(self, place: int) -> None:
        self.session.playback.pause()
        self.session.playback.move_to_place(place)

    def _on_halves(self, halves: bool) -> None:
        self.session.playback.set_halves(halves)
        self.actions_["halves"].setChecked(halves)
        self.presenter.refresh()
        self._settings.setValue("halves", halves)

    def _on_glide(self, glides: bool) -> None:
        self.stage.set_gliding(glides)
        self.actions_["glide"].setChecked(glides)
        self.view_panel.glide.setChecked(glides)
        self._settings.setValue("glide", glides)

    def _on_presentation(self, on: bool) -> None:
        self.actions_["present"].setChecked(on)
        if on:
            self._compared = self.compare.currentWidget()
            self.compare.setCurrentWidget(self.curve_view)
        elif self.compare.currentWidget() is self.curve_view:
            self.compare.setCurrentWidget(self._compared)
        self.transport.set_large(on)
        self.presenter.show_explanation()

    def _on_compared(self) -> None:
        """What compares runs needs more than a presentation shows."""
        if self.compare.currentWidget() is not self.curve_view:
            self.presentation.set_on(False)

    def _on_speed(self, speed: int) -> None:
        self.session.playback.speed = speed
        self._settings.setValue("speed", speed)

    def _on_lesson_speed(self, speed: int) -> None:
        self._on_speed(speed)
        self.transport.show_speed(speed)

    def _on_lesson(self) -> None:
        """A page as it is meant is nothing that a person would have to save."""
        coach = self.lessons.coach
        if coach.lesson is not None and not coach.is_altered:
            self.projects.changes.disown()

    def _on_replacing(self) -> None:
        """What belongs to the session that goes is over."""
        self.lessons.coach.close()
        self.hands.truth.end()
        self.start_show.end()
        self.hands.choose_tool("pick")

    def _on_trial_offered(self, trial: Trial) -> None:
        controls = self.laboratory.atlas.controls
        controls.tick(trial.methods)
        controls.runs.setValue(trial.runs)
        self.laboratory.atlas.means_button.setChecked(self.session.document.cloud.d == 1)

    def _on_trial(self, trial: Trial) -> None:
        self._on_trial_offered(trial)
        self.laboratory.try_starts()

    def _on_tool(self, tool: str) -> None:
        self.actions_[tool].setChecked(True)
        self.presenter.refresh()

    def _on_component(self, j: int) -> None:
        self.hands.pin(None if self.hands.marked_component == j else Pin("mean", j))

    def _on_layers(self, layers: Layers) -> None:
        self.stage.set_layers(layers)
        self.view_panel.show_layers(layers)
        for name, action in self.actions_.layers.items():
            action.setChecked(layers.is_on(name))

    def _on_equal_changed(self, equal: bool) -> None:
        self.actions_["equal"].setChecked(equal)
        self.view_panel.equal.setChecked(equal)

    def _on_theme(self, palette: Palette) -> None:
        style = self._style()
        views = (
            self.cloud_view,
            self.curve_view,
            self.parameters,
            self.explanation,
            self.strip,
            self.laboratory,
            self.lessons,
            self.drawing,
        )
        for view in views:
            view.set_style(style)
        for panel in self._sections.values():
            panel.set_palette(palette)
        self.transport.set_palette(palette)
        self.stage.set_palette(palette)
        self.map.set_palette(palette)
        self.actions_[f"scheme_{self._theme.scheme}"].setChecked(True)
        self._settings.setValue("scheme", self._theme.scheme)
        self._settings.setValue("scale", self.presentation.usual_scale)

    @property
    def is_fresh(self) -> bool:
        """Whether the panels show what is on show."""
        return self.presenter.is_fresh

    # Clouds

    def open_file(self, path: Path) -> None:
        """Read a file of points, a lesson or a project and show it."""
        self.files.open(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files and text."""
        if paths_of(event.mimeData()) or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the first file, or the points in a text."""
        event.acceptProposedAction()
        self.files.take(event.mimeData())

    # Settings

    def _restore(self) -> None:
        settings = self._settings
        for name, widget in (("columns", self._columns), ("middle", self._middle)):
            if isinstance(state := settings.value(f"layout/{name}"), QByteArray):
                widget.restoreState(state)
        geometry = settings.value("layout/geometry")
        # Qt restores nothing where the screen is another one: it would be the smallest window then.
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            room = self.screen().availableSize() - QSize(16, 48)
            self.resize(room.boundedTo(QSize(1440, 900)))
        for name, section in self._sections.items():
            section.set_open(settings.value(f"sections/{name}", False, type=bool) is True)
        speeds = {str(speed): speed for speed in SPEEDS}
        was = self.session.playback.speed
        self.session.playback.speed = speeds.get(str(settings.value("speed")), was)
        self.transport.show_speed(self.session.playback.speed)
        self.actions_.show_recent(self.files.recent)
        self.actions_[f"scheme_{self._theme.scheme}"].setChecked(True)
        self._on_layers(self.stage.layers)
        self._on_halves(settings.value("halves", False, type=bool) is True)
        self._on_glide(settings.value("glide", True, type=bool) is True)

    def close_without_asking(self) -> None:
        """Close; what is not saved is in the last session."""
        self.projects.agree()
        self.close()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing has the focus by chance: after a dialog the keys are the window's again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            focus = QApplication.focusWidget()
            if focus is None or not isinstance(focus, QLineEdit | QAbstractSpinBox):
                self.cloud_view.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask what becomes of unsaved changes; remember the layout, end what runs, wait for it."""
        if not self.projects.may_close():
            event.ignore()
            return
        settings = self._settings
        self.presentation.set_on(False)
        self.lessons.close()
        settings.setValue("layout/geometry", self.saveGeometry())
        settings.setValue("layout/columns", self._columns.saveState())
        settings.setValue("layout/middle", self._middle.saveState())
        for name, section in self._sections.items():
            settings.setValue(f"sections/{name}", section.is_open)
        settings.sync()
        self.hide()
        self.projects.close()
        self.presenter.close()
        self.desk.close()
        if self._exporter is not None:
            self._exporter.close()
        self.files.close()
        self.hands.truth.close()
        self.start_show.close()
        self.stage.close()
        self.laboratory.close()
        self.map.close()
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


def _tabs(pages: list[tuple[str, QWidget]]) -> Tabs:
    tabs = Tabs()
    tabs.setDocumentMode(True)
    tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
    tabs.tabBar().setDrawBase(False)
    tabs.tabBar().setExpanding(False)
    for title, page in pages:
        tabs.addTab(page, title)
    return tabs
