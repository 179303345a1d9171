"""What may be wrong with what has been learnt: too much of the examples, or too little. Knows no window."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.config import MAX_UNITS, Layer
from playground.experiment.diagnosis.condition import Condition, Evidence, Finding, Remedy, adam, explained, start_again
from playground.experiment.history.curves import Curves
from playground.experiment.looks.maps import Answers
from playground.experiment.stopping import EarlyStopping
from playground.nn.regularizers import L2
from playground.options.message import NOTHING, Message
from playground.options.numerals import counted, percent, trimmed


@dataclass(frozen=True)
class Overfitting(Condition):
    """The training loss falls while that of examples it has not seen rises: what is learnt now is these examples' chance.

    Told when the held-out loss was lowest before the last fifth of the run, and lies at least `rise` above that in all of
    it but the `lowest` quarter, as it may tremble, while the training loss has fallen since; and when of the held-out part
    the network answers `worse` less right than of the training part, in shares of right answers or of the variance
    explained. How large the losses are does not count. Source: Prechelt 1998, "Early stopping, but when?", whose criterion
    GL stops at a rise of 5 %, and whose UP asks that the rise lasts.
    """

    rise: float = 0.05
    lowest: float = 0.25
    worse: float = 0.05
    early: float = 0.8
    epochs: int = 10

    kind = "overfitting"
    title = "Overfitting"
    look = Curves
    explains = frozenset({"underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        curves, name = evidence.curves, "validation" if evidence.problem.parts["validation"] else "test"
        held_out = curves.validation_loss if name == "validation" else curves.test_loss
        stopped = evidence.context.progress.stopped[
            evidence.context.member
        ]  # and is back where the held-out loss was lowest
        if stopped or evidence.epoch < self.epochs or len(curves) < 12:
            return None
        best, late = int(np.argmin(held_out)), curves.epoch >= self.early * curves.epoch[-1]
        least, now, train = float(held_out[best]), float(held_out[-1]), float(curves.train_loss[-1])
        risen = not late[best] and float(np.quantile(held_out[late], self.lowest)) > (1.0 + self.rise) * least > 0.0
        if not risen or train >= curves.train_loss[best] or self._worse(evidence, name) < self.worse:
            return None
        return self.finding(
            Message(
                "The {name} loss was lowest in epoch {epoch}, at {least}, and is now {now}, while the training "
                "loss is {train}: the network learns its {count} examples by heart.",
                name=Message(name),
                epoch=counted(round(curves.epoch[best])),
                least=trimmed(least),
                now=trimmed(now),
                train=trimmed(train),
                count=counted(len(evidence.problem.train)),
            ),
            *self._remedies(evidence),
        )

    def _worse(self, evidence: Evidence, name: str) -> float:
        """How much less of the held-out part than of the training part is answered right."""
        curves, recent = evidence.curves, slice(-5, None)
        if evidence.problem.dataset.classes:
            held_out = curves.validation_accuracy if name == "validation" else curves.test_accuracy
            return float(np.median(curves.train_accuracy[recent] - held_out[recent]))
        part = evidence.context.part(name)
        return evidence.right - explained(evidence.network.predict(part.X).T, part.targets.T)

    def _remedies(self, evidence: Evidence) -> list[Remedy]:
        config = evidence.config
        stopping = (
            ("data.validation_share", max(config.data.validation_share, 0.2)),
            ("training.stopping", EarlyStopping()),
        )
        remedies = []
        regularizer, penalty = config.training.regularizer, L2(0.01)
        weak = not regularizer.named or (regularizer.proportional and regularizer.strength < penalty.strength)
        if weak:
            remedies.append(
                Remedy(
                    Message("Take an L2 penalty of {rate}", rate=trimmed(penalty.rate)),
                    (("training.regularizer", penalty),),
                )
            )
        if config.training.stopping.patience is None and config.data.train_share <= 0.7:
            remedies.append(Remedy(Message("Stop early, by a validation part"), stopping))
        if not config.training.noise.hidden_dropout and config.network.hidden:
            how = Message("dropping out half of the hidden units")
            remedies.append(start_again(config, how, ("training.noise.hidden_dropout", 0.5)))
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
    look = Answers

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.epoch < self.epochs or evidence.skill >= self.skill:
            return None
        before, now = _median(evidence.losses(0.4, 0.6)), _median(evidence.losses(0.8))
        if not before > 0.0 or before - now >= self.fall * before:
            return None
        plateau = evidence.skill < self.plateau and bool(evidence.config.network.hidden)
        why, remedies = self._off_the_plateau(evidence) if plateau else (NOTHING, [])
        if not remedies:
            why, remedies = Message("it is too simple."), self._larger(evidence)
        right = percent(max(evidence.right, 0.0), 0)
        told = Message("only {right} of the {examples} are right", right=right, examples=evidence.examples)
        if not evidence.problem.dataset.classes:
            told = Message(
                "the network explains only {right} of the variance in the answers of the {examples}",
                right=right,
                examples=evidence.examples,
            )
        return self.finding(
            Message(
                "Since epoch {epoch} the training loss has stayed at about {now}, and {told}: {why}",
                epoch=counted(evidence.epoch // 2),
                now=trimmed(now),
                told=told,
                why=why,
            ),
            *remedies,
        )

    def _off_the_plateau(self, evidence: Evidence) -> tuple[Message, list[Remedy]]:
        """Why a network that might do better answers nearly alike for all, and what leads off that plateau."""
        weakest = min(evidence.hidden, key=lambda index: float(evidence.flow.signal[index]))
        signal = float(evidence.flow.signal[weakest])
        if signal < self.signal and evidence.better_start:
            where = evidence.layer(weakest)
            why = Message(
                "it answers nearly alike for all, as its weights are so small that a signal of only {signal} "
                "reaches {layer}.",
                signal=trimmed(signal, 1),
                layer=where,
            )
            return why, [*evidence.better_start, *adam(evidence)]
        centred = {
            f"network.hidden.{index}.activation": better
            for index, layer in enumerate(evidence.config.network.hidden)
            if (better := layer.activation.centred()) is not None
        }
        names = dict.fromkeys(activation.label for activation in centred.values())
        remedy = (
            [
                Remedy(
                    Message("Take {names}, whose outputs have mean 0", names=" and ".join(names)),
                    tuple(centred.items()),
                )
            ]
            if centred
            else []
        )
        return Message("it answers nearly alike for all, and its steps may be too short for this plateau."), [
            *remedy,
            *adam(evidence),
        ]

    def _larger(self, evidence: Evidence) -> list[Remedy]:
        """A network that can say more."""
        hidden = evidence.config.network.hidden
        if not hidden:
            return [Remedy(Message("Add a hidden layer of 8 units"), (("network.hidden", (Layer(8),)),))]
        wider = tuple(
            replace(layer, units=max(layer.units, min(max(2 * layer.units, 8), MAX_UNITS))) for layer in hidden
        )
        return [Remedy(Message("Take more hidden units"), (("network.hidden", wider),))] if wider != hidden else []


def _median(losses: Floats) -> float:
    return float(np.median(losses)) if len(losses) else float("nan")
