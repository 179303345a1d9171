"""What a run would take of memory and of work, told before it takes any. Knows no arrays and no network.

Both are estimates, right to a factor of two or so: they are to keep a window from standing still for minutes and a
machine from running out of memory, not to fill either to the brim.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from playground.nn.layer_arrays import Dense
from playground.nn.optimizers import Optimizer
from playground.options.message import Message
from playground.options.numerals import counted

MEMORY = 1e9  # bytes that a run may take; a snapshot that is checked is a second run for a while
WORK = 4e10  # multiplications, as of a matrix product, of one step: some 10 seconds
LOOK = 2e10  # to score all examples, which is done again and again
VALUE = 60  # multiplications that take as long as a value's way through a stage and back
MOMENTS = 5  # what training changes is there so many times: now, before the last step, and to return to
ARRAYS = 5  # each number of a layer: forward, back, and what its stages keep and work in


@dataclass(frozen=True)
class Budget:
    """What is known before a run begins.

    `count` are the numbers that each network trains, `inputs` what it sees of an example, `batch` the examples of a step
    and `examples` all there are; `size` is the bytes of a number. `shared` says that members see the same examples.
    """

    members: int
    count: int
    inputs: int
    layers: Sequence[Dense]
    batch: int
    examples: int
    size: int
    shared: bool
    optimizer: Optimizer

    @property
    def kept(self) -> float:
        """Bytes of what a step changes, with the moments to return to."""
        numbers = (3 + len(self.optimizer.slots)) * MOMENTS * self.count + self.optimizer.cost(self.count).numbers
        return float(self.size * self.members * numbers)

    @property
    def of_example(self) -> float:
        """Bytes to work in for each example of a step, of all members."""
        width = ARRAYS * self._rows + 3 * sum(layer.activation.widths(layer.units)[1] for layer in self.layers)
        seen = self.inputs * (1 if self.shared else self.members)
        return self.size * (self.members * width + seen)

    @property
    def work(self) -> float:
        """Multiplications of a step."""
        cost = self.optimizer.cost(self.count)
        gradient = self.batch * (3 * self.count + VALUE * self._rows)
        return float(self.members) * (gradient * cost.gradients + cost.multiplications)

    @property
    def look(self) -> float:
        """Multiplications to score all examples."""
        return float(self.members) * self.examples * (self.count + VALUE / 3 * self._rows)

    @property
    def _rows(self) -> int:
        """Values of an example that some stage of a layer works on."""
        return sum(rows for layer in self.layers for _, rows in layer.stages)

    @property
    def memory(self) -> float:
        """Bytes of a run that trains."""
        return self.kept + self.batch * self.of_example

    def excess(self) -> tuple[str, Message] | None:
        """The path of what is best made smaller, and a sentence that says why; None where it all fits."""
        if self.kept > MEMORY:
            needed = Message(
                "what {optimizer} remembers and returns to takes {memory}",
                optimizer=self.optimizer.label,
                memory=_gigabytes(self.kept),
            )
            return self._fewer("training.optimizer", needed)
        if self.memory > MEMORY:
            needed = Message(
                "a step on {count} examples takes {memory}", count=counted(self.batch), memory=_gigabytes(self.memory)
            )
            if self.optimizer.full_batch:
                return self._fewer("training.optimizer", needed)
            most = max(int((MEMORY - self.kept) / self.of_example), 1)
            return (
                "training.batch_size",
                Message(
                    "{needed}, and {limit} is the most: make it {most} or less",
                    needed=needed,
                    limit=_gigabytes(MEMORY),
                    most=counted(_rounded(most)),
                ),
            )
        if self.work > WORK:
            needed = Message(
                "a step of {optimizer} on {count} examples takes {work}",
                optimizer=self.optimizer.label,
                count=counted(self.batch),
                work=_billions(self.work),
            )
            if self.optimizer.full_batch:
                return self._fewer("training.optimizer", needed)
            most = max(int(self.batch * WORK / self.work), 1)
            return (
                "training.batch_size",
                Message(
                    "{needed}, and {limit} are the most: make it {most} or less",
                    needed=needed,
                    limit=_billions(WORK),
                    most=counted(_rounded(most)),
                ),
            )
        if self.look > LOOK:
            needed = Message(
                "all {count} examples take {work}", count=counted(self.examples), work=_billions(self.look)
            )
            return self._fewer("network.hidden", needed)
        return None

    def _fewer(self, path: str, needed: Message) -> tuple[str, Message]:
        if self.members > 1:
            words = "with {members} of them {needed}, which is too much: take fewer"
            return "ensemble.members", Message(words, members=self.members, needed=needed)
        words = "{needed}, which is too much for {count} weights and biases: choose another, or fewer units"
        return path, Message(words, needed=needed, count=counted(self.count))


def _gigabytes(bytes: float) -> Message:
    return Message("{count} GB of memory", count=f"{bytes / 1e9:,.1f}")


def _billions(multiplications: float) -> Message:
    return Message("{count} billion multiplications", count=counted(round(multiplications / 1e9)))


def _rounded(most: int) -> int:
    """Down, to two digits."""
    unit = 10 ** max(math.floor(math.log10(most)) - 1, 0)
    return most // unit * unit
