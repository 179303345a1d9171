"""Hypothesis strategies that walk the knob tables, so that a new choice is drawn as soon as it stands in its table."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from playground.experiment.config import Config
from playground.options import (
    Choice,
    Flag,
    Integer,
    Items,
    Knob,
    Names,
    Number,
    Options,
    Section,
    Subset,
    Text,
    knobs,
    with_value,
)


def values(knob: Knob) -> SearchStrategy[Any]:
    """Whatever the knob allows."""
    match knob:
        case Integer():
            return st.integers(int(knob.minimum), int(knob.maximum))
        case Number():
            return st.floats(knob.minimum, knob.maximum)
        case Flag():
            return st.booleans()
        case Text():
            return st.sampled_from(knob.values) if knob.values else st.text()
        case Subset():
            return st.lists(st.sampled_from(knob.values), min_size=1, unique=True).map(tuple)
        case Names():
            return st.lists(st.text(), max_size=5, unique=True).map(tuple)
        case Choice():
            chosen = st.one_of([options(cls) for cls in knob.table.values()])
            return st.none() | chosen if knob.automatic else chosen
        case Section():
            return options(knob.cls)
        case Items():
            return st.lists(options(knob.cls), max_size=knob.maximum).map(tuple)
    raise AssertionError(f"no strategy for {type(knob).__name__}")


def options(cls: type[Options]) -> SearchStrategy[Any]:
    """Any object of an Options class."""
    return st.builds(cls, **{name: values(knob) for name, knob in knobs(cls).items()})


def configs() -> SearchStrategy[Config]:
    """Any experiment."""
    return options(Config)


def plain_values() -> SearchStrategy[Any]:
    """Anything that JSON can say, and NaN and the infinities, which Python's reader takes too."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def small_configs() -> SearchStrategy[Config]:
    """Any experiment whose size is no matter: few examples where they can be chosen, few layers, few members."""
    return configs().map(_small)


def _small(config: Config) -> Config:
    points = getattr(config.data.source, "points", None)
    if points is not None:
        config = with_value(config, "data.source.points", 20 + points % 40)
    hidden = tuple(with_value(layer, "units", 1 + layer.units % 6) for layer in config.network.hidden[:3])
    config = with_value(config, "network.hidden", hidden)
    if config.training.optimizer.full_batch:
        config = with_value(config, "training.batch_size", 1_000_000)
    changed: Config = with_value(config, "ensemble.members", 1 + config.ensemble.members % 4)
    return changed
