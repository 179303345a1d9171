"""Activations of straight pieces that are more than one curve: their slopes are trained or drawn, or their widths differ.

`activation` says what one must be able to do; z is (rows in, batch), h (rows out, batch), perhaps with members in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from playground.nn.activations.activation import Activation, Array, constant
from playground.nn.activations.rectifiers import LeakyReLU
from playground.nn.calls import Call
from playground.nn.stage import Place
from playground.options import flag, integer, number


@dataclass(frozen=True)
class PReLU(Activation):
    """Leaky ReLU that finds its negative slope a by training: each unit its own, or all of a layer one.

    The slope at 0 is that of the negative side. Source: He et al. 2015.
    """

    start: float = number(0.25, 0.0, 1.0, "first slope", "Slope for negative inputs before training.")
    shared: bool = flag(False, "one slope a layer", "All units of the layer train one slope, not each its own.")

    label = "PReLU"
    formula = "f(z) = z if z > 0, else a·z, a trained"
    latex = r"f(z) = z \;\text{if}\; z > 0,\;\text{else}\; a z, \quad a \;\text{trained}"
    symbols = (("a", "min(0, z)"),)

    def parameters(self, rows: int) -> tuple[Array, ...]:
        return (np.full(1 if self.shared else rows, self.start),)

    def forward(self, z: Array, h: Array) -> list[Call]:
        return LeakyReLU(self.start).forward(z, h)

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return LeakyReLU(self.start).backward(z, h, upstream, out)

    def run_forward(self, at: Place) -> list[Call]:
        return _bend(at, at.parameters[0])

    def run_backward(self, at: Place) -> list[Call]:
        (slope,), (gradient,) = at.parameters, at.gradients
        negative = np.empty_like(at.z)
        rows = np.empty((*at.z.shape[:-1], 1), at.z.dtype) if self.shared else gradient
        return [
            *_bend_back(at, slope),
            (partial(np.minimum, out=negative), (at.z, constant(0.0, at.z))),
            (np.vecdot, (negative, at.upstream, rows[..., 0])),
            *([(np.add.reduce, (rows, -2, None, gradient, True))] if self.shared else []),
        ]


@dataclass(frozen=True)
class RReLU(Activation):
    """Leaky ReLU whose negative slope a is drawn anew for each unit and example in training, against overfitting.

    In testing all slopes are the mean of the two ends. The slope at 0 is that of the negative side. Source: Xu et al. 2015.
    """

    lower: float = number(
        0.125, 0.0, 1.0, "slope from l", "One end of what the slope for negative inputs is drawn from."
    )
    upper: float = number(1.0 / 3.0, 0.0, 1.0, "slope to u", "The other end; where both are one, nothing is random.")

    label = "RReLU"
    formula = "f(z) = z if z > 0, else a·z, a ~ U(l, u)"
    latex = r"f(z) = z \;\text{if}\; z > 0,\;\text{else}\; a z, \quad a \sim U(l, u)"
    random = True

    def forward(self, z: Array, h: Array) -> list[Call]:
        return self._mean.forward(z, h)

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return self._mean.backward(z, h, upstream, out)

    def run_forward(self, at: Place) -> list[Call]:
        return super().run_forward(at) if at.draw is None else _bend(at, at.draw(self.fill_slopes, at.z))

    def run_backward(self, at: Place) -> list[Call]:
        return super().run_backward(at) if at.draw is None else _bend_back(at, at.draw(self.fill_slopes, at.z))

    def fill_slopes(self, rng: np.random.Generator, out: Array) -> None:
        """Slopes that lie evenly between the two ends."""
        low, high = sorted((self.lower, self.upper))
        out[...] = rng.uniform(low, high, out.shape)

    @property
    def _mean(self) -> LeakyReLU:
        return LeakyReLU((self.lower + self.upper) / 2.0)


@dataclass(frozen=True)
class CReLU(Activation):
    """Hands on how far z lies above 0 and how far below, apart; doubles the layer's outputs, and no unit can die.

    First come all the positive parts, then all the negative ones. The slopes at 0 are taken as 0. Source: Shang et al. 2016.
    """

    label = "CReLU"
    formula = "f(z) = [max(0, z), max(0, −z)]"
    latex = r"f(z) = [\max(0, z), \max(0, -z)]"

    def widths(self, units: int) -> tuple[int, int]:
        return units, 2 * units

    def forward(self, z: Array, h: Array) -> list[Call]:
        positive, negative = _parts(h, 2)
        return [(partial(np.maximum, out=positive), (z, constant(0.0, z))), (np.subtract, (positive, z, negative))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        passed = np.empty_like(h)
        positive, negative = _parts(passed, 2)
        return [
            (np.sign, (h, passed)),
            (np.multiply, (passed, upstream, passed)),
            (np.subtract, (positive, negative, out)),
        ]

    def edges(self, weights: Array) -> Array:
        return np.concatenate([weights, -weights])

    def set_edge(self, weights: Array, unit: int, input: int, value: float) -> None:
        negative, row = divmod(unit, len(weights))
        if negative > 1:
            raise IndexError(f"there are {2 * len(weights)} outputs, counted from 0")
        weights[row, input] = -value if negative else value


@dataclass(frozen=True)
class Maxout(Activation):
    """The largest of k weighted sums: each unit finds its own curve of k straight pieces, bent upwards; k times the weights.

    Of sums that are alike the first counts as the largest. First come all units' first sums, then all their second ones,
    and so on, so that each lot is one piece of memory. Source: Goodfellow et al. 2013.
    """

    pieces: int = integer(2, 2, 8, "pieces k", "How many weighted sums a unit chooses the largest of.")

    label = "maxout"
    formula = "f(z) = max(z₁, …, zₖ)"
    latex = r"f(z) = \max(z_1, \ldots, z_k)"
    slope_in_words = "f′ is 1 for a unit's largest z, else 0"

    def widths(self, units: int) -> tuple[int, int]:
        return self.pieces * units, units

    def forward(self, z: Array, h: Array) -> list[Call]:
        first, *others = _parts(z, self.pieces)
        largest = partial(np.maximum, out=h)
        return [(largest, (first, others[0])), *((largest, (h, other)) for other in others[1:])]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        sums, slopes = _parts(z, self.pieces), _parts(out, self.pieces)
        left, rest = slopes[-1], upstream  # what has found no piece yet ends with the last one
        chosen = np.empty(h.shape, bool)
        calls: list[Call] = []
        for own, slope in zip(sums[:-1], slopes[:-1], strict=True):
            calls += [
                (np.equal, (own, h, chosen)),
                (np.multiply, (chosen, rest, slope)),
                (np.subtract, (rest, slope, left)),
            ]
            rest = left
        return calls

    def edges(self, weights: Array) -> Array:
        """The mean over a unit's pieces."""
        return self._pieces(weights).mean(axis=0)

    def set_edge(self, weights: Array, unit: int, input: int, value: float) -> None:
        """All pieces move by the same, so that their mean is the value."""
        pieces = self._pieces(weights)[:, unit, input]
        pieces += value - pieces.mean()

    def _pieces(self, weights: Array) -> Array:
        """(pieces, units, inputs + 1), a view."""
        return weights.reshape(self.pieces, -1, weights.shape[-1])


def _parts(rows: Array, count: int) -> list[Array]:
    """Cut into so many equal lots of rows, each a view."""
    size = rows.shape[-2] // count
    return [rows[..., size * part : size * (part + 1), :] for part in range(count)]


def _bend(at: Place, slope: Array) -> list[Call]:
    """h = max(0, z) + slope · min(0, z)."""
    negative = np.empty_like(at.z)
    return [
        (partial(np.minimum, out=negative), (at.z, constant(0.0, at.z))),
        (np.subtract, (at.z, negative, at.h)),
        (np.multiply, (negative, slope, negative)),
        (np.add, (at.h, negative, at.h)),
    ]


def _bend_back(at: Place, slope: Array) -> list[Call]:
    """delta = upstream where z > 0, else slope · upstream. A masked copy would be one call less, and far slower when large."""
    rising, passed = np.empty(at.z.shape, bool), np.empty_like(at.z)
    return [
        (np.greater, (at.z, constant(0.0, at.z), rising)),
        (np.multiply, (rising, at.upstream, passed)),
        (np.subtract, (at.upstream, passed, at.delta)),
        (np.multiply, (at.delta, slope, at.delta)),
        (np.add, (at.delta, passed, at.delta)),
    ]
