"""The guard's view: the curves and examples of the frame, a sentence for a poor pair, and the way out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from playground.experiment.looks.loss_gradient import LossGradient
from playground.experiment.run.session import Session
from playground.nn.losses import SquaredError
from playground.ui.forms.controls import Selector
from playground.ui.plots.legend import Legend
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.loss_gradient import LossGradientView, _effect
from playground.ui.workspace.document import Document
from tests.configs import written
from tests.ui.views.rig import follow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

Open = Callable[..., tuple[LossGradientView, Session]]
POOR = (("network.output", "sigmoid"), ("training.loss", "squared_error"))
SOFT = (("network.output", "softmax"), ("training.loss", "squared_error"))


@pytest.fixture
def open_view(qtbot: QtBot) -> Open:
    def opened(*edits: tuple[str, str], theme: Any = LIGHT) -> tuple[LossGradientView, Session]:
        session = Session(written(*edits))
        session.train(2)
        view = LossGradientView(Document(session.config), theme)
        follow(view, session, qtbot)
        return view, session

    return opened


def look_of(view: LossGradientView, session: Session) -> LossGradient:
    loss_gradient = session.frame(view.needs).look(LossGradient)
    assert loss_gradient is not None
    return loss_gradient


@pytest.mark.parametrize(("edits", "dashed"), [((), 0), (POOR, 2)])
def test_curves_and_examples_are_the_frame_s(open_view: Open, edits: tuple[tuple[str, str], ...], dashed: int) -> None:
    view, session = open_view(*edits)
    loss_gradient = look_of(view, session)
    for row, (slope, loss) in enumerate(view._curves):
        np.testing.assert_array_equal(slope.getData(), [loss_gradient.z, loss_gradient.slopes[row]])
        np.testing.assert_array_equal(loss.getData(), [loss_gradient.z, loss_gradient.losses[row]])
    np.testing.assert_array_equal([view._dots.x, view._dots.y], [loss_gradient.example_z, loss_gradient.example_slopes])
    assert len(view._matched) == dashed
    for curve, slopes in zip(view._matched, loss_gradient.matched, strict=True):
        np.testing.assert_array_equal(curve.getData()[1], slopes)
    (bottom, top) = view._slopes.vb.viewRange()[1]
    assert bottom < loss_gradient.slopes.min() < loss_gradient.slopes.max() < top


def test_a_poor_pair_says_so_and_its_button_leads_out(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view(*POOR)
    button = view.findChild(QToolButton, "loss_gradient.match")
    assert button.isVisible()
    assert view.caption.text().startswith(
        "The slope of sigmoid stays in the gradient, so outputs that are badly wrong learn"
    )
    assert "does not match" not in view.caption.text()
    assert str(session.scene.remark)[1:] in view.caption.toolTip().replace("\n", " ")
    assert view.caption.property("role") == "remark"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view.document.config.training.loss is None
    assert view.document.config.network.output is None
    assert not button.isVisible()
    assert view.caption.property("role") == "muted"
    assert not view._matched
    view.document.undo_stack.undo()
    assert view.document.config.training.loss == SquaredError()
    assert button.isVisible()


def test_the_caption_counts_who_is_stuck(open_view: Open) -> None:
    view, session = open_view(*POOR)
    session.network.weights[-1][...] = 0.0
    session.network.weights[-1][0, -1] = 4.0
    view.show_frame(session.frame(view.needs))
    stuck = look_of(view, session).stuck
    assert stuck > 100
    assert f"{stuck} of 250 examples" in view.caption.text()


def test_the_output_to_look_at_is_chosen(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view(("data.source", "iris"))
    chooser = view.findChild(Selector, "loss_gradient.output")
    assert chooser.isVisible()
    assert [chooser.itemText(i) for i in range(chooser.count())] == [f"output {n}" for n in session.scene.classes]
    chooser.setCurrentIndex(2)
    chooser.activated.emit(2)
    selection = view.document.selection
    assert (selection.layer, selection.unit) == (2, 2)
    assert look_of(view, session).output == 2
    view.document.select(layer=0, unit=0)
    assert chooser.currentIndex() == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("source", ["circle", "hills", "iris"])
def test_each_kind_of_problem_is_drawn_in_both_themes(open_view: Open, source: str, theme: Any) -> None:
    view, session = open_view(("data.source", source), theme=theme)
    legend = next(item for item in view.figure().scene().items() if type(item) is Legend)
    assert len(legend.entries) == len(look_of(view, session).targets)
    assert view._outputs.isVisible() == (source == "iris")
    view.show_theme(DARK if theme is LIGHT else LIGHT)
    view.canvas.grab()


def test_the_example_under_the_mouse_is_told(open_view: Open) -> None:
    view, session = open_view()
    view.canvas.grab()
    loss_gradient = look_of(view, session)
    place = view._slopes.vb.mapViewToScene(QPointF(loss_gradient.example_z[7], loss_gradient.example_slopes[7]))
    told = view.told(place)
    assert told.startswith("example ")
    assert session.scene.classes[int(loss_gradient.example_y[7])] in told
    assert view.told(view._losses.vb.mapViewToScene(QPointF(0.0, 0.5))) == ""


def test_every_control_explains_itself(open_view: Open) -> None:
    view, _ = open_view(("data.source", "iris"), ("training.loss", "squared_error"))
    for control in [*view.findChildren(QToolButton), *view.findChildren(Selector)]:
        assert control.objectName()
        assert control.toolTip() == control.accessibleDescription() != ""


@pytest.mark.parametrize("edits", [POOR, (("data.source", "iris"), *SOFT)])
def test_a_poor_pair_fits_into_a_narrow_dock_whole(open_view: Open, edits: tuple[tuple[str, str], ...]) -> None:
    view, _ = open_view(*edits)
    view.resize(400, 250)
    view.grab()
    button, caption = view._match, view.caption
    assert button.width() >= button.sizeHint().width()
    assert view.minimumSizeHint().width() <= 384
    margins = caption.contentsMargins()
    lines = caption.fontMetrics().boundingRect(
        0, 0, caption.contentsRect().width(), 1000, Qt.TextFlag.TextWordWrap, caption.text()
    )
    assert caption.height() >= lines.height() + margins.top() + margins.bottom()
    assert margins.top() > 0


@pytest.mark.parametrize(("edits", "beside"), [((), False), ((("data.source", "iris"),), True)])
def test_of_softmax_it_says_that_the_examples_are_not_on_the_curves(
    open_view: Open, edits: tuple[tuple[str, str], ...], beside: bool
) -> None:
    view, session = open_view(*edits)
    loss_gradient = look_of(view, session)
    curves = [np.interp(loss_gradient.example_z, loss_gradient.z, slopes) for slopes in loss_gradient.slopes]
    off = np.abs(np.array(curves) - loss_gradient.example_slopes).min(axis=0).max()
    assert (off > 0.02) == beside
    assert ("all other z at 0" in view.caption.text()) == beside


def test_numbers_have_a_true_minus_and_curves_that_are_seen_on_the_ground(open_view: Open) -> None:
    view, session = open_view(("data.source", "hills"), theme=DARK)
    loss_gradient = look_of(view, session)
    assert loss_gradient.targets[0] < 0.0
    legend = next(item for item in view.figure().scene().items() if type(item) is Legend)
    assert [entry.short[0] == "−" for entry in legend.entries] == [target < 0.0 for target in loss_gradient.targets]
    view.canvas.grab()
    place = view._slopes.vb.mapViewToScene(QPointF(loss_gradient.example_z[0], loss_gradient.example_slopes[0]))
    assert "-" not in view.told(place)
    for theme in (DARK, LIGHT):
        view.show_theme(theme)
        ground = QColor(theme.base).lightnessF()
        for slope, _ in view._curves:
            assert abs(slope.opts["pen"].color().lightnessF() - ground) > 0.2


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        ("", ""),
        ("a does not match b output: the slope stays. Its match is c.", "The slope stays."),
        ("a judges each output alone. The match is c.", "A judges each output alone."),
    ],
)
def test_of_a_remark_it_says_what_comes_of_the_pair(remark: str, said: str) -> None:
    assert _effect(remark) == said


def test_smoothed_labels_are_told(open_view: Open) -> None:
    view, _ = open_view(("training.noise.label_smoothing", "0.2"))
    assert "no is taught as 0.200, yes as 0.800" in view.caption.text()
    view, _ = open_view()
    assert "smoothed" not in view.caption.text()
