"""What a look is: something that can be seen of a moment of a run beyond its scores. Knows not how it is measured.

A kind of look is one frozen dataclass in one file: its fields are arrays that must not be written to and plain values. What
measures it stands beside it; `table` lists both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from playground.experiment.selection import Selection

AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


class Look:
    """One kind of it."""

    @classmethod
    def words(cls) -> str:
        """Its name in words: "gradient flow"."""
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", cls.__name__)
        return " ".join(word if word.isupper() else word.lower() for word in words)


@dataclass(frozen=True)
class Request:
    """That a moment be looked at: which kind of look, and of what; None is what the session has selected."""

    look: type[Look]
    selection: Selection | None = None


Requests = frozenset[type[Look] | Request]  # a kind alone is a request of it, of what the session has selected


def request(asked: type[Look] | Request) -> Request:
    """What is asked, in full."""
    return asked if isinstance(asked, Request) else Request(asked)


def read_only(array: AnyArray) -> AnyArray:
    """The array, not to be written to any more."""
    array.setflags(write=False)
    return array
