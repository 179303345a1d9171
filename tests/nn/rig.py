"""A stage alone on arrays of its own, laid out as a network's, to see what its calls write. Knows no network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from playground.nn.activations.activation import Activation
from playground.nn.calls import Call, run
from playground.nn.stage import Array, Fill, Place, Stage


class Rig:
    """A stage in training, or else only looked at, on random values; `members` counts from `first`.

    Attributes:
        at: the place, whose arrays may be written to; `forward` and `backward` then say what comes of it.
    """

    def __init__(
        self,
        stage: Stage,
        units: int,
        batch: int,
        members: int = 1,
        dtype: type[np.floating] = np.float64,
        training: bool = True,
        first: int = 0,
    ) -> None:
        self.stage = stage
        self.members = members
        self._batch, self._dtype = batch, dtype
        self._generators = [np.random.default_rng((5, first + member)) for member in range(members)]
        self._drawn: dict[tuple[Fill, int], Array] = {}
        inside, outside = stage.widths(units) if isinstance(stage, Activation) else (units, units)
        starts, remembered = stage.parameters(inside), stage.statistics(inside)
        self.at = Place(
            z=self._normal(inside),
            h=self._rows(outside),
            upstream=self._normal(outside),
            delta=self._rows(inside),
            parameters=self._columns(starts, 0.2),
            gradients=self._columns(starts, 0.0, np.nan),
            statistics=self._columns(remembered, 0.0),
            draw=self._draw if training else None,
        )
        self._forward: list[Call] = stage.run_forward(self.at)
        self._backward: list[Call] = stage.run_backward(self.at) if training else []

    def forward(self) -> Array:
        """h, in a new array."""
        run(self._forward)
        return self.at.h.copy()

    def backward(self) -> Array:
        """The gradient by z, in a new array."""
        run(self._backward)
        return self.at.delta.copy()

    @property
    def calls(self) -> list[Call]:
        return [*self._forward, *self._backward]

    def numeric(self, array: Array) -> Array:
        """By finite differences, the gradient of Σ upstream · h by each number of `array`."""
        slopes, step = np.empty_like(array), 1e-5
        for index in np.ndindex(array.shape):
            kept, sums = array[index], []
            for side in (kept + step, kept - step):
                array[index] = side
                sums.append(float((self.forward() * self.at.upstream).sum()))
            array[index] = kept
            slopes[index] = (sums[0] - sums[1]) / (2.0 * step)
        self.forward()
        return slopes

    def _rows(self, count: int) -> Array:
        """(count, batch), or (members, count, batch) that lies in memory as (count, members, batch)."""
        if self.members == 1:
            return np.full((count, self._batch), np.nan, self._dtype)
        return np.full((count, self.members, self._batch), np.nan, self._dtype).swapaxes(0, 1)

    def _normal(self, count: int) -> Array:
        rows = self._rows(count)
        self._fill(rows, lambda rng, own: np.copyto(own, rng.normal(0.3, 1.2, own.shape)))
        return rows

    def _columns(self, starts: tuple[Array, ...], spread: float, value: float = 0.0) -> tuple[Array, ...]:
        """Views (numbers, 1) or (members, numbers, 1) of a flat buffer (members, count), a little off where they start."""
        flat = np.empty((self.members, sum(map(len, starts))), self._dtype)
        for own, rng in zip(flat, self._generators, strict=True):
            own[...] = np.concatenate([*starts, []]) + value + rng.normal(0.0, spread, own.shape)
        lead = () if self.members == 1 else (self.members,)
        ends = np.cumsum([0, *map(len, starts)])
        return tuple(flat[:, a:b].reshape(*lead, b - a, 1) for a, b in pairwise(ends))

    def _draw(self, fill: Fill, like: Array) -> Array:
        """The same array whenever asked with an equal fill and the same array."""
        if (fill, id(like)) not in self._drawn:
            drawn = self._drawn[fill, id(like)] = np.empty_like(like)
            self._fill(drawn, fill)
        return self._drawn[fill, id(like)]

    def _fill(self, rows: Array, fill: Callable[[np.random.Generator, Array], None]) -> None:
        for member, rng in enumerate(self._generators):
            fill(rng, rows if self.members == 1 else rows[member])


def check_gradients(rig: Rig) -> None:
    """Against finite differences: by z, and by each parameter."""
    rig.forward()
    delta = rig.backward()
    for exact, array in [(delta, rig.at.z), *zip(rig.at.gradients, rig.at.parameters, strict=True)]:
        assert relative_error(exact.copy(), rig.numeric(array)) < 1e-6


def relative_error(a: Array, b: Array) -> float:
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-3))


def check_members(stage: Stage, units: int, batch: int, training: bool = True, tolerance: float = 0.0) -> None:
    """Three members side by side are what each is alone, by default bit for bit."""
    together = Rig(stage, units, batch, 3, training=training)
    h = together.forward()
    delta = together.backward()
    for member in range(3):
        alone = Rig(stage, units, batch, training=training, first=member)
        np.testing.assert_array_equal(alone.at.z, together.at.z[member])
        np.testing.assert_allclose(alone.forward(), h[member], rtol=tolerance)
        np.testing.assert_allclose(alone.backward(), delta[member], rtol=tolerance)
        for own, all_ in zip(
            [*alone.at.gradients, *alone.at.statistics],
            [*together.at.gradients, *together.at.statistics],
            strict=True,
        ):
            np.testing.assert_allclose(own, all_[member], rtol=tolerance)


def check_single_precision(stage: Stage, units: int, batch: int) -> None:
    """The same numbers, near enough, and no array of another type in any call."""
    single, double = Rig(stage, units, batch, 3, np.float32), Rig(stage, units, batch, 3)
    np.testing.assert_allclose(single.forward(), double.forward(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(single.backward(), double.backward(), rtol=1e-3, atol=1e-4)
    for own, exact in zip(single.at.gradients, double.at.gradients, strict=True):
        np.testing.assert_allclose(own, exact, rtol=1e-3, atol=1e-4)
    handed = [v for _, arguments in single.calls for v in arguments if isinstance(v, np.ndarray)]
    assert {value.dtype.name for value in handed} <= {"float32", "bool"}


def check_leaves_its_inputs(stage: Stage, units: int, batch: int) -> None:
    """z, upstream and the parameters are only read, and h is not touched on the way back."""
    rig = Rig(stage, units, batch)
    read = [rig.at.z, rig.at.upstream, *rig.at.parameters]
    before = [array.copy() for array in read]
    h = rig.forward()
    rig.backward()
    for array, kept in zip([*read, rig.at.h], [*before, h], strict=True):
        np.testing.assert_array_equal(array, kept)
