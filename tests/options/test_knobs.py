"""Knobs: what each kind accepts, reads and writes, and how an error names its place."""

from __future__ import annotations

import dataclasses
import json
import math
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
    Section,
    Subset,
    Text,
    knobs,
)
from tests.options.boat import ENGINES, Boat, Cabin, Engine, Hull, Oars, Sail
from tests.strategies import options, plain_values

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
    assert (caught.value.path, str(caught.value.reason)) == ("cabins.1.berths", "must lie between 0 and 8, not 99")
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
