"""All searches for faults by name; the long forms run by hand, the short ones as tests."""

from __future__ import annotations

from tests.reliability import actions
from tests.reliability.tally import Search

SEARCHES: dict[str, Search] = {
    "actions": Search(actions.run, short=60, long=20_000),
}
