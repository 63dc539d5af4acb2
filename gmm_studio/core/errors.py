"""What can end a piece of work early: input that cannot be used, and a person's wish."""

from __future__ import annotations

__all__ = ["Cancelled", "InputError"]


class InputError(ValueError):
    """Input that cannot be used, said so that a person knows what to mend.

    Parameters
    ----------
    template : str
        The sentence, with named replacement fields for the values in it. It is kept apart from
        them so that an interface can translate it.
    **values : object
        What stands in the fields.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values


class Cancelled(Exception):  # noqa: N818 - not an error
    """The work was given up because its caller's `cancelled` said so."""
