"""The census of dead units: shares, lives and sentences are the log's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import MEASURES, LayerStatisticsLog
from playground.experiment.run.session import Session
from playground.options import with_value
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Legend
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.dead_units import DeadUnitsView, LifePlot
from playground.ui.workspace.document import Document
from tests.frames import altered
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., DeadUnitsView]
LIVES = [[0, 0, 0, 0], [1, 0, 1, 0], [1, 0, 1, 1], [1, 0, 0, 1]]  # of layers of 1, 2 and 1 units, every 10 epochs


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame, theme: Any = LIGHT) -> DeadUnitsView:
        view = DeadUnitsView(Document(Config()), theme)
        show_alone(view, qtbot, frame, (640, 260))
        return view

    return make


@pytest.fixture(scope="module")
def base() -> Frame:
    return Session(Config()).frame(DeadUnitsView.needs)


def frame_of(base: Frame, lives: list[list[int]], units: tuple[int, ...]) -> Frame:
    log = LayerStatisticsLog(units, units)
    for record, row in enumerate(lives):
        shares = [part.mean() for part in np.split(np.array(row), np.cumsum(units)[:-1])]
        log.add(10 * record, 10 * record, np.array([*shares * MEASURES, *row, *[0.0] * 4 * sum(units)]))
    return altered(base, looks=(log.layer_statistics(),))


def item_of(view: DeadUnitsView, kind: type) -> Any:
    return next(item for item in view.figure().scene().items() if type(item) is kind)


def hover(view: DeadUnitsView, qtbot: QtBot, plot: Any, x: float, y: float, seen: Callable[[], bool]) -> None:
    """Rest the mouse at a place; pyqtgraph leaves out moves that follow each other within 10 ms."""
    place = view.canvas.mapFromScene(plot.vb.mapViewToScene(QPointF(x, y)))

    def moved() -> bool:
        place.setX(place.x() ^ 1)
        qtbot.mouseMove(view.canvas.viewport(), place)
        return seen()

    qtbot.waitUntil(moved)


def test_the_shares_and_lives_are_the_log_s(make_view: MakeView, base: Frame) -> None:
    view = make_view(frame_of(base, LIVES, (1, 2, 1)))
    shares = [curve.getData()[1].tolist() for curve in item_of(view, CurvePlot)._curves]
    assert shares == [[0, 1, 1, 1], [0, 0.5, 0.5, 0], [0, 0, 1, 1]]
    lives = item_of(view, LifePlot)
    dark = np.array(QColor(LIGHT.text).getRgb()[:3])
    np.testing.assert_array_equal((lives._picture.image == dark).all(axis=2), np.array(LIVES, bool).T)
    assert [name for _, name in lives.getAxis("left")._tickLevels[0]] == ["1", "2", "out"]
    # A record stands at its epoch: the second one around 10, when the view is new and when a record is added.
    assert lives._picture.mapRectToParent(lives._picture.boundingRect()) == QRectF(-5.0, 0.0, 40.0, 4.0)
    view.show_frame(frame_of(base, [*LIVES, LIVES[-1]], (1, 2, 1)))
    assert lives._picture.mapRectToParent(lives._picture.boundingRect()) == QRectF(-5.0, 0.0, 50.0, 4.0)


@pytest.mark.parametrize(
    ("lives", "units", "words"),
    [
        (LIVES, (1, 3), "Layer 1: its only unit is dead, since epoch 10. Output: 1 of 3 units dead, since epoch 20; "
                        "one came back at 30."),
        ([[0, 0, 0], [1, 0, 0], [1, 1, 0]], (2, 1), "Layer 1: all 2 units dead, since epochs 10 to 20."),
        ([[1, 1, 0], [0, 0, 0]], (2, 1), "Layer 1: no unit is dead now; 2 came back, the last at 10."),
        ([[0, 0, 0]], (2, 1), "No unit has died: each puts out something for some example."),
    ],
)  # fmt: skip
def test_it_says_who_died_and_who_came_back(
    make_view: MakeView, base: Frame, lives: list[list[int]], units: tuple[int, ...], words: str
) -> None:
    view = make_view(frame_of(base, lives, units))
    assert view.sentence.text() == words
    assert view.sentence.toolTip() == words


def test_the_life_under_the_mouse_is_told(make_view: MakeView, base: Frame, qtbot: QtBot) -> None:
    view = make_view(frame_of(base, LIVES, (1, 2, 1)))
    notes = [item for item in view.figure().scene().items() if type(item) is Legend and not item.entries]
    for row, life in (
        (0, "layer 1, unit 1: dead since 10"),
        (1, "layer 2, unit 1: alive"),
        (2, "layer 2, unit 2: dead from 10 to 30"),
    ):
        hover(view, qtbot, item_of(view, LifePlot), 15.0, row + 0.5, lambda life=life: notes[0].note == life)


def test_a_run_of_its_own_and_both_themes(make_view: MakeView) -> None:
    session = Session(Config())
    view = make_view(session.frame(DeadUnitsView.needs))
    session.train(2)
    view.show_frame(session.frame(DeadUnitsView.needs))
    assert item_of(view, LifePlot)._picture.image.shape == (7, 3, 3)
    light = item_of(view, LifePlot)._picture.image.copy()
    view.show_theme(DARK)
    assert not np.array_equal(item_of(view, LifePlot)._picture.image, light)


def test_of_several_members_it_says_whose_lives_these_are(make_view: MakeView) -> None:
    config = with_value(Config(), "ensemble.members", 3)
    view = make_view(Session(config).frame(DeadUnitsView.needs))
    assert "the first member" in view.caption.text()
