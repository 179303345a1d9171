"""Hypothesis strategies that walk the knob tables, so that a new choice is drawn as soon as it stands in its table."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from playground.data.dataset import Source
from playground.data.generators import Circle
from playground.data.sources import SOURCES
from playground.experiment.config import Config
from playground.experiment.pairing import fitting
from playground.experiment.stopping import EarlyStopping
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
            return st.integers(int(knob.minimum), int(knob.maximum)) | _of_any_size(knob).map(int)
        case Number():
            return st.floats(knob.minimum, knob.maximum) | _of_any_size(knob)
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


def _of_any_size(knob: Number) -> SearchStrategy[float]:
    """As likely between 0.01 and 0.1 as between 10 and 100, where that is what the knob's scale says."""
    if knob.scale != "log":
        return st.nothing()
    powers = st.floats(math.log10(knob.minimum), math.log10(knob.maximum))
    return powers.map(lambda power: min(max(10.0**power, knob.minimum), knob.maximum))


def options(cls: type[Options]) -> SearchStrategy[Any]:
    """Any object of an Options class."""
    return st.builds(cls, **{name: values(knob) for name, knob in knobs(cls).items()})


def configs() -> SearchStrategy[Config]:
    """Any experiment."""
    return options(Config)


@cache
def whole_configs() -> SearchStrategy[Config]:
    """Any experiment of any size, as far as it needs no file; most go together: what only data can tell is made to fit."""
    for source in SOURCES.values():
        if not _is_file(source()):
            source().load(np.random.default_rng(0))  # imports what it wants, which must not happen while drawing
    return st.builds(_fitting, configs(), st.integers(0, 9))


def _is_file(source: Source) -> bool:
    return any(isinstance(knob, Text) for knob in knobs(type(source)).values())


def _fitting(config: Config, chance: int) -> Config:
    """One in ten is left as it is drawn, so that what does not go together is met too."""
    if _is_file(config.data.source):
        config = with_value(config, "data.source", Circle())
    if not chance:
        return config
    dataset = config.data.source.load(np.random.default_rng(0))
    if isinstance(config.training.stopping, EarlyStopping):
        config = with_value(config, "data.validation_share", max(config.data.validation_share, 0.2))
    return fitting(config, len(dataset.classes))


def plain_values() -> SearchStrategy[Any]:
    """Anything that JSON can say, and NaN and the infinities, which Python's reader takes too."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def small_configs() -> SearchStrategy[Config]:
    """Any experiment whose size is no matter: few examples where they can be chosen, few layers, few members."""
    return whole_configs().map(_small)


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
