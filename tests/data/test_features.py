"""The inputs made of a point of the plane."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.dataset import Dataset
from playground.data.features import FEATURES, input_names, inputs

POINTS = np.array([[2.0, -3.0], [0.5, 4.0]])
PLANE = Dataset(np.zeros((2, 2)), np.array([0.0, 1.0]), ("x₁", "x₂"), ("a", "b"), "class", "hand", plane=True)
TABLE = Dataset(np.zeros((2, 2)), np.array([0.0, 1.0]), ("width (cm)", "height (cm)"), ("a", "b"), "class", "hand")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x1", [2.0, 0.5]),
        ("x2", [-3.0, 4.0]),
        ("x1_squared", [4.0, 0.25]),
        ("x2_squared", [9.0, 16.0]),
        ("x1_x2", [-6.0, 2.0]),
        ("sin_x1", [0.9092974268, 0.4794255386]),
        ("sin_x2", [-0.1411200081, -0.7568024953]),
        ("cos_x1", [-0.4161468365, 0.8775825619]),
        ("cos_x2", [-0.9899924966, -0.6536436209]),
    ],
)
def test_value(name: str, expected: list[float]) -> None:
    np.testing.assert_allclose(FEATURES[name]().value(POINTS), expected, rtol=1e-9)


def test_every_feature_is_known_by_its_name_and_a_label_of_its_own() -> None:
    assert list(FEATURES) == ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2", "cos_x1", "cos_x2"]
    assert [cls.label for cls in FEATURES.values()] == [
        *("x₁", "x₂", "x₁²", "x₂²", "x₁·x₂", "sin x₁", "sin x₂", "cos x₁", "cos x₂")
    ]


@given(st.permutations(list(FEATURES)), st.integers(1, len(FEATURES)))
def test_names_and_values_agree_and_keep_the_order_of_features(order: list[str], how_many: int) -> None:
    chosen = tuple(order[:how_many])
    in_order = [name for name in FEATURES if name in chosen]
    assert input_names(PLANE, chosen) == tuple(FEATURES[name].label for name in in_order)
    values = inputs(PLANE, chosen, POINTS)
    assert values.shape == (2, how_many)
    for column, name in zip(values.T, in_order, strict=True):
        np.testing.assert_array_equal(column, FEATURES[name]().value(POINTS))


def test_a_table_enters_with_all_its_columns_whatever_the_features() -> None:
    assert input_names(TABLE, ("x1",)) == ("width (cm)", "height (cm)")
    np.testing.assert_array_equal(inputs(TABLE, ("x1",), POINTS), POINTS)


def test_a_table_s_columns_can_be_left_out_by_name() -> None:
    assert input_names(TABLE, ("x1",), ("width (cm)", "of other data")) == ("height (cm)",)
    np.testing.assert_array_equal(inputs(TABLE, ("x1",), POINTS, ("width (cm)", "of other data")), POINTS[:, 1:])
    assert input_names(PLANE, ("x1", "x2"), ("x₁",)) == ("x₁", "x₂"), "the plane has its features"
