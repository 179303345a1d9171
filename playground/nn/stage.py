"""What happens between a layer's weighted sums and the next layer: one stage after another, each forward and back.

An activation is a stage, and so is a normalization. A stage is a value; where it works, on which arrays, it is handed as
a `Place`. Arrays are (rows, batch), with a leading member axis where networks are computed side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.nn.calls import Call

Array = NDArray[np.floating]
Fill = Callable[[np.random.Generator, Array], None]  # writes random numbers into all of an array
Draw = Callable[[Fill, Array], Array]  # an array like the one given, filled anew before each step; only to be read


@dataclass(frozen=True, eq=False)
class Place:
    """Where a stage works, for one batch size.

    Attributes:
        z, h: what goes in, (rows in, batch), and what comes out, (rows out, batch).
        upstream, delta: the gradient by h, and where the gradient by z is to be written; unused when only looking.
        parameters, gradients: what the stage trains, one array each (numbers, 1), and where their gradients go: the sum
            over the batch.
        statistics: what it remembers without training it, one array each (numbers, 1).
        draw: gives random arrays in training; None when only looking, where nothing is random.
        between: what `run_forward` leaves for `run_backward`, by name; the same object for both.
    """

    z: Array
    h: Array
    upstream: Array
    delta: Array
    parameters: tuple[Array, ...] = ()
    gradients: tuple[Array, ...] = ()
    statistics: tuple[Array, ...] = ()
    draw: Draw | None = None
    between: dict[str, Array] = field(default_factory=dict)

    def kept(self, name: str, like: Array) -> Array:
        """An array like the one given, made when this name is first asked for, and the same one from then on."""
        if name not in self.between:
            self.between[name] = np.empty_like(like)
        return self.between[name]


class Stage:
    """A step on the way through a layer. With `random`, training draws numbers, so that no two places are alike."""

    random: ClassVar[bool] = False
    symbols: ClassVar[tuple[tuple[str, str], ...]] = ()  # of `parameters`: how each is written, and the slope by it

    def parameters(self, rows: int) -> tuple[Array, ...]:
        """What it trains of its own at so many rows, where it starts: one (numbers,) array each."""
        return ()

    def statistics(self, rows: int) -> tuple[Array, ...]:
        """What it remembers of the examples it was trained on, where that starts: one (numbers,) array each."""
        return ()

    def run_forward(self, at: Place) -> list[Call]:
        """Write h from z."""
        raise NotImplementedError

    def run_backward(self, at: Place) -> list[Call]:
        """Write delta, and the gradients, from upstream, after `run_forward`; upstream and h stay as they are."""
        raise NotImplementedError
