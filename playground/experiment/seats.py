"""Where the units of one layer sit on the curve of their activation. Knows no screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.look import Inside, Look, frozen
from playground.experiment.vitals import flat, steepest
from playground.nn.activations import Activation, Array, Sigmoid, Softmax
from playground.nn.calls import run
from playground.nn.network import Network
from playground.nn.stage import Place

BINS = 64  # of a histogram, over all of its reach
REACH = 4.0  # the least; a larger one is a power of two times this, so that it changes seldom
FURTHEST = 1e12  # what lies beyond that is on its way to infinity
POINTS = 513  # of a curve


class Seating(NamedTuple):
    """Where pre-activations lie: how many there are per unit of z as a share of all, (BINS,), and how they fare.

    `saturated` is the share of those where |f′| is below 5 % of its steepest, `slope` the mean |f′|.
    """

    density: Floats
    saturated: float
    slope: float


@dataclass(frozen=True, eq=False)
class Seats(Look):
    """The pre-activations of the layer and the unit that the display names, over the examples of the probe.

    Softmax is a sigmoid of how far a pre-activation lies above the others together, so that is where its units sit.

    Attributes:
        layer, unit: which, counted from 0; the last there is where the display names a later one.
        activation: what it is called.
        z: (points,) from −reach to reach.
        values, slopes: f and f′ over z as the unit has them now, (curves, points) and (points,); no curves where a unit
            chooses among several pre-activations. Where it has several outputs, f′ is the slope of their sum.
        faint: where |f′| is below 5 % of its steepest, (points,).
        steepest: the largest |f′| there is; 0 where the activation has no slope at all.
        edges: of the bins, (BINS + 1,).
        of_layer, of_unit: where all of the layer's units sit, and this one.
    """

    need = "seats"

    layer: int
    unit: int
    activation: str
    z: Floats
    values: Floats
    slopes: Floats
    faint: NDArray[np.bool_]
    steepest: float
    edges: Floats
    of_layer: Seating
    of_unit: Seating

    @classmethod
    def take(cls, inside: Inside) -> Seats:
        network, display = inside.network, inside.config.display
        layer = min(display.layer, len(network.units) - 1)
        unit = min(display.unit, network.units[layer] - 1)
        work, slopes = inside.probe.work.layers[layer], inside.probe.slopes[layer]
        activation = work.activation
        z = above_others(work.z) if isinstance(activation, Softmax) else work.z
        rows = rows_of(activation, unit, len(z))
        reach = reach_of(z)
        points = np.linspace(-reach, reach, POINTS)
        values, slope = curves(network, layer, rows, points)
        limit = steepest(activation)
        faint = frozen(flat(slope, limit))
        return cls(
            layer=layer,
            unit=unit,
            activation=activation.label,
            z=frozen(points),
            values=frozen(values),
            slopes=frozen(slope),
            faint=faint,
            steepest=limit,
            edges=frozen(np.linspace(-reach, reach, BINS + 1)),
            of_layer=seating(z, slopes, reach, limit),
            of_unit=seating(z[rows], slopes[rows], reach, limit),
        )


def rows_of(activation: Activation, unit: int, rows: int) -> list[int]:
    """Which of a layer's pre-activations belong to one of its outputs."""
    each, _ = activation.widths(1)
    units = rows // each
    return [unit % units + piece * units for piece in range(each)]


def reach_of(z: Array) -> float:
    """How far a histogram must go to both sides to hold all pre-activations that are not beyond all bounds."""
    size = np.abs(z)
    furthest = float(np.max(size, initial=REACH, where=size < FURTHEST))
    return REACH * 2.0 ** math.ceil(math.log2(furthest / REACH) - 1e-12)


def seating(z: Array, slopes: Array, reach: float, limit: float) -> Seating:
    """Of pre-activations z and the slopes there, each (rows, examples); what lies beyond the reach sits nowhere."""
    known = z[np.abs(z) <= reach]
    bins = np.minimum(((known + reach) * (BINS / (2.0 * reach))).astype(np.intp), BINS - 1)
    density = np.bincount(bins, minlength=BINS) * (BINS / (2.0 * reach * z.size))
    return Seating(frozen(density), float(flat(slopes, limit).mean()), float(np.abs(slopes).mean()))


def curves(network: Network, layer: int, rows: list[int], z: Floats) -> tuple[Floats, Floats]:
    """f, (curves, points), and f′, (points,), of the unit with these pre-activations, with the numbers it has trained."""
    activation = network.activations[layer]
    if len(rows) > 1:
        return np.empty((0, len(z))), np.full(len(z), np.nan)
    stages = [stage for stage, _ in network.layers[layer].stages]
    trained = network.stage_parameters[layer][stages.index(activation)]
    if isinstance(activation, Softmax):  # which trains nothing
        activation = Sigmoid()
    own = tuple(numbers[rows] if len(numbers) > 1 else numbers for numbers in trained)
    h, delta = np.empty((activation.widths(1)[1], len(z))), np.empty((1, len(z)))
    place = Place(z[None], h, np.ones_like(h), delta, own, tuple(map(np.empty_like, own)))
    run(activation.run_forward(place) + activation.run_backward(place))
    return h, delta[0]


def above_others(z: Array) -> Array:
    """zₖ − log Σ eᶻʲ over the other rows j, (rows, examples): a softmax's k-th output is the sigmoid of it."""
    others = [np.logaddexp.reduce(np.delete(z, row, axis=0), axis=0) for row in range(len(z))]
    above: Array = z - np.stack(others)
    return above
