"""What of a run is looked at closely. Knows no run and no screen: it is brought within what is there in one place, here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playground.experiment.config import MAX_LAYERS, MAX_MEMBERS
from playground.options import Options, flag, integer, text


@dataclass(frozen=True)
class Selection(Options):
    """One member, layer, unit and input of that unit, one example and a step of its walk, two columns, one part.

    It may name what is not there: `within` says what stands for that, the last there is.
    """

    member: int = integer(0, 0, MAX_MEMBERS - 1, "member", "Which of several members is shown, counted from 0.")
    layer: int = integer(0, 0, MAX_LAYERS, "layer", "Which layer, counted from 0, the output last.")
    unit: int = integer(0, 0, 9999, "unit", "Which unit of that layer, counted from 0.")
    input: int = integer(
        0, 0, 9999, "input", "Which of that unit's inputs, counted from 0; behind the last comes the bias."
    )
    example: int = integer(
        -1, -1, 999_999_999, "example", "Which training example is followed, counted from 0; −1 is none."
    )
    step: int = integer(
        -1, -1, 9999, "step of the walk", "Which step of that example's way, counted from 0; −1 while nobody walks."
    )
    x_axis: int = integer(0, 0, 9999, "horizontal", "Column drawn from left to right.")
    y_axis: int = integer(1, 0, 9999, "vertical", "Column drawn upwards.")
    part: str = text(
        "test", "part", "Which part of the examples the answers are judged on.", ("train", "validation", "test")
    )
    worst: bool = flag(False, "worst examples", "Ring the training examples with the largest loss.")

    def axes(self, columns: int) -> tuple[int, int]:
        """Which of so many columns are drawn, (horizontal, vertical)."""
        return min(self.x_axis, columns - 1), min(self.y_axis, columns - 1)

    def within(self, layers: Sequence[tuple[int, int]], members: int, examples: int, columns: int) -> Selection:
        """What of it there is; `layers` are each one's numbers of units and of inputs with the bias.

        Hidden layers come first, then the output layer; `input` may be the bias, which follows the last input.
        """
        layer = min(self.layer, len(layers) - 1)
        units, inputs = layers[layer]
        x_axis, y_axis = self.axes(columns)
        return replace(
            self,
            member=min(self.member, members - 1),
            layer=layer,
            unit=min(self.unit, units - 1),
            input=min(self.input, inputs - 1),
            example=min(self.example, examples - 1),
            x_axis=x_axis,
            y_axis=y_axis,
        )
