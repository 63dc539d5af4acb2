"""See how expectation-maximisation fits a Gaussian mixture to a cloud of points."""

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.criteria import aic, bic
from gmm_studio.core.em import Event, Run, Step, Stop, fit, iterate
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture, free_parameters
from gmm_studio.core.scaling import scaled
from gmm_studio.core.source import ReadOptions
from gmm_studio.core.starts import draw_start, seeded_start
from gmm_studio.data.cells import to_cells
from gmm_studio.data.generators import generate
from gmm_studio.data.preview import preview
from gmm_studio.data.text import read_cloud, read_text
from gmm_studio.explore import Exploration, explore

__all__ = [
    "Cancelled",
    "Configuration",
    "Event",
    "Exploration",
    "InputError",
    "Mixture",
    "PointCloud",
    "ReadOptions",
    "Run",
    "Step",
    "Stop",
    "aic",
    "bic",
    "draw_start",
    "explore",
    "fit",
    "free_parameters",
    "generate",
    "iterate",
    "preview",
    "read_cloud",
    "read_text",
    "scaled",
    "seeded_start",
    "to_cells",
]

__version__ = "0.1.0"
