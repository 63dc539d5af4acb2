"""Maps of basins and likelihood surfaces for the cloud view: coarse first, the newest wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from gmm_studio.core.basins import BasinMap
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Document
from gmm_studio.gui.canvas.scene import Density, Field
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.laboratory.basin_layer import Brightness, basin_field, follow_tints
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, make_legend
from gmm_studio.gui.laboratory.basin_task import (
    BLOCK,
    Kind,
    Made,
    MapRequest,
    map_configuration,
    map_task,
)
from gmm_studio.gui.laboratory.likelihood_layer import Surface, likelihood_field
from gmm_studio.gui.worker import Failed, Finished, Worker

__all__ = ["BasinLab"]

_REST_MS = 150
_FINE_WHEN_MOVED = 2
"""A view that is panned or zoomed keeps its old map until the new one is about as fine."""


class BasinLab(QObject):
    """Asks for maps and surfaces in a worker, and holds the newest.

    While seeds are dragged each request is done coarsely, whatever is asked for meanwhile, and then
    the newest of those: there is no queue, and something is always shown. When nothing was asked
    for a while, the newest is refined; a new request ends that at once.

    Signals
    -------
    changed()
        `field`, `legend`, `map`, `surface` or `is_busy` is another.
    failed(error)
        The newest request could not be done.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._brightness: Brightness = "iterations"
        self._lines = True
        self._density: Density = "filled"
        self._worker = Worker("basins", self)
        self._worker.arrived.connect(self._on_arrived)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._refine)
        self._wanted: MapRequest | None = None
        self._asked = 0
        self._is_refining = self._is_coarse_done = self._is_complete = False
        self._given_up = False
        self._made: Made | None = None
        self._field: Field | None = None
        self._legend: BasinLegend | None = None

    # What there is

    @property
    def map(self) -> BasinMap | None:
        """The newest map of basins, as fine as it is so far."""
        outcome = self._made.outcome if self._made else None
        return outcome if isinstance(outcome, BasinMap) else None

    @property
    def surface(self) -> Surface | None:
        """The newest surface of the log-likelihood."""
        outcome = self._made.outcome if self._made else None
        return outcome if isinstance(outcome, Surface) else None

    @property
    def request(self) -> MapRequest | None:
        """What `map` or `surface` is of; the one that is computed may be newer."""
        return self._made.request if self._made else None

    @property
    def is_busy(self) -> bool:
        """Whether a map or a surface is computed, or will be when the seeds rest."""
        return self._rest.isActive() or self._worker.busy

    @property
    def is_complete(self) -> bool:
        """Whether what was asked for last is there, as fine as it gets."""
        return self._is_complete

    @property
    def field(self) -> Field | None:
        """The background that shows it."""
        if self._field is None and self._made is not None:
            self._field = self._paint(self._made, self._palette)
        return self._field

    @property
    def fields(self) -> Callable[[Palette], Field] | None:
        """Makes the background in the colours of any theme; from any thread, as it is now."""
        return None if self._made is None else partial(self._paint, self._made)

    @property
    def legend(self) -> BasinLegend | None:
        """Of the map of basins."""
        made, basins = self._made, self.map
        if self._legend is None and made is not None and basins is not None:
            request = made.request
            self._legend = make_legend(
                basins,
                request.cloud,
                request.j,
                made.slots,
                request.configuration.tolerance,
                self._brightness,
                is_partial=self._given_up and basins.cell > 1,
            )
        return self._legend

    def _paint(self, made: Made, palette: Palette) -> Field:
        if isinstance(made.outcome, Surface):
            return likelihood_field(made.outcome, palette, self._density)
        return basin_field(
            made.outcome,
            made.request.viewport,
            palette,
            made.slots,
            brightness=self._brightness,
            lines=self._lines,
        )

    # How it looks

    def set_palette(self, palette: Palette) -> None:
        """Use the colours of another theme."""
        self._palette = palette
        self._repaint()

    def set_brightness(self, brightness: Brightness) -> None:
        """Say what lighter shades of a map's colours mean."""
        self._brightness = brightness
        self._repaint()

    def set_lines(self, lines: bool) -> None:
        """Whether thin lines part the basins."""
        self._lines = lines
        self._repaint()

    def set_density(self, density: Density) -> None:
        """Show surfaces by shading and contours, or one of them."""
        if density != self._density:
            self._density = density
            self._repaint()

    def _repaint(self) -> None:
        self._field = self._legend = None
        self.changed.emit()

    # What is asked for

    def show(self, document: Document, start: Mixture, j: int, viewport: Viewport) -> None:
        """Map where EM leads from every place of seed j, the others as they are in a start.

        Parameters
        ----------
        document : Document
            Its cloud and configuration count.
        start : Mixture
            As the document makes it, with the seeds where they are now.
        j : int
            The seed, from 0.
        viewport : Viewport
            Over which it is moved.
        """
        self._ask("basins", document, start, j, viewport)

    def show_likelihood(
        self, document: Document, mixture: Mixture, j: int, viewport: Viewport
    ) -> None:
        """Compute the log-likelihood over the place of mean j of a mixture, the rest held."""
        self._ask("likelihood", document, mixture, j, viewport)

    def cancel(self) -> None:
        """Give up what is computed; what is known so far stays, and says that it is partial."""
        if not self.is_busy:
            return
        self._stop()
        self._given_up = True
        self._repaint()

    def clear(self) -> None:
        """Nothing is shown, and nothing computed."""
        self._stop()
        self._wanted = self._made = None
        self._is_complete = False
        self._repaint()

    def close(self) -> None:
        """Cancel and wait for the thread."""
        self._rest.stop()
        self._worker.close()

    def _stop(self) -> None:
        self._rest.stop()
        self._worker.cancel()
        self._is_refining = self._is_coarse_done = False

    def _ask(
        self, kind: Kind, document: Document, mixture: Mixture, j: int, viewport: Viewport
    ) -> None:
        configuration = map_configuration(document.configuration)
        request = MapRequest(kind, document.cloud, mixture, j, viewport, configuration)
        last, self._wanted = self._wanted, request
        if last is not None and request.is_same(last) and (self.is_busy or self._is_complete):
            return
        is_akin = last is not None and request.is_akin(last)
        if not is_akin and self._made is not None:
            self._made = self._field = self._legend = None
        is_coarse = last is None or not self._is_looked_at_elsewhere(request)
        self._given_up = self._is_complete = self._is_coarse_done = False
        self._rest.start()
        if is_coarse:
            interrupt = self._is_refining or not is_akin
            self._asked = self._worker.submit(map_task(request, fine=False), interrupt=interrupt)
        else:
            self._worker.cancel()
            self._is_coarse_done = True
        self._is_refining = False
        self.changed.emit()

    def _is_looked_at_elsewhere(self, request: MapRequest) -> bool:
        """Whether what is on show lacks nothing but the right viewport."""
        made = self._made
        return made is not None and request.is_same_but_viewport(made.request)

    def _refine(self) -> None:
        """Once nothing moves and the coarse map is there."""
        if self._wanted is None or not self._is_coarse_done:
            return
        first = _FINE_WHEN_MOVED if self._is_moved(self._wanted) else BLOCK
        self._is_refining = True
        task = map_task(self._wanted, fine=True, coarsest=first)
        self._asked = self._worker.submit(task)

    def _is_moved(self, request: MapRequest) -> bool:
        made = self._made
        return (
            self._is_looked_at_elsewhere(request)
            and made is not None
            and made.request.viewport != request.viewport
        )

    def _on_arrived(self) -> None:
        for number, message in self._worker.take():
            if isinstance(message, Made):
                self._accept(message)
            elif isinstance(message, Failed) and number == self._asked:
                self._stop()
                self.failed.emit(message.error)
            elif isinstance(message, Finished) and number == self._asked:
                self._on_finished()
        self.changed.emit()

    def _accept(self, made: Made) -> None:
        if isinstance(made.outcome, BasinMap):
            before = self.map
            slots = follow_tints(
                made.outcome.optima,
                made.outcome.tolerance,
                made.outcome.sample or made.request.cloud.total_weight,
                before.optima if before else (),
                self._made.slots if self._made else (),
            )
            made = replace(made, slots=slots)
        self._made = made
        self._field = self._legend = None

    def _on_finished(self) -> None:
        if self._is_refining:
            self._is_refining = False
            self._is_complete = True
        else:
            self._is_coarse_done = True
            if not self._rest.isActive():
                self._refine()
