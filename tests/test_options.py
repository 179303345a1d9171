"""Knobs: what each kind accepts, reads and writes, and how an error names its place."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from playground.options import (
    Choice,
    ConfigError,
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
    choice,
    flag,
    integer,
    items,
    knobs,
    names,
    number,
    section,
    subset,
    text,
    with_text,
    with_value,
)
from tests.strategies import options, plain_values


@dataclass(frozen=True)
class Engine(Options):
    """What drives a boat."""


@dataclass(frozen=True)
class Sail(Engine):
    area: float = number(12.0, 1.0, 300.0, "area", "In square metres.", "log")

    label = "sail"


@dataclass(frozen=True)
class Oars(Engine):
    pairs: int = integer(1, 1, 4, "pairs")

    label = "oars"


@dataclass(frozen=True)
class Cabin(Options):
    berths: int = integer(2, 0, 8, "berths")
    heated: bool = flag(False, "heated")


@dataclass(frozen=True)
class Hull(Options):
    length: float = number(7.5, 2.0, 40.0, "length")
    wood: str = text("oak", "wood", values=("oak", "larch"))


ENGINES = {"sail": Sail, "oars": Oars}


@dataclass(frozen=True)
class Boat(Options):
    """An Options class with every kind of knob."""

    name: str = text("Ada", "name")
    hull: Hull = section(Hull, "Hull")
    engine: Engine = choice(Sail(), ENGINES, "engine")
    spare: Engine | None = choice(None, ENGINES, "spare engine", automatic=True)
    cabins: tuple[Cabin, ...] = items((Cabin(), Cabin(berths=4)), Cabin, 3, "cabins")
    lights: tuple[str, ...] = subset(("red", "green"), ("red", "green", "white"), "lights")
    crew: tuple[str, ...] = names((), "crew")


NUMBER = Number(label="", minimum=0.5, maximum=10.0)
INTEGER = Integer(label="", minimum=-2, maximum=10)
FLAG = Flag(label="")
FREE_TEXT = Text(label="")
WOOD = Text(label="", values=("oak", "larch"))
SUBSET = Subset(label="", values=("red", "green", "white"))
NAMES = Names(label="")
CHOICE = Choice(label="", table=ENGINES)
AUTOMATIC = Choice(label="", table=ENGINES, automatic=True)
SECTION = Section(label="", cls=Cabin)
ITEMS = Items(label="", cls=Cabin, maximum=2)

ROUND_TRIPS = [  # knob, value, as JSON
    (NUMBER, 0.5, 0.5),
    (NUMBER, 10.0, 10.0),
    (INTEGER, -2, -2),
    (INTEGER, 10, 10),
    (FLAG, True, True),
    (FREE_TEXT, "", ""),
    (FREE_TEXT, "αβ\n", "αβ\n"),
    (WOOD, "larch", "larch"),
    (SUBSET, ("white", "red"), ["white", "red"]),
    (NAMES, (), []),
    (NAMES, ("b", "a"), ["b", "a"]),
    (CHOICE, Oars(3), {"name": "oars", "pairs": 3}),
    (AUTOMATIC, None, None),
    (AUTOMATIC, Sail(), {"name": "sail", "area": 12.0}),
    (SECTION, Cabin(1, True), {"berths": 1, "heated": True}),
    (ITEMS, (), []),
    (ITEMS, (Cabin(), Cabin(0)), [{"berths": 2, "heated": False}, {"berths": 0, "heated": False}]),
]
REFUSALS = [  # knob, JSON, reason
    (NUMBER, 0.4, "must lie between 0.5 and 10, not 0.4"),
    (NUMBER, 11, "must lie between 0.5 and 10, not 11"),
    (NUMBER, 10**400, "must lie between 0.5 and 10, not 1000"),
    (NUMBER, math.nan, "must be a number, not NaN"),
    (NUMBER, math.inf, "must be a number, not Infinity"),
    (NUMBER, True, "must be a number, not true"),
    (NUMBER, "3", 'must be a number, not "3"'),
    (NUMBER, None, "must be a number, not null"),
    (NUMBER, [3.0], "must be a number, not list"),
    (INTEGER, 11, "must lie between -2 and 10, not 11"),
    (INTEGER, 3.0, "must be a whole number, not 3.0"),
    (INTEGER, False, "must be a whole number, not false"),
    (FLAG, 1, "must be true or false, not 1"),
    (FLAG, "true", 'must be true or false, not "true"'),
    (FREE_TEXT, 3, "must be a text, not 3"),
    (FREE_TEXT, "\ud800", r'holds characters that cannot be saved: "\ud800"'),
    (WOOD, "pine", 'must be one of oak, larch, not "pine"'),
    (WOOD, "x" * 1000, 'must be one of oak, larch, not "xxxxx'),
    (SUBSET, [], "must name at least one of red, green, white"),
    (SUBSET, "red", "must name at least one of red, green, white"),
    (SUBSET, ["red", "blue"], '"blue" is not one of red, green, white'),
    (SUBSET, [["red"]], "list is not one of red, green, white"),
    (SUBSET, ["red", "red"], "names the same thing twice"),
    (NAMES, "a", "must be a list of texts"),
    (NAMES, ["a", 3], "must be a list of texts"),
    (NAMES, ["a", "a"], "names the same thing twice"),
    (NAMES, ["\udfff"], "holds characters that cannot be saved"),
    (CHOICE, None, "must be one of sail, oars, not null"),
    (CHOICE, "steam", 'must be one of sail, oars, not "steam"'),
    (CHOICE, {"pairs": 2}, "must be one of sail, oars, not null"),
    (CHOICE, {"name": []}, "must be one of sail, oars, not list"),
    (CHOICE, {"name": "oars", "pairs": 9}, "pairs: must lie between 1 and 4, not 9"),
    (CHOICE, {"name": "oars", "area": 9}, "area: is not known here; known are pairs"),
    (SECTION, 3, "must be an object with named fields, not 3"),
    (SECTION, {"berth": 3}, "berth: is not known here; known are berths, heated"),
    (SECTION, {"heated": 3}, "heated: must be true or false, not 3"),
    (ITEMS, {"0": {}}, "must be a list, not dict"),
    (ITEMS, [{}, {"berths": 9}], "1.berths: must lie between 0 and 8, not 9"),
    (ITEMS, [{}, 5], "1: must be an object with named fields, not 5"),
    (ITEMS, [{}, {}, {}], "holds 3 entries; at most 2 are allowed"),
]


def label(value: object) -> str:
    return type(value).__name__ if isinstance(value, Knob) else repr(value)[:40]


def read(knob: Knob, plain: Any) -> Any:
    value = knob.decode(plain)
    knob.check(value)
    return value


def test_the_tables_above_hold_every_kind_of_knob() -> None:
    kinds = {*Knob.__subclasses__(), *Number.__subclasses__(), *Names.__subclasses__()}
    assert {type(knob) for knob, *_ in ROUND_TRIPS} == {type(knob) for knob, *_ in REFUSALS} == kinds
    assert {type(knob) for cls in (Boat, Hull, Cabin) for knob in knobs(cls).values()} == kinds


@pytest.mark.parametrize(("knob", "value", "plain"), ROUND_TRIPS, ids=label)
def test_a_value_is_written_and_read_back(knob: Knob, value: Any, plain: Any) -> None:
    knob.check(value)
    assert knob.encode(value) == plain
    assert json.loads(json.dumps(knob.encode(value))) == plain
    assert read(knob, plain) == value
    assert type(read(knob, plain)) is type(value)


@pytest.mark.parametrize(("knob", "plain", "reason"), REFUSALS, ids=label)
def test_what_is_refused_and_why(knob: Knob, plain: Any, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(knob, plain)
    assert str(caught.value).startswith(reason)
    assert len(str(caught.value)) < 200


def test_a_whole_number_is_read_as_a_real_one() -> None:
    assert type(read(NUMBER, 3)) is float


def test_numpy_numbers_are_numbers_too() -> None:
    NUMBER.check(np.float64(3.0))


def test_a_choice_may_be_named_alone() -> None:
    assert read(CHOICE, "oars") == read(CHOICE, {"name": "oars"}) == Oars()
    assert CHOICE.name(Oars(2)) == "oars"


@pytest.mark.parametrize(
    ("knob", "value"),
    [(CHOICE, "oars"), (CHOICE, Engine()), (CHOICE, None), (SECTION, Hull()), (SECTION, None), (ITEMS, [Cabin()])],
    ids=label,
)
def test_objects_of_the_wrong_class_are_refused(knob: Knob, value: Any) -> None:
    with pytest.raises(ConfigError):
        knob.check(value)


def test_making_an_object_checks_it_and_names_the_field() -> None:
    with pytest.raises(ConfigError, match=r"^berths: must lie between 0 and 8, not 9$"):
        Cabin(berths=9)
    with pytest.raises(ConfigError, match=r"^cabins: must be a list of Cabin$"):
        Boat(cabins=(Hull(),))  # type: ignore[arg-type]


def test_objects_are_frozen_values() -> None:
    assert Boat() == Boat()
    assert hash(Boat()) == hash(Boat())
    with pytest.raises(dataclasses.FrozenInstanceError):
        Boat().name = "Bob"  # type: ignore[misc]


def test_knobs_stand_in_the_order_of_the_fields() -> None:
    assert list(knobs(Boat)) == ["name", "hull", "engine", "spare", "cabins", "lights", "crew"]
    assert knobs(Sail)["area"] == Number(
        label="area", help="In square metres.", minimum=1.0, maximum=300.0, scale="log"
    )
    assert not knobs(Engine)


def test_missing_fields_take_their_defaults() -> None:
    assert Boat.from_plain({}) == Boat()
    assert Boat.from_plain({"hull": {"length": 9}}) == Boat(hull=Hull(length=9.0))


def test_an_error_carries_path_and_reason() -> None:
    with pytest.raises(ConfigError) as caught:
        Boat.from_plain({"cabins": [{}, {"berths": 99}]})
    assert (caught.value.path, caught.value.reason) == ("cabins.1.berths", "must lie between 0 and 8, not 99")
    assert str(caught.value.under("fleet")) == "fleet.cabins.1.berths: must lie between 0 and 8, not 99"
    assert isinstance(caught.value, ValueError)


def test_an_error_without_a_path_is_its_reason() -> None:
    error = ConfigError("", "must be a number")
    assert str(error) == "must be a number"
    assert str(error.under("length")) == "length: must be a number"


@pytest.mark.parametrize(
    ("plain", "path"),
    [
        ({"hull": {"wood": "pine"}}, "hull.wood"),
        ({"engine": {"name": "oars", "pairs": 0}}, "engine.pairs"),
        ({"engine": {"name": "steam"}}, "engine"),
        ({"spare": {"name": "sail", "area": "big"}}, "spare.area"),
        ({"cabins": [{"heated": 1}]}, "cabins.0.heated"),
        ({"cabins": [{}] * 4}, "cabins"),
        ({"lights": ["blue"]}, "lights"),
        ({"keel": 1}, "keel"),
        ({"hull": {"keel": 1}}, "hull.keel"),
        ({"\ud800": 1}, r"\ud800"),
    ],
)
def test_errors_name_the_dotted_path(plain: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Boat.from_plain(plain)
    assert caught.value.path == path
    str(caught.value).encode()


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("name", "Bob", Boat(name="Bob")),
        ("hull.length", 9.0, Boat(hull=Hull(length=9.0))),
        ("hull", Hull(3.0), Boat(hull=Hull(3.0))),
        ("engine", Oars(2), Boat(engine=Oars(2))),
        ("engine.area", 50.0, Boat(engine=Sail(50.0))),
        ("spare", Oars(), Boat(spare=Oars())),
        ("cabins.1.heated", True, Boat(cabins=(Cabin(), Cabin(4, True)))),
        ("cabins.0", Cabin(8), Boat(cabins=(Cabin(8), Cabin(4)))),
        ("cabins", (), Boat(cabins=())),
        ("lights.1", "white", Boat(lights=("red", "white"))),
    ],
)
def test_with_value_changes_one_place_of_a_copy(path: str, value: Any, expected: Boat) -> None:
    boat = Boat()
    assert with_value(boat, path, value) == expected
    assert boat == Boat()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("keel", 1, "keel: is not known here; known are name, hull"),
        ("hull.keel", 1, "hull.keel: is not known here; known are length, wood"),
        ("hull.length", 99.0, "hull.length: must lie between 2 and 40, not 99"),
        ("engine.pairs", 2, "engine.pairs: is not known here; known are area"),
        ("spare.pairs", 2, "spare.pairs: there is nothing below this field"),
        ("name.first", "x", "name.first: there is nothing below this field"),
        ("cabins.2.berths", 1, "cabins.2: there are 2 entries, counted from 0"),
        ("cabins.-1.berths", 1, "cabins.-1: there are 2 entries, counted from 0"),
        ("cabins.first.berths", 1, "cabins.first: there are 2 entries, counted from 0"),
        ("cabins.1.berths", 9, "cabins.1.berths: must lie between 0 and 8, not 9"),
        ("cabins.1.bunks", 9, "cabins.1.bunks: is not known here; known are berths, heated"),
        ("cabins.1.berths.upper", 9, "cabins.1.berths.upper: there is nothing below this field"),
        ("lights.0.bulb", 1, "lights.0.bulb: there is nothing below this field"),
        ("lights.0", "blue", 'lights: "blue" is not one of'),
        ("", 1, "is not known here; known are name"),
    ],
)
def test_with_value_names_the_path_of_what_it_cannot_do(path: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        with_value(Boat(), path, value)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("path", "typed", "expected"),
    [
        ("name", "Bob", Boat(name="Bob")),
        ("name", '"Bob"', Boat(name='"Bob"')),  # a text is taken as it is typed
        ("name", "123", Boat(name="123")),
        ("hull.length", "9", Boat(hull=Hull(length=9.0))),
        ("hull.length", "1e1", Boat(hull=Hull(length=10.0))),
        ("hull", '{"wood": "larch"}', Boat(hull=Hull(wood="larch"))),
        ("engine", "oars", Boat(engine=Oars())),
        ("engine", '{"name": "oars", "pairs": 3}', Boat(engine=Oars(3))),
        ("spare", "null", Boat()),
        ("spare", "sail", Boat(spare=Sail())),
        ("cabins.1.heated", "true", Boat(cabins=(Cabin(), Cabin(4, True)))),
        ("cabins", "[{}]", Boat(cabins=(Cabin(),))),
        ("lights", '["white"]', Boat(lights=("white",))),
        ("lights", "white", Boat(lights=("white",))),
        ("lights", "red,white", Boat(lights=("red", "white"))),
        ("crew", "Bob, Eve", Boat(crew=("Bob", "Eve"))),
        ("crew", "3", Boat(crew=("3",))),
        ("crew", '["Bob", "Eve"]', Boat(crew=("Bob", "Eve"))),
    ],
)
def test_with_text_reads_what_is_typed(path: str, typed: str, expected: Boat) -> None:
    assert with_text(Boat(), path, typed) == expected


@pytest.mark.parametrize(
    ("path", "typed", "message"),
    [
        ("hull.length", "long", 'hull.length: must be a number, not "long"'),
        ("hull.length", "nan", 'hull.length: must be a number, not "nan"'),
        ("hull.length", "NaN", "hull.length: must be a number, not NaN"),
        ("hull.length", "1e999", "hull.length: must be a number, not Infinity"),
        ("hull.length", "9" * 400, "hull.length: must lie between 2 and 40, not 999"),
        ("hull.length", "9" * 5000, "hull.length: must be a number, not "),
        ("hull.length", "[" * 100_000, "hull.length: must be a number, not "),
        ("hull.keel", "1", "hull.keel: is not known here; known are length, wood"),
        ("hull.length.metres", "1", "hull.length.metres: there is nothing below this field"),
        ("engine", "steam", 'engine: must be one of sail, oars, not "steam"'),
        ("engine.pairs", "2", "engine.pairs: is not known here; known are area"),
        ("spare.pairs", "2", "spare.pairs: there is nothing below this field"),
        ("cabins.1.berths", "9", "cabins.1.berths: must lie between 0 and 8, not 9"),
        ("cabins.2.berths", "1", "cabins.2: there are 2 entries, counted from 0"),
        ("cabins.last.berths", "1", "cabins.last: there are 2 entries, counted from 0"),
        ("cabins.1", "{}", "cabins.1: name a field of this entry"),
        ("lights", "red,blue", 'lights: "blue" is not one of red, green, white'),
        ("lights", "red, red", "lights: names the same thing twice"),
        ("lights", "null", "lights: must name at least one of red, green, white"),
        ("", "1", "is not known here; known are name"),
    ],
)
def test_with_text_names_the_path_of_what_it_cannot_do(path: str, typed: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        with_text(Boat(), path, typed)
    assert str(caught.value).startswith(message)


@given(options(Boat))
def test_any_object_survives_json(boat: Boat) -> None:
    assert Boat.from_plain(json.loads(json.dumps(boat.to_plain(), allow_nan=False))) == boat


@given(plain_values())
def test_any_json_value_is_read_or_refused_by_every_knob(plain: Any) -> None:
    for name, knob in knobs(Boat).items():
        try:
            value = read(knob, plain)
        except ConfigError:
            continue
        assert read(knob, knob.encode(value)) == value, name


@pytest.mark.parametrize(
    ("low", "value", "reason"),
    [
        (1e-6, 1000.0, "must lie between 0.000001 and 100, not 1000"),
        (1e-6, 1e-7, "must lie between 0.000001 and 100, not 1e-7"),
        (1e-12, 123456.5, "must lie between 1e-12 and 100, not 123456.5"),
        (0.0, -0.25, "must lie between 0 and 100, not -0.25"),
        (0.0, 1e300, "must lie between 0 and 100, not 1e300"),
    ],
)
def test_numbers_stand_in_sentences_as_people_write_them(low: float, value: float, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Number(label="", minimum=low, maximum=100.0).check(value)
    assert str(caught.value) == reason


@dataclass(frozen=True)
class Drift(Options):
    label = "drifting"


def test_what_has_no_knobs_says_so_in_its_own_name() -> None:
    for attempt in (
        lambda: Drift.from_plain({"speed": 1}),
        lambda: with_value(Drift(), "speed", 1),
        lambda: with_text(Drift(), "speed", "1"),
    ):
        with pytest.raises(ConfigError, match=r"^speed: drifting has no such knob$"):
            attempt()
