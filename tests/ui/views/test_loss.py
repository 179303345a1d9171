"""The loss view: both curves as they were recorded, on either scale, with the values under the mouse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import CURVES, Frame
from playground.experiment.session import Session
from playground.options import with_text
from playground.ui.document import Document
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.curve import CurvePlot
from playground.ui.views.loss import LossView
from playground.ui.views.view import Legend

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., LossView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame | None = None, theme: Any = LIGHT) -> LossView:
        document = Document(Config())
        view = LossView(document, theme)
        document.config_changed.connect(lambda old, new: view.show_config(new))
        qtbot.addWidget(view)
        view.resize(420, 300)
        view.show()
        if frame is not None:
            view.show_frame(frame)
        return view

    return make


def frame_of(source: str = "circle", epochs: int = 10) -> Frame:
    session = Session(with_text(Config(), "data.source", source))
    session.train(epochs)
    return session.frame()


def plots_of(view: LossView) -> list[CurvePlot]:
    """The plots to be seen, from top to bottom."""
    plots = [item for item in view.figure().scene().items() if type(item) is CurvePlot]
    return sorted(plots, key=lambda plot: plot.sceneBoundingRect().top())


def legend_of(view: LossView) -> Legend:
    return next(item for item in view.figure().scene().items() if type(item) is Legend)


def data_of(plot: CurvePlot) -> list[tuple[Any, Any]]:
    return [curve.getData() for curve in plot._curves]


def test_the_curves_are_the_frame_s(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of()
    view = make_view(frame)
    assert view.needs == {CURVES}
    qtbot.waitUntil(lambda: plots_of(view)[0].sceneBoundingRect().top() < plots_of(view)[1].sceneBoundingRect().top())
    losses, shares = plots_of(view)
    curves = frame.curves
    for plot, expected in (
        (losses, (curves.train_loss, curves.test_loss)),
        (shares, (curves.train_accuracy, curves.test_accuracy)),
    ):
        for (epochs, values), wanted in zip(data_of(plot), expected, strict=True):
            np.testing.assert_array_equal(epochs, curves.epoch)
            np.testing.assert_array_equal(values, wanted)


def test_a_number_to_predict_has_no_accuracy(make_view: MakeView) -> None:
    view = make_view(frame_of("hills"))
    assert len(plots_of(view)) == 1
    assert "%" not in "".join(entry.value for entry in legend_of(view).entries)
    for source, plots in (("circle", 2), ("plane", 1), ("iris", 2)):
        view.show_frame(frame_of(source, 1))
        view.canvas.grab()
        assert len(plots_of(view)) == plots


def test_the_scale_is_an_edit_and_undo_returns(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of("hills")
    view = make_view(frame)
    log, linear = (view.findChild(QAbstractButton, f"loss.scale.{name}") for name in ("log", "linear"))
    assert linear.isChecked()
    qtbot.mouseClick(log, Qt.MouseButton.LeftButton)
    assert view.document.config.display.log_loss
    np.testing.assert_allclose(data_of(plots_of(view)[0])[0][1], np.log10(frame.curves.train_loss))
    view.document.undo_stack.undo()
    assert linear.isChecked()
    np.testing.assert_array_equal(data_of(plots_of(view)[0])[0][1], frame.curves.train_loss)


def test_every_control_explains_itself(make_view: MakeView) -> None:
    for control in make_view().findChildren(QAbstractButton):
        assert control.objectName()
        assert control.toolTip() == control.accessibleDescription() != ""


def test_the_legend_tells_the_last_values(make_view: MakeView) -> None:
    frame = frame_of()
    view = make_view(frame)
    train, test = legend_of(view).entries
    assert train.value == f"{frame.curves.train_loss[-1]:#.3g}   {100 * frame.curves.train_accuracy[-1]:.1f} %"
    assert test.value == f"{frame.curves.test_loss[-1]:#.3g}   {100 * frame.curves.test_accuracy[-1]:.1f} %"
    assert legend_of(view).note == "epoch 10"
    assert (train.colour.name(), test.colour.name()) == (LIGHT.train, LIGHT.test)
    view.show_theme(DARK)
    assert [entry.colour.name() for entry in legend_of(view).entries] == [DARK.train, DARK.test]


def test_hover_tells_the_values_of_the_record_under_the_mouse(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of("hills")
    view = make_view(frame)
    plot = plots_of(view)[0]
    record = 9
    place = plot.vb.mapViewToScene(QPointF(frame.curves.epoch[record] + 0.05, frame.curves.train_loss[record]))
    qtbot.mouseMove(view.canvas.viewport(), view.canvas.mapFromScene(place))
    qtbot.waitUntil(lambda: legend_of(view).note == f"epoch {frame.curves.epoch[record]:g}")
    assert legend_of(view).entries[0].value == f"{frame.curves.train_loss[record]:#.3g}"
    assert legend_of(view).entries[1].value == f"{frame.curves.test_loss[record]:#.3g}"
    shorter = frame_of("hills", 1)  # a restart while the mouse rests there
    view.show_frame(shorter)
    view.canvas.grab()
    assert legend_of(view).note == "epoch 1"


@pytest.mark.parametrize("log", [False, True])
def test_zero_infinite_and_missing_losses_are_drawn(make_view: MakeView, log: bool) -> None:
    frame = frame_of()
    view = make_view()
    view.document.set("display.log_loss", log, "scale")
    records = len(frame.curves)
    for value in (0.0, np.inf, np.nan, 1e300, 1e-300):
        loss = np.full(records, value)
        loss[::2] = 0.5
        curves = dataclasses.replace(frame.curves, train_loss=loss, test_loss=np.full(records, value))
        view.show_frame(dataclasses.replace(frame, curves=curves))
        view.canvas.grab()
        view.show_frame(dataclasses.replace(frame, curves=None))  # nobody asked for curves
        if value == 0.0:
            assert np.all(np.isfinite(data_of(view._loss)[1][1]))


@pytest.mark.parametrize("epochs", [1, 10, 1500])
def test_the_last_epoch_is_written_whole_within_the_picture(make_view: MakeView, epochs: int) -> None:
    frame = frame_of()
    curves = frame.curves
    assert curves is not None
    spread = curves.epoch / curves.epoch[-1] * epochs
    view = make_view(dataclasses.replace(frame, curves=dataclasses.replace(curves, epoch=spread)))
    view.canvas.grab()
    axis = plots_of(view)[-1].getAxis("bottom")
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(axis.style["tickFont"])
    _, _, words = axis.generateDrawSpecs(painter)
    painter.end()
    assert float(words[-1][2]) == epochs
    for rect, _, text in words:
        assert view.canvas.sceneRect().contains(axis.mapRectToScene(rect)), text
