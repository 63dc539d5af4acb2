"""What cloud to make: a generator or the fit on show, its numbers, and what is done to it."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.core.mixture import Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.data.generators import GENERATORS, LARGEST_K, generate
from gmm_studio.data.making import sample_cloud
from gmm_studio.gui.dialogs.make_icons import ICON, cloud_icon
from gmm_studio.gui.dialogs.make_memory import remember, remembered
from gmm_studio.gui.dialogs.make_preview import MOST_SHOWN, Preview, Shown
from gmm_studio.gui.dialogs.percentage import Percentage, percent
from gmm_studio.gui.panels.controls import Choice, Number, button
from gmm_studio.gui.style import Style

__all__ = ["MakeDialog"]

_MOST_POINTS = 1_000_000
_LARGEST_STATE = 2**31 - 1
_FIT = "fit"
_ICON_POINTS = 220
_LIST, _CONTROLS = 216, 264
_RATIOS = (None, 1, 2, 5, 10, 50)


class MakeDialog(QDialog):
    """A list of clouds, a preview, and the numbers.

    Parameters
    ----------
    settings : QSettings
        Where the last values are kept.
    style : Style
    parent : QWidget, optional
    fit : Mixture, optional
        The fit on show, in the data's own units: one more to sample from.
    n : int, optional
        How many points to begin with. With it the fit is chosen first, else what was made last.

    Signals
    -------
    accepted_recipe(recipe)
    failed(error)
    """

    accepted_recipe = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        settings: QSettings,
        style: Style,
        parent: QWidget | None = None,
        fit: Mixture | None = None,
        n: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings, self._style, self._fit = settings, style, fit
        self._overlap: float | None = None
        self.setWindowTitle(self.tr("Make data"))
        self.preview = Preview(style)
        self.preview.shown.connect(self._on_shown)
        self.preview.refused.connect(self._on_refused)
        self.preview.failed.connect(self.failed)
        self.kinds = self._make_list()
        self._make_controls()
        self._lay_out()
        self._restore(n)
        self.kinds.currentItemChanged.connect(self._on_kind)
        self._follow()
        self._show_kind()
        self.kinds.setFocus()

    # Making

    def _make_list(self) -> QListWidget:
        kinds = QListWidget()
        kinds.setAccessibleName(self.tr("Cloud"))
        kinds.setIconSize(ICON)
        kinds.setFixedWidth(round(_LIST * self._style.scale))
        kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        kinds.setUniformItemSizes(True)
        palette, ratio = self._style.palette, self.devicePixelRatioF()
        entries = [
            (self.tr(made.title), name, generate(name, _ICON_POINTS))
            for name, made in GENERATORS.items()
        ]
        if self._fit is not None:
            sample = sample_cloud(self._fit, _ICON_POINTS)
            entries.insert(0, (self.tr("The fit on show"), _FIT, sample))
        for title, name, cloud in entries:
            item = QListWidgetItem(cloud_icon(cloud, palette, ratio), title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, ICON.height() + 10))
            kinds.addItem(item)
        return kinds

    def _make_controls(self) -> None:
        tr = self.tr
        self.points = Number(1, _MOST_POINTS, tr("How many points, outliers among them"))
        self.points.setSingleStep(100)
        self.clusters = Number(1, LARGEST_K, tr("How many clusters"))
        self.state = Number(0, _LARGEST_STATE, tr("Another number is another sample"))
        self.state.setGroupSeparatorShown(False)
        names = {tr("As they are"): None, tr("Equal"): 1.0}
        names |= {f"{ratio} : 1": float(ratio) for ratio in _RATIOS if ratio and ratio > 1}
        self.weights = Choice(names, tr("How many times as heavy the first cluster is as the last"))
        tip = tr("Clusters grow or shrink until the best classifier errs this often")
        self.overlap = Percentage(0.5, tr("Overlap"), tip)
        tip = tr("Points spread evenly around the cloud, which no cluster drew")
        self.outliers = Percentage(0.5, tr("Outliers"), tip)
        tip = tr("Normal noise on every point, in per cent of the cloud's spread")
        self.noise = Percentage(1.0, tr("Noise"), tip)
        self.note, self.problem = _text(), _text()
        self.note.setObjectName("note")
        self.problem.setProperty("error", True)
        self.problem.hide()
        self.caption = _text()
        self.caption.setObjectName("note")
        self.caption.setWordWrap(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows: list[tuple[str, QWidget]] = [
            (self.tr("Points"), self.points),
            (self.tr("Clusters"), self.clusters),
            (self.tr("Random state"), self.state),
            (self.tr("Weights"), self.weights),
            (self.tr("Overlap"), self.overlap),
        ]
        for name, widget in rows:
            form.addRow(_row_label(name, widget), widget)
        form.addRow(self.note)
        form.addRow(self.problem)
        for name, widget in (
            (self.tr("Outliers"), self.outliers),
            (self.tr("Noise"), self.noise),
        ):
            form.addRow(_row_label(name, widget), widget)
        controls = QWidget()
        controls.setFixedWidth(round(_CONTROLS * self._style.scale))
        controls.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        seen = QVBoxLayout()
        seen.setSpacing(8)
        seen.addWidget(self.preview, 1)
        seen.addWidget(self.caption)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.kinds)
        middle.addLayout(seen, 1)
        middle.addWidget(controls)
        heading = QLabel(self.tr("Make data"))
        heading.setProperty("heading", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addWidget(heading)
        layout.addLayout(middle, 1)
        layout.addWidget(self._buttons())

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        tip = self.tr("No outliers, no noise, weights and overlap of the cloud itself")
        plain = button(self.tr("Plain"), tip)
        plain.clicked.connect(self._make_plain)
        self.make = button(self.tr("Make"), self.tr("Make this cloud and fit it (Enter)"))
        cancel = button(self.tr("Cancel"), self.tr("Keep the cloud that is there (Esc)"))
        plain.setAutoDefault(False)
        self.make.setDefault(True)
        box.addButton(plain, QDialogButtonBox.ButtonRole.ResetRole)
        box.addButton(self.make, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _follow(self) -> None:
        for number in (self.points, self.clusters, self.state):
            number.valueChanged.connect(self._ask)
        self.weights.activated.connect(self._ask)
        self.overlap.moved.connect(self._on_overlap)
        for slider in (self.outliers, self.noise):
            slider.moved.connect(self._ask)

    # What is chosen

    @property
    def kind(self) -> str:
        """The name of the generator that is chosen, "fit" for the fit on show."""
        item = self.kinds.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    @property
    def recipe(self) -> Recipe:
        """What the controls say."""
        is_fit = self.kind == _FIT and self._fit is not None
        has_truth = self._has_truth
        return Recipe(
            self._fit if is_fit and self._fit is not None else self.kind,
            self.points.value(),
            None if is_fit or not self.clusters.isEnabled() else self.clusters.value(),
            self.state.value(),
            outliers=self.outliers.share,
            noise=self.noise.share,
            unequal=self.weights.currentData() if has_truth else None,
            overlap=self._overlap if has_truth else None,
            title=self.tr("Sample of the fit") if is_fit else "",
        )

    @property
    def _has_truth(self) -> bool:
        return self.kind == _FIT or generate(self.kind, 1).truth is not None

    def choose(self, kind: str) -> None:
        """Choose a generator by its name, or "fit"."""
        for i in range(self.kinds.count()):
            if self.kinds.item(i).data(Qt.ItemDataRole.UserRole) == kind:
                self.kinds.setCurrentRow(i)

    def _on_kind(self) -> None:
        own = GENERATORS[self.kind].default_k if self.kind in GENERATORS else None
        if own is not None:
            self.clusters.show_value(own)
        self._show_kind()

    def _show_kind(self) -> None:
        """Only what there is to choose of this kind can be chosen."""
        own = GENERATORS[self.kind].default_k if self.kind in GENERATORS else None
        self.clusters.setEnabled(own is not None)
        if self.kind == _FIT and self._fit is not None:
            self.clusters.show_value(self._fit.k)
        self.weights.setEnabled(self._has_truth)
        self.overlap.setEnabled(self._has_truth)
        self._ask()

    def _on_overlap(self, share: float) -> None:
        self._overlap = share
        self._ask()

    def _make_plain(self) -> None:
        self._overlap = None
        self.weights.show_value(None)
        self.outliers.show_share(0.0)
        self.noise.show_share(0.0)
        self._ask()

    def _ask(self) -> None:
        self.preview.show_recipe(self.recipe)

    # What is shown

    def _on_shown(self, shown: Shown) -> None:
        self.problem.clear()
        self.problem.hide()
        self.note.show()
        self.make.setEnabled(True)
        if shown.recipe != self.recipe:
            return
        if shown.recipe.overlap is None:
            self.overlap.show_share(shown.rate)
        if shown.cloud.truth is not None and shown.cloud.truth.k != self.clusters.value():
            self.clusters.show_value(shown.cloud.truth.k)
        text = self.tr("The best classifier puts {rate} of the points into a wrong cluster.")
        if shown.rate is None:
            text = self.tr("These points come of no mixture: it has no weights and no overlap.")
        self.note.setText(text.format(rate=percent(shown.rate or 0.0)))
        text = self.tr("{shown} of {n} points shown")
        if shown.recipe.n <= MOST_SHOWN:
            text = self.tr("1 point") if shown.recipe.n == 1 else self.tr("{n} points")
        self.caption.setText(text.format(shown=f"{MOST_SHOWN:,}", n=f"{shown.recipe.n:,}"))

    def _on_refused(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self.note.hide()
        self.make.setEnabled(False)

    def _restore(self, n: int | None) -> None:
        """What was made last; the fit if a number of points says that it is to be sampled."""
        last = remembered(self._settings)
        self.kinds.setCurrentRow(0)
        self.choose(str(last.source))
        self.points.show_value(last.n)
        self.clusters.show_value(last.k or 1)
        self.state.show_value(last.random_state)
        if n is not None and self._fit is not None:
            self.choose(_FIT)
            self.points.show_value(n)
            return
        self.weights.show_value(last.unequal if last.unequal in _RATIOS else None)
        self._overlap = last.overlap
        self.overlap.show_share(last.overlap)
        self.outliers.show_share(last.outliers)
        self.noise.show_share(last.noise)

    # Ending

    def accept(self) -> None:
        """Say what cloud is to be made."""
        recipe = self.recipe
        if isinstance(recipe.source, str):
            remember(self._settings, recipe)
        self.accepted_recipe.emit(recipe)
        super().accept()

    def done(self, result: int) -> None:
        """Give up the preview."""
        self.preview.finish()
        super().done(result)


def _row_label(name: str, widget: QWidget) -> QLabel:
    label = QLabel(name)
    label.setObjectName("row_label")
    label.setBuddy(widget.slider if isinstance(widget, Percentage) else widget)
    widget.setAccessibleName(name)
    return label


def _text() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
