"""`playground choices`: all that can be set, with defaults, ranges and formulas."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from playground.cli.command import Command
from playground.cli.exits import DONE
from playground.experiment.config import Config
from playground.options import Choice, Items, Knob, Number, Options, Section, Subset, Text, knobs
from playground.options.numerals import counted, typed


def describe(options: Options, prefix: str = "") -> Iterator[str]:
    """Lines on every path below `options` that --set knows: what it is, its default, what it may be."""
    for name, knob in knobs(type(options)).items():
        path, value = prefix + name, getattr(options, name)
        if isinstance(knob, Section):
            yield f"{knob.label}\n"
            yield from describe(value, f"{path}.")
            yield ""
            continue
        yield f"  {path}{_domain(knob, value)}"
        if knob.help:
            yield f"      {knob.help}"
        if isinstance(knob, Choice):
            width = max(map(len, knob.table)) + 2
            for choice, cls in knob.table.items():
                own = [f"{name}{_domain(inner, getattr(cls(), name))}" for name, inner in knobs(cls).items()]
                yield f"        {choice:<{width}}{'; '.join(filter(None, [cls.formula, *own]))}".rstrip()
        elif isinstance(knob, Items):
            yield from describe(knob.cls(), f"{path}.0.")


def _domain(knob: Knob, value: object) -> str:
    """The default and what else there may be, e.g. " = 0.03 (1e-06 to 100)"."""
    if isinstance(knob, Items):
        return f": a list of at most {knob.maximum}; {knob.label.split()[-1]} count from 0"
    if isinstance(knob, Choice):
        return f" = {knob.name(value) if isinstance(value, Options) else 'null (automatic)'}"
    text = f" = {json.dumps(knob.encode(value), ensure_ascii=False)}"
    if isinstance(knob, Number):
        low, high = (
            counted(bound) if isinstance(bound, int) else typed(bound) for bound in (knob.minimum, knob.maximum)
        )
        return f"{text} ({low} to {high})"
    if isinstance(knob, Text | Subset) and knob.values:
        return f"{text} ({', '.join(knob.values)})"
    return text


def _run(_: argparse.Namespace) -> int:
    print("\n".join(describe(Config())))
    return DONE


CHOICES = Command(
    usage="",
    help="list all that can be set: data sets, activations, losses, optimizers, ...",
    text="Each line is a path that --set knows, with its default and what else it may be.",
    add_arguments=lambda parser: None,
    run=_run,
)
