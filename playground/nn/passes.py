"""A network at work: the arrays of one batch size, and the calls that run over them forward and back."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from playground.nn.activations import Array
from playground.nn.calls import Call, run
from playground.nn.chance import Turn, nothing_random
from playground.nn.layer_arrays import LayerArrays
from playground.nn.stage import Draw, Place, Stage

Members = NDArray[np.bool_] | EllipsisType  # which of several; all, and the only thing to say of one


class LayerPass:
    """One layer's work arrays for one batch size.

    Attributes:
        sums, sums_delta: the weighted sums, (rows, batch), and the gradient by them.
        z, delta: what enters the activation, its pre-activation, and the gradient by it; often the sums themselves.
        a: what leaves the activation; often h itself.
        before, after: what the layer's normalization gets and what it makes of that; without one, both are z.
        h, upstream: what leaves the layer, (units, batch), and the gradient by it; views of `h_and_one` and
            `upstream_and_one`, which have one more row.
    """

    def __init__(
        self, arrays: LayerArrays, index: int, members: int, batch: int, backward: bool, noise: Stage | None
    ) -> None:
        layer, dtype = arrays.dense, arrays.weights.dtype

        def rows(count: int) -> Array:
            """Ones, as a row of ones below the outputs has to be: (count, batch) or (members, count, batch)."""
            if members == 1:
                return np.ones((count, batch), dtype)
            return np.ones((count, members, batch), dtype).swapaxes(0, 1)

        stages = [stage for stage, _ in layer.stages]
        widths = [width for _, width in layer.stages] + [layer.activation.widths(layer.units)[1]] * (
            1 + (noise is not None)
        )
        if noise is not None:
            stages.append(noise)
        values = [rows(width) for width in widths[:-1]]
        self.h_and_one = rows(widths[-1] + 1)
        self.h = self.h_and_one[..., :-1, :]
        values.append(self.h)
        slopes = values  # when only looking nobody writes them
        if backward:
            slopes = [rows(width) for width in widths[:-1]]
            self.upstream_and_one = rows(widths[-1] + 1)
            self.upstream = self.upstream_and_one[..., :-1, :]
            slopes.append(self.upstream)
            self.gradient = arrays.weight_gradients
        own = (arrays.stage_parameters, arrays.stage_gradients, arrays.stage_statistics)
        trained, gradients, statistics = ((*numbers, ()) for numbers in own)  # noise has none
        at_activation = stages.index(layer.activation)
        self.weights = arrays.weights
        self.activation = layer.activation
        self.sums, self.z, self.a = values[0], values[at_activation], values[at_activation + 1]
        at = stages.index(layer.normalization) if layer.normalization in stages else None
        self.before, self.after = (self.z, self.z) if at is None else (values[at], values[at + 1])
        self.sums_delta, self.delta = slopes[0], slopes[at_activation]
        self._index = index
        self._random = any(stage.random for stage in stages)
        self._backward = backward
        self._stages = stages
        self._arrays = [
            (values[i], values[i + 1], slopes[i + 1], slopes[i], trained[i], gradients[i], statistics[i])
            for i in range(len(stages))
        ]
        self._between: list[dict[str, Array]] = [{} for _ in stages]
        self._kept = None if self._random and backward else self._compile(nothing_random if backward else None)

    def calls(self, turn: Turn) -> tuple[list[Call], list[Call]]:
        """From the sums to h, and from upstream to the gradient by the sums."""
        return self._kept or self._compile(turn)

    def _compile(self, turn: Turn | None) -> tuple[list[Call], list[Call]]:
        draw: Draw | None = turn(self._index) if turn is not None else None
        places = [Place(*arrays, draw, between) for arrays, between in zip(self._arrays, self._between, strict=True)]
        pairs = list(zip(self._stages, places, strict=True))
        forward = [call for stage, at in pairs for call in stage.run_forward(at)]
        if not self._backward:
            return forward, []
        return forward, [call for stage, at in reversed(pairs) for call in stage.run_backward(at)]


class Pass:
    """One run of a network over a batch, forward and perhaps back, in arrays that are used again at each run."""

    def __init__(
        self, layers: Sequence[LayerArrays], members: int, batch: int, backward: bool, noise: Stage | None
    ) -> None:
        last = len(layers) - 1
        self.layers = [
            LayerPass(arrays, index, members, batch, backward, noise if index < last else None)
            for index, arrays in enumerate(layers)
        ]
        self.output = self.layers[-1]
        self._multiply = np.dot if members == 1 else np.matmul
        self._looking = None if backward else self._above(nothing_random)

    def forward(self, x: Array, turn: Turn = nothing_random) -> list[Call]:
        """Write every layer's z and h for x, (inputs + 1, batch) with a last row of ones."""
        first = self.layers[0]
        return [(self._multiply, (first.weights, x, first.sums)), *(self._looking or self._above(turn))]

    def outputs(self, x: Array) -> Array:
        """Run forward; the outputs (outputs, batch), in an array that the next run overwrites."""
        run(self.forward(x))
        return self.output.h

    def backward(self, x: Array, turn: Turn = nothing_random) -> list[Call]:
        """From `output.delta`, which the loss fills, write every layer's delta and weight gradient."""
        calls: list[Call] = []
        for above, below in zip(self.layers[:0:-1], self.layers[-2::-1], strict=True):
            calls.append((self._multiply, (above.sums_delta, _transposed(below.h_and_one), above.gradient)))
            if self._multiply is np.dot:  # with the biases, though their row is not read: a whole matrix is faster
                back = (_transposed(above.weights), above.sums_delta, below.upstream_and_one)
            else:
                back = (_transposed(above.weights[..., :-1]), above.sums_delta, below.upstream)
            calls.append((self._multiply, back))
            calls += below.calls(turn)[1]
        calls.append((self._multiply, (self.layers[0].sums_delta, _transposed(x), self.layers[0].gradient)))
        return calls

    def broken_layer(self, members: Members = ...) -> int | None:
        """Counted from 0, the first layer whose last forward values or else gradients are not finite; None if all are.

        Of several `members` only those count that are given, (members,).
        """
        for index, layer in enumerate(self.layers):
            if not _finite(layer.z[members], layer.h[members]):
                return index
        for index, layer in reversed(list(enumerate(self.layers))):
            if not _finite(layer.delta[members], layer.gradient[members]):
                return index
        return None

    def _above(self, turn: Turn) -> list[Call]:
        """All of the forward run but the first product, which is the only one that needs x."""
        calls: list[Call] = []
        below = None
        for layer in self.layers:
            if below is not None:
                calls.append((self._multiply, (layer.weights, below.h_and_one, layer.sums)))
            calls += layer.calls(turn)[0]
            below = layer
        return calls


def _finite(*arrays: Sequence[float] | Array) -> bool:
    return all(np.isfinite(array).all() for array in arrays)


def _transposed(matrices: Array) -> Array:
    """A view with the last two axes exchanged."""
    return np.swapaxes(matrices, -1, -2)
