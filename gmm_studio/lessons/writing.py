"""Lessons written to files; `reading` says what is in them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.document import Drawn, Given, Placed
from gmm_studio.export.atomic import atomic_write
from gmm_studio.lessons.lesson import Lesson, Page, Setting
from gmm_studio.lessons.points import data_entries, mixture_entries
from gmm_studio.lessons.reading import FORMAT, LARGEST_FILE, VERSION, parse_lesson
from gmm_studio.lessons.views import LAYERS, Trial, Views

__all__ = ["lesson_json", "write_lesson"]


def write_lesson(lesson: Lesson, path: str | Path) -> None:
    """Write a lesson, whole or not at all.

    Raises
    ------
    InputError
        When it is too large or not one that could be read again, or cannot be written.
    """
    content = lesson_json(lesson).encode(errors="backslashreplace")
    if len(content) > LARGEST_FILE:
        raise InputError(
            "These points are too many for a lesson: it would be larger than {size} MiB.",
            size=LARGEST_FILE // 2**20,
        )
    parse_lesson(content)
    with atomic_write(path) as handle:
        handle.write(content)


def lesson_json(lesson: Lesson) -> str:
    """The text of a lesson, at full precision."""
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION, "title": lesson.title}
    head |= {"summary": lesson.summary, "group": lesson.group}
    lines = [f"  {_text(name)}: {_text(value)}" for name, value in head.items()]
    pages = [
        _page(page, before)
        for page, before in zip(lesson.pages, (None, *lesson.pages), strict=False)
    ]
    bodies = [
        "    {\n" + ",\n".join(f"      {_text(k)}: {_text(v)}" for k, v in page.items()) + "\n    }"
        for page in pages
    ]
    return "{\n" + ",\n".join([*lines, '  "pages": [\n' + ",\n".join(bodies) + "\n  ]"]) + "\n}\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _page(page: Page, before: Page | None) -> dict[str, Any]:
    """What a page changes."""
    entries: dict[str, Any] = {"text": page.text}
    if before is None or page.data != before.data:
        entries["data"] = data_entries(page.data)
    entries |= _setting(page.setting, before.setting if before else None)
    if views := _views(page.views, before.views if before else Views()):
        entries["views"] = views
    if page.show != "play":
        entries["show"] = page.show
    if page.half != "whole":
        entries["half"] = page.half
    if page.trial is not None:
        entries["trial"] = _trial(page.trial)
    return entries


def _setting(setting: Setting, before: Setting | None) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    if before is None or setting.k != before.k:
        entries["k"] = setting.k
    if before is None or setting.start != before.start:
        entries["start"] = _start(setting.start)
    usual = before.configuration if before else Configuration()
    changes = {
        field.name: getattr(setting.configuration, field.name)
        for field in fields(Configuration)
        if getattr(setting.configuration, field.name) != getattr(usual, field.name)
    }
    if "locked" in changes:
        changes["locked"] = [j + 1 for j in changes["locked"]]
    if changes:
        entries["configuration"] = changes
    return entries


def _start(start: Drawn | Placed | Given) -> dict[str, Any]:
    if isinstance(start, Given):
        return {"mixture": mixture_entries(start.mixture), "origin": start.origin}
    if isinstance(start, Placed):
        return {"seeds": start.seeds}
    return {"method": start.method, "random_state": start.random_state}


def _views(views: Views, before: Views) -> dict[str, Any]:
    """What is otherwise than on the page before."""
    changes = {
        field.name: getattr(views, field.name)
        for field in fields(Views)
        if getattr(views, field.name) != getattr(before, field.name)
    }
    if "layers" in changes:
        was, now = dict(before.layers), dict(views.layers)
        changes["layers"] = {
            name: now.get(name, values[0])
            for name, values in LAYERS.items()
            if now.get(name) != was.get(name)
        }
    return changes


def _trial(trial: Trial) -> dict[str, Any]:
    return {"methods": list(trial.methods), "runs": trial.runs}
