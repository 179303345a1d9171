"""What the network and each of its units answer over the drawn plane."""

from __future__ import annotations

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.frame import MAP_SIZE, Scene
from playground.experiment.problem import Problem
from playground.nn.network import Network


class Maps:
    """The plane of a scene, sampled once; drawing is one forward pass over it."""

    def __init__(self, problem: Problem, scene: Scene) -> None:
        self._problem = problem
        self._grid = problem.grid(scene.axes, scene.extent, MAP_SIZE)  # (cells, inputs + 1)
        self._inputs = _as_maps(self._grid[:, :-1].T.astype(np.float32))

    def draw(self, network: Network, outputs: bool, units: bool) -> tuple[Floats | None, tuple[Floats, ...] | None]:
        """Maps of the outputs in the units of the data, and of the inputs and every layer's activations.

        Each is (units, MAP_SIZE, MAP_SIZE) in float32, read-only; what is not asked for is None.
        """
        if not outputs and not units:
            return None, None
        wanted = range(len(network.units)) if units else range(len(network.units) - 1, len(network.units))
        flat = {layer: np.empty((network.units[layer], len(self._grid)), np.float32) for layer in wanted}
        for part, work in network.passes(self._grid):
            work.outputs(self._grid[part].T)
            for layer in wanted:
                flat[layer][:, part] = work.layers[layer].h
        answer = flat[len(network.units) - 1]
        decoded = self._problem.decode(answer.T).T.astype(np.float32) if outputs else None
        layers = (self._inputs, *(_as_maps(flat[layer]) for layer in wanted)) if units else None
        return None if decoded is None else _as_maps(decoded), layers


def _as_maps(flat: Floats) -> Floats:
    maps = np.ascontiguousarray(flat).reshape(len(flat), MAP_SIZE, MAP_SIZE)
    maps.setflags(write=False)
    return maps
