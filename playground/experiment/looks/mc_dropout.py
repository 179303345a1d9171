"""How far the answer over the plane depends on which units dropout leaves: its spread over many thinned networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.nn.activations import Array
from playground.nn.calls import Call, run
from playground.nn.chance import nothing_random
from playground.nn.network import Network
from playground.nn.noise import HiddenNoise, Noise

MASKS = 32
CELLS = 40  # along each side: MASKS runs over the usual map would take too long


@dataclass(frozen=True, eq=False)
class MCDropout(Look):
    """MASKS networks that dropout could train, each with the same units off everywhere in the plane.

    The masks are drawn the same at each look, so that what is seen to change has changed. Source: Gal and Ghahramani
    2016, who take the spread for the network's doubt.

    Attributes:
        deviation: of the output that differs most, in the units of the data, (CELLS, CELLS); row 0 is the lowest y.
        of_hidden, of_inputs: shares that dropout turns off.
    """

    deviation: Floats
    of_hidden: float
    of_inputs: float


def measure(context: RunContext) -> MCDropout | None:
    """This moment's, of what is selected."""
    noise, problem = context.config.training.noise, context.problem
    if not noise.hidden_dropout and not noise.input_dropout:
        return None
    scene = context.setup.scene
    grid = problem.grid(scene.axes, scene.extent, CELLS)
    outputs = _outputs(context.network, np.ascontiguousarray(grid.T), noise)
    spread = (problem.target_scaling.deviation * outputs.std(axis=0)).max(axis=1)
    return MCDropout(read_only(spread.reshape(CELLS, CELLS)), noise.hidden_dropout, noise.input_dropout)


def _outputs(network: Network, x: Array, noise: Noise) -> Array:
    """What the thinned networks answer, (MASKS, examples, outputs), to x, (inputs + 1, examples)."""
    rng, work = np.random.default_rng(0), network.pass_for(x.shape[-1])
    masks: list[tuple[Array, float]] = []  # each a column, and the share of it that is off

    def masked(values: Array, share: float, out: Array) -> list[Call]:
        if not share:
            return []
        masks.append((np.ones((len(values), 1), x.dtype), share))
        return [(np.multiply, (values, masks[-1][0], out))]

    below = x.copy()
    calls = masked(x[:-1], noise.input_dropout, below[:-1])
    for index, layer in enumerate(work.layers):
        forward: list[Call] = [(np.dot, (layer.weights, below, layer.sums)), *layer.calls(nothing_random)[0]]
        values = layer.h
        if not calls and index == 0:  # the same for all masks, and with many inputs most of the work
            run(forward)
            values = layer.h.copy()
        else:
            calls += forward
        if layer is not work.output:
            calls += masked(values, noise.hidden_dropout, layer.h)
        below = layer.h_and_one
    outputs = np.empty((MASKS, x.shape[-1], network.units[-1]), x.dtype)
    for answer in outputs:
        for mask, share in masks:
            HiddenNoise(share, 0.0).fill_mask(rng, mask)
        run(calls)
        answer[...] = work.output.h.T
    return outputs
