"""Options with every kind of knob, which belong to no network."""

from __future__ import annotations

from dataclasses import dataclass

from playground.options import Options, choice, flag, integer, items, names, number, section, subset, text


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
