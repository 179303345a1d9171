"""The short form of every search for faults."""

from __future__ import annotations

import pytest

from tests.reliability.searches import SEARCHES


@pytest.mark.parametrize("name", SEARCHES)
def test_nothing_breaks(name: str) -> None:
    search = SEARCHES[name]
    tally = search.run(search.short, 1)
    assert tally.tried >= search.short
    assert tally.faults == []
