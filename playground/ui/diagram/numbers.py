"""Which numbers the edges and biases of a diagram stand for: weights, gradients or last updates. Knows no paint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise

import numpy as np

from playground.experiment.frame import Frame
from playground.experiment.looks.edge_values import EdgeValues
from playground.ui.diagram.geometry import Floats, Place


class Quantity(Enum):
    """What edges and biases stand for."""

    WEIGHTS = "weights"
    GRADIENTS = "gradients"
    UPDATES = "updates"


LARGEST_SHOWN = 4.0  # the weight as which the largest gradient or update of a network is drawn


@dataclass(frozen=True)
class Numbers:
    """What a frame knows of a network with columns of this many units, inputs first; NaN where it lacks something.

    All are lists with (units, inputs + 1) of each layer.
    """

    shape: tuple[int, ...]
    frame: Frame | None
    what: Quantity

    @cached_property
    def weights(self) -> list[Floats]:
        return self._fitting(self.frame.weights if self.frame else ())

    @cached_property
    def shown(self) -> list[Floats]:
        """What edges and biases stand for."""
        if self.what is Quantity.WEIGHTS:
            return self.weights
        values = self.frame.look(EdgeValues) if self.frame else None
        if values is None:
            return self._fitting(())
        return self._fitting(values.gradients if self.what is Quantity.GRADIENTS else values.updates)

    @cached_property
    def drawn(self) -> list[Floats]:
        """The weights that these are drawn like: gradients and updates in terms of the network's largest."""
        if self.what is Quantity.WEIGHTS:
            return self.weights
        sizes = np.abs(np.concatenate([values.ravel() for values in self.shown]))
        largest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes))) or 1.0
        return [values / largest * LARGEST_SHOWN for values in self.shown]

    def _fitting(self, held: Sequence[Floats]) -> list[Floats]:
        """What is held, where it has the size of the layer."""
        held = held if len(held) == len(self.shape) - 1 else ()
        sizes = [(units, inputs + 1) for inputs, units in pairwise(self.shape)]
        known = [bool(held) and held[layer].shape == size for layer, size in enumerate(sizes)]
        return [held[layer] if known[layer] else np.full(size, np.nan) for layer, size in enumerate(sizes)]


def number_at(layers: Sequence[Floats], place: Place) -> float | None:
    """A weight's or a bias's, and of a unit its bias's; None for inputs and where it is not finite."""
    if place.layer < 0:
        return None
    value = float(layers[place.layer][place.unit, -1 if place.input is None else place.input])
    return value if np.isfinite(value) else None
