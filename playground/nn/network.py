"""A stack of layers: what is stored, and the arrays to work in. Knows no loss and no optimizer.

All parameters lie in one flat buffer and all gradients in another, (members, count), of which layers hold views. A bias is
the last of a unit's weights and multiplies a row of ones below the inputs, so that no call of its own is spent on it.
Examples are columns, as in the lectures' W h.

Members are networks of one shape computed at once. With one, the arrays have no member axis and np.dot, the fastest
product, is used. With more, work arrays are seen as (members, rows, batch) and lie in memory as (rows, members, batch),
so that the outputs without their row of ones are one piece, through which element by element runs without a break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from playground.cancellation import check
from playground.nn.activations import Activation, Array
from playground.nn.initializers import Initializer
from playground.nn.layer_arrays import Dense, Layout
from playground.nn.passes import Members, Pass
from playground.nn.stage import Stage

CHUNK = 1024  # examples a call when only looking: the arrays stay in the processor's cache


class Network:
    """Parameters and gradients of `members` networks with `inputs` inputs and the given layers, in `dtype`.

    `units` are the outputs of each layer, `statistics` what stages remember without training, (members, numbers). `starts`
    (layers,) says where each layer begins in the flat buffers, `is_weight` (count,) is 1 at weights and 0 at all else.
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
        self._layout = layout = Layout(inputs, self.layers)
        self.starts, self.is_weight = layout.starts, layout.is_weight
        self._hold(
            np.tile(layout.start.astype(dtype), (members, 1)),
            np.zeros((members, len(layout.start)), dtype),
            np.tile(layout.remembered.astype(dtype), (members, 1)),
        )

    def initialise(self, initializer: Initializer, generators: Sequence[np.random.Generator]) -> None:
        """Draw the weights, member by member from its own generator; all else starts where it always does."""
        self.parameters[...] = self._layout.start
        self.statistics[...] = self._layout.remembered
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
            self._passes[key] = Pass(self.arrays, self.members, batch, backward, noise)
        return self._passes[key]

    def passes(self, X: Array) -> Iterator[tuple[slice, Pass]]:
        """Cut X, (examples, inputs + 1), into chunks and give each its pass, not yet run.

        Raises:
            Cancelled: before any of the chunks.
        """
        chunk = max(CHUNK // self.members, 64)
        for start in range(0, len(X), chunk):
            check()
            yield slice(start, min(start + chunk, len(X))), self.pass_for(min(chunk, len(X) - start))

    def predict(self, X: Array) -> Array:
        """Outputs for X, (examples, inputs + 1) with a last column of ones: (examples, outputs) or (members, ...)."""
        lead = () if self.members == 1 else (self.members,)
        outputs = np.empty((*lead, len(X), self.units[-1]), self.parameters.dtype)
        for part, work in self.passes(X):
            outputs[..., part, :] = np.swapaxes(work.outputs(X[part].T), -1, -2)
        return outputs

    def broken_layer(self, members: Members = ..., *others: Array) -> int | None:
        """Counted from 0, the first layer with parameters or statistics that are not finite; None if all are.

        `others`, (members, ..., count), hold something of each parameter that is to be finite too. Of
        several `members` only those count that are given, (members,).
        """
        flat = [np.split(array[members], self.starts[1:], axis=-1) for array in (self.parameters, *others)]
        for layer, statistics in enumerate(self.stage_statistics):
            own = [pieces[layer] for pieces in flat] + [array[members] for stage in statistics for array in stage]
            if not all(np.isfinite(array).all() for array in own):
                return layer
        return None

    def _hold(self, parameters: Array, gradients: Array, statistics: Array) -> None:
        """Take these flat buffers, and make the layers' views of them."""
        self.parameters, self.gradients, self.statistics = parameters, gradients, statistics
        self.arrays = self._layout.views(parameters, gradients, statistics)
        self.weights = tuple(layer.weights for layer in self.arrays)
        self.weight_gradients = tuple(layer.weight_gradients for layer in self.arrays)
        self.stage_parameters = tuple(layer.stage_parameters for layer in self.arrays)
        self.stage_gradients = tuple(layer.stage_gradients for layer in self.arrays)
        self.stage_statistics = tuple(layer.stage_statistics for layer in self.arrays)
        self._passes: dict[tuple[int, bool, Stage | None], Pass] = {}
