"""What holds the mean and spread of a layer's values in place while it trains. Arrays as in stage.py.

Both kinds answer with γ n + β, where n has mean 0 and variance 1: over the batch for each row, or over the rows for each
example. The gain γ and the shift β are trained, one of each a row. Members have their own of everything, bit for bit as if alone;
only layer norm over mini-batches of one example adds eight units or more up in another order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations.activation import constant
from playground.nn.calls import Call
from playground.nn.stage import Array, Place, Stage
from playground.options import Options, flag, number

AFTER = "Works on the activations instead of the pre-activations."
EPSILON = "Added to the variance, so that values that are all alike are not divided by zero."


@dataclass(frozen=True)
class Normalization(Stage, Options):
    """A stage that trains γ, which starts at 1, and β, which starts at 0; as many rows come out as go in.

    Attributes:
        acts: whether a layer has such a stage at all.
        sign: what it is called in two letters; "" where there is none.
        advice: what to look for in what it gets and puts out.
        together: whether mean and variance are those of all rows of an example, and not of each row over the batch.
    """

    acts: ClassVar[bool] = True
    sign: ClassVar[str] = ""
    advice: ClassVar[str] = ""
    together: ClassVar[bool] = False
    symbols = (("γ", "n"), ("β", "1"))

    @property
    def after(self) -> bool:
        """Whether it follows the activation instead of going before it."""
        return False

    def parameters(self, rows: int) -> tuple[Array, ...]:
        return np.ones(rows), np.zeros(rows)

    @property
    def running(self) -> bool:
        """Whether it goes by running averages where training goes by the mini-batch; then the way back is training's too."""
        return bool(self.statistics(1))

    def moments(self, values: Array, statistics: tuple[Array, ...]) -> tuple[Array, Array]:
        """Mean and deviation that it goes by when looking at values (rows, examples): (rows, 1) each, or (1, examples)."""
        raise NotImplementedError


@dataclass(frozen=True)
class NoNormalization(Normalization):
    """Leaves a layer as it is: it has no such stage at all."""

    label = "none"
    acts = False

    def parameters(self, rows: int) -> tuple[Array, ...]:
        return ()


@dataclass(frozen=True)
class BatchNorm(Normalization):
    """Holds each unit's mean and spread over the mini-batch in place, so that deep networks train, and at higher rates.

    Training takes mean and variance from the mini-batch at hand; otherwise their running averages are taken, for which
    the variance is counted over one example less. A mini-batch of one example has no variance to add to the average.
    Source: Ioffe and Szegedy 2015.
    """

    after: bool = flag(False, "after the activation", AFTER)
    momentum: float = number(0.1, 0.0, 1.0, "momentum", "Share of each new mini-batch in the running averages.")
    epsilon: float = number(1e-5, 1e-12, 1.0, "ε₀", EPSILON, "log")

    label = "batch norm"
    sign = "BN"
    advice = (
        "Whatever comes in, batch norm lets out mean β and deviation |γ|, both learnt. Testing uses the running averages: "
        "healthy where they lie beside the bars."
    )
    formula = "γ (z − mean) / √(variance + ε₀) + β, over the mini-batch"
    latex = r"\gamma\,\frac{z - \mu}{\sqrt{\sigma^2 + \varepsilon_0}} + \beta, \quad \mu, \sigma^2 \;\text{of the mini-batch}"

    def statistics(self, rows: int) -> tuple[Array, ...]:
        return np.zeros(rows), np.ones(rows)

    def moments(self, values: Array, statistics: tuple[Array, ...]) -> tuple[Array, Array]:
        mean, variance = statistics
        return mean.copy(), np.sqrt(variance + self.epsilon)

    def run_forward(self, at: Place) -> list[Call]:
        if at.draw is None:
            return self._look(at)
        z, h, examples = at.z, at.h, at.z.shape[-1]
        gain, shift = at.parameters
        centred, power, deviation, scale = self._kept(at)
        mean = np.empty_like(power)
        return [
            (np.add.reduce, (z, -1, None, mean, True)),
            (np.multiply, (mean, constant(1.0 / examples, z), mean)),
            (np.subtract, (z, mean, centred)),
            (np.vecdot, (centred, centred, power[..., 0])),
            *self._remember(at, mean, power),
            (np.add, (power, constant(self.epsilon * examples, z), power)),
            (np.multiply, (power, constant(1.0 / examples, z), deviation)),
            (np.sqrt, (deviation, deviation)),
            (np.divide, (gain, deviation, scale)),
            (np.multiply, (centred, scale, h)),
            (np.add, (h, shift, h)),
        ]

    def run_backward(self, at: Place) -> list[Call]:
        """In training only, where `run_forward` keeps what is needed here."""
        z, upstream, delta = at.z, at.upstream, at.delta
        gain_gradient, shift_gradient = at.gradients
        centred, power, deviation, scale = self._kept(at)
        along, part = np.empty_like(power), np.empty_like(power)
        return [  # scale · (upstream − its mean − centred · (upstream · centred) / power)
            (np.vecdot, (upstream, centred, along[..., 0])),
            (np.divide, (along, deviation, gain_gradient)),
            (np.divide, (along, power, part)),
            (np.multiply, (centred, part, delta)),
            (np.add.reduce, (upstream, -1, None, shift_gradient, True)),
            (np.multiply, (shift_gradient, constant(1.0 / z.shape[-1], z), part)),
            (np.add, (delta, part, delta)),
            (np.subtract, (upstream, delta, delta)),
            (np.multiply, (delta, scale, delta)),
        ]

    def _kept(self, at: Place) -> tuple[Array, Array, Array, Array]:
        """Of each row z − mean (rows, batch), its sum of squares + batch · ε₀, the deviation, and γ / deviation (rows, 1)."""
        row = at.z[..., :1]
        return at.kept("centred", at.z), at.kept("power", row), at.kept("deviation", row), at.kept("scale", row)

    def _remember(self, at: Place, mean: Array, squares: Array) -> list[Call]:
        """Move the running averages towards this mini-batch, of which the mean and the sum of squares are given."""
        running_mean, running_variance = at.statistics
        others = at.z.shape[-1] - 1
        kept, part = constant(1.0 - self.momentum, at.z), np.empty_like(mean)
        calls: list[Call] = [
            (np.multiply, (running_mean, kept, running_mean)),
            (np.multiply, (mean, constant(self.momentum, at.z), part)),
            (np.add, (running_mean, part, running_mean)),
        ]
        if others:
            calls += [
                (np.multiply, (running_variance, kept, running_variance)),
                (np.multiply, (squares, constant(self.momentum / others, at.z), part)),
                (np.add, (running_variance, part, running_variance)),
            ]
        return calls

    def _look(self, at: Place) -> list[Call]:
        """Forward by the running averages, which stay as they are."""
        z, h = at.z, at.h
        gain, shift = at.parameters
        running_mean, running_variance = at.statistics
        scale = np.empty_like(z[..., :1])
        return [
            (np.add, (running_variance, constant(self.epsilon, z), scale)),
            (np.sqrt, (scale, scale)),
            (np.divide, (gain, scale, scale)),
            (np.subtract, (z, running_mean, h)),
            (np.multiply, (h, scale, h)),
            (np.add, (h, shift, h)),
        ]


@dataclass(frozen=True)
class LayerNorm(Normalization):
    """Holds the mean and spread of each example's values in a layer in place: the same in training and testing.

    It needs no mini-batch, but units lose their common level and scale. Source: Ba, Kiros and Hinton 2016.
    """

    after: bool = flag(False, "after the activation", AFTER)
    epsilon: float = number(1e-5, 1e-12, 1.0, "ε₀", EPSILON, "log")

    label = "layer norm"
    sign = "LN"
    advice = "Layer norm gives each example mean 0 and deviation 1 over the units of the layer, so single units still differ."
    together = True
    formula = "γ (z − mean) / √(variance + ε₀) + β, over the layer's units"
    latex = (
        r"\gamma\,\frac{z - \mu}{\sqrt{\sigma^2 + \varepsilon_0}} + \beta, \quad \mu, \sigma^2 \;\text{of the layer}"
    )

    def moments(self, values: Array, statistics: tuple[Array, ...]) -> tuple[Array, Array]:
        return values.mean(0, keepdims=True), np.sqrt(values.var(0, keepdims=True) + self.epsilon)

    def run_forward(self, at: Place) -> list[Call]:
        z, h = at.z, at.h
        gain, shift = at.parameters
        normal, deviation = self._kept(at)
        mean, share = np.empty_like(deviation), constant(1.0 / z.shape[-2], z)
        return [
            (np.add.reduce, (z, -2, None, mean, True)),
            (np.multiply, (mean, share, mean)),
            (np.subtract, (z, mean, normal)),
            (np.multiply, (normal, normal, h)),
            (np.add.reduce, (h, -2, None, deviation, True)),
            (np.multiply, (deviation, share, deviation)),
            (np.add, (deviation, constant(self.epsilon, z), deviation)),
            (np.sqrt, (deviation, deviation)),
            (np.divide, (normal, deviation, normal)),
            (np.multiply, (normal, gain, h)),
            (np.add, (h, shift, h)),
        ]

    def run_backward(self, at: Place) -> list[Call]:
        upstream, delta = at.upstream, at.delta
        gain, _ = at.parameters
        gain_gradient, shift_gradient = at.gradients
        normal, deviation = self._kept(at)
        share = constant(1.0 / at.z.shape[-2], at.z)
        part, level = np.empty_like(normal), np.empty_like(deviation)
        return [  # (v − its mean − normal · mean of (v · normal)) / deviation, where v = γ · upstream
            (np.vecdot, (upstream, normal, gain_gradient[..., 0])),
            (np.add.reduce, (upstream, -1, None, shift_gradient, True)),
            (np.multiply, (upstream, gain, delta)),
            (np.multiply, (delta, normal, part)),
            (np.add.reduce, (part, -2, None, level, True)),
            (np.multiply, (level, share, level)),
            (np.multiply, (normal, level, part)),
            (np.add.reduce, (delta, -2, None, level, True)),
            (np.multiply, (level, share, level)),
            (np.subtract, (delta, level, delta)),
            (np.subtract, (delta, part, delta)),
            (np.divide, (delta, deviation, delta)),
        ]

    def _kept(self, at: Place) -> tuple[Array, Array]:
        """What is scaled and shifted, (rows, batch), and the deviation that each example was divided by, (1, batch)."""
        return at.kept("normal", at.z), at.kept("deviation", at.z[..., :1, :])


NORMALIZATIONS: dict[str, type[Normalization]] = {
    "none": NoNormalization,
    "batch_norm": BatchNorm,
    "layer_norm": LayerNorm,
}
