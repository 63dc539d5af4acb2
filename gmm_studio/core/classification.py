"""Classification EM: every point belongs to one component (Celeux and Govaert 1992).

Between the E-step and the M-step each point goes to the component of its highest responsibility.
What never falls is the classification log-likelihood, sum_i w_i max_j log(weight_j N(x_i; j)); the
log-likelihood may. It ends after a finite number of steps, when no label changes. With equal
spherical covariances and equal weights it is k-means.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.kernel import Assign, Piece
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.update_rule import Moved, Seen, Setting, Verdict

__all__ = ["Classification", "Labelling"]


@dataclass(frozen=True, slots=True)
class Labelling:
    """Who belongs where, as a digest of all labels; empty before the points were looked at.

    Attributes
    ----------
    digest : str
    unchanged : bool
        Whether the labels are those of the step before.
    """

    digest: str = ""
    unchanged: bool = False


class Classification:
    """The rule of classification EM."""

    def begin(self, setting: Setting, mixture: Mixture) -> Labelling:
        """No labels are known."""
        return Labelling()

    def look(self, setting: Setting, mixture: Mixture, state: Labelling) -> Seen:
        """The labels, and both log-likelihoods."""
        labels = np.empty(setting.data.n, dtype=np.min_scalar_type(mixture.k))
        moments = setting.moments(setting.parameters(mixture), assign=_hard(labels))
        log_likelihood = float(moments.log_likelihood[0])
        assert moments.assigned is not None
        return Seen(
            log_likelihood,
            log_likelihood + float(moments.assigned),
            moments,
            hashlib.blake2b(labels.data, digest_size=16).hexdigest(),
        )

    def judge(self, setting: Setting, mixture: Mixture, state: Labelling, seen: Seen) -> Verdict:
        """Converged when no label has changed, unless the tolerance is 0."""
        unchanged = seen.digest == state.digest
        converged = unchanged and setting.configuration.tolerance > 0
        return Verdict(Labelling(seen.digest, unchanged), converged)

    def move(
        self, setting: Setting, index: int, mixture: Mixture, state: Labelling, seen: Seen
    ) -> Moved:
        """The M-step on the labels."""
        labels = np.empty(setting.data.n, dtype=np.min_scalar_type(mixture.k))
        parameters = setting.parameters(mixture)
        update = setting.maximise(parameters, seen.moments, assign=_hard(labels))
        return Moved(update, Labelling(state.digest))


def _hard(labels: npt.NDArray[np.unsignedinteger]) -> Assign:
    """Each point to the component that is densest there, ties to the lowest number.

    It returns the sum of w log max_j r_j, which lies between log-likelihood and classification
    log-likelihood.
    """

    def assign(piece: Piece, densities: FloatArray, total: FloatArray, _: FloatArray) -> FloatArray:
        k, b = densities.shape
        best = densities.argmax(axis=0)
        labels[piece.rows] = best
        shares = np.log(densities[best, np.arange(b)] / total)
        np.equal(best, np.arange(k)[:, None], out=densities, casting="unsafe")
        total[:] = 1
        return np.asarray((shares if piece.weights is None else shares * piece.weights).sum())

    return assign
