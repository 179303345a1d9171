"""What may hold a run back on purpose, and too much: a penalty on the weights, noise. Knows no window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.experiment.diagnosis import trial
from playground.experiment.diagnosis.condition import Condition, Evidence, Finding, Remedy, weaker_pull
from playground.experiment.history.curves import Curves
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.nn.noise import Noise
from playground.options import knobs
from playground.options.message import Message, Sentence
from playground.options.numerals import trimmed


@dataclass(frozen=True)
class StrongPenalty(Condition):
    """A penalty or decay that leaves the examples no say: it makes weights explode, or wipes them out, or holds them down.

    Told at once when the rules by themselves make weights longer that no example pulls at. Else after `epochs` epochs,
    while the network does not reach `skill`: when some layer has less than `left` of the length of usual initial weights,
    and the rules by themselves would have brought it there; or when the penalty takes back `back` of what a step gains, and
    the same weights made larger would lower the loss by `fall` of itself. Source: Goodfellow, Bengio and Courville 2016,
    sections 5.2.2 and 7.1.
    """

    left: float = 0.1
    back: float = 0.5
    fall: float = 0.1
    skill: float = 0.6
    epochs: int = 5

    kind = "strong_penalty"
    title = "Penalty too strong"
    look = GradientFlow
    explains = frozenset(
        {"dead_units", "vanishing_gradients", "rate_too_large", "strong_noise", "rate_too_small", "underfitting"}
    )

    def check(self, evidence: Evidence) -> Finding | None:
        pull = evidence.pull
        if pull is None or not evidence.steps or evidence.solved:
            return None
        rate = evidence.context.learning_rate
        if evidence.alone.grows:
            return self.finding(
                Message(
                    "At a learning rate of {rate} {pull} makes weights longer by itself, {factor} times at every "
                    "step: it pulls them further beyond 0 than they were off.",
                    rate=trimmed(rate),
                    pull=pull.told,
                    factor=trimmed(evidence.alone.factor),
                ),
                weaker_pull(evidence),
            )
        if evidence.epoch < self.epochs or evidence.skill >= self.skill:
            return None
        lengths = np.array([np.linalg.norm(weights[:, :-1]) for weights in evidence.network.weights])
        usual = evidence.alone.lengths
        shares = np.divide(lengths, usual, out=np.ones_like(lengths), where=usual > 0.0)
        wiped = np.where(evidence.alone.left < self.left, shares, 1.0)
        layer = int(wiped.argmin())
        if len(evidence.hidden) and wiped[layer] < self.left:
            words = "{share} times as long as usual initial weights" if shares[layer] else "0"
            length = Message(words, share=trimmed(shares[layer], 1))
            return self.finding(
                Sentence(
                    "{pull} pulls harder than the examples: the weights of {layer} are {length}, so that hardly "
                    "anything passes.",
                    pull=pull.told,
                    layer=evidence.layer(layer),
                    length=length,
                ),
                weaker_pull(evidence),
                layer=layer,
            )
        now, least, times = trial.larger(evidence.context)
        if now - least < self.fall * now or trial.taken_back(evidence.context) < self.back:
            return None
        return self.finding(
            Sentence(
                "{pull} keeps the weights too small: {times} times as large they would bring the loss from {now} "
                "to {least}.",
                pull=pull.told,
                times=trimmed(times),
                now=trimmed(now),
                least=trimmed(least),
            ),
            Remedy(Message("Go on, with {pull}", pull=pull.weaker_told), pull.weaker),
        )


@dataclass(frozen=True)
class StrongNoise(Condition):
    """Noise, or dropout, in which the signal drowns: what is drawn says more about the answer than the example does.

    Told after `epochs` epochs, while the network does not reach `skill`, when the answers' pre-activations vary less
    between examples than between draws of the noise: a signal-to-noise ratio below `ratio`. Dropping a unit with
    probability p is noise of variance p / (1 − p) times its square: Srivastava et al. 2014, section 10. Not told where the
    weights are at fault, because no more than `signal` reaches some layer. Of labels less than `labels` must be left of
    what they say.
    """

    ratio: float = 1.0
    labels: float = 0.5
    signal: float = 0.1
    skill: float = 0.6
    epochs: int = 30

    kind = "strong_noise"
    title = "Noise too strong"
    look = Curves
    explains = frozenset({"dead_units", "vanishing_gradients", "rate_too_small", "underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        noise, classes = evidence.config.training.noise, len(evidence.problem.dataset.classes)
        if noise == Noise() or evidence.epoch < self.epochs or evidence.skill >= self.skill:
            return None
        remedy = Remedy(Message("Train without noise"), (("training.noise", Noise()),))
        wrong = noise.label_noise
        said = 1.0 - wrong * classes / (classes - 1) if classes > 1 else 1.0 / (1.0 + wrong**2)
        if abs(said) < self.labels:
            return self.finding(
                Message(
                    "Label noise of {wrong} leaves hardly anything of what the labels say: there is little to "
                    "learn from.",
                    wrong=trimmed(wrong),
                ),
                remedy,
            )
        ratio = trial.signal_to_noise(evidence.context)
        tiny = bool(evidence.better_start) and float(evidence.flow.signal.min()) < self.signal
        if not ratio < self.ratio or tiny:
            return None
        named = [
            f"{knob.label} {trimmed(value)}" for name, knob in knobs(Noise).items() if (value := getattr(noise, name))
        ]
        varies = Message("more than 100 times as much")
        if ratio > 0.01:
            varies = Message("{times} times as much", times=trimmed(1.0 / ratio, 2))
        return self.finding(
            Message(
                "The noise in training ({named}) drowns the signal: what the output unit is given varies {varies} "
                "with the noise as with the examples.",
                named="; ".join(named),
                varies=varies,
            ),
            remedy,
        )
