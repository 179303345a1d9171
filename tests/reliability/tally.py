"""What a search for faults tries and finds. Knows nothing of what is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of one search.

    Attributes:
        tried: cases that were carried out.
        refused: those of them that were answered by a sentence, as bad input should be.
        faults: the others that went wrong: each says how to see it again, shrunk as far as it would go.
    """

    tried: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Search:
    """One way to look for faults. `run(count, seed)` tries so many cases; equal seeds try equal cases."""

    run: Callable[[int, int], Tally]
    short: int  # cases in the tests
    long: int  # cases by hand
