"""What a map is of: the value of the cell under a place, and how it is told."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui.plots.subjects import Decision, Quantity, at
from playground.ui.theme import Theme

EXTENT = (-2.0, 2.0, 0.0, 3.0)
MAPS = np.arange(24.0).reshape(2, 3, 4)  # two maps of three rows and four columns


@pytest.mark.parametrize(
    ("place", "row", "column"),
    [((-2.0, 0.0), 0, 0), ((-0.99, 0.99), 0, 1), ((0.01, 1.01), 1, 2), ((2.0, 3.0), 2, 3), ((1.99, 0.0), 0, 3)],
)
def test_the_value_at_a_place_is_that_of_its_cell(place: tuple[float, float], row: int, column: int) -> None:
    np.testing.assert_array_equal(at(MAPS, *place, EXTENT), MAPS[:, row, column])


@pytest.mark.parametrize("place", [(-2.01, 1.0), (2.01, 1.0), (0.0, -0.01), (0.0, 3.01)])
def test_outside_the_plane_there_is_none(place: tuple[float, float]) -> None:
    assert len(at(MAPS, *place, EXTENT)) == 0


def test_what_lies_there_is_told() -> None:
    quantity = Quantity(MAPS[:1], (0.0, 1.0), Theme.map_table, "unit", "unit:")
    assert quantity.told(np.array([-0.5])) == "unit: −0.5"
    decision = Decision(MAPS[:1], Session(Config()).scene, False, "output")
    assert decision.told(np.array([0.25])) == "output 0.25 → outside"
    assert decision.told(np.array([0.25, 0.75])) == "output 0.75 → inside"
