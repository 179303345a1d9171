"""What one layer's units are told and what they answer, over the drawn plane or along a single input. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.experiment.looks.maps import MAP_SIZE
from playground.experiment.looks.pre_activations import rows_of
from playground.nn.activations import Activation, Array


@dataclass(frozen=True, eq=False)
class ActivationMaps(Look):
    """The layer that are selected, each unit's pre-activation and activation; float32, row 0 the lowest y.

    Attributes:
        layer: which, counted from 0; the last there is where a later one is selected.
        z, h: (units, MAP_SIZE, MAP_SIZE), or along a single input (units, 1, places). Of a unit with several
            pre-activations z is the largest. Outputs are in the units of the data.
        hard: as h, what the output layer decides when testing; None for hidden layers, and for a number to predict.
        x: the places along a single input, (places,), in raw units; None where a plane is drawn.
        answer: the outputs there, (outputs, places), in the units of the data; None where a plane is drawn.
    """

    layer: int
    z: Floats
    h: Floats
    hard: Floats | None
    x: Floats | None
    answer: Floats | None


def measure(context: RunContext) -> ActivationMaps:
    """This moment's, of what is selected."""
    network, problem, x = context.network, context.problem, context.maps.line
    layer = context.selection.layer
    sums, h, outputs = context.maps.layer(network, layer)
    activation, hard = network.activations[layer], None
    if layer == len(network.units) - 1:
        hard = decided(activation, h, problem.ends)
        h = problem.decode(h.T).T
    z = np.stack([sums[rows_of(activation, unit, len(sums))].max(axis=0) for unit in range(len(h))])
    shape = (len(h), MAP_SIZE, MAP_SIZE) if x is None else (len(h), 1, len(x))
    return ActivationMaps(
        layer=layer,
        z=read_only(z.reshape(shape)),
        h=read_only(h.reshape(shape)),
        hard=None if hard is None else read_only(hard.reshape(shape)),
        x=x,
        answer=None if x is None else read_only(problem.decode(outputs.T).T),
    )


def decided(output: Activation, h: Array, ends: tuple[float, float] | None) -> Array | None:
    """What outputs (outputs, cells) say when they must choose between the ends, no and yes; None without classes."""
    if ends is None:
        return None
    no, yes = ends
    hard = output.decide(h)
    first = np.arange(len(h))[:, None] == hard.argmax(axis=0)
    return np.where(first if len(h) > 1 else hard > (no + yes) / 2.0, yes, no).astype(h.dtype)


def crossings(x: Floats, z: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Where pre-activations z, (units, places), change their sign along x: which units', and at which places."""
    units, places = np.nonzero((z[:, :-1] > 0.0) != (z[:, 1:] > 0.0))
    before, after = z[units, places], z[units, places + 1]
    with np.errstate(over="ignore", invalid="ignore"):  # of numbers beyond all bounds, in the middle
        share = np.nan_to_num(before / (before - after), nan=0.5)
    return units, x[places] + (x[places + 1] - x[places]) * share
