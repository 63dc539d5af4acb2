"""How a table is read, in words."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.source import Reason
from gmm_studio.data.encodings import ENCODINGS
from gmm_studio.data.preview import Preview
from gmm_studio.gui.importing.roles import Role

__all__ = [
    "decimal_names",
    "delimiter_names",
    "encoding_names",
    "header_names",
    "left_out_words",
    "reason_name",
    "role_name",
    "rows_words",
    "thousands_names",
]


def encoding_names() -> dict[str, str]:
    """What people call the encodings."""
    names = {name: name.upper() for name in ENCODINGS}
    return names | {"cp1252": _tr("Windows 1252"), "latin-1": "Latin-1"}


def delimiter_names() -> dict[str, str]:
    """What people call what separates columns."""
    return {
        ",": _tr("Comma"),
        ";": _tr("Semicolon"),
        "\t": _tr("Tab"),
        "|": _tr("Vertical bar"),
        " ": _tr("Blanks"),
    }


def decimal_names() -> dict[str, str]:
    """What people call a decimal mark."""
    return {".": _tr("Point"), ",": _tr("Comma")}


def thousands_names() -> dict[str, str]:
    """What people call what groups digits."""
    return {
        "": _tr("None"),
        ",": _tr("Comma"),
        ".": _tr("Point"),
        " ": _tr("Blank"),
        "'": _tr("Apostrophe"),
    }


def header_names() -> dict[bool, str]:
    """What the first row may hold."""
    return {True: _tr("Names"), False: _tr("Data")}


def role_name(role: Role) -> str:
    """What a column is for."""
    return {
        "x": "x",
        "y": "y",
        "label": _tr("true label"),
        "weight": _tr("sample weight"),
        "": _tr("not used"),
    }[role]


def reason_name(reason: Reason) -> str:
    """Why a row cannot be used, in a word or two after a count."""
    return {
        "missing": _tr("missing"),
        "not a number": _tr("not a number"),
        "not finite": _tr("not finite"),
        "out of range": _tr("out of range"),
        "negative weight": _tr("negative weight"),
        "wrong number of columns": _tr("wrong number of columns"),
    }[reason]


def rows_words(seen: Preview, *, dropped: bool) -> str:
    """How many rows were looked at, and how many of them cannot be used."""
    n, bad = len(seen.rows), len(seen.problems)
    if bad:
        counts = Counter(problem.reason for problem in seen.problems)
        text = _tr("{bad} of the {n} rows cannot be used: {reasons}")
        if not seen.complete:
            text = _tr("{bad} of the first {n} rows cannot be used: {reasons}")
        if dropped:
            text = _tr("{bad} of the {n} rows are left out: {reasons}")
            if not seen.complete:
                text = _tr("{bad} of the first {n} rows are left out: {reasons}")
        reasons = ", ".join(f"{c:,} {reason_name(r)}" for r, c in counts.most_common())
        return text.format(bad=f"{bad:,}", n=f"{n:,}", reasons=reasons)
    if n == 1 and seen.complete:
        return _tr("1 row")
    text = _tr("{n} rows") if seen.complete else _tr("The first {n} rows were looked at")
    return text.format(n=f"{n:,}")


def left_out_words(cloud: PointCloud) -> str:
    """How many rows of its file a cloud lacks, and why; nothing if it has them all."""
    source = cloud.source
    if source is None or not source.left_out:
        return ""
    lost = source.rows_left_out
    reasons = ", ".join(f"{one.count:,} {reason_name(one.reason)}" for one in source.left_out)
    text = _tr("{lost} of {all} rows left out: {reasons}")
    return text.format(lost=f"{lost:,}", all=f"{cloud.n_points + lost:,}", reasons=reasons)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Importing", text)
