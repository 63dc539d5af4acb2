"""The scripts that leave the program run, and compute what the program does."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest

from gmm_studio import fit, generate
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.scaling import scaled
from gmm_studio.export.code import numpy_code, sklearn_code
from gmm_studio.export.parameters import Result


def result_of(cloud: PointCloud, covariance: Covariance, index: int | None = None) -> Result:
    run = fit(cloud, 3, covariance=covariance)
    step = run.steps[-1 if index is None else index]
    stop = run.stop if index is None else None
    return Result.of(cloud, Configuration(covariance=covariance), step, stop)


def ran(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "script", "exec"), names)
    assert len(out.getvalue().splitlines()) == 2
    return names


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("cloud", ["overlapping", "peaks"])
def test_the_script_for_scikit_learn_has_the_same_densities(
    cloud: str, covariance: Covariance
) -> None:
    points = generate(cloud, 300)
    result = result_of(points, covariance)
    model = ran(sklearn_code(result, points.name))["model"]
    expected = result.step.mixture.log_density(points.points)
    assert model.score_samples(points.points) == pytest.approx(expected, abs=1e-9)
    shares = result.step.mixture.responsibilities(points.points)
    assert model.predict(points.points).tolist() == shares.argmax(axis=1).tolist()
    assert model.score(points.points) == pytest.approx(expected.mean(), abs=1e-9)


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("cloud", ["overlapping", "peaks"])
def test_the_script_for_numpy_has_the_same_densities(cloud: str, covariance: Covariance) -> None:
    points = generate(cloud, 300)
    result = result_of(points, covariance)
    joint = ran(numpy_code(result, points.name))["joint_log_densities"](points.points)
    density = np.exp(joint).sum(axis=1)
    expected = np.exp(result.step.mixture.log_density(points.points))
    assert density == pytest.approx(expected, rel=1e-9)
    shares = result.step.mixture.responsibilities(points.points)
    assert np.exp(joint) / density[:, None] == pytest.approx(shares, abs=1e-9)


@pytest.mark.parametrize("code", [sklearn_code, numpy_code])
def test_it_says_which_step_it_holds(code: Any) -> None:
    cloud = generate("separated", 100)
    assert "# iteration 2, log-likelihood" in code(result_of(cloud, "full", 2), cloud.name)
    assert ", converged, log-likelihood" in code(result_of(cloud, "full"), cloud.name)


@pytest.mark.parametrize("code", [sklearn_code, numpy_code])
def test_a_name_cannot_become_code(code: Any) -> None:
    cloud = generate("separated", 100)
    text = code(result_of(cloud, "full"), 'a"\nimport os; os.abort()\n#')
    assert "\nimport os" not in text
    ran(text)


def test_of_a_scaled_cloud_it_says_the_units() -> None:
    cloud = scaled(generate("separated", 100), "z-score")
    assert "own units" in numpy_code(result_of(cloud, "full"), cloud.name)


def test_a_script_of_an_emptied_component_runs() -> None:
    cloud = generate("separated", 100)
    result = result_of(cloud, "full")
    mixture = result.step.mixture
    emptied = type(mixture)([0.5, 0.5, 0.0], mixture.means, mixture.covariances)
    step = type(result.step)(1, emptied, -1.0)
    other = Result.of(cloud, Configuration(), step)
    joint = ran(numpy_code(other, ""))["joint_log_densities"](cloud.points)
    assert np.isneginf(joint[:, 2]).all()
