"""What every loss can do: how wrong an output is, and the gradient with which that is sent back.

Outputs h, pre-activations z and targets are (outputs, batch) or (members, outputs, batch). A loss with an output unit
that matches it takes the short gradient, in which the unit's own slope has cancelled: h − target for the pairs that are
a likelihood (Shewchuk, CS 189 lecture 17). Any other pair goes the long way and may vanish, and seeing that is what the
program is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations.activation import Activation, Array
from playground.nn.calls import Call
from playground.options import Options
from playground.options.message import NOTHING, Message
from playground.options.numerals import trimmed

FAR = 100.0  # pre-activations at which a bounded unit answers its ends


@dataclass(frozen=True)
class Loss(Options):
    """One number per example, summed over the outputs; training takes the mean over examples.

    `matched` are the output units that belong to it, `accepted` those that make sense at all, and `objection` says why
    no others do. With `for_classes_only` it cannot tell how far off a number is, and with `one_output_per_class` even two
    classes have an output each.
    """

    matched: ClassVar[tuple[type[Activation], ...]]
    accepted: ClassVar[tuple[type[Activation], ...]] = (Activation,)
    objection: ClassVar[str] = ""
    for_classes_only: ClassVar[bool] = True
    one_output_per_class: ClassVar[bool] = False

    @property
    def equation(self) -> tuple[str, str]:
        """The formula as its own numbers have it, in letters and for typesetting."""
        return self.formula, self.latex

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        """The loss of each example, (batch,) or (members, batch)."""
        raise NotImplementedError

    def parts(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        """What each output adds to the loss, (outputs, batch)."""
        rows = [slice(row, row + 1) for row in range(len(target))]
        return np.array([self.value(output, z[row], h[row], target[row]) for row in rows])

    def part(self, output: Activation) -> str:
        """What an output adds, written with ŷ, y and z; "" where that takes more than a line."""
        return ""

    def slope_by_output(self, output: Activation) -> str:
        """The slope of that by ŷ; "" where it takes more than a line."""
        return ""

    def error_factor(self, output: Activation) -> float | None:
        """The number before ŷ − y where these are the whole gradient by z; None where they are not."""
        return None

    def short_gradient(self, output: Activation) -> str:
        """The gradient by z, written with ŷ and y, of a pair that has another short way; "" of one that has none."""
        return ""

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        """Write the gradient by the output h into `out`; asked only of pairs that go the long way."""
        raise NotImplementedError

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        """Write the gradient by the output's pre-activation z into `out`."""
        if output.identity:
            return self.slope(h, target, out)
        upstream = np.empty_like(out)
        return [*self.slope(h, target, upstream), *output.backward(z, h, upstream, out)]

    def matches(self, output: Activation) -> bool:
        """Whether that output unit belongs to it."""
        return isinstance(output, self.matched)

    def probabilities(self, output: Activation, h: Array) -> Array:
        """What outputs h say of how probable a yes is.

        An output that is trained towards two numbers stands in between as far as a yes is probable, and beyond them is sure.
        """
        no, yes = self.targets(output)
        return np.clip((h - no) / (yes - no), 0.0, 1.0)

    def targets(self, output: Activation) -> tuple[float, float]:
        """What an output is trained towards for no and for yes; half-way between, it changes its answer."""
        return output.targets

    def match(self, classes: int) -> Activation:
        """The output unit to take for this many classes, 0 for a number to predict."""
        return self.matched[0]()

    def refusal(self, output: Activation, classes: bool = True) -> Message:
        """Why this loss makes no sense with that output unit, or for a number instead of classes; NOTHING where it does."""
        if self.for_classes_only and not classes:
            return Message("{loss} needs classes, and these data have a number to predict", loss=self.label)
        return NOTHING if isinstance(output, self.accepted) else self._message(self.objection, output)

    def remark(self, output: Activation, classes: bool = True) -> Message:
        """What to expect of a pair that works but does not match; NOTHING for a matched pair.

        Without classes there is a number to predict, which in most data some examples have beyond what the unit can answer.
        """
        if self.matches(output):
            return NOTHING
        low, high = (round(float(end), 6) for end in output(np.array([[-FAR, FAR]]))[0])
        if not classes and abs(high - low) < FAR:
            words = "it answers only from {low} to {high}, and numbers beyond are never reached"
            return self._mismatch(output, Message(words, low=trimmed(low), high=trimmed(high)))
        if output.unmatched:
            return self._mismatch(output, Message(output.unmatched), output.cancelled_by)
        words = "the slope of {output} stays in the gradient, so outputs that are badly wrong learn slowly"
        return self._mismatch(output, Message(words, output=output.label), output.cancelled_by)

    def _mismatch(self, output: Activation, effect: Message, remedy: str = "") -> Message:
        """What comes of an output unit that is not the loss's match, and the way out."""
        match = Message("Its match is {match}.", match=self.matched[0].label)
        words = "{loss} does not match {output} output: {effect}. {remedy}"
        return self._message(words, output, effect=effect, remedy=Message(remedy) if remedy else match)

    def _message(self, template: str, output: Activation, **values: object) -> Message:
        return Message(template, loss=self.label, output=output.label, **values)
