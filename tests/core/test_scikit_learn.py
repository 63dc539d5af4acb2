"""Mixtures to scikit-learn and back."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from gmm_studio import InputError, Mixture, fit, generate
from gmm_studio.core.mixture import COVARIANCES, Covariance


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("cloud", ["elongated", "peaks"])
def test_there_and_back(cloud: str, covariance: Covariance) -> None:
    points = generate(cloud, 400).points
    mixture = fit(points, 3, covariance=covariance).steps[-1].mixture
    model = mixture.to_sklearn(covariance)
    assert model.score_samples(points) == pytest.approx(mixture.log_density(points), abs=1e-9)
    assert model.predict_proba(points) == pytest.approx(mixture.responsibilities(points), abs=1e-9)
    back = Mixture.from_sklearn(model)
    assert np.array_equal(back.weights, mixture.weights)
    assert np.array_equal(back.means, mixture.means)
    assert back.covariances == pytest.approx(mixture.covariances)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("d", [1, 2])
def test_a_model_that_scikit_learn_fitted(kind: str, d: int) -> None:
    points = generate("overlapping", 300).points[:, :d]
    model = GaussianMixture(2, covariance_type=kind, random_state=0).fit(points)
    mixture = Mixture.from_sklearn(model)
    assert mixture.log_density(points) == pytest.approx(model.score_samples(points), abs=1e-9)


def test_what_is_no_fitted_model_is_refused() -> None:
    for what in (GaussianMixture(2), object(), None):
        with pytest.raises(InputError, match="not a fitted"):
            Mixture.from_sklearn(what)


def test_covariances_of_another_structure_are_refused() -> None:
    mixture = fit(generate("elongated", 200), 3).steps[-1].mixture
    with pytest.raises(InputError, match="not spherical"):
        mixture.to_sklearn("spherical")


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.mixture", None)
    with pytest.raises(InputError, match="pip install scikit-learn"):
        Mixture([1.0], [[0.0]], [[[1.0]]]).to_sklearn()
