"""Projects damaged on the way, and such as somebody made to do harm."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from gmm_studio.project.archive import BEGINNING, CONTENT
from tests.data.mangling import mangled

_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 2**31, 10**40, -(10**400), 0.5, -0.0, 1e-320, 1e308, -1e160,
    "", "x", "split-and-merge", "annealing", "stochastic", "em", "\ud800", "a" * 3000,
    [], {}, [[]], [1], [0.1, 0.2], [[0, 1, 2]], {"weights": [1]},
)  # fmt: skip


def members(content: bytes) -> dict[str, bytes]:
    """What is in an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(parts: dict[str, bytes]) -> bytes:
    """An archive of members as a project has them, sound in itself."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def edited(content: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """A project whose JSON somebody has changed."""
    parts = members(content)
    entries = json.loads(parts[CONTENT])
    edit(entries)
    return archive_of(parts | {CONTENT: json.dumps(entries).encode()})


def mangled_projects(content: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """The file mangled as a whole, one of its members, or values of its JSON."""
    rng, parts = random.Random(seed), members(content)
    whole = mangled(content, count, seed)
    for number in range(count):
        if number % 3 == 0:
            yield next(whole)
        elif number % 3 == 1:
            name = rng.choice(list(parts))
            part = next(mangled(parts[name], 1, rng.randrange(2**30)))
            yield archive_of(parts | {name: part})
        else:
            entries = json.loads(parts[CONTENT])
            for _ in range(rng.choice((1, 1, 2, 10))):
                _replace_value(entries, rng)
            yield archive_of(parts | {CONTENT: json.dumps(entries).encode()})


def _replace_value(entries: dict[str, Any], rng: random.Random) -> None:
    """Another value somewhere in the tree, or none, or that of its neighbour."""
    node: Any = entries
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        keys = [key for key in keys if key not in ("format", "program")]
        if not keys:
            return
        key = rng.choice(keys)
        inner = node[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.95:
            node = inner
            continue
        if rng.random() < 0.1:
            del node[key]
        elif rng.random() < 0.3:
            node[key] = deepcopy(node[rng.choice(keys)])
        else:
            node[key] = deepcopy(rng.choice(_ODD))
        return


def with_version(content: bytes, version: int) -> bytes:
    """The same file, said to be of another version."""
    parts = members(content)
    rest = parts[CONTENT][len(BEGINNING) :].split(b",", 1)[1]
    return archive_of(parts | {CONTENT: BEGINNING + f"{version},".encode() + rest})
