"""The command line: opens the window, or hands over to a command that needs none. The only room that knows both ways."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import playground
from playground.cli.beginning import explained_parser
from playground.cli.choices import describe
from playground.cli.exits import DONE, INTERRUPTED, complain
from playground.cli.range_test import test_range
from playground.cli.training import train
from playground.data.dataset import DataError
from playground.exchange.snapshot import SnapshotError
from playground.experiment.config import Config, ConfigError

SUMMARY = "Neural Network Playground: draw a network, press play, and see why it learns or why it doesn't."
USAGE = """playground [FILE]
       playground train [FILE] --out DIR [--report DIR] [--epochs N] [--set PATH=VALUE ...]
       playground range-test [FILE] [--out FILE.csv] [--set PATH=VALUE ...]
       playground choices"""

HELP = """commands:
  playground [FILE]       open the window, if you like with a snapshot, a config or data
  playground train        train without a window; leave snapshot, history, pictures, a diagnosis in a folder
  playground range-test   look for a good learning rate
  playground choices      list all that can be set: data sets, activations, losses, optimizers, ...

FILE is a snapshot if it ends in .safetensors, a config if it ends in .json, and else data (CSV).

examples:
  playground
  playground run/snapshot.safetensors
  playground train --out run --epochs 300 --set data.source=spiral --set network.hidden.0.units=8
  playground train run/snapshot.safetensors --out run --set training.learning_rate=0.01
  playground train --report why --set network.initializer=zeros
  playground train flowers.csv --out flowers --set data.source.target=species
  playground range-test --set training.optimizer=adam

without a screen:
  `playground train` and `playground range-test` need none.
  For the window: a desktop, or `xvfb-run playground`, or ssh -X.

exit codes:
  0  done                               3    the run diverged; its files are written all the same
  1  the window cannot be opened        130  stopped with Ctrl+C; the files are written too
  2  bad input, or a file that cannot be written
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the answer is the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        match list(arguments):
            case ["train", *rest]:
                return train(rest)
            case ["range-test", *rest]:
                return test_range(rest)
            case ["choices"]:
                print("\n".join(describe(Config())))
                return DONE
            case given:
                return _open_window(_parser().parse_args(given).file)
    except (ConfigError, DataError, SnapshotError) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = explained_parser("playground", SUMMARY, HELP, USAGE)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="snapshot, config or data to open")
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version, and which loop trains, and leave")
    return parser


def _open_window(file: Path | None) -> int:
    from playground.ui.app import main as show_window

    return show_window(file)


class _Version(argparse.Action):
    """Says more than a string could that is made for every command: it loads the mathematics."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from playground.nn.native.trust import standing

        print(f"playground {playground.__version__}, {standing()}")
        parser.exit()
