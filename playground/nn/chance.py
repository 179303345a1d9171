"""Random numbers for training: drawn for a block of mini-batches at once, read place by place by calls written before.

Drawing at every step would cost more than the step, and would let go of Python's lock so often that a window starves.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from playground.nn.stage import Array, Draw, Fill

Turn = Callable[[Hashable], Draw]  # one mini-batch's random arrays, by who asks for them


class Chance:
    """The random arrays of `places` mini-batches that are trained on in turn.

    Who compiles the calls of a mini-batch asks its `turn` for arrays; asking again with the same owner and fill gives
    the same array. `draw` then fills all of them anew, member by member from its own generator, so that a member sees
    the same numbers whether it is trained alone or beside others.
    """

    def __init__(self, places: int, members: int) -> None:
        self._places = places
        self._members = members
        self._blocks: dict[tuple[Hashable, Fill], Array] = {}  # (places, ...) as the array asked for, in its layout

    def turn(self, place: int) -> Turn:
        """The random arrays of one mini-batch."""

        def by(owner: Hashable) -> Draw:
            def draw(fill: Fill, like: Array) -> Array:
                key = (owner, fill)
                if key not in self._blocks:
                    self._blocks[key] = _stacked(self._places, like)
                array: Array = self._blocks[key][place]
                return array

            return draw

        return by

    @property
    def blocks(self) -> tuple[Array, ...]:
        """All arrays of all places, each (places, ...)."""
        return tuple(self._blocks.values())

    def drawn(self, place: int, owner: Hashable, name: str) -> Array | None:
        """What was drawn for a mini-batch: the array of this owner whose fill is called so; None if there is none."""
        for (other, fill), block in self._blocks.items():
            if other == owner and getattr(fill, "__name__", "") == name:
                array: Array = block[place]
                return array
        return None

    def draw(self, generators: Sequence[np.random.Generator]) -> None:
        """Fill all arrays, each member's share from its own generator."""
        for (_, fill), block in self._blocks.items():
            for member, rng in enumerate(generators):
                own = block if self._members == 1 else block[:, member]
                fresh = np.empty(own.shape)  # a fill may want its numbers side by side
                fill(rng, fresh)
                own[...] = fresh


def fixed_turn(rng: np.random.Generator) -> Turn:
    """A turn whose numbers are drawn as soon as they are asked for and then stay, as a gradient check wants them."""
    arrays: dict[tuple[Hashable, Fill], Array] = {}

    def by(owner: Hashable) -> Draw:
        def draw(fill: Fill, like: Array) -> Array:
            if (owner, fill) not in arrays:
                fresh = np.empty(like.shape)
                fill(rng, fresh)
                arrays[owner, fill] = fresh.astype(like.dtype)
            return arrays[owner, fill]

        return draw

    return by


def nothing_random(owner: Hashable) -> Draw:
    """The turn of a network in which nothing is random."""

    def draw(fill: Fill, like: Array) -> Array:
        raise ValueError("this network draws random numbers in training and needs a turn of a Chance")

    return draw


def _stacked(places: int, like: Array) -> Array:
    """Zeros (places, ...), each place in the layout of `like`."""
    axes = np.argsort([-stride for stride in like.strides], kind="stable")
    memory = np.zeros((places, *(like.shape[axis] for axis in axes)), like.dtype)
    return memory.transpose(0, *(1 + np.argsort(axes)))
