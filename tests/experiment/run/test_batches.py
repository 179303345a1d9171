"""Batches: every example once an epoch, in a new order each time, whatever the sizes and however the steps are cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.dataset import Floats
from playground.experiment.ensemble import Member
from playground.experiment.part import Part
from playground.experiment.run import batches
from playground.experiment.run.batches import BLOCK_BATCHES, Batches, Compile, Step
from playground.nn.chance import Turn
from playground.nn.noise import Noise
from tests.nn.native.rig import native

Seen = list[tuple[Floats, Floats]]


def numbered(examples: int) -> Part:
    """Example i has the inputs i and 1, and the target −i."""
    number = np.arange(examples, dtype=float)
    return Part(np.column_stack([number, np.ones(examples)]), -number[:, None], number)


ONE = Member("", 1, 0.03, None)


def batches_of(part: Part, size: int, compile: Compile, most: int = BLOCK_BATCHES, *members: Member) -> Batches:
    """Batches for one undisturbed network, or for these members."""
    return Batches(part, members or (ONE,), size, compile, Noise(), None, most)


def watched(part: Part, size: int, most: int = BLOCK_BATCHES, *members: Member) -> tuple[Batches, Seen]:
    """Batches whose steps note down what lies in their arrays when they are run."""
    seen: Seen = []

    def compile(x: Floats, targets: Floats, turn: Turn) -> Step:
        return [(lambda: seen.append((x.copy(), targets.copy())), ())]

    return batches_of(part, size, compile, most, *members), seen


def nothing() -> None:
    """Before the last batch."""


def run_epoch(drawn: Batches, most: int = 1_000_000) -> None:
    for first in range(0, drawn.count, most):
        drawn.run(first, min(most, drawn.count - first), nothing)


def examples_of(seen: Seen) -> list[int]:
    return [int(number) for x, _ in seen for number in x[0]]


def test_the_last_batch_holds_what_is_left() -> None:
    drawn, seen = watched(numbered(23), 10)
    drawn.shuffle()
    run_epoch(drawn)
    assert drawn.count == 3
    assert [x.shape for x, _ in seen] == [(2, 10), (2, 10), (2, 3)]
    assert [targets.shape for _, targets in seen] == [(1, 10), (1, 10), (1, 3)]
    assert sorted(examples_of(seen)) == list(range(23))


@given(
    examples=st.integers(1, 60),
    size=st.integers(1, 70),
    block=st.integers(1, 5),
    most=st.integers(1, 7),
    limit=st.sampled_from([1, 600, 2**20]),
)
def test_each_example_once_an_epoch_in_the_order_drawn(
    examples: int, size: int, block: int, most: int, limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BLOCK_BYTES", limit)
        drawn, seen = watched(numbered(examples), size, block)
    twin = np.random.default_rng([1, 1])
    for _ in range(2):
        seen.clear()
        drawn.shuffle()
        run_epoch(drawn, most)
        assert len(seen) == drawn.count
        assert examples_of(seen) == twin.permutation(examples).tolist() == drawn.order[0].tolist()
        for x, targets in seen:
            np.testing.assert_array_equal(x[1], 1.0)
            np.testing.assert_array_equal(targets, -x[:1])


def test_the_order_differs_from_epoch_to_epoch() -> None:
    drawn, seen = watched(numbered(23), 10)
    orders = []
    for _ in range(3):
        seen.clear()
        drawn.shuffle()
        run_epoch(drawn)
        orders.append(tuple(examples_of(seen)))
    assert len(set(orders)) == 3


@pytest.mark.parametrize("size", [23, 24, 1_000_000])
def test_a_batch_of_all_examples_or_more_is_the_full_batch(size: int) -> None:
    drawn, seen = watched(numbered(23), size)
    drawn.shuffle()
    run_epoch(drawn)
    assert (drawn.count, drawn.size, len(seen)) == (1, 23, 1)


def test_an_order_may_be_given_in_mid_epoch() -> None:
    drawn, seen = watched(numbered(7), 2)
    drawn.shuffle()
    drawn.run(0, 1, nothing)
    drawn.take(np.arange(7)[None, ::-1].copy())
    seen.clear()
    drawn.run(1, 3, nothing)
    assert examples_of(seen) == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("block", [1, 2, 3, 64])
def test_what_the_last_steps_were_given_can_be_looked_at(block: int) -> None:
    drawn, seen = watched(numbered(23), 4, block)
    drawn.shuffle()
    for batch in range(drawn.count):
        drawn.run(batch, 1, nothing)
        for given_then, now in zip(seen[-1], drawn.gathered_pair(batch), strict=True):
            np.testing.assert_array_equal(now, given_then)


def test_steps_in_python_are_written_down_once_for_each_place() -> None:
    compiled: list[tuple[int, ...]] = []

    def compile(x: Floats, targets: Floats, turn: Turn) -> Step:
        compiled.append(x.shape)
        return [(len, (x,))]

    drawn = batches_of(numbered(2000), 3, compile)
    for _ in range(3):
        drawn.shuffle()
        run_epoch(drawn)
    assert sorted(compiled) == sorted([(2, 3)] * BLOCK_BATCHES + [(2, 2)] * 2)


def test_a_block_is_no_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BLOCK_BYTES", 1000)
    compiled: list[tuple[int, ...]] = []

    def compile(x: Floats, targets: Floats, turn: Turn) -> Step:
        compiled.append(x.shape)
        return [(len, (x,))]

    batches_of(numbered(500), 10, compile)
    assert len(compiled) == 1000 // (10 * 3 * 8) + 2  # four full batches, and twice the last


# Where steps run natively they are written down for one place, and several epochs are trained at once.


def summing(part: Part, size: int, *members: Member) -> tuple[Batches, Floats]:
    """Batches whose steps add x to a sum, weighted by how many steps came before: the order shows in it."""
    total, weight = np.zeros(2), np.zeros(())

    def compile(x: Floats, targets: Floats, turn: Turn) -> Step:
        sums = np.zeros((*x.shape[:-1], 1))
        return [
            (np.add.reduce, (x, -1, None, sums, True)),
            (np.add, (weight, np.array(1.0), weight)),
            (np.multiply, (sums, weight, sums)),
            (np.add, (total, sums.reshape(-1, 2)[0], total)),
        ]

    return batches_of(part, size, compile, BLOCK_BATCHES, *members), total


@native
@pytest.mark.parametrize("examples", [20, 23])
def test_several_epochs_at_once_are_one_after_another(examples: int) -> None:
    one, apart = summing(numbered(examples), 5)
    for _ in range(7):
        one.shuffle()
        run_epoch(one)
    other, together = summing(numbered(examples), 5)
    assert other.epochs_at_once > 7
    before: list[Floats] = []
    other.run_epochs(7, lambda: before.append(together.copy()))
    np.testing.assert_array_equal(together, apart)
    assert before[0][1] == together[1] - (examples % 5 or 5) * 7 * one.count
    np.testing.assert_array_equal(other.order, one.order)
    assert other.generators(0) == one.generators(0)
    for batch in range(one.count):
        for its, own in zip(other.gathered_pair(batch), one.gathered_pair(batch), strict=True):
            np.testing.assert_array_equal(its, own)


@native
def test_random_numbers_are_drawn_block_by_block_however_the_steps_run() -> None:
    drawn, _ = summing(numbered(500), 2)
    assert (drawn.epochs_at_once, drawn._per_block) == (batches.BLOCK_BYTES // (2 * 3 * 8) // 250, 250)
    noisy = Batches(numbered(500), (ONE,), 2, lambda x, targets, turn: [], Noise(input_noise=0.1), None)
    assert (noisy.epochs_at_once, noisy._per_block) == (1, BLOCK_BATCHES)
