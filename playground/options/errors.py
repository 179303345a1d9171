"""What is said of a value that cannot be used, and where it stands."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


class ConfigError(ValueError):
    """A value that cannot be used; `path` says where it stands, e.g. ``training.batch_size``."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason

    def under(self, parent: str) -> ConfigError:
        """The same error seen from one level up."""
        return ConfigError(f"{parent}.{self.path}" if self.path else parent, self.reason)


def at(name: str, function: Any, *arguments: Any) -> Any:
    """Call, and let a ConfigError name this level too."""
    try:
        return function(*arguments)
    except ConfigError as error:
        raise error.under(name) from None


def shown(value: object) -> str:
    """A value as it may stand in a sentence: as JSON, and not too long."""
    text = json.dumps(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def printable(name: object) -> str:
    """A field's name from someone's JSON, as it may stand in a sentence."""
    return shown(str(name))[1:-1]


def digits(value: float) -> str:
    """A number as people write it: 0.000001, 100, 2.5, 1e-8."""
    text = repr(value)
    if value == 0.0 or 1e-6 <= abs(value) < 1e15:
        return f"{Decimal(text):f}".removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"
