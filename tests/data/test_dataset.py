"""Frozen examples, and standardising."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler

from playground.data.dataset import Dataset, Scaling, Source

tables = arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 5)), elements=st.floats(-1e6, 1e6, width=32))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_arrays_of_a_dataset_cannot_be_written_to() -> None:
    data = Dataset(np.zeros((3, 2)), np.zeros(3), ("a", "b"), (), "y", "hand", test=np.array([2]))
    assert len(data) == 3
    assert data.test is not None
    with pytest.raises(ValueError, match="read-only"):
        data.test[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        data.y[0] = 1.0


def test_a_source_by_itself_has_nothing_to_load() -> None:
    with pytest.raises(NotImplementedError):
        Source().load(rng())


@given(tables)
def test_scaling_agrees_with_scikit_learn(values: np.ndarray) -> None:
    assume(len(values) > 1)
    varying = values.std(axis=0) > 1e-9 * np.abs(values).max(axis=0)  # what counts as constant is told apart below
    values = values[:, varying]
    if values.shape[1]:
        theirs = StandardScaler().fit(values)
        ours = Scaling.of(values)
        np.testing.assert_allclose(ours.deviation, theirs.scale_, rtol=1e-6)
        np.testing.assert_allclose(ours.apply(values), theirs.transform(values), rtol=1e-6, atol=1e-6)


@given(tables)
def test_scaling_can_be_undone(values: np.ndarray) -> None:
    scaling = Scaling.of(values)
    np.testing.assert_allclose(scaling.invert(scaling.apply(values)), values, rtol=1e-9, atol=1e-9)


def test_one_example_stays_as_it_is() -> None:
    np.testing.assert_array_equal(Scaling.of(np.array([[3.0, -2.0]])).apply(np.array([[3.0, -2.0]])), [[3.0, -2.0]])


@pytest.mark.parametrize("constant", [0.0, 0.1, -7.0, 1e9, 1e-9])
def test_a_constant_column_becomes_zero(constant: float) -> None:
    values = np.full((37, 1), constant)
    scaling = Scaling.of(values)
    assert scaling.deviation == 1.0
    np.testing.assert_allclose(scaling.apply(values), 0.0, atol=1e-6)


@pytest.mark.parametrize("constant", [0.1, 1 / 255, 1.0])
def test_a_constant_column_in_single_precision_becomes_zero(constant: float) -> None:
    values = np.full((10_007, 2), constant, np.float32)
    values[:, 1] = np.arange(10_007) / 255
    scaling = Scaling.of(values)
    assert scaling.deviation[0] == 1.0
    assert scaling.deviation.dtype == scaling.mean.dtype == np.float64
    assert abs(scaling.apply(values)[:, 0]).max() < 1e-12
    np.testing.assert_allclose(scaling.mean[1], 5003 / 255, rtol=1e-7)


@pytest.mark.parametrize("size", [1e-15, 1.0, 1e15, 1e100])
def test_a_column_is_scaled_whatever_its_unit(size: float) -> None:
    scaled = Scaling.of(size * np.array([[1.0], [2.0], [3.0]])).apply(size * np.array([[1.0], [2.0], [3.0]]))
    np.testing.assert_allclose(scaled.ravel(), [-np.sqrt(1.5), 0.0, np.sqrt(1.5)], atol=1e-12)


def test_new_values_are_scaled_as_the_first_ones_were() -> None:
    scaling = Scaling.of(np.array([[0.0, 10.0], [2.0, 30.0]]))
    np.testing.assert_array_equal(scaling.apply(np.array([[4.0, 20.0]])), [[3.0, 0.0]])


def test_no_scaling_changes_nothing() -> None:
    values = np.array([[1.5, -2.0], [3.0, 1e9]])
    scaling = Scaling.none(2)
    np.testing.assert_array_equal(scaling.apply(values), values)
    np.testing.assert_array_equal(scaling.invert(values), values)
