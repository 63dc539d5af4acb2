"""The page of animations: what moves, how fast, and how large the file will be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gmm_studio.core.errors import InputError
from gmm_studio.gui.animation.frames import Take, frame_figure, plan_of
from gmm_studio.gui.animation.job import AnimationJob, Estimate, estimate
from gmm_studio.gui.animation.options import SUFFIXES, Animation
from gmm_studio.gui.dialogs.export_page import ExportPage, Target, note_label, problem_label
from gmm_studio.gui.dialogs.figure_preview import FigurePreview
from gmm_studio.gui.dialogs.look_choices import FontChoice, curve_choice, theme_choice
from gmm_studio.gui.dialogs.overlay_choice import overlays_of
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.panels.controls import Choice, Field, switch
from gmm_studio.gui.panels.section import pair
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["AnimationPage"]

_KEY = "animation"
_FORM = 296
_PATIENCE_MS = 250


class AnimationPage(ExportPage):
    """Shows the frame of the iteration on show, or the nearest that will be, while one chooses.

    Parameters
    ----------
    take : Take
        The run, and how it is looked at.
    shown : int
        The iteration on show.
    settings : QSettings
        Where the last choices are kept.
    scale : float
        Of the interface.
    """

    def __init__(
        self,
        take: Take,
        shown: int,
        settings: QSettings,
        scale: float = 1.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_KEY, "", parent)
        self.title = self.tr("Animation")
        self._take, self._shown, self._settings = take, shown, settings
        self.preview = FigurePreview(take.palette)
        self.caption = note_label()
        self.problem = problem_label()
        self._worker = Worker("estimate", self)
        self._worker.arrived.connect(self._on_arrived)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._estimate)
        self.preview.refused.connect(self._say)
        self.preview.failed.connect(self.failed)
        self._make_controls()
        self._lay_out(scale)
        self._show(_kept(settings))
        self._connect()
        self._follow()

    def _make_controls(self) -> None:
        tr = self.tr
        self.format = Choice(
            {"GIF": "gif", tr("Animated PNG"): "apng", "WebP": "webp", "MP4": "mp4"},
            tr("GIF plays everywhere; MP4 is made for slides"),
        )
        self.width_ = Field(tr("Width in pixels"))
        self.height_ = Field(tr("Height in pixels"))
        self.first = Field(tr("The iteration to begin with"))
        self.last = Field(tr("The iteration to end with; leave it empty for the end of the run"))
        self.last.setPlaceholderText(f"{self._take.last:,}")
        self.speed = Field(tr("Iterations or half-steps per second"))
        self.fps = Field(tr("Frames per second while ellipses glide, and of an MP4"))
        self.hold = Field(tr("How many seconds the last frame stays longer"))
        self.font_family = FontChoice()
        self.theme = theme_choice()
        self.curve = curve_choice()
        self.overlays = overlays_of(self._take)
        self.halves = switch(tr("Half-steps"), tr("E-step and M-step one after the other"))
        self.glide = switch(tr("Glide"), tr("Ellipses glide from step to step"))
        self.loop = switch(tr("Loop"), tr("Begin again at the end; an MP4 does as its player says"))
        self.trim = switch(
            tr("Leave out the flat tail"), tr("End where the ellipses no longer visibly move")
        )

    @property
    def _fields(self) -> tuple[Field, ...]:
        ends = self.width_, self.height_, self.first, self.last
        return (*ends, self.speed, self.fps, self.hold)

    def _lay_out(self, scale: float) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        times, to = "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"
        rows: tuple[tuple[str, QWidget, Field | None, str], ...] = (
            (self.tr("Format"), self.format, None, ""),
            (self.tr("Size"), self.width_, self.height_, times),
            (self.tr("Iterations"), self.first, self.last, to),
            (self.tr("Steps per second"), self.speed, None, ""),
            (self.tr("Frames per second"), self.fps, None, ""),
            (self.tr("Hold at the end"), self.hold, None, ""),
            (self.tr("Font"), self.font_family, None, ""),
            (self.tr("Theme"), self.theme, None, ""),
            (self.tr("Curve"), self.curve, None, ""),
            (self.tr("Overlays"), self.overlays, None, ""),
        )
        for name, widget, second, sign in rows:
            widget.setAccessibleName(name)
            label = QLabel(name)
            label.setObjectName("row_label")
            form.addRow(label, widget if second is None else _pair(widget, sign, second))
        self.width_.setAccessibleName(self.tr("Width"))
        self.height_.setAccessibleName(self.tr("Height"))
        self.last.setAccessibleName(self.tr("Last iteration"))
        self._form = form
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(form)
        for one in (pair(self.halves, self.glide), self.loop, self.trim):
            right.addWidget(one)
        right.addStretch(1)
        side = QWidget()
        side.setFixedWidth(round(_FORM * scale))
        right.setContentsMargins(0, 0, 0, 0)
        side.setLayout(right)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.preview, 1)
        left.addWidget(self.caption)
        left.addWidget(self.problem)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 1)
        layout.addWidget(side)

    def _connect(self) -> None:
        for one in (self.halves, self.glide, self.loop, self.trim):
            one.toggled.connect(self._follow)
        for choice in (self.format, self.font_family, self.theme, self.curve):
            choice.currentIndexChanged.connect(self._follow)
        self.overlays.changed.connect(self._follow)
        for field in self._fields:
            field.textChanged.connect(self._follow)

    # What is chosen

    @property
    def animation(self) -> Animation:
        """What the controls say.

        Raises
        ------
        InputError
            When that is nothing that can be made.
        """
        speed, fps, hold = self.speed.value(), self.fps.value(), self.hold.value()
        width, height, first = map(_whole, (self.width_, self.height_, self.first))
        last = _whole(self.last) if self.last.text().strip() else self._take.last
        if None in (speed, fps, hold, width, height, first, last):
            raise InputError("Sizes and iterations must be whole numbers, and speeds numbers.")
        most = self._take.last
        if max(first or 0, last or 0) > most:
            raise InputError("There is no later iteration than {last}.", last=most)
        return Animation(
            self.format.currentData(),
            width=width or 0,
            height=height or 0,
            theme=self.theme.currentData(),
            curve=self.curve.currentData(),
            speed=speed or 0.0,
            frames_per_second=fps or 0.0,
            halves=self.halves.isChecked(),
            glide=self.glide.isChecked(),
            hold=hold or 0.0,
            loop=self.loop.isChecked(),
            trim=self.trim.isChecked(),
            first=first or 0,
            last=last,
            font_family=self.font_family.currentData(),
        )

    @property
    def take(self) -> Take:
        """The run with the overlays that are chosen."""
        return replace(self._take, layers=self.overlays.layers)

    @property
    def target(self) -> Target | None:
        """A file of the format that is chosen."""
        if not self.problem.isHidden():
            return None
        kind = self.format.currentData()
        return Target(self.tr("animation"), SUFFIXES[kind], self.format.currentText())

    def job(self, path: Path) -> Job:
        """Write the animation."""
        return AnimationJob(path, self.take, self.animation)

    def remember(self) -> None:
        """Keep what was chosen, but for the range, which is one of this run."""
        kept = asdict(self.animation)
        del kept["first"], kept["last"]
        self._settings.setValue(_KEY, json.dumps(kept))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Paint and estimate only what is looked at."""
        super().showEvent(event)
        self._follow()

    def finish(self) -> None:
        """Give up preview and estimate."""
        self._patience.stop()
        self.preview.finish()
        self._worker.close()

    def _show(self, animation: Animation) -> None:
        self.format.show_value(animation.format)
        self.width_.show_value(animation.width)
        self.height_.show_value(animation.height)
        self.first.show_value(0)
        self.speed.show_value(animation.speed)
        self.fps.show_value(animation.frames_per_second)
        self.hold.show_value(animation.hold)
        self.font_family.show_family(str(animation.font_family))
        self.theme.show_value(animation.theme)
        self.curve.show_value(animation.curve)
        self.halves.setChecked(animation.halves)
        self.glide.setChecked(animation.glide)
        self.loop.setChecked(animation.loop)
        self.trim.setChecked(animation.trim)

    # What is shown of it

    def _follow(self) -> None:
        """Show what is chosen now."""
        self._worker.cancel()
        self.caption.setText(self.tr("Estimating the size"))
        uses_rate = self.glide.isChecked() or self.format.currentData() == "mp4"
        self._form.setRowVisible(self.fps, uses_rate)
        try:
            take, plan = self.take, plan_of(self.take, self.animation)
        except InputError as error:
            self._patience.stop()
            self.preview.show_nothing_new()
            self._say(message_of(error))
            return
        self._say("")
        if not self.isVisible():
            return
        self.preview.show_figure(frame_figure(take, plan, self._shown))
        self._patience.start()

    def _estimate(self) -> None:
        take, animation = self.take, self.animation

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(estimate(take, animation, cancelled))

        self._worker.submit(work)

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Estimate):
                self.caption.setText(self._told(message))
            elif isinstance(message, Failed) and isinstance(message.error, InputError):
                self._say(message_of(message.error))
            elif isinstance(message, Failed):
                self.failed.emit(message.error)

    def _told(self, found: Estimate) -> str:
        parts = [
            self.tr("{n} frames").format(n=f"{found.frames:,}"),
            self.tr("{s} seconds").format(s=f"{found.seconds:.1f}"),
            self.tr("about {size}").format(size=_size(found.bytes)),
        ]
        if found.last < self._take.last and self.trim.isChecked():
            parts.append(self.tr("ends with iteration {t}").format(t=f"{found.last:,}"))
        return " \N{MIDDLE DOT} ".join(parts)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.caption.setVisible(not problem)
        self.changed.emit()


def _kept(settings: QSettings) -> Animation:
    """What was chosen last; the usual where nothing was, or nothing that is understood."""
    known = {field.name for field in fields(Animation)}
    try:
        content: dict[str, Any] = json.loads(str(settings.value(_KEY, "{}")))
        return Animation(**{name: value for name, value in content.items() if name in known})
    except (ValueError, TypeError, KeyError, AttributeError):
        return Animation()


def _whole(field: Field) -> int | None:
    value = field.value()
    return None if value is None or value != round(value) else round(value)


def _pair(first: QWidget, sign: str, second: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(first, 1)
    line.addWidget(QLabel(sign))
    line.addWidget(second, 1)
    return line


def _size(count: int) -> str:
    """Bytes as people say them."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000)):,} kB"
    return f"{count / 1_000_000:,.1f} MB"
