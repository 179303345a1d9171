"""How the learning rate changes in the course of a run. Time is counted in epochs since its start, with fractions.

A schedule is a function of time alone and remembers nothing, so a run resumed or cut into other pieces goes on alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.nn.activations.activation import Array
from playground.nn.calls import Call
from playground.options import Options, integer, number


@dataclass(frozen=True)
class Schedule(Options):
    """By what the learning rate ε is multiplied at each time."""

    @property
    def patience(self) -> int | None:
        """After how many epochs without an improvement of the loss the run makes it smaller; None for a matter of time alone."""
        return None

    @property
    def drop(self) -> float:
        """What is left of the rate whenever the run makes it smaller."""
        return 1.0

    def factor(self, epochs: float) -> float:
        """The share of ε used at this time."""
        raise NotImplementedError

    def calls(self, learning_rate: Array, rate: Array, steps: Array, per_epoch: Array) -> list[Call]:
        """Set `rate` for the next step; `steps` counts those done. Rates are () or (members, 1), the others ()."""
        return [(self._set, (learning_rate, rate, steps, per_epoch))]

    def _set(self, learning_rate: Array, rate: Array, steps: Array, per_epoch: Array) -> None:
        done = steps.item()
        np.multiply(learning_rate, self.factor(done / per_epoch.item()), rate)
        steps.fill(done + 1.0)


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate from start to end: to see what one rate does, and all that many problems need."""

    label = "constant"

    def factor(self, epochs: float) -> float:
        return 1.0

    def calls(self, learning_rate: Array, rate: Array, steps: Array, per_epoch: Array) -> list[Call]:
        return []


@dataclass(frozen=True)
class Steps(Schedule):
    """Drops at regular intervals: far at first, then fine, as the loss comes to rest on each stair."""

    every: int = integer(100, 1, 1_000_000, "n epochs", "Epochs between two drops.", "log")
    drop: float = number(0.5, 0.001, 1.0, "factor γ", "What is left of the rate after a drop.")

    label = "steps"
    formula = "ε γ^⌊t / n⌋"
    latex = r"\varepsilon \, \gamma^{\lfloor t / n \rfloor}"

    def factor(self, epochs: float) -> float:
        return float(self.drop ** math.floor(epochs / self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    """Shrinks by the same share in every epoch, and never ends: steps grow finer as the minimum comes near."""

    decay: float = number(0.99, 0.1, 1.0, "factor γ", "What is left of the rate after an epoch.")

    label = "exponential"
    formula = "ε γ^t"
    latex = r"\varepsilon \, \gamma^t"

    def factor(self, epochs: float) -> float:
        return float(self.decay**epochs)


@dataclass(frozen=True)
class Cosine(Schedule):
    """Falls along half a wave, slowly at both ends: long steps while they help, fine ones at the end of a planned run.

    Source: Loshchilov and Hutter 2017.
    """

    length: int = integer(500, 1, 1_000_000, "n epochs", "Epochs until the rate is lowest.", "log")
    lowest: float = number(0.0, 0.0, 1.0, "lowest share", "What is left of the rate in the end.")

    label = "cosine"
    formula = "ε (1 + cos(π t / n)) / 2"
    latex = r"\tfrac{\varepsilon}{2} (1 + \cos \frac{\pi t}{n})"

    def factor(self, epochs: float) -> float:
        return _wave(1.0, self.lowest, epochs / self.length)


@dataclass(frozen=True)
class WarmUp(Schedule):
    """Rises in a straight line and then stays: the first gradients are the wildest. Source: Goyal et al. 2017."""

    length: int = integer(5, 1, 1_000_000, "n epochs", "Epochs until the full rate is reached.", "log")
    first: float = number(0.1, 0.0, 1.0, "first share", "Share of the rate at the start.")

    label = "warm-up"
    formula = "ε min(1, a + (1 − a) t / n)"
    latex = r"\varepsilon \min(1, a + (1 - a) \tfrac{t}{n})"

    def factor(self, epochs: float) -> float:
        return min(1.0, self.first + (1.0 - self.first) * epochs / self.length)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Rises to a rate that would be too large for long, then falls to almost nothing, both along half a wave.

    It starts at 1/25 of ε and ends at 1/250,000. Source: Smith and Topin 2018.
    """

    length: int = integer(500, 1, 1_000_000, "n epochs", "Epochs of the whole cycle.", "log")
    rise: float = number(0.3, 0.01, 0.99, "rise", "Share of the cycle in which the rate grows.")

    label = "one-cycle"
    formula = "ε/25 ↗ ε ↘ ε/250,000"
    latex = r"\tfrac{\varepsilon}{25} \nearrow \varepsilon \searrow \tfrac{\varepsilon}{250\,000}"

    def factor(self, epochs: float) -> float:
        done = epochs / self.length
        if done < self.rise:
            return _wave(1.0 / 25.0, 1.0, done / self.rise)
        return _wave(1.0, 1.0 / 250_000.0, (done - self.rise) / (1.0 - self.rise))


@dataclass(frozen=True)
class Plateau(Schedule):
    """Drops whenever the validation loss has stopped falling; without validation examples, the training loss.

    The only schedule that depends on how the run goes: it is the run that watches the loss, at the end of each epoch.
    """

    patience: int = integer(20, 1, 1_000_000, "patience", "Epochs without an improvement before a drop.", "log")
    drop: float = number(0.5, 0.001, 1.0, "factor γ", "What is left of the rate after a drop.")

    label = "reduce on plateau"
    formula = "ε ← γ ε when the loss rests"
    latex = r"\varepsilon \leftarrow \gamma \varepsilon \text{ when the loss rests}"

    def factor(self, epochs: float) -> float:
        return 1.0

    def calls(self, learning_rate: Array, rate: Array, steps: Array, per_epoch: Array) -> list[Call]:
        return []


def _wave(start: float, end: float, done: float) -> float:
    """From start to end along half a cosine; beyond done = 1 it stays at the end."""
    return end + (start - end) * (1.0 + math.cos(math.pi * min(done, 1.0))) / 2.0


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "steps": Steps,
    "exponential": Exponential,
    "cosine": Cosine,
    "warm_up": WarmUp,
    "one_cycle": OneCycle,
    "plateau": Plateau,
}
