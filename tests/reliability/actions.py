"""Random actions on the real window, in a process of their own; what goes wrong is shrunk to the few that it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

from tests.reliability.tally import Tally

AT_ONCE = 500  # actions before another window is opened
TRIES = 40  # runs that the shrinking of one fault may take


@dataclass
class Seen:
    """What a child process did, and the first thing that went wrong, "" for nothing."""

    deeds: list[dict[str, Any]]
    fault: str


def run(count: int, seed: int) -> Tally:
    """Act so often, in windows that last for `AT_ONCE` actions."""
    tally, known = Tally(), set[str]()
    while tally.tried < count:
        seen = _robot({"seed": seed, "count": min(AT_ONCE, count - tally.tried)})
        seed += 1
        tally.tried += len(seen.deeds)
        if not seen.deeds:
            tally.faults.append(seen.fault or "the window opens and nothing can be done in it")
            break
        if seen.fault and _kind(seen.fault) not in known:
            known.add(_kind(seen.fault))
            tally.faults.append(_told(shrunk(seen)))
    return tally


def shrunk(seen: Seen) -> Seen:
    """The fault again with as few of its actions as were found to be enough: halves are left out, then single ones."""
    size, tries = max(1, len(seen.deeds) // 2), 0
    while tries < TRIES:
        for start in range(len(seen.deeds) - 1, -1, -size):
            without = seen.deeds[: max(0, start - size + 1)] + seen.deeds[start + 1 :]
            again = _robot({"deeds": without})
            tries += 1
            if again.fault and _kind(again.fault) == _kind(seen.fault):
                seen = again
                break
            if tries == TRIES:
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
    return seen


def _robot(order: dict[str, Any]) -> Seen:
    """A child that does as ordered, up to its first fault."""
    command = [sys.executable, "-u", "-m", "tests.reliability.robot"]
    seen, done = Seen([], ""), False
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.close()
        for line in process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                continue  # what the program prints
            if "deed" in told:
                seen.deeds.append(told["deed"])
            elif "fault" in told:
                seen.fault = told["fault"]
                process.kill()
                break
            else:
                done = True
        code = process.wait()
        errors.seek(0)
        stderr = errors.read()
    if not seen.fault and (code or not done):
        seen.fault = f"exit code {code}\n{stderr[-6000:]}"
    return seen


def _kind(fault: str) -> str:
    """What tells one fault from another: its last line, or where the process hung or died."""
    lines = [line.strip() for line in fault.splitlines() if line.strip()]
    if fault.startswith("exit code"):
        return next((line for line in lines if "playground/" in line), lines[0])
    return lines[-1] if fault.startswith("Traceback") or "\n" in fault else fault[:80]


def _told(seen: Seen) -> str:
    deeds = "\n".join(f"        {json.dumps(deed)}" for deed in seen.deeds[-12:])
    fault = "\n".join(f"        {line}" for line in seen.fault.splitlines()[-30:])
    return f"after {len(seen.deeds)} actions, of which the last are\n{deeds}\n{fault}"
