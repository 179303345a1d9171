"""What a command is: what its help says, which arguments it takes, and what it does. Knows none of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple


class Command(NamedTuple):
    """One word on the command line and what may follow it.

    Attributes:
        usage: its arguments in short.
        help: what it does, in a line.
        text: what else its help says, as it is written.
        add_arguments: tells a parser what may follow.
        run: does it with what was given, and answers the exit code; `refuse` among that ends with a sentence on misuse.
    """

    usage: str
    help: str
    text: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


# How all help is laid out: texts as they are written, and no option by half its name.
LAYOUT: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}


def add_command(parsers: Any, name: str, command: Command) -> None:
    """A parser of its own among `parsers`, which argparse has for this."""
    parser = parsers.add_parser(name, description=command.help, epilog=command.text, **LAYOUT)
    command.add_arguments(parser)
    parser.set_defaults(run=command.run, refuse=parser.error)
