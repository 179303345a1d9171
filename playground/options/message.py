"""A sentence for people that can still be translated: its words, and apart from them what they speak of. Knows no language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, init=False)
class Message:
    """A template such as "{dead} of the {units} units of {layer} are 0" and its values; `str` is the English sentence.

    A value may be a message itself, and is then translated too. Numbers are values as `numerals` writes them.
    """

    template: str
    values: Mapping[str, object] = field(hash=False)

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return self.template.format(**self.values)
