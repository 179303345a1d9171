"""How long a gradient may be when it reaches the optimizer. Gradients are flat, (members, count)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from playground.nn.activations.activation import Array, constant
from playground.nn.calls import Call
from playground.options import Options, number


class Shortening(NamedTuple):
    """By what all of a gradient is multiplied: how it is written with c and ‖g‖, and these three numbers."""

    symbol: str
    factor: float
    limit: float
    length: float


@dataclass(frozen=True)
class Clipping(Options):
    """Keeps one steep place from throwing the weights far away. What is not finite stays so, to be found.

    With `acts` it has calls, and needs an array for what is left.
    """

    acts: ClassVar[bool] = True

    def calls(self, g: Array, clipped: Array) -> list[Call]:
        """Write into `clipped` what is left of g; no calls where that is g itself."""
        raise NotImplementedError

    def shortening(self, g: Array) -> Shortening | None:
        """What one gradient, (count,), is multiplied by; None where it is not the same for all of it."""
        return None


@dataclass(frozen=True)
class NoClipping(Clipping):
    """Gradients stay as they are: right as long as none explodes."""

    label = "none"
    acts = False

    def calls(self, g: Array, clipped: Array) -> list[Call]:
        return []


@dataclass(frozen=True)
class ClipByValue(Clipping):
    """Cuts every entry on its own against exploding gradients, which turns the gradient as well as shortening it.

    Source: Mikolov 2012.
    """

    limit: float = number(1.0, 1e-6, 1e6, "limit c", "Largest entry of a gradient, up or down.", "log")

    label = "by value"
    formula = "g ← max(−c, min(c, g))"
    latex = r"g \leftarrow \max(-c, \min(c, g))"

    def calls(self, g: Array, clipped: Array) -> list[Call]:
        low, high = constant(-self.limit, g), constant(self.limit, g)
        return [(partial(np.minimum, out=clipped), (g, high)), (partial(np.maximum, out=clipped), (clipped, low))]


@dataclass(frozen=True)
class ClipByNorm(Clipping):
    """Shortens a gradient that explodes to length c, over the whole network, and keeps its direction.

    Source: Pascanu, Mikolov and Bengio 2013.
    """

    limit: float = number(1.0, 1e-6, 1e6, "limit c", "Largest length of the gradient of all weights and biases.", "log")

    label = "by norm"
    formula = "g ← g · min(1, c / ‖g‖)"
    latex = r"g \leftarrow g \min(1, c / \|g\|)"

    def calls(self, g: Array, clipped: Array) -> list[Call]:
        limit, factor = constant(self.limit, g), np.empty((*g.shape[:-1], 1), g.dtype)
        return [
            (np.multiply, (g, g, clipped)),
            (np.add.reduce, (clipped, -1, None, factor, True)),
            (np.sqrt, (factor, factor)),
            (partial(np.maximum, out=factor), (factor, limit)),
            (np.divide, (limit, factor, factor)),
            (np.multiply, (g, factor, clipped)),
        ]

    def shortening(self, g: Array) -> Shortening:
        length = float(np.linalg.norm(g))
        return Shortening("min(1, c/‖g‖)", min(1.0, self.limit / length) if length else 1.0, self.limit, length)


CLIPPINGS: dict[str, type[Clipping]] = {"none": NoClipping, "by_value": ClipByValue, "by_norm": ClipByNorm}
