"""Measures what is asked for, one thing after the other: what fails is told of, and takes nothing else with it. Knows no run."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Self, TypeVar

Measured = TypeVar("Measured")


@dataclass(frozen=True)
class Failure:
    """What could not be measured, or drawn.

    Attributes:
        what: the need that asked for it, or the view that was to draw it.
        reason: in a few words.
        details: for a report.
    """

    what: str
    reason: str
    details: str

    @classmethod
    def of(cls, what: str, error: Exception) -> Self:
        """What an error says of it."""
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        return cls(what, reason, "".join(traceback.format_exception(error)))
