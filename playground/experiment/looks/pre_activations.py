"""Where the units of one layer sit on the curve of their activation. Knows no screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.history.layer_statistics import flat, steepest
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.nn.activations import Activation, Array
from playground.nn.calls import run
from playground.nn.network import Network
from playground.nn.stage import Place

BINS = 64  # of a histogram, over all of its reach
REACH = 4.0  # the least; a larger one is a power of two times this, so that it changes seldom
FURTHEST = 1e12  # what lies beyond that is on its way to infinity
POINTS = 513  # of a curve
SPAN = 8.0  # of z, in which a curve shows what it is like


class UnitPreActivations(NamedTuple):
    """Where pre-activations lie: how many there are per unit of z as a share of all, (BINS,), and how they fare.

    `saturated` is the share of those where |f′| is below 5 % of its steepest, `slope` the mean |f′|.
    """

    density: Floats
    saturated: float
    slope: float


class Bends(NamedTuple):
    """What the curve of an activation is like, between −SPAN and SPAN.

    `steepest_at` is the only z where |f′| is largest, None where there are several; `values` are f where it bends most, at
    `places`: where |f″| is largest, of one or two places, or where f has a kink; none where there are more.
    """

    steepest_at: float | None
    places: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class PreActivations(Look):
    """The pre-activations of the layer and the unit that are selected, over the examples of the sample.

    Of coupled outputs each is shown alone: of softmax a sigmoid of how far its pre-activation lies above the others together.

    Attributes:
        layer, unit: which, counted from 0; the last there is where a later one is selected.
        activation: what it is called.
        slope_in_words: what f′ is, where there are no curves.
        coupled: whether its outputs depend on one another, so that z is where each stands alone.
        z: (points,) from −reach to reach.
        values, slopes: f and f′ over z as the unit has them now, (curves, points) and (points,); no curves where a unit
            chooses among several pre-activations. Where it has several outputs, f′ is the slope of their sum.
        faint: where |f′| is below 5 % of its steepest, (points,).
        steepest: the largest |f′| there is; 0 where the activation has no slope at all.
        bends: what the curve is like.
        trained: the numbers of its curve that this unit trains, by their signs.
        edges: of the bins, (BINS + 1,).
        of_layer, of_unit: where all of the layer's units sit, and this one.
    """

    layer: int
    unit: int
    activation: str
    slope_in_words: str
    coupled: bool
    z: Floats
    values: Floats
    slopes: Floats
    faint: NDArray[np.bool_]
    steepest: float
    bends: Bends
    trained: tuple[tuple[str, float], ...]
    edges: Floats
    of_layer: UnitPreActivations
    of_unit: UnitPreActivations


def measure(context: RunContext) -> PreActivations:
    """This moment's, of what is selected."""
    network, layer, unit = context.network, context.selection.layer, context.selection.unit
    work, slopes = context.sample_pass.work.layers[layer], context.sample_pass.slopes[layer]
    activation = work.activation
    z = activation.place_alone(work.z)
    rows = rows_of(activation, unit, len(z))
    reach = reach_of(z)
    points = np.linspace(-reach, reach, POINTS)
    values, slope = curves(network, layer, rows, points)
    own = trained(network, layer, unit)
    limit = max(steepest(activation), float(np.abs(slope).max()) if own else 0.0)  # a trained slope may be steeper
    faint = read_only(flat(slope, limit))
    return PreActivations(
        layer=layer,
        unit=unit,
        activation=activation.label,
        slope_in_words=activation.slope_in_words,
        coupled=activation.coupled,
        z=read_only(points),
        values=read_only(values),
        slopes=read_only(slope),
        faint=faint,
        steepest=limit,
        bends=bends(activation),
        trained=own,
        edges=read_only(np.linspace(-reach, reach, BINS + 1)),
        of_layer=seating(z, slopes, reach, limit),
        of_unit=seating(z[rows], slopes[rows], reach, limit),
    )


@cache
def bends(activation: Activation) -> Bends:
    """Of an activation as it is before training."""
    activation = activation.alone()
    if activation.widths(1) != (1, 1) or not steepest(activation):
        return Bends(None, (), ())
    z = np.linspace(-SPAN, SPAN, 4001)[None]  # with 0 among them, where kinks are
    slope = np.abs(activation.slope(z)[0])
    peaks = _peaks(slope, z[0])
    curvature = np.abs(np.diff(activation.slope(z)[0]))
    middles = 0.5 * (z[0, 1:] + z[0, :-1])
    turns = _peaks(curvature, middles) if curvature.max() > 1e-9 else ()
    turns = turns if len(turns) <= 2 else ()
    values = tuple(float(value) for value in activation(np.array([turns]))[0]) if turns else ()
    return Bends(peaks[0] if len(peaks) == 1 else None, turns, values)


def _peaks(sizes: Floats, z: Floats) -> tuple[float, ...]:
    """The narrow stretches of z within which sizes, (points,), are largest: their middles, to two digits."""
    top = np.concatenate([[False], sizes > (1.0 - 1e-6) * sizes.max(), [False]])
    ends = np.flatnonzero(np.diff(top.astype(np.int8))).reshape(-1, 2)
    inner = [(z[first], z[last - 1]) for first, last in ends.tolist() if first > 0 and last < len(z)]
    return tuple(round(float(low + high) / 2.0, 2) + 0.0 for low, high in inner if high - low < 0.1)


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


def seating(z: Array, slopes: Array, reach: float, limit: float) -> UnitPreActivations:
    """Of pre-activations z and the slopes there, each (rows, examples); what lies beyond the reach sits nowhere."""
    known = z[np.abs(z) <= reach]
    bins = np.minimum(((known + reach) * (BINS / (2.0 * reach))).astype(np.intp), BINS - 1)
    density = np.bincount(bins, minlength=BINS) * (BINS / (2.0 * reach * z.size))
    return UnitPreActivations(read_only(density), float(flat(slopes, limit).mean()), float(np.abs(slopes).mean()))


def trained(network: Network, layer: int, unit: int) -> tuple[tuple[str, float], ...]:
    """Sign and value of each number that a unit's activation trains; units may share one."""
    activation = network.activations[layer]
    stages = [stage for stage, _ in network.layers[layer].stages]
    numbers = network.stage_parameters[layer][stages.index(activation)]
    signs = [sign for sign, _ in activation.symbols]  # of which none may be trained
    return tuple((sign, float(each[unit % len(each), 0])) for sign, each in zip(signs, numbers, strict=False))


def curves(network: Network, layer: int, rows: list[int], z: Floats) -> tuple[Floats, Floats]:
    """f, (curves, points), and f′, (points,), of the unit with these pre-activations, with the numbers it has trained."""
    activation = network.activations[layer]
    if len(rows) > 1:
        return np.empty((0, len(z))), np.full(len(z), np.nan)
    stages = [stage for stage, _ in network.layers[layer].stages]
    trained = network.stage_parameters[layer][stages.index(activation)]
    activation = activation.alone()
    own = tuple(numbers[rows] if len(numbers) > 1 else numbers for numbers in trained)
    h, delta = np.empty((activation.widths(1)[1], len(z))), np.empty((1, len(z)))
    place = Place(z[None], h, np.ones_like(h), delta, own, tuple(map(np.empty_like, own)))
    run(activation.run_forward(place) + activation.run_backward(place))
    return h, delta[0]
