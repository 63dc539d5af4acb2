"""Documents: which cloud, how the start is made, and the configuration."""

from __future__ import annotations

from typing import Any

from gmm_studio.core.configuration import RULES, Configuration
from gmm_studio.core.mixture import COVARIANCES
from gmm_studio.core.starts import METHODS
from gmm_studio.document import Document, Drawn, Given, Placed, Seed
from gmm_studio.project.entries import Entry
from gmm_studio.project.shared import Loading, Saving

__all__ = ["decode_document", "encode_document"]


def encode_document(document: Document, saving: Saving) -> dict[str, Any]:
    """A document as JSON."""
    configuration = document.configuration
    return {
        "cloud": saving.cloud(document.cloud),
        "k": document.k,
        "start": _encode_start(document.start, saving),
        "configuration": {
            "covariance": configuration.covariance,
            "tolerance": configuration.tolerance,
            "max_iterations": configuration.max_iterations,
            "variance_floor": configuration.variance_floor,
            "rule": configuration.rule,
            "random_state": configuration.random_state,
            "locked": configuration.locked,
            "previous_means": configuration.previous_means,
            "hard_priors": configuration.hard_priors,
        },
    }


def decode_document(entry: Entry, loading: Loading) -> Document:
    """A document out of JSON.

    Raises
    ------
    InputError
        When it is none.
    """
    return Document(
        loading.cloud(entry["cloud"]),
        entry["k"].whole(1),
        _decode_start(entry["start"], loading),
        _decode_configuration(entry["configuration"]),
    )


def _encode_start(start: Drawn | Placed | Given, saving: Saving) -> dict[str, Any]:
    if isinstance(start, Drawn):
        return {"method": start.method, "random_state": start.random_state}
    if isinstance(start, Placed):
        return {"seeds": start.seeds}
    return {"mixture": saving.mixture(start.mixture), "origin": start.origin}


def _decode_start(entry: Entry, loading: Loading) -> Drawn | Placed | Given:
    if entry.has("method"):
        return Drawn(entry["method"].choice(METHODS), entry["random_state"].whole())
    if entry.has("seeds"):
        return Placed(tuple(item.optional(_decode_seed) for item in entry["seeds"].items()))
    return Given(loading.mixture(entry["mixture"]), entry["origin"].text())


def _decode_seed(entry: Entry) -> Seed:
    return tuple(item.number() for item in entry.items())


def _decode_configuration(entry: Entry) -> Configuration:
    return Configuration(
        entry["covariance"].choice(COVARIANCES),
        entry["tolerance"].number(),
        entry["max_iterations"].whole(),
        entry["variance_floor"].number(),
        entry["rule"].choice(RULES),
        entry["random_state"].whole(),
        tuple(item.whole() for item in entry["locked"].items()),
        entry["previous_means"].flag(),
        entry["hard_priors"].flag(),
    )
