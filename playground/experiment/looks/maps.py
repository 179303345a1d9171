"""What the network and each of its units answer over the drawn plane. Knows no run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.looks.look import Look, read_only
from playground.experiment.problem import Problem
from playground.experiment.scene import Scene
from playground.nn.network import Network

MAP_SIZE = 96  # cells along each side of a map
LINE = 385  # places along the only column that is drawn: bends are seen where they are


@dataclass(frozen=True, eq=False)
class UnitMaps(Look):
    """What inputs and units put out over the plane.

    Attributes:
        layers: for inputs and each hidden layer and the output layer: (units, MAP_SIZE, MAP_SIZE) activations, those of
            the output layer in raw units, and soft.
    """

    layers: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class Answers(Look):
    """What the network answers over the plane, (outputs, MAP_SIZE, MAP_SIZE); row 0 is the lowest y, column 0 the lowest x.

    Attributes:
        mean: the outputs, in raw units for regression; of several members the mean.
        deviation: the standard deviation over the members; None where there is one.
    """

    mean: Floats
    deviation: Floats | None


class Maps:
    """The plane of a scene, sampled once; maps are in float32, row 0 the lowest y, and read-only."""

    def __init__(self, problem: Problem, scene: Scene) -> None:
        self._problem = problem
        self._grid = problem.grid(scene.axes, scene.extent, MAP_SIZE)  # (cells, inputs + 1)
        low, high, _, _ = scene.extent
        self._axis, _ = scene.axes
        self._line = read_only(np.linspace(low, high, LINE)) if scene.axes[0] == scene.axes[1] else None
        self._inputs = _as_maps(self._grid[:, :-1].T.astype(np.float32))

    def answers(self, network: Network, members: NDArray[np.bool_], units: tuple[Floats, ...] | None = None) -> Answers:
        """Of several networks only these `members`, (members,), are asked. The answers of one are among its `units`."""
        if network.members == 1 and units is not None:
            return Answers(read_only(self._problem.output.decide(units[-1])), None)
        if network.members == 1:
            return Answers(self._decoded(self._answers(network)), None)
        every = self._answers(network)[members]
        spread = self._problem.target_scaling.deviation * every.std(axis=0)
        return Answers(self._decoded(every.mean(axis=0)), _as_maps(spread.T.astype(np.float32)))

    def units(self, network: Network) -> tuple[Floats, ...]:
        """What the inputs and the units of every layer put out, each (units, MAP_SIZE, MAP_SIZE).

        Outputs are in the units of the data, and soft.
        """
        flat: list[Floats] = [np.empty((units, len(self._grid)), np.float32) for units in network.units]
        flat[-1] = flat[-1].astype(network.parameters.dtype)  # rounded when it has been decoded
        for part, work in network.passes(self._grid):
            work.outputs(self._grid[part].T)
            for layer, values in zip(work.layers, flat, strict=True):
                values[:, part] = layer.h
        flat[-1] = self._problem.decode(flat[-1].T).T
        return (self._inputs, *(_as_maps(values.astype(np.float32)) for values in flat))

    @property
    def line(self) -> Floats | None:
        """Where along the only column that is drawn a layer is sampled, (LINE,), in raw units; None where two are."""
        return self._line

    def layer(self, network: Network, index: int) -> tuple[Floats, Floats, Floats]:
        """What enters and what leaves the activation of one layer, and the soft outputs, (rows, cells) each.

        Cells are those of the plane, row by row, or the places of `line`. Outputs are not in the units of the data.
        """
        grid = self._grid if self._line is None else self._problem.along(self._axis, self._line)
        rows, units = network.activations[index].widths(network.layers[index].units)
        z, a, outputs = (np.empty((count, len(grid)), np.float32) for count in (rows, units, network.units[-1]))
        for part, work in network.passes(grid):
            outputs[:, part] = work.outputs(grid[part].T)
            z[:, part], a[:, part] = work.layers[index].z, work.layers[index].a
        return z, a, outputs

    def _answers(self, network: Network) -> Floats:
        return self._problem.output.decide(network.predict(self._grid))

    def _decoded(self, answers: Floats) -> Floats:
        return _as_maps(self._problem.decode(answers).T.astype(np.float32))


def _as_maps(flat: Floats) -> Floats:
    return read_only(np.ascontiguousarray(flat).reshape(len(flat), MAP_SIZE, MAP_SIZE))
