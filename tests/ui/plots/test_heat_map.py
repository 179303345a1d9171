"""Maps as pixels: two classes alike with one output or two, a border on its level line, colours that stay put."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment.config import Config
from playground.experiment.looks.maps import MAP_SIZE
from playground.experiment.run.session import Session
from playground.ui.plots.heat_map import blended, contour, finer, steady_top
from playground.ui.theme import LIGHT


def test_two_outputs_for_two_classes_look_like_one() -> None:
    scene = Session(Config()).scene
    share = np.linspace(0.0, 1.0, 256)[None, :]
    pixels = blended(np.stack([1.0 - share, share]), scene, LIGHT)
    np.testing.assert_allclose(pixels[0].astype(int), LIGHT.map_table(), atol=3)


@given(st.floats(0.0, 2 * np.pi), st.floats(-0.6, 0.6))
def test_the_border_of_a_slope_is_its_level_line(angle: float, level: float) -> None:
    centres = (np.arange(MAP_SIZE) + 0.5) / MAP_SIZE * 2.0 - 1.0
    field = np.cos(angle) * centres[None, :] + np.sin(angle) * centres[:, None]
    line = contour(field, level, (-1.0, 1.0, -1.0, 1.0))
    assert len(line) >= 2
    np.testing.assert_allclose(line @ [np.cos(angle), np.sin(angle)], level, atol=1e-9)
    assert np.all(np.linalg.norm(np.diff(line, axis=0), axis=1) <= 2.0 * np.sqrt(2.0) / MAP_SIZE + 1e-9)


def test_two_borders_are_two_lines() -> None:
    field = np.abs(np.linspace(-1.0, 1.0, 20))[None, :] * np.ones((10, 1))
    lines = contour(field, 0.5, (0.0, 2.0, 5.0, 6.0))
    [gap] = np.flatnonzero(np.isnan(lines).any(axis=1))
    ends = sorted(map(tuple, np.round(lines[[0, gap - 1, gap + 1, -1]], 3).tolist()))
    assert ends == [(0.525, 5.05), (0.525, 5.95), (1.475, 5.05), (1.475, 5.95)]


def test_a_border_ends_where_the_values_are_no_numbers() -> None:
    field = np.tile(np.linspace(-1.0, 1.0, 20, dtype=np.float32), (10, 1))
    field[5:] = [[np.nan], [np.inf], [-np.inf], [np.nan], [np.inf]]
    line = contour(field, 0.0, (0.0, 1.0, 0.0, 1.0))
    np.testing.assert_allclose(sorted(line[[0, -1]].tolist()), [[0.5, 0.05], [0.5, 0.45]], atol=1e-6)
    assert len(contour(field[5:], 0.0, (0.0, 1.0, 0.0, 1.0))) == 0


def test_a_finer_map_follows_a_slope() -> None:
    ramp = np.tile(np.arange(8.0), (1, 8, 1))
    fine = finer(ramp)
    assert fine.shape == (1, 32, 32)
    np.testing.assert_allclose(fine[0, 3, 2:-2], (np.arange(32)[2:-2] + 0.5) / 4.0 - 0.5)
    assert fine.min() == 0.0
    assert fine.max() == 7.0


def test_the_top_of_the_colours_moves_seldom() -> None:
    assert [steady_top(np.array([value]), 0.0) for value in (0.11, 0.2, 0.21, 0.7, 1.0)] == [0.2, 0.2, 0.5, 1.0, 1.0]
    top, tops = 0.0, []
    for value in (0.11, 0.19, 0.1, 0.07, 0.201, 0.3, 0.17, 0.05, 0.0, np.inf):
        top = steady_top(np.array([value, np.nan]), top)
        tops.append(top)
    assert tops == [0.2, 0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 0.05, 0.05, 0.05]
