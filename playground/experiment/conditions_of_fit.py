"""What may be wrong with what has been learnt: too much of the examples, or too little. Knows no window."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.conditions import Condition, Evidence, Finding, Remedy, adam, percent
from playground.experiment.config import MAX_LAYERS, MAX_UNITS, Layer
from playground.experiment.watch import EarlyStopping
from playground.nn.activations import Sigmoid, Tanh
from playground.nn.noise import Noise
from playground.nn.regularizers import L2, NoRegularizer


@dataclass(frozen=True)
class Overfitting(Condition):
    """The training loss falls while that of examples it has not seen rises: what is learnt now is these examples' chance.

    Told when the held-out loss was lowest before the last fifth of the run, and each of its last records lies `rise` above
    that, where Prechelt 1998 would stop at 5 %; when it exceeds the training loss by `gap` of the loss at the start; and
    when with classes held-out accuracy lies `accuracy` below that on the training part.
    """

    rise: float = 0.25
    gap: float = 0.25
    accuracy: float = 0.05
    early: float = 0.8
    epochs: int = 10

    kind = "overfitting"
    title = "Overfitting"
    view = "loss"
    explained_by = frozenset({"divergence", "rate_too_large", "exploding_gradients"})

    def check(self, evidence: Evidence) -> Finding | None:
        curves, name = evidence.curves, "validation" if evidence.problem.parts["validation"] else "test"
        held_out = curves.validation_loss if name == "validation" else curves.test_loss
        if evidence.epoch < self.epochs or len(curves) < 12:
            return None
        recent = slice(-5, None)
        now, train = (float(np.median(losses[recent])) for losses in (held_out, curves.train_loss))
        best = int(np.argmin(held_out))
        least, start = float(held_out[best]), float(held_out[0])
        risen = (
            curves.epoch[best] < self.early * curves.epoch[-1] and held_out[recent].min() > (1.0 + self.rise) * least
        )
        if not risen or now - train < self.gap * start or start <= 0.0:
            return None
        if evidence.problem.dataset.classes:
            accuracies = curves.validation_accuracy if name == "validation" else curves.test_accuracy
            if float(np.median(curves.train_accuracy[recent] - accuracies[recent])) < self.accuracy:
                return None
        return self.finding(
            f"The {name} loss was lowest in epoch {curves.epoch[best]:,.0f}, at {least:.3g}, and is now {now:.3g}, while "
            f"the training loss is {train:.3g}: the network learns its {len(evidence.problem.train):,} examples by heart.",
            *self._remedies(evidence),
        )

    def _remedies(self, evidence: Evidence) -> list[Remedy]:
        config = evidence.config
        stopping = (
            ("data.validation_share", max(config.data.validation_share, 0.2)),
            ("training.stopping", EarlyStopping()),
        )
        remedies = []
        if isinstance(config.training.regularizer, NoRegularizer):
            remedies.append(Remedy("Add an L2 penalty of 0.01", (("training.regularizer", L2(0.01)),)))
        if not isinstance(config.training.stopping, EarlyStopping) and config.data.train_share <= 0.7:
            remedies.append(Remedy("Stop early, by a validation part", stopping))
        if not config.training.noise.hidden_dropout and config.network.hidden:
            remedies.append(Remedy("Drop out 20 % of the hidden units", (("training.noise.hidden_dropout", 0.2),)))
        return remedies[:2]


@dataclass(frozen=True)
class Underfitting(Condition):
    """The loss does not fall any more, and much of the training part itself is answered wrong: too simple a model.

    Told after `epochs` epochs when over the second half of the run the loss has fallen by less than `fall` of itself, and
    the network does not reach `skill`: 0 is what the most frequent class or the mean answer gets, 1 is all right. Below
    `plateau` a network with hidden layers may only have been too slow to leave its start, as sigmoid units are, whose
    outputs are never negative: LeCun et al. 1998, "Efficient BackProp", section 4.4; or its weights are so small that in
    some layer the pre-activations differ between examples by less than `signal`.
    Source: Goodfellow, Bengio and Courville 2016, section 5.2.
    """

    skill: float = 0.6
    plateau: float = 0.3
    signal: float = 0.1
    fall: float = 0.02
    epochs: int = 50

    kind = "underfitting"
    title = "Underfitting"
    view = "boundary"
    explained_by = frozenset(
        {
            "divergence",
            "step_units",
            "symmetric_weights",
            "exploding_gradients",
            "vanishing_gradients",
            "dead_units",
            "saturation",
            "rate_too_large",
            "rate_too_small",
            "poor_pair",
            "unscaled_inputs",
            "batch_norm_of_one",
            "imbalanced_classes",
            "overfitting",
        }
    )

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.epoch < self.epochs or evidence.skill >= self.skill:
            return None
        before, now = _median(evidence.losses(0.4, 0.6)), _median(evidence.losses(0.8))
        if not before > 0.0 or before - now >= self.fall * before:
            return None
        plateau = evidence.skill < self.plateau and bool(evidence.config.network.hidden)
        why, pushes = self._off_the_plateau(evidence) if plateau else ("it is too simple, or held back.", [])
        right = percent(max(evidence.right, 0.0))
        told = f"only {right} of the training examples are right"
        if not evidence.problem.dataset.classes:
            told = f"the network explains only {right} of the variance of the training answers"
        return self.finding(
            f"Since epoch {evidence.epoch // 2:,} the training loss has stayed at about {now:.3g}, and {told}: " + why,
            *[*pushes, *self._remedies(evidence)][:2],
        )

    def _off_the_plateau(self, evidence: Evidence) -> tuple[str, list[Remedy]]:
        """Why a network that might do better answers nearly alike for all, and what leads off that plateau."""
        alike = "it answers nearly alike for all"
        weakest = min(evidence.hidden, key=lambda index: float(evidence.anatomy.signal[index]))
        signal = float(evidence.anatomy.signal[weakest])
        if signal < self.signal and evidence.better_start:
            where = evidence.layer(weakest)
            why = f"{alike}, as its weights are so small that a signal of only {signal:.1g} reaches {where}."
            return why, [*evidence.better_start, *adam(evidence)]
        layers = enumerate(evidence.config.network.hidden)
        sigmoids = [index for index, layer in layers if isinstance(layer.activation, Sigmoid)]
        centred = tuple((f"network.hidden.{index}.activation", Tanh()) for index in sigmoids)
        tanh = [Remedy("Take tanh, whose outputs have mean 0", centred)] if sigmoids else []
        return f"{alike}, and its steps may be too short for this plateau.", [*tanh, *adam(evidence)]

    def _remedies(self, evidence: Evidence) -> list[Remedy]:
        rules, hidden = evidence.config.training, evidence.config.network.hidden
        remedies = []
        if rules.noise != Noise():
            remedies.append(Remedy("Train without noise", (("training.noise", Noise()),)))
        if not isinstance(rules.regularizer, NoRegularizer):
            remedies.append(Remedy("Train without a penalty", (("training.regularizer", NoRegularizer()),)))
        if not hidden:
            remedies.append(Remedy("Add a hidden layer of 8 units", (("network.hidden", (Layer(8),)),)))
        else:
            wider = tuple(
                replace(layer, units=max(layer.units, min(max(2 * layer.units, 8), MAX_UNITS))) for layer in hidden
            )
            remedies.append(Remedy("Double the hidden units", (("network.hidden", wider),)))
            if len(hidden) < MAX_LAYERS:
                deeper = (*hidden, Layer(8, hidden[-1].activation))
                remedies.append(Remedy("Add a hidden layer", (("network.hidden", deeper),)))
        return remedies[:2]


def _median(losses: Floats) -> float:
    return float(np.median(losses)) if len(losses) else float("nan")
