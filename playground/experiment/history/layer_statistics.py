"""What is written down of layers and units at the ends of epochs: slopes, saturation, death, updates, what flows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.history.log import Log
from playground.experiment.looks.look import Look, read_only
from playground.experiment.looks.sample_pass import SAMPLE, SamplePass
from playground.nn.activations.activation import Activation
from playground.nn.network import Network

if TYPE_CHECKING:
    from playground.experiment.problem import Problem

CAPACITY = 256
SATURATED = 0.05  # of an activation's steepest slope: below that a unit hardly passes a gradient
MEASURES = 4  # slope, saturated, dead, update; each once a layer, behind epoch and step
MOMENTS = 4  # mean and variance, before and after; each once a row, behind one number a unit
MOST_ROWS = 32  # of a layer, whose mean and variance are written down


@dataclass(frozen=True, eq=False)
class LayerStatistics(Look):
    """One row per record, first to last; layers as in the network, the output layer last; units of all layers in one row.

    A unit is dead where it puts out exactly 0 for every training example and has no slope there either: nothing flows
    through it, and no gradient. A unit of two outputs lives as long as one of them does.

    Attributes:
        epoch, step: (records,).
        slope: mean |f′(z)| over units and examples, (records, layers).
        saturated: share of pre-activations where |f′| is below 5 % of the steepest that the activation has, (records, layers).
        dead: share of units that are dead, (records, layers).
        update: ‖Δw‖ / ‖w‖ of the last step of the epoch, weights without biases, (records, layers); NaN where ‖w‖ is 0.
        dead_since: the epoch at whose end a unit was first found dead, NaN while it lives, (records, units of all layers);
            `units` says how many each layer has.
        mean, variance: over the examples, of what a layer's normalization gets and of what it makes of that, (2,
            records, rows of all layers); without one, of its pre-activations, twice. `rows` says how many each layer
            has, at most its first MOST_ROWS.
    """

    epoch: Floats
    step: NDArray[np.int64]
    slope: Floats
    saturated: Floats
    dead: Floats
    update: Floats
    dead_since: Floats
    units: tuple[int, ...]
    mean: Floats
    variance: Floats
    rows: tuple[int, ...]

    @property
    def unit_dead(self) -> NDArray[np.bool_]:
        """Which units were dead at which record, (records, units of all layers)."""
        return np.isfinite(self.dead_since)

    def units_of(self, layer: int) -> slice:
        """A layer's units among those of all layers."""
        return _own(self.units, layer)

    def rows_of(self, layer: int) -> slice:
        """A layer's rows among those of all layers."""
        return _own(self.rows, layer)


class LayerStatisticsLog(Log):
    """Records at equal distances in epochs, at most CAPACITY; when it is full every second one goes."""

    def __init__(self, units: tuple[int, ...], rows: tuple[int, ...]) -> None:
        self._units, self._of_layers = units, rows
        self.every = 1  # epochs between two records
        self._ends = np.cumsum([2, MEASURES * len(units), sum(units), MOMENTS * sum(rows)])
        super().__init__(CAPACITY, int(self._ends[-1]))

    def due(self, epoch: int) -> bool:
        """Whether there is to be a record at the end of this epoch."""
        return epoch % self.every == 0

    def add(self, epoch: int, step: int, now: Floats) -> None:
        """Write down what `measure_layers` has found."""
        if self.full:
            self.every *= 2
            kept = self.rows[self.rows[:, 0] % self.every == 0].copy()
            self.restore(kept)
            if not self.due(epoch):
                return
        row, of_units = self._rows[self.count], slice(self._ends[1], self._ends[2])
        row[:2] = epoch, step
        row[2:] = now
        before = self._rows[self.count - 1, of_units] if self.count else np.nan
        row[of_units] = np.where(row[of_units] > 0.0, np.fmin(before, epoch), np.nan)
        self.count += 1

    def layer_statistics(self) -> LayerStatistics:
        """A frozen copy."""
        rows = read_only(self.rows.copy())
        when, of_layers, dead, moments = np.split(rows, self._ends[:-1], axis=1)
        # (mean or variance, before or after, records, rows)
        mean, variance = moments.reshape(len(rows), 2, 2, sum(self._of_layers)).transpose(1, 2, 0, 3)
        slope, saturated, dead_share, update = np.split(of_layers, MEASURES, axis=1)
        return LayerStatistics(
            when[:, 0],
            read_only(when[:, 1].astype(np.int64)),
            slope,
            saturated,
            dead_share,
            update,
            dead,
            self._units,
            mean,
            variance,
            self._of_layers,
        )


def _own(counts: tuple[int, ...], layer: int) -> slice:
    start = sum(counts[:layer])
    return slice(start, start + counts[layer])


def looked_rows(network: Network) -> tuple[int, ...]:
    """Of each layer, how many rows have their mean and variance written down."""
    widths = [dict(layer.stages).get(layer.normalization, layer.stages[0][1]) for layer in network.layers]
    return tuple(min(width, MOST_ROWS) for width in widths)


def dead_on(sample_pass: SamplePass) -> tuple[NDArray[np.bool_], ...]:
    """Which units are dead by the examples of a sample pass that has been run, per layer (units,)."""
    found = []
    for layer, slope in zip(sample_pass.work.layers, sample_pass.slopes, strict=True):
        rows, outputs = layer.activation.widths(1)
        passes = slope.any(axis=1).reshape(rows, -1).any(axis=0)  # of each unit, which may have several rows
        found.append(np.logical_not(layer.a.any(axis=1) | np.tile(passes, outputs)))
    return tuple(found)


def dead_units(problem: Problem, network: Network, sample_pass: SamplePass) -> tuple[NDArray[np.bool_], ...]:
    """Which units are dead, per layer (units,). The sample pass has been run.

    Only units that the sample pass finds dead are looked for beyond the sample, so that this hardly ever costs anything.
    """
    dead = dead_on(sample_pass)
    others = problem.train.X[SAMPLE:]
    for part, work in network.passes(others):
        if not any(layer.any() for layer in dead):
            break
        work.outputs(others[part].T)
        for units, layer in zip(dead, work.layers, strict=True):
            units &= np.logical_not(layer.a.any(axis=1))
    return dead


def measure_layers(problem: Problem, network: Network, sample_pass: SamplePass, last_update: Floats) -> Floats:
    """A row for the log, without epoch and step. The sample pass has been run; `last_update`, (count,), may be NaN."""
    slopes, saturated = [], []
    units = dead_units(problem, network, sample_pass)
    dead = [layer.mean() for layer in units]
    for layer, slope in zip(sample_pass.work.layers, sample_pass.slopes, strict=True):
        slopes.append(np.abs(slope).mean())
        saturated.append(flat(slope, steepest(layer.activation)).mean())
    before = [layer.before[:MOST_ROWS] for layer in sample_pass.work.layers]
    after = [layer.after[:MOST_ROWS] for layer in sample_pass.work.layers]
    moments = [measure(values, axis=1) for measure in (np.mean, np.var) for values in (*before, *after)]
    return np.concatenate([slopes, saturated, dead, update_ratios(network, last_update), *units, *moments])


def update_ratios(network: Network, last_update: Floats) -> Floats:
    """‖Δw‖ / ‖w‖ of one network's layers, biases apart, (layers,); NaN where ‖w‖ is 0, or the update, (count,), is NaN."""
    moved, length = (
        np.sqrt(np.add.reduceat(np.square(values * network.is_weight), network.starts))
        for values in (last_update, network.parameters[0])
    )
    ratios: Floats = np.divide(moved, length, out=np.full_like(moved, np.nan), where=length > 0.0)
    return ratios


def flat(slopes: Floats, limit: float) -> NDArray[np.bool_]:
    """Where hardly any gradient passes an activation whose steepest |f′| is `limit`: everywhere, where that is 0."""
    found: NDArray[np.bool_] = np.abs(slopes) <= SATURATED * limit
    return found


@cache
def steepest(activation: Activation) -> float:
    """The largest |f′| that an activation has between −8 and 8; of coupled outputs, of one alone."""
    activation = activation.alone()
    rows, _ = activation.widths(1)
    z = np.tile(np.linspace(-8.0, 8.0, 1601), (rows, 1))
    return float(np.abs(activation.slope(z)).max())
