from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.steps import Step, Stop
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.project import Project, SavedRun, is_project, project_bytes, read_project
from gmm_studio.project.archive import BEGINNING, CONTENT, MOST_MEMBERS
from tests.fuzz_projects import outcome
from tests.project.making import rich_project, run_of
from tests.project.mangling import archive_of, edited, mangled_projects, members, with_version

CONTENT_OF_ALL = project_bytes(rich_project())


def refusal(content: bytes | Path) -> str:
    with pytest.raises(InputError) as caught:
        read_project(content)
    return str(caught.value)


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def test_300_mangled_projects_are_opened_or_refused() -> None:
    outcomes = {outcome(content) for content in mangled_projects(CONTENT_OF_ALL, 300, seed=1)}
    assert outcomes == {"opened", "refused"}


def test_wherever_it_is_cut_off_it_says_so() -> None:
    for end in [*range(len(CONTENT_OF_ALL) - 1, 0, -997), len(CONTENT_OF_ALL) - 1]:
        message = refusal(CONTENT_OF_ALL[:end])
        if end > 200:
            assert "was cut off" in message or "damaged" in message
    assert "The project was cut off" in refusal(CONTENT_OF_ALL[: len(CONTENT_OF_ALL) // 2])
    assert "earlier copy" in refusal(CONTENT_OF_ALL[: len(CONTENT_OF_ALL) // 2])


def test_a_flipped_bit_in_any_member_is_found() -> None:
    position = 0
    for name, part in members(CONTENT_OF_ALL).items():
        position = CONTENT_OF_ALL.index(part, position)
        flipped = bytearray(CONTENT_OF_ALL)
        flipped[position + len(part) - 2] ^= 1
        assert f"{name} is not as it was saved" in refusal(bytes(flipped))


def test_a_newer_version_asks_for_an_update(tmp_path: Path) -> None:
    path = tmp_path / "new.gmmstudio"
    path.write_bytes(with_version(CONTENT_OF_ALL, 2))
    assert refusal(path) == (
        "new.gmmstudio was made by a newer version (2): update GMM Studio to open it."
    )
    assert is_project(path)


def test_a_newer_version_may_be_another_format_but_for_its_beginning() -> None:
    parts = {CONTENT: BEGINNING + b'3, "all": "else"}', "new": b"?"}
    assert "newer version (3)" in refusal(archive_of(parts))


@pytest.mark.parametrize("version", [0, -1])
def test_there_is_no_version_before_the_first(version: int) -> None:
    assert "version must be from 1 up" in refusal(with_version(CONTENT_OF_ALL, version))


def test_what_is_no_project_is_told_from_one(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(archive_of({"a.npy": npy([1.0])}))
    text = tmp_path / "b.gmmstudio"
    text.write_text("x,y\n1,2\n")
    for path in (archive, text):
        assert not is_project(path)
        assert f"{path.name} is not a project of GMM Studio" in refusal(path)
    (tmp_path / "empty").touch()
    assert "empty is not a project" in refusal(tmp_path / "empty")
    assert "There is no file" in refusal(tmp_path / "none")
    assert "is a folder or a device" in refusal(tmp_path)
    assert not is_project(tmp_path)
    assert not is_project(tmp_path / "none")
    assert not is_project("a\0b")
    assert "cannot be read" in refusal(Path("a\0b"))


def test_names_of_files_are_said_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a\nb"
    path.touch()
    assert refusal(path).startswith("a�b is not")


def test_a_packed_member_is_refused_before_it_is_unpacked() -> None:
    parts = members(CONTENT_OF_ALL)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
        archive.writestr("bomb", bytes(2**28), zipfile.ZIP_DEFLATED)
    assert "is damaged" in refusal(stream.getvalue())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            kind = zipfile.ZIP_STORED if name == CONTENT else zipfile.ZIP_DEFLATED
            archive.writestr(name, part, kind)
    assert "is packed" in refusal(stream.getvalue()) or "damaged" in refusal(stream.getvalue())


def test_members_may_not_share_their_bytes() -> None:
    """Many entries of the directory for one large member."""
    end = struct.Struct("<4s4H2LH")
    large = archive_of(members(CONTENT_OF_ALL) | {"zeros": bytes(10**6)})
    mark, a, b, c, count, length, start, comment = end.unpack(large[-end.size :])
    directory = large[start : start + length]
    last = directory[directory.rindex(b"PK\x01\x02") :]
    more = b"".join(last.replace(b"zeros", b"%05d" % i) for i in range(1000))
    rest = end.pack(mark, a, b, c + 1000, count + 1000, length + len(more), start, comment)
    assert "is damaged" in refusal(large[: start + length] + more + rest)


def test_a_huge_directory_is_not_looked_through() -> None:
    end = struct.Struct("<4s4H2LH")
    mark, a, b, c, _, length, start, comment = end.unpack(CONTENT_OF_ALL[-end.size :])
    more = bytes(128 * MOST_MEMBERS)
    rest = end.pack(mark, a, b, c, c, length + len(more), start, comment)
    assert "is damaged" in refusal(CONTENT_OF_ALL[: start + length] + more + rest)


def test_a_member_that_is_there_twice_is_refused() -> None:
    stream = io.BytesIO(CONTENT_OF_ALL)
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(stream, "a") as archive,
    ):
        archive.writestr(zipfile.ZipInfo("clouds/0/points.npy"), npy([[1.0, 2.0]]))
    assert "is damaged" in refusal(stream.getvalue())


def test_members_that_are_no_part_of_it_are_not_looked_at() -> None:
    parts = members(CONTENT_OF_ALL) | {"../../evil.py": b"import os", "/etc/passwd": b""}
    assert project_bytes(read_project(archive_of(parts))) == CONTENT_OF_ALL


@pytest.mark.parametrize(
    "array",
    [
        b"",
        b"\x93NUMPY",
        npy(np.array([[None, 1]])),
        npy(np.zeros((3, 3))),
        npy(np.zeros((120, 2), ">f8")),
        npy(np.zeros((120, 2), "f4")),
        npy(np.zeros((120, 2), complex)),
        npy(np.full((120, 2), np.nan)),
        npy(np.full((120, 2), 1e200)),
        npy(np.zeros((0, 2))),
        npy(np.zeros(3)).replace(b"(3,), ", b"(10**9,"),
        npy(np.zeros(3)).replace(b"(3,)", b"(9,)"),
        npy(np.zeros(3)) + b"more",
        npy(np.zeros((121, 2))),
    ],
)
def test_an_array_that_lies_or_does_not_fit_is_refused(array: bytes) -> None:
    parts = members(CONTENT_OF_ALL)
    points = next(name for name, part in parts.items() if np.shape(_load(part)) == (120, 2))
    assert "is damaged" in refusal(archive_of(parts | {points: array}))


def _load(part: bytes) -> object:
    return np.load(io.BytesIO(part)) if part.startswith(b"\x93") else ()


def test_a_run_without_mixtures_is_refused() -> None:
    parts = members(CONTENT_OF_ALL)
    for name, shape in (("weights", (4,)), ("means", (4, 2)), ("covariances", (4, 2, 2))):
        parts[f"runs/4/{name}.npy"] = npy(np.zeros((0, *shape)))
    assert "more or fewer mixtures" in refusal(archive_of(parts))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 5000, "1" * 5000, "NaN", "\xff", "{}"])
def test_json_that_is_none_or_too_much_is_refused(text: str) -> None:
    content = BEGINNING + b'1, "view": ' + text.encode("latin-1")
    assert "is damaged" in refusal(archive_of({CONTENT: content}))


def test_json_has_a_limit() -> None:
    content = BEGINNING + b"1" + b" " * 2**24 + b"}"
    assert "is too large" in refusal(archive_of({CONTENT: content}))


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a cloud made of itself": lambda e: e["clouds"][0].update(unscaled=0),
    "a cloud made of another": lambda e: e["clouds"][-1].update(unscaled=0),
    "a cloud of the future": lambda e: e["document"].update(cloud=99),
    "a cloud from the end": lambda e: e["document"].update(cloud=-1),
    "no clouds": lambda e: e.update(clouds=[]),
    "a mixture that is none": lambda e: e["mixtures"][0].update(weights=[0.5, 0.6]),
    "a mixture of no components": lambda e: e["mixtures"][0].update(weights=[], means=[]),
    "means of different dimensions": lambda e: e["mixtures"][0].update(means=[[1, 2], [1]]),
    "a huge number": lambda e: e["mixtures"][0].update(means=[[10**400], [1]]),
    "too many components": lambda e: e["document"].update(k=2**31),
    "fewer components": lambda e: e["runs"][0]["document"].update(k=3),
    "more steps": lambda e: e["runs"][0].update(steps=10**9),
    "a step beyond": lambda e: e["runs"][0].update(cursor=10**6),
    "a run that is not there": lambda e: e.update(shown=8),
    "another rule": lambda e: e["runs"][0]["document"]["configuration"].update(rule="annealing"),
    "no rule": lambda e: e["runs"][0]["document"]["configuration"].update(rule="os.system"),
    "no stop": lambda e: e["runs"][0]["stop"].update(reason="because"),
    "a component that is not there": lambda e: e["runs"][0]["stop"].update(component=4),
    "a locked one that is not there": lambda e: e["document"]["configuration"].update(locked=[2]),
    "a random state that is too large": lambda e: e["runs"][0]["document"]["start"].update(
        random_state=2**31
    ),
    "a seed of three numbers": lambda e: e["document"]["start"].update(seeds=[[1, 2, 3], None]),
    "a seed too far": lambda e: e["document"]["start"].update(seeds=[[1, 1e200], None]),
    "a view that is none": lambda e: e.update(view=[]),
    "a view that is deep": lambda e: e.update(view=_nested(30)),
    "a state beyond its run": lambda e: e["runs"][4]["state"].update(rests=[]),
    "a candidate of the same": lambda e: e["runs"][4]["state"].update(rests=[[[1, 1, 2]]] * 99),
    "a digest that is none": lambda e: e["runs"][1]["state"]["digests"].__setitem__(0, "zz"),
    "a negative random state": lambda e: e["runs"][2]["state"].update(random_state=-1),
    "a recipe of no generator": lambda e: e["clouds"][2]["recipe"].update(source="none"),
}


def _nested(depth: int) -> dict[str, Any]:
    return {"a": _nested(depth - 1)} if depth else {}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_does_not_belong_together_is_refused(edit: Callable[[dict[str, Any]], object]) -> None:
    assert "is damaged: " in refusal(edited(CONTENT_OF_ALL, edit))


def test_such_projects_cannot_be_made_either() -> None:
    cloud = generate("overlapping", 60, 4)
    run = run_of(cloud, "em")
    mixture = run.steps[0].mixture
    document = run.document
    wrong: list[Callable[[], object]] = [
        lambda: Project(Document(cloud, 2, Given(mixture))),
        lambda: Project(Document(cloud, 3, Placed((None, (0.0,), None)))),
        lambda: Project(Document(cloud, 3, Drawn(random_state=2**40))),
        lambda: Project(Document(cloud, 3, Drawn(), Configuration(locked=(3,)))),
        lambda: Project(document, (), {"a": (1, 2)}),  # type: ignore[dict-item]
        lambda: Project(document, (), {"a": np.inf}),
        lambda: Project(document, (), {}, 0),
        lambda: SavedRun(1, document, ()),
        lambda: SavedRun(1, document, run.steps[1:]),
        lambda: SavedRun(1, document, run.steps, cursor=len(run.steps)),
        lambda: SavedRun(1, document, run.steps, Stop("degenerate", 4)),
        lambda: SavedRun(1, document, (Step(0, mixture, 0.0, state="a state"),)),
        lambda: SavedRun(1, run_of(cloud, "annealing").document, run.steps),
    ]
    for make in wrong:
        with pytest.raises(InputError):
            make()


def test_the_json_is_what_the_documentation_says() -> None:
    parts = members(CONTENT_OF_ALL)
    entries = json.loads(parts[CONTENT])
    assert list(entries) == [
        "format", "version", "program", "mixtures", "clouds", "document", "runs", "shown", "view",
    ]  # fmt: skip
    assert next(iter(parts)) == CONTENT
    assert parts[CONTENT].isascii()
