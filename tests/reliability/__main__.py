"""What breaks it: random actions, mutated files, whole configs, kills, full disks. Run ``python -m tests.reliability``.

Names after it choose among the searches; ``--count`` and ``--seed`` say how many cases and which. The exit code is 1 when
anything went wrong.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.reliability.searches import SEARCHES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("search", nargs="*", choices=[*SEARCHES, []], help="which to run; all of them without a name")
    parser.add_argument("--count", type=int, help="cases of each; without it the long form")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    faults = 0
    for name in chosen.search or SEARCHES:
        search, before = SEARCHES[name], time.perf_counter()
        tally = search.run(chosen.count or search.long, chosen.seed)
        seconds = time.perf_counter() - before
        print(f"{name:20}{tally.tried:8,} tried{tally.refused:8,} refused{len(tally.faults):5} faults{seconds:8.0f} s")
        for fault in tally.faults:
            print(f"    {fault}")
        faults += len(tally.faults)
        sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
