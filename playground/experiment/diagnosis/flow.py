"""What may be wrong with the signal on its way up or the gradient on its way back. Knows no window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.diagnosis.condition import (
    Condition,
    Evidence,
    Finding,
    Remedy,
    normalised,
    slower_again,
    squashes,
    start_again,
    times,
)
from playground.experiment.history.layer_statistics import LayerStatistics, steepest
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.experiment.looks.normalization import Normalized
from playground.experiment.looks.pre_activations import PreActivations
from playground.nn.activations import ReLU, Tanh
from playground.options.message import Message
from playground.options.numerals import percent, trimmed


@dataclass(frozen=True)
class StepUnits(Condition):
    """Hidden units whose slope is 0 everywhere, so that no weight below them ever learns. Certain from the start.

    Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    kind = "step_units"
    title = "Units without a slope"
    look = PreActivations
    explains = frozenset(
        {
            "strong_penalty",
            "dead_units",
            "vanishing_gradients",
            "strong_noise",
            "rate_too_small",
            "imbalanced_classes",
            "underfitting",
        }
    )

    def check(self, evidence: Evidence) -> Finding | None:
        activations = evidence.network.activations
        flat = [index for index in evidence.hidden if steepest(activations[index]) == 0.0]
        if not flat:
            return None
        top = flat[-1]
        below = evidence.layer(0) if top == 0 else Message("layers 1 to {top}", top=top + 1)
        paths = [f"network.hidden.{index}.activation" for index in flat]
        return self.finding(
            Message(
                "The {activation} units of {layer} have slope 0 everywhere: no gradient passes them, so that the "
                "weights of {below} never change.",
                activation=activations[top].label,
                layer=evidence.layer(top),
                below=below,
            ),
            *(
                Remedy(Message("Take {activation} instead", activation=new.label), tuple((path, new) for path in paths))
                for new in (Tanh(), ReLU())
            ),
            layer=top,
        )


@dataclass(frozen=True)
class SymmetricWeights(Condition):
    """All units of a hidden layer have the same weights, so that they get the same gradient and stay equal for ever.

    Rounding tells them apart a little: weights count as equal up to `tolerance` of the largest. Source: Goodfellow, Bengio
    and Courville 2016, section 8.4.
    """

    tolerance: float = 1e-6

    kind = "symmetric_weights"
    title = "Symmetric weights"
    look = Normalized
    explains = frozenset(
        {
            "strong_penalty",
            "dead_units",
            "saturation",
            "vanishing_gradients",
            "strong_noise",
            "rate_too_small",
            "imbalanced_classes",
            "underfitting",
        }
    )

    def check(self, evidence: Evidence) -> Finding | None:
        if not evidence.steps or evidence.solved:
            return None
        equal = [index for index in evidence.hidden if self._alike(evidence.network.weights[index])]
        if not equal:
            return None
        first = equal[0]
        return self.finding(
            Message(
                "All {count} units of {layer} have the same weights: they get the same gradient and stay equal for "
                "ever, as if there were one.",
                count=len(evidence.network.weights[first]),
                layer=evidence.layer(first),
            ),
            *(evidence.better_start or [start_again(evidence.config, Message("from other weights"))]),
            layer=first,
        )

    def _alike(self, weights: Floats) -> bool:
        return len(weights) > 1 and bool(np.ptp(weights, axis=0).max() <= self.tolerance * np.abs(weights).max())


@dataclass(frozen=True)
class ExplodingGradients(Condition):
    """Gradients that grow at every layer on their way back, or signals on their way up, beyond all use.

    Looked for: the gradient by the pre-activations grows at least `growth` times from the output to the first layer, or
    the signal as much on its way up. That does harm when a layer's gradient is at least `size` times as long as its
    weights, where a step of a usual rate would throw these far away; or when the signal has grown so since the start, and
    the loss is `above` times what outputs of 0 would have: as the loss falls so do the gradients, though by layer they
    grow as before. Sources: Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and Bengio 2013, who define it by the
    product of the layers' factors; Glorot and Bengio 2010, whose initial weights keep both variances.
    """

    growth: float = 10.0
    size: float = 10.0
    above: float = 1.3

    kind = "exploding_gradients"
    title = "Exploding gradients"
    look = GradientFlow
    explains = frozenset(
        {"dead_units", "saturation", "rate_too_large", "rate_too_small", "overfitting", "underfitting"}
    )

    def check(self, evidence: Evidence) -> Finding | None:
        if not evidence.steps or not len(evidence.hidden) or evidence.solved:
            return None
        flow = evidence.flow
        lengths = np.array([np.linalg.norm(weights[:, :-1]) for weights in evidence.network.weights])
        ratios = np.divide(evidence.gradient_norms, lengths, out=np.zeros_like(lengths), where=lengths > 0.0)
        worst = int(ratios.argmax())
        grown_back = float(np.nan_to_num(np.prod(flow.ratio[:-1])))
        grown_up = float(np.nan_to_num(np.prod(flow.forward)))
        grown, born = max(grown_back, grown_up), evidence.grown_at_start >= self.growth
        if grown < self.growth:
            return None
        if ratios[worst] >= self.size:
            harm = Message(
                "the gradient of {layer} is {times} times as long as its weights",
                layer=evidence.layer(worst),
                times=times(ratios[worst]),
            )
        elif born and evidence.loss >= self.above * evidence.idle_loss:
            harm = Message(
                "the loss is {loss}, where outputs of 0 would bring it to {idle_loss}",
                loss=trimmed(evidence.loss),
                idle_loss=trimmed(evidence.idle_loss),
            )
        else:
            return None
        way = Message("gradient grows on its way back" if grown_back >= grown_up else "signal grows")
        return self.finding(
            Message(
                "From layer to layer the {way}, {grown} times in all: {harm}.", way=way, grown=times(grown), harm=harm
            ),
            *(evidence.better_start or [normalised(evidence)] if born else [slower_again(evidence)]),
            layer=worst,
        )


@dataclass(frozen=True)
class DeadUnits(Condition):
    """Most units of a hidden layer put out 0 for every training example: no gradient reaches them, so they stay so.

    Some dead units do no harm; it is told when they are more than `share` of a layer while much is still answered
    wrong, and when a layer is dead altogether. What helps depends on when they died: from the start, it was the initial
    weights; later, it was a step too long, unless the signal has always been smaller than `signal`. Sources: Lu et al.
    2019, "Dying ReLU and initialization"; Karpathy, CS231n, who has seen 40 % of a network die of a learning rate.
    """

    share: float = 0.4
    signal: float = 0.1
    epochs: int = 10

    kind = "dead_units"
    title = "Dead units"
    look = LayerStatistics
    explains = frozenset(
        {"vanishing_gradients", "rate_too_large", "rate_too_small", "imbalanced_classes", "underfitting"}
    )

    def check(self, evidence: Evidence) -> Finding | None:
        units = evidence.network.units
        if evidence.epoch < self.epochs or evidence.solved or not len(evidence.hidden):
            return None
        worst = max(evidence.hidden, key=lambda index: evidence.dead[index] / units[index])
        dead = evidence.dead[worst]
        if (dead < 2 and units[worst] > 1) or dead <= self.share * units[worst]:
            return None
        what = Message(
            "{dead} of the {units} units of {layer} are 0 for every training example",
            dead=dead,
            units=units[worst],
            layer=evidence.layer(worst),
        )
        if self._born_dead(evidence, worst) > dead / 2:
            told = Message("{what}, most of them from the start: no gradient has ever reached them.", what=what)
            return self.finding(told, *evidence.better_start, normalised(evidence), layer=worst)
        signal = float(evidence.start_signal[worst])
        if signal < self.signal and evidence.better_start:
            told = Message(
                "{what}: the initial weights were so small that a signal of only {signal} reached them.",
                what=what,
                signal=trimmed(signal, 1),
            )
            return self.finding(told, *evidence.better_start, layer=worst)
        told = Message(
            "{what}, and no gradient reaches them. They lived at first: steps that were too long may have killed them.",
            what=what,
        )
        return self.finding(told, slower_again(evidence), layer=worst)

    def _born_dead(self, evidence: Evidence, layer: int) -> int:
        """How many of a layer's units are dead now that were so before the first step."""
        layer_statistics = evidence.layer_statistics
        return int((layer_statistics.dead_since[-1, layer_statistics.units_of(layer)] == 0.0).sum())


@dataclass(frozen=True)
class Saturation(Condition):
    """Most pre-activations of a hidden layer lie where f is flat, and pass hardly any gradient, while much is still wrong.

    A place is flat where |f′| is below 5 % of its maximum; told when more than `share` of a layer's are, unless it is a
    single unit, which may just say yes or no. If they were so from the start, it was the initial weights; if not, steps
    that were too long. Source: Glorot and Bengio 2010, section 3, where layers so saturated stop learning.
    """

    share: float = 0.7
    epochs: int = 5

    kind = "saturation"
    title = "Saturated units"
    look = PreActivations
    explains = frozenset({"vanishing_gradients", "rate_too_small", "underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        layers = [index for index in evidence.hidden if evidence.network.units[index] > 1]
        if evidence.epoch < self.epochs or evidence.solved or not layers:
            return None
        worst = max(layers, key=lambda index: float(evidence.saturated[index]))
        share = float(evidence.saturated[worst])
        if share <= self.share:
            return None
        born = bool(evidence.layer_statistics.saturated[:1, worst].max(initial=0.0) > self.share)
        return self.finding(
            Message(
                "{share} of the pre-activations of {layer} lie on the flat ends of {activation}, where its slope "
                "is below 5 % of the steepest: hardly any gradient passes. {cause}",
                share=percent(share, 0),
                layer=evidence.layer(worst),
                activation=evidence.network.activations[worst].label,
                cause=Message("They did so from the start." if born else "Steps that were too long drove them there."),
            ),
            *([*evidence.better_start, normalised(evidence)] if born else [slower_again(evidence)]),
            layer=worst,
        )


@dataclass(frozen=True)
class VanishingGradients(Condition):
    """The gradient shrinks at every layer on its way back, so that the first layers hardly learn while much is wrong.

    Told when some hidden layer's gradient, per weight and over the last half of the run, is more than `ratio` times
    smaller than the output layer's. Sources: Hochreiter 1991; Glorot and Bengio 2010; Shewchuk, CS 189 lecture 17; Nielsen
    2015, chapter 5, who finds a factor of 100 over four sigmoid layers.
    """

    ratio: float = 50.0
    epochs: int = 5

    kind = "vanishing_gradients"
    title = "Vanishing gradients"
    look = GradientFlow
    explains = frozenset({"underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.epoch < self.epochs or evidence.solved or len(evidence.hidden) < 2:
            return None
        sizes = evidence.gradient_sizes
        weakest = int(sizes[:-1].argmin())
        if not sizes[-1] > self.ratio * sizes[weakest]:
            return None
        flow, remedies = evidence.flow, [normalised(evidence)]
        ratio = times(_ratio(sizes[-1], sizes[weakest]))

        def told(cause: Message) -> Message:
            words = "The gradient of {layer} is {times} times smaller than the output layer's, so it hardly learns: {cause}."
            return Message(words, layer=evidence.layer(weakest), times=ratio, cause=cause)

        if flow.culprit is None or flow.ratio[flow.culprit] >= 1.0:
            cause = Message("layer by layer it loses on its way back what the weights do not give it again")
            return self.finding(told(cause), *remedies, layer=weakest)
        if not flow.by_slopes:
            words = "the weights of {layer} multiply it by {gain} on its way back"
            cause = Message(words, layer=evidence.layer(flow.culprit + 1), gain=trimmed(flow.gain[flow.culprit], 2))
            return self.finding(told(cause), *(evidence.better_start + remedies), layer=weakest)
        blamed = flow.culprit
        activation = evidence.network.activations[blamed]
        cause = Message(
            "each layer multiplies it by f′, on average {slope} in {layer} ({activation})",
            slope=trimmed(flow.slope[blamed], 2),
            layer=evidence.layer(blamed),
            activation=activation.label,
        )
        better = ReLU() if squashes(activation) else Tanh()
        taken = tuple((f"network.hidden.{i}.activation", better) for i in evidence.hidden)
        remedies.insert(0, Remedy(Message("Take {activation} in the hidden layers", activation=better.label), taken))
        return self.finding(told(cause), *remedies, layer=weakest)


def _ratio(large: float, small: float) -> float:
    return float(large / small) if small > 0.0 else float("inf" if large > 0.0 else 1.0)
