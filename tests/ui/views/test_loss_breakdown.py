"""The loss taken apart on screen: terms, weights and examples are the frame's; rings on the boundary follow an edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from playground.experiment.frame import Frame
from playground.experiment.looks.loss_breakdown import WORST, LossBreakdown
from playground.experiment.run.session import Session
from playground.ui.theme import DARK, LIGHT
from playground.ui.viewing.view import View
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.loss_breakdown import LossBreakdownView, Picture
from playground.ui.workspace.document import Document
from tests.configs import written
from tests.ui.views.rig import follow, legend_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

Open = Callable[..., tuple[LossBreakdownView, Session]]
L1 = (("training.regularizer", "l1"), ("training.regularizer.rate", "0.01"))


def session_of(*edits: tuple[str, str]) -> Session:
    session = Session(written(*edits))
    session.train(10)
    return session


@pytest.fixture
def open_view(qtbot: QtBot) -> Open:
    def opened(*edits: tuple[str, str], theme: Any = LIGHT, part: str = "") -> tuple[LossBreakdownView, Session]:
        session = session_of(*edits)
        view = LossBreakdownView(Document(session.config), theme)
        follow(view, session, qtbot)
        if part:
            view.choose(picture=Picture(part))
        view.canvas.grab()
        return view, session

    return opened


def frame_of(view: View, session: Session) -> tuple[Frame, LossBreakdown]:
    frame = session.frame(view.needs)
    look = frame.look(LossBreakdown)
    assert look is not None
    return frame, look


def press(view: LossBreakdownView, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(view.findChild(QAbstractButton, f"loss_breakdown.{name}"), Qt.MouseButton.LeftButton)


def test_sum_data_and_penalty_are_drawn_over_time(open_view: Open) -> None:
    view, session = open_view(*L1)
    curves = session.history
    assert curves.penalty.min() > 0.0
    total, data, penalty = (curve.getData()[1] for curve in view._history._curves)
    np.testing.assert_array_equal(data, curves.train_loss)
    np.testing.assert_array_equal(penalty, curves.penalty)
    np.testing.assert_array_equal(total, data + penalty)
    assert [entry.name for entry in legend_of(view).entries] == ["total", "data loss", "penalty"]
    assert "the weights shrink and the data loss rises" in view.caption.text()
    view.choose(log=True)
    np.testing.assert_allclose(view._history._curves[1].getData()[1], np.log10(curves.train_loss))


def test_without_a_penalty_the_caption_says_so(open_view: Open) -> None:
    view, _ = open_view()
    assert "Nothing is added" in view.caption.text()


def test_the_histogram_stacks_the_layers(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view(*L1)
    press(view, qtbot, "part.weights")
    _, look = frame_of(view, session)
    below = np.zeros(look.counts.shape[1])
    for bars, counts in zip(view._bars, look.counts, strict=True):
        np.testing.assert_array_equal(bars.opts["height"], counts)
        np.testing.assert_array_equal(bars.opts["y0"], below)
        below += counts
    assert legend_of(view).note == f"{look.zeros.sum()} of {look.weights.sum()} are exactly 0"
    piece = int(look.counts.sum(axis=0).argmax())
    at = QPointF(look.edges[piece : piece + 2].mean(), 0.5)
    assert " + ".join(map(str, look.counts[:, piece])) in view.told(view._weights.vb.mapViewToScene(at))
    view.choose(picture=Picture.OVER_TIME)
    assert view._shown is view._history


def test_few_weights_are_counted_in_whole_numbers(open_view: Open) -> None:
    view, session = open_view(("network.hidden", "[]"), part="weights")
    _, look = frame_of(view, session)
    most = look.counts.sum(axis=0).max()
    assert most <= 2
    [ticks] = view._weights.getAxis("left")._tickLevels
    assert [number for number, _ in ticks] == list(range(most + 1))


def test_examples_stand_from_the_worst_to_the_best(open_view: Open) -> None:
    view, session = open_view(part="examples")
    _, look = frame_of(view, session)
    np.testing.assert_array_equal([view._dots.x, view._dots.y], [np.arange(1, 251), look.losses])
    np.testing.assert_array_equal(view._rings.getData()[1], look.losses[:WORST])
    assert f"{100.0 * look.worst_share:.0f} % of the loss" in legend_of(view).note
    told = view.told(view._examples.vb.mapViewToScene(QPointF(1.0, look.losses[0])))
    assert told.startswith(f"example {look.examples[0] + 1}: loss ")
    assert session.scene.classes[int(look.y[0])] in told


def test_a_click_on_an_example_chooses_it(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view(part="examples")
    _, look = frame_of(view, session)
    place = view.canvas.mapFromScene(view._examples.vb.mapViewToScene(QPointF(1.0, look.losses[0])))
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.document.selection.example == look.examples[0]
    assert view.document.undo_stack.isClean(), "looking is no edit"


def test_rings_on_the_boundary_are_selected(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view(part="examples")
    boundary = BoundaryView(view.document, LIGHT)
    follow(boundary, session, qtbot)
    assert LossBreakdown not in boundary.needs
    press(view, qtbot, "worst")
    assert view.document.selection.worst
    assert LossBreakdown in boundary.needs
    boundary.show_frame(session.frame(boundary.needs))
    _, look = frame_of(boundary, session)
    expected = session.scene.train_points[look.examples[:WORST]]
    np.testing.assert_array_equal(np.transpose(boundary._rings.getData()), expected)
    boundary.choose(training=False)
    assert len(boundary._rings.getData()[0]) == 0
    boundary.choose(training=True)
    view.document.select(worst=False)
    assert LossBreakdown not in boundary.needs
    assert len(boundary._rings.getData()[0]) == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("part", ["over_time", "weights", "examples"])
@pytest.mark.parametrize("source", ["circle", "hills", "iris"])
def test_each_kind_of_problem_is_drawn_in_both_themes(open_view: Open, source: str, part: str, theme: Any) -> None:
    view, _ = open_view(("data.source", source), part=part, theme=theme)
    assert view.caption.text()
    view.show_theme(DARK if theme is LIGHT else LIGHT)
    view.canvas.grab()


def test_every_control_explains_itself(open_view: Open) -> None:
    view, _ = open_view()
    for control in view.findChildren(QAbstractButton):
        assert control.objectName()
        assert control.toolTip() == control.accessibleDescription() != ""


def test_a_break_is_marked_and_means_are_called_so(open_view: Open) -> None:
    view, session = open_view(("ensemble.members", "3"))
    assert "these are means" in view.caption.text()
    assert not view._break.isVisible()
    session.set_weight(0, 0, 0, 2.0)
    view.show_frame(session.frame(view.needs))
    assert view._break.isVisible()
    assert view._break.value() == pytest.approx(10.0)
