"""Stochastic EM: each point's component is drawn from its responsibilities (Celeux, Diebolt 1985).

The M-step takes the labels as if they were known. The steps wander about a maximum and may leave a
poor one; no quantity is sure to rise, and a component may lose its last points. It never converges,
so it runs to its limit. A point of any sample weight gets one label.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.kernel import Assign, Piece
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.update_rule import Moved, Seen, Setting, Verdict

__all__ = ["Drawing", "Stochastic"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where the random numbers of the next labels come from.

    Attributes
    ----------
    random_state : int
    drawn : int
        How often all labels have been drawn before.
    """

    random_state: int
    drawn: int = 0


class Stochastic:
    """The rule of stochastic EM."""

    def begin(self, setting: Setting, mixture: Mixture) -> Drawing:
        """Nothing is drawn yet."""
        return Drawing(setting.configuration.random_state)

    def look(self, setting: Setting, mixture: Mixture, state: Drawing) -> Seen:
        """The log-likelihood, and the sums of the points by their new labels."""
        moments = setting.moments(setting.parameters(mixture), assign=_drawn(setting, state))
        return Seen(float(moments.log_likelihood[0]), None, moments)

    def judge(self, setting: Setting, mixture: Mixture, state: Drawing, seen: Seen) -> Verdict:
        """It never converges."""
        return Verdict(state)

    def move(
        self, setting: Setting, index: int, mixture: Mixture, state: Drawing, seen: Seen
    ) -> Moved:
        """The M-step on the labels."""
        parameters = setting.parameters(mixture)
        update = setting.maximise(parameters, seen.moments, assign=_drawn(setting, state))
        return Moved(update, replace(state, drawn=state.drawn + 1))


def _drawn(setting: Setting, state: Drawing) -> Assign:
    """Each point to a component drawn for it, by one random number for each row of the cloud.

    The numbers are drawn for all rows at once, so that blocks and threads play no part.
    """
    uniform = np.random.default_rng([state.random_state, state.drawn]).random(setting.data.n)

    def assign(piece: Piece, densities: FloatArray, total: FloatArray, _: FloatArray) -> FloatArray:
        sums = np.cumsum(densities, axis=0)
        labels = (sums <= uniform[piece.rows] * sums[-1]).sum(axis=0)
        np.equal(labels, np.arange(len(sums))[:, None], out=densities, casting="unsafe")
        total[:] = 1
        return np.zeros(())

    return assign
