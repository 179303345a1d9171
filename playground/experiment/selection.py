"""What of a run is looked at closely: the display's choice, brought within what is there. Knows no run and no screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

from playground.experiment.config import DisplayConfig


class Selection(NamedTuple):
    """One member, layer, unit and input of that unit, and one training example, all counted from 0.

    Where the display names what is not there, it is the last there is. Hidden layers come first, then the output layer;
    `input` may be the bias, which follows the last input. `example` is None while none is followed.
    """

    member: int
    layer: int
    unit: int
    input: int
    example: int | None

    @classmethod
    def of(cls, display: DisplayConfig, layers: Sequence[tuple[int, int]], members: int, examples: int) -> Self:
        """The display's choice in a network; `layers` are each one's numbers of units and of inputs with the bias."""
        layer = min(display.layer, len(layers) - 1)
        units, inputs = layers[layer]
        return cls(
            min(display.member, members - 1),
            layer,
            min(display.unit, units - 1),
            min(display.input, inputs - 1),
            min(display.example, examples - 1) if display.example >= 0 else None,
        )
