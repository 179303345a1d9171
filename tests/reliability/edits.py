"""One knob turned anywhere within its bounds: the smallest random edit of a config."""

from __future__ import annotations

import json
import random
from typing import Any

from playground.experiment.config import Config
from playground.options import Choice, Flag, Integer, Items, Knob, Names, Number, Options, Section, Subset, Text, knobs


def random_edit(config: Config, chance: random.Random) -> tuple[str, str]:
    """A dotted path, and a value that its knob takes as the command line would write it."""
    path, knob = chance.choice(_places(config, ""))
    value = _value(knob, chance)
    return path, value if isinstance(knob, Text) else json.dumps(knob.encode(value))


def _places(options: Options, prefix: str) -> list[tuple[str, Knob]]:
    """Every knob below, of choices and lists too, with its path."""
    places: list[tuple[str, Knob]] = []
    for name, knob in knobs(type(options)).items():
        path, value = prefix + name, getattr(options, name)
        if isinstance(knob, Section):
            places += _places(value, f"{path}.")
            continue
        places.append((path, knob))
        if isinstance(value, Options):
            places += _places(value, f"{path}.")
        elif isinstance(knob, Items):
            for index, item in enumerate(value):
                places += _places(item, f"{path}.{index}.")
    return places


def _value(knob: Knob, chance: random.Random) -> Any:
    match knob:
        case Integer():
            low, high = int(knob.minimum), int(knob.maximum)
            return chance.choice([low, min(high, low + chance.randrange(40)), chance.randint(low, high)])
        case Number():
            between = chance.uniform(0.0, 1.0) ** 6 * (knob.maximum - knob.minimum) + knob.minimum
            return chance.choice([knob.minimum, knob.maximum, between])
        case Flag():
            return chance.random() < 0.5
        case Text():
            return chance.choice(list(knob.values)) if knob.values else ""
        case Subset():
            return tuple(value for value in knob.values if chance.random() < 0.5) or tuple(knob.values[:1])
        case Names():
            return ()
        case Choice():
            cls = chance.choice(list(knob.table.values()))
            return cls() if not knob.automatic or chance.random() < 0.8 else None
        case Section():
            return knob.cls()
        case Items():
            return tuple(knob.cls() for _ in range(chance.randint(0, min(knob.maximum, 4))))
    raise AssertionError(f"no value for {type(knob).__name__}")
