"""Experiments for tests: the default one with other values at dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.experiment.config import Config
from playground.options import with_text, with_value


def edited(values: Mapping[str, Any], config: Config | None = None) -> Config:
    """The config, or else the default, with values at dotted paths."""
    config = config or Config()
    for path, value in values.items():
        config = with_value(config, path, value)
    return config


def written(*edits: tuple[str, str]) -> Config:
    """The default with texts at dotted paths, as the command line takes them."""
    config = Config()
    for path, text in edits:
        config = with_text(config, path, text)
    return config
