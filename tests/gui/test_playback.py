"""Playing: the cursor walks over steps that exist, and waits for those that don't yet."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QElapsedTimer
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.gui.playback import SPEEDS, Playback

FAST = 5_000


@pytest.fixture
def playback(qtbot: QtBot) -> Playback:
    return Playback()


def cursors(spy: QSignalSpy) -> list[int]:
    return [spy.at(i)[0] for i in range(spy.count())]


def test_it_begins_with_nothing(playback: Playback) -> None:
    assert (playback.cursor, playback.last, playback.is_playing) == (0, 0, False)


def test_load_shows_the_step_that_is_asked_for(playback: Playback) -> None:
    moved = QSignalSpy(playback.moved)
    playback.load(9, 4, ended=True)
    assert (playback.cursor, playback.last) == (4, 9)
    playback.load(9, 4, ended=True)
    assert cursors(moved) == [4, 4], "another run shows its step even where the number is the same"
    playback.load(2, 4, ended=True)
    assert playback.cursor == 2, "or the nearest that exists"


@pytest.mark.parametrize(("asked", "shown"), [(-3, 0), (0, 0), (5, 5), (9, 9), (10**9, 9)])
def test_the_cursor_stays_on_steps_that_exist(playback: Playback, asked: int, shown: int) -> None:
    playback.load(9, 3, ended=False)
    playback.move_to(asked)
    assert playback.cursor == shown


def test_moving_to_where_it_is_says_nothing(playback: Playback) -> None:
    playback.load(9, 3, ended=True)
    moved = QSignalSpy(playback.moved)
    playback.move_to(3)
    playback.move_to(4)
    assert cursors(moved) == [4]


def test_extend_moves_nothing(playback: Playback) -> None:
    playback.load(3, 3, ended=False)
    moved = QSignalSpy(playback.moved)
    playback.extend(7, ended=False)
    assert (playback.cursor, playback.last, moved.count()) == (3, 7, 0)


@pytest.mark.parametrize(
    ("cursor", "ended", "at_end"), [(5, True, True), (5, False, False), (4, True, False)]
)
def test_the_end_is_the_last_step_of_a_run_that_ended(
    playback: Playback, cursor: int, ended: bool, at_end: bool
) -> None:
    playback.load(5, cursor, ended=ended)
    assert playback.is_at_end is at_end


def test_it_walks_to_the_end_and_stops_there(qtbot: QtBot, playback: Playback) -> None:
    playback.speed = 100
    playback.load(20, 0, ended=True)
    moved, playing = QSignalSpy(playback.moved), QSignalSpy(playback.playing_changed)
    playback.play()
    assert playback.is_playing
    qtbot.waitUntil(lambda: not playback.is_playing)
    walked = cursors(moved)
    assert walked[-1] == playback.cursor == 20
    assert walked == sorted(set(walked)), "only on, and no step twice"
    assert cursors(playing) == [True, False]


def test_playing_at_the_end_replays_from_the_start(qtbot: QtBot, playback: Playback) -> None:
    playback.speed = 200
    playback.load(10, 10, ended=True)
    moved = QSignalSpy(playback.moved)
    playback.play()
    assert playback.cursor == 0
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert cursors(moved)[0] == 0
    assert playback.cursor == 10


def test_it_waits_at_the_last_step_while_more_are_computed(
    qtbot: QtBot, playback: Playback
) -> None:
    playback.speed = FAST
    playback.load(2, 0, ended=False)
    playback.play()
    qtbot.waitUntil(lambda: playback.cursor == 2)
    qtbot.wait(50)
    assert playback.is_playing, "it waits"
    assert playback.cursor == 2
    playback.extend(4, ended=False)
    qtbot.waitUntil(lambda: playback.cursor == 4)
    assert playback.is_playing
    playback.extend(4, ended=True)
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert playback.cursor == 4


def test_time_that_was_waited_is_not_caught_up(qtbot: QtBot, playback: Playback) -> None:
    playback.speed = 20
    playback.load(0, 0, ended=False)
    playback.play()
    qtbot.wait(600)
    playback.extend(1000, ended=True)
    before = time.perf_counter()
    with qtbot.waitSignal(playback.moved):
        pass
    since = 20 * (time.perf_counter() - before)
    assert playback.cursor <= 2 + since, "the twelve steps of the 600 ms before are lost"
    playback.pause()


def test_load_goes_on_playing(qtbot: QtBot, playback: Playback) -> None:
    playback.speed = FAST
    playback.load(3, 0, ended=False)
    playback.play()
    playback.load(5, 0, ended=True)
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert playback.cursor == 5


def test_pause_stands_still(qtbot: QtBot, playback: Playback) -> None:
    playback.speed = 60
    playback.load(1000, 0, ended=True)
    playback.play()
    with qtbot.waitSignal(playback.moved):
        pass
    playback.pause()
    here = playback.cursor
    qtbot.wait(60)
    assert playback.cursor == here
    assert not playback.is_playing


def test_a_step_pauses(playback: Playback) -> None:
    playback.load(9, 5, ended=True)
    playback.play()
    playback.step(-1)
    assert (playback.cursor, playback.is_playing) == (4, False)
    playback.step(2)
    assert playback.cursor == 6


def test_toggle_plays_and_pauses(playback: Playback) -> None:
    playback.load(9, 5, ended=True)
    playing = QSignalSpy(playback.playing_changed)
    playback.toggle()
    playback.toggle()
    playback.pause()
    assert cursors(playing) == [True, False]


def test_nothing_to_play_ends_at_once(qtbot: QtBot, playback: Playback) -> None:
    playback.load(0, 0, ended=True)
    playback.play()
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert playback.cursor == 0


def test_following_shows_each_last_step(playback: Playback) -> None:
    playback.load(3, 0, ended=False)
    playback.play()
    playback.follow()
    assert (playback.cursor, playback.is_playing) == (3, False)
    playback.extend(7, ended=False)
    assert playback.cursor == 7
    playback.move_to(5)
    playback.extend(9, ended=False)
    assert playback.cursor == 5, "until another one is asked for"
    playback.follow()
    playback.load(20, 0, ended=True)
    playback.extend(30, ended=True)
    assert playback.cursor == 0, "another run is shown from its start"


def test_playing_ends_following(qtbot: QtBot, playback: Playback) -> None:
    playback.speed = 1
    playback.load(3, 0, ended=False)
    playback.follow()
    playback.play()
    playback.extend(7, ended=False)
    assert (playback.cursor, playback.is_playing) == (3, True)
    playback.pause()


@pytest.mark.parametrize("speed", [SPEEDS[2], SPEEDS[-1]])
def test_the_speed_is_in_steps_a_second(qtbot: QtBot, playback: Playback, speed: int) -> None:
    playback.speed = speed
    playback.load(10**6, 0, ended=True)
    clock = QElapsedTimer()
    seen: list[tuple[float, int]] = []
    playback.moved.connect(lambda cursor: seen.append((clock.elapsed() / 1000, cursor)))
    clock.start()
    playback.play()
    qtbot.waitUntil(lambda: clock.elapsed() > 500)
    playback.pause()
    assert seen
    for seconds, cursor in seen:
        assert 0.85 * speed * seconds - 1 <= cursor <= speed * (seconds + 0.002)
