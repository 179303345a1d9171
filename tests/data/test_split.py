"""Every example has one place, classes keep their proportions, and a seed says it all."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.dataset import DataError, Dataset
from playground.data.split import Split, bootstrap, folds, split

SEEDS = st.integers(0, 2**31 - 1)
SHARES = st.floats(0.0, 1.0)


def labelled(y: list[int], classes: bool = True, test: list[int] | None = None) -> Dataset:
    names = tuple(map(str, range(max([1, *y]) + 1))) if classes else ()
    rows = None if test is None else np.array(test, dtype=np.intp)
    values = np.array(y, dtype=np.float64)
    return Dataset(values[:, None].copy(), values, ("x",), names, "y", "hand", test=rows)


def same(one: Split, other: Split) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@given(st.lists(st.integers(0, 4), min_size=2, max_size=150), st.booleans(), SHARES, SHARES, SEEDS)
def test_every_example_has_one_place(y: list[int], classes: bool, train: float, validation: float, seed: int) -> None:
    data, n = labelled(y, classes), len(y)
    parts = split(data, train, validation, seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    assert all(part.dtype == np.intp for part in parts)
    assert len(parts.train) == min(max(round(train * n), 1), n - 1)
    assert len(parts.validation) == min(round(validation * n), n - 1 - len(parts.train))
    assert len(parts.test) >= 1
    assert same(parts, split(data, train, validation, seed))


@given(st.lists(st.integers(20, 60), min_size=2, max_size=5), st.floats(0.2, 0.5), st.floats(0.2, 0.4), SEEDS)
def test_classes_keep_their_proportions(counts: list[int], train: float, validation: float, seed: int) -> None:
    y = np.repeat(np.arange(len(counts)), counts)
    parts = split(labelled(y.tolist()), train, validation, seed)
    # Two roundings, of which the first comes into training and validation only in proportion.
    for part, room in zip(parts, (2.0, 2.0, 1.0), strict=True):
        found = np.bincount(y[part], minlength=len(counts))
        assert np.abs(found - np.array(counts) * len(part) / len(y)).max() <= room


@pytest.mark.parametrize(
    ("y", "train", "validation"),
    [
        ([0] * 20 + [1], 0.5, 0.0),  # one example cannot be in both parts
        ([0] * 20 + [1, 1], 0.5, 0.25),  # nor two in three
        (list(range(6)) * 3, 0.1, 0.1),  # no room for six classes
    ],
)
def test_chance_alone_decides_where_classes_cannot_be_kept(y: list[int], train: float, validation: float) -> None:
    assert {len(part) for part in split(labelled(y), train, validation, 1)} == {
        round(train * len(y)), round(validation * len(y)), len(y) - round(train * len(y)) - round(validation * len(y))
    }  # fmt: skip


def test_a_split_is_shuffled_anew_by_each_seed() -> None:
    data = labelled([0, 1] * 50)
    first, second = split(data, 0.5, 0.2, 1), split(data, 0.5, 0.2, 2)
    assert all(not np.array_equal(part, np.sort(part)) for part in first)
    assert all(set(one.tolist()) != set(other.tolist()) for one, other in zip(first, second, strict=True))
    alone = split(data, 1.0, 0.0, 1).train
    assert not np.array_equal(alone, np.sort(alone))


def test_a_number_to_predict_is_not_stratified() -> None:
    data = labelled([0] * 50 + [1] * 50, classes=False)
    shares = {float(data.y[split(data, 0.5, 0.0, seed).train].mean()) for seed in range(10)}
    assert len(shares) > 1


@pytest.mark.parametrize("examples", [0, 1])
def test_too_few_examples_cannot_be_split(examples: int) -> None:
    with pytest.raises(DataError, match=f"^{examples} example cannot be split"):
        split(labelled([0] * examples), 0.5, 0.1, 1)


# Test examples of their own


@given(st.integers(1, 60), st.integers(1, 30), SHARES, SHARES, SEEDS)
def test_own_test_examples_stay_for_the_test(others: int, own: int, train: float, validation: float, seed: int) -> None:
    rows = np.random.default_rng(seed).permutation(others + own)[:own]
    data = labelled([k % 3 for k in range(others + own)], test=rows.tolist())
    parts = split(data, train, validation, seed)
    assert np.array_equal(parts.test, rows)
    assert sorted(np.concatenate(parts).tolist()) == list(range(others + own))
    assert len(parts.train) >= 1
    assert len(parts.validation) == min(round(validation * others), others - 1)
    assert same(parts, split(data, 0.5, validation, seed)), "the share for training has no say"


def test_fifty_thousand_of_seventy_can_be_had() -> None:
    data = labelled([k % 10 for k in range(70_000)], test=list(range(60_000, 70_000)))
    parts = split(data, 0.5, 1 / 6, 1)
    assert [len(part) for part in parts] == [50_000, 10_000, 10_000]
    assert np.bincount(data.y[parts.train].astype(int)).tolist() == [5000] * 10


def test_where_all_is_for_the_test_nothing_can_be_trained() -> None:
    with pytest.raises(DataError, match=r"^all 3 examples are for the test, and none is left for training$"):
        split(labelled([0, 1, 0], test=[0, 1, 2]), 0.5, 0.1, 1)


# Folds


@given(st.lists(st.integers(0, 3), min_size=2, max_size=60), st.booleans(), st.integers(2, 8), SEEDS)
def test_every_example_is_held_out_once(y: list[int], classes: bool, count: int, seed: int) -> None:
    values = np.array(y, dtype=np.float64)
    if count > len(y):
        with pytest.raises(DataError, match=f"can be parted into 2 to {len(y)} folds, not into {count}$"):
            folds(values, classes, count, seed)
        return
    parts = folds(values, classes, count, seed)
    assert len(parts) == count
    for train, held_out in parts:
        assert sorted([*train.tolist(), *held_out.tolist()]) == list(range(len(y)))
        assert len(train) >= 1
        assert len(held_out) >= 1
    assert sorted(np.concatenate([held_out for _, held_out in parts]).tolist()) == list(range(len(y)))
    again = folds(values, classes, count, seed)
    assert all(np.array_equal(one[1], other[1]) for one, other in zip(parts, again, strict=True))


@given(st.lists(st.integers(5, 20), min_size=2, max_size=4), SEEDS)
def test_folds_keep_the_proportions_of_classes(counts: list[int], seed: int) -> None:
    y = np.repeat(np.arange(float(len(counts))), counts)
    for _, held_out in folds(y, True, 5, seed):
        found = np.bincount(y[held_out].astype(int), minlength=len(counts))
        assert np.abs(found - np.array(counts) / 5).max() < 1


def test_folds_are_shuffled_by_the_seed() -> None:
    y = np.zeros(40)
    one, other = folds(y, False, 4, 1)[0][1], folds(y, False, 4, 2)[0][1]
    assert one.tolist() != list(range(10))
    assert one.tolist() != other.tolist()


def test_one_fold_would_leave_nothing_to_train_on() -> None:
    with pytest.raises(DataError, match=r"^8 training examples can be parted into 2 to 8 folds, not into 1$"):
        folds(np.zeros(8), False, 1, 1)


# Bootstrap


@given(st.integers(1, 50), st.integers(1, 6), st.integers(1, 6), SEEDS)
def test_a_members_sample_depends_on_no_other_member(examples: int, few: int, more: int, seed: int) -> None:
    one, other = bootstrap(examples, few, seed), bootstrap(examples, few + more, seed)
    assert (len(one), len(other)) == (few, few + more)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=False))
    assert all(len(sample) == examples and 0 <= sample.min() <= sample.max() < examples for sample in other)


def test_samples_are_drawn_with_replacement_and_differ() -> None:
    one, other = bootstrap(1000, 2, 1)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, bootstrap(1000, 1, 2)[0])
    for sample in (one, other):
        assert abs(len(set(sample.tolist())) / 1000 - (1 - np.exp(-1))) < 0.04


def test_scikit_learn_is_imported_only_on_use() -> None:
    code = "import sys, playground.data.split; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
