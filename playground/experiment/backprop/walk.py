"""One example through a network and back, layer by layer, held against finite differences. Knows no notation.

The walk is on a copy in double precision, so it changes nothing, and as when testing: without noise, and with a batch
norm's running statistics, which one example alone could not replace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from playground.nn.activations import Activation, Array
from playground.nn.calls import Call, run
from playground.nn.losses import Loss
from playground.nn.network import Network
from playground.nn.normalizations import Normalization
from playground.nn.passes import LayerPass
from playground.nn.stage import Place, Stage

MOST_CHECKED = 64  # of all numbers that are trained
EPSILON = 1e-5  # by which such a number is moved up and down
FLOOR = 1e-7  # gradients below it drown in the rounding of finite differences


@dataclass(frozen=True, eq=False)
class NormWalk:
    """A normalization on the way: (v − mean) / deviation · gain + shift. Columns of one number a row, or of one for all.

    When `running`, mean and deviation are running ones, which this example does not move.
    """

    after: bool
    running: bool
    mean: Array
    deviation: Array
    gain: Array
    shift: Array


@dataclass(frozen=True, eq=False)
class TrainedWalk:
    """What a stage trains beside the weights, in a column: one number for each of its rows, or one for all of them.

    Attributes:
        symbol, slope_symbol: how it is written, and how the slope by it of what leaves the stage.
        of_norm: whether it is the normalization's, and not the activation's.
        place: which stage of the layer it belongs to, and the how manieth of its numbers they are.
        slope, upstream: that slope, and the gradient by what leaves the stage, (rows, 1).
        gradient, numeric: as of the weights, (numbers, 1).
    """

    symbol: str
    slope_symbol: str
    of_norm: bool
    place: tuple[int, int]
    values: Array
    slope: Array
    upstream: Array
    gradient: Array
    numeric: Array


@dataclass(frozen=True, eq=False)
class LayerWalk:
    """What one layer does with the example, in columns (rows, 1).

    Attributes:
        weights, gradient: (rows, inputs + 1), the last column of the bias. `numeric` is the gradient by central
            differences, NaN where it was not taken.
        below: the layer's inputs and a 1. `sums` is weights · below, z what enters the activation, a what leaves it,
            and h what leaves the layer: but for a normalization, z are the sums and h is a.
        norm: the normalization, if there is one.
        slope: f′(z).
        upstream, a_upstream, delta, sums_delta: the gradients by h, a, z and the sums. `upstream` is NaN at an output
            unit whose loss takes the short way.
        trained: what is trained beside the weights, in the order of the stages.
    """

    activation: Activation
    norm: NormWalk | None
    weights: Array
    below: Array
    sums: Array
    z: Array
    a: Array
    h: Array
    slope: Array
    upstream: Array
    a_upstream: Array
    delta: Array
    sums_delta: Array
    gradient: Array
    numeric: Array
    trained: tuple[TrainedWalk, ...]


class Walk:
    """The walk of x, (inputs + 1, 1), towards its target, (outputs, 1).

    Attributes:
        layers, first to last.
        loss: of this example.
        error: ‖g − n‖ / (‖g‖ + ‖n‖) of the weights and all else that is trained, g by backpropagation, n by central
            differences, as far as they were checked; `checked` says how many numbers that were.
    """

    def __init__(self, network: Network, loss: Loss, x: Array, target: Array) -> None:
        twin = Network(network.inputs, network.layers)
        twin.parameters[...] = network.parameters
        twin.statistics[...] = network.statistics
        self._twin, self._loss, self._target = twin, loss, target.astype(float)
        x = x.astype(float)
        self._work = twin.pass_for(1)
        self._forward = self._work.forward(x)
        self.loss = self._take_loss()
        kept = [_Kept(twin, index, work) for index, work in enumerate(self._work.layers)]
        self.layers = self._back(x, kept)
        pairs = [(layer.gradient, layer.numeric) for layer in self.layers]
        pairs += [(part.gradient, part.numeric) for layer in self.layers for part in layer.trained]
        exact, numeric = (np.concatenate([part.ravel() for part in parts]) for parts in zip(*pairs, strict=True))
        checked = np.isfinite(numeric)
        exact, numeric = exact[checked], numeric[checked]
        size = np.linalg.norm(exact) + np.linalg.norm(numeric)
        self.error = float(np.linalg.norm(exact - numeric) / size) if size else 0.0
        self.checked = len(exact)

    def _take_loss(self) -> float:
        run(self._forward)
        output = self._work.output
        return float(self._loss.value(output.activation, output.z, output.h, self._target)[0])

    def _back(self, x: Array, kept: list[_Kept]) -> tuple[LayerWalk, ...]:
        """Every layer, from the last to the first, then turned round."""
        output, loss = kept[-1], self._loss
        upstream, delta = np.full_like(output.h, np.nan), np.empty_like(output.z)
        if type(loss).slope is not Loss.slope:
            run(loss.slope(output.h, self._target, upstream))
        run(loss.gradient(output.activation, output.z, output.h, self._target, delta))
        layers: list[LayerWalk] = []
        for index in range(len(kept) - 1, -1, -1):
            layer = kept[index]
            below = np.vstack([kept[index - 1].h, [[1.0]]]) if index else x
            a_upstream, sums_delta = upstream, delta
            trained: tuple[TrainedWalk, ...] = ()
            if index < len(kept) - 1:
                a_upstream, delta, sums_delta = layer.back(upstream)
                trained = layer.trained(upstream, self._numeric)
            numeric = self._numeric(self._twin.weights[index])
            walk = layer.walk(below, upstream, a_upstream, delta, sums_delta, numeric, trained)
            layers.append(walk)
            upstream = walk.weights[:, :-1].T @ sums_delta
        return tuple(reversed(layers))

    def _numeric(self, trained: Array) -> Array:
        """Central differences at some of an array of the twin, or at all where the network is small; elsewhere NaN."""
        flat, numeric = trained.reshape(-1), np.full(trained.size, np.nan)
        places = np.arange(flat.size)
        if self._twin.parameters.size > MOST_CHECKED:
            arrays = len(self._twin.weights) + sum(map(len, chain.from_iterable(self._twin.stage_parameters)))
            share = max(MOST_CHECKED // arrays, 1)
            places = np.unique(np.linspace(0, flat.size - 1, share).astype(int))
        for place in places:
            own = flat[place]
            flat[place] = own + EPSILON
            above = self._take_loss()
            flat[place] = own - EPSILON
            numeric[place] = (above - self._take_loss()) / (2.0 * EPSILON)
            flat[place] = own
        return numeric.reshape(trained.shape)


class _Kept:
    """A layer's values of the run forward, before finite differences run it again."""

    def __init__(self, network: Network, index: int, work: LayerPass) -> None:
        self.activation, self._weights = work.activation, work.weights
        self.sums, self.z, self.a, self.h = (array.copy() for array in (work.sums, work.z, work.a, work.h))
        self._stages: list[Stage] = [stage for stage, _ in network.layers[index].stages]
        between = [] if len(self._stages) == 1 else [self.z if self._stages[1] is work.activation else self.a]
        self._values = [self.sums, *between, self.h]
        self._trained = network.stage_parameters[index]  # themselves, which finite differences move and put back
        self._remembered = network.stage_statistics[index]

    def back(self, upstream: Array) -> tuple[Array, Array, Array]:
        """The gradients by a, by z and by the sums, of that by h."""
        slopes = self._slopes(upstream)
        at_activation = self._stages.index(self.activation)
        return slopes[at_activation + 1], slopes[at_activation], slopes[0]

    def trained(self, upstream: Array, numeric: Callable[[Array], Array]) -> tuple[TrainedWalk, ...]:
        """What the stages train, with its gradients, of that by h; `numeric` takes central differences at an array."""
        above = self._slopes(upstream)[1:]
        return tuple(
            TrainedWalk(
                *stage.symbols[which],
                isinstance(stage, Normalization),
                (at, which),
                numbers.copy(),
                self._slope_by(at, which),
                above[at],
                self._back(at, above[at])[1][which],
                numeric(numbers),
            )
            for at, stage in enumerate(self._stages)
            for which, numbers in enumerate(self._trained[at])
        )

    def walk(
        self,
        below: Array,
        upstream: Array,
        a_upstream: Array,
        delta: Array,
        sums_delta: Array,
        numeric: Array,
        trained: tuple[TrainedWalk, ...],
    ) -> LayerWalk:
        """All of it together."""
        return LayerWalk(
            self.activation,
            self._norm(),
            self._weights.copy(),
            below,
            self.sums,
            self.z,
            self.a,
            self.h,
            self._back(self._stages.index(self.activation), np.ones_like(self.a))[0],
            upstream,
            a_upstream,
            delta,
            sums_delta,
            sums_delta @ below.T,
            numeric,
            trained,
        )

    def _slopes(self, upstream: Array) -> list[Array]:
        """The gradients by what enters each stage, and by h, of that by h."""
        slopes = [upstream]
        for at in range(len(self._stages) - 1, -1, -1):
            slopes.insert(0, self._back(at, slopes[0])[0])
        return slopes

    def _back(self, at: int, upstream: Array) -> tuple[Array, tuple[Array, ...]]:
        """Back through one stage: the gradients by what enters it, and by what it trains. There may be members."""
        stage, z, trained = self._stages[at], self._values[at], self._trained[at]
        if isinstance(stage, Normalization) and stage.running:
            mean, deviation = stage.moments(z, self._remembered[at])
            return upstream * trained[0] / deviation, (upstream * (z - mean) / deviation, upstream.copy())
        lead = upstream.shape[:-2]
        z, h, *own = (
            np.broadcast_to(array, (*lead, *array.shape)).copy() for array in (z, self._values[at + 1], *trained)
        )
        delta, gradients = np.empty_like(z), tuple(map(np.empty_like, own))
        place = Place(z, h, upstream, delta, tuple(own), gradients, statistics=self._remembered[at])
        calls: list[Call] = [*stage.run_forward(place), *stage.run_backward(place)]
        run(calls)
        return delta, gradients

    def _slope_by(self, at: int, which: int) -> Array:
        """Of each row that leaves a stage, by a number it trains, (rows, 1)."""
        rows = len(self._values[at + 1])
        if len(self._trained[at][which]) == rows:
            return self._back(at, np.ones((rows, 1)))[1][which]
        return self._back(at, np.eye(rows)[..., None])[1][which].reshape(rows, 1)  # a member for each of the rows

    def _norm(self) -> NormWalk | None:
        for at, stage in enumerate(self._stages):
            if not isinstance(stage, Normalization):
                continue
            gain, shift = (array.copy() for array in self._trained[at])
            return NormWalk(
                stage.after, stage.running, *stage.moments(self._values[at], self._remembered[at]), gain, shift
            )
        return None
