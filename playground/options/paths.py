"""A copy of some options with another value at a dotted path: the value itself, or the text that someone typed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import Any

from playground.options.errors import ConfigError, at, printable
from playground.options.knobs import Knob, Names, Options, Section, Text, knobs, unknown

NOTHING_BELOW = "there is nothing below this field"


def with_value(options: Options, path: str, value: Any) -> Any:
    """A copy of `options` in which the field at a dotted path, e.g. ``network.hidden.0.units``, holds `value`.

    Raises:
        ConfigError: naming the path, when there is no such field or it may not hold the value.
    """
    head, _, rest = path.partition(".")
    knob = knobs(type(options)).get(head)
    if knob is None:
        raise unknown(type(options), printable(path))
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
        typed = text.strip(' "')
        plain = [name.strip() for name in typed.split(",")] if typed else []
    return with_value(options, path, at(path, knob.decode, plain))


def knob_paths(options: Options, prefix: str = "") -> Iterator[tuple[str, Knob]]:
    """Every knob below some options by its dotted path: each entry's of a list, and of a choice those of what is chosen."""
    for name, knob in knobs(type(options)).items():
        path, value = prefix + name, getattr(options, name)
        if not isinstance(knob, Section):
            yield path, knob
        if isinstance(value, Options):
            yield from knob_paths(value, f"{path}.")
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Options):
                    yield from knob_paths(item, f"{path}.{index}.")


def _knob_at(options: Options, path: str) -> Knob:
    """The knob of the field at a dotted path."""
    knob: Knob | None = None
    owner: Any = options
    walked: list[str] = []
    for part in path.split("."):
        walked.append(part)
        here = ".".join(map(printable, walked))
        if isinstance(owner, tuple):
            knob, owner = None, owner[_index(part, owner, here)]
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
    place = _index(index, items, printable(index))
    items[place] = at(index, _with_inner, items[place], rest, value) if rest else value
    return tuple(items)


def _index(text: str, items: Sequence[Any], where: str) -> int:
    places = {str(place): place for place in range(len(items))}
    if text not in places:
        raise ConfigError(where, "there are {count} entries, counted from 0", count=len(items))
    return places[text]
