"""The loss view: both curves as they were recorded, on either scale, with the values under the mouse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.options.numerals import counted
from playground.ui.plots.curve import CurvePlot
from playground.ui.shell.run_bar import RunBar
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.loss import LossView
from playground.ui.workspace.document import Document
from tests.frames import altered
from tests.ui.views.rig import legend_of, show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., LossView]
MEMBERS, VALIDATION = ("ensemble.members", "5"), ("data.validation_share", "0.2")


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame | None = None, theme: Any = LIGHT) -> LossView:
        view = LossView(Document(Config()), theme)
        show_alone(view, qtbot, frame)
        return view

    return make


def frame_of(source: str = "circle", epochs: int = 10, *edits: tuple[str, str]) -> Frame:
    config = with_text(Config(), "data.source", source)
    for path, text in edits:
        config = with_text(config, path, text)
    session = Session(config)
    session.train(epochs)
    return session.frame()


def plots_of(view: LossView) -> list[CurvePlot]:
    """The plots to be seen, from top to bottom."""
    plots = [item for item in view.figure().scene().items() if type(item) is CurvePlot]
    return sorted(plots, key=lambda plot: plot.sceneBoundingRect().top())


def data_of(plot: CurvePlot) -> list[tuple[Any, Any]]:
    return [curve.getData() for curve in plot._curves]


def test_the_curves_are_the_frame_s(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of()
    view = make_view(frame)
    assert view.needs == {Curves}
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


def test_the_scale_is_chosen_and_remembered(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of("hills")
    view = make_view(frame)
    log, linear = (view.findChild(QAbstractButton, f"loss.scale.{name}") for name in ("log", "linear"))
    assert linear.isChecked()
    qtbot.mouseClick(log, Qt.MouseButton.LeftButton)
    assert view.options.log
    np.testing.assert_allclose(data_of(plots_of(view)[0])[0][1], np.log10(frame.curves.train_loss))
    assert make_view().options.log
    qtbot.mouseClick(linear, Qt.MouseButton.LeftButton)
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
    assert (train.value, train.more) == (
        f"{frame.curves.train_loss[-1]:#.3g}",
        f"   {100 * frame.curves.train_accuracy[-1]:.1f} %",
    )
    assert (test.value, test.more) == (
        f"{frame.curves.test_loss[-1]:#.3g}",
        f"   {100 * frame.curves.test_accuracy[-1]:.1f} %",
    )
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
    view.choose(log=log)
    records = len(frame.curves)
    for value in (0.0, np.inf, np.nan, 1e300, 1e-300):
        loss = np.full(records, value)
        loss[::2] = 0.5
        curves = dataclasses.replace(frame.curves, train_loss=loss, test_loss=np.full(records, value))
        view.show_frame(altered(frame, curves=curves))
        view.canvas.grab()
        view.show_frame(altered(frame, curves=None))  # nobody asked for curves
        if value == 0.0:
            assert np.all(np.isfinite(data_of(view._loss)[1][1]))


def hover(view: LossView, qtbot: QtBot, record: int) -> None:
    """Point at a record, and wait until the legend tells it."""
    curves, plot = view._curves, plots_of(view)[0]
    place = plot.vb.mapViewToScene(QPointF(curves.epoch[record] + 0.05, plot.vb.viewRange()[1][1] / 2.0))
    qtbot.mouseMove(view.canvas.viewport(), view.canvas.mapFromScene(place))
    qtbot.waitUntil(lambda: legend_of(view).note.endswith(f"epoch {curves.epoch[record]:g}"))


def test_with_validation_there_is_a_third_curve(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of("circle", 10, VALIDATION)
    view = make_view(frame)
    losses, shares = plots_of(view)
    for plot, part in ((losses, "loss"), (shares, "accuracy")):
        for (_, values), name in zip(data_of(plot), ("train", "validation", "test"), strict=True):
            np.testing.assert_array_equal(values, getattr(frame.curves, f"{name}_{part}"))
    entries = legend_of(view).entries
    assert [entry.name for entry in entries] == ["training", "validation", "test"]
    assert [entry.colour.name() for entry in entries] == [LIGHT.train, LIGHT.validation, LIGHT.test]
    assert entries[1].value == f"{frame.curves.validation_loss[-1]:#.3g}"
    assert [curve.opts["pen"].color().name() for curve in losses._curves] == [e.colour.name() for e in entries]
    assert not view._tag.isVisible()
    hover(view, qtbot, 9)
    assert view._tag.text().splitlines()[0] == f"epoch {frame.curves.epoch[9]:g}: loss, accuracy"
    share = 100.0 * frame.curves.validation_accuracy[9]
    assert f"validation {frame.curves.validation_loss[9]:#.3g}, {share:.1f} %" in view._tag.text()
    view.show_theme(DARK)
    assert legend_of(view).entries[1].colour.name() == DARK.validation
    view.show_frame(frame_of())
    assert [entry.name for entry in legend_of(view).entries] == ["training", "test"]
    assert [curve.opts["pen"].color().name() for curve in losses._curves] == [DARK.train, DARK.test]


@pytest.mark.parametrize(("edits", "held_out"), [((), 1), ((VALIDATION,), 1)])
def test_of_members_the_median_is_bold_and_each_is_thin(
    make_view: MakeView, edits: tuple[tuple[str, str], ...], held_out: int
) -> None:
    frame = frame_of("circle", 10, MEMBERS, *edits)
    view = make_view(frame)
    curves, plot = frame.curves, plots_of(view)[0]
    drawn = data_of(plot)
    assert len(drawn) == (3 if edits else 2)
    for line, losses in ((drawn[0], curves.train_losses), (drawn[held_out], curves.held_out_losses)):
        np.testing.assert_allclose(line[1], np.median(losses, axis=1))
    if edits:
        np.testing.assert_array_equal(drawn[2][1], curves.test_loss)
    for spread, losses in zip(view._spreads, (curves.train_losses, curves.held_out_losses), strict=True):
        x, y = spread._lines.getData()
        assert np.isnan(x).sum() == 5
        np.testing.assert_array_equal(y[~np.isnan(x)], losses.T.ravel())
        assert spread._band.path().elementCount() == 2 * len(curves)
    colour = view._spreads[1]._lines.opts["pen"].color().name()
    assert colour == (LIGHT.validation if edits else LIGHT.test)
    np.testing.assert_array_equal(data_of(plots_of(view)[1])[0][1], curves.train_accuracy)


def test_hover_tells_median_and_band(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of("hills", 10, MEMBERS, VALIDATION)
    view = make_view(frame)
    hover(view, qtbot, 8)
    low, median, high = np.quantile(frame.curves.train_losses[8], [0.1, 0.5, 0.9])
    lines = view._tag.text().splitlines()
    assert lines[0] == f"epoch {frame.curves.epoch[8]:g}: median loss (10–90 %)"
    assert lines[1] == f"training {median:#.3g} ({low:#.3g} – {high:#.3g})"
    assert lines[2].startswith("validation ")
    assert lines[3] == f"test {frame.curves.test_loss[8]:#.3g} on average"
    assert legend_of(view).note == f"median loss, epoch {frame.curves.epoch[8]:g}"


def test_a_fallen_member_is_no_part_of_the_band(make_view: MakeView) -> None:
    frame = frame_of("circle", 5, MEMBERS)
    losses = frame.curves.train_losses.copy()
    losses[3:, 2], losses[4, 1] = 1e200, np.inf
    view = make_view(altered(frame, diverged=(2,), curves=dataclasses.replace(frame.curves, train_losses=losses)))
    median = data_of(plots_of(view)[0])[0][1]
    np.testing.assert_allclose(median[3], np.median(losses[3, [0, 1, 3, 4]]))
    np.testing.assert_allclose(median[4], np.median(losses[4, [0, 3, 4]]))
    assert plots_of(view)[0].vb.viewRange()[1][1] < 10.0
    view.choose(log=True)
    view.canvas.grab()


def test_one_member_without_validation_has_neither_band_nor_tag(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of("hills")
    view = make_view(frame_of("hills", 3, MEMBERS))
    view.show_frame(frame)
    assert not any(item.isVisible() for spread in view._spreads for item in (spread._lines, spread._band))
    assert len(data_of(plots_of(view)[0])) == 2
    hover(view, qtbot, 9)
    assert not view._tag.isVisible()
    assert legend_of(view).note == f"epoch {frame.curves.epoch[9]:g}"


def test_a_long_history_of_many_members_is_drawn_thinned(make_view: MakeView) -> None:
    frame = frame_of("circle", 1, ("ensemble.members", "64"))
    rows = np.arange(2048) % len(frame.curves)
    curves = dataclasses.replace(frame.curves, **{name: each[rows] for name, each in vars(frame.curves).items()})
    curves = dataclasses.replace(curves, epoch=np.arange(2048.0))
    view = make_view(altered(frame, curves=curves))
    epochs, _ = data_of(plots_of(view)[0])[0]
    assert len(epochs) <= 401
    assert epochs[-1] == 2047.0
    assert len(view._spreads[0]._lines.getData()[0]) <= 64 * 202


@pytest.mark.parametrize("epochs", [1, 10, 1500])
def test_the_last_epoch_is_written_whole_within_the_picture(make_view: MakeView, epochs: int) -> None:
    frame = frame_of()
    curves = frame.curves
    assert curves is not None
    spread = curves.epoch / curves.epoch[-1] * epochs
    view = make_view(altered(frame, curves=dataclasses.replace(curves, epoch=spread)))
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


def test_a_break_in_the_losses_is_marked_where_it_was(qtbot: QtBot) -> None:
    session = Session(Config())
    session.train(3)
    view = LossView(Document(Config()), LIGHT)
    qtbot.addWidget(view)
    view.show_frame(session.frame())
    assert not view._break.isVisible()
    session.set_weight(0, 0, 0, 2.0)
    session.train(5)
    view.show_frame(session.frame())
    assert view._break.isVisible()
    assert view._break.value() == pytest.approx(3.0)
    session.restart()
    view.show_frame(session.frame())
    assert not view._break.isVisible()


@pytest.mark.parametrize("members", ["1", "5"])
def test_after_single_steps_the_bar_and_the_panel_tell_the_same(
    make_view: MakeView, qtbot: QtBot, members: str
) -> None:
    session = Session(with_text(Config(), "ensemble.members", members))
    bar = RunBar([], QAction("theme"))
    qtbot.addWidget(bar)
    for steps in (5, 20, 1):
        session.step(steps)
        frame = session.frame()
        view = make_view(frame)
        bar.show_frame(frame)
        legend = legend_of(view)
        assert [entry.value for entry in legend.entries] == [bar.value("train_loss"), bar.value("test_loss")]
        assert " · ".join(entry.more.strip() for entry in legend.entries) == bar.value("accuracy")
        assert legend.note.endswith(f"epoch {counted(frame.step / frame.scene.steps_per_epoch)}")
        assert len(session.history) < len(frame.curves) or frame.step % 25 == 0, "the moment itself is no record"
