"""What may be wrong with the pace of learning: too slow, too fast, beyond all bounds. Knows no window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.experiment.diagnosis.condition import (
    HIGHEST_RATE,
    Condition,
    Evidence,
    Finding,
    Remedy,
    adam,
    slower_again,
    tenfold,
    weaker_pull,
)
from playground.experiment.history.curves import Curves
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.nn.initializers import Initializer
from playground.options.message import NOTHING, Message
from playground.options.numerals import counted, percent, trimmed

HEALTHY_UPDATE = 1e-3  # of ‖w‖ a step: Karpathy, CS231n


@dataclass(frozen=True)
class Diverged(Condition):
    """The run has left the finite numbers. No threshold: it has, or it has not.

    A penalty that makes weights longer by itself is to blame alone. Where it took less than an epoch, from weights that do
    not suit the units, these are blamed too. Source: Goodfellow, Bengio and Courville 2016, sections 8.3.1, on rates beyond
    what is stable, and 8.4, on the start.
    """

    kind = "divergence"
    title = "Divergence"
    look = Curves
    explains = frozenset(
        {
            "strong_penalty",
            "exploding_gradients",
            "dead_units",
            "saturation",
            "vanishing_gradients",
            "rate_too_large",
            "strong_noise",
            "rate_too_small",
            "imbalanced_classes",
            "overfitting",
            "underfitting",
        }
    )

    def check(self, evidence: Evidence) -> Finding | None:
        divergence = evidence.context.divergence
        if divergence is None:
            return None
        rate, initializer = evidence.context.learning_rate, evidence.config.network.initializer
        start = Message("{divergence} At a learning rate of {rate}", divergence=divergence.message, rate=trimmed(rate))
        if evidence.pull is not None and evidence.alone.grows:
            words = "{start} {pull} makes weights {factor} times as long at every step, by itself."
            told = Message(words, start=start, pull=evidence.pull.told, factor=trimmed(evidence.alone.factor))
            return self.finding(told, weaker_pull(evidence), layer=divergence.layer)
        remedies, at_once = [slower_again(evidence)], NOTHING
        if evidence.epoch == 0 and evidence.better_start and len(evidence.hidden):
            words = ", and at once: its {initializer} weights{scaled} may be too large"
            at_once = Message(words, initializer=initializer.label, scaled=_scaled(initializer))
            remedies = [*evidence.better_start, *remedies]
        told = Message(
            "{start} its steps led further and further from the minimum{at_once}.", start=start, at_once=at_once
        )
        return self.finding(told, *remedies, layer=divergence.layer)


@dataclass(frozen=True)
class RateTooLarge(Condition):
    """The training loss jumps up and down, or stands well above where it began: the steps are too long for the bowl.

    Told, while much is wrong, when over the last `records` records the loss changes by `jump` of itself from one to the
    next (the median: one leap is no trouble), up in a share of at least `ups`, and does not fall by `fall` from their first
    half to their second; or when its median lies `above` times over its start, which takes only `few` of them. Beyond
    2/λmax of the Hessian a step overshoots by more than it was off: LeCun et al. 1998, "Efficient BackProp", section 5.
    """

    records: int = 24
    few: int = 6
    jump: float = 0.25
    ups: float = 0.25
    fall: float = 0.1
    above: float = 1.3
    epochs: int = 5

    kind = "rate_too_large"
    title = "Learning rate too large"
    look = Curves
    explains = frozenset({"saturation", "overfitting", "underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.epoch < self.epochs or evidence.solved or len(evidence.curves) < self.few:
            return None
        losses = evidence.curves.train_loss[-self.records :]
        middle, start = float(np.median(losses)), float(evidence.curves.train_loss[0])
        changes = np.diff(losses)
        jump, ups = float(np.median(np.abs(changes))) / max(abs(middle), 1e-300), float((changes > 0.0).mean())
        rate = evidence.context.learning_rate
        earlier, later = (float(np.median(half)) for half in np.array_split(losses, 2))
        if (
            len(losses) == self.records
            and jump >= self.jump
            and ups >= self.ups
            and later > (1.0 - self.fall) * earlier
        ):
            told = Message(
                "goes up and down by {jump} from one record to the next instead of falling", jump=percent(jump, 0)
            )
        elif middle >= self.above * start > 0.0:
            told = Message(
                "lies at {middle}, above the {start} that it began with", middle=trimmed(middle), start=trimmed(start)
            )
        else:
            return None
        sentence = Message(
            "At a learning rate of {rate} the training loss {told}: the steps are too long and overshoot.",
            rate=trimmed(rate),
            told=told,
        )
        return self.finding(sentence, slower_again(evidence))


@dataclass(frozen=True)
class RateTooSmall(Condition):
    """The weights have never moved by more than a trifle a step, and the loss has hardly fallen.

    Healthy is HEALTHY_UPDATE; told when every layer has stayed below `update` all
    along, after `steps` steps, with a loss that has lost less than `fall` of itself while much is wrong.
    """

    update: float = 1e-4
    fall: float = 0.1
    epochs: int = 10
    steps: int = 100

    kind = "rate_too_small"
    title = "Learning rate too small"
    look = GradientFlow
    explains = frozenset({"underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        updates = evidence.layer_statistics.update[np.isfinite(evidence.layer_statistics.update)]
        early = evidence.epoch < self.epochs or evidence.steps < self.steps
        if early or evidence.solved or not len(updates) or updates.max() >= self.update:
            return None
        losses = evidence.curves.train_loss
        if not len(losses):
            return None
        fallen = 1.0 - float(losses[-1]) / float(losses[0]) if losses[0] > 0.0 else 0.0
        if fallen >= self.fall or evidence.config.training.learning_rate >= HIGHEST_RATE:
            return None
        power = max(round(math.log10(HEALTHY_UPDATE / updates.max())), 1) if updates.max() > 0.0 else 1
        faster = tenfold(evidence.config.training.learning_rate, power)
        return self.finding(
            Message(
                "At a learning rate of {learning_rate} no step has moved a layer's weights by more than {update} "
                "of themselves, where about 0.001 is usual; in {epoch} epochs the loss has fallen by {fallen}.",
                learning_rate=trimmed(evidence.context.learning_rate),
                update=trimmed(updates.max(), 1),
                epoch=counted(evidence.epoch),
                fallen=percent(fallen),
            ),
            Remedy(
                Message("Raise the learning rate to {faster}", faster=trimmed(faster)),
                (("training.learning_rate", faster),),
            ),
            *adam(evidence),
        )


def _scaled(initializer: Initializer) -> Message:
    scale = initializer.scale
    return Message(", scaled by {scale},", scale=trimmed(scale)) if scale != 1.0 else NOTHING
