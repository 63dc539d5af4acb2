"""The window from a script and from IPython, in processes of their own without a screen."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gmm_studio
from gmm_studio import Configuration, InputError, Mixture, PointCloud, explore, generate
from gmm_studio.explore import _cloud, _start

START = """
import json
import numpy as np
import gmm_studio
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

X = np.random.default_rng(0).normal(size=(300, 2)) * [1, 3]

def when(ready, act):
    def look():
        if ready():
            timer.stop()
            act()
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    return timer

def windows():
    found = [w for w in QApplication.topLevelWidgets() if w.objectName() == "window"]
    return [w for w in found if w.isVisible()]

def is_done():
    return bool(windows()) and all(
        w.session.shown is not None and w.session.shown.stop is not None for w in windows()
    )

def close():
    for window in windows():
        window.close()
"""


def ran(code: str, tmp_path: Path, **environment: str) -> list[str]:
    """The lines that a script prints."""
    folders = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    settings = {**folders, "IPYTHONDIR": str(tmp_path / "ipython")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", START + code],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **settings, **environment},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_script_waits_until_the_window_is_closed(tmp_path: Path) -> None:
    code = """
app = QApplication([])
waiting = when(is_done, close)
e = gmm_studio.explore(X, ["a", "b", "a"] * 100)
(run,) = e.runs
print(e.is_open, e.cloud.n, e.cloud.class_names, len(e.seeds), run.stop.reason)
print(np.array_equal(e.cloud.points, X), np.array_equal(e.mixture.means, run.start.means))
print(repr(e))

from sklearn.mixture import GaussianMixture
model = GaussianMixture(2, covariance_type="tied", random_state=0).fit(X)
waiting = when(is_done, close)
e = gmm_studio.explore(X, mixture=model)
(run,) = e.runs
print(np.allclose(run.start.means, model.means_), run.configuration.covariance)
print(np.allclose(e.seeds, model.means_))
e.close()
"""
    assert ran(code, tmp_path) == [
        "False 300 ('a', 'b') 3 converged",
        "True True",
        "<Exploration of 300 points, 1 runs, closed>",
        "True tied",
        "True",
    ]


def test_what_is_returned_follows_the_window(tmp_path: Path) -> None:
    code = """
app = QApplication([])

def act():
    e = gmm_studio.explore(X, mixture=None)
    print(e.is_open, e.mixture is None)

    def scaled():
        return e.cloud.n and windows()[0].session.document.cloud.scaling is not None and is_done()

    def look():
        window = windows()[0]
        window.session.playback.follow()
        run = window.session.shown
        step = run.steps[-1]
        own = run.cloud.own_mixture(step.mixture)
        print(np.array_equal(e.mixture.means, own.means), np.allclose(e.cloud.points, X))
        (mine,) = e.runs
        print(np.array_equal(mine.mixture.means, own.means), mine.cloud is e.cloud)
        print(abs(mine.log_likelihood - own.log_density(X).sum()) < 1e-6)
        print(np.allclose(e.seeds, mine.start.means))
        e.close()
        print(e.is_open, len(e.runs))
        app.quit()

    def scale():
        windows()[0].session.scale("z-score")
        timers.append(when(scaled, look))

    timers.append(when(is_done, scale))

timers = []
QTimer.singleShot(0, act)
app.exec()
"""
    assert ran(code, tmp_path) == [
        "True True",
        "True True",
        "True True",
        "True",
        "True",
        "False 1",
    ]


def test_without_a_screen_it_is_said_what_to_do(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("there is always a screen")
    code = """
try:
    gmm_studio.explore(X)
except gmm_studio.InputError as error:
    print(str(error).splitlines()[0])
"""
    none = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}
    [line] = ran(code, tmp_path, **none)
    assert line.startswith("The window needs a screen")


needs_ipython = pytest.mark.skipif(
    importlib.util.find_spec("IPython") is None, reason="IPython is not installed"
)

SHELL = """
import os, threading
from IPython.terminal.interactiveshell import TerminalInteractiveShell

shell = TerminalInteractiveShell.instance()
shell.simple_prompt = False
shell.user_ns.update(X=X, gmm_studio=gmm_studio, np=np)

class Input:
    def __init__(self):
        self.reader, self.writer = os.pipe()
    def input_is_ready(self):
        return False
    def fileno(self):
        return self.reader

def wait_for_input():
    \"\"\"As between two inputs, until the first run has ended.\"\"\"
    given = Input()
    timer = when(is_done, lambda: os.write(given.writer, b"x"))
    shell._inputhook(given)

def cell(code):
    result = shell.run_cell(code)
    result.raise_error()
"""


@needs_ipython
@pytest.mark.parametrize("magic", ["", "%gui qt"])
def test_it_opens_beside_the_prompt_of_ipython(tmp_path: Path, magic: str) -> None:
    """It is left open: the process ends all the same."""
    code = f"""{SHELL}
cell("{magic}")
cell("e = gmm_studio.explore(X)")
print(shell.active_eventloop.startswith("qt"))
wait_for_input()
cell("print(e)")
cell("e2 = gmm_studio.explore(X[:, 0]); e.close(); print(e.is_open, e2.is_open)")
"""
    assert ran(code, tmp_path)[-3:] == [
        "True",
        "<Exploration of 300 points, 1 runs, open>",
        "False True",
    ]


@needs_ipython
def test_a_script_that_ipython_runs_waits_as_others_do(tmp_path: Path) -> None:
    script = """
app = QApplication([])
waiting = when(is_done, close)
print(gmm_studio.explore(X))
"""
    (tmp_path / "script.py").write_text(START + script)
    code = """
import sys
from IPython.terminal.ipapp import launch_new_instance
sys.argv = ["ipython", "--no-banner", "script.py"]
launch_new_instance()
"""
    assert ran(code, tmp_path)[-1] == "<Exploration of 300 points, 1 runs, closed>"


@needs_ipython
def test_beside_another_event_loop_it_is_said_what_to_do(tmp_path: Path) -> None:
    code = f"""{SHELL}
cell("%gui asyncio")
try:
    gmm_studio.explore(X)
except gmm_studio.InputError as error:
    print(error)
"""
    last = ran(code, tmp_path)[-1]
    assert last.startswith("The prompt runs the events of asyncio, and not of Qt.")


# What may be given


def codes(cloud: PointCloud) -> list[int]:
    assert cloud.labels is not None
    return cloud.labels.tolist()


@pytest.mark.parametrize("points", [[1, 2, 4], [[1], [2], [4]], np.array([1.0, 2, 4]), (1, 2, 4)])
def test_one_dimension(points: Any) -> None:
    cloud = _cloud(points, None)
    assert cloud.points.tolist() == [[1], [2], [4]]
    assert cloud.columns == ("x",)


def test_a_data_frame_brings_names_labels_and_weights() -> None:
    frame = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "Class": ["setosa", "virginica", "setosa"],
            "length": [1, 2, 3],
            "weight": [1.0, 2.0, 0.5],
            "width": pd.array([4, 5, 6], dtype="Int64"),
            "more": [7.0, 8.0, 9.0],
        }
    )
    cloud = _cloud(frame, None)
    assert cloud.columns == ("length", "width")
    assert cloud.points.tolist() == [[1, 4], [2, 5], [3, 6]]
    assert cloud.weights is not None
    assert cloud.weights.tolist() == [1, 2, 0.5]
    assert (codes(cloud), cloud.class_names) == ([0, 1, 0], ("setosa", "virginica"))
    other = _cloud(frame, frame["id"])
    assert (codes(other), other.class_names) == ([0, 1, 2], ("a", "b", "c"))
    assert _cloud(frame["width"], None).columns == ("width",)


class Dtype:
    def __init__(self, *, numeric: bool) -> None:
        self.numeric = numeric

    def is_numeric(self) -> bool:
        return self.numeric


class Series:
    """As of polars."""

    def __init__(self, name: str, values: list[Any]) -> None:
        self.name, self.values = name, values
        self.dtype = Dtype(numeric=not isinstance(values[0], str))

    def to_numpy(self) -> Any:
        return np.array(self.values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.values, dtype)


class Frame:
    def __init__(self, **columns: list[Any]) -> None:
        self.columns = list(columns)
        self.series = columns

    def __getitem__(self, name: str) -> Series:
        return Series(name, self.series[name])


def test_a_data_frame_of_polars() -> None:
    frame = Frame(town=["Ulm", "Bonn"], label=["n", "s"], lat=[48.4, 50.7], lon=[10.0, 7.1])
    cloud = _cloud(frame, None)
    assert cloud.columns == ("lat", "lon")
    assert cloud.points.tolist() == [[48.4, 10.0], [50.7, 7.1]]
    assert cloud.class_names == ("n", "s")
    assert _cloud(frame["lat"], frame["town"]).class_names == ("Ulm", "Bonn")


@pytest.mark.parametrize(
    ("labels", "expected", "names"),
    [
        ([3, 1, 3], [3, 1, 3], ()),
        (np.array([0.0, 2.0, 2.0]), [0, 2, 2], ()),
        (np.array(["b", "a", "b"]), [0, 1, 0], ("b", "a")),
        (pd.Categorical(["u", "v", "u"]), [0, 1, 0], ("u", "v")),
        ([True, False, True], [0, 1, 0], ("True", "False")),
        (pd.Series([1, 2, 1], dtype=object), [1, 2, 1], ()),
    ],
)
def test_labels(labels: Any, expected: list[int], names: tuple[str, ...]) -> None:
    cloud = _cloud([[1, 2], [3, 4], [5, 6]], labels)
    assert (codes(cloud), cloud.class_names) == (expected, names)


TWO = [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]


@pytest.mark.parametrize(
    ("points", "labels", "mixture", "said"),
    [
        ("some text", None, None, "table of real numbers"),
        (np.array([1, 2j]), None, None, "table of real numbers"),
        (pd.Series([1, 2j]), None, None, "no real numbers"),
        (np.zeros((3, 3)), None, None, "1 or 2 columns"),
        ([[1, np.nan], [2, 3]], None, None, "Point 1 is not finite"),
        (np.zeros((0, 2)), None, None, "no point"),
        (TWO, [1, 2], None, "one label for each of the 3 points"),
        (TWO, ["a", None, "b"], None, "label of point 2 is missing"),
        (TWO, pd.Series(["a", "b", pd.NA]), None, "label of point 3 is missing"),
        (TWO, [[1, 2], [3]], None, "must be a list"),
        (TWO, [0.5, 1, 2], None, "whole numbers"),
        (TWO, None, "a model", "not a fitted GaussianMixture"),
        (TWO, None, Mixture([1], [[0]], [[[1]]]), "1 dimensions, the points have 2"),  # type: ignore[arg-type]
        (pd.DataFrame({"a": ["x", "y"]}), None, None, "no column of numbers"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), None, None, "two columns of the same name"),
        (pd.DataFrame({"a": pd.array([1, None], "Int64")}), None, None, "a|Point 2"),
        (generate("separated", 30), [0] * 30, None, "brings its labels"),
    ],
)
def test_what_cannot_be_explored_is_said(points: Any, labels: Any, mixture: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        explore(points, labels, mixture)


def test_a_mixture_is_the_start_in_the_units_of_the_cloud() -> None:
    own = generate("overlapping", 60)
    cloud = gmm_studio.scaled(own, "min-max")
    assert own.truth is not None
    start = _start(cloud, own.truth)
    assert start.means != pytest.approx(own.truth.means)
    assert cloud.own_mixture(start).means == pytest.approx(own.truth.means)


def test_another_thread_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from gmm_studio.gui.exploring import open_window

    said: list[str] = []

    def call() -> None:
        with pytest.raises(InputError) as caught:
            open_window(generate("separated", 30), None, Configuration())
        said.append(str(caught.value))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert said == ["Call explore() in the main thread: windows cannot be opened in others."]


def test_it_is_there_without_qt() -> None:
    code = (
        "import sys, json; sys.modules['PySide6'] = None; import gmm_studio; "
        "print(json.dumps([callable(gmm_studio.explore), 'gmm_studio.gui' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert json.loads(done.stdout) == [True, False]
