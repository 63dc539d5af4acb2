"""The true classes of a cloud: their colours, and the comparison of a mixture with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.comparison import Comparison, compact, compare
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.class_key import ClassMark
from gmm_studio.gui.canvas.raster import Colours
from gmm_studio.gui.canvas.scene import Labels
from gmm_studio.gui.canvas.shading import shade

__all__ = ["MOST_CLASSES", "Classes"]

MOST_CLASSES = 100
"""Labels with more values than that are not classes: nothing is compared with them."""


class Classes:
    """Remembers what belongs to the labels of one cloud. Belongs to one thread.

    Parameters
    ----------
    cloud : PointCloud
        With labels.
    """

    def __init__(self, cloud: PointCloud) -> None:
        assert cloud.labels is not None
        self._cloud = cloud
        self.classes, self.codes = compact(cloud.labels)
        self._reference: Mixture | None = None
        self._of_class = np.arange(len(self.classes))

    def compare(self, assigned: IntArray, k: int) -> Comparison | None:
        """Components (n,) from 0 of all points with their classes; None where those are no such."""
        if len(self.classes) > MOST_CLASSES:
            return None
        return compare(assigned, self.codes, self.classes, k, self._cloud.weights)

    def marks(self, labels: Labels, n_colours: int) -> tuple[ClassMark, ...]:
        """What each class looks like, once `colours` has been asked for them."""
        of_class = (self._of_class % n_colours).tolist()
        names = [self._cloud.class_name(label) for label in self.classes.tolist()]
        if labels == "colour":
            return tuple(map(ClassMark, names, of_class))
        return tuple(ClassMark(name, marker=i) for i, name in enumerate(names))

    def colours(
        self, reference: Mixture | None, palette: FloatArray, cancelled: Callable[[], bool]
    ) -> Colours:
        """Each point in the colour of its class, shape (n, 4).

        That is the colour of the component which stands for the class in the reference; classes
        without one take the colours that follow.
        """
        if reference is not self._reference and reference is not None:
            self._of_class = self._matched(reference, cancelled)
            self._reference = reference
        rows = palette[self._of_class % len(palette)].astype(np.float32)
        return np.asarray(rows.take(self.codes, axis=0))

    def _matched(self, reference: Mixture, cancelled: Callable[[], bool]) -> IntArray:
        k = reference.k
        blank = np.zeros((k, 4))
        assigned = shade(self._cloud, reference, blank, assign=True, cancelled=cancelled).assigned
        comparison = None if assigned is None else self.compare(assigned, k)
        if comparison is None:
            return np.arange(len(self.classes))
        of_class = np.full(len(self.classes), -1)
        stands = comparison.matching >= 0
        of_class[comparison.matching[stands]] = np.flatnonzero(stands)
        free = of_class < 0
        of_class[free] = k + np.arange(np.count_nonzero(free))
        return of_class
