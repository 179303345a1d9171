"""All searches for faults by name; the long forms run by hand, the short ones as tests."""

from __future__ import annotations

from tests.reliability.tally import Search

SEARCHES: dict[str, Search] = {}
