"""How a field declares its knob: `rate: float = number(0.03, ...)` in a frozen dataclass."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from playground.options.knobs import Choice, Flag, Integer, Items, Names, Number, Options, Section, Subset, Text


def number(default: float, minimum: float, maximum: float, label: str, help: str = "", scale: str = "linear") -> Any:
    knob = Number(label=label, help=help, minimum=minimum, maximum=maximum, scale=scale)
    return dataclasses.field(default=default, metadata={"knob": knob})


def integer(default: int, minimum: int, maximum: int, label: str, help: str = "", scale: str = "linear") -> Any:
    knob = Integer(label=label, help=help, minimum=minimum, maximum=maximum, scale=scale)
    return dataclasses.field(default=default, metadata={"knob": knob})


def flag(default: bool, label: str, help: str = "") -> Any:
    return dataclasses.field(default=default, metadata={"knob": Flag(label=label, help=help)})


def text(default: str, label: str, help: str = "", values: tuple[str, ...] = ()) -> Any:
    return dataclasses.field(default=default, metadata={"knob": Text(label=label, help=help, values=values)})


def subset(default: tuple[str, ...], values: tuple[str, ...], label: str, help: str = "") -> Any:
    return dataclasses.field(default=default, metadata={"knob": Subset(label=label, help=help, values=values)})


def names(default: tuple[str, ...], label: str, help: str = "") -> Any:
    return dataclasses.field(default=default, metadata={"knob": Names(label=label, help=help)})


def choice(
    default: Options | None, table: Mapping[str, type[Any]], label: str, help: str = "", automatic: bool = False
) -> Any:
    knob = Choice(label=label, help=help, table=table, automatic=automatic)
    return dataclasses.field(default=default, metadata={"knob": knob})


def section(cls: type[Options], label: str) -> Any:
    return dataclasses.field(default_factory=cls, metadata={"knob": Section(label=label, cls=cls)})


def items(default: tuple[Any, ...], cls: type[Options], maximum: int, label: str, help: str = "") -> Any:
    knob = Items(label=label, help=help, cls=cls, maximum=maximum)
    return dataclasses.field(default=default, metadata={"knob": knob})
