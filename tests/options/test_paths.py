"""A copy with another value at a path, from a value or from what is typed; and what cannot be done names its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from playground.options import (
    ConfigError,
    Options,
    knob_paths,
    with_text,
    with_value,
)
from tests.options.boat import Boat, Cabin, Hull, Oars, Sail


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


@pytest.mark.parametrize("path", ["a\nb", "x" * 5000, "cabins." + "9" * 5000, "cabins.0\x0c.beds"])
def test_whatever_the_path_it_is_answered_by_one_short_line(path: str) -> None:
    for call in (lambda: with_text(Boat(), path, "1"), lambda: with_value(Boat(), path, 1)):
        with pytest.raises(ConfigError) as caught:
            call()
        assert len(str(caught.value).splitlines()) == 1
        assert len(str(caught.value)) < 300


def test_every_knob_has_a_path_at_which_its_value_may_be_set_again() -> None:
    boat = Boat()
    paths = [path for path, _ in knob_paths(boat)]
    assert len(set(paths)) == len(paths)
    assert {"name", "hull.length", "engine", "engine.area", "cabins", "cabins.1.heated", "lights"} <= set(paths)
    assert "hull" not in paths, "a section is no knob: those within are"
    for path, knob in knob_paths(boat):
        value: Any = boat
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, tuple) else getattr(value, part)
        knob.check(value)
        assert with_value(boat, path, value) == boat
