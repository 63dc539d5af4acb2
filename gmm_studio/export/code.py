"""A mixture as a short script that others can run: for scikit-learn, or NumPy and SciPy alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.scikit_learn import TYPES, precisions_cholesky, shaped
from gmm_studio.export.result import Result

__all__ = ["heading", "numpy_code", "sklearn_code"]

_WIDEST = 88


def sklearn_code(result: Result, name: str) -> str:
    """A script that makes a fitted `GaussianMixture` of scikit-learn.

    Parameters
    ----------
    result : Result
    name : str
        Of the cloud, as the first comment says it.
    """
    mixture, structure = result.step.mixture, result.configuration.covariance
    covariances = shaped(mixture.covariances, structure)
    root = precisions_cholesky(mixture.covariances, structure)
    return "\n".join(
        [
            *heading(result, name),
            "import numpy as np",
            "from sklearn.mixture import GaussianMixture",
            "",
            f'model = GaussianMixture({mixture.k}, covariance_type="{TYPES[structure]}")',
            f"model.weights_ = {_array(mixture.weights)}",
            f"model.means_ = {_array(mixture.means)}",
            f"model.covariances_ = {_array(covariances)}",
            f"model.precisions_cholesky_ = {_array(root)}",
            "model.converged_ = True",
            f"model.n_features_in_ = {mixture.d}",
            "",
            f"points = {_points(mixture.means[:1])}  # your points, shape (n, {mixture.d})",
            "print(model.predict(points))  # the component of each, from 0",
            "print(model.score_samples(points))  # the logarithm of the density at each",
            "",
        ]
    )


def numpy_code(result: Result, name: str) -> str:
    """A script that computes densities and responsibilities with NumPy and SciPy alone."""
    mixture = result.step.mixture
    return "\n".join(
        [
            *heading(result, name),
            "import numpy as np",
            "from scipy.special import logsumexp",
            "from scipy.stats import multivariate_normal",
            "",
            f"weights = {_array(mixture.weights)}",
            f"means = {_array(mixture.means)}",
            f"covariances = {_array(mixture.covariances)}",
            "",
            "",
            "def joint_log_densities(points):",
            '    """log(weight_j N(x_i; mean_j, covariance_j)), shape (n, k)."""',
            '    with np.errstate(divide="ignore"):',
            "        logs = np.log(weights)",
            "    parts = [",
            "        log + multivariate_normal(mean, covariance).logpdf(points).reshape(-1)",
            "        for log, mean, covariance in zip(logs, means, covariances)",
            "    ]",
            "    return np.column_stack(parts)",
            "",
            "",
            f"points = {_points(mixture.means[:1])}  # your points, shape (n, {mixture.d})",
            "joint = joint_log_densities(points)",
            "log_density = logsumexp(joint, axis=1)",
            "responsibilities = np.exp(joint - log_density[:, None])",
            "print(responsibilities.argmax(axis=1))  # the component of each, from 0",
            "print(log_density)  # the logarithm of the density at each",
            "",
        ]
    )


def heading(result: Result, name: str) -> list[str]:
    """Lines of comment that say of which cloud, model and step something is."""
    step, configuration = result.step, result.configuration
    what = json.dumps(name or "own points", ensure_ascii=False)
    ended = f", {result.stop.reason.replace('_', ' ')}" if result.stop is not None else ""
    lines = [
        f"# A Gaussian mixture fitted to {what} ({result.n_points} points, "
        f"{configuration.covariance} covariances):",
        f"# iteration {step.index}{ended}, log-likelihood {step.log_likelihood!r}.",
    ]
    if result.scaling is not None:
        units = "scaled units" if result.in_scaled_units else "the data's own units"
        lines.append(f"# All numbers are in {units}.")
    return lines


def _array(values: FloatArray) -> str:
    """Every number with as many digits as it takes to read the same one back."""
    text = f"np.array({json.dumps(values.tolist())})"
    if len(text) <= _WIDEST:
        return text
    rows = "".join(f"    {json.dumps(row)},\n" for row in values.tolist())
    return f"np.array([\n{rows}])"


def _points(values: Sequence[Sequence[float]] | FloatArray) -> str:
    return f"np.array({json.dumps(np.asarray(values).tolist())})"
