"""One example through a network and back, layer by layer, held against finite differences. Knows no notation.

The walk is on a copy in double precision, so it changes nothing, and as when testing: without noise, and with a batch
norm's running statistics, which one example alone could not replace.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.nn.activations import Activation, Array
from playground.nn.calls import Call, run
from playground.nn.losses import Loss
from playground.nn.network import Network
from playground.nn.normalizations import BatchNorm, LayerNorm, Normalization
from playground.nn.passes import LayerPass
from playground.nn.stage import Place, Stage

MOST_CHECKED = 64  # weights
EPSILON = 1e-5  # by which a weight is moved up and down
FLOOR = 1e-7  # gradients below it drown in the rounding of finite differences


@dataclass(frozen=True, eq=False)
class NormWalk:
    """A normalization on the way: (v − mean) / deviation · gain + shift. Columns of one number a row, or of one for all."""

    after: bool
    mean: Array
    deviation: Array
    gain: Array
    shift: Array


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


class Walk:
    """The walk of x, (inputs + 1, 1), towards its target, (outputs, 1).

    Attributes:
        layers, first to last.
        loss: of this example.
        error: ‖g − n‖ / (‖g‖ + ‖n‖) of the weights checked, g by backpropagation, n by central differences; `checked`
            says how many.
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
        checked = [np.isfinite(layer.numeric) for layer in self.layers]
        pairs = [(layer.gradient[at], layer.numeric[at]) for layer, at in zip(self.layers, checked, strict=True)]
        exact, numeric = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
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
            if index < len(kept) - 1:
                a_upstream, delta, sums_delta = layer.back(upstream)
            walk = layer.walk(below, upstream, a_upstream, delta, sums_delta, self._numeric(index))
            layers.append(walk)
            upstream = walk.weights[:, :-1].T @ sums_delta
        return tuple(reversed(layers))

    def _numeric(self, index: int) -> Array:
        """Central differences at some of a layer's weights, or at all where the network is small; elsewhere NaN."""
        weights = self._twin.weights[index]
        flat, numeric = weights.reshape(-1), np.full(weights.size, np.nan)
        places = np.arange(flat.size)
        if sum(all_of.size for all_of in self._twin.weights) > MOST_CHECKED:
            share = max(MOST_CHECKED // len(self._twin.weights), 1)
            places = np.unique(np.linspace(0, flat.size - 1, share).astype(int))
        for place in places:
            own = flat[place]
            flat[place] = own + EPSILON
            above = self._take_loss()
            flat[place] = own - EPSILON
            numeric[place] = (above - self._take_loss()) / (2.0 * EPSILON)
            flat[place] = own
        return numeric.reshape(weights.shape)


class _Kept:
    """A layer's values of the run forward, before finite differences run it again."""

    def __init__(self, network: Network, index: int, work: LayerPass) -> None:
        self.activation, self._weights = work.activation, work.weights
        self.sums, self.z, self.a, self.h = (array.copy() for array in (work.sums, work.z, work.a, work.h))
        self._stages: list[Stage] = [stage for stage, _ in network.layers[index].stages]
        between = [] if len(self._stages) == 1 else [self.z if self._stages[1] is work.activation else self.a]
        self._values = [self.sums, *between, self.h]
        self._trained = network.stage_parameters[index]
        self._remembered = network.stage_statistics[index]

    def back(self, upstream: Array) -> tuple[Array, Array, Array]:
        """The gradients by a, by z and by the sums, of that by h."""
        slopes = [upstream]
        for at in range(len(self._stages) - 1, -1, -1):
            slopes.append(self._through(at, slopes[-1]))
        at_activation = self._stages.index(self.activation)
        from_top = len(self._stages) - 1 - at_activation
        return slopes[from_top], slopes[from_top + 1], slopes[-1]

    def walk(
        self, below: Array, upstream: Array, a_upstream: Array, delta: Array, sums_delta: Array, numeric: Array
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
            self._through(self._stages.index(self.activation), np.ones_like(self.a)),
            upstream,
            a_upstream,
            delta,
            sums_delta,
            sums_delta @ below.T,
            numeric,
        )

    def _through(self, at: int, upstream: Array) -> Array:
        """Back through one stage."""
        stage, z = self._stages[at], self._values[at]
        if isinstance(stage, BatchNorm):  # which has a way back in training only
            return upstream * self._trained[at][0] / np.sqrt(self._remembered[at][1] + stage.epsilon)
        trained = self._trained[at]
        delta, scratch = np.empty_like(z), tuple(map(np.empty_like, trained))
        place = Place(
            z, self._values[at + 1].copy(), upstream, delta, trained, scratch, statistics=self._remembered[at]
        )
        calls: list[Call] = [*stage.run_forward(place), *stage.run_backward(place)]
        run(calls)
        return delta

    def _norm(self) -> NormWalk | None:
        for at, stage in enumerate(self._stages):
            if not isinstance(stage, Normalization):
                continue
            gain, shift = (array.copy() for array in self._trained[at])
            if isinstance(stage, BatchNorm):
                mean, variance = (array.copy() for array in self._remembered[at])
                return NormWalk(stage.after, mean, np.sqrt(variance + stage.epsilon), gain, shift)
            assert isinstance(stage, LayerNorm)
            mean, variance = self._values[at].mean(0, keepdims=True), self._values[at].var(0, keepdims=True)
            return NormWalk(stage.after, mean, np.sqrt(variance + stage.epsilon), gain, shift)
        return None
