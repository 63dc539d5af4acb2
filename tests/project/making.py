"""Projects to save, and how two are compared to the last bit."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.configuration import RULES, Configuration, Rule
from gmm_studio.core.em import iterate
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.scaling import scaled
from gmm_studio.core.source import LeftOut, Place, ReadOptions
from gmm_studio.core.steps import Step
from gmm_studio.data.generators import generate
from gmm_studio.data.making import make
from gmm_studio.document import Document, Drawn, Given, Placed, make_start
from gmm_studio.project import Project, SavedRun


def same(first: object, second: object) -> bool:
    """Whether two things are alike in every bit, fields that `==` leaves out included."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        assert isinstance(second, np.ndarray)
        alike = first.dtype == second.dtype and first.shape == second.shape
        return alike and first.tobytes() == second.tobytes()
    if is_dataclass(first):
        return all(same(getattr(first, f.name), getattr(second, f.name)) for f in fields(first))
    if isinstance(first, list | tuple):
        assert isinstance(second, list | tuple)
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict):
        assert isinstance(second, dict)
        return list(first) == list(second) and same([*first.values()], [*second.values()])
    if isinstance(first, float):
        return struct.pack("d", first) == struct.pack("d", second)
    return first == second


def saved_run(document: Document, number: int = 1, **others: Any) -> SavedRun:
    """The run that comes of a document."""
    ends = []

    def steps() -> Iterator[Step]:
        start = make_start(document)
        ends.append((yield from iterate(document.cloud, start, document.configuration)))

    return SavedRun(number, document, tuple(steps()), ends[0], **others)


def run_of(cloud: PointCloud, rule: Rule, number: int = 1) -> SavedRun:
    """A run of 4 components by a rule, long enough to show what it does."""
    limit = 250 if rule == "split-and-merge" else 60
    configuration = Configuration(rule=rule, max_iterations=limit, random_state=5)
    return saved_run(Document(cloud, 4, Drawn("random-points", 5), configuration), number)


def imported_cloud() -> PointCloud:
    """A cloud that says all that a file can say."""
    rng = np.random.default_rng(1)
    kept = np.ones(52, bool)
    kept[[3, 40]] = False
    source = Source(
        Path("/somewhere/Pünktchen \udc80.csv"),
        ("x", "y", "n"),
        ReadOptions("utf-8", ";", ",", ".", True, ("x", 2), "class", "n", None, drop_invalid=True),
        (LeftOut("missing", 2, (Place(5), Place(42, 1))),),
        kept,
    )
    return PointCloud(
        rng.normal(size=(50, 2)) * (1, 1e6),
        weights=rng.integers(1, 4, 50),
        labels=rng.integers(-1, 300, 50),
        name="Pünktchen",
        columns=("x", "y"),
        source=source,
        class_names=("eins", "zwei"),
    )


def rich_project() -> Project:
    """One with all that there is: rules, clouds, starts, and what refers to the same object."""
    cloud = generate("overlapping", 120, 4)
    own = imported_cloud()
    stretched = scaled(own, "z-score")
    line = make(Recipe(Mixture([1], [[2.5]], [[[0.3]]]), 40, outliers=0.1, title="Line"))
    given = Mixture([0.25, 0.75], [[0, 0], [1, 1]], [np.eye(2), 2 * np.eye(2)])
    placed = Document(stretched, 2, Placed(((0.1, -0.0), None)))
    locked = Configuration(locked=(1,), tolerance=0, max_iterations=5)
    from_given = Document(own, 2, Given(given, "a file"), locked)
    half = Document(line, 1, Placed(((1 / 3,),)), Configuration("spherical", hard_priors=True))
    runs = (
        *(run_of(cloud, rule, number) for number, rule in enumerate(RULES, 1)),
        saved_run(from_given),
        replace(saved_run(half, name="Meine", pinned=True), stop=None),
        saved_run(Document(stretched, 2, from_given.start), 2, cursor=1),
    )
    view = {"box": [0.1, -1e300, 3], "layers": {"ellipses": True}, "half": None, "tab": "Räume"}
    return Project(placed, runs, view, 3)
