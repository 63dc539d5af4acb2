"""Information criteria; of both, lower is better."""

from __future__ import annotations

import math

__all__ = ["aic", "bic"]


def aic(log_likelihood: float, free_parameters: int) -> float:
    """Akaike's criterion, -2 L + 2 p (Akaike 1974)."""
    return -2 * log_likelihood + 2 * free_parameters


def bic(log_likelihood: float, free_parameters: int, total_weight: float) -> float:
    """The Bayesian criterion, -2 L + p ln W (Schwarz 1978)."""
    return -2 * log_likelihood + free_parameters * math.log(total_weight)
