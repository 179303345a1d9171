"""A stack of dense layers: what is stored, forward, and backward. Knows no loss and no optimizer.

All parameters lie in one flat buffer and all gradients in another, (members, count); layers hold views of them. A
layer's weights are (units, inputs + 1): the last column is the bias, which multiplies a row of ones below the inputs,
so that no call of its own is spent on biases. Examples are columns, as in the lectures' W h. Members are networks of
one shape computed at once; with one member the arrays have no member axis and np.dot, the fastest product, is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.nn.activations import Activation, Array
from playground.nn.calls import Call, run
from playground.nn.initializers import Initializer

CHUNK = 1024  # examples a call when only looking: the arrays stay in the processor's cache


class Network:
    """Parameters and gradients of `members` dense networks with `inputs` inputs and the given (units, activation) layers."""

    def __init__(self, inputs: int, layers: Sequence[tuple[int, Activation]], members: int = 1) -> None:
        self.inputs = inputs
        self.members = members
        self.units = tuple(units for units, _ in layers)
        self.activations = tuple(activation for _, activation in layers)
        below = (inputs, *self.units[:-1])
        shapes = [(units, fan_in + 1) for units, fan_in in zip(self.units, below, strict=True)]
        sizes = [rows * columns for rows, columns in shapes]
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(
            np.intp
        )  # (layers,) offsets in the flat buffers
        self.parameters = np.zeros((members, sum(sizes)))
        self.gradients = np.zeros_like(self.parameters)
        self.weights = self._views(self.parameters, shapes)
        self.weight_gradients = self._views(self.gradients, shapes)
        is_weight = np.ones(sum(sizes))
        for start, (rows, columns) in zip(self.starts, shapes, strict=True):
            is_weight[start : start + rows * columns].reshape(rows, columns)[:, -1] = 0.0
        self.is_weight = is_weight  # (count,): 1 at weights, 0 at biases
        self._passes: dict[tuple[int, bool], Pass] = {}

    def _views(self, flat: Array, shapes: list[tuple[int, int]]) -> tuple[Array, ...]:
        """One view per layer: (units, inputs + 1), with a leading member axis when there are several members."""
        lead = () if self.members == 1 else (self.members,)
        return tuple(
            flat[:, start : start + rows * columns].reshape(*lead, rows, columns)
            for start, (rows, columns) in zip(self.starts, shapes, strict=True)
        )

    def initialise(self, initializer: Initializer, generators: Sequence[np.random.Generator]) -> None:
        """Draw the weights, member by member from its own generator; biases start where the initializer says."""
        for member, rng in enumerate(generators):
            for weights in self.weights:
                own = weights if self.members == 1 else weights[member]
                own[:, :-1] = initializer.draw(rng, own.shape[0], own.shape[1] - 1)
                own[:, -1] = initializer.bias

    def pass_for(self, batch: int, backward: bool = False) -> Pass:
        """The work arrays for `batch` examples; made once and then used again."""
        key = (batch, backward)
        if key not in self._passes:
            self._passes[key] = Pass(self, batch, backward)
        return self._passes[key]

    def passes(self, X: Array) -> list[tuple[slice, Pass]]:
        """Cut X, (examples, inputs + 1), into chunks and give each its pass, not yet run."""
        return [
            (slice(start, min(start + CHUNK, len(X))), self.pass_for(min(CHUNK, len(X) - start)))
            for start in range(0, len(X), CHUNK)
        ]

    def predict(self, X: Array) -> Array:
        """Outputs for X, (examples, inputs + 1) with a last column of ones: (examples, outputs) or (members, ...)."""
        lead = () if self.members == 1 else (self.members,)
        outputs = np.empty((*lead, len(X), self.units[-1]))
        for part, work in self.passes(X):
            outputs[..., part, :] = _transposed(work.outputs(X[part].T))
        return outputs


class LayerPass:
    """One layer's work arrays for one batch size."""

    def __init__(self, network: Network, index: int, batch: int, backward: bool) -> None:
        lead = () if network.members == 1 else (network.members,)
        units = network.units[index]
        self.activation = network.activations[index]
        self.weights = network.weights[index]
        self.z = np.zeros((*lead, units, batch))  # pre-activation
        self.h_and_one = np.ones((*lead, units + 1, batch))
        self.h = self.h_and_one[..., :-1, :]  # activation
        if backward:
            self.gradient = network.weight_gradients[index]
            self.upstream_and_one = np.zeros_like(self.h_and_one)
            self.upstream = self.upstream_and_one[..., :-1, :]  # gradient by h
            self.delta = np.zeros_like(self.z)  # gradient by z


class Pass:
    """One run of a network over a batch, forward and perhaps back, in arrays that are used again at each run."""

    def __init__(self, network: Network, batch: int, backward: bool) -> None:
        self.layers = [LayerPass(network, index, batch, backward) for index in range(len(network.units))]
        self.output = self.layers[-1]
        self._multiply = np.dot if network.members == 1 else np.matmul
        # All of the forward run but the first product, which is the only one that needs x.
        self._after_first: list[Call] = []
        for index, layer in enumerate(self.layers):
            if index:
                self._after_first.append((self._multiply, (layer.weights, self.layers[index - 1].h_and_one, layer.z)))
            self._after_first += layer.activation.forward(layer.z, layer.h)

    def forward(self, x: Array) -> list[Call]:
        """Write every layer's z and h for x, (inputs + 1, batch) with a last row of ones."""
        first = self.layers[0]
        return [(self._multiply, (first.weights, x, first.z)), *self._after_first]

    def outputs(self, x: Array) -> Array:
        """Run forward; the outputs (outputs, batch), in an array that the next run overwrites."""
        run(self.forward(x))
        return self.output.h

    def backward(self, x: Array) -> list[Call]:
        """From `output.delta`, which the loss fills, write every layer's delta and weight gradient."""
        calls: list[Call] = []
        for above, below in zip(self.layers[:0:-1], self.layers[-2::-1], strict=True):
            calls.append((self._multiply, (above.delta, _transposed(below.h_and_one), above.gradient)))
            # The bias column goes along and its row is not read: the product with the whole matrix is the faster one.
            calls.append((self._multiply, (_transposed(above.weights), above.delta, below.upstream_and_one)))
            calls += below.activation.backward(below.z, below.h, below.upstream, below.delta)
        calls.append((self._multiply, (self.layers[0].delta, _transposed(x), self.layers[0].gradient)))
        return calls

    def broken_layer(self) -> int | None:
        """Counted from 0, the first layer whose last forward values or else gradients are not finite; None if all are."""
        for index, layer in enumerate(self.layers):
            if not (np.isfinite(layer.z).all() and np.isfinite(layer.h).all()):
                return index
        for index, layer in reversed(list(enumerate(self.layers))):
            if not (np.isfinite(layer.delta).all() and np.isfinite(layer.gradient).all()):
                return index
        return None


def _transposed(matrices: Array) -> Array:
    """A view with the last two axes exchanged."""
    return np.swapaxes(matrices, -1, -2)
