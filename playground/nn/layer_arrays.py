"""Where each layer's numbers lie in a network's flat buffers, and views of them. Knows no batch and no pass.

A layer holds first its weights, (rows, inputs + 1), whose last column is the bias, then what its stages train. With several
members every view has a leading member axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from playground.nn.activations import Activation, Array
from playground.nn.normalizations import NoNormalization, Normalization
from playground.nn.stage import Stage


class Dense(NamedTuple):
    """A layer in which every unit sees all outputs of the layer below."""

    units: int
    activation: Activation
    normalization: Normalization = NoNormalization()

    @property
    def stages(self) -> tuple[tuple[Stage, int], ...]:
        """What the weighted sums go through, in order, and how many rows enter each."""
        rows, outputs = self.activation.widths(self.units)
        if not self.normalization.acts:
            return ((self.activation, rows),)
        if self.normalization.after:
            return (self.activation, rows), (self.normalization, outputs)
        return (self.normalization, rows), (self.activation, rows)


class LayerArrays(NamedTuple):
    """A layer with views of its numbers: for each stage one array, (numbers, 1), of each thing it trains or remembers."""

    dense: Dense
    weights: Array  # (rows, inputs + 1)
    weight_gradients: Array
    stage_parameters: tuple[tuple[Array, ...], ...]
    stage_gradients: tuple[tuple[Array, ...], ...]
    stage_statistics: tuple[tuple[Array, ...], ...]


class Layout:
    """The order of all numbers of a network with so many inputs and these layers.

    Attributes:
        start: where all that is trained starts, weights at 0, (count,).
        remembered: where all that stages remember without training starts, (numbers,).
        starts: the place of each layer's first number, (layers,).
        is_weight: 1 at weights, 0 at biases and all else that is trained, (count,).
    """

    def __init__(self, inputs: int, layers: Sequence[Dense]) -> None:
        self._layers = layers
        self._parts: list[_Part] = []
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
            self._parts.append(_Part(weights, shape, own, known))
            below = outputs
        self.start, self.remembered = trained.all(), remembered.all()
        self.starts = np.array([part.weights.start for part in self._parts], np.intp)
        self.is_weight = np.zeros(len(self.start))
        for part in self._parts:
            self.is_weight[part.weights].reshape(part.shape)[:, :-1] = 1.0

    def views(self, parameters: Array, gradients: Array, statistics: Array) -> tuple[LayerArrays, ...]:
        """Of flat buffers (members, count), twice, and (members, numbers), what belongs to each layer."""
        return tuple(
            LayerArrays(
                layer,
                _view(parameters, part.weights, *part.shape),
                _view(gradients, part.weights, *part.shape),
                _columns(parameters, part.trained),
                _columns(gradients, part.trained),
                _columns(statistics, part.remembered),
            )
            for layer, part in zip(self._layers, self._parts, strict=True)
        )


def parameter_count(inputs: int, layers: Sequence[Dense]) -> int:
    """How many numbers a network of this shape trains."""
    return len(Layout(inputs, layers).start)


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


def _view(flat: Array, part: slice, *shape: int) -> Array:
    """A piece of a flat buffer in this shape, with a leading member axis when there are several members."""
    members = len(flat)
    return flat[:, part].reshape(*shape) if members == 1 else flat[:, part].reshape(members, *shape)


def _columns(flat: Array, parts: tuple[tuple[slice, ...], ...]) -> tuple[tuple[Array, ...], ...]:
    return tuple(tuple(_view(flat, part, part.stop - part.start, 1) for part in own) for own in parts)
