"""Which columns of a table become the coordinates, weights and labels of a cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.core.source import NO_COLUMN, Unit
from gmm_studio.data.layout import Column, Layout

__all__ = ["Selection", "select", "shown"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which columns of a file become what.

    Parameters
    ----------
    file : str
        What messages call the file.
    layout : Layout
        How its table is to be read.
    coordinates : tuple of Column
        One or two.
    weight, label : Column or None
        Where the sample weights and the true labels are.
    unit : Unit
        What messages count places in.
    """

    file: str
    layout: Layout
    coordinates: tuple[Column, ...]
    weight: Column | None
    label: Column | None
    unit: Unit = "line"

    @property
    def numbers(self) -> tuple[Column, ...]:
        """The columns that must hold numbers: the coordinates and then the weight."""
        return self.coordinates if self.weight is None else (*self.coordinates, self.weight)

    @property
    def least(self) -> tuple[float, ...]:
        """The least number that each of them may hold; LARGEST_COORDINATE is the greatest."""
        least = (-LARGEST_COORDINATE,) * len(self.coordinates)
        return least if self.weight is None else (*least, 0.0)


def shown(text: str, longest: int = 60) -> str:
    """A text from outside as a message can hold it: on one line, printable, not too long."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in short)


def select(
    file: str,
    layout: Layout,
    asked: Sequence[str | int] | None,
    label: str | int | None = None,
    weight: str | int | None = None,
    unit: Unit = "line",
) -> Selection:
    """The columns that are asked for, or else the first two that can be coordinates.

    Parameters
    ----------
    file : str
        What messages call the file.
    layout : Layout
        How its table is to be read.
    asked : sequence of str or int, optional
        The coordinates, by name or by number from 1.
    label, weight : str or int, optional
        The same for the labels and the weights; "" for none. Otherwise what is named so.
    unit : Unit
        What messages count places in.

    Raises
    ------
    InputError
        When there are no such columns.
    """
    if not layout.has_rows:
        raise InputError("{file} has a header but no rows.", file=file)
    taken = {
        name: _find(file, layout, one)
        for name, one in (("label", label), ("weight", weight))
        if one not in (None, NO_COLUMN)
    }
    others = [column for column in layout.columns if column not in taken.values()]
    coordinates = _default(file, others, unit) if asked is None else _asked(file, layout, asked)
    used = [*coordinates, *taken.values()]
    for column in used:
        if used.count(column) > 1:
            raise InputError("The column {name} is asked for twice.", name=shown(column.name))
    free = [column for column in layout.columns if column not in used]
    labels, weights = taken.get("label"), taken.get("weight")
    if label is None:
        labels = next((c for c in free if c.role == "label"), None)
    if weight is None:
        weights = next((c for c in free if c.role == "weight" and c.numeric), None)
    return Selection(file, layout, coordinates, weights, labels, unit)


def _default(file: str, columns: Sequence[Column], unit: Unit) -> tuple[Column, ...]:
    numeric = [column for column in columns if column.numeric]
    before = [column for column in numeric if column.role == "coordinate"][1:2]
    for column in columns:
        if column.role == "coordinate" and column.measured and column not in numeric:
            if before and before[0].index < column.index:
                break
            raise _more_than_a_number(file, column, unit)
    if not numeric:
        raise InputError(
            "{file} has no column of numbers. Its columns must be separated by commas, semicolons, "
            "tabs, vertical bars or blanks.",
            file=file,
        )
    for role in ("coordinate", "row name"):
        fitting = tuple(column for column in numeric if column.role == role)
        if fitting:
            return fitting[:2]
    raise InputError(
        "{file} has no coordinates: {names} would have to be asked for by name.",
        file=file,
        names=_names(numeric),
    )


def _more_than_a_number(file: str, column: Column, unit: Unit) -> InputError:
    place = "{file}, line {line}, column {column}"
    if unit == "row":
        place = "{file}, row {line}, column {column}"
    number = column.index + 1
    named = column.name != f"column {number}"
    return InputError(
        place + (" ({name}): " if named else ": ") + "{value} is more than a number. Write the "
        "number alone, or say which columns to read.",
        file=file,
        line=column.measured.line if column.measured else 0,
        column=number,
        name=shown(column.name),
        value=shown(column.measured.text if column.measured else ""),
    )


def _asked(file: str, layout: Layout, asked: Sequence[str | int]) -> tuple[Column, ...]:
    if isinstance(asked, str | int):
        asked = (asked,)
    if len(asked) not in (1, 2):
        raise InputError("One or two columns can be read, not {count}.", count=len(asked))
    return tuple(_find(file, layout, one) for one in asked)


def _find(file: str, layout: Layout, asked: str | int | None) -> Column:
    name = str(asked).strip()
    by_number = {str(column.index + 1): column for column in layout.columns}
    by_name = {column.name: column for column in layout.columns}
    known = by_number | by_name if isinstance(asked, str) else by_number
    if name in known:
        return known[name]
    raise InputError(
        "{file} has no column {asked}. It has: {names}.",
        file=file,
        asked=shown(name),
        names=_names(layout.columns),
    )


def _names(columns: Sequence[Column]) -> str:
    names = [shown(column.name) for column in columns[:20]]
    return ", ".join(names) + (", …" if len(columns) > 20 else "")
