"""What is said of a value that cannot be used, and where it stands."""

from __future__ import annotations

import json
from typing import Any

from playground.options.message import Message


class InputError(ValueError):
    """Something that came from outside and cannot be used; `message` is one sentence that names what and where."""

    def __init__(self, told: str | Message, /, **values: object) -> None:
        super().__init__(told)
        self.message = Message(told, **values) if isinstance(told, str) else told

    def __str__(self) -> str:
        return str(self.message)


class ConfigError(InputError):
    """A value that cannot be used; `path` says where it stands, e.g. ``training.batch_size``, and `reason` why."""

    def __init__(self, path: str, reason: str | Message, /, **values: object) -> None:
        self.path = path
        self.reason = Message(reason, **values) if isinstance(reason, str) else reason
        super().__init__(Message("{path}: {reason}", path=path, reason=self.reason) if path else self.reason)

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
