"""What a condition is: something that may be wrong with a run, how it is told, and what helps. Knows no window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, ClassVar

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.config import MAX_SEED, Config
from playground.experiment.diagnosis.trial import Alone, Pull
from playground.experiment.history.layer_statistics import dead_units, flat, steepest
from playground.experiment.looks import gradient_flow
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.experiment.looks.look import Look
from playground.experiment.scene import Scene
from playground.nn.activations.activation import Activation
from playground.nn.initializers import He, Initializer, Xavier
from playground.nn.normalizations import BatchNorm
from playground.nn.optimizers import Adam
from playground.options import with_value
from playground.options.layers import layer_in_sentence
from playground.options.message import Message
from playground.options.numerals import counted, trimmed

SOLVED = 0.95  # of the examples right, or of the variance explained: then nothing is wrong with how a network learns
LOWEST_RATE, HIGHEST_RATE = 1e-6, 100.0  # that a config may have
FAR = 8.0  # pre-activations at which an activation that squashes is flat


@dataclass(frozen=True)
class Remedy:
    """An edit that helps: what it is called, and which fields of the config take which values."""

    label: Message
    changes: tuple[tuple[str, Any], ...]

    def applied(self, config: Config) -> Config:
        """The config with the edit.

        Raises:
            ConfigError: when a field is no longer there.
        """
        for path, value in self.changes:
            config = with_value(config, path, value)
        return config


@dataclass(frozen=True)
class Finding:
    """What is wrong now.

    Attributes:
        kind, title: the condition's name, for programs and for people.
        sentence: what has been measured, why that is bad, in plain words with the numbers and the layer.
        look: what shows it; the scene, where it is a matter of the data as they are.
        remedies: at most two edits, the surest first; none where none is sure.
        layer: where, counted from 0, the output layer last; None where it is no layer's matter.
    """

    kind: str
    title: str
    sentence: Message
    look: type[Look | Scene]
    remedies: tuple[Remedy, ...]
    layer: int | None = None


@dataclass(frozen=True)
class Condition:
    """One thing that may be wrong; its fields are its thresholds, and its docstring says where they come from.

    Of the conditions whose kind it `explains`, nothing is told while it is found: they are its consequences.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    look: ClassVar[type[Look | Scene]]
    explains: ClassVar[frozenset[str]] = frozenset()

    def check(self, evidence: Evidence) -> Finding | None:
        """What is found; None where nothing is, or where it is too early to tell."""
        raise NotImplementedError

    def finding(self, sentence: Message, *remedies: Remedy, layer: int | None = None) -> Finding:
        """A finding of this condition."""
        return Finding(self.kind, self.title, sentence, self.look, remedies, layer)


class Evidence:
    """What has been measured of a run, worked out once and only if a condition asks for it."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self.config, self.problem = context.config, context.problem
        self.curves = context.curves.since(context.comparable_from)
        self.layer_statistics, self.sample_pass, self.network = (
            context.layer_statistics,
            context.sample_pass,
            context.network,
        )
        self.epoch, self.steps = context.progress.epoch, context.progress.steps
        self.hidden = range(len(self.network.units) - 1)

    def layer(self, index: int) -> Message:
        """What a layer is called in a sentence."""
        return layer_in_sentence(index, len(self.network.units))

    @cached_property
    def solved(self) -> bool:
        """Whether nearly all training examples are answered right."""
        return self.right >= SOLVED

    @cached_property
    def right(self) -> float:
        """For classes the share of right answers on the sample, for numbers the share of the variance explained."""
        if self.problem.dataset.classes:
            return float((self.answers == self.sample_pass.y).mean())
        return explained(self.sample_pass.work.layers[-1].h, self.sample_pass.targets)

    @cached_property
    def skill(self) -> float:
        """As `right`, but 0 for who always names the most frequent class, and 1 for who is always right."""
        if not self.problem.dataset.classes:
            return self.right
        most = float(np.bincount(self.sample_pass.y.astype(np.intp)).max()) / len(self.sample_pass.y)
        return (self.right - most) / (1.0 - most) if most < 1.0 else self.right

    @cached_property
    def answers(self) -> Floats:
        """The class that each example of the sample is given, (examples,)."""
        h = self.sample_pass.work.layers[-1].h
        middle = 0.5 * (self.problem.no + self.problem.yes)
        return h.argmax(axis=0) if len(h) > 1 else (h[0] > middle).astype(np.intp)

    @cached_property
    def loss(self) -> float:
        """Mean over the sample."""
        output = self.sample_pass.work.layers[-1]
        return float(self.problem.loss.value(output.activation, output.z, output.h, self.sample_pass.targets).mean())

    @cached_property
    def idle_loss(self) -> float:
        """The loss of an output layer that adds up to 0 whatever it is given: it says nothing, and nothing badly wrong."""
        output = self.sample_pass.work.layers[-1].activation
        z = np.zeros_like(self.sample_pass.work.layers[-1].z)
        return float(self.problem.loss.value(output, z, output(z), self.sample_pass.targets).mean())

    @cached_property
    def gradient_norms(self) -> Floats:
        """Of each layer's weights without biases, over the sample: (layers,)."""
        return np.array([np.linalg.norm(gradient[:, :-1]) for gradient in self.sample_pass.gradients])

    @cached_property
    def gradient_sizes(self) -> Floats:
        """Root mean square of each layer's weight gradient at the records of the last half: their median, (layers,)."""
        weights = np.array([gradient[:, :-1].size for gradient in self.sample_pass.gradients])
        norms = self.curves.gradient_norm[len(self.curves) // 2 :]
        norms = norms[np.isfinite(norms).all(axis=1)]
        return np.median(norms, axis=0) / np.sqrt(weights) if len(norms) else np.full(len(weights), np.nan)

    @cached_property
    def saturated(self) -> Floats:
        """Share of each layer's pre-activations on the flat ends of an activation that squashes, (layers,)."""
        shares = np.zeros(len(self.network.units))
        for index, (activation, slope) in enumerate(
            zip(self.network.activations, self.sample_pass.slopes, strict=True)
        ):
            if squashes(activation):
                shares[index] = flat(slope, steepest(activation)).mean()
        return shares

    @property
    def examples(self) -> Message:
        """What the examples of the sample are called in a sentence."""
        few = len(self.problem.train) > len(self.sample_pass.y)
        words = "first {count} training examples" if few else "training examples"
        return Message(words, count=counted(len(self.sample_pass.y)))

    @cached_property
    def pull(self) -> Pull | None:
        """What makes weights smaller whatever the examples say; None where nothing does."""
        return Pull.of(self.context)

    @cached_property
    def alone(self) -> Alone:
        """What the rules by themselves make of weights."""
        return Alone.of(self.context, self.suited_start)

    @cached_property
    def flow(self) -> GradientFlow:
        """What a signal meets on its way up, and a gradient on its way back."""
        return gradient_flow.measure(self.context)

    @cached_property
    def start_signal(self) -> Floats:
        """How far each layer's pre-activations differed between examples before the first step, (layers,)."""
        layer_statistics, layers = self.layer_statistics, range(len(self.network.units))
        variances = layer_statistics.variance[0, :1]
        if not len(variances):
            return np.full(len(layers), np.nan)
        return np.sqrt([variances[0, layer_statistics.rows_of(layer)].mean() for layer in layers])

    @property
    def grown_at_start(self) -> float:
        """How many times as far the output's pre-activations differed between examples then as the inputs do."""
        inputs = float(np.sqrt(self.sample_pass.x[:-1].var(axis=1, dtype=float).mean()))
        return float(self.start_signal[-1]) / inputs if inputs > 0.0 else float("nan")

    @cached_property
    def better_start(self) -> list[Remedy]:
        """The initial weights that suit the hidden layers, where others have been chosen."""
        start = self.suited_start
        if start == self.config.network.initializer:
            return []
        return [
            Remedy(
                Message("Start from {initializer} weights", initializer=start.label), (("network.initializer", start),)
            )
        ]

    @cached_property
    def suited_start(self) -> Initializer:
        """The initial weights that suit the hidden layers: He's are for units that let half of what they get through."""
        activations = [self.network.activations[index] for index in self.hidden]
        whole = all(squashes(activation) or activation.identity for activation in activations)
        return Xavier() if whole else He()

    @cached_property
    def dead(self) -> tuple[int, ...]:
        """How many units of each layer are dead, by all training examples."""
        return tuple(int(layer.sum()) for layer in dead_units(self.problem, self.network, self.sample_pass))

    def losses(self, first: float, last: float = 1.0) -> Floats:
        """Training losses at the records between two shares of the run."""
        epochs = self.curves.epoch
        end = float(epochs[-1]) if len(epochs) else 0.0
        within = (epochs >= first * end) & (epochs <= last * end)
        return self.curves.train_loss[within]


def explained(answers: Floats, targets: Floats) -> float:
    """The share of the targets' variance that answers explain, both (outputs, examples).

    Targets that are all alike, or as good as alike, vary by 1 for this purpose: that is the unit they are scaled to.
    """
    spread = float(np.square(targets - targets.mean(axis=1, keepdims=True)).sum())
    if spread <= 1e-20 * float(np.square(targets).sum()):
        spread = float(targets.size)
    return 1.0 - float(np.square(answers - targets).sum()) / spread


@cache
def squashes(activation: Activation) -> bool:
    """Whether an activation is flat at both ends and steeper between."""
    if not activation.elementwise:
        return False
    ends = np.abs(activation.slope(np.array([[-FAR, FAR]])))
    limit = steepest(activation)
    return limit > 0.0 and bool(flat(ends, limit).all())


def times(ratio: float) -> Message:
    """How many times, with two digits."""
    rounded = float(f"{ratio:.2g}")
    return Message("{count}", count=counted(round(rounded))) if math.isfinite(rounded) else Message("infinitely many")


def tenfold(rate: float, power: int) -> float:
    """A learning rate times ten to a power, within its bounds and without digits that rounding leaves."""
    return min(max(float(f"{rate * 10.0**power:.6g}"), LOWEST_RATE), HIGHEST_RATE)


def adam(evidence: Evidence) -> list[Remedy]:
    """An optimizer whose steps do not depend on the gradient's size; nothing where it is there."""
    if evidence.config.training.optimizer.adaptive_moments:
        return []
    return [
        Remedy(
            Message("Take Adam at a rate of 0.01"), (("training.optimizer", Adam()), ("training.learning_rate", 0.01))
        )
    ]


def normalised(evidence: Evidence) -> Remedy:
    """Batch norm in all hidden layers, which sizes of signals and gradients do not get past."""
    changes = ((f"network.hidden.{index}.normalization", BatchNorm()) for index in evidence.hidden)
    return Remedy(Message("Add batch normalisation"), tuple(changes))


def slower_again(evidence: Evidence) -> Remedy:
    """Other initial weights and a tenth of the learning rate, or less where that is above 1, as no optimizer wants it.

    What too long steps have done to weights stays done, so that to lower the rate alone would come too late.
    """
    rate = evidence.config.training.learning_rate
    rate = tenfold(rate, min(-math.ceil(math.log10(rate)), -1))
    return start_again(
        evidence.config, Message("at a learning rate of {rate}", rate=trimmed(rate)), ("training.learning_rate", rate)
    )


def start_again(config: Config, how: Message, *changes: tuple[str, Any]) -> Remedy:
    """An edit together with other initial weights: what has been lost with these does not come back."""
    seed = (config.network.seed + 1) % (MAX_SEED + 1)
    return Remedy(Message("Start again, {how}", how=how), (*changes, ("network.seed", seed)))


def weaker_pull(evidence: Evidence) -> Remedy:
    """Start again with what makes weights smaller left weaker."""
    assert evidence.pull is not None
    return start_again(evidence.config, Message("with {pull}", pull=evidence.pull.weaker_told), *evidence.pull.weaker)
