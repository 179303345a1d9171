"""How strongly penalty and noise hold a run back, measured on a copy of its network. Knows no condition and no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.looks.context import RunContext
from playground.nn.activations import Array
from playground.nn.calls import Call, run
from playground.nn.chance import fixed_turn
from playground.nn.initializers import Initializer
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.optimizers.optimizer import Optimizer, SearchingOptimizer
from playground.nn.regularizers import NoRegularizer, Regularizer
from playground.nn.training import Trainer
from playground.options.message import Message
from playground.options.numerals import trimmed

STEPS = 20  # of the rules alone, twice
DRAWS, EXAMPLES = 8, 256  # of the noise, and how many of the sample's examples it is drawn for
DOUBLINGS = 8  # of all weights, to see whether they are too small


@dataclass(frozen=True)
class Pull:
    """What makes weights smaller whatever the examples say: the regularisation, and an optimizer's own decay.

    `told` names it with its strength, `weaker_told` with the one that the edits `weaker`, path and value, give it.
    """

    told: Message
    weaker_told: Message
    weaker: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, context: RunContext) -> Pull | None:
        """Of a run; None where nothing does."""
        regularizer, optimizer = context.config.training.regularizer, context.config.training.optimizer
        told, weaker_told = [], []
        weaker: list[tuple[str, Any]] = []
        if regularizer.named:
            strength = regularizer.strength if context.penalty_rate is None else context.penalty_rate
            told.append(_penalty(regularizer, strength))
            weaker_told.append(_penalty(regularizer, regularizer.weaker().strength))
            weaker.append(("training.regularizer", regularizer.weaker()))
        if optimizer.decay_rate:
            less = optimizer.decaying_less()
            told.append(_decay(optimizer))
            weaker_told.append(_decay(less))
            weaker.append(("training.optimizer", less))
        if len(told) < 2:
            return cls(told[0], weaker_told[0], tuple(weaker)) if told else None
        both = Message("{penalty} with {decay}", penalty=told[0], decay=told[1])
        weaker_both = Message("{penalty} and {decay}", penalty=weaker_told[0], decay=weaker_told[1])
        return cls(both, weaker_both, tuple(weaker))


@dataclass(frozen=True, eq=False)
class Alone:
    """What the rules by themselves make of usual initial weights, which no example pulls at.

    Attributes:
        factor: by what a layer's weights get longer at each step, of the layer where they do so most.
        left: what is left of each layer's length after as many steps as the run has done, (layers,).
        lengths: of the initial weights, (layers,).
    """

    factor: float
    left: Floats
    lengths: Floats

    @property
    def grows(self) -> bool:
        """Whether they get longer by themselves: w ← (1 − ε 2α) w leaves all bounds once ε 2α > 2."""
        return self.factor > 1.001

    @classmethod
    def of(cls, context: RunContext, start: Initializer) -> Alone:
        """Carry out the rules on weights drawn as `start` says, with gradients that are 0 but for the penalty's share."""
        rules, network = context.config.training, _copy(context)
        network.initialise(start, [np.random.default_rng([context.config.network.seed, 0])])
        (regularizer, pulled), p = context.regularizer, network.parameters
        g, rate, slots = (
            np.zeros_like(p),
            np.array(context.learning_rate),
            np.zeros((len(rules.optimizer.slots), *p.shape)),
        )
        total = np.zeros_like(p) if regularizer.adds_gradient else g
        clipped = np.zeros_like(p) if rules.clipping.acts else total
        calls: list[Call] = [
            *regularizer.before(p, g, total, rate, pulled),
            *rules.clipping.calls(total, clipped),
        ]
        if not isinstance(rules.optimizer, SearchingOptimizer):
            calls += rules.optimizer.update(p, clipped, rate, np.array(0.0), slots, network.is_weight)
        calls += regularizer.after(p, rate, pulled)
        lengths = [_lengths(network)]
        for _ in range(2):
            for _ in range(STEPS):
                run(calls)
            lengths.append(_lengths(network))
        first, middle, last = lengths
        grown = np.divide(last, middle, out=np.ones_like(last), where=middle > 0.0)
        left = np.divide(last, first, out=np.ones_like(last), where=first > 0.0)
        return cls(float(grown.max()) ** (1.0 / STEPS), left ** (context.progress.steps / (2.0 * STEPS)), first)


def taken_back(context: RunContext) -> float:
    """What share of a step down the data's gradient the regularisation takes back: 1 where it outweighs the data."""
    (regularizer, pulled), network, sample_pass = context.regularizer, _copy(context), context.sample_pass
    p, rate = network.parameters, np.array(context.learning_rate)
    g = np.zeros_like(p)
    for start, gradient in zip(network.starts, sample_pass.gradients, strict=True):
        g[0, start : start + gradient.size] = gradient.ravel()
    g *= network.is_weight
    free, before = -rate * g, p.copy()
    total = np.zeros_like(p) if regularizer.adds_gradient else g
    run(regularizer.before(p, g, total, rate, pulled))
    p -= rate * total
    run(regularizer.after(p, rate, pulled))
    back, length = before + free - p, float(np.square(free).sum())
    return float((back * free).sum()) / length if length > 0.0 else 0.0


def larger(context: RunContext) -> tuple[float, float, float]:
    """The sample's loss now, the least that it has with all weights so many times as large, and how many times that is."""
    network, sample_pass = _copy(context), context.sample_pass
    x, targets, before = sample_pass.x.astype(float), sample_pass.targets.astype(float), network.parameters.copy()
    losses = []
    for doubling in range(DOUBLINGS + 1):
        network.parameters[...] = np.where(network.is_weight, 2.0**doubling, 1.0) * before
        work = network.pass_for(x.shape[-1])
        h = work.outputs(x)
        losses.append(float(context.problem.loss.value(context.problem.output, work.output.z, h, targets).mean()))
    best = int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
    return losses[0], losses[best], 2.0**best


def signal_to_noise(context: RunContext) -> float:
    """How far the output's pre-activations differ between examples, by how far they do between draws of the noise.

    Both are variances; infinite where nothing but labels is disturbed.
    """
    noise, network, rng = context.config.training.noise, _copy(context), np.random.default_rng(0)
    x = context.sample_pass.x[:, :EXAMPLES].astype(float)
    trainer = Trainer(network, context.problem.loss, SGD(), NoRegularizer(), 0.0, noise=noise)
    work, drawn = network.pass_for(x.shape[-1], True, noise.of_hidden), []
    for _ in range(DRAWS):
        X = x.T.copy()
        noise.on_inputs(rng, X)
        run(trainer.forward(np.ascontiguousarray(X.T), fixed_turn(rng)))
        drawn.append(work.output.z.copy())
    z: Array = np.array(drawn)  # (draws, outputs, examples)
    chance = float(z.var(axis=0, ddof=1).mean())
    signal = float(z.mean(axis=0).var(axis=-1).mean()) - chance / DRAWS
    return max(signal, 0.0) / chance if chance > 1e-12 * signal else float("inf")


def _penalty(regularizer: Regularizer, strength: float) -> Message:
    return Message("the {penalty} of {strength}", penalty=regularizer.named, strength=trimmed(strength))


def _decay(optimizer: Optimizer) -> Message:
    return Message(
        "{optimizer}'s decay of {rate}", optimizer=optimizer.label, rate=trimmed(optimizer.decay_rate or 0.0)
    )


def _copy(context: RunContext) -> Network:
    """The member shown in double precision, to do with as one likes."""
    network = Network(context.network.inputs, context.network.layers)
    network.parameters[...] = context.network.parameters
    network.statistics[...] = context.network.statistics
    return network


def _lengths(network: Network) -> Floats:
    return np.array([np.linalg.norm(weights[:, :-1]) for weights in network.weights])
