from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gmm_studio.core.cloud import PointCloud, as_cloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.scaling import scaled
from gmm_studio.data.text import read_cloud
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.points import write_cloud

COORDINATES = st.floats(-1e150, 1e150)
LABELS = st.integers(1 - 2**53, 2**53 - 1)
WEIGHTS = st.floats(0, 1e150)


@st.composite
def clouds(draw: st.DrawFn) -> PointCloud:
    n = draw(st.integers(1, 12))
    d = draw(st.sampled_from((1, 2)))
    weights = draw(st.none() | arrays(np.float64, n, elements=WEIGHTS))
    if weights is not None and not weights.any():
        weights[0] = 1
    return PointCloud(
        draw(arrays(np.float64, (n, d), elements=COORDINATES)),
        weights=weights,
        labels=draw(st.none() | arrays(np.int64, n, elements=LABELS)),
    )


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cloud=clouds())
def test_reading_gives_back_what_was_written(cloud: PointCloud, tmp_path: Path) -> None:
    path = tmp_path / "cloud.csv"
    write_cloud(cloud, path)
    back = read_cloud(path)
    assert back.points.tobytes() == cloud.points.tobytes()
    np.testing.assert_array_equal(back.labels, cloud.labels)
    np.testing.assert_array_equal(back.weights, cloud.weights)


def test_what_it_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "cloud.csv"
    points = np.array([[0.1, 2], [1e-300, -3]])
    write_cloud(PointCloud(points, np.array([1, 0.5]), np.array([7, -1])), path)
    assert path.read_text() == "x,y,label,weight\n0.1,2.0,7,1.0\n1e-300,-3.0,-1,0.5\n"
    write_cloud(as_cloud([1.5, 2]), path)
    assert path.read_text() == "x\n1.5\n2.0\n"


def test_many_rows(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(120_001, 2))
    path = tmp_path / "cloud.csv"
    write_cloud(PointCloud(points), path)
    np.testing.assert_array_equal(read_cloud(path).points, points)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        write_cloud(as_cloud([1.0]), tmp_path / "nowhere" / "cloud.csv")


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_cloud(as_cloud([1.0]), tmp_path)


def test_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="no such folder"):
        write_cloud(as_cloud([1.0]), tmp_path / "file" / "cloud.csv")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_full_disk() -> None:
    with pytest.raises(InputError, match="disk is full"):
        write_cloud(as_cloud([1.0]), "/dev/full")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_no_permission_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "cloud.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InputError, match="or protected"):
        write_cloud(as_cloud([1.0]), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_file_is_not_there(tmp_path: Path) -> None:
    def interrupted() -> None:
        with atomic_write(tmp_path / "figure.png") as handle:
            handle.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_the_old_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with atomic_write(path) as handle:
        handle.write(b"new")
        handle.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
def test_modes_and_links_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    with atomic_write(link) as handle:
        handle.write(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    with atomic_write(tmp_path / "new") as handle:
        handle.write(b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_scaled_cloud_is_written_in_its_own_units(tmp_path: Path) -> None:
    cloud = PointCloud([[1.0, 50.0], [3.0, 90.1], [2.0, 100.0]])
    write_cloud(scaled(cloud, "z-score"), tmp_path / "cloud.csv")
    assert (tmp_path / "cloud.csv").read_text() == "x,y\n1.0,50.0\n3.0,90.1\n2.0,100.0\n"
