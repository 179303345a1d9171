"""The kinds of knobs, and the options that are made of them. Knows nothing of what is turned with them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from playground.options.errors import ConfigError, at, printable, shown
from playground.options.numerals import counted, typed


class Options:
    """Base of every frozen dataclass of knobs: checked when made, and readable from and writable to plain JSON values.

    Raises:
        ConfigError: at construction, naming the field that is out of range.
    """

    label: ClassVar[str] = ""
    formula: ClassVar[str] = ""  # in plain characters
    latex: ClassVar[str] = ""  # the same, to be typeset

    def __post_init__(self) -> None:
        for name, knob in knobs(type(self)).items():
            at(name, knob.check, getattr(self, name))

    @classmethod
    def from_plain(cls, plain: object) -> Self:
        """Build from a JSON object; missing fields take their defaults, unknown ones are an error."""
        if not isinstance(plain, Mapping):
            raise ConfigError("", "must be an object with named fields, not {value}", value=shown(plain))
        known = knobs(cls)
        for name in plain:
            if name not in known:
                raise unknown(cls, printable(name))
        return cls(**{name: at(name, known[name].decode, value) for name, value in plain.items()})

    def to_plain(self) -> dict[str, Any]:
        """All fields as JSON values; `from_plain` reads them back to an equal object."""
        return {name: knob.encode(getattr(self, name)) for name, knob in knobs(type(self)).items()}


@dataclass(frozen=True, kw_only=True)
class Knob:
    """One adjustable value: what it is called and what it does. Subclasses add the values it may take."""

    label: str
    help: str = ""

    def check(self, value: Any) -> None:
        """Raise ConfigError unless `value` may stand in this field."""
        raise NotImplementedError

    def decode(self, plain: Any) -> Any:
        """The value that a JSON value stands for; `check` has the last word."""
        return plain

    def encode(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, kw_only=True)
class Number(Knob):
    """A real number in [minimum, maximum]; `scale` "log" asks a form for equal ratios instead of equal steps."""

    minimum: float
    maximum: float
    scale: str = "linear"

    def check(self, value: Any) -> None:
        real = isinstance(value, int | float) and not isinstance(value, bool)
        if not real or (isinstance(value, float) and not math.isfinite(value)):
            raise ConfigError("", "must be a number, not {value}", value=shown(value))
        self._check_range(value)

    def decode(self, plain: Any) -> Any:
        whole = isinstance(plain, int) and not isinstance(plain, bool)
        # A whole number out of range stays as it is for `check` to refuse: it may be too large for a float.
        return float(plain) if whole and self.minimum <= plain <= self.maximum else plain

    def _check_range(self, value: float) -> None:
        if not self.minimum <= value <= self.maximum:
            low, high = (counted(end) if isinstance(end, int) else typed(end) for end in (self.minimum, self.maximum))
            given = typed(value) if isinstance(value, float) else shown(value)
            raise ConfigError("", "must lie between {low} and {high}, not {given}", low=low, high=high, given=given)


@dataclass(frozen=True, kw_only=True)
class Integer(Number):
    """A whole number in [minimum, maximum]."""

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ConfigError("", "must be a whole number, not {value}", value=shown(value))
        self._check_range(value)

    def decode(self, plain: Any) -> Any:
        return plain


@dataclass(frozen=True, kw_only=True)
class Flag(Knob):
    """Yes or no."""

    def check(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise ConfigError("", "must be true or false, not {value}", value=shown(value))


@dataclass(frozen=True, kw_only=True)
class Text(Knob):
    """A text; one of `values` where these are given."""

    values: tuple[str, ...] = ()

    def check(self, value: Any) -> None:
        if not isinstance(value, str):
            raise ConfigError("", "must be a text, not {value}", value=shown(value))
        _check_can_be_saved(value)
        if self.values and value not in self.values:
            raise ConfigError(
                "", "must be one of {known}, not {value}", known=", ".join(self.values), value=shown(value)
            )


@dataclass(frozen=True, kw_only=True)
class Names(Knob):
    """Any texts, each once; which are meant is known only when the data are read."""

    def check(self, value: Any) -> None:
        if not isinstance(value, tuple) or any(not isinstance(name, str) for name in value):
            raise ConfigError("", "must be a list of texts")
        for name in value:
            _check_can_be_saved(name)
        if len(set(value)) < len(value):
            raise ConfigError("", "names the same thing twice")

    def decode(self, plain: Any) -> Any:
        return tuple(plain) if isinstance(plain, list) else plain

    def encode(self, value: Any) -> Any:
        return list(value)


@dataclass(frozen=True, kw_only=True)
class Subset(Names):
    """At least one of `values`, each once, in any order."""

    values: tuple[str, ...]

    def check(self, value: Any) -> None:
        if not isinstance(value, tuple) or not value:
            raise ConfigError("", "must name at least one of {known}", known=", ".join(self.values))
        for name in value:
            if name not in self.values:
                raise ConfigError("", "{value} is not one of {known}", value=shown(name), known=", ".join(self.values))
        super().check(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Knob):
    """One of a table of Options classes, with its own knobs; None stands for "automatic" where that is allowed.

    As JSON it is the name, or ``{"name": ..., knob: ...}``, or null for automatic.
    """

    table: Mapping[str, type[Options]]
    automatic: bool = False

    def check(self, value: Any) -> None:
        if not (value is None and self.automatic) and type(value) not in self.table.values():
            raise ConfigError(
                "", "must be one of {known}, not {value}", known=", ".join(self.table), value=shown(value)
            )

    def decode(self, plain: Any) -> Any:
        if plain is None:
            return None
        fields = dict(plain) if isinstance(plain, Mapping) else {"name": plain}
        name = fields.pop("name", None)
        if not isinstance(name, str) or name not in self.table:
            raise ConfigError("", "must be one of {known}, not {value}", known=", ".join(self.table), value=shown(name))
        return self.table[name].from_plain(fields)

    def encode(self, value: Any) -> Any:
        return None if value is None else {"name": self.name(value), **value.to_plain()}

    def name(self, value: Options) -> str:
        """The name of a chosen object in the table."""
        return next(name for name, cls in self.table.items() if cls is type(value))


@dataclass(frozen=True, kw_only=True)
class Section(Knob):
    """A nested Options object."""

    cls: type[Options]

    def check(self, value: Any) -> None:
        if type(value) is not self.cls:
            raise ConfigError("", "must be a {kind}, not {value}", kind=self.cls.__name__, value=shown(value))

    def decode(self, plain: Any) -> Any:
        return self.cls.from_plain(plain)

    def encode(self, value: Any) -> Any:
        return value.to_plain()


@dataclass(frozen=True, kw_only=True)
class Items(Knob):
    """A tuple of at most `maximum` nested Options objects of one class."""

    cls: type[Options]
    maximum: int

    def check(self, value: Any) -> None:
        if not isinstance(value, tuple) or any(type(item) is not self.cls for item in value):
            raise ConfigError("", "must be a list of {kind}", kind=self.cls.__name__)
        if len(value) > self.maximum:
            raise ConfigError(
                "", "holds {count} entries; at most {most} are allowed", count=len(value), most=self.maximum
            )

    def decode(self, plain: Any) -> Any:
        if not isinstance(plain, list):
            raise ConfigError("", "must be a list, not {value}", value=shown(plain))
        return tuple(at(str(index), self.cls.from_plain, item) for index, item in enumerate(plain))

    def encode(self, value: Any) -> Any:
        return [item.to_plain() for item in value]


def knobs(cls: type[Options]) -> dict[str, Knob]:
    """The knobs of an Options class, by field name, in the order they are declared."""
    return {field.name: field.metadata["knob"] for field in dataclasses.fields(cls)}  # type: ignore[arg-type]


def unknown(cls: type[Options], path: str) -> ConfigError:
    """What to say of a field that these options do not have."""
    known = ", ".join(knobs(cls))
    if known:
        return ConfigError(path, "is not known here; known are {known}", known=known)
    return ConfigError(path, "{choice} has no such knob", choice=cls.label)


def _check_can_be_saved(text: str) -> None:
    """Refuse half characters (lone surrogates), as in a file name that is no Unicode: no UTF-8 file can hold them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError("", "holds characters that cannot be saved: {value}", value=shown(text)) from None
