"""Processes killed while they save: the old file is there or the new one, all of it, and the next start leaves no litter.

Run as a program, it is the nursery: it forks the processes that are killed, which saves each the start of an interpreter.
"""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playground.exchange.atomic import sweep, write_atomically
from playground.exchange.config_file import read_config
from playground.exchange.copies import Copy
from playground.exchange.snapshot import Checkpoint, load_snapshot, save_snapshot
from playground.exchange.tables import write_history
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from tests.reliability.tally import Tally

LATEST = 0.08  # seconds from the first save to the kill
FILES = ["config.json", "history.csv", "run.safetensors"]
LOST = 10.0  # seconds of work that a killed window may cost

# A window that trains, with a copy each second; prints the step that is shown, and when, as JSON.
WINDOW = """
import json, sys, tempfile, time
from pathlib import Path
from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QApplication
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui.workspace import autosave
from playground.ui.theme import LIGHT
from playground.ui.window import Window
from tests.reliability.robot import until, wait

autosave.INTERVAL = int(sys.argv[2])
autosave.QStandardPaths.writableLocation = lambda _: sys.argv[1]
application = QApplication(sys.argv[:1])
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
window = Window(Session(Config()), LIGHT)
window.show()
until(lambda: window.workspace.frame is not None)
window.runner.play()
while True:
    wait(0.05)
    print(json.dumps([window.workspace.frame.step, time.monotonic()]), flush=True)
"""


def run(count: int, seed: int) -> Tally:
    """Kill so many saving processes."""
    command = [sys.executable, "-m", "tests.reliability.kills", str(count), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True)
    faults = [json.loads(line) for line in done.stdout.splitlines()]
    tally = Tally(len(faults), faults=[fault for fault in faults if fault])
    if done.returncode:
        tally.faults.append(f"the nursery ended with {done.returncode}\n{done.stderr[-2000:]}")
    return tally


def run_windows(count: int, seed: int, interval: int = 1000) -> Tally:
    """Kill so many windows that train: what is left is at most ten seconds old."""
    tally, chance = Tally(), random.Random(seed)
    for _ in range(count):
        tally.tried += 1
        fault = _kill_window(2.2 * interval / 1000 + chance.random() * interval / 1000, interval)
        if fault:
            tally.faults.append(fault)
    return tally


def _kill_window(seconds: float, interval: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", WINDOW, folder, str(interval)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            seen: list[tuple[int, float]] = []
            while not seen or time.monotonic() < seen[0][1] + seconds:
                line = process.stdout.readline()
                if not line:
                    return f"the window ended by itself\n{process.communicate()[1][-2000:]}"
                seen.append(tuple(json.loads(line)))
            process.kill()
            killed = time.monotonic()
        copies = Copy.left(Path(folder) / "copies")
        if len(copies) != 1:
            return f"killed after {seconds:.2f} s, {len(copies)} copies are left"
        step = copies[0].read().step_count
        lost = killed - max((when for shown, when in seen if shown <= step), default=0.0)
        copies[0].remove()
        litter = os.listdir(Path(folder) / "copies")
    if litter:
        return f"killed after {seconds:.2f} s, there is litter: {litter}"
    return f"killed after {seconds:.2f} s, {lost:.1f} s are lost" if lost > LOST else ""


# The nursery


def _nurse(count: int, seed: int) -> None:
    """Fork, kill and look, so often; prints what is wrong, "" for nothing, as a JSON line each."""
    session = Session(Config())
    session.step(50)
    for index in range(count):
        delay = random.Random(f"{seed} {index}").random() * LATEST
        with tempfile.TemporaryDirectory() as folder:
            reading, writing = os.pipe()
            child = os.fork()
            if not child:
                os.close(reading)
                _save_for_ever(session, Path(folder), writing)
            os.close(writing)
            os.read(reading, 1)  # everything has been saved once
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)
            fault = _look(Path(folder))
        print(
            json.dumps(f"kill {index} of seed {seed}, after {1000 * delay:.1f} ms: {fault}" if fault else ""),
            flush=True,
        )


def _save_for_ever(session: Session, folder: Path, told: int) -> None:
    copy = Copy.make(folder / "copies")
    while True:
        save_snapshot(session, folder / "run.safetensors")
        write_history(session.history, folder / "history.csv")
        write_atomically(folder / "config.json", session.config.to_json().encode())
        copy.write(Checkpoint.of(session))
        if told:
            os.write(told, b".")
            os.close(told)
            told = 0
        session.step(37)


def _look(folder: Path) -> str:
    """What is wrong after a kill, "" for nothing."""
    steps = load_snapshot(folder / "run.safetensors").step_count
    alone = Session(Config())
    alone.step(steps)
    if not (load_snapshot(folder / "run.safetensors").network.parameters == alone.network.parameters).all():
        return "the snapshot holds other weights than its run had"
    if read_config(folder / "config.json") != Config():
        return "the configuration is another"
    with open(folder / "history.csv", newline="") as file:
        rows = list(csv.reader(file))
    if len({len(row) for row in rows}) != 1:
        return "a row of the history is cut off"
    copies = Copy.left(folder / "copies")
    if [copy.read().step_count - steps for copy in copies] not in ([0], [-37]):
        return f"the copies hold {[copy.read().step_count for copy in copies]} steps, the snapshot {steps}"
    copies[0].remove()
    sweep(folder)
    litter = sorted(set(os.listdir(folder)) - {"copies"}), os.listdir(folder / "copies")
    return "" if litter == (FILES, []) else f"there are {litter}"


if __name__ == "__main__":
    _nurse(int(sys.argv[1]), int(sys.argv[2]))
