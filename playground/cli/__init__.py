"""The command line: opens the window, or hands over to a command that needs none. The only room that knows both ways."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import playground
from playground.cli.choices import CHOICES
from playground.cli.command import LAYOUT, Command, add_command
from playground.cli.exits import INTERRUPTED, complain
from playground.cli.range_test import RANGE_TEST
from playground.cli.train import TRAIN
from playground.data.dataset import DataError
from playground.exchange.snapshot import SnapshotError
from playground.experiment.config import ConfigError

SUMMARY = "Neural Network Playground: draw a network, press play, and see why it learns or why it doesn't."

COMMANDS: dict[str, Command] = {"train": TRAIN, "range-test": RANGE_TEST, "choices": CHOICES}


def usage() -> str:
    """Every way to call it."""
    ways = (f"playground {name} {command.usage}".rstrip() for name, command in COMMANDS.items())
    return "\n       ".join(["playground [FILE]", *ways])


def help_text() -> str:
    """What the help says below the options."""
    ways = "\n".join(f"  playground {name:<12} {command.help}" for name, command in COMMANDS.items())
    return f"""commands:
  playground {"[FILE]":<12} open the window, if you like with a snapshot, a config or data
{ways}

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
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(command=bool(given) and given[0] in COMMANDS).parse_args(given)
    try:
        code: int = options.run(options)
    except (ConfigError, DataError, SnapshotError) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _parser(command: bool) -> argparse.ArgumentParser:
    """Of a command, or of the window, whose file may be called like anything else."""
    parser = argparse.ArgumentParser("playground", usage(), SUMMARY, help_text(), **LAYOUT)
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version, and which loop trains, and leave")
    if command:
        parsers = parser.add_subparsers(prog="playground")
        for name, one in COMMANDS.items():
            add_command(parsers, name, one)
    else:
        parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="snapshot, config or data to open")
        parser.set_defaults(run=_open_window)
    return parser


def _open_window(options: argparse.Namespace) -> int:
    from playground.ui.app import main as show_window

    return show_window(options.file)


class _Version(argparse.Action):
    """Says more than a string could that is made for every command: it loads the mathematics."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from playground.nn.native.trust import standing

        print(f"playground {playground.__version__}, {standing()}")
        parser.exit()
