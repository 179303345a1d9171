"""`playground train`: trains without a window, and leaves what came of it in a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playground.cli.beginning import add_beginning, begin, setting
from playground.cli.command import Command
from playground.cli.exits import DIVERGED, DONE, INTERRUPTED, complain, ctrl_c
from playground.cli.progress import train
from playground.exchange.files import EXPORTS
from playground.exchange.report import PICTURES, REPORT_NEEDS, write_report
from playground.exchange.snapshot import SnapshotError
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.options import knobs, with_text

PICTURED = ("boundary", "gradients")
LEFT = [*(export.name for export in EXPORTS.values()), *(f"{name}.png" for name in PICTURED)]

TEXT = f"""FILE:
  *.safetensors   a snapshot: goes on where it was saved, unless a setting makes it start anew
  *.json          a config, such as the config.json that an earlier run has left; all fields are optional
  anything else   data (CSV); name the column to predict with --set data.source.target=NAME
  Without FILE it is the experiment that the window starts with.

settings:
  --set training.learning_rate=0.1            a number
  --set training.optimizer=adam               one of a table, with its usual knobs ...
  --set training.optimizer.beta1=0.8          ... and then one of these knobs
  --set network.hidden='[{{"units": 8}}, {{}}]'   any JSON
  `playground choices` lists them all.

files:
  With --out, DIR gets {", ".join(LEFT[:-1])} and {LEFT[-1]}.
  With --report, DIR gets diagnosis.md, which says in plain words what is wrong with the run and what helps,
  and a picture of everything that can be seen of it: of the first layer, unit and example, unless --look
  says otherwise, counting from 0, as in --look layer=1 --look unit=3. Both may be one folder; one is enough.
  They are made if need be; files of these names in them are overwritten, others are left alone.
"""


def _run(options: argparse.Namespace) -> int:
    if options.out is None and options.report is None:
        options.refuse("say where the results go: --out DIR, --report DIR or both")
    session = begin(options.file, options.set)
    selection = session.selection
    for name, text in options.look:
        selection = with_text(selection, name, text)
    session.select(selection)
    for folder in filter(None, (options.out, options.report)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return complain(f"{folder}: cannot be made: {error.strerror}")
    if options.report is not None:
        session.observe(REPORT_NEEDS)
    with ctrl_c() as stop:
        train(session, options.epochs, stop, options.quiet)
    frame = session.frame(REPORT_NEEDS if options.report else MAIN)
    code = DONE if options.out is None else _write(session, frame, options.out)
    if options.report is not None:
        code = _report(frame, session.config, options.report) or code
    if frame.divergence is not None:
        complain(f"{frame.divergence.message} A lower learning rate may help.")
        return code or DIVERGED
    if frame.ending and not options.quiet:
        print(frame.ending, file=sys.stderr)
    return code or (INTERRUPTED if stop.is_set() else DONE)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_beginning(parser)
    add = parser.add_argument
    add("--out", metavar="DIR", type=Path, help="folder for the results")
    add("--report", metavar="DIR", type=Path, help="folder for a diagnosis in words, and pictures of everything")
    looked = "look closely at another " + ", ".join(knobs(Selection)) + "; repeatable"
    add("--look", metavar="NAME=VALUE", type=setting, action="append", default=[], help=looked)
    add("--epochs", metavar="N", type=_count, default=100, help="how many to train (default: 100)")
    add("--quiet", action="store_true", help="say only what is wrong")


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 999,999,999")
    return int(text)


def _write(session: Session, frame: Frame, folder: Path) -> int:
    """Leave all results that can be written; the answer is the exit code."""
    results: dict[str, Callable[[Path], None]] = {
        **{export.name: partial(export.write, session) for export in EXPORTS.values()},
        **{f"{name}.png": partial(PICTURES[name], frame) for name in PICTURED},
    }
    code = DONE
    for name, write in results.items():
        try:
            write(folder / name)
        except SnapshotError as error:
            code = complain(str(error))
        except OSError as error:
            code = complain(f"{name}: cannot be written: {error.strerror}")
    return code


def _report(frame: Frame, config: Config, folder: Path) -> int:
    """Leave the diagnosis and all pictures; the answer is the exit code."""
    failures = write_report(frame, config, folder)
    return max((complain(sentence) for sentence in failures), default=DONE)


TRAIN = Command(
    usage="[FILE] --out DIR [--report DIR] [--epochs N] [--set PATH=VALUE ...]",
    help="train without a window; leave snapshot, history, pictures, a diagnosis in a folder",
    text=TEXT,
    add_arguments=_add_arguments,
    run=_run,
)
