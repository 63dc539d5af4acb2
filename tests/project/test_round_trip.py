from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gmm_studio.core import (
    annealing,
    classification,
    cloud,
    configuration,
    grid,
    scaling,
    split_and_merge,
    stochastic,
)
from gmm_studio.core import source as sources
from gmm_studio.core.cloud import LARGEST_COORDINATE, PointCloud, Source
from gmm_studio.core.configuration import RULES, Configuration, Rule
from gmm_studio.core.em import iterate
from gmm_studio.core.grid import Grid
from gmm_studio.core.mixture import COVARIANCES, Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.scaling import scaled
from gmm_studio.core.source import LeftOut, Place, ReadOptions
from gmm_studio.core.split_and_merge import Phase, Search
from gmm_studio.core.starts import METHODS
from gmm_studio.core.steps import EventKind, Step
from gmm_studio.data.cells import to_cells
from gmm_studio.data.cells_sql import read_cells
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.data.making import make
from gmm_studio.data.text import read_cloud
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.project import (
    Project,
    SavedRun,
    is_project,
    project_bytes,
    read_project,
    write_project,
)
from gmm_studio.project.runs import EVENTS
from gmm_studio.project.states import PHASES
from tests.data.mangling import samples
from tests.project.making import rich_project, run_of, same

coordinates = st.floats(-LARGEST_COORDINATE, LARGEST_COORDINATE)
wholes = st.integers(0, 2**31 - 1)
places = st.builds(Place, wholes, st.none() | wholes)
named_columns = st.text() | st.integers(1, 99)
options = st.builds(
    ReadOptions,
    st.sampled_from((None, "utf-8", "cp1252")),
    st.sampled_from((None, *get_args(sources.Delimiter))),
    st.sampled_from((None, *get_args(sources.Decimal))),
    st.sampled_from((None, *get_args(sources.Thousands))),
    st.none() | st.booleans(),
    st.none() | st.lists(named_columns, max_size=2).map(tuple),
    st.none() | named_columns,
    st.none() | named_columns,
    st.none() | st.text(),
    st.booleans(),
)
left_out = st.builds(
    LeftOut,
    st.sampled_from(get_args(sources.Reason)),
    wholes,
    st.lists(places, max_size=3).map(tuple),
    st.sampled_from(get_args(sources.Unit)),
)


@st.composite
def mixtures(draw: st.DrawFn, k: int, d: int) -> Mixture:
    weights = draw(arrays(float, k, elements=st.floats(0.01, 1)))
    variances = draw(arrays(float, (k, d), elements=st.floats(1e-100, 1e100)))
    means = draw(arrays(float, (k, d), elements=coordinates))
    return Mixture(weights / weights.sum(), means, variances[:, :, None] * np.eye(d))


@st.composite
def clouds(draw: st.DrawFn, n: int, d: int) -> PointCloud:
    weights = arrays(float, n, elements=st.floats(0, 1e150)).filter(np.any)
    labels = arrays(np.int64, n, elements=st.integers(1 - 2**53, 2**53 - 1))
    names = st.lists(st.text(), max_size=3).map(tuple)
    source = st.builds(
        Source,
        st.text().map(Path),
        names,
        options,
        st.lists(left_out, max_size=2).map(tuple),
        st.none() | st.permutations([True] * n + [False] * 3).map(np.array),
    )
    cell = arrays(np.int64, n, elements=st.integers(1, 2**40))
    cells = st.builds(
        Grid,
        st.integers(1, 500),
        arrays(float, d, elements=st.floats(0, 1e9)),
        cell,
        arrays(float, (d, d), elements=st.floats(-1e9, 1e9)),
    )
    return PointCloud(
        draw(arrays(float, (n, d), elements=coordinates)),
        draw(st.none() | weights),
        draw(st.none() | labels),
        draw(st.none() | mixtures(2, d)),
        draw(st.text()),
        tuple(draw(st.lists(st.text(), min_size=d, max_size=d))),
        draw(st.none() | source),
        draw(names),
        grid=draw(st.none() | cells),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    d, k = draw(st.integers(1, 2)), draw(st.integers(1, 4))
    seed = st.none() | st.lists(coordinates, min_size=d, max_size=d).map(tuple)
    rule = draw(st.sampled_from(RULES))
    return Document(
        draw(clouds(draw(st.integers(1, 9)), d)),
        k,
        draw(
            st.builds(Drawn, st.sampled_from(METHODS), wholes)
            | st.builds(Placed, st.lists(seed, min_size=k, max_size=k).map(tuple))
            | st.builds(Given, mixtures(k, d), st.text())
        ),
        Configuration(
            draw(st.sampled_from(COVARIANCES)),
            draw(st.floats(0, 1e300)),
            draw(wholes),
            draw(st.just(0.0) | st.floats(1e-12, 1)),
            rule,
            draw(wholes),
            tuple(draw(st.sets(st.integers(0, k - 1)))),
            previous_means=rule == "em" and draw(st.booleans()),
            hard_priors=rule == "em" and draw(st.booleans()),
        ),
    )


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(documents(), st.dictionaries(st.text(), json_values, max_size=4))
def test_documents_and_views_come_back_to_the_last_bit(
    document: Document, view: dict[str, Any]
) -> None:
    project = Project(document, (), view)
    assert same(project, read_project(project_bytes(project)))


def test_everything_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    project, path = rich_project(), tmp_path / "a.gmmstudio"
    write_project(project, path)
    loaded = read_project(path)
    assert same(project, loaded)
    assert is_project(path)
    assert project_bytes(project) == project_bytes(loaded) == path.read_bytes()


def test_what_was_one_object_is_one_again() -> None:
    project = rich_project()
    loaded = read_project(project_bytes(project))
    for before, after in zip(project.runs, loaded.runs, strict=True):
        assert (before.cloud is project.document.cloud) == (after.cloud is loaded.document.cloud)
        for other, loaded_other in zip(project.runs, loaded.runs, strict=True):
            assert (before.cloud is other.cloud) == (after.cloud is loaded_other.cloud)
            assert (before.document == other.document) == (after.document == loaded_other.document)
    stretched = loaded.document.cloud
    own = loaded.runs[5].cloud
    assert stretched.unscaled is own
    assert scaled(stretched, "none") is own
    line = loaded.runs[6].cloud
    assert line.recipe is not None
    assert line.recipe.source is line.truth


def test_arrays_cannot_be_written_to() -> None:
    loaded = read_project(project_bytes(rich_project()))
    for run in loaded.runs:
        for array in (run.cloud.points, run.cloud.weights, run.cloud.labels):
            assert array is None or not array.flags.writeable
        assert not run.steps[0].mixture.means.flags.writeable


@pytest.mark.parametrize("rule", RULES)
def test_a_loaded_run_goes_on_as_the_saved_one_from_any_step(rule: Rule) -> None:
    run = run_of(generate("overlapping", 150, 4), rule)
    loaded = read_project(project_bytes(Project(run.document, (run,)))).runs[0]
    assert same(run.steps, loaded.steps)
    if rule == "split-and-merge":
        assert {step.state.phase for step in run.steps} > {"chosen", "partial", "full"}  # type: ignore[union-attr]
    configuration = run.document.configuration
    for i in range(0, len(run.steps), 7):
        before = list(iterate(run.cloud, run.steps[0].mixture, configuration, resume=run.steps[i]))
        after = list(
            iterate(loaded.cloud, loaded.steps[0].mixture, configuration, resume=loaded.steps[i])
        )
        assert same(before, after)


def test_the_best_of_a_search_may_be_the_mixture_of_no_step() -> None:
    run = run_of(generate("overlapping", 150, 4), "split-and-merge")
    i = next(i for i, step in enumerate(run.steps) if step.state.phase == "partial")  # type: ignore[union-attr]
    state = run.steps[i].state
    assert isinstance(state, Search)
    assert state.best is not None
    other = Mixture(state.best.weights, state.best.means + 1, state.best.covariances)
    steps = list(run.steps)
    steps[i] = replace(steps[i], state=replace(state, best=other))
    changed = replace(run, steps=tuple(steps))
    loaded = read_project(project_bytes(Project(run.document, (changed,)))).runs[0]
    assert same(changed, loaded)


def test_the_best_of_a_search_is_the_mixture_of_its_step() -> None:
    run = run_of(generate("overlapping", 150, 4), "split-and-merge")
    loaded = read_project(project_bytes(Project(run.document, (run,)))).runs[0]
    bests = {id(step.state.best) for step in loaded.steps if step.state.best}  # type: ignore[union-attr]
    assert bests <= {id(step.mixture) for step in loaded.steps}


def test_numpy_opens_the_arrays(tmp_path: Path) -> None:
    project, path = rich_project(), tmp_path / "a.gmmstudio"
    write_project(project, path)
    with np.load(path) as archive:
        means = archive["runs/0/means"]
    assert np.array_equal(means, [step.mixture.means for step in project.runs[0].steps])


def test_nothing_is_packed_and_the_bytes_do_not_depend_on_the_time() -> None:
    with zipfile.ZipFile(io.BytesIO(project_bytes(rich_project()))) as archive:
        entries = archive.infolist()
    assert entries[0].filename == "project.json"
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_whole_numbers_of_numpy_are_saved_as_such() -> None:
    document = Document(generate("moons", 20), np.int64(2), Drawn(random_state=np.int64(4)))  # type: ignore[arg-type]
    loaded = read_project(project_bytes(Project(document))).document
    assert (loaded.k, loaded.start) == (2, Drawn(random_state=4))


SAVED = {
    cloud.PointCloud: "points weights labels truth name columns source class_names scaling grid "
    "recipe total_weight unscaled",
    cloud.Source: "path columns options left_out kept",
    sources.ReadOptions: "encoding delimiter decimal thousands header columns label weight table "
    "drop_invalid",
    sources.LeftOut: "reason count places unit",
    sources.Place: "line column",
    scaling.Scaling: "kind offset factor",
    grid.Grid: "cells size counts within",
    Recipe: "source n k random_state outliers noise unequal overlap title",
    configuration.Configuration: "covariance tolerance max_iterations variance_floor rule "
    "random_state locked previous_means hard_priors",
    Mixture: "weights means covariances",
    Document: "cloud k start configuration",
    Drawn: "method random_state",
    Placed: "seeds",
    Given: "mixture origin",
    Step: "index mixture log_likelihood events objective state",
    annealing.Temperature: "level steps before settled",
    stochastic.Drawing: "random_state drawn",
    classification.Labelling: "digest unchanged",
    split_and_merge.Search: "phase candidate rest best best_log_likelihood steps before",
    SavedRun: "number document steps stop name pinned cursor",
}


@pytest.mark.parametrize("kind", SAVED, ids=lambda kind: kind.__name__)
def test_a_new_field_asks_for_a_new_version(kind: type) -> None:
    assert [field.name for field in fields(kind)] == SAVED[kind].split()


def test_all_words_have_a_place_in_the_file() -> None:
    assert sorted(EVENTS) == sorted(get_args(EventKind))
    assert sorted(PHASES) == sorted(get_args(Phase))


def files(folder: Path) -> Iterator[PointCloud]:
    """What is read from files of all formats, whole and with rows that cannot be used."""
    contents = samples(folder)
    contents["bom.csv"] = b"\xef\xbb\xbf" + contents["csv"]
    contents["broken.csv"] = contents["csv"].replace(b"\n", b"\n1,2,?,-3\n", 3) + b"1,2\n,,,\n"
    for suffix, content in contents.items():
        path = folder / f"points.{suffix}"
        path.write_bytes(content)
        if suffix != "xls" or find_spec("python_calamine"):
            yield read_cloud(path, options=ReadOptions(drop_invalid=True))
    yield read_cells(folder / "points.csv", ReadOptions(drop_invalid=True), 10)


def made() -> Iterator[PointCloud]:
    """What is made in the program: generated, gathered, scaled, and changed by hand."""
    for name in GENERATORS:
        yield generate(name, 30)
    cloud = make(Recipe("grid", 300, None, 2, 0.1, 0.5, 20.0))
    weighted = replace(cloud, weights=np.arange(300.0))
    cells = to_cells(weighted, 8)
    yield from (cloud, cells, scaled(cells, "min-max"), scaled(weighted, "z-score"))
    yield cells.subset(np.arange(cells.n) % 3 > 0)
    yield replace(scaled(cloud, "min-max"), name="Changed after it was scaled")


def test_clouds_of_all_origins_come_back(tmp_path: Path) -> None:
    for origin in (*files(tmp_path), *made()):
        project = Project(Document(origin, 1))
        assert same(project, read_project(project_bytes(project))), origin.name
