"""A step of a run as it is reported, in the units that are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.criteria import aic, bic
from gmm_studio.core.em import Step, Stop
from gmm_studio.core.grid import Grid
from gmm_studio.core.mixture import free_parameters
from gmm_studio.core.scaling import Scaling
from gmm_studio.export.own_units import own_step

__all__ = ["Result"]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A step of a run, and what is to be known beside its parameters.

    Attributes
    ----------
    step : Step
        Its mixture and log-likelihood in the units that are reported: the data's own, or, where it
        is scaled and the person asks for them, the scaled ones.
    configuration : Configuration
    total_weight : float
        W, the sum of the sample weights.
    n_points : int
    columns : tuple of str
        The names of the axes.
    stop : Stop or None
        Why the run ended here; None where it went on, or goes on still.
    scaling : Scaling or None
        Of the cloud, where it is not in the data's own units.
    in_scaled_units : bool
        Whether the step is in scaled units.
    grid : Grid or None
        Whose cells the cloud is, in the units of the step.
    """

    step: Step
    configuration: Configuration
    total_weight: float
    n_points: int
    columns: tuple[str, ...]
    stop: Stop | None = None
    scaling: Scaling | None = None
    in_scaled_units: bool = False
    grid: Grid | None = None

    @classmethod
    def of(
        cls,
        cloud: PointCloud,
        configuration: Configuration,
        step: Step,
        stop: Stop | None = None,
        *,
        in_scaled_units: bool = False,
    ) -> Result:
        """The result of a step on a cloud; `stop` is for the last step of a run."""
        scaling, grid = cloud.scaling, cloud.grid
        if scaling is not None and not in_scaled_units:
            step = own_step(cloud, configuration, step)
            grid = grid and grid.stretched(1 / scaling.factor)
        return cls(
            step,
            configuration,
            cloud.total_weight,
            cloud.n_points,
            cloud.columns,
            stop,
            scaling,
            in_scaled_units and scaling is not None,
            grid,
        )

    @property
    def free_parameters(self) -> int:
        """How many numbers the model was free to choose."""
        mixture, configuration = self.step.mixture, self.configuration
        return free_parameters(
            mixture.k, mixture.d, configuration.covariance, len(configuration.locked)
        )

    @property
    def bic(self) -> float:
        """The Bayesian information criterion; lower is better."""
        return bic(self.step.log_likelihood, self.free_parameters, self.total_weight)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; lower is better."""
        return aic(self.step.log_likelihood, self.free_parameters)
