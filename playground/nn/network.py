"""A stack of layers: what is stored, and the arrays to work in. Knows no loss and no optimizer.

All parameters lie in one flat buffer and all gradients in another, (members, count); layers hold views of them: first
a layer's weights, (rows, inputs + 1), whose last column is the bias, which multiplies a row of ones below the inputs so
that no call of its own is spent on biases; then what its stages train. Examples are columns, as in the lectures' W h.

Members are networks of one shape computed at once. With one, the arrays have no member axis and np.dot, the fastest
product, is used. With more, work arrays are seen as (members, rows, batch) and lie in memory as (rows, members, batch),
so that the outputs without their row of ones are one piece, through which element by element runs without a break.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from playground.nn.activations import Activation, Array
from playground.nn.initializers import Initializer
from playground.nn.normalizations import NoNormalization, Normalization
from playground.nn.passes import Pass
from playground.nn.stage import Stage

CHUNK = 1024  # examples a call when only looking: the arrays stay in the processor's cache


class Dense(NamedTuple):
    """A layer in which every unit sees all outputs of the layer below."""

    units: int
    activation: Activation
    normalization: Normalization = NoNormalization()

    @property
    def stages(self) -> tuple[tuple[Stage, int], ...]:
        """What the weighted sums go through, in order, and how many rows enter each."""
        rows, outputs = self.activation.widths(self.units)
        if isinstance(self.normalization, NoNormalization):
            return ((self.activation, rows),)
        if self.normalization.after:
            return (self.activation, rows), (self.normalization, outputs)
        return (self.normalization, rows), (self.activation, rows)


class Network:
    """Parameters and gradients of `members` networks with `inputs` inputs and the given layers, in `dtype`.

    `units` are the outputs of each layer, `statistics` what stages remember without training, (members, numbers).
    """

    def __init__(
        self,
        inputs: int,
        layers: Sequence[tuple[int, Activation] | Dense],
        members: int = 1,
        dtype: type[np.floating] = np.float64,
    ) -> None:
        self.inputs = inputs
        self.members = members
        self.layers = tuple(Dense(*layer) for layer in layers)
        self.activations = tuple(layer.activation for layer in self.layers)
        self.units = tuple(layer.activation.widths(layer.units)[1] for layer in self.layers)
        parts, start, remembered = _lay_out(inputs, self.layers)
        self._parts = parts
        self.starts = np.array([part.weights.start for part in parts], np.intp)  # (layers,) in the flat buffers
        is_weight = np.zeros(len(start))
        for part in parts:
            is_weight[part.weights].reshape(part.shape)[:, :-1] = 1.0
        self.is_weight = is_weight  # (count,): 1 at weights, 0 at biases and all else that is trained
        self._start = start  # (count,)
        self._remembered = remembered  # (numbers,)
        self._hold(
            np.tile(start.astype(dtype), (members, 1)),
            np.zeros((members, len(start)), dtype),
            np.tile(remembered.astype(dtype), (members, 1)),
        )

    def initialise(self, initializer: Initializer, generators: Sequence[np.random.Generator]) -> None:
        """Draw the weights, member by member from its own generator; all else starts where it always does."""
        self.parameters[...] = self._start
        self.statistics[...] = self._remembered
        for member, rng in enumerate(generators):
            for weights in self.weights:
                own = weights if self.members == 1 else weights[member]
                own[:, :-1] = initializer.draw(rng, own.shape[0], own.shape[1] - 1)
                own[:, -1] = initializer.bias

    def alone(self, member: int) -> Network:
        """One member as a network of its own, on the same parameters."""
        if self.members == 1:
            return self
        network = Network(self.inputs, self.layers, 1, self.parameters.dtype.type)
        own = slice(member, member + 1)
        network._hold(self.parameters[own], self.gradients[own], self.statistics[own])
        return network

    def pass_for(self, batch: int, backward: bool = False, noise: Stage | None = None) -> Pass:
        """The work arrays for `batch` examples; made once and then used again. `noise` disturbs hidden layers."""
        key = (batch, backward, noise)
        if key not in self._passes:
            self._passes[key] = Pass(self, batch, backward, noise)
        return self._passes[key]

    def passes(self, X: Array) -> list[tuple[slice, Pass]]:
        """Cut X, (examples, inputs + 1), into chunks and give each its pass, not yet run."""
        chunk = max(CHUNK // self.members, 64)
        return [
            (slice(start, min(start + chunk, len(X))), self.pass_for(min(chunk, len(X) - start)))
            for start in range(0, len(X), chunk)
        ]

    def predict(self, X: Array) -> Array:
        """Outputs for X, (examples, inputs + 1) with a last column of ones: (examples, outputs) or (members, ...)."""
        lead = () if self.members == 1 else (self.members,)
        outputs = np.empty((*lead, len(X), self.units[-1]), self.parameters.dtype)
        for part, work in self.passes(X):
            outputs[..., part, :] = np.swapaxes(work.outputs(X[part].T), -1, -2)
        return outputs

    def broken_layer(self, *others: Array) -> int | None:
        """Counted from 0, the first layer with parameters or statistics that are not finite; None if all are.

        `others`, (..., count), hold something of each parameter that is to be finite too.
        """
        flat = [np.split(array, self.starts[1:], axis=-1) for array in (self.parameters, *others)]
        for layer, statistics in enumerate(self.stage_statistics):
            own = [pieces[layer] for pieces in flat] + [array for stage in statistics for array in stage]
            if not all(np.isfinite(array).all() for array in own):
                return layer
        return None

    def _hold(self, parameters: Array, gradients: Array, statistics: Array) -> None:
        """Take these flat buffers, and make the layers' views of them."""
        self.parameters, self.gradients, self.statistics = parameters, gradients, statistics
        self.weights = tuple(_view(parameters, part.weights, *part.shape) for part in self._parts)
        self.weight_gradients = tuple(_view(gradients, part.weights, *part.shape) for part in self._parts)
        self.stage_parameters, self.stage_gradients = (
            tuple(tuple(tuple(_column(flat, s) for s in own) for own in part.trained) for part in self._parts)
            for flat in (parameters, gradients)
        )
        self.stage_statistics = tuple(
            tuple(tuple(_column(statistics, s) for s in own) for own in part.remembered) for part in self._parts
        )
        self._passes: dict[tuple[int, bool, Stage | None], Pass] = {}


def parameter_count(inputs: int, layers: Sequence[Dense]) -> int:
    """How many numbers a network of this shape trains."""
    return len(_lay_out(inputs, layers)[1])


class _Part(NamedTuple):
    """Where a layer's numbers lie in the flat buffers: its weights, and for each stage what it trains and remembers."""

    weights: slice
    shape: tuple[int, int]
    trained: tuple[tuple[slice, ...], ...]
    remembered: tuple[tuple[slice, ...], ...]


class _Buffer:
    """A flat buffer in the making."""

    def __init__(self) -> None:
        self._pieces: list[Array] = [np.zeros(0)]
        self._size = 0

    def put(self, values: Array) -> slice:
        """Append, and tell where."""
        self._pieces.append(values)
        self._size += len(values)
        return slice(self._size - len(values), self._size)

    def all(self) -> Array:
        return np.concatenate(self._pieces)


def _lay_out(inputs: int, layers: Sequence[Dense]) -> tuple[list[_Part], Array, Array]:
    """Each layer's part, and where all that is trained, (count,), and remembered, (numbers,), starts."""
    parts: list[_Part] = []
    trained, remembered = _Buffer(), _Buffer()
    below = inputs
    for layer in layers:
        rows, outputs = layer.activation.widths(layer.units)
        shape = (rows, below + 1)
        weights = trained.put(np.zeros(rows * (below + 1)))
        own = tuple(tuple(trained.put(start) for start in stage.parameters(width)) for stage, width in layer.stages)
        known = tuple(
            tuple(remembered.put(start) for start in stage.statistics(width)) for stage, width in layer.stages
        )
        parts.append(_Part(weights, shape, own, known))
        below = outputs
    return parts, trained.all(), remembered.all()


def _view(flat: Array, part: slice, *shape: int) -> Array:
    """A piece of a flat buffer in this shape, with a leading member axis when there are several members."""
    members = len(flat)
    return flat[:, part].reshape(*shape) if members == 1 else flat[:, part].reshape(members, *shape)


def _column(flat: Array, part: slice) -> Array:
    return _view(flat, part, part.stop - part.start, 1)
