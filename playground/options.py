"""How a knob describes itself: its kind, range, scale and label. Knows neither Qt nor any mathematics.

A set of knobs is a frozen dataclass derived from `Options`; each field is declared with one of the functions at the
foot of this file. Forms, JSON, the command line and the tests all walk the same `Knob` objects.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

NOTHING_BELOW = "there is nothing below this field"


class ConfigError(ValueError):
    """A value that cannot be used; `path` says where it stands, e.g. ``training.batch_size``."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason

    def under(self, parent: str) -> ConfigError:
        """The same error seen from one level up."""
        return ConfigError(f"{parent}.{self.path}" if self.path else parent, self.reason)


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
            _at(name, knob.check, getattr(self, name))

    @classmethod
    def from_plain(cls, plain: object) -> Self:
        """Build from a JSON object; missing fields take their defaults, unknown ones are an error."""
        if not isinstance(plain, Mapping):
            raise ConfigError("", f"must be an object with named fields, not {_show(plain)}")
        known = knobs(cls)
        for name in plain:
            if name not in known:
                raise _unknown(cls, _printable(name))
        return cls(**{name: _at(name, known[name].decode, value) for name, value in plain.items()})

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
            raise ConfigError("", f"must be a number, not {_show(value)}")
        self._check_range(value)

    def decode(self, plain: Any) -> Any:
        whole = isinstance(plain, int) and not isinstance(plain, bool)
        # A whole number out of range stays as it is for `check` to refuse: it may be too large for a float.
        return float(plain) if whole and self.minimum <= plain <= self.maximum else plain

    def _check_range(self, value: float) -> None:
        if not self.minimum <= value <= self.maximum:
            low, high = (f"{end:,}" if isinstance(end, int) else _digits(end) for end in (self.minimum, self.maximum))
            given = _digits(value) if isinstance(value, float) else _show(value)
            raise ConfigError("", f"must lie between {low} and {high}, not {given}")


@dataclass(frozen=True, kw_only=True)
class Integer(Number):
    """A whole number in [minimum, maximum]."""

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ConfigError("", f"must be a whole number, not {_show(value)}")
        self._check_range(value)

    def decode(self, plain: Any) -> Any:
        return plain


@dataclass(frozen=True, kw_only=True)
class Flag(Knob):
    """Yes or no."""

    def check(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise ConfigError("", f"must be true or false, not {_show(value)}")


@dataclass(frozen=True, kw_only=True)
class Text(Knob):
    """A text; one of `values` where these are given."""

    values: tuple[str, ...] = ()

    def check(self, value: Any) -> None:
        if not isinstance(value, str):
            raise ConfigError("", f"must be a text, not {_show(value)}")
        _check_can_be_saved(value)
        if self.values and value not in self.values:
            raise ConfigError("", f"must be one of {', '.join(self.values)}, not {_show(value)}")


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
            raise ConfigError("", f"must name at least one of {', '.join(self.values)}")
        for name in value:
            if name not in self.values:
                raise ConfigError("", f"{_show(name)} is not one of {', '.join(self.values)}")
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
            raise ConfigError("", f"must be one of {', '.join(self.table)}, not {_show(value)}")

    def decode(self, plain: Any) -> Any:
        if plain is None:
            return None
        fields = dict(plain) if isinstance(plain, Mapping) else {"name": plain}
        name = fields.pop("name", None)
        if not isinstance(name, str) or name not in self.table:
            raise ConfigError("", f"must be one of {', '.join(self.table)}, not {_show(name)}")
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
            raise ConfigError("", f"must be a {self.cls.__name__}, not {_show(value)}")

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
            raise ConfigError("", f"must be a list of {self.cls.__name__}")
        if len(value) > self.maximum:
            raise ConfigError("", f"holds {len(value)} entries; at most {self.maximum} are allowed")

    def decode(self, plain: Any) -> Any:
        if not isinstance(plain, list):
            raise ConfigError("", f"must be a list, not {_show(plain)}")
        return tuple(_at(str(index), self.cls.from_plain, item) for index, item in enumerate(plain))

    def encode(self, value: Any) -> Any:
        return [item.to_plain() for item in value]


def knobs(cls: type[Options]) -> dict[str, Knob]:
    """The knobs of an Options class, by field name, in the order they are declared."""
    return {field.name: field.metadata["knob"] for field in dataclasses.fields(cls)}  # type: ignore[arg-type]


def with_value(options: Options, path: str, value: Any) -> Any:
    """A copy of `options` in which the field at a dotted path, e.g. ``network.hidden.0.units``, holds `value`.

    Raises:
        ConfigError: naming the path, when there is no such field or it may not hold the value.
    """
    head, _, rest = path.partition(".")
    knob = knobs(type(options)).get(head)
    if knob is None:
        raise _unknown(type(options), path)
    if rest:
        value = _at(head, _with_inner, getattr(options, head), rest, value)
    return dataclasses.replace(options, **{head: value})  # type: ignore[type-var]


def with_text(options: Options, path: str, text: str) -> Any:
    """As `with_value`, from text such as the command line's ``0.1``, ``adam``, ``null`` or ``x1,x2``.

    Several names may also be a JSON list, which those with a comma in them need: ``["x1", "x2"]``.

    Raises:
        ConfigError: naming the path.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        plain = text
    knob: Knob | None = None
    owner: Any = options
    walked: list[str] = []
    for part in path.split("."):
        if isinstance(owner, tuple):
            if not part.isdecimal() or int(part) >= len(owner):
                raise ConfigError(".".join([*walked, part]), f"there are {len(owner)} entries, counted from 0")
            knob, owner = None, owner[int(part)]
        else:
            if not isinstance(owner, Options):
                raise ConfigError(".".join([*walked, part]), NOTHING_BELOW)
            known = knobs(type(owner))
            if part not in known:
                raise _unknown(type(owner), ".".join([*walked, part]))
            knob, owner = known[part], getattr(owner, part)
        walked.append(part)
    if knob is None:
        raise ConfigError(path, "name a field of this entry")
    if isinstance(knob, Text):
        plain = text
    elif isinstance(knob, Names) and isinstance(plain, str | int | float):
        plain = [name.strip() for name in text.strip(' "').split(",")]
    return with_value(options, path, _at(path, knob.decode, plain))


def _with_inner(inner: Any, path: str, value: Any) -> Any:
    if not isinstance(inner, tuple):
        if not isinstance(inner, Options):
            raise ConfigError(path, NOTHING_BELOW)
        return with_value(inner, path, value)
    index, _, rest = path.partition(".")
    items = list(inner)
    if not index.isdecimal() or int(index) >= len(items):
        raise ConfigError(index, f"there are {len(items)} entries, counted from 0")
    items[int(index)] = _at(index, _with_inner, items[int(index)], rest, value) if rest else value
    return tuple(items)


def _at(name: str, function: Any, *arguments: Any) -> Any:
    """Call, and let a ConfigError name this level too."""
    try:
        return function(*arguments)
    except ConfigError as error:
        raise error.under(name) from None


def _unknown(cls: type[Options], path: str) -> ConfigError:
    """What to say of a field that these options do not have."""
    known = ", ".join(knobs(cls))
    return ConfigError(path, f"is not known here; known are {known}" if known else f"{cls.label} has no such knob")


def _check_can_be_saved(text: str) -> None:
    """Refuse half characters (lone surrogates), as in a file name that is no Unicode: no UTF-8 file can hold them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError("", f"holds characters that cannot be saved: {_show(text)}") from None


def _printable(name: object) -> str:
    """A field's name from someone's JSON, as it may stand in a sentence."""
    return _show(str(name))[1:-1]


def _show(value: object) -> str:
    text = json.dumps(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def _digits(value: float) -> str:
    """A number as people write it: 0.000001, 100, 2.5, 1e-8."""
    text = repr(value)
    if value == 0.0 or 1e-6 <= abs(value) < 1e15:
        return f"{Decimal(text):f}".removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"


# What follows declares fields: `rate: float = number(0.03, ...)` in a frozen dataclass.


def number(default: float, minimum: float, maximum: float, label: str, help: str = "", scale: str = "linear") -> Any:
    knob = Number(label=label, help=help, minimum=minimum, maximum=maximum, scale=scale)
    return dataclasses.field(default=default, metadata={"knob": knob})


def integer(default: int, minimum: int, maximum: int, label: str, help: str = "", scale: str = "linear") -> Any:
    knob = Integer(label=label, help=help, minimum=minimum, maximum=maximum, scale=scale)
    return dataclasses.field(default=default, metadata={"knob": knob})


def flag(default: bool, label: str, help: str = "") -> Any:
    return dataclasses.field(default=default, metadata={"knob": Flag(label=label, help=help)})


def text(default: str, label: str, help: str = "", values: tuple[str, ...] = ()) -> Any:
    return dataclasses.field(default=default, metadata={"knob": Text(label=label, help=help, values=values)})


def subset(default: tuple[str, ...], values: tuple[str, ...], label: str, help: str = "") -> Any:
    return dataclasses.field(default=default, metadata={"knob": Subset(label=label, help=help, values=values)})


def names(default: tuple[str, ...], label: str, help: str = "") -> Any:
    return dataclasses.field(default=default, metadata={"knob": Names(label=label, help=help)})


def choice(
    default: Options | None, table: Mapping[str, type[Any]], label: str, help: str = "", automatic: bool = False
) -> Any:
    knob = Choice(label=label, help=help, table=table, automatic=automatic)
    return dataclasses.field(default=default, metadata={"knob": knob})


def section(cls: type[Options], label: str) -> Any:
    return dataclasses.field(default_factory=cls, metadata={"knob": Section(label=label, cls=cls)})


def items(default: tuple[Any, ...], cls: type[Options], maximum: int, label: str, help: str = "") -> Any:
    knob = Items(label=label, help=help, cls=cls, maximum=maximum)
    return dataclasses.field(default=default, metadata={"knob": knob})
