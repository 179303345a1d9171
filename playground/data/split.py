"""Which examples are for training, for validation and for the test. Knows no network.

scikit-learn does the splitting; it is imported on use, as that takes 0.5 s.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataError, Dataset, Floats

Indices = NDArray[np.intp]


class Split(NamedTuple):
    """Shuffled row numbers of a data set; the parts share no row, and only validation may be empty."""

    train: Indices
    validation: Indices
    test: Indices


def split(dataset: Dataset, train_share: float, validation_share: float, seed: int) -> Split:
    """Share out all examples, each part within one example of its share, and what is left for the test.

    Training and test get at least one example each, at the cost of validation. Classes keep their proportions
    (stratified) wherever every class has two examples to share out, and each of the two parts room for one of every
    class; where not, chance alone decides.

    A data set with test examples of its own keeps these: validation gets its share of the others, training all the
    rest of them, and `train_share` has no say.

    Raises:
        DataError: when there are too few examples.
    """
    chance = np.random.RandomState(seed)
    if dataset.test is not None:
        test, rest = dataset.test, np.setdiff1d(np.arange(len(dataset)), dataset.test)
        if not len(rest):
            raise DataError("all {count} examples are for the test, and none is left for training", count=len(dataset))
        train_count = len(rest) - min(round(validation_share * len(rest)), len(rest) - 1)
    else:
        examples = len(dataset)
        if examples < 2:
            raise DataError("{examples} example cannot be split into a training and a test part", examples=examples)
        train_count = min(max(round(train_share * examples), 1), examples - 1)
        validation_count = min(round(validation_share * examples), examples - 1 - train_count)
        rest, test = _part(dataset, np.arange(examples), train_count + validation_count, chance)
    train, validation = _part(dataset, rest, train_count, chance)
    return Split(train, validation, test)


def folds(y: Floats, classes: bool, count: int, seed: int) -> list[tuple[Indices, Indices]]:
    """K folds of `count`: positions in y (examples,) to train on and to hold out; each is held out once.

    Classes keep their proportions where every class has at least `count` examples.

    Raises:
        DataError: when there are more folds than examples, or fewer than two.
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    if not 2 <= count <= len(y):
        raise DataError(
            "{examples} training examples can be parted into 2 to {examples} folds, not into {count}",
            examples=len(y),
            count=count,
        )
    stratified = classes and np.unique(y, return_counts=True)[1].min() >= count
    kind = StratifiedKFold if stratified else KFold
    return list(kind(count, shuffle=True, random_state=seed).split(y, y))


def bootstrap(examples: int, count: int, seed: int) -> list[Indices]:
    """For each of `count` members as many positions as there are examples, drawn with replacement.

    The first ones are the same however many are drawn.
    """
    from sklearn.utils import resample

    chance = np.random.RandomState(seed)
    return [resample(np.arange(examples), random_state=chance) for _ in range(count)]


def _part(dataset: Dataset, rows: Indices, first: int, chance: np.random.RandomState) -> tuple[Indices, Indices]:
    """`first` of these rows and the others, both shuffled."""
    from sklearn.model_selection import train_test_split

    second = len(rows) - first
    if not second:
        return chance.permutation(rows), rows[:0]
    labels = dataset.y[rows]
    counts = np.unique(labels, return_counts=True)[1]
    stratified = bool(dataset.classes) and counts.min() >= 2 and min(first, second) >= len(counts)
    one, other = train_test_split(
        rows, train_size=first, test_size=second, random_state=chance, stratify=labels if stratified else None
    )
    return one, other
