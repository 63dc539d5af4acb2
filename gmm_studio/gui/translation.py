"""Messages of the layers below the interface, in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.errors import InputError

__all__ = ["message_of"]


def message_of(error: InputError) -> str:
    """The sentence of an error, translated."""
    return QCoreApplication.translate("InputError", error.template).format(**error.values)
