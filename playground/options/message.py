"""A sentence for people that can still be translated: its words, and apart from them what they speak of. Knows no language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, init=False)
class Message:
    """A template such as "{dead} of the {units} units of {layer} are 0" and its values; `str` is the English sentence.

    A value may be a message itself, and is then translated too. Numbers are values as `numerals` writes them.
    `NOTHING` says nothing, and is False.
    """

    template: str
    values: Mapping[str, object] = field(hash=False)

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)

    def said(self, translate: Callable[[str], str]) -> str:
        """The sentence in another language, which `translate` finds the templates in."""
        values = {
            name: value.said(translate) if isinstance(value, Message) else value for name, value in self.values.items()
        }
        return translate(self.template).format(**values) if self.template else ""

    def __str__(self) -> str:
        return self.said(str)

    def __bool__(self) -> bool:
        return bool(self.template)


class Sentence(Message):
    """A message that begins with a capital, whatever its first value is."""

    def said(self, translate: Callable[[str], str]) -> str:
        text = super().said(translate)
        return text[:1].upper() + text[1:]


NOTHING = Message("")
