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
from playground.nn.native.program import Part as ProgramPart
from playground.nn.native.trust import compiled
from playground.nn.noise import Noise

BLOCK_BYTES = 2**20  # gathered at once; small enough to stay in the processor's cache
BLOCK_BATCHES = 64  # whose random numbers are drawn at once, or whose steps are each written down
Step = list[Call]
Compile = Callable[[Floats, Floats, Turn], Step]
State = Any  # of a generator, as NumPy gives it


class Batches:
    """The training part cut into mini-batches of `size`; the last of an epoch holds what is left.

    A block of batches is gathered into arrays that stay the same for ever, so that the calls that train on them are written
    down once: `compile` is given x (inputs + 1, batch), targets (outputs, batch) and the turn that gives random arrays. Where
    all of a step runs natively, it is written for the first place of the block and moves on from there, over several epochs
    at once if they are small; else it is written for every place. Members that learn from the same examples in the same order
    share them; others have their own, and all arrays a leading member axis. `ends` are the targets for no and yes, None for a
    number to predict. Steps that are `lasting` run call by call, so that they can be called off.

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
        lasting: bool = False,
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
        self._rest = self.examples - (self.count - 1) * self.size  # examples in the last batch of an epoch
        drawing = [members[0]] if self.shared else members
        self._orders = [np.random.default_rng([member.seed, 1]) for member in drawing]
        self._chances = [np.random.default_rng([member.seed, 2]) for member in members]
        self._before: list[State] = []  # the states of the latter before the block that is gathered now
        self._lasting = lasting
        self._lay_out(compile, len(members), most_places)
        every = np.arange(len(part))
        self.take(np.stack([(every if member.rows is None else member.rows)[: self.examples] for member in drawing]))

    def _lay_out(self, compile: Compile, members: int, most_places: int) -> None:
        """Make room for a block, and write down the steps on it."""
        part, lead = self._part, () if self.shared else (members,)
        bytes_a_place = self.size * (part.X[0].nbytes + part.targets[0].nbytes) * (1 if self.shared else members)
        room = max(1, BLOCK_BYTES // bytes_a_place)
        few = min(self.count, most_places, room)
        self._X, self._targets = (
            np.empty((*lead, max(room, few) * self.size, array.shape[1]), array.dtype)
            for array in (part.X, part.targets)
        )
        # An epoch's last batch may be smaller, and then wants random arrays of its own shape.
        self._chance, self._last_chance = Chance(few, members), Chance(1, members)
        first = compile(*self._pair(0, self.size), self._chance.turn(0))
        rest = compile(*self._pair(0, self._rest), self._last_chance.turn(0))
        blocks = (self._by_place(self._X), self._by_place(self._targets), *self._chance.blocks)
        self._program = compiled([first, rest], blocks, self._lasting)
        self._moves = self._program.movable
        self._random = bool(self._chance.blocks) or self._noise.of_examples
        self._per_block = few if self._random or not self._moves else min(self.count, room)
        self.epochs_at_once = max(1, room // self.count) if self._moves and not self._random else 1
        if not self._moves:
            last = (self.count - 1) % few
            steps = [first, *(compile(*self._pair(i, self.size), self._chance.turn(i)) for i in range(1, few))]
            self._program = compiled(
                [*steps, compile(*self._pair(last, self._rest), self._last_chance.turn(0))], lasting=self._lasting
            )

    def shuffle(self) -> None:
        """Draw the order of a new epoch."""
        self.take(self._drawn_order())

    def take(self, order: NDArray[np.intp]) -> None:
        """Use this order of the examples, (1 or members, examples)."""
        self.order = order
        self._gathered = -1
        self._first_place = 0  # of this epoch's first batch, where several epochs are gathered at once

    def run(self, first: int, times: int, before_last: Callable[[], None]) -> None:
        """Train on batches `first`, `first` + 1, … of this epoch; `before_last` is called before the last of them."""
        while times:
            block, offset = divmod(first, self._per_block)
            if block != self._gathered:
                self._gather_block(block)
            now = min(times, self._per_block - offset)
            times -= now
            parts = self._parts(offset, now, first + now == self.count)
            self._run(parts, before_last if not times else None)
            first += now

    def run_epochs(self, epochs: int, before_last: Callable[[], None]) -> None:
        """Draw the orders of so many epochs, at most `epochs_at_once`, and train on all of each."""
        orders = [self._drawn_order() for _ in range(epochs)]
        padded = np.zeros((len(orders[0]), epochs, self.count * self.size), np.intp)
        for epoch, order in enumerate(orders):
            padded[:, epoch, : self.examples] = order
        self.take(orders[-1])
        self._fill(padded.reshape(len(padded), -1))
        self._first_place, self._gathered = (epochs - 1) * self.count, 0
        parts: list[ProgramPart] = []
        if self._rest == self.size:
            parts += self._parts(0, epochs * self.count, False)
        else:
            for epoch in range(epochs):
                parts += self._parts(epoch * self.count, self.count, True)
        self._run(parts, before_last)

    def gathered_pair(self, batch: int) -> tuple[Floats, Floats]:
        """x and targets of a batch of this epoch that has been trained on last, or in the same block."""
        return self._pair(self._place(batch), self._rest if batch == self.count - 1 else self.size)

    def drawn(self, batch: int, owner: Hashable, name: str) -> Floats | None:
        """What was drawn for a batch that has been trained on last: see `Chance.drawn`."""
        if batch == self.count - 1:
            return self._last_chance.drawn(0, owner, name)
        return self._chance.drawn(self._place(batch), owner, name)

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

    def _drawn_order(self) -> NDArray[np.intp]:
        order = np.empty_like(self.order)
        for own, rows, rng in zip(order, self._rows, self._orders, strict=False):
            drawn = rng.permutation(len(self._part) if rows is None else len(rows))
            own[:] = (drawn if rows is None else rows[drawn])[: self.examples]
        return order

    def _gather_block(self, block: int) -> None:
        """Gather the examples of a block of this epoch, and draw what is random in it."""
        self._before = _states(self._chances)
        examples = self._per_block * self.size
        self._fill(self.order[:, block * examples : (block + 1) * examples])
        self._chance.draw(self._chances)
        if (block + 1) * self._per_block >= self.count:
            self._last_chance.draw(self._chances)
        self._gathered = block

    def _fill(self, rows: NDArray[np.intp]) -> None:
        """Gather these examples, (1 or members, examples), from the first place on."""
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

    def _parts(self, place: int, times: int, to_the_end: bool) -> list[ProgramPart]:
        """Of the program, what trains on so many places from this one on, of which the last may be the end of an epoch."""
        whole = times - 1 if to_the_end else times
        if not self._moves:
            parts = [ProgramPart(place + i) for i in range(whole)]
            return [*parts, ProgramPart(len(self._program.steps) - 1)] if to_the_end else parts
        parts = [ProgramPart(0, place, whole)] if whole else []
        return [*parts, ProgramPart(1, place + whole)] if to_the_end else parts

    def _run(self, parts: list[ProgramPart], before_last: Callable[[], None] | None) -> None:
        if before_last is None:
            self._program.run(parts)
            return
        step, place, times = parts.pop()
        if times > 1:
            parts.append(ProgramPart(step, place, times - 1))
        self._program.run(parts)
        before_last()
        self._program.run([ProgramPart(step, place + times - 1)])

    def _place(self, batch: int) -> int:
        """Where in the block a batch of this epoch lies."""
        return self._first_place + batch % self._per_block

    def _by_place(self, array: Floats) -> Floats:
        """(..., places · size, columns) as (places, ...): a view."""
        by_place = array.reshape(*array.shape[:-2], -1, self.size, array.shape[-1])
        return np.moveaxis(by_place, -3, 0)

    def _pair(self, index: int, size: int) -> tuple[Floats, Floats]:
        rows = slice(index * self.size, index * self.size + size)
        return np.swapaxes(self._X[..., rows, :], -1, -2), np.swapaxes(self._targets[..., rows, :], -1, -2)


def _states(generators: Sequence[np.random.Generator]) -> list[State]:
    return [rng.bit_generator.state for rng in generators]
