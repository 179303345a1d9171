"""What the edges of a network's diagram can show beside the weights: each weight's gradient and its last update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.look import Inside, Look, frozen


@dataclass(frozen=True, eq=False)
class EdgeValues(Look):
    """Per layer (units, inputs + 1), as `Frame.weights`, with the biases in the last column.

    Attributes:
        gradients: ∂L/∂w, the mean over the examples of the probe.
        updates: what the last step has added; NaN before the first.
    """

    need = "edges"

    gradients: tuple[Floats, ...]
    updates: tuple[Floats, ...]

    @classmethod
    def take(cls, inside: Inside) -> EdgeValues:
        network = inside.network
        last, gradients, updates = inside.progress.last_update[inside.member], [], []
        layers = zip(network.activations, network.starts, inside.probe.gradients, strict=True)
        for activation, start, gradient in layers:
            update = last[start : start + gradient.size].reshape(gradient.shape)
            for kept, matrix in ((gradients, gradient), (updates, update)):
                kept.append(frozen(np.asarray(activation.edges(matrix), dtype=float)))
        return cls(tuple(gradients), tuple(updates))
