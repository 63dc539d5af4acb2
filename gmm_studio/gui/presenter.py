"""Shows the session beside the cloud: panels, curve, transport, pill and status bar."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.comparison import Comparison
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.actions import Actions
from gmm_studio.gui.activity import Activity
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.pill import Pill
from gmm_studio.gui.canvas.raster import MARKED_UP_TO
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.curves.curve_view import CurveView
from gmm_studio.gui.drawing.drawing import Drawing
from gmm_studio.gui.explanation.explainer import explain
from gmm_studio.gui.explanation.strip import ExplanationStrip
from gmm_studio.gui.files import generator_of
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.importing.words import left_out_words
from gmm_studio.gui.laboratory.start_show import StartShow
from gmm_studio.gui.panels.data_panel import DataPanel
from gmm_studio.gui.panels.explanation_panel import ExplanationPanel
from gmm_studio.gui.panels.model_panel import ModelPanel
from gmm_studio.gui.panels.parameters_panel import Figures, ParametersPanel
from gmm_studio.gui.panels.runs_panel import RunsPanel, ending
from gmm_studio.gui.panels.start_panel import StartPanel
from gmm_studio.gui.panels.view_panel import ViewPanel
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session
from gmm_studio.gui.story import Sentence, tell
from gmm_studio.gui.transport import Transport
from gmm_studio.gui.units import count_words, grid_effect, grid_words

__all__ = ["Presenter"]

_FADING_MS = 8000

_PATIENCE_MS = 100
"""How long what stands beside the cloud waits for the picture that it belongs to."""


class Views(Protocol):
    """What there is to show it in."""

    session: Session
    stage: Stage
    cloud_view: CloudView
    strip: ExplanationStrip
    hands: Hands
    start_show: StartShow
    drawing: Drawing
    actions_: Actions
    pill: Pill
    transport: Transport
    curve_view: CurveView
    parameters: ParametersPanel
    explanation: ExplanationPanel
    runs: RunsPanel
    data_panel: DataPanel
    model_panel: ModelPanel
    start_panel: StartPanel
    view_panel: ViewPanel
    activity: Activity


class Presenter(QObject):
    """Hears what has changed and shows it, at most once in each turn of the event loop.

    What stands beside the cloud is shown when a picture comes. Painted before, while the picture of
    the step is being made, it would be ahead of it, and both would take longer: they share one
    interpreter. Where steps follow each other faster than pictures, it can still be ahead.
    """

    title_changed = Signal(str)

    def __init__(self, views: Views, parent: QObject) -> None:
        super().__init__(parent)
        self._views = views
        self._said: Sentence | None = None
        self._listed: RunRecord | None = None
        self._compared: Comparison | None = None
        self._dragged: Mixture | None = None
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(_FADING_MS)
        self._fading.timeout.connect(self.fall_silent)
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.timeout.connect(self._show_step_in_time)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show_step)
        session = self._views.session
        session.document_changed.connect(self.show_document)
        session.shown_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.busy_changed.connect(self._show_activity)
        session.busy_changed.connect(self._show_story)
        session.problem.connect(self.show_problem)
        session.saved.connect(self._show_saved)
        session.runs.changed.connect(self._show_runs)
        session.playback.playing_changed.connect(self._views.transport.show_playing)
        session.playback.playing_changed.connect(self._show_story)
        session.playback.moved.connect(self._forget_hint)
        views.start_show.changed.connect(self._on_start_show)
        views.start_show.playing_changed.connect(self._views.transport.show_playing)
        # With the picture and not before it: the pill says what is on show.
        views.stage.presented.connect(self._on_presented)
        views.cloud_view.hovered.connect(self._on_hovered)
        views.hands.tool_changed.connect(self._show_story)

    @property
    def is_fresh(self) -> bool:
        """Whether the panels show what is on show."""
        return not self._refreshing.isActive() and not self._patience.isActive()

    def close(self) -> None:
        """Show nothing more."""
        self._refreshing.stop()
        self._patience.stop()
        self._fading.stop()

    def fall_silent(self) -> None:
        """What was said for a moment has been read."""
        self._said = None
        self._fading.stop()
        self._show_story()
        self.refresh()

    def show_document(self, *_: object) -> None:
        """Show what the document holds."""
        document = self._views.session.document
        cloud = document.cloud
        self._views.data_panel.show_cloud(cloud, generator_of(cloud))
        self._views.model_panel.show_document(document)
        self._views.view_panel.show_cloud(
            has_truth=cloud.truth is not None,
            has_labels=cloud.labels is not None,
            is_flat=cloud.d == 2,
            equal=self._views.view_panel.equal.isChecked(),
        )
        self._views.actions_["equal"].setEnabled(cloud.d == 2)
        self._views.actions_["sample"].setEnabled(cloud.recipe is not None)
        points = count_words(cloud)
        one, many = self.tr("1 component"), self.tr("{k} components")
        parts = one if document.k == 1 else many.format(k=document.k)
        name = cloud.name or self.tr("Own points")
        self.title_changed.emit(f"{name}, {points} \N{MIDDLE DOT} {parts}")
        self._show_runs()
        self.fall_silent()

    def refresh(self, *_: object) -> None:
        """Show the step on show, and what is said of it, in the next turn."""
        if not self._refreshing.isActive():
            self._refreshing.start()

    def _show_step_in_time(self) -> None:
        """With the picture, unless that takes long."""
        if not self._views.stage.is_awaited:
            self._show_step()
        elif not self._patience.isActive():
            self._patience.start()

    def _show_step(self) -> None:
        """Everything beside the cloud that follows the cursor."""
        self._patience.stop()
        session = self._views.session
        run, step = session.shown, session.step
        if run is not self._listed:
            self._show_runs()
        self._views.start_panel.show_document(session.document, session.seeds)
        self._views.transport.show_playback(session.playback)
        self._views.curve_view.show_run(
            run, step.index if step else 0, ending(self._views.runs, run.stop) if run else ""
        )
        self._show_figures()
        self.show_explanation()
        for name in ("start_from_shown", "copy"):
            self._views.actions_[name].setEnabled(step is not None)
        self._views.actions_.copy_as.setEnabled(step is not None)
        self._show_activity()

    def _class_names(self, cloud: PointCloud) -> tuple[str, ...]:
        classes = self._compared.classes.tolist() if self._compared else ()
        return tuple(map(cloud.class_name, classes))

    def _show_figures(self) -> None:
        """The parameters of the step on show."""
        run, step = self._views.session.shown, self._views.session.step
        self._dragged = self._views.stage.dragged
        if run is None or step is None:
            self._views.parameters.show_figures(None)
        else:
            if self._dragged is not None:
                # How likely it is will be known when EM begins there.
                step = replace(run.steps[0], mixture=self._dragged, log_likelihood=math.nan)
            before = run.steps[step.index - 1].log_likelihood if step.index else None
            self._views.parameters.show_figures(
                Figures(
                    run.result(step),
                    None if before is None else step.log_likelihood - before,
                    self._views.hands.pinned_shares,
                    self._views.hands.marked_component,
                    self._compared,
                    self._class_names(run.cloud),
                    run.result(step, in_scaled_units=True) if run.cloud.scaling else None,
                    run.cloud.own_mixture(run.cloud.truth) if run.cloud.truth else None,
                    run.cloud.truth,
                )
            )

    def show_explanation(self, *_: object) -> None:
        """Explain the step on show, where that is seen."""
        panel, strip = self._views.explanation, self._views.strip
        if panel.isVisible() or strip.isVisible():
            explanation = explain(
                self._views.session, self._views.cloud_view, self._views.hands.marked_component
            )
            panel.show_explanation(explanation)
            strip.show_explanation(explanation)

    def _on_presented(self) -> None:
        self._show_story()
        stage = self._views.stage
        is_other = stage.comparison is not self._compared or stage.dragged is not self._dragged
        self._compared = stage.comparison
        if self._patience.isActive():
            self._show_step()
        elif is_other:
            self._show_figures()

    def _on_start_show(self) -> None:
        self.fall_silent()

    def _on_hovered(self, _: object) -> None:
        self.show_explanation()

    def _show_story(self, *_: object) -> None:
        sentence = self.sentence
        pill = self._views.pill
        pill.show_text(sentence.text, sentence.button, tip=sentence.tip, kind=sentence.kind)
        if self._views.start_show.is_on:
            text = self.tr(
                "Space plays or pauses, \N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW} go through the "
                "draw, Esc ends it."
            )
        elif self._views.hands.tool == "seed":
            text = self.tr("Arrows move a crosshair, Enter places a seed, Esc ends")
        elif self._views.hands.truth.is_on:
            text = self.tr("Drag a mean or a handle. Digits choose a component, Esc ends")
        elif self._views.hands.tool == "draw":
            text = self.tr(
                "Drag to paint points. [ and ] change the brush, Ctrl+Z takes a stroke back, "
                "Esc ends."
            )
        else:
            text = self.tr(
                "Space plays, \N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW} step. "
                "Drag a seed to start again from there."
            )
        self._views.activity.show_next(text)

    @property
    def sentence(self) -> Sentence:
        """What the pill says."""
        show = self._views.start_show
        if show.is_on and self._said is None:
            return Sentence(show.words)
        placing = self._views.hands.tool == "seed"
        scene = self._views.cloud_view.scene
        run = self._views.session.shown
        # While it plays the picture may be behind: the pill says what is seen.
        is_behind = (
            self._views.session.playback.is_playing
            and scene is not None
            and run is not None
            and scene.mixture is not None
            and scene.cloud is run.cloud
        )
        presented = scene.moment if scene is not None and is_behind else None
        if self._said is None and self._views.hands.truth.is_on:
            text = self.tr("Drag a true component: its points are drawn anew")
            button, tip = self.tr("Done"), self.tr("Show the fit again (Esc)")
            return Sentence(text, button, "end_truth", tip=tip)
        if self._said is None and self._views.drawing.is_blank:
            return Sentence(self.tr("Paint the first points of a new cloud"))
        return self._said or tell(self._views.session, placing=placing, presented=presented)

    def objection(self, layer: str) -> str:
        """Why a layer shows nothing of this cloud; empty if it does."""
        cloud = self._views.session.document.cloud
        if layer == "truth" and cloud.truth is None:
            return self.tr("The true mixture of these points is not known")
        if layer.startswith("labels") and cloud.labels is None:
            return self.tr("These points have no true labels")
        if layer == "labels_marker" and cloud.n > MARKED_UP_TO:
            text = self.tr("Markers are too small to be seen beyond {n} points: try colours (Y)")
            return text.format(n=f"{MARKED_UP_TO:,}")
        if layer in ("sizes", "lines") and cloud.d == 1:
            return self.tr("This needs two dimensions")
        return ""

    def show_objection(self, text: str) -> None:
        """Say in the status bar why something is not shown."""
        self._views.activity.show_message(text)

    def show_hint(self, text: str) -> None:
        """Offer to start from the step on show."""
        button, tip = self.tr("Start from this step"), self.tr("What is on show becomes the start")
        self._say(Sentence(text, button, "start_from_shown", tip=tip))

    def show_drag(self, j: int) -> None:
        """Say what letting go of seed j (from 0) does."""
        text = self.tr("Let go of seed {j} to start from here").format(j=j + 1)
        if self._said is None or self._said.text != text:
            self._say(Sentence(text))

    def _forget_hint(self) -> None:
        if self._said is not None and self._said.action:
            self.fall_silent()

    def show_problem(self, text: str) -> None:
        """Say what could not be done, and show in the panels what is still so."""
        self.show_document()
        self._views.activity.show_message(text)
        self._say(Sentence(text, kind="problem"))

    def _say(self, sentence: Sentence) -> None:
        self._said = sentence
        self._fading.start()
        self._show_story()

    def _show_runs(self) -> None:
        session = self._views.session
        self._listed = session.shown
        records = session.runs.of(session.document.cloud)
        self._views.runs.show_runs(records, session.shown)
        self._views.curve_view.show_ghosts([run for run in records if run is not session.shown])

    def _show_activity(self) -> None:
        session = self._views.session
        if session.loading:
            percent = session.percent_loaded
            self._views.activity.show_work(session.loading, percent, 100 if percent else 0)
        elif session.is_computing:
            run = session.shown
            done = run.steps[-1].index if run and run.document == session.document else 0
            limit = session.document.configuration.max_iterations
            text = self.tr("Fitting: iteration {t}").format(t=f"{done:,}")
            self._views.activity.show_work(text, done, limit)
        else:
            self._views.activity.show_work("")
        self._show_grid()

    def _show_grid(self) -> None:
        """Of a grid of cells, how fine it is and what that can hide; and what was left out."""
        grid, step = self._views.session.document.cloud.grid, self._views.session.step
        words = grid_words(self._views.session.document.cloud)
        if grid is not None and step is not None and step.mixture.d == len(grid.size):
            words += f" \N{MIDDLE DOT} {grid_effect(grid, step.mixture.covariances)}"
        left_out = left_out_words(self._views.session.document.cloud)
        self._views.activity.show_note(" \N{MIDDLE DOT} ".join(filter(None, (words, left_out))))

    def _show_saved(self, path: Path) -> None:
        text = self.tr("Saved {name}").format(name=path.name)
        self._views.activity.show_message(text)
