"""Optimizers that want to know how the loss bends, not only where it falls. Shapes as in optimizer.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.nn.activations.activation import Array
from playground.nn.calls import Call
from playground.nn.curvature import hessian
from playground.nn.optimizers.optimizer import Cost, Objective, SearchingOptimizer
from playground.options import flag, integer, number

TRIALS = 30  # lengths that a line search tries at most; halved as often, a step of 1 is 1e-9
FALLEN = 1e-4  # share of the fall that the slope promises which a step must bring
FLATTENED = 0.9  # share of the slope that may be left at its end


@dataclass(frozen=True)
class Newton(SearchingOptimizer):
    """Jumps to where the slope would be 0 if the loss were the bowl that slope and curvature make it look like.

    On a real bowl that is the bottom, at once at a rate of 1. But any point without a slope will do: near a saddle it
    jumps onto the saddle. Saddle-free, it measures curvature without its sign and goes down there as well. Damping
    shortens the step where the loss hardly bends, and large damping makes it gradient descent at the rate ε/λ.

    Networks have saddles everywhere and flat ground between them: there, saddle-free with a damping of 0.1 does well.
    The curvature takes 2 gradients per parameter and the square of their number in memory, so it is for small ones.
    Source: Levenberg 1944; Marquardt 1963; Dauphin et al. 2014 for the saddles.
    """

    damping: float = number(
        1e-4, 1e-12, 1e6, "damping λ", "Added to the curvature in every direction, so that none is without.", "log"
    )
    saddle_free: bool = flag(
        False, "saddle-free", "Go down where the loss bends down, instead of up to where that begins: saddles repel."
    )

    label = "Newton"
    formula = "w ← w − ε (H + λ I)⁻¹ g"
    latex = r"w \leftarrow w - \varepsilon \, (H + \lambda I)^{-1} g"
    because = (
        "H holds the slopes' slopes by every pair of weights, so each number of the step is made of the gradients of all "
        "weights: ε times the solution of (H + λ I) d = g, with its sign turned."
    )

    def cost(self, count: int) -> Cost:
        return Cost(2 * count + 1, 3 * count**2, 7 * count**3)  # the eigenvectors, as LAPACK finds them

    def search(self, objective: Objective, p: Array, g: Array, rate: Array, slots: Array) -> list[Call]:
        return [(self._jump, (objective, p, g, rate))]

    def _jump(self, objective: Objective, p: Array, g: Array, rate: Array) -> None:
        objective()
        p -= rate * np.stack([self._solve(*member) for member in zip(hessian(objective, p, g), g, strict=True)])

    def _solve(self, second: Array, gradient: Array) -> Array:
        """(H + λ I)⁻¹ g of one member; not a number where H is not finite, of which LAPACK may make anything."""
        if not np.isfinite(second).all():
            return np.full_like(gradient, np.nan)
        curvatures, axes = np.linalg.eigh(second)
        if self.saddle_free:
            curvatures = np.abs(curvatures)
        return axes @ ((axes.T @ gradient) / (curvatures + self.damping))


@dataclass(frozen=True)
class LBFGS(SearchingOptimizer):
    """Learns the curvature from how the gradient changed over its last steps, and goes as far as that pays.

    The learning rate is the first length tried; from there it is doubled or halved until the loss has fallen enough and
    the slope has flattened. Where no length brings the loss down, the weights stay and what was learnt is forgotten.

    Source: Nocedal and Wright 2006, algorithms 7.4 and 7.5; Lewis and Overton 2013 for the length, who bear kinks.
    """

    memory: int = integer(10, 1, 50, "memory", "From how many of the last steps the curvature is learnt.")

    label = "L-BFGS"
    formula = "w ← w − t B⁻¹ g,  B ≈ H"
    latex = r"w \leftarrow w - t \, B^{-1} g, \quad B \approx H"
    because = (
        "B is learnt from how the gradients of all weights changed over the last steps, and the length t was found by "
        "trying: no number of the step follows from its own gradient."
    )

    def cost(self, count: int) -> Cost:
        return Cost(TRIALS + 1)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]  # here alone a knob says how many there are
        """The last steps and the changes of the gradient over them, the latest first; both 0 where there is none yet."""
        return tuple(f"{kind}{age}" for kind in ("step", "change") for age in range(1, self.memory + 1))

    def search(self, objective: Objective, p: Array, g: Array, rate: Array, slots: Array) -> list[Call]:
        return [(self._descend, (objective, p, g, rate, slots[: self.memory], slots[self.memory :]))]

    def _descend(self, objective: Objective, p: Array, g: Array, rate: Array, steps: Array, changes: Array) -> None:
        height = objective().copy()[:, None]
        start, gradient = p.copy(), g.copy()
        direction = _direction(gradient, steps, changes)
        slope = _dot(direction, gradient)

        # Each member has a bracket of its own: at `low` the loss has fallen enough, at `high` not.
        searching = np.isfinite(height + slope)
        low, high = np.where(searching, np.zeros_like(slope), np.nan), np.full_like(slope, np.inf)
        length, gradient_at_low = np.broadcast_to(rate, slope.shape), gradient.copy()
        for _ in range(TRIALS):
            if not searching.any():
                break
            p[...] = start + length * direction
            fallen = objective()[:, None] <= height + FALLEN * length * slope
            flattened = _dot(direction, g) >= FLATTENED * slope
            np.copyto(low, length, where=searching & fallen)
            np.copyto(gradient_at_low, g, where=searching & fallen)
            np.copyto(high, length, where=searching & ~fallen)
            searching &= ~(fallen & flattened)
            length = np.where(np.isinf(high), 2.0 * low, (low + high) / 2.0)

        p[...] = start + low * direction
        g[...] = gradient
        _remember(steps, changes, p - start, gradient_at_low - gradient)
        for pairs in (steps, changes):
            np.copyto(pairs, 0.0, where=low == 0.0)


def _direction(gradient: Array, steps: Array, changes: Array) -> Array:
    """−B⁻¹ g by the two loops over the pairs, (memory, members, count); −g where that overflows."""
    products = _dot(steps, changes)
    weights = np.divide(1.0, products, out=np.zeros_like(products), where=products > 0.0)  # 0 leaves a pair out
    rest, shares = -gradient, np.empty_like(products)
    for age in range(len(steps)):
        shares[age] = weights[age] * _dot(steps[age], rest)
        rest -= shares[age] * changes[age]
    rest *= np.divide(products[0], _dot(changes[0], changes[0]), out=np.ones_like(products[0]), where=products[0] > 0.0)
    for age in reversed(range(len(steps))):
        rest += (shares[age] - weights[age] * _dot(changes[age], rest)) * steps[age]
    return np.where(np.isfinite(_dot(rest, gradient)), rest, -gradient)


def _remember(steps: Array, changes: Array, step: Array, change: Array) -> None:
    """Put a pair before the others, in members where the loss bent upward by more than rounding can pretend."""
    numbers = np.finfo(step.dtype)
    bent = _dot(step, change) > np.fmax(numbers.eps * _dot(change, change), numbers.tiny)
    for pairs, new in ((steps, step), (changes, change)):
        pairs[1:] = np.where(bent, pairs[:-1], pairs[1:])
        np.copyto(pairs[0], new, where=bent)


def _dot(a: Array, b: Array) -> Array:
    """The inner product of each member's vectors, (..., members, 1)."""
    return np.vecdot(a, b)[..., None]
