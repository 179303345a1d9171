"""What is written down of each layer and unit at the ends of epochs: slopes, saturation, death, size of the updates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.log import Log
from playground.experiment.look import SAMPLE, Inside, Look, Probe, frozen
from playground.nn.activations import Activation, Softmax
from playground.nn.network import Network

if TYPE_CHECKING:
    from playground.experiment.problem import Problem

CAPACITY = 256
SATURATED = 0.05  # of an activation's steepest slope: below that a unit hardly passes a gradient
MEASURES = 4  # slope, saturated, dead, update; each once a layer, behind epoch and step; then one number a unit


@dataclass(frozen=True, eq=False)
class Vitals(Look):
    """One row per record, first to last; layers as in the network, the output layer last; units of all layers in one row.

    A unit is dead where it puts out exactly 0 for every training example: nothing flows through it, and no gradient.

    Attributes:
        epoch, step: (records,).
        slope: mean |f′(z)| over units and examples, (records, layers).
        saturated: share of pre-activations where |f′| is below 5 % of the steepest that the activation has, (records, layers).
        dead: share of units that are dead, (records, layers).
        update: ‖Δw‖ / ‖w‖ of the last step of the epoch, weights without biases, (records, layers); NaN where ‖w‖ is 0.
        unit_dead: (records, units of all layers); `units` says how many each layer has.
    """

    need = "vitals"

    epoch: Floats
    step: NDArray[np.int64]
    slope: Floats
    saturated: Floats
    dead: Floats
    update: Floats
    unit_dead: NDArray[np.bool_]
    units: tuple[int, ...]

    @classmethod
    def take(cls, inside: Inside) -> Vitals:
        return inside.vitals


class VitalsLog(Log):
    """Records at equal distances in epochs, at most CAPACITY; when it is full every second one goes."""

    def __init__(self, units: tuple[int, ...]) -> None:
        self._units = units
        self.every = 1  # epochs between two records
        super().__init__(CAPACITY, 2 + MEASURES * len(units) + sum(units))

    def due(self, epoch: int) -> bool:
        """Whether there is to be a record at the end of this epoch."""
        return epoch % self.every == 0

    def add(self, epoch: int, step: int, now: Floats) -> None:
        """Write down what `vital_signs` has found."""
        if self.full:
            self.every *= 2
            kept = self.rows[self.rows[:, 0] % self.every == 0].copy()
            self.restore(kept)
            if not self.due(epoch):
                return
        self._rows[self.count, :2] = epoch, step
        self._rows[self.count, 2:] = now
        self.count += 1

    def vitals(self) -> Vitals:
        """A frozen copy."""
        rows, layers = frozen(self.rows.copy()), len(self._units)
        slope, saturated, dead, update = np.split(rows[:, 2 : 2 + MEASURES * layers], MEASURES, axis=1)
        step, unit_dead = frozen(rows[:, 1].astype(np.int64)), frozen(rows[:, 2 + MEASURES * layers :] > 0.0)
        return Vitals(rows[:, 0], step, slope, saturated, dead, update, unit_dead, self._units)


def dead_units(problem: Problem, network: Network, probe: Probe) -> tuple[NDArray[np.bool_], ...]:
    """Which units put out exactly 0 for every training example, per layer (units,). The probe has been run.

    Only units that the probe finds dead are looked for beyond its sample, so that this hardly ever costs anything.
    """
    dead = tuple(np.logical_not(layer.a.any(axis=1)) for layer in probe.work.layers)
    others = problem.train.X[SAMPLE:]
    for part, work in network.passes(others):
        if not any(layer.any() for layer in dead):
            break
        work.outputs(others[part].T)
        for units, layer in zip(dead, work.layers, strict=True):
            units &= np.logical_not(layer.a.any(axis=1))
    return dead


def vital_signs(problem: Problem, network: Network, probe: Probe, last_update: Floats) -> Floats:
    """A row for the log, without epoch and step. The probe has been run; `last_update`, (count,), may be NaN."""
    slopes, saturated = [], []
    units = dead_units(problem, network, probe)
    dead = [layer.mean() for layer in units]
    for layer, slope in zip(probe.work.layers, probe.slopes, strict=True):
        size = np.abs(slope)
        slopes.append(size.mean())
        saturated.append((size < SATURATED * steepest(layer.activation)).mean())
    return np.concatenate([slopes, saturated, dead, update_ratios(network, last_update), *units])


def update_ratios(network: Network, last_update: Floats) -> Floats:
    """‖Δw‖ / ‖w‖ of one network's layers, biases apart, (layers,); NaN where ‖w‖ is 0, or the update, (count,), is NaN."""
    moved, length = (
        np.sqrt(np.add.reduceat(np.square(values * network.is_weight), network.starts))
        for values in (last_update, network.parameters[0])
    )
    ratios: Floats = np.divide(moved, length, out=np.full_like(moved, np.nan), where=length > 0.0)
    return ratios


@cache
def steepest(activation: Activation) -> float:
    """The largest |f′| that an activation has between −8 and 8; of softmax, 1/4, as of a sigmoid."""
    if isinstance(activation, Softmax):
        return 0.25
    rows, _ = activation.widths(1)
    z = np.tile(np.linspace(-8.0, 8.0, 1601), (rows, 1))
    return float(np.abs(activation.slope(z)).max())
