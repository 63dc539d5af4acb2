"""What the columns of a table are for, and how that is changed one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from gmm_studio.core.source import NO_COLUMN, ReadOptions
from gmm_studio.data.preview import Preview

__all__ = ["ROLES", "Role", "can_have", "role_of", "roles_of", "with_role"]

Role: TypeAlias = Literal["x", "y", "label", "weight", ""]

ROLES: tuple[Role, ...] = ("x", "y", "label", "weight", "")
"""All of them; "" is a column that is not used."""


def roles_of(seen: Preview) -> dict[str, Role]:
    """What each column that is used is for, by its name."""
    options, roles = seen.options, dict[str, Role]()
    by_number = {column.index + 1: column.name for column in seen.columns}
    names = set(by_number.values())

    def add(asked: str | int | None, role: Role) -> None:
        name = by_number.get(asked, "") if isinstance(asked, int) else asked
        if name in names and name is not None:
            roles.setdefault(name, role)

    axes: tuple[Role, ...] = ("x", "y")
    for asked, role in zip(options.columns or (), axes, strict=False):
        add(asked, role)
    add(options.label, "label")
    add(options.weight, "weight")
    return roles


def role_of(seen: Preview, name: str) -> Role:
    """What a column is for."""
    return roles_of(seen).get(name, "")


def can_have(seen: Preview, name: str, role: Role) -> bool:
    """Whether a column can be that: x cannot be missing."""
    columns = with_role(seen.options, seen, name, role).columns
    return columns is not None and (role != "y" or len(columns) == 2)


def with_role(asked: ReadOptions, seen: Preview, name: str, role: Role) -> ReadOptions:
    """The options with another role of a column; x and y change places rather than vanish.

    Parameters
    ----------
    asked : ReadOptions
        As they are.
    seen : Preview
        What they lead to.
    name : str
        The column.
    role : str
        What it is to be for.
    """
    roles = roles_of(seen)
    was = roles.pop(name, "")
    holder = next((other for other, one in roles.items() if role and one == role), None)
    if holder is not None:
        del roles[holder]
        if was in ("x", "y") and role in ("x", "y"):
            roles[holder] = was
    if role:
        roles[name] = role
    names = {one: column for column, one in roles.items()}
    axes = tuple(names[one] for one in ("x", "y") if one in names)
    return replace(
        asked,
        columns=axes or None,
        label=names.get("label", NO_COLUMN),
        weight=names.get("weight", NO_COLUMN),
    )
