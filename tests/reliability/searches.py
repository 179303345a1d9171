"""All searches for faults by name; the long forms run by hand, the short ones as tests."""

from __future__ import annotations

from functools import partial

from tests.reliability import actions, configs, folders, inputs, kills, soak
from tests.reliability.tally import Search

SEARCHES: dict[str, Search] = {
    "actions": Search(actions.run, short=60, long=20_000),
    **{f"{name} read": Search(partial(inputs.run, name), short=40, long=2_000) for name in inputs.READERS},
    "configs": Search(configs.run, short=4, long=2_000),
    "folders": Search(folders.run, short=12, long=1_000),
    "kills": Search(kills.run, short=15, long=1_000),
    "window kills": Search(kills.run_windows, short=1, long=30),
    "soak": Search(soak.run, short=3, long=600),
}
