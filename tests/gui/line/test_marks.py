"""Peaks that leave the view are marked, trails have a scale, and nothing lies over another."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage, QPainter
from scipy.stats import norm

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas import mixture_painting, painting
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene, Uncertainty
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.line import background, curves, marks
from gmm_studio.gui.line import painting as line_painting
from gmm_studio.gui.line.background import uncertainty_down
from gmm_studio.gui.line.bars import bar_down, trail_down
from gmm_studio.gui.line.marks import peaks_above
from gmm_studio.gui.line.rug import has_legend_room, rug_band
from gmm_studio.gui.style import Style

RNG = np.random.default_rng(0)
CLOUD = PointCloud(np.concatenate([RNG.normal(-1, 1, 300), RNG.normal(3, 0.5, 200)]))
SIZES = [(470, 330), (600, 400), (900, 500), (1100, 700)]
LINE = Viewport(-4, 4, -0.1, 0.5, 800, 600)


class Label(NamedTuple):
    """Text on the picture and where it is."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Label) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom - 1
            and other.top < self.bottom - 1
        )


@pytest.fixture
def labels(monkeypatch: pytest.MonkeyPatch) -> list[Label]:
    """All small text of the next picture."""
    found: list[Label] = []

    def note(painter: QPainter, at: QPointF, text: str, _: object) -> None:
        metrics = painter.fontMetrics()
        right = at.x() + metrics.horizontalAdvance(text)
        found.append(Label(text, at.x(), at.y(), right, at.y() + metrics.height()))

    for module in (background, marks, line_painting):
        monkeypatch.setattr(module, "small_label", note)
    monkeypatch.setattr(painting, "_label", note)
    return found


def mixture_of(weights: list[float], means: list[float], deviations: list[float]) -> Mixture:
    variances = np.square(deviations)[:, None, None]
    return Mixture(weights, np.array(means)[:, None], variances)


def style_of(scale: float) -> Style:
    font = QFont()
    font.setPixelSize(round(13 * scale))
    return Style(LIGHT, font, scale)


def paint(viewport: Viewport, scene: Scene, scale: float = 1.0) -> QImage:
    image = QImage(int(viewport.width), int(viewport.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        painting.paint_scene(painter, viewport, scene, style_of(scale))
    finally:
        painter.end()
    return image


def fitted_view(size: tuple[int, int], scale: float, reference: Mixture | None = None) -> Viewport:
    request = PictureRequest(
        CLOUD, None, look_of(LIGHT, 2), *size, 1.0, reference=reference, scale=scale
    )
    return Renderer().render(request, lambda: False).points.viewport


# Peaks


def test_summits_above_the_view_are_found_highest_first() -> None:
    mixture = mixture_of([0.2, 0.3, 0.5], [-2.0, 1.0, 2.5], [0.1, 0.001, 1.0])
    found = peaks_above(LINE, mixture)
    expected = [np.exp(mixture.log_density([[x]])[0]) for x in (1.0, -2.0)]
    assert found[:, 0] == pytest.approx([1.0, -2.0], abs=0.01)
    assert found[:, 1] == pytest.approx(expected, rel=1e-3)
    assert len(peaks_above(LINE, mixture_of([1.0], [0.0], [1.0]))) == 0
    assert len(peaks_above(replace(LINE, left=3.9), mixture)) == 0


def test_a_peak_that_is_cut_off_says_how_high_it_is(labels: list[Label]) -> None:
    spike = mixture_of([0.5, 0.5], [0.0, 2.0], [1.0, 0.01])
    paint(LINE, Scene(CLOUD, mixture=spike, iteration=3, layers=Layers(trails=False)))
    peak = 0.5 * norm.pdf(2, 0, 1) + 0.5 * norm.pdf(2, 2, 0.01)
    (label,) = [label for label in labels if label.text.startswith("peak")]
    assert float(label.text.removeprefix("peak ")) == pytest.approx(peak, rel=0.005)
    across = LINE.to_pixel(2, 0)[0]
    assert across < label.left < across + 40
    assert label.top >= 55


def test_marks_of_peaks_that_are_close_lie_below_one_another(labels: list[Label]) -> None:
    spikes = mixture_of([0.3] * 3 + [0.1], [0.0, 0.2, 3.9, 1.0], [0.01] * 3 + [1.0])
    paint(LINE, Scene(CLOUD, mixture=spikes, iteration=3, layers=Layers(trails=False)))
    found = [label for label in labels if label.text.startswith("peak")]
    assert len(found) == 3
    assert not any(a.overlaps(b) for i, a in enumerate(found) for b in found[:i])
    assert max(label.right for label in found) <= LINE.width


# Heights


@pytest.mark.parametrize("scale", [1.0, 1.55])
@pytest.mark.parametrize("size", SIZES)
def test_a_fitted_view_has_room_for_the_fit_below_the_pill(
    size: tuple[int, int], scale: float
) -> None:
    high = mixture_of([0.6, 0.4], [-1.0, 3.0], [1.0, 0.3])
    viewport = fitted_view(size, scale, high)
    top = viewport.to_pixel(3, 0.4 * norm.pdf(0) / 0.3)[1]
    assert top >= min(60 * scale, 0.29 * size[1])
    assert top < 0.4 * size[1]


def test_a_spike_leaves_the_histogram_readable() -> None:
    spike = mixture_of([0.9, 0.1], [-1.0, 3.0], [1.0, 0.001])
    plain, with_spike = (fitted_view((900, 500), 1.0, each) for each in (None, spike))
    assert 1 < with_spike.top / plain.top < 3.1
    assert len(peaks_above(with_spike, spike)) == 1


def test_a_file_without_a_truth_has_room_for_its_narrow_component() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(-1, 1, 850), rng.normal(2, 0.1, 150)])
    request = PictureRequest(PointCloud(values), None, look_of(LIGHT, 2), 900.0, 500.0, 1.0)
    viewport = Renderer().render(request, lambda: False).points.viewport
    fit = mixture_of([0.85, 0.15], [-1.0, 2.0], [1.0, 0.1])
    assert len(peaks_above(viewport, fit)) == 0


def test_playing_does_not_move_the_view() -> None:
    renderer, views = Renderer(), []
    for deviation in (1.0, 0.5, 0.1):
        mixture = mixture_of([0.6, 0.4], [-1.0, 3.0], [1.0, deviation])
        reference = mixture_of([0.6, 0.4], [-1.0, 3.0], [1.0, 0.1])
        request = PictureRequest(
            CLOUD,
            mixture,
            look_of(LIGHT, 2),
            900.0,
            500.0,
            1.0,
            mixture=mixture,
            reference=reference,
        )
        views.append(renderer.render(request, lambda: False).points.viewport)
    assert views[0] == views[1] == views[2]


# The layout


@pytest.mark.parametrize("spiky", [False, True])
@pytest.mark.parametrize("kind", ["maximum", "entropy"])
@pytest.mark.parametrize("scale", [1.0, 1.55])
@pytest.mark.parametrize("size", SIZES)
def test_scale_and_title_of_the_uncertainty_lie_clear(
    size: tuple[int, int], scale: float, kind: Uncertainty, spiky: bool, labels: list[Label]
) -> None:
    mixture = mixture_of([0.6, 0.4], [-1.0, 3.0], [1.0, 0.5])
    viewport = fitted_view(size, scale)
    layers = Layers(background="uncertainty", uncertainty=kind)
    trails = np.zeros((30, mixture.k, 1))
    mixture = (
        mixture_of([0.5, 0.3, 0.2], [-1.0, 3.0, 2.8], [1.0, 0.001, 0.001]) if spiky else mixture
    )
    scene = Scene(CLOUD, mixture=mixture, iteration=29, trails=trails, layers=layers)
    paint(viewport, scene, scale)
    (title,) = [label for label in labels if "responsibilit" in label.text]
    assert title.left > 0
    assert title.right <= size[0]
    assert title.top >= min(52 * scale, 0.25 * size[1]), "below the pill"
    assert title.bottom <= uncertainty_down(viewport, 1, scale)
    texts = [label.text for label in labels]
    assert "iteration 29" in texts or size[0] < 300 * scale
    density = next(label for label in labels if label.text == "density")
    if size[0] < 510 * scale:
        assert density.top >= min(52 * scale, 0.25 * size[1])
    for i, label in enumerate(labels):
        for other in labels[:i]:
            assert not label.overlaps(other), (label, other)


@pytest.mark.parametrize("coverage", [False, True])
@pytest.mark.parametrize("scale", [1.0, 1.55])
@pytest.mark.parametrize("size", SIZES)
def test_the_legend_is_between_the_rug_and_the_numbers(
    size: tuple[int, int],
    scale: float,
    coverage: bool,
    labels: list[Label],
) -> None:
    viewport, style = fitted_view(size, scale), style_of(scale)
    mixture = mixture_of([1.0], [0.0], [1.0])
    scene = Scene(CLOUD, mixture=mixture, iteration=1, layers=Layers(coverage=coverage))
    assert has_legend_room(viewport, scale)
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(0xFF00FF)
    painter = QPainter(image)
    mixture_painting.paint_legend(painter, viewport, scene, style)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(size[1], size[0])
    rows, columns = np.nonzero(pixels & 0xFFFFFF != 0xFF00FF)
    band = rug_band(viewport, scale, jittered=True)
    paint(viewport, scene, scale)
    numbers = min(label.top for label in labels if label.bottom > size[1] - 12)
    assert rows.min() >= band.top + band.height - 1
    assert rows.max() <= numbers + 1
    assert columns.min() > 0.25 * size[0]


def test_a_picture_too_low_for_it_has_no_legend() -> None:
    low = Viewport(-4, 4, -0.1, 0.5, 300, 120)
    scene = Scene(CLOUD, mixture=mixture_of([1.0], [0.0], [1.0]), iteration=1)
    assert not has_legend_room(low)
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(0xFF00FF)
    before = image.copy()
    painter = QPainter(image)
    mixture_painting.paint_legend(painter, low, scene, style_of(1.0))
    painter.end()
    assert image == before


# The scale of the trails


@pytest.mark.parametrize("iteration", [20, 300, 1234])
def test_trails_say_which_iterations_their_ends_are(iteration: int, labels: list[Label]) -> None:
    trails = np.zeros((min(iteration, 70) + 1, 2, 1))
    scene = Scene(CLOUD, iteration=iteration, trails=trails, layers=Layers(seeds=False))
    paint(LINE, scene)
    down = trail_down(LINE, len(trails), 1.0)
    top = next(label for label in labels if label.text == f"iteration {iteration:,}")
    bottom = next(
        label for label in labels if label.text == "0" and label.left > 700 and label.top < 500
    )
    assert 0 <= down[-1] - top.bottom < 12
    assert 0 <= down[0] - bottom.bottom < 5
    assert top.right < LINE.width - 7


@pytest.mark.parametrize("scale", [1.0, 1.55])
@pytest.mark.parametrize("k", [1, 3, 6])
def test_the_scale_comes_when_it_is_longer_than_its_words_and_above_the_bars(
    k: int, scale: float, labels: list[Label]
) -> None:
    mixture = mixture_of([1 / k] * k, list(range(k)), [1.0] * k)
    shown = []
    for steps in range(1, 13):
        labels.clear()
        scene = Scene(CLOUD, mixture=mixture, iteration=steps - 1, trails=np.zeros((steps, k, 1)))
        paint(LINE, scene, scale)
        ends = [label for label in labels if label.text.startswith("iteration")]
        zeros = [label for label in labels if label.text == "0" and label.left > 700]
        assert len(ends) == len(zeros)
        shown.append(bool(ends))
        if ends:
            assert not ends[0].overlaps(zeros[0])
            assert ends[0].bottom < bar_down(LINE, k, k - 1, scale)
    assert shown == sorted(shown), "once it is there it stays"
    assert not any(shown[:3])
    assert shown[-1]


def test_the_top_is_the_highest_of_the_means() -> None:
    mixture = mixture_of([0.3, 0.7], [-3.0, 2.0], [0.1, 1.0])
    assert curves.highest(mixture) == pytest.approx(0.3 * norm.pdf(0) / 0.1, rel=1e-4)
