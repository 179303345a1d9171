"""The window plays for a long time, with every view in sight in turn: memory stays flat and frames keep coming."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

from tests.reliability.tally import Tally

WARM = 5  # seconds after which all is made that is made once
ALLOWED = 30.0  # megabytes that may come to it in the ten minutes that follow

# Plays for so many seconds, raising the next view each second; prints a JSON line [resident megabytes, steps] each second.
CHILD = """
import json, os, sys, tempfile
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui.shell.run_bar import RunBar
from playground.ui.theme import LIGHT
from playground.ui.window import Window
from tests.reliability.robot import until, wait

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

sys.setswitchinterval(1e-4)
application = QApplication(sys.argv[:1])
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
window = Window(Session(Config()), LIGHT)
window.findChild(RunBar).choose_speed(None)
window.show()
until(lambda: window.workspace.frame is not None)
docks = [dock for _, dock in window.docks.items()]
for dock in docks:
    dock.raise_()
    wait(0.05)
window.runner.play()
for second in range(int(sys.argv[1])):
    docks[second % len(docks)].raise_()
    wait(1.0)
    print(json.dumps([resident(), window.workspace.frame.step]), flush=True)
window.files.keep()
window.close()
"""


def run(count: int, seed: int) -> Tally:
    """Play for `count` seconds."""
    tally = Tally()
    if not Path("/proc/self/statm").exists():
        return Tally(count, faults=["this system does not say how much memory a process has"])
    command = [sys.executable, "-c", CHILD, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said, errors = process.communicate()
    seen = [json.loads(line) for line in said.splitlines()]
    tally.tried = len(seen)
    if process.returncode:
        tally.faults.append(f"exit code {process.returncode}\n{errors[-2000:]}")
    if len(seen) > 2 * WARM:
        grown = seen[-1][0] - seen[WARM][0]
        if grown > ALLOWED:
            tally.faults.append(f"memory grew by {grown:.0f} MB in {len(seen) - WARM} s")
    if any(later[1] <= earlier[1] for earlier, later in itertools.pairwise(seen)):
        tally.faults.append("training stood still for a second")
    return tally
