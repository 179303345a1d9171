"""Dots: every point is drawn once, where it belongs, in the colour of its target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.experiment.scene import Scene
from playground.options import with_text
from playground.ui.plots.dots import LEVELS, Dots, colours_along
from playground.ui.plots.heat_map import class_colour
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.theme import DARK, LIGHT


def scene_of(source: str) -> Scene:
    return Session(with_text(Config(), "data.source", source)).scene


def drawn(dots: Dots) -> dict[tuple[float, float], QColor]:
    """Each point that is to be seen, and its colour."""
    found: dict[tuple[float, float], QColor] = {}
    for item in dots._items:
        if item.isVisible():
            for x, y in np.transpose(item.getData()):
                assert (x, y) not in found
                found[x, y] = item.opts["brush"].color()
    return found


@pytest.fixture
def plot(qtbot: QtBot) -> Any:
    return NumberPlot(QFont())


def test_classes_have_their_colours(plot: Any) -> None:
    dots, scene = Dots(plot, 6), scene_of("digits")
    dots.show_colours(LIGHT, scene)
    x, targets = np.arange(10.0), np.arange(10.0)
    dots.show_points(x, 2.0 * x, targets, scene)
    assert drawn(dots) == {(k, 2.0 * k): class_colour(int(k)) for k in x}
    dots.show_points(x[:2], x[:2], np.array([1.0, 1.0]), scene)
    assert drawn(dots) == {(0.0, 0.0): class_colour(1), (1.0, 1.0): class_colour(1)}


def test_numbers_lie_along_the_map_s_colours(plot: Any) -> None:
    dots, scene = Dots(plot, 6), scene_of("hills")
    dots.show_colours(DARK, scene)
    targets = np.array([scene.low - 1.0, scene.low, scene.high, scene.high + 1.0])
    dots.show_points(np.arange(4.0), np.zeros(4), targets, scene)
    low, high = colours_along(np.array([scene.low, scene.high]), scene, DARK)
    assert list(drawn(dots).values()) == [low, low, high, high]
    many = np.linspace(scene.low, scene.high, 100)
    dots.show_points(many, many, many, scene)
    assert len(drawn(dots)) == 100
    assert len({colour.name() for colour in drawn(dots).values()}) == LEVELS
