"""Which units are dead, now and in the course of a run. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.experiment.history.layer_statistics import LayerStatistics, dead_units
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only


@dataclass(frozen=True, eq=False)
class DeadUnits(Look):
    """The units through which nothing flows, for no training example: per layer (units,)."""

    layers: tuple[NDArray[np.bool_], ...]


def measure(context: RunContext) -> DeadUnits:
    """This moment's, of what is selected."""
    return DeadUnits(tuple(map(read_only, dead_units(context.problem, context.network, context.sample_pass))))


class Death(NamedTuple):
    """A unit was found dead first at the end of epoch `since`, and alive again at the end of `until`, None if it was not."""

    layer: int
    unit: int
    since: float
    until: float | None


def deaths(layer_statistics: LayerStatistics) -> list[Death]:
    """All that the log knows of, unit by unit, the earlier first."""
    found: list[Death] = []
    before = np.zeros((1, layer_statistics.unit_dead.shape[1]), bool)
    turns = np.diff(np.concatenate([before, layer_statistics.unit_dead, before]), axis=0).T  # (units, records + 1)
    places = [(layer, unit) for layer, units in enumerate(layer_statistics.units) for unit in range(units)]
    for index in np.flatnonzero(turns.any(axis=1)).tolist():
        ends = np.flatnonzero(turns[index]).tolist()
        for first, last in zip(ends[::2], ends[1::2], strict=True):
            back = float(layer_statistics.epoch[last]) if last < len(layer_statistics.epoch) else None
            found.append(Death(*places[index], float(layer_statistics.dead_since[first, index]), back))
    return found
