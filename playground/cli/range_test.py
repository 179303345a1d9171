"""`playground range-test`: looks for a good learning rate."""

from __future__ import annotations

import argparse
from pathlib import Path

from playground.cli.beginning import add_beginning, begin
from playground.cli.command import Command
from playground.cli.exits import DONE, INTERRUPTED, complain, ctrl_c
from playground.exchange.tables import write_columns
from playground.options.numerals import typed
from playground.study.range_test import HIGHEST, LOWEST, range_test

TEXT = f"""It trains from the initial weights, mini-batch by mini-batch, while the learning rate grows
from {typed(LOWEST)} to {typed(HIGHEST)}. It prints the rate at which the loss fell fastest, which is a good one to train with, and
the rate by which training had diverged. A schedule is left out: the rate is then good for its peak.
Where mini-batches differ so much that no fall is certain, larger ones show more.

FILE and settings are those of `playground train`; of a snapshot only config and data are used.
With --out the curve is written as CSV: rate, loss of the mini-batch, running average.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_beginning(parser)
    parser.add_argument("--out", metavar="FILE.csv", type=Path, help="file for the curve")


def _run(options: argparse.Namespace) -> int:
    session = begin(options.file, options.set)
    with ctrl_c() as stop:
        result = range_test(session.config, session.dataset, stop=stop.is_set)
    if result.suggestion is None:
        print("the loss did not fall for certain at any rate")
    else:
        print(f"{result.suggestion:.2g}\tthe loss fell fastest")
    if result.broke_at is not None:
        print(f"{result.broke_at:.2g}\ttraining had diverged")
    if options.out is not None:
        try:
            write_columns(
                ["learning_rate", "loss", "running_average"],
                [result.rates, result.losses, result.smoothed],
                options.out,
            )
        except OSError as error:
            return complain(f"{options.out}: cannot be written: {error.strerror}")
    return INTERRUPTED if stop.is_set() else DONE


RANGE_TEST = Command(
    usage="[FILE] [--out FILE.csv] [--set PATH=VALUE ...]",
    help="look for a good learning rate",
    text=TEXT,
    add_arguments=_add_arguments,
    run=_run,
)
