"""Activations that are the input times a gate between nothing and all of it: smooth, and a little below 0 before they vanish."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.nn.activations.activation import Activation, Array, constant
from playground.nn.activations.rectifiers import FAR
from playground.nn.calls import Call
from playground.nn.stage import Place
from playground.options import flag, number


@dataclass(frozen=True)
class Swish(Activation):
    """The input times its own sigmoid: a smooth ReLU that dips below 0 before it vanishes. β = 1 is SiLU.

    With `trained`, a layer finds its own β, from the given one on.
    Sources: Elfwing, Uchibe and Doya 2018; Ramachandran, Zoph and Le 2017.
    """

    beta: float = number(
        1.0, 0.0, 20.0, "steepness β", "1 is SiLU; 0 is a straight line of slope ½, and large values come near ReLU."
    )
    trained: bool = flag(False, "train β", "Train β along with the weights, one for the layer.")

    label = "swish"
    formula = "f(z) = z / (1 + e⁻ᵝᶻ)"
    latex = r"f(z) = \frac{z}{1 + e^{-\beta z}}"
    symbols = (("β", "h (z − h)"),)

    def parameters(self, rows: int) -> tuple[Array, ...]:
        return (np.array([self.beta]),) if self.trained else ()

    def forward(self, z: Array, h: Array) -> list[Call]:
        return self._forward(z, h, constant(-self.beta, z))

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return self._backward(z, h, constant(self.beta, z), upstream, out)

    def run_forward(self, at: Place) -> list[Call]:
        if not self.trained:
            return super().run_forward(at)
        (beta,) = at.parameters
        opposite = np.empty_like(beta)
        return [(np.negative, (beta, opposite)), *self._forward(at.z, at.h, opposite)]

    def run_backward(self, at: Place) -> list[Call]:
        if not self.trained:
            return super().run_backward(at)
        (beta,), (gradient,) = at.parameters, at.gradients
        work, rows = np.empty_like(at.z), np.empty((*at.z.shape[:-1], 1), at.z.dtype)
        return [
            *self._backward(at.z, at.h, beta, at.upstream, at.delta),
            (np.subtract, (at.z, at.h, work)),  # h (z − h) is the slope by β
            (np.multiply, (work, at.h, work)),
            (np.vecdot, (work, at.upstream, rows[..., 0])),
            (np.add.reduce, (rows, -2, None, gradient, True)),
        ]

    def _forward(self, z: Array, h: Array, opposite: Array) -> list[Call]:
        """Given −β."""
        return [
            (np.multiply, (z, opposite, h)),
            (np.exp, (h, h)),
            (np.add, (h, constant(1.0, z), h)),
            (np.divide, (z, h, h)),
        ]

    def _backward(self, z: Array, h: Array, beta: Array, upstream: Array, out: Array) -> list[Call]:
        one, rest = constant(1.0, z), np.empty_like(z)
        return [  # 1 + (βh − 1) / (1 + eᵝᶻ)
            (np.multiply, (z, beta, out)),
            (np.exp, (out, out)),
            (np.add, (out, one, out)),
            (np.multiply, (h, beta, rest)),
            (np.subtract, (rest, one, rest)),
            (np.divide, (rest, out, out)),
            (np.add, (out, one, out)),
            (np.multiply, (out, upstream, out)),
        ]


@dataclass(frozen=True)
class GELU(Activation):
    """The input times the share Φ(z) of a normal distribution that lies below it, exactly, not by the fit with tanh.

    Source: Hendrycks and Gimpel 2016.
    """

    label = "GELU"
    formula = "f(z) = z Φ(z) = z (1 + erf(z/√2)) / 2"
    latex = r"f(z) = z \, \Phi(z) = \tfrac{z}{2} (1 + \mathrm{erf} \tfrac{z}{\sqrt 2})"

    def forward(self, z: Array, h: Array) -> list[Call]:
        from scipy.special import ndtr  # Φ; here, because loading it takes a seventh of a second

        return [(ndtr, (z, h)), (np.multiply, (h, z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        from scipy.special import ndtr

        share = np.empty_like(z)
        return [  # Φ(z) + z e^(−z²/2) / √(2π)
            (np.multiply, (z, z, out)),
            (np.multiply, (out, constant(-0.5, z), out)),
            (np.exp, (out, out)),
            (np.multiply, (out, z, out)),
            (np.multiply, (out, constant(1.0 / math.sqrt(2.0 * math.pi), z), out)),
            (ndtr, (z, share)),
            (np.add, (out, share, out)),
            (np.multiply, (out, upstream, out)),
        ]


@dataclass(frozen=True)
class Mish(Activation):
    """The input times tanh of its softplus: a smooth ReLU for deep networks, close to swish. Source: Misra 2020."""

    label = "mish"
    formula = "f(z) = z tanh(log(1 + eᶻ))"
    latex = r"f(z) = z \tanh(\log(1 + e^z))"

    def forward(self, z: Array, h: Array) -> list[Call]:
        two, work = constant(2.0, z), np.empty_like(z)
        return [  # tanh(log(1 + e)) = n / (n + 2), where e = eᶻ and n = e (e + 2)
            (np.fmin, (z, constant(FAR, z), h)),
            (np.exp, (h, h)),
            (np.add, (h, two, work)),
            (np.multiply, (h, work, h)),
            (np.add, (h, two, work)),
            (np.divide, (h, work, h)),
            (np.multiply, (h, z, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        two, n, d = constant(2.0, z), np.empty_like(z), np.empty_like(z)
        return [  # (n + 4z (n − e) / d) / d, where d = n + 2
            (np.fmin, (z, constant(FAR, z), out)),
            (np.exp, (out, out)),
            (np.add, (out, two, n)),
            (np.multiply, (out, n, n)),
            (np.subtract, (n, out, out)),
            (np.add, (n, two, d)),
            (np.divide, (out, d, out)),
            (np.multiply, (out, z, out)),
            (np.multiply, (out, constant(4.0, z), out)),
            (np.add, (out, n, out)),
            (np.divide, (out, d, out)),
            (np.multiply, (out, upstream, out)),
        ]
