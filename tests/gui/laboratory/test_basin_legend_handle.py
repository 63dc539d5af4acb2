"""The legend of the basin map in the window: dragged, folded, pointed at, clicked."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSettings, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from gmm_studio.data.generators import generate
from gmm_studio.document import new_cloud
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.laboratory.basin_legend import LegendEntry
from gmm_studio.gui.laboratory.basin_legend_layout import lay_out
from gmm_studio.gui.laboratory.map_overlay import MapOverlay, MapPicture
from gmm_studio.gui.window import Window
from tests.gui.acting import (
    Right,
    click,
    colour_at,
    distance,
    double_click,
    hover,
    key,
    move,
    picture,
    press,
    release,
    rgb,
    wheel,
)
from tests.gui.conftest import settle

Corner = tuple[float, float]


def show_map(qtbot: QtBot, window: Window, name: str = "overlapping") -> None:
    cloud = generate(name, 120)
    window.session.store.edit(new_cloud(window.session.document, cloud), "Small")
    settle(qtbot, window)
    key(window, "w")
    rest(qtbot, window)


def rest(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.map.lab.is_complete)
    settle(qtbot, window)


def overlay_of(window: Window) -> MapPicture:
    overlay = window.cloud_view.overlay
    assert isinstance(overlay, MapPicture)
    return overlay


def box_of(window: Window) -> QRectF:
    """Where the legend is painted."""
    legend, viewport = window.map.lab.legend, window.cloud_view.viewport
    assert legend is not None
    assert viewport is not None
    return lay_out(viewport, legend, window.cloud_view.style_of_scene, window.map.legend.place).box


def rows_of(window: Window) -> list[tuple[LegendEntry, QPointF]]:
    """The entries, and where each is in the legend."""
    legend, viewport = window.map.lab.legend, window.cloud_view.viewport
    assert legend is not None
    assert viewport is not None
    layout = lay_out(viewport, legend, window.cloud_view.style_of_scene, window.map.legend.place)
    return [(row.entry, row.box.center() - layout.box.topLeft()) for row in layout.rows]


def drag_to(window: Window, corner: Corner) -> None:
    """Drag the title until the corner is somewhere in the view, step by step."""
    view, grip = window.cloud_view, QPointF(30, 12)
    first = window.map.legend.pos() + grip.toPoint()
    last = QPoint(*map(round, corner)) + grip.toPoint()
    press(view, first)
    for share in (0.1, 0.5, 1.0):
        move(view, QPointF(first) + share * QPointF(last - first))
    release(view, last)


def test_the_handle_lies_where_the_legend_is_painted(qtbot: QtBot, window: Window) -> None:
    assert not window.map.legend.isVisible()
    show_map(qtbot, window)
    assert window.map.legend.isVisible()
    assert window.map.legend.geometry() == box_of(window).toAlignedRect()
    viewport = window.cloud_view.viewport
    assert viewport is not None
    window.cloud_view.set_viewport(viewport.zoomed(40, 200, 200))
    assert window.map.legend.geometry() == box_of(window).toAlignedRect()
    window.resize(1000, 640)
    rest(qtbot, window)
    assert window.map.legend.geometry() == box_of(window).toAlignedRect()
    key(window, "w")
    settle(qtbot, window)
    assert not window.map.legend.isVisible()
    key(window, "j")
    rest(qtbot, window)
    assert not window.map.legend.isVisible(), "the likelihood of a seed has no such legend"


def test_it_is_put_aside_while_points_are_painted(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    legend = window.map.legend
    inside = QPointF(legend.geometry().bottomRight()) - QPointF(6, 6)
    ground = colour_at(picture(window.cloud_view), inside)
    assert distance(ground, rgb(LIGHT.canvas)) < 30
    key(window, "d")
    settle(qtbot, window)
    assert not legend.isVisible()
    assert colour_at(picture(window.cloud_view), inside) != ground
    key(window, "v")
    settle(qtbot, window)
    assert legend.isVisible()
    assert colour_at(picture(window.cloud_view), inside) == ground


def test_it_is_dragged_and_never_leaves_the_view(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    view, legend = window.cloud_view, window.map.legend
    before, viewport, document = legend.pos(), view.viewport, window.session.document
    drag_to(window, (before.x() + 90.0, before.y() - 60.0))
    assert legend.pos() == before + QPoint(90, -60)
    image = picture(view)
    edge = rgb(view.style_of_scene.palette.border)
    assert distance(colour_at(image, (legend.x() + 20, legend.y())), edge) < 40
    for corner in ((2 * view.width(), 40.0), (-50.0, 0.0), (view.width() - 60.0, 0.0)):
        bounded = min(max(corner[0], 0.0), view.width() - 31.0)
        drag_to(window, (bounded, max(corner[1], 0.0)))
        assert view.rect().contains(legend.geometry())
    assert legend.geometry().right() == view.width() - 1
    assert legend.y() == 0
    window.resize(900, 600)
    rest(qtbot, window)
    assert view.rect().contains(legend.geometry())
    assert abs(legend.geometry().right() - view.width()) <= 2
    assert window.session.document == document
    assert viewport is not None
    assert view.viewport is not None
    assert view.viewport.left != 0


def test_a_drag_over_it_moves_neither_the_cloud_nor_a_seed(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    view, document = window.cloud_view, window.session.document
    viewport = view.viewport
    drag_to(window, (300.0, 100.0))
    assert view.viewport == viewport
    assert window.session.document == document
    assert not view.is_dragging


def test_a_click_on_its_title_folds_it_and_another_unfolds_it(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    legend = window.map.legend
    whole = legend.geometry()
    click(legend, (60, 16))
    assert legend.place.folded
    assert legend.height() < 0.3 * whole.height()
    assert legend.geometry() == box_of(window).toAlignedRect()
    assert rows_of(window) == []
    key(window, "w")
    settle(qtbot, window)
    key(window, "w")
    rest(qtbot, window)
    assert legend.isVisible()
    assert legend.place.folded, "it is as it was while the map was off"
    click(legend, (60, 16))
    assert not legend.place.folded
    assert legend.size() == whole.size()
    double_click(legend, (60, 16))
    assert legend.place.folded, "a double click has two presses, and here only its second half"


def test_the_next_session_has_it_where_it_was(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_map(qtbot, window)
    drag_to(window, (200.0, 50.0))
    click(window.map.legend, (60, 16))
    place = window.map.legend.place
    assert place.corner is not None

    def again() -> MapOverlay:
        settings: QSettings = window._settings
        return MapOverlay(
            window.session,
            window.cloud_view,
            window.hands,
            window.stage,
            window.cloud_view.style_of_scene.palette,
            settings,
        )

    other = again()
    assert other.legend.place.folded
    assert other.legend.place.corner == pytest.approx(place.corner, abs=1e-4)
    other.close()
    window._settings.setValue("map/legend_corner", "7 nonsense")
    other = again()
    assert other.legend.place.corner is None
    other.close()


def test_clicks_in_it_place_no_seeds_and_those_beside_it_do(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    key(window, "s")
    before, legend = window.session.document, window.map.legend
    note = (legend.width() / 2, legend.height() - 12)
    click(legend, note)
    click(legend, note, button=Right)
    double_click(legend, note)
    assert window.session.document == before
    assert window.cloud_view.tool == "seed"
    asked: list[object] = []
    window.cloud_view.seed_requested.connect(asked.append)
    click(window.cloud_view, (legend.geometry().right() + 3, legend.y() + 10))
    assert len(asked) == 1


def test_the_wheel_over_it_zooms_as_beside_it(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    viewport, legend = window.cloud_view.viewport, window.map.legend
    wheel(legend, (40, 40), 1)
    assert viewport is not None
    assert window.cloud_view.viewport is not None
    assert window.cloud_view.viewport.x_scale > viewport.x_scale


def test_an_entry_under_the_pointer_shows_its_basins_and_its_ellipses(
    qtbot: QtBot, window: Window
) -> None:
    show_map(qtbot, window)
    basins, view = window.map.lab.map, window.cloud_view
    assert basins is not None
    plain = picture(view)
    entry, at = rows_of(window)[0]
    hover(window.map.legend, at.toTuple())  # type: ignore[arg-type]
    overlay = overlay_of(window)
    assert overlay.pointed is entry
    lit = picture(view)
    assert lit != plain
    viewport = view.viewport
    assert viewport is not None
    blank = QImage(view.size(), QImage.Format.Format_RGB32)
    blank.fill(QColor("#808080"))
    with QPainter(blank) as painter:
        overlay.paint_above(painter, viewport, view.style_of_scene)
    mean, covariance = entry.mixture.means[0], entry.mixture.covariances[0]
    rim = mean + np.array([np.sqrt(covariance[0, 0]), covariance[0, 1] / covariance[0, 0] ** 0.5])
    across, down = viewport.to_pixel(*rim.tolist())
    near = {
        rgb(blank.pixelColor(round(across) + i, round(down) + j))
        for i in range(-3, 4)
        for j in range(-3, 4)
    }
    assert rgb("#808080") in near or len(near) > 1
    assert len(near) > 1, "its ellipse at 1 sigma passes there"
    hover(window.map.legend, (5.0, window.map.legend.height() - 5.0))
    assert overlay_of(window).pointed is None
    assert picture(view) == plain


def test_the_veil_leaves_the_basins_of_the_entry_as_they_are(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    basins = window.map.lab.map
    assert basins is not None
    for entry, at in rows_of(window):
        hover(window.map.legend, at.toTuple())  # type: ignore[arg-type]
        veil = overlay_of(window).veil
        assert veil is not None
        assert veil.image is not None
        clear = np.array(
            [
                [veil.image.pixelColor(x, y).alpha() == 0 for x in range(veil.image.width())]
                for y in range(veil.image.height())
            ]
        )
        np.testing.assert_array_equal(clear[::-1], basins.optimum == entry.number)


def test_a_click_on_an_entry_shows_a_run_that_leads_there(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    window.session.playback.speed = 1000
    window.hands.pin(Pin("seed", 1))
    qtbot.waitUntil(lambda: window.map.lab.is_complete and overlay_of(window).legend is not None)
    rest(qtbot, window)
    basins, before = window.map.lab.map, window.session.document
    request = window.map.lab.request
    assert basins is not None
    assert request is not None
    assert request.j == 1
    entry, at = rows_of(window)[-1]
    others = [seed for j, seed in enumerate(window.session.seeds) if j != 1]
    count = window.session.store.undo_stack.count()
    click(window.map.legend, at)
    settle(qtbot, window)
    assert window.session.store.undo_stack.count() == count + 1
    seeds = window.session.seeds
    assert [seed for j, seed in enumerate(seeds) if j != 1] == others
    place = seeds[1]
    assert place is not None
    assert place[0] in basins.x
    assert place[1] in basins.y
    row, column = basins.y.tolist().index(place[1]), basins.x.tolist().index(place[0])
    assert basins.optimum[row, column] == entry.number
    run = window.session.shown
    assert run is not None
    assert run.stop is not None
    assert run.steps[-1].log_likelihood == pytest.approx(
        entry.log_likelihood, abs=1e-3 * run.cloud.n
    )
    window.session.store.undo_stack.undo()
    settle(qtbot, window)
    assert window.session.document == before


def test_a_click_on_where_the_seed_leads_already_replays(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window)
    usual, window.session.playback.speed = window.session.playback.speed, 1000
    _, at = rows_of(window)[0]
    click(window.map.legend, at)
    rest(qtbot, window)
    document = window.session.document
    count = window.session.store.undo_stack.count()
    key(window, Qt.Key.Key_End)
    window.session.playback.speed = usual
    _, at = next((one, at) for one, at in rows_of(window) if one.below == 0)
    click(window.map.legend, at)
    assert window.session.document == document
    assert window.session.store.undo_stack.count() == count
    assert window.session.playback.is_playing


def test_one_dimension_has_it_all_too(qtbot: QtBot, window: Window) -> None:
    show_map(qtbot, window, "hills")
    plain = picture(window.cloud_view)
    entry, at = rows_of(window)[-1]
    hover(window.map.legend, at.toTuple())  # type: ignore[arg-type]
    assert picture(window.cloud_view) != plain
    click(window.map.legend, at)
    settle(qtbot, window)
    basins, place = window.map.lab.map, window.session.seeds[0]
    assert basins is not None
    assert place is not None
    assert len(place) == 1
    assert entry.number in range(len(basins.optima))


def test_with_another_cloud_the_map_of_the_old_one_is_gone_at_once(
    qtbot: QtBot, window: Window
) -> None:
    show_map(qtbot, window)
    click(window.map.legend, (60, 16))
    old = window.map.lab.map
    other = generate("separated", 90)
    window.session.store.edit(new_cloud(window.session.document, other), "Other")
    shown: list[bool] = []
    window.map.changed.connect(
        lambda: shown.append(
            window.map.lab.map is None
            and (window.cloud_view.overlay is not None or window.map.legend.isVisible())
        )
    )
    qtbot.waitUntil(lambda: window.map.lab.map not in (None, old))
    rest(qtbot, window)
    assert not any(shown)
    assert window.map.legend.isVisible()
    assert window.map.legend.place.folded
