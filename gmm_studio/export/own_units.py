"""Results on a scaled cloud, in the data's own units; on another they stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from gmm_studio.core.atlas import Atlas
from gmm_studio.core.basins import BasinMap, sample_of
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.optima import Optimum
from gmm_studio.core.scaling import Scaling
from gmm_studio.core.steps import Step
from gmm_studio.core.sweep import Cell

__all__ = [
    "own_atlas",
    "own_basins",
    "own_levels",
    "own_places",
    "own_step",
    "own_sweep",
    "scaling_entries",
]


def own_step(cloud: PointCloud, configuration: Configuration, step: Step) -> Step:
    """A step of a run on the cloud."""
    if cloud.scaling is None:
        return step
    objective = step.objective
    if objective is not None:
        # A free energy is the negative of what is like a log-likelihood.
        sign = -1 if configuration.rule == "annealing" else 1
        objective = sign * cloud.own_log_likelihood(sign * objective)
    return replace(
        step,
        mixture=cloud.own_mixture(step.mixture),
        log_likelihood=cloud.own_log_likelihood(step.log_likelihood),
        objective=objective,
    )


def scaling_entries(scaling: Scaling | None, *, in_scaled_units: bool) -> dict[str, Any]:
    """What JSON says of a scaling: how it was made, and in which units the numbers are."""
    if scaling is None:
        return {}
    return {
        "units": "scaled" if in_scaled_units else "own",
        "scaling": {
            "kind": scaling.kind,
            "offset": scaling.offset.tolist(),
            "factor": scaling.factor.tolist(),
        },
    }


def own_atlas(cloud: PointCloud, atlas: Atlas) -> Atlas:
    """The optima of many runs on the cloud."""
    if cloud.scaling is None:
        return atlas
    return replace(atlas, optima=tuple(_own_optimum(cloud, one) for one in atlas.optima))


def own_sweep(cloud: PointCloud, cells: Iterable[Cell]) -> list[Cell]:
    """The cells of a sweep on the cloud."""
    return list(cells) if cloud.scaling is None else [_own_cell(cloud, cell) for cell in cells]


def own_basins(cloud: PointCloud, basins: BasinMap) -> BasinMap:
    """A map of the basins of the cloud."""
    return own_places(cloud, own_levels(cloud, basins))


def own_levels(cloud: PointCloud, basins: BasinMap) -> BasinMap:
    """A map of the basins of the cloud, of which the log-likelihoods alone are made its own."""
    if cloud.scaling is None:
        return basins
    used = cloud if basins.sample is None else sample_of(cloud, basins.sample)
    shift = used.own_log_likelihood(0.0)
    optima = (replace(one, log_likelihood=one.log_likelihood + shift) for one in basins.optima)
    return replace(basins, log_likelihood=basins.log_likelihood + shift, optima=tuple(optima))


def own_places(cloud: PointCloud, basins: BasinMap) -> BasinMap:
    """A map of the basins of the cloud, of which places and mixtures alone are made its own."""
    scaling = cloud.scaling
    if scaling is None:
        return basins
    places = [basins.x, basins.y][: cloud.d]
    axes = zip(places, scaling.offset.tolist(), scaling.factor.tolist(), strict=True)
    x, y = ([*(offset + factor * place for place, offset, factor in axes), basins.y])[:2]
    optima = (replace(one, mixture=cloud.own_mixture(one.mixture)) for one in basins.optima)
    return replace(basins, x=x, y=y, optima=tuple(optima))


def _own_optimum(cloud: PointCloud, optimum: Optimum) -> Optimum:
    return replace(
        optimum,
        mixture=cloud.own_mixture(optimum.mixture),
        log_likelihood=cloud.own_log_likelihood(optimum.log_likelihood),
    )


def _own_cell(cloud: PointCloud, cell: Cell) -> Cell:
    shift = -2 * cloud.own_log_likelihood(0.0)
    ends = tuple(
        replace(
            end,
            mixture=cloud.own_mixture(end.mixture),
            start=cloud.own_mixture(end.start),
            log_likelihood=cloud.own_log_likelihood(end.log_likelihood),
        )
        for end in cell.ends
    )
    return replace(
        cell,
        ends=ends,
        bic=np.asarray(cell.bic + shift),
        aic=np.asarray(cell.aic + shift),
        icl=np.asarray(cell.icl + shift),
    )
