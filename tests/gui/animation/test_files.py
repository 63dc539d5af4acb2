"""Animations read back: as many frames as planned, of that size, that long, each its own step."""

from __future__ import annotations

import errno
import gc
import sys
import tracemalloc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from gmm_studio import Cancelled, InputError
from gmm_studio.export import atomic
from gmm_studio.gui.animation import colour_table, writing
from gmm_studio.gui.animation.colour_table import ColourTable
from gmm_studio.gui.animation.frames import FramePainter, plan_of
from gmm_studio.gui.animation.job import estimate
from gmm_studio.gui.animation.making import estimated_bytes, save_animation
from gmm_studio.gui.animation.options import Animation, Format, format_of
from gmm_studio.gui.animation.writing import Canvas
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from tests.gui.animation.making import (
    HEIGHT,
    PLACES,
    WIDTH,
    animation,
    colour_at,
    frames,
    record,
    save,
    take,
)

FILES: dict[Format, str] = {"gif": "a.gif", "apng": "a.png", "webp": "a.webp"}


def rgb(name: str) -> np.ndarray:
    return np.array([int(name[i : i + 2], 16) for i in (1, 3, 5)])


def is_near(pixel: np.ndarray, name: str, within: int = 3) -> bool:
    return bool(abs(pixel - rgb(name)).max() <= within)


def video(path: Path) -> tuple[list[np.ndarray], float, float]:
    """Pixels of all frames, frames per second, and seconds."""
    av = pytest.importorskip("av")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return pictures, float(stream.average_rate), float(stream.duration * stream.time_base)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("kind", FILES)
def test_each_frame_shows_its_step(qapp: QApplication, tmp_path: Path, kind: Any, palette: Any):
    path = tmp_path / FILES[kind]
    save(path, animation(format=kind, speed=4.0, hold=1.5), take(palette=palette))
    pictures, durations = frames(path)
    assert durations == [250, 250, 250, 250, 1750]
    for t, picture in enumerate(pictures):
        assert picture.shape == (HEIGHT, WIDTH, 3)
        for other, x in enumerate(PLACES):
            pixel = colour_at(picture, x, 1.0)
            expected = component_colour(palette, 0) if other == t else palette.canvas
            assert is_near(pixel, expected), (t, other)
        assert is_near(colour_at(picture, 0.0, -1.0), component_colour(palette, 1))


def test_a_video_repeats_frames_that_stay(qapp: QApplication, tmp_path: Path):
    pytest.importorskip("av")
    path = tmp_path / "a.mp4"
    made = animation(format="mp4", width=479, speed=5.0, hold=1.0, frames_per_second=25)
    save(path, made)
    pictures, rate, seconds = video(path)
    assert rate == 25
    assert len(pictures) == 5 * 5 + 25
    assert seconds == pytest.approx(2.0)
    assert pictures[0].shape == (HEIGHT, 480, 3), "an odd width is one longer"
    for i, picture in enumerate(pictures):
        t = min(i // 5, 4)
        # The view is half a pixel wider.
        pixel = colour_at(picture, PLACES[t], 1.0)
        assert is_near(pixel, component_colour(LIGHT, 0), 24), (i, pixel)


def test_rounded_durations_add_up(qapp: QApplication, tmp_path: Path):
    path = tmp_path / "a.gif"
    run = record(np.linspace(-2, 2, 31))
    save(path, animation(speed=30.0, hold=0.0), take(run))
    _, durations = frames(path)
    assert len(durations) == 31
    assert set(durations) == {30, 40}
    assert sum(durations) == pytest.approx(1000 * 31 / 30, abs=5)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("loop", [True, False])
def test_it_loops_or_not(qapp: QApplication, tmp_path: Path, kind: Any, loop: bool):
    path = tmp_path / FILES[kind]
    save(path, animation(format=kind, loop=loop))
    with Image.open(path) as image:
        image.load()
        found = image.info.get("loop")
    # A GIF without the extension plays once.
    assert found == (0 if loop else None if kind == "gif" else 1)


@pytest.mark.parametrize("kind", FILES)
def test_frames_that_do_not_change_are_frames(qapp: QApplication, tmp_path: Path, kind: Any):
    path = tmp_path / FILES[kind]
    save(path, animation(format=kind, hold=0.0), take(record([0.5] * 4)))
    pictures, durations = frames(path)
    assert durations == [200] * 4
    # The caption alone is another.
    assert all((picture[40:] == pictures[0][40:]).all() for picture in pictures)


def test_a_gif_keeps_the_colours_that_carry_a_meaning(qapp: QApplication, tmp_path: Path):
    path = tmp_path / "a.gif"
    save(path, animation(), take(palette=DARK))
    for picture in frames(path)[0]:
        colours = set(map(tuple, picture.reshape(-1, 3).tolist()))
        for name in (DARK.canvas, DARK.text, component_colour(DARK, 0), component_colour(DARK, 1)):
            assert tuple(rgb(name).tolist()) in colours


@pytest.mark.parametrize("kind", [*FILES, "mp4"])
def test_its_size_is_known_before(qapp: QApplication, tmp_path: Path, kind: Any):
    if kind == "mp4":
        pytest.importorskip("av")
    of = take(record(np.linspace(-2, 2, 60)))
    made = animation(format=kind)
    plan = plan_of(of, made)
    painter = FramePainter(of, plan)
    expected = estimated_bytes(plan, painter, painter.exact)
    path = tmp_path / {**FILES, "mp4": "a.mp4"}[kind]
    save_animation(path, plan, painter, painter.exact)
    assert 0.5 < expected / path.stat().st_size < 2


@pytest.mark.parametrize("kind", [*FILES, "mp4"])
def test_the_size_of_large_frames_is_known_from_smaller_ones(
    qapp: QApplication, tmp_path: Path, kind: Any
):
    if kind == "mp4":
        pytest.importorskip("av")
    of = take()
    made = animation(format=kind, width=5 * WIDTH, height=5 * HEIGHT, curve="beside")
    found = estimate(of, made, lambda: False)
    path = tmp_path / {**FILES, "mp4": "a.mp4"}[kind]
    save(path, made, of)
    assert 0.5 < found.bytes / path.stat().st_size < 2
    assert (found.frames, found.last) == (5, 4)


def test_an_estimate_of_the_largest_frames_takes_little_memory(qapp: QApplication):
    tracemalloc.start()
    try:
        estimate(take(), animation(width=7_000, height=7_000), lambda: False)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 150e6


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.integers(0, 256, size=(height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("kind", ["gif", "canvas"])
def test_a_large_frame_is_worked_on_in_parts(kind: str):
    """What a writer takes beside the frame itself is a few bytes for each of its pixels."""
    before, after = (noise(2_500, 2_500, seed) for seed in (1, 2))
    canvas = Canvas()
    table = ColourTable([before[:64]], [(0, 0, 0)])
    tracemalloc.start()
    try:
        for frame in (before, after):
            if kind == "gif":
                table.indices(frame)
                ColourTable([frame], [(0, 0, 0)])
            else:
                canvas.changes(frame)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < (60e6 if kind == "gif" else 10 * before[..., 0].size + 40e6)


def test_changes_are_those_of_the_whole_frame(monkeypatch: pytest.MonkeyPatch):
    before = noise(50, 40)
    after = before.copy()
    after[20:31, 7:9] ^= 128
    after[45, 3] = np.where(after[45, 3] > 127, after[45, 3] - 2, after[45, 3] + 2)
    found = []
    for size in (2**20, 40 * 7):
        monkeypatch.setattr(writing, "_BLOCK", size)
        canvas = Canvas()
        canvas.changes(before)
        found.append(canvas.changes(after))
    for box, part in found:
        assert box == (7, 20, 9, 31), "two of 255 are not seen"
        assert (part == np.dstack([after[20:31, 7:9], np.full((11, 2), 255)])).all()


def test_rows_of_a_large_frame_stand_for_it(monkeypatch: pytest.MonkeyPatch):
    stripes = np.zeros((1_200, 30, 3), dtype=np.uint8)
    stripes[300:600], stripes[600:900, :, 0], stripes[900:, :, 2] = 255, 200, 90
    whole = ColourTable([stripes], [])
    monkeypatch.setattr(colour_table, "_COUNTED", 30 * 50)
    part = ColourTable([stripes], [])
    assert len(whole.colours) == 4
    assert (whole.colours == part.colours).all()


@pytest.mark.parametrize("kind", [*FILES, "mp4"])
def test_cancelled_in_the_middle_it_leaves_what_was_there(
    qapp: QApplication, tmp_path: Path, kind: Any
):
    if kind == "mp4":
        pytest.importorskip("av")
    path = tmp_path / {**FILES, "mp4": "a.mp4"}[kind]
    path.write_bytes(b"mine")
    of, said = take(), []
    plan = plan_of(of, animation(format=kind))
    painter = FramePainter(of, plan)
    with pytest.raises(Cancelled):
        save_animation(
            path,
            plan,
            painter,
            painter.exact,
            progress=lambda done, count: said.append((done, count)),
            cancelled=lambda: len(said) == 3,
        )
    assert said == [(0, 5), (1, 5), (2, 5)]
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", [*FILES, "mp4"])
def test_a_full_disk_is_said_and_leaves_nothing(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
):
    if kind == "mp4":
        pytest.importorskip("av")

    class Full:
        def __init__(self, handle: Any) -> None:
            self._handle = handle

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            self._handle.close()

        def write(self, content: bytes) -> int:
            if self._handle.tell() + len(content) > 2000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return int(self._handle.write(content))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._handle, name)

    opened = Path.open

    def limited(path: Path, mode: str = "r", **others: Any) -> Any:
        handle = opened(path, mode, **others)
        return Full(handle) if mode == "xb" else handle

    monkeypatch.setattr(atomic.Path, "open", limited)
    with pytest.raises(InputError, match="disk is full"):
        save(tmp_path / {**FILES, "mp4": "a.mp4"}[kind], animation(format=kind))
    assert list(tmp_path.iterdir()) == []


def test_frames_do_not_pile_up(qapp: QApplication, tmp_path: Path):
    """Whatever is written, at most two frames are in memory: this one and the last."""
    of = take(record(np.linspace(-2, 2, 30)))
    plan = plan_of(of, animation())
    painter = FramePainter(of, plan)
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    def paint(frame: Any) -> np.ndarray:
        nonlocal most
        pixels = painter(frame)
        alive.append(weakref.ref(pixels))
        gc.collect()
        most = max(most, sum(one() is not None for one in alive))
        return pixels

    save_animation(tmp_path / "a.gif", plan, paint, painter.exact)
    assert most <= 2


def test_without_the_extra_one_line_says_what_to_install(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(InputError) as caught:
        save(tmp_path / "a.mp4", animation(format="mp4"))
    assert 'pip install "gmm-studio[video]"' in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"format": "webp", "width": 16_384}, "16,383"),
        ({"format": "gif", "height": 70_000}, "32,767"),
        ({"format": "mp4", "width": 8_200}, "8,192"),
        ({"width": 20_000, "height": 20_000}, "7,070 by 7,070"),
        ({"format": "apng", "width": 16_000, "height": 4_000}, "14,142 by 3,534"),
        ({"format": "mp4", "width": 8_192, "height": 8_192}, "5,948 by 5,948"),
        ({"width": 10}, "64"),
        ({"speed": 51}, "50"),
        ({"speed": 0}, "speed"),
        ({"frames_per_second": float("nan")}, "frames per second"),
        ({"hold": 61}, "60"),
        ({"first": 5, "last": 4}, "upwards"),
    ],
)
def test_what_cannot_be_made_is_refused(options: dict[str, Any], said: str):
    with pytest.raises(InputError, match=said):
        Animation(**options)


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [("gif", 7_070, 7_070), ("apng", 14_142, 3_534), ("mp4", 5_948, 5_948), ("mp4", 7_680, 4_320)],
)
def test_the_largest_frames_that_are_named_can_be_made(kind: Any, width: int, height: int):
    assert Animation(kind, width=width, height=height).size == (width, height)


def test_a_file_says_its_format():
    assert format_of(Path("a.GIF")) == "gif"
    assert format_of(Path("a.png")) == format_of(Path("a.apng")) == "apng"
    with pytest.raises(InputError, match="mp4"):
        format_of(Path("a.avi"))
