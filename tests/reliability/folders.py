"""Folders that do not take what is written: read-only, gone, a file in their place, a full disk. Each writer says so in a
sentence and leaves what was there.

Run as a program, it forks a process for each case, in which rights and room can be given up for good.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from playground.cli import main as command
from playground.exchange import report
from playground.exchange.atomic import write_atomically
from playground.exchange.copies import Copy
from playground.exchange.report import REPORT_NEEDS, sheet
from playground.exchange.report.pictures import boundary_picture, gradients_picture
from playground.exchange.snapshot import Checkpoint, SnapshotError, save_snapshot
from playground.exchange.tables import write_history
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from tests.reliability.tally import Tally

NOBODY = 65534
OLD = b"what was there before"
LARGEST = 40_000  # bytes that a file may have on the fullest of disks

Writer = Callable[
    [Path], list[str]
]  # what it says is wrong, in sentences; it may raise OSError or SnapshotError instead


def run(count: int, seed: int) -> Tally:
    """So many writings into broken folders."""
    words = [sys.executable, "-m", "tests.reliability.folders", str(count), str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    told = [json.loads(line) for line in done.stdout.splitlines()]
    refused = sum(case["refused"] for case in told)
    tally = Tally(len(told), refused, [f"{case['name']}: {case['fault']}" for case in told if case["fault"]])
    if done.returncode:
        tally.faults.append(f"ended with {done.returncode}\n{done.stderr[-2000:]}")
    return tally


# What breaks a folder


def _read_only(folder: Path, chance: random.Random) -> None:
    folder.chmod(0o555)
    if os.geteuid() == 0:  # whom no mode stops
        folder.parent.chmod(0o755)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)


def _gone(folder: Path, chance: random.Random) -> None:
    shutil.rmtree(folder)


def _a_file_in_its_place(folder: Path, chance: random.Random) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(OLD)


def _folders_in_place_of_files(folder: Path, chance: random.Random) -> None:
    for path in folder.iterdir():
        path.unlink()
        path.mkdir()


def _full(folder: Path, chance: random.Random) -> None:
    most = chance.choice((0, 1, 100, chance.randrange(LARGEST)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


BROKEN = {
    "read-only": _read_only,
    "gone": _gone,
    "a file": _a_file_in_its_place,
    "folders inside": _folders_in_place_of_files,
    "full": _full,
}

# Who writes


@cache
def _session() -> Session:
    session = Session(Config())
    session.step(120)
    session.frame(REPORT_NEEDS)
    session.step(5)
    return session


def _snapshot(folder: Path) -> list[str]:
    save_snapshot(_session(), folder / "run.safetensors")
    return []


def _history(folder: Path) -> list[str]:
    write_history(_session().history, folder / "history.csv")
    return []


def _config(folder: Path) -> list[str]:
    write_atomically(folder / "config.json", _session().config.to_json().encode())
    return []


def _boundary(folder: Path) -> list[str]:
    boundary_picture(_session().frame(REPORT_NEEDS), folder / "boundary.png")
    return []


def _gradients(folder: Path) -> list[str]:
    gradients_picture(_session().frame(REPORT_NEEDS), folder / "gradients.png")
    return []


def _report(folder: Path) -> list[str]:
    return report.write_report(_session().frame(REPORT_NEEDS), _session().config, folder)


def _copy(folder: Path) -> list[str]:
    copy = Copy.make(folder / "copies")
    try:
        copy.write(Checkpoint.of(_session()))
    finally:
        copy.remove()
    return []


@cache
def _view() -> Any:
    """A view that has drawn, and what keeps it alive."""
    from PySide6.QtWidgets import QApplication

    from playground.ui.theme import LIGHT
    from playground.ui.views.loss import LossView
    from playground.ui.workspace.document import Document

    application = QApplication(["figure"])
    view = LossView(Document(_session().config), LIGHT)
    view.show_frame(_session().frame(REPORT_NEEDS))
    return view, application


def _figure(ending: str, folder: Path) -> list[str]:
    from playground.ui.viewing.figure import save_figure

    save_figure(_view()[0], folder / f"figure.{ending}")
    return []


def _command(words: list[str], folder: Path) -> list[str]:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = command([word.replace("FOLDER", str(folder)) for word in words])
    lines = said.getvalue().splitlines()
    if (code == 2) != bool(lines) or not all(line.startswith("playground: ") for line in lines):
        raise AssertionError(f"exit code {code} with {lines}")
    return lines


WRITERS: dict[str, Writer] = {
    "snapshot": _snapshot,
    "history": _history,
    "configuration": _config,
    "boundary": _boundary,
    "gradients": _gradients,
    "report": _report,
    "copy": _copy,
    "PNG": lambda folder: _figure("png", folder),
    "SVG": lambda folder: _figure("svg", folder),
    "train": lambda folder: _command(["train", "--out", "FOLDER", "--epochs", "1", "--quiet"], folder),
    "train, report": lambda folder: _command(["train", "--report", "FOLDER", "--epochs", "1", "--quiet"], folder),
    "range-test": lambda folder: _command(["range-test", "--out", "FOLDER/curve.csv"], folder),
}
NAMES = (
    "run.safetensors", "history.csv", "config.json", "boundary.png", "gradients.png", "diagnosis.md", "layers.png", "copies",
    "figure.png", "figure.svg", "snapshot.safetensors", "curve.csv",
)  # fmt: skip
MENDED = {"train", "train, report", "copy"}  # who make a folder that is not there


def _case(index: int, seed: int) -> dict[str, object]:
    """Write into a broken folder; what came of it."""
    writer = list(WRITERS)[index % len(WRITERS)]
    broken = list(BROKEN)[(index // len(WRITERS) + index) % len(BROKEN)]
    name = f"{writer}, {broken}, case {index} of seed {seed}"
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "folder"
        folder.mkdir()
        for file in NAMES:
            (folder / file).write_bytes(OLD)
        if writer == "copy":
            (folder / "copies").unlink()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, json.dumps(_attempt(writer, broken, folder, random.Random(f"{seed} {index}"))).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            answer = told.read()
        _, status = os.waitpid(child, 0)
        said, fault = json.loads(answer) if answer else ([], f"the process ended with {status}")
        fault = fault or _litter(folder)
        if (
            not fault
            and not said
            and broken != "full"
            and not (broken in ("gone", "folders inside") and writer in MENDED)
        ):
            fault = "nothing was said"
    return {"name": name, "refused": bool(said), "fault": fault}


def _attempt(writer: str, broken: str, folder: Path, chance: random.Random) -> tuple[list[str], str]:
    """What the writer says, and what is wrong with that, "" for nothing."""
    if writer in ("PNG", "SVG"):
        _view()
    BROKEN[broken](folder, chance)
    try:
        said = WRITERS[writer](folder)
    except SnapshotError as error:
        said = [str(error)]
    except OSError as error:
        said = [error.strerror or ""]
    except Exception:
        return [], traceback.format_exc()
    wrong = [sentence for sentence in said if not sentence or "None" in sentence or len(sentence.splitlines()) != 1]
    return said, f"no sentence: {wrong[0]!r}" if wrong else ""


def _litter(folder: Path) -> str:
    """What is there now beside what was there, or whole new files."""
    if folder.is_file():
        return "" if folder.read_bytes() == OLD else "the file in place of the folder has changed"
    left = [path for path in folder.rglob("*") if path.name.endswith((".part", ".held", ".data", ".run"))]
    if left:
        return f"there is litter: {[path.name for path in left]}"
    empty = [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size == 0]
    return f"these are empty: {empty}" if empty else ""


def _warm() -> None:
    """Load once what every case needs, some of which nobody may read; two pictures of a report stand for all."""
    report.PICTURES = dict(list(report.PICTURES.items())[:2])
    sheet.DOTS_PER_INCH = 20
    with tempfile.TemporaryDirectory() as folder:
        _report(Path(folder))
    import_module("playground.ui.views.loss")  # without an application, which no fork survives


if __name__ == "__main__":
    _warm()
    for number in range(int(sys.argv[1])):
        print(json.dumps(_case(number, int(sys.argv[2]))), flush=True)
