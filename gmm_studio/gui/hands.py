"""What mouse and keys do to seeds, means and points: between the cloud view and the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError
from gmm_studio.document import Document, Seed, reshaped
from gmm_studio.gui.canvas.cloud_view import CloudView, Pin, Tool
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.keys import KeyRouter
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.session import Session

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

    def __init__(self, session: Session, view: CloudView, stage: Stage, keys: KeyRouter) -> None:
        super().__init__(view)
        self._session, self._view, self._stage, self._keys = session, view, stage, keys
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
        if tool != self._view.tool:
            self._view.set_tool(tool)
            self.pin(None)
            self.tool_changed.emit(tool)
        self._update_keys()

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
        elif self._session.give_up_seeds():
            self.choose_tool("pick")
        elif self._view.pin is not None or self._session.selection is not None:
            self.pin(None)
            self._session.clear_selection()
        elif not self._session.cancel():
            was_seed = self.tool == "seed"
            self.choose_tool("pick")
            return was_seed
        return True

    def play(self) -> None:
        """Play or pause; with seeds missing the hint pulses."""
        if self._session.document.missing_seed is not None:
            self.pulse.emit()
        else:
            self._session.toggle_play()

    def _on_seed(self, place: Seed) -> None:
        self._session.place_seed(place)
        # With one seed nothing was missing before either.
        if self._session.document.missing_seed is None:
            self.choose_tool("pick")

    def _on_dragged(self, j: int, place: Seed) -> None:
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
        if self._nudged is not None:
            # It makes another document, and with that the drag is over.
            self._end_nudge()
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
        self._taken_at = None
        self._stage.end_drag()
        self._session.reshape_seed(j, covariance)

    def _put_back(self) -> None:
        """The seed stays where it was, and the step that was on show comes back."""
        self._stage.end_drag()
        if self._taken_at is not None:
            self._session.playback.show(self._taken_at)
        self._taken_at = None

    def _on_dropped(self, j: int, place: Seed) -> None:
        self._taken_at = None
        self._stage.end_drag()
        self._session.move_seed(j, place)

    def _on_mean_dragged(self, j: int) -> None:
        text = self.tr("Drag seed {j}, or start from this step").format(j=j + 1)
        self.hint.emit(text)

    def _on_selection(self, corners: tuple[Seed, Seed]) -> None:
        first, second = corners
        low = tuple(map(min, first, second))
        high = tuple(map(max, first, second))
        self._session.select(low, high)

    def _on_document_changed(self, old: Document, new: Document) -> None:
        self._nudge.stop()
        self._nudged = self._taken_at = None
        # What is dragged belongs to the old document.
        self._view.cancel_drag()
        self._view.show_configuration(new.configuration)
        pin = self._view.pin
        is_gone = pin is not None and pin.kind != "point" and pin.index >= new.k
        if is_gone or new.cloud is not old.cloud:
            self.pin(None)
        if new.missing_seed is not None:
            self.choose_tool("seed")
        elif old.missing_seed is not None:
            self.choose_tool("pick")

    def _update_keys(self) -> None:
        pin = self._view.pin
        self._keys.placing = self.tool == "seed" or (pin is not None and pin.kind == "seed")

    def _on_digit(self, digit: int) -> None:
        seeds = self._session.seeds
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
        seeds, viewport = self._session.seeds, self._view.viewport
        place = seeds[j] if j < len(seeds) else None
        if self._nudged is not None:
            place = self._nudged[1]
        if place is None or viewport is None:
            return
        at = QPointF(*viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0))
        moved = viewport.to_data(at.x() + across, at.y() + down)[: len(place)]
        self._nudged = (j, moved)
        self._on_dragged(j, moved)
        self._nudge.start()

    def _end_nudge(self) -> None:
        self._nudge.stop()
        nudged, self._nudged = self._nudged, None
        if nudged is not None:
            self._on_dropped(*nudged)
