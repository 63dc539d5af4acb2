"""Files of all versions that were ever saved, which every later version must open.

`samples/version-1.gmmstudio` was saved by version 1 of the format from `rich_project()`. A sample
is never changed: a new version of the format adds one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.classification import Labelling
from gmm_studio.core.configuration import RULES
from gmm_studio.core.em import iterate
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.core.source import LeftOut, Place, ReadOptions
from gmm_studio.core.split_and_merge import Candidate, Search
from gmm_studio.core.steps import Event, Stop
from gmm_studio.core.stochastic import Drawing
from gmm_studio.document import Drawn, Given, Placed
from gmm_studio.project import Project, is_project, project_bytes, read_project
from gmm_studio.project.writing import VERSION
from tests.project.making import same

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="module")
def first() -> Project:
    return read_project(SAMPLES / "version-1.gmmstudio")


def test_there_is_a_sample_of_each_version() -> None:
    names = {f"version-{version}.gmmstudio" for version in range(1, VERSION + 1)}
    assert {path.name for path in SAMPLES.iterdir()} == names
    assert all(is_project(SAMPLES / name) for name in names)


def test_the_first_version_has_its_document_and_view(first: Project) -> None:
    document = first.document
    assert (document.k, document.start) == (2, Placed(((0.1, 0.0), None)))
    assert document.cloud.scaling_kind == "z-score"
    assert document.cloud.unscaled is first.runs[5].cloud
    assert scaled(document.cloud, "none") is first.runs[5].cloud
    assert first.shown == 3
    assert first.view == {
        "box": [0.1, -1e300, 3],
        "layers": {"ellipses": True},
        "half": None,
        "tab": "Räume",
    }


def test_the_first_version_has_its_clouds(first: Project) -> None:
    own = first.runs[5].cloud
    assert (own.name, own.columns, own.n) == ("Pünktchen", ("x", "y"), 50)
    assert own.points[0].tolist() == [0.345584192064786, 821618.1435011583]
    assert own.weights is not None
    assert own.labels is not None
    assert (own.total_weight, own.labels.max()) == (97.0, 294)
    assert own.class_names == ("eins", "zwei")
    assert own.source is not None
    assert own.source.path.name == "Pünktchen \udc80.csv"
    assert own.source.options == ReadOptions(
        "utf-8", ";", ",", ".", True, ("x", 2), "class", "n", None, drop_invalid=True
    )
    assert own.source.left_out == (LeftOut("missing", 2, (Place(5), Place(42, 1))),)
    assert own.source.kept is not None
    assert np.flatnonzero(~own.source.kept).tolist() == [3, 40]
    line = first.runs[6].cloud
    assert line.recipe is not None
    assert isinstance(line.recipe.source, Mixture)
    assert (line.recipe.outliers, line.recipe.title) == (0.1, "Line")
    assert line.recipe.source.means.tolist() == [[2.5]]


def test_the_first_version_has_its_runs(first: Project) -> None:
    runs = first.runs
    assert [run.number for run in runs] == [1, 2, 3, 4, 5, 1, 1, 2]
    assert [run.document.configuration.rule for run in runs[:5]] == list(RULES)
    assert [run.stop and run.stop.reason for run in runs] == [
        "iteration_limit", "converged", *("iteration_limit",) * 4, None, "converged",
    ]  # fmt: skip
    assert [len(run.steps) for run in runs] == [61, 4, 61, 61, 251, 6, 3, 63]
    assert [run.steps[-1].log_likelihood for run in runs] == [
        -383.0560811707344,
        -386.033918425346,
        -370.94109236936566,
        -393.17436102777066,
        -377.7364302050344,
        -2280.9133374572834,
        -39.10652491757054,
        -248.49318913124964,
    ]
    assert (runs[6].name, runs[6].pinned, runs[7].cursor) == ("Meine", True, 1)
    assert runs[0].document.start == Drawn("random-points", 5)
    assert isinstance(runs[5].document.start, Given)
    assert runs[5].document.start.mixture.weights.tolist() == [0.25, 0.75]
    assert runs[5].document.configuration.locked == (1,)
    assert runs[5].stop == Stop("iteration_limit")


def test_the_first_version_has_the_states_of_all_rules(first: Project) -> None:
    _, classification, stochastic, annealing, moves = first.runs[:5]
    assert Event("cooled") in {event for step in annealing.steps for event in step.events}
    assert annealing.steps[10].objective is not None
    kinds = {event.kind for step in moves.steps for event in step.events}
    assert kinds >= {"merged", "split", "taken_back", "accepted"}
    assert classification.steps[1].state == Labelling("0ef99e8c71a2935165d3849e92286f01")
    assert stochastic.steps[7].state == Drawing(5, 7)
    temperature = annealing.steps[10].state
    assert isinstance(temperature, Temperature)
    assert replace(temperature, before=None) == Temperature(0, 10, None, settled=True)
    searches = [step.state for step in moves.steps]
    assert all(isinstance(search, Search) for search in searches)
    chosen = next(search for search in searches if search.phase == "chosen")  # type: ignore[union-attr]
    assert isinstance(chosen, Search)
    assert chosen.candidate == Candidate((1, 2), 0)
    assert chosen.best in [step.mixture for step in moves.steps]


@pytest.mark.parametrize("number", range(8))
def test_runs_of_the_first_version_go_on(first: Project, number: int) -> None:
    run = first.runs[number]
    step = run.steps[len(run.steps) // 2]
    configuration = run.document.configuration
    following = next(iterate(run.cloud, step.mixture, configuration, resume=step))
    saved = run.steps[step.index + 1]
    assert following.index == saved.index
    assert np.allclose(following.mixture.means, saved.mixture.means, rtol=1e-9)
    assert np.isclose(following.log_likelihood, saved.log_likelihood, rtol=1e-9)


def test_the_first_version_is_saved_as_the_newest(first: Project) -> None:
    assert same(first, read_project(project_bytes(first)))
