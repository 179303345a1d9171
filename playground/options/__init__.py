"""How a knob describes itself: its kind, range, scale and label. Knows neither Qt nor any mathematics.

A set of knobs is a frozen dataclass derived from `Options`; each field is declared with one of the functions of
`fields`. Forms, JSON, the command line and the tests all walk the same `Knob` objects.
"""

from playground.options.errors import ConfigError
from playground.options.fields import choice, flag, integer, items, names, number, section, subset, text
from playground.options.knobs import (
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
)
from playground.options.paths import knob_paths, with_text, with_value

__all__ = [
    "Choice",
    "ConfigError",
    "Flag",
    "Integer",
    "Items",
    "Knob",
    "Names",
    "Number",
    "Options",
    "Section",
    "Subset",
    "Text",
    "choice",
    "flag",
    "integer",
    "items",
    "knob_paths",
    "knobs",
    "names",
    "number",
    "section",
    "subset",
    "text",
    "with_text",
    "with_value",
]
