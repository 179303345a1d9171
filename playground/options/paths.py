"""A copy of some options with another value at a dotted path: the value itself, or the text that someone typed."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from playground.options.errors import ConfigError, at
from playground.options.knobs import Knob, Names, Options, Text, knobs, unknown

NOTHING_BELOW = "there is nothing below this field"


def with_value(options: Options, path: str, value: Any) -> Any:
    """A copy of `options` in which the field at a dotted path, e.g. ``network.hidden.0.units``, holds `value`.

    Raises:
        ConfigError: naming the path, when there is no such field or it may not hold the value.
    """
    head, _, rest = path.partition(".")
    knob = knobs(type(options)).get(head)
    if knob is None:
        raise unknown(type(options), path)
    if rest:
        value = at(head, _with_inner, getattr(options, head), rest, value)
    return dataclasses.replace(options, **{head: value})  # type: ignore[type-var]


def with_text(options: Options, path: str, text: str) -> Any:
    """As `with_value`, from text such as the command line's ``0.1``, ``adam``, ``null`` or ``x1,x2``.

    Several names may also be a JSON list, which those with a comma in them need: ``["x1", "x2"]``.

    Raises:
        ConfigError: naming the path.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        plain = text
    knob = _knob_at(options, path)
    if isinstance(knob, Text):
        plain = text
    elif isinstance(knob, Names) and isinstance(plain, str | int | float):
        plain = [name.strip() for name in text.strip(' "').split(",")]
    return with_value(options, path, at(path, knob.decode, plain))


def _knob_at(options: Options, path: str) -> Knob:
    """The knob of the field at a dotted path."""
    knob: Knob | None = None
    owner: Any = options
    walked: list[str] = []
    for part in path.split("."):
        walked.append(part)
        here = ".".join(walked)
        if isinstance(owner, tuple):
            if not part.isdecimal() or int(part) >= len(owner):
                raise ConfigError(here, f"there are {len(owner)} entries, counted from 0")
            knob, owner = None, owner[int(part)]
        else:
            if not isinstance(owner, Options):
                raise ConfigError(here, NOTHING_BELOW)
            known = knobs(type(owner))
            if part not in known:
                raise unknown(type(owner), here)
            knob, owner = known[part], getattr(owner, part)
    if knob is None:
        raise ConfigError(path, "name a field of this entry")
    return knob


def _with_inner(inner: Any, path: str, value: Any) -> Any:
    if not isinstance(inner, tuple):
        if not isinstance(inner, Options):
            raise ConfigError(path, NOTHING_BELOW)
        return with_value(inner, path, value)
    index, _, rest = path.partition(".")
    items = list(inner)
    if not index.isdecimal() or int(index) >= len(items):
        raise ConfigError(index, f"there are {len(items)} entries, counted from 0")
    items[int(index)] = at(index, _with_inner, items[int(index)], rest, value) if rest else value
    return tuple(items)
