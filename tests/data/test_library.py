"""scikit-learn's bundled tables come through untouched, with names that can be read."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

from playground.data.dataset import Dataset, Source
from playground.data.formats.idx import widest
from playground.data.library import BreastCancer, Diabetes, Digits, Iris

EACH = [
    (Iris, datasets.load_iris),
    (BreastCancer, datasets.load_breast_cancer),
    (Diabetes, datasets.load_diabetes),
    (Digits, datasets.load_digits),
]


def load(cls: type[Source]) -> Dataset:
    rng = np.random.default_rng(1)
    data = cls().load(rng)
    assert rng.random() == np.random.default_rng(1).random(), "a table takes no random numbers"
    return data


@pytest.mark.parametrize(("cls", "original"), EACH)
def test_the_values_are_the_originals(cls, original) -> None:
    bunch = original(scaled=False) if cls is Diabetes else original()
    data = load(cls)
    np.testing.assert_array_equal(data.X, bunch.data)
    np.testing.assert_array_equal(data.y, bunch.target)
    assert data.X.dtype == data.y.dtype == np.float64
    assert not data.X.flags.writeable
    assert not data.y.flags.writeable
    assert len(data.columns) == len(set(data.columns)) == data.X.shape[1]
    assert not data.plane
    assert data.note == ""
    assert data.origin == cls.label


def test_iris() -> None:
    data = load(Iris)
    assert data.columns == ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert data.target == "species"
    assert np.bincount(data.y.astype(int)).tolist() == [50, 50, 50]


def test_breast_cancer() -> None:
    data = load(BreastCancer)
    assert data.classes == ("malignant", "benign")
    assert data.target == "diagnosis"
    assert data.columns[0] == "mean radius"
    assert np.bincount(data.y.astype(int)).tolist() == [212, 357]


def test_diabetes() -> None:
    data = load(Diabetes)
    assert data.classes == ()
    assert data.target == "disease progression after one year"
    column = dict(zip(data.columns, data.X.T, strict=True))
    assert column["age (years)"].min() == 19
    assert column["age (years)"].max() == 79
    assert set(column["sex (1 or 2)"]) == {1, 2}
    assert 20 < column["body mass index (kg/m²)"].mean() < 30
    np.testing.assert_allclose(
        column["total / HDL cholesterol"],
        column["total cholesterol (mg/dl)"] / column["HDL cholesterol (mg/dl)"],
        atol=0.7,
    )


def test_digits() -> None:
    data = load(Digits)
    assert data.X.shape == (1797, 64)
    assert (data.X.min(), data.X.max()) == (0, 16)
    assert data.classes == tuple("0123456789")
    assert data.target == "digit"
    assert data.columns[:2] == ("pixel 1,1", "pixel 1,2")
    assert data.columns[8] == "pixel 2,1"
    assert data.columns[-1] == "pixel 8,8"


def test_the_first_two_columns_are_drawn_but_of_digits_those_that_vary_most() -> None:
    assert Iris().outline().axes == (0, 1)
    assert Digits().outline().axes == widest(load(Digits).X)


def test_scikit_learn_is_imported_only_on_use() -> None:
    code = "import sys, playground.data.sources; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
