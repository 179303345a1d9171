"""All searches for faults by name; the long forms run by hand, the short ones as tests."""

from __future__ import annotations

from tests.reliability import actions, soak
from tests.reliability.tally import Search

SEARCHES: dict[str, Search] = {
    "actions": Search(actions.run, short=60, long=20_000),
    "soak": Search(soak.run, short=3, long=600),
}
