"""What mouse and keys do to seeds, means and points: between the cloud view and the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.document import Document, Seed, reshaped
from gmm_studio.gui.canvas.cloud_view import CloudView, Pin, Tool
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.keys import KeyRouter
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.session import Session
from gmm_studio.gui.truth_editor import TruthEditor

__all__ = ["Hands"]

_NUDGE_MS = 400
_CROSSHAIR = 8


class Hands(QObject):
    """Holds the tool and what is pinned."""

    tool_changed = Signal(str)
    pin_changed = Signal()
    hint = Signal(str)
    dragging = Signal(int)
    pulse = Signal()
    numbers_requested = Signal(int)
    menu_requested = Signal(object, object, object)

    def __init__(self, session: Session, view: CloudView, stage: Stage, keys: KeyRouter) -> None:
        super().__init__(view)
        self._session, self._view, self._stage, self._keys = session, view, stage, keys
        self.truth = TruthEditor(session, stage, self)
        self.truth.changed.connect(self._on_truth_changed)
        self._nudged: tuple[int, Seed] | None = None
        self._taken_at: Moment | None = None
        self._nudge = QTimer(self)
        self._nudge.setSingleShot(True)
        self._nudge.setInterval(_NUDGE_MS)
        self._nudge.timeout.connect(self._end_nudge)
        view.seed_requested.connect(self._on_seed)
        view.seed_dragged.connect(self._on_dragged)
        view.seed_dropped.connect(self._on_dropped)
        view.shape_dragged.connect(self._on_shape_dragged)
        view.shape_dropped.connect(self._on_shape_dropped)
        view.drag_cancelled.connect(self._put_back)
        view.mean_dragged.connect(self._on_mean_dragged)
        view.pinned.connect(self.pin)
        view.numbers_requested.connect(self._on_numbers)
        view.menu_requested.connect(self._on_menu)
        view.selection_requested.connect(self._on_selection)
        keys.arrow.connect(self._on_arrow)
        keys.enter.connect(view.request_seed_at_crosshair)
        keys.digit.connect(self._on_digit)
        session.document_changed.connect(self._on_document_changed)
        view.show_configuration(session.document.configuration)

    @property
    def tool(self) -> Tool:
        """What a click does."""
        return self._view.tool

    @property
    def marked_component(self) -> int | None:
        """The component (from 0) that is pinned."""
        pin = self._view.pin
        if self.truth.is_on:
            return None
        return pin.index if pin is not None and pin.kind != "point" else None

    @property
    def pinned_shares(self) -> FloatArray | None:
        """The responsibilities (k,) of the point that is pinned."""
        pin, step = self._view.pin, self._session.colouring
        cloud = self._session.document.cloud
        if pin is None or pin.kind != "point" or step is None or pin.index >= cloud.n:
            return None
        shares: FloatArray = step.mixture.responsibilities(cloud.points[pin.index])[0]
        return shares

    def choose_tool(self, tool: Tool) -> None:
        """Say what a click does from now on."""
        if tool != "pick":
            self.truth.end()
        if tool != self._view.tool:
            self._view.set_tool(tool)
            self.pin(None)
            self.tool_changed.emit(tool)
        self._update_keys()

    def edit_truth(self, on: bool) -> None:
        """Let the ellipses of the truth be dragged, or no longer."""
        if not on:
            self.truth.end()
            return
        self._end_nudge()
        self.choose_tool("pick")
        if self.truth.begin():
            self.pin(Pin("seed", 0))

    def begin_seeds(self) -> None:
        """The seed tool, with nothing placed yet."""
        self.choose_tool("seed")
        if self._session.document.missing_seed is None:
            self._session.begin_seeds()

    def pin(self, pin: Pin | None) -> None:
        """Pin a seed, a mean or a point; None unpins."""
        self._end_nudge()
        self._view.set_pin(pin)
        self._update_keys()
        self.pin_changed.emit()

    def delete(self) -> None:
        """The selected seed, else the selected points."""
        pin = self._view.pin
        if pin is not None and pin.kind == "seed":
            if not self.truth.is_on:
                self.pin(None)
                self._session.remove_seed(pin.index)
        elif self._session.selection is not None:
            self._session.delete_selection()

    def escape(self) -> bool:
        """End the innermost: a drag, an unfinished set, what is selected, what is computed.

        Whether there was any.
        """
        if self._view.cancel_drag():
            return True
        if self._nudged is not None:
            self._nudge.stop()
            self._nudged = None
            self._put_back()
        elif self.truth.is_on:
            self.truth.end()
        elif self._session.give_up_seeds():
            self.choose_tool("pick")
        elif self._view.pin is not None or self._session.selection is not None:
            self.pin(None)
            self._session.clear_selection()
        elif not self._session.cancel():
            had_tool = self.tool != "pick"
            self.choose_tool("pick")
            return had_tool
        return True

    def play(self) -> None:
        """Play or pause; with seeds missing the hint pulses."""
        self.truth.end()
        if self._session.document.missing_seed is not None:
            self.pulse.emit()
        else:
            self._session.toggle_play()

    @property
    def _is_current(self) -> bool:
        """Whether the picture is of this cloud: a place in that of another means nothing."""
        scene = self._view.scene
        return scene is not None and scene.cloud is self._session.document.cloud

    def _on_seed(self, place: Seed) -> None:
        if not self._is_current:
            return
        self._session.place_seed(place)
        # With one seed nothing was missing before either.
        if self._session.document.missing_seed is None:
            self.choose_tool("pick")

    def _on_truth_changed(self) -> None:
        """Seeds and ellipses of the truth are no seeds, and have a structure of their own."""
        if self._nudged is not None:
            self._nudge.stop()
            self._nudged = None
        self._view.cancel_drag()
        self._taken_at = None
        self.pin(None)
        self._show_configuration()

    def _show_configuration(self) -> None:
        own = self._session.document.configuration
        self._view.show_configuration(Configuration() if self.truth.is_on else own)

    @property
    def _seeds(self) -> tuple[Seed | None, ...]:
        """What can be dragged: the seeds, or the means of the truth."""
        return self.truth.seeds if self.truth.is_on else self._session.seeds

    def _on_numbers(self, j: int) -> None:
        if not self.truth.is_on:
            self.numbers_requested.emit(j)

    def _on_menu(self, at: object, seed: int | None, place: Seed | None) -> None:
        if self.truth.is_on:
            seed = place = None
        self.menu_requested.emit(at, seed, place)

    def _on_dragged(self, j: int, place: Seed) -> None:
        if self._is_current:
            self._drag(j, place)
        else:
            self._view.cancel_drag()

    def _drag(self, j: int, place: Seed) -> None:
        if self.truth.is_on:
            self.truth.drag_mean(j, place)
            return
        self._take(j)
        self._stage.drag_seed(j, place)

    def _take(self, j: int) -> None:
        """Back to the start, which is what changes."""
        playback = self._session.playback
        playback.pause()
        if self._taken_at is None:
            self._taken_at = playback.moment
        playback.move_to(0)
        self.dragging.emit(j)

    def _on_shape_dragged(self, j: int, covariance: FloatArray) -> None:
        start = self._session.start_mixture
        if not self._is_current:
            self._view.cancel_drag()
            return
        if self._nudged is not None:
            # It makes another document, and with that the drag is over.
            self._end_nudge()
            return
        if self.truth.is_on:
            self.truth.drag_shape(j, covariance)
            return
        if start is None or j >= start.k:
            return
        structure = self._session.document.configuration.covariance
        try:
            mixture = reshaped(start, j, covariance, structure)
        except InputError:
            # So large or so flat that numbers can't hold it: the ellipse stays as it was.
            return
        self._take(j)
        self._stage.drag_start(mixture)

    def _on_shape_dropped(self, j: int, covariance: FloatArray) -> None:
        if not self._is_current:
            self._put_back()
            return
        if self.truth.is_on:
            self.truth.drag_shape(j, covariance)
            self.truth.drop()
            return
        self._taken_at = None
        self._stage.end_drag()
        self._session.reshape_seed(j, covariance)

    def _put_back(self) -> None:
        """The seed stays where it was, and the step that was on show comes back."""
        if self.truth.is_on:
            self.truth.put_back()
            return
        self._stage.end_drag()
        if self._taken_at is not None:
            self._session.playback.show(self._taken_at)
        self._taken_at = None

    def _on_dropped(self, j: int, place: Seed) -> None:
        if self._is_current:
            self._drop(j, place)
        else:
            self._put_back()

    def _drop(self, j: int, place: Seed) -> None:
        if self.truth.is_on:
            self.truth.drag_mean(j, place)
            self.truth.drop()
            return
        self._taken_at = None
        self._stage.end_drag()
        self._session.move_seed(j, place)

    def _on_mean_dragged(self, j: int) -> None:
        text = self.tr("Drag seed {j}, or start from this step").format(j=j + 1)
        self.hint.emit(text)

    def _on_selection(self, corners: tuple[Seed, Seed]) -> None:
        if not self._is_current:
            return
        first, second = corners
        low = tuple(map(min, first, second))
        high = tuple(map(max, first, second))
        self._session.select(low, high)

    def _on_document_changed(self, old: Document, new: Document) -> None:
        self._nudge.stop()
        self._nudged = self._taken_at = None
        # What is dragged belongs to the old document.
        self._view.cancel_drag()
        self._show_configuration()
        pin = self._view.pin
        k = len(self._seeds) if self.truth.is_on else new.k
        is_gone = pin is not None and pin.kind != "point" and pin.index >= k
        if is_gone or (new.cloud is not old.cloud and not self.truth.is_on):
            self.pin(None)
        if new.missing_seed is not None:
            self.choose_tool("seed")
        elif old.missing_seed is not None:
            self.choose_tool("pick")

    def _update_keys(self) -> None:
        pin = self._view.pin
        self._keys.placing = self.tool == "seed" or (pin is not None and pin.kind == "seed")

    def _on_digit(self, digit: int) -> None:
        seeds = self._seeds
        if digit <= len(seeds) and seeds[digit - 1] is not None:
            self.pin(Pin("seed", digit - 1))

    def _on_arrow(self, across: int, down: int, tenfold: bool) -> None:
        factor = 10 if tenfold else 1
        pin = self._view.pin
        if pin is not None and pin.kind == "seed":
            self._nudge_seed(pin.index, across * factor, down * factor)
        else:
            factor *= 1 if tenfold else _CROSSHAIR
            self._view.move_crosshair(across * factor, down * factor)

    def _nudge_seed(self, j: int, across: int, down: int) -> None:
        """Move a seed by pixels; what comes in quick succession is one edit."""
        seeds, viewport = self._seeds, self._view.viewport
        place = seeds[j] if j < len(seeds) else None
        if self._nudged is not None:
            place = self._nudged[1]
        if place is None or viewport is None:
            return
        at = QPointF(*viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0))
        moved = viewport.to_data(at.x() + across, at.y() + down)[: len(place)]
        self._nudged = (j, moved)
        self._drag(j, moved)
        self._nudge.start()

    def _end_nudge(self) -> None:
        self._nudge.stop()
        nudged, self._nudged = self._nudged, None
        if nudged is not None:
            self._drop(*nudged)
