"""Which units are dead, now and in the course of a run. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.experiment.history.layer_statistics import Vitals, dead_units
from playground.experiment.looks.look import Inside, Look, frozen


@dataclass(frozen=True, eq=False)
class Dead(Look):
    """The units through which nothing flows, for no training example: per layer (units,)."""

    need = "dead"

    layers: tuple[NDArray[np.bool_], ...]

    @classmethod
    def take(cls, inside: Inside) -> Dead:
        return cls(tuple(map(frozen, dead_units(inside.problem, inside.network, inside.probe))))


class Death(NamedTuple):
    """A unit was found dead first at the end of epoch `since`, and alive again at the end of `until`, None if it was not."""

    layer: int
    unit: int
    since: float
    until: float | None


def deaths(vitals: Vitals) -> list[Death]:
    """All that the log knows of, unit by unit, the earlier first."""
    found: list[Death] = []
    before = np.zeros((1, vitals.unit_dead.shape[1]), bool)
    turns = np.diff(np.concatenate([before, vitals.unit_dead, before]), axis=0).T  # (units, records + 1)
    places = [(layer, unit) for layer, units in enumerate(vitals.units) for unit in range(units)]
    for index in np.flatnonzero(turns.any(axis=1)).tolist():
        ends = np.flatnonzero(turns[index]).tolist()
        for first, last in zip(ends[::2], ends[1::2], strict=True):
            back = float(vitals.epoch[last]) if last < len(vitals.epoch) else None
            found.append(Death(*places[index], float(vitals.dead_since[first, index]), back))
    return found
