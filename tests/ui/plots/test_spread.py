"""Quantiles of many lines, and how thin lines and their band are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.scale import Scale
from playground.ui.plots.spread import MOST_POINTS, Spread, enclosed, quantiles


@pytest.fixture
def drawn(qapp: QApplication) -> tuple[CurvePlot, Spread]:
    plot = CurvePlot(QFont())
    return plot, Spread(plot)


def lines_of(spread: Spread) -> list[tuple[Any, Any]]:
    """Each thin line's places, as the breaks between them say."""
    x, y = spread._lines.getData()
    ends = np.flatnonzero(np.isnan(x))
    starts = np.append(0, ends[:-1] + 1)
    return [(x[start:end], y[start:end]) for start, end in zip(starts, ends, strict=True)]


def band_of(spread: Spread) -> Any:
    """The corners of the band, (corners, 2), along its lower edge and back along its upper one."""
    path = spread._band.path()
    return np.array([(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())])


@given(arrays(float, (3, 7), elements=st.floats(0.0, 1e6) | st.sampled_from([np.nan, np.inf])))
def test_quantiles_are_those_of_the_finite(values: Any) -> None:
    for row, found in zip(values, quantiles(values), strict=True):
        finite = row[np.isfinite(row)]
        expected = np.quantile(finite, [0.1, 0.5, 0.9]) if finite.size else [np.nan] * 3
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_a_line_that_runs_away_does_not_flatten_the_others() -> None:
    values = np.ones((4, 11))
    values[:, 0] = 1e200
    assert enclosed(values, quantiles(values), log=False).max() < 5.0
    assert enclosed(values, quantiles(values), log=True).max() < 1e5
    np.testing.assert_array_equal(enclosed(values, quantiles(values), log=False)[:, 1:], 1.0)


@pytest.mark.parametrize("log", [False, True])
def test_thin_lines_and_band_stand_where_the_values_do(drawn: tuple[CurvePlot, Spread], log: bool) -> None:
    _, spread = drawn
    values = np.random.default_rng(0).uniform(0.1, 2.0, (5, 6))
    values[2, 3] = np.inf  # this one is left out there
    epochs, band = np.arange(5.0), quantiles(values)
    spread.show_lines(epochs, values, band, Scale.logarithmic(values) if log else Scale.linear(values))
    wanted = np.log10(values) if log else values
    wanted[2, 3] = np.nan
    assert len(lines_of(spread)) == 6
    for (x, y), line in zip(lines_of(spread), wanted.T, strict=True):
        np.testing.assert_array_equal(x, epochs)
        np.testing.assert_allclose(y, line)
    corners = np.log10(band) if log else band
    np.testing.assert_allclose(band_of(spread)[:, 0], np.append(epochs, epochs[::-1]))
    np.testing.assert_allclose(band_of(spread)[:, 1], np.append(corners[:, 0], corners[::-1, 2]))


def test_many_lines_have_fewer_points_and_less_ink(drawn: tuple[CurvePlot, Spread]) -> None:
    _, spread = drawn
    opacities = []
    for lines in (2, 64, 256):
        values = np.ones((401, lines))
        spread.show_lines(np.arange(401.0), values, quantiles(values), Scale.linear(values))
        assert len(lines_of(spread)) == lines
        assert sum(len(x) for x, _ in lines_of(spread)) <= MOST_POINTS + lines
        assert lines_of(spread)[-1][0][-1] == 400.0
        opacities.append(spread._lines.opacity())
    assert opacities == sorted(opacities, reverse=True)
    assert opacities[-1] > 0.0


def test_no_lines_no_band(drawn: tuple[CurvePlot, Spread]) -> None:
    plot, spread = drawn
    spread.show_colour(QColor("#0877bd"))
    none = np.zeros((5, 0))
    spread.show_lines(np.arange(5.0), np.ones((5, 3)), quantiles(np.ones((5, 3))), Scale(0.0, 1.0, False))
    assert spread._lines.isVisible()
    spread.show_lines(np.arange(5.0), none, none, Scale(0.0, 1.0, False))
    assert not spread._lines.isVisible()
    assert not spread._band.isVisible()
    assert plot.scene() is None
