"""Mini-batches in an order drawn anew at each epoch, gathered in blocks so that a step allocates and draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.ensemble import Member
from playground.experiment.part import Part
from playground.nn.calls import Call
from playground.nn.chance import Chance, Turn
from playground.nn.noise import Noise

BLOCK_BYTES = 2**20  # gathered at once; small enough to stay in the processor's cache
BLOCK_BATCHES = 64
Step = list[Call]
Compile = Callable[[Floats, Floats, Turn], Step]
State = Any  # of a generator, as NumPy gives it


class Batches:
    """The training part cut into mini-batches of `size`; the last of an epoch holds what is left.

    A block of batches is gathered into arrays that stay the same for ever, so the calls that train on each place in
    the block are written down once: `compile` is given x (inputs + 1, batch), targets (outputs, batch) and the turn
    that gives random arrays. Members that learn from the same examples in the same order share them; others have their
    own, and all arrays a leading member axis. `ends` are the targets for no and yes, None for a number to predict.

    Each member draws from generators of its own, so that it sees the same whether it is trained alone or beside others.
    Where members have samples of unequal sizes, each leaves out a few in every epoch, others each time.
    """

    def __init__(
        self,
        part: Part,
        members: Sequence[Member],
        size: int,
        compile: Compile,
        noise: Noise,
        ends: tuple[float, float] | None,
        most_places: int = BLOCK_BATCHES,
    ) -> None:
        self._rows = [member.rows for member in members]  # None where it learns from all
        alike = all(member.rows is None and member.seed == members[0].seed for member in members)
        self.shared = len(members) == 1 or (alike and not noise.of_examples)
        self.examples = min(len(part if rows is None else rows) for rows in self._rows)
        self.size = min(size, self.examples)
        self.count = -(-self.examples // self.size)
        self._part = part
        self._targets_of = noise.smoothed(part.targets, ends)
        self._noise, self._ends = noise, ends
        lead = () if self.shared else (len(members),)
        row_bytes = (part.X[0].nbytes + part.targets[0].nbytes) * (1 if self.shared else len(members))
        self._per_block = max(1, min(self.count, most_places, BLOCK_BYTES // (self.size * row_bytes)))
        self._X = np.empty((*lead, self._per_block * self.size, part.X.shape[1]), part.X.dtype)
        self._targets = np.empty((*lead, self._per_block * self.size, part.targets.shape[1]), part.targets.dtype)
        # An epoch's last batch may be smaller, and then wants random arrays of its own shape.
        self._chance, self._last_chance = Chance(self._per_block, len(members)), Chance(1, len(members))
        self._steps = [compile(*self._pair(i, self.size), self._chance.turn(i)) for i in range(self._per_block)]
        last = (self.count - 1) % self._per_block
        self._rest = self.examples - (self.count - 1) * self.size  # examples in the last batch
        self._last_steps = [
            *self._steps[:last],
            compile(*self._pair(last, self._rest), self._last_chance.turn(0)),
        ]
        drawing = [members[0]] if self.shared else members
        self._orders = [np.random.default_rng([member.seed, 1]) for member in drawing]
        self._chances = [np.random.default_rng([member.seed, 2]) for member in members]
        self._before: list[State] = []  # the states of the latter before the block that is gathered now
        every = np.arange(len(part))
        self.take(np.stack([(every if member.rows is None else member.rows)[: self.examples] for member in drawing]))

    def shuffle(self) -> None:
        """Draw the order of a new epoch."""
        order = np.empty_like(self.order)
        for own, rows, rng in zip(order, self._rows, self._orders, strict=False):
            drawn = rng.permutation(len(self._part) if rows is None else len(rows))
            own[:] = (drawn if rows is None else rows[drawn])[: self.examples]
        self.take(order)

    def take(self, order: NDArray[np.intp]) -> None:
        """Use this order of the examples, (1 or members, examples)."""
        self.order = order
        self._gathered = -1

    def steps(self, first: int, most: int) -> list[Step]:
        """The steps on batches `first`, `first` + 1, … of this epoch, at most `most`; run them before asking for more."""
        block, offset = divmod(first, self._per_block)
        last = (block + 1) * self._per_block >= self.count
        if block != self._gathered:
            self._before = _states(self._chances)
            self._gather(slice(block * self._per_block * self.size, (block + 1) * self._per_block * self.size))
            self._chance.draw(self._chances)
            if last:
                self._last_chance.draw(self._chances)
            self._gathered = block
        steps = self._last_steps if last else self._steps
        return steps[offset : offset + most]

    def gathered_pair(self, batch: int) -> tuple[Floats, Floats]:
        """x and targets of a batch of this epoch that `steps` has just given."""
        return self._pair(batch % self._per_block, self._rest if batch == self.count - 1 else self.size)

    def drawn(self, batch: int, owner: Hashable, name: str) -> Floats | None:
        """What was drawn for a batch that has been trained on last: see `Chance.drawn`."""
        if batch == self.count - 1:
            return self._last_chance.drawn(0, owner, name)
        return self._chance.drawn(batch % self._per_block, owner, name)

    def generators(self, batch: int) -> dict[str, list[State]]:
        """Where the generators stand before a batch, as JSON; within a block that is gathered, where they stood before that."""
        within = batch > 0 and batch // self._per_block == self._gathered
        return {"orders": _states(self._orders), "chances": self._before if within else _states(self._chances)}

    def take_generators(self, states: dict[str, list[State]]) -> bool:
        """Go on from there; False when a generator does not take its state."""
        try:
            for name, generators in (("orders", self._orders), ("chances", self._chances)):
                for rng, state in zip(generators, states[name], strict=True):
                    rng.bit_generator.state = state
        except (TypeError, ValueError, KeyError, OverflowError):
            return False
        return states == {"orders": _states(self._orders), "chances": _states(self._chances)}

    def _gather(self, part: slice) -> None:
        rows = self.order[:, part]
        if self.shared:
            rows = rows[0]
        X, targets = self._X[..., : rows.shape[-1], :], self._targets[..., : rows.shape[-1], :]
        # mode="clip" because "raise" would go through a second buffer; the order holds valid indices only.
        np.take(self._part.X, rows, axis=0, out=X, mode="clip")
        np.take(self._targets_of, rows, axis=0, out=targets, mode="clip")
        if self._noise.of_examples:
            for member, rng in enumerate(self._chances):
                own = (X, targets) if self.shared else (X[member], targets[member])
                self._noise.on_inputs(rng, own[0])
                self._noise.on_targets(rng, own[1], self._ends)

    def _pair(self, index: int, size: int) -> tuple[Floats, Floats]:
        rows = slice(index * self.size, index * self.size + size)
        return np.swapaxes(self._X[..., rows, :], -1, -2), np.swapaxes(self._targets[..., rows, :], -1, -2)


def _states(generators: Sequence[np.random.Generator]) -> list[State]:
    return [rng.bit_generator.state for rng in generators]
