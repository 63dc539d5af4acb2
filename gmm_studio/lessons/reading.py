"""Lessons read from files.

A lesson is a JSON object in UTF-8, of at most 2 MiB. It holds numbers, texts and names out of
fixed lists, nothing that is run, and nothing that leads elsewhere.

====================  ============================================================================
``format``            ``"gmm-studio-lesson"``, within the first 4096 bytes: that tells a lesson
                      from a table.
``version``           1. Others are refused.
``title``             Up to 80 characters.
``summary``           What is learnt, up to 200 characters.
``group``             ``"lessons"`` (if left out) or ``"published"``.
``pages``             1 to 20 objects, see below.
====================  ============================================================================

An entry of a page holds for the pages after it too, until another one replaces it, except `text`,
`show`, `half` and `trial`. What a page does not change is left out. The first page needs `data`.

====================  ============================================================================
``text``              A few sentences, up to 800 characters.
``data``              One of ``{"generator": "ring", "n": 1000, "k": 3, "random_state": 0}``,
                      ``{"example": "faithful"}``, ``{"mixture": MIXTURE, "n": 1000,
                      "random_state": 0, "name": "..."}`` and ``{"points": [[x, y], ...],
                      "weights": [...], "labels": [...], "truth": MIXTURE, "name": "...",
                      "columns": [...], "class_names": [...]}``; each may have a ``"scaling"``:
                      ``"none"``, ``"min-max"`` or ``"z-score"``.
``k``                 From 1 to 100; if left out, that of the truth or of a start's means, else 3.
``start``             ``{"method": "k-means++", "random_state": 0}``, ``{"seeds": [[x, y] or null,
                      ...]}`` or ``{"mixture": MIXTURE, "origin": "..."}``.
``configuration``     Some of the fields of `Configuration`; ``locked`` counts from 1.
``views``             Some of the fields of `Views`, with ``layers`` as an object.
``show``              An iteration, ``"end"``, or ``"play"`` (if left out).
``half``              ``"E"`` or ``"M"``, where half-steps are shown.
``trial``             ``{"methods": ["k-means", ...], "runs": 100}``: a button that tries them.
====================  ============================================================================

MIXTURE is ``{"weights": [...], "means": [[x, y], ...], "covariances": [[[a, b], [b, c]], ...]}``.
Its components may be equal.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.starts import METHODS, Method
from gmm_studio.document import LARGEST_K, Drawn, Given, Placed, Seed
from gmm_studio.lessons.entries import Entry, parse
from gmm_studio.lessons.lesson import GROUPS, Group, Half, Lesson, Page, Setting, Show
from gmm_studio.lessons.points import read_data, read_mixture, truth_of
from gmm_studio.lessons.views import (
    CURVES,
    LAYERS,
    SIDES,
    SPEEDS,
    TABS,
    LayerValue,
    Side,
    Tab,
    Trial,
    Views,
)

__all__ = [
    "FORMAT",
    "LARGEST_FILE",
    "LONGEST_SUMMARY",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "MOST_ITERATIONS",
    "VERSION",
    "is_lesson",
    "parse_lesson",
    "read_lesson",
]

FORMAT = "gmm-studio-lesson"
VERSION = 1
LARGEST_FILE = 2 * 2**20
"""In bytes: some fifty thousand points."""

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_TEXT = 80, 200, 800
MOST_ITERATIONS = 1_000_000
_MOST_PAGES = 20
_SNIFFED = 4096
_LARGEST_RANDOM_STATE = 2**31 - 1
_MOST_RUNS = 1000
_MOST_BINS = 1000
_USUAL_K = 3


def is_lesson(path: str | Path) -> bool:
    """Whether the beginning of an ordinary file says that it is a lesson."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as handle:
            head = handle.read(_SNIFFED).removeprefix(b"\xef\xbb\xbf").lstrip()
    except (OSError, ValueError):
        return False
    return head.startswith(b"{") and f'"{FORMAT}"'.encode() in head


def read_lesson(path: str | Path) -> Lesson:
    """Read a lesson; nothing of it is made yet.

    Raises
    ------
    InputError
        When there is no lesson in the file; the message says what is wrong and where.
    """
    try:
        with Path(path).open("rb") as handle:
            content = handle.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError("{path} cannot be read: {reason}.", path=path, reason=reason) from None
    try:
        return parse_lesson(content)
    except InputError as error:
        raise InputError(
            "{name} is not a lesson that can be opened: {problem}",
            name=Path(path).name,
            problem=error,
        ) from None


def parse_lesson(content: bytes) -> Lesson:
    """The lesson that the content of a file is.

    Raises
    ------
    InputError
        When it is none; the message says what is wrong and where.
    """
    if len(content) > LARGEST_FILE:
        raise InputError("it is larger than {size} MiB.", size=LARGEST_FILE // 2**20)
    whole = parse(content.removeprefix(b"\xef\xbb\xbf"))
    raw = whole.value
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise InputError('it does not say "format": "{format}".', format=FORMAT)
    if raw.get("version") != VERSION or isinstance(raw.get("version"), bool):
        raise InputError(
            "its version is not {version}, the one that this program knows. Get a newer program.",
            version=VERSION,
        )
    found = whole.fields("format", "version", "title", "summary", "group", "pages")
    for name in ("title", "pages"):
        if name not in found:
            raise whole.missing(name)
    pages: list[Page] = []
    for entry in found["pages"].items(1, _MOST_PAGES):
        pages.append(_page(entry, pages[-1] if pages else None))
    summary = found["summary"].text(LONGEST_SUMMARY) if "summary" in found else ""
    group = found["group"].choice(GROUPS) if "group" in found else "lessons"
    title = found["title"].text(LONGEST_TITLE)
    return Lesson(title, summary, tuple(pages), cast("Group", group))


def _page(entry: Entry, before: Page | None) -> Page:
    found = entry.fields(
        "text",
        "data",
        "k",
        "start",
        "configuration",
        "views",
        "show",
        "half",
        "trial",
    )
    if "text" not in found:
        raise entry.missing("text")
    if "data" not in found and before is None:
        raise entry.missing("data")
    data = read_data(found["data"]) if "data" in found else cast("Page", before).data
    setting = before.setting if before else Setting(0)
    if "start" in found:
        setting = replace(setting, start=_start(found["start"]))
    configuration = setting.configuration
    if "configuration" in found:
        configuration = _configuration(found["configuration"], configuration)
    truth = truth_of(data)
    k = setting.k or (truth.k if truth else _USUAL_K)
    if "start" in found or setting.k == 0:
        k = _k_of(setting.start) or k
    if "k" in found:
        k = found["k"].whole(1, LARGEST_K)
    setting = Setting(k, setting.start, configuration)
    if _k_of(setting.start) not in (None, k):
        raise InputError(
            "{where}: the start has {found} means where k is {k}.",
            where=entry.where,
            found=_k_of(setting.start),
            k=k,
        )
    views = before.views if before else Views()
    return Page(
        found["text"].text(LONGEST_TEXT),
        data,
        setting,
        _show(found["show"]) if "show" in found else "play",
        cast("Half", found["half"].choice(("E", "M"))) if "half" in found else "whole",
        _views(found["views"], views) if "views" in found else views,
        _trial(found["trial"]) if "trial" in found else None,
    )


def _k_of(start: Drawn | Placed | Given) -> int | None:
    if isinstance(start, Given):
        return start.mixture.k
    return len(start.seeds) if isinstance(start, Placed) else None


def _start(entry: Entry) -> Drawn | Placed | Given:
    found = entry.fields("method", "random_state", "seeds", "mixture", "origin")
    if "mixture" in found:
        origin = found["origin"].text(LONGEST_TITLE) if "origin" in found else ""
        return Given(read_mixture(found["mixture"]), origin)
    if "seeds" in found:
        return Placed(tuple(_seed(seed) for seed in found["seeds"].items(1, LARGEST_K)))
    if "method" not in found:
        raise entry.missing("method")
    state = found["random_state"].whole(0, _LARGEST_RANDOM_STATE) if "random_state" in found else 0
    return Drawn(cast("Method", found["method"].choice(METHODS)), state)


def _seed(entry: Entry) -> Seed | None:
    if entry.is_null:
        return None
    return tuple(item.number() for item in entry.items(1, 2))


def _configuration(entry: Entry, before: Configuration) -> Configuration:
    usual = {field.name: getattr(before, field.name) for field in fields(Configuration)}
    changes: dict[str, Any] = {}
    for name, value in entry.fields(*usual).items():
        if name == "locked":
            changes[name] = tuple(j.whole(1, LARGEST_K) - 1 for j in value.items(0, LARGEST_K))
        elif isinstance(usual[name], bool):
            changes[name] = value.flag()
        elif isinstance(usual[name], str):
            changes[name] = value.text(40)
        elif name == "max_iterations":
            changes[name] = value.whole(0, MOST_ITERATIONS)
        elif name == "random_state":
            changes[name] = value.whole(0, _LARGEST_RANDOM_STATE)
        else:
            changes[name] = value.number()
    return replace(before, **changes)


def _views(entry: Entry, before: Views) -> Views:
    found = entry.fields("layers", "half_steps", "curve", "speed", "tab", "side")
    changes: dict[str, Any] = {}
    if "layers" in found:
        layers = dict(before.layers)
        layers |= {name: _layer(name, one) for name, one in found["layers"].fields(*LAYERS).items()}
        others = {name: value for name, value in layers.items() if value != LAYERS[name][0]}
        changes["layers"] = tuple(sorted(others.items()))
    if "half_steps" in found:
        changes["half_steps"] = found["half_steps"].flag()
    if "speed" in found:
        speed = found["speed"].whole(SPEEDS[0], SPEEDS[-1])
        changes["speed"] = max(one for one in SPEEDS if one <= speed)
    if "curve" in found:
        changes["curve"] = found["curve"].choice(CURVES)
    if "tab" in found:
        changes["tab"] = cast("Tab", found["tab"].choice(TABS))
    if "side" in found:
        changes["side"] = cast("Side", found["side"].choice(SIDES))
    return replace(before, **changes)


def _layer(name: str, entry: Entry) -> LayerValue:
    allowed = LAYERS[name]
    if isinstance(allowed[0], bool):
        return entry.flag()
    if isinstance(allowed[0], int):
        return entry.whole(0, _MOST_BINS)
    return entry.choice([str(value) for value in allowed])


def _show(entry: Entry) -> Show:
    if isinstance(entry.value, str):
        return "end" if entry.choice(("end", "play")) == "end" else "play"
    return entry.whole(0, MOST_ITERATIONS)


def _trial(entry: Entry) -> Trial:
    found = entry.fields("methods", "runs")
    for name in ("methods", "runs"):
        if name not in found:
            raise entry.missing(name)
    methods = [one.choice(METHODS) for one in found["methods"].items(1, len(METHODS))]
    return Trial(cast("tuple[Method, ...]", tuple(methods)), found["runs"].whole(1, _MOST_RUNS))
