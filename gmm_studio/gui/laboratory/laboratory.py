"""The pages that compare many runs, beside the curves: optima, race, number of components."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTabWidget

from gmm_studio.document import Document
from gmm_studio.gui.laboratory.atlas_view import AtlasView
from gmm_studio.gui.laboratory.race_view import RaceView
from gmm_studio.gui.laboratory.sweep_view import SweepView
from gmm_studio.gui.session import Session
from gmm_studio.gui.style import Style

__all__ = ["Laboratory"]


class Laboratory(QObject):
    """Holds the pages, tells them what is on show, and opens what is picked in them.

    Parameters
    ----------
    session : Session
    pages : QTabWidget
        Where the pages are put; it owns this too.
    style : Style
    """

    def __init__(self, session: Session, pages: QTabWidget, style: Style) -> None:
        super().__init__(pages)
        self._session, self._pages = session, pages
        self.atlas = AtlasView(style)
        self.race = RaceView(style)
        self.sweep = SweepView(style)
        pages.addTab(self.atlas, self.tr("Optima"))
        pages.addTab(self.race, self.tr("Race"))
        pages.addTab(self.sweep, self.tr("Components"))
        for view in self._views:
            view.show_document(session.document)
            view.document_requested.connect(session.open_document)
            view.failed.connect(session.unexpected)
        session.document_changed.connect(self._on_document_changed)
        session.shown_changed.connect(self._on_shown_changed)

    @property
    def _views(self) -> tuple[AtlasView, RaceView, SweepView]:
        return self.atlas, self.race, self.sweep

    @property
    def is_busy(self) -> bool:
        """Whether something is computed."""
        return any(view.is_busy for view in self._views)

    def try_starts(self) -> None:
        """Show the page of the optima and run all starts."""
        self._pages.setCurrentWidget(self.atlas)
        self.atlas.start()

    def cancel(self) -> bool:
        """Give up what is computed and keep what is known; whether something was."""
        busy = [view for view in self._views if view.is_busy]
        for view in busy:
            view.cancel()
        return bool(busy)

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and lines."""
        for view in self._views:
            view.set_style(style)

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        for view in self._views:
            view.close_threads()

    def _on_document_changed(self, _: object, new: Document) -> None:
        for view in self._views:
            view.show_document(new)

    def _on_shown_changed(self) -> None:
        """Dots have the colours of the components that the run on show ends with."""
        run = self._session.shown
        is_line = run is not None and run.document.cloud.d == 1 and bool(run.steps)
        means = run.steps[-1].mixture.means[:, 0] if run is not None and is_line else None
        self.atlas.means.show_components(means)
