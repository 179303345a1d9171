"""What the edges of a network's diagram can show beside the weights: each weight's gradient and its last update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.data.dataset import Floats
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.nn.activations import Array
from playground.nn.network import Network


@dataclass(frozen=True, eq=False)
class EdgeValues(Look):
    """Per layer (units, inputs + 1), as `Frame.weights`, with the biases in the last column.

    Attributes:
        gradients: ∂L/∂w, the mean over the examples of the sample.
        updates: what the last step has added; NaN before the first.
    """

    gradients: tuple[Floats, ...]
    updates: tuple[Floats, ...]


def measure(context: RunContext) -> EdgeValues:
    """This moment's, of what is selected."""
    network = context.network
    last, gradients = context.progress.last_update[context.member], context.sample_pass.gradients
    updates = [
        last[start : start + gradient.size].reshape(gradient.shape)
        for start, gradient in zip(network.starts, gradients, strict=True)
    ]
    return EdgeValues(_drawn(network, gradients), _drawn(network, updates))


def _drawn(network: Network, matrices: Sequence[Array]) -> tuple[Floats, ...]:
    """Matrices (rows, inputs + 1) of each layer as a diagram draws them."""
    layers = zip(network.activations, matrices, strict=True)
    return tuple(read_only(activation.edges(matrix).astype(float)) for activation, matrix in layers)
