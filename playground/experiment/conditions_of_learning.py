"""What may be wrong with the pace of learning: too slow, too fast, beyond all bounds. Knows no window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.experiment.conditions import (
    HIGHEST_RATE,
    LOWEST_RATE,
    Condition,
    Evidence,
    Finding,
    Remedy,
    adam,
    percent,
    start_again,
    tenfold,
)
from playground.nn.clipping import ClipByNorm, NoClipping
from playground.nn.initializers import Initializer
from playground.nn.optimizers import SGD, Adam

HEALTHY_UPDATE = 1e-3  # of ‖w‖ a step: Karpathy, CS231n


@dataclass(frozen=True)
class Diverged(Condition):
    """The run has left the finite numbers. No threshold: it has, or it has not.

    Where that took less than an epoch, from weights that do not suit the units, these are blamed too.
    Source: Goodfellow, Bengio and Courville 2016, sections 8.3.1, on rates beyond what is stable, and 8.4, on the start.
    """

    kind = "divergence"
    title = "Divergence"
    view = "loss"

    def check(self, evidence: Evidence) -> Finding | None:
        divergence, rules = evidence.inside.divergence, evidence.config.training
        if divergence is None:
            return None
        remedies, slower = [], tenfold(rules.learning_rate, -1)
        initializer = evidence.config.network.initializer
        at_once = evidence.epoch == 0 and bool(evidence.better_start) and bool(evidence.config.network.hidden)
        if at_once:
            remedies += evidence.better_start
        if rules.learning_rate > LOWEST_RATE:
            how = f"at a learning rate of {slower:.3g}"
            remedies.append(start_again(evidence.config, how, ("training.learning_rate", slower)))
        if isinstance(rules.clipping, NoClipping):
            how = "with gradients clipped at norm 1"
            remedies.append(start_again(evidence.config, how, ("training.clipping", ClipByNorm())))
        return self.finding(
            f"{divergence.message} At a learning rate of {rules.learning_rate:.3g} its steps led further and further from "
            + (
                f"the minimum, and at once: its {initializer.label} weights{_scaled(initializer)} may be too large."
                if at_once
                else "the minimum."
            ),
            *remedies[:2],
            layer=divergence.layer,
        )


@dataclass(frozen=True)
class RateTooLarge(Condition):
    """The training loss jumps up and down, or stands well above where it began: the steps are too long for the bowl.

    Told, while much is wrong, when over the last `records` records the loss changes by `jump` of itself from one to the
    next (the median: one leap is no trouble), up in a share of at least `ups`, and does not fall by `fall` from their
    first half to their second; or when its median lies `above` times over its start. Beyond 2/λmax of the Hessian a step
    overshoots by more than it was off: LeCun et al. 1998, "Efficient BackProp", section 5.
    """

    records: int = 24
    jump: float = 0.25
    ups: float = 0.25
    fall: float = 0.1
    above: float = 1.3
    epochs: int = 5

    kind = "rate_too_large"
    title = "Learning rate too large"
    view = "loss"
    explained_by = frozenset(
        {"divergence", "unscaled_inputs", "exploding_gradients", "dead_units", "batch_norm_of_one"}
    )

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.epoch < self.epochs or evidence.solved or len(evidence.curves) < self.records:
            return None
        losses = evidence.curves.train_loss[-self.records :]
        middle, start = float(np.median(losses)), float(evidence.curves.train_loss[0])
        changes = np.diff(losses)
        jump, ups = float(np.median(np.abs(changes))) / max(abs(middle), 1e-300), float((changes > 0.0).mean())
        rate = evidence.config.training.learning_rate
        earlier, later = (float(np.median(half)) for half in np.array_split(losses, 2))
        if jump >= self.jump and ups >= self.ups and later > (1.0 - self.fall) * earlier:
            told = f"goes up and down by {percent(jump)} from one record to the next instead of falling"
        elif middle >= self.above * start > 0.0:
            told = f"lies at {middle:.3g}, above the {start:.3g} that it began with"
        else:
            return None
        sentence = f"At a learning rate of {rate:.3g} the training loss {told}: the steps are too long and overshoot."
        return self.finding(sentence, _rate(evidence, -1), *_cooled(evidence))


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
    view = "layers"
    explained_by = frozenset(
        {
            "divergence",
            "exploding_gradients",
            "step_units",
            "symmetric_weights",
            "dead_units",
            "saturation",
            "poor_pair",
            "batch_norm_of_one",
            "unscaled_inputs",
        }
    )

    def check(self, evidence: Evidence) -> Finding | None:
        updates = evidence.vitals.update[np.isfinite(evidence.vitals.update)]
        early = evidence.epoch < self.epochs or evidence.steps < self.steps
        if early or evidence.solved or not len(updates) or updates.max() >= self.update:
            return None
        losses = evidence.curves.train_loss
        if not len(losses):
            return None
        fallen = 1.0 - float(losses[-1]) / float(losses[0]) if losses[0] > 0.0 else 0.0
        if fallen >= self.fall or evidence.config.training.learning_rate >= HIGHEST_RATE:
            return None
        return self.finding(
            f"At a learning rate of {evidence.config.training.learning_rate:.3g} no step has moved a layer's weights by "
            f"more than {updates.max():.1g} of themselves, where about 0.001 is usual; in {evidence.epoch:,} epochs the "
            f"loss has fallen by {100.0 * fallen:.1f} %.",
            _rate(evidence, max(round(math.log10(HEALTHY_UPDATE / updates.max())), 1) if updates.max() > 0.0 else 1),
            *adam(evidence),
        )


def _scaled(initializer: Initializer) -> str:
    scale = getattr(initializer, "scale", 1.0)
    return f", scaled by {scale:g}," if scale != 1.0 else ""


def _rate(evidence: Evidence, power: int) -> Remedy:
    """The learning rate times ten to a power."""
    rate = tenfold(evidence.config.training.learning_rate, power)
    word = "Raise" if power > 0 else "Lower"
    return Remedy(f"{word} the learning rate to {rate:.3g}", (("training.learning_rate", rate),))


def _cooled(evidence: Evidence) -> list[Remedy]:
    """Larger mini-batches, where single examples pull to and fro."""
    size = evidence.config.training.batch_size
    if size >= 10 or not isinstance(evidence.config.training.optimizer, SGD | Adam):
        return []
    return [Remedy("Average over mini-batches of 32", (("training.batch_size", 32),))]
