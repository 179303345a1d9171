"""How a view draws, as the user has left it: kept in the window's settings, and no part of the experiment. Draws nothing."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QSettings

Kept = TypeVar("Kept")


def recall(view: str, first: Kept) -> Kept:
    """The options of a view, a frozen dataclass of switches and Enums; what was not kept, or makes no sense, is as at first."""
    assert is_dataclass(first)
    assert not isinstance(first, type)
    left = {}
    for field in fields(first):
        value = getattr(first, field.name)
        text = str(QSettings().value(f"views/{view}/{field.name}", ""))
        choices = tuple(type(value)) if isinstance(value, Enum) else (False, True)
        left[field.name] = next((choice for choice in choices if _text(choice) == text), value)
    return replace(first, **left)


def keep(view: str, options: object) -> None:
    """Remember the options of a view."""
    assert is_dataclass(options)
    for field in fields(options):
        QSettings().setValue(f"views/{view}/{field.name}", _text(getattr(options, field.name)))


def _text(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value).lower()
