"""The dialog of the range test in the real window: what it shows, what it sets, and that training goes on meanwhile."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton

from playground.cancellation import Cancelled, check
from playground.data.dataset import Dataset
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.nn.optimizers import LBFGS, Adam
from playground.options import with_value
from playground.study.range_test import HIGHEST, LOWEST, RangeTest, range_test
from playground.ui.commands import range_dialog
from playground.ui.commands.range_dialog import RangeDialog
from playground.ui.plots.range_plot import RangePlot
from playground.ui.theme import DARK, LIGHT
from tests.ui.conftest import Pilot, Windows

Key = Qt.Key


class Opened:
    """The dialog, and its parts as a user finds them."""

    def __init__(self, pilot: Pilot) -> None:
        self.pilot = pilot
        pilot.find(QToolButton, "training.learning_rate.find").click()
        self.dialog: RangeDialog = pilot.find(RangeDialog, "range_test")
        self.plot: RangePlot = pilot.find(RangePlot, "range_test.plot")
        self.use: QPushButton = pilot.find(QPushButton, "range_test.use")
        self.again: QPushButton = pilot.find(QPushButton, "range_test.again")
        self.field: QLineEdit = pilot.find(QLineEdit, "range_test.rate")

    def says(self, name: str) -> str:
        """What is written there, "" where it is hidden."""
        label: QLabel = self.pilot.find(QLabel, f"range_test.{name}")
        return label.text() if label.isVisible() else ""

    def done(self) -> Opened:
        """Wait for a test."""
        self.pilot.until(lambda: "fastest" in self.says("verdict") or "certain" in self.says("verdict"))
        return self

    def drawn(self) -> int:
        xs, _ = self.plot._smoothed.getData()
        return 0 if xs is None else len(xs)

    def line(self, name: str) -> float | None:
        line = self.plot._lines[name]
        return 10.0 ** line.value() if line.isVisible() else None

    def place(self, rate: float) -> QPoint:
        """Where a rate is on the plot, in its widget."""
        box = self.plot._plot.vb
        (low, high), _ = box.viewRange()
        rect = box.sceneBoundingRect()
        share = (math.log10(rate) - low) / (high - low)
        return self.plot.mapFromScene(QPointF(rect.left() + share * rect.width(), rect.center().y()))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], bool]]]:
    """Tests go on until they are called off; the list holds whether they have been."""
    called_off: list[Callable[[], bool]] = []
    end = threading.Event()

    def hold(config: Config, dataset: Dataset) -> RangeTest:
        ended = threading.Event()
        called_off.append(ended.is_set)
        try:
            while not end.wait(0.01):
                check()
        except Cancelled:
            ended.set()
            raise
        return range_test(config, dataset)

    monkeypatch.setattr(range_dialog, "range_test", hold)
    yield called_off
    end.set()


def test_it_shows_the_test_of_the_experiment_and_suggests_its_rate(pilot: Pilot) -> None:
    expected = range_test(Config(), Session(Config()).dataset)
    assert expected.suggestion is not None
    opened = Opened(pilot).done()
    assert opened.drawn() == len(expected.rates)
    assert opened.line("steepest") == pytest.approx(expected.suggestion)
    assert opened.line("now") == pytest.approx(0.03)
    assert f"{expected.suggestion:.2g}" in opened.says("verdict")
    assert f"{expected.broke_at:.2g}" in opened.says("verdict")
    assert opened.use.text() == f"Use {expected.suggestion:.2g}"
    assert opened.says("remark") == ""


def test_using_a_rate_is_an_edit_that_goes_on_and_can_be_undone(pilot: Pilot) -> None:
    pilot.play()
    run = pilot.frame.run
    opened = Opened(pilot).done()
    rate = float(opened.field.text())
    opened.use.click()
    assert pilot.window.document.config.training.learning_rate == rate
    assert opened.line("now") == pytest.approx(rate)
    step = pilot.frame.step
    pilot.until(lambda: pilot.frame.step > step)
    assert pilot.frame.run == run
    assert opened.says("remark") == "", "the rate that is set has no influence on the test"
    pilot.window.document.undo_stack.undo()
    assert pilot.window.document.config.training.learning_rate == 0.03
    assert opened.line("now") == pytest.approx(0.03)


def test_a_click_chooses_another_rate(pilot: Pilot) -> None:
    opened = Opened(pilot).done()
    view = opened.plot.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=opened.place(0.01))
    assert float(opened.field.text()) == pytest.approx(0.01, rel=0.1)
    assert opened.line("chosen") == pytest.approx(float(opened.field.text()))
    assert pilot.window.document.config.training.learning_rate == 0.03, "until it is used"


@pytest.mark.parametrize(("rate", "chosen"), [(1e-9, LOWEST), (0.0123456, 0.012), (1e5, HIGHEST)])
def test_a_drag_chooses_a_rate_that_may_be_set(pilot: Pilot, rate: float, chosen: float) -> None:
    opened = Opened(pilot).done()
    box = opened.plot._plot.vb

    class Drag:
        def button(self) -> Qt.MouseButton:
            return Qt.MouseButton.LeftButton

        def accept(self) -> None:
            pass

        def scenePos(self) -> QPointF:
            return box.mapViewToScene(QPointF(math.log10(rate), 0.5))

    box.mouseDragEvent(Drag())
    assert float(opened.field.text()) == pytest.approx(chosen)
    opened.use.click()
    assert pilot.window.document.config.training.learning_rate == pytest.approx(chosen)


def test_a_rate_can_be_typed_and_nonsense_is_refused(pilot: Pilot) -> None:
    opened = Opened(pilot).done()
    opened.field.setFocus()
    for typed, rate in (("0.25", "0.25"), ("1000", "0.25"), ("much", "0.25")):
        opened.field.selectAll()
        QTest.keyClicks(opened.field, typed)
        opened.field.editingFinished.emit()
        assert opened.field.text() == rate
        assert opened.use.text() == "Use 0.25"


def test_changed_settings_are_said_and_tested_anew(pilot: Pilot) -> None:
    opened = Opened(pilot).done()
    before = opened.says("verdict")
    pilot.window.document.set("training.optimizer", Adam(), "optimizer")
    assert "changed" in opened.says("remark")
    opened.again.click()
    pilot.until(lambda: opened.says("remark") == "" and "fastest" in opened.says("verdict"))
    assert opened.says("verdict") != before
    pilot.window.document.undo_stack.undo()
    assert "changed" in opened.says("remark")


def test_an_optimizer_without_a_rate_is_refused_in_a_sentence(windows: Windows) -> None:
    config = with_value(with_value(Config(), "training.batch_size", 1000), "training.optimizer", LBFGS())
    opened = Opened(windows.open(config))
    opened.pilot.until(lambda: opened.says("remark"))
    assert (
        opened.says("remark") == "L-BFGS finds the length of its steps itself: there is no learning rate to look for."
    )
    assert opened.drawn() == 0
    assert opened.line("steepest") is None


def test_the_window_stays_live_while_a_test_is_under_way(pilot: Pilot, held: list[Any]) -> None:
    opened = Opened(pilot)
    pilot.until(lambda: held)
    assert "Testing" in opened.says("verdict")
    pilot.play()
    pilot.window.document.set("training.batch_size", 5, "mini-batch")
    step = pilot.frame.step
    pilot.until(lambda: pilot.frame.step > step)
    assert not held[0]()


def test_closing_the_dialog_or_the_window_stops_the_test(pilot: Pilot, held: list[Any]) -> None:
    opened = Opened(pilot)
    pilot.until(lambda: held)
    QTest.keyClick(opened.dialog, Key.Key_Escape)
    pilot.until(held[0])
    assert not opened.dialog.isVisible()
    Opened(pilot)
    pilot.until(lambda: len(held) == 2)
    assert not held[1]()
    pilot.window.files.keep()
    pilot.window.close()
    pilot.until(held[1])
    assert not opened.dialog.isVisible()


def test_running_again_stops_the_test_before(pilot: Pilot, held: list[Any]) -> None:
    opened = Opened(pilot)
    pilot.until(lambda: held)
    opened.again.click()
    pilot.until(lambda: len(held) == 2)
    pilot.until(held[0])
    assert not held[1]()


def test_opened_again_it_shows_the_same_test_unless_settings_have_changed(pilot: Pilot) -> None:
    opened = Opened(pilot).done()
    text = opened.use.text()
    opened.dialog.reject()
    assert Opened(pilot).dialog is opened.dialog
    assert opened.use.text() == text
    assert "fastest" in opened.says("verdict")
    opened.dialog.reject()
    pilot.window.document.set("training.optimizer", Adam(), "optimizer")
    Opened(pilot)
    pilot.until(lambda: opened.use.text() != text)
    assert opened.says("remark") == ""


def test_it_follows_the_theme(pilot: Pilot) -> None:
    opened = Opened(pilot).done()
    for theme in (DARK, LIGHT):
        pilot.window.show_theme(theme)
        assert opened.plot.backgroundBrush().color() == QColor(theme.base)
        assert opened.plot._smoothed.opts["pen"].color() == QColor(theme.train)


def test_the_menu_and_its_key_open_it(pilot: Pilot) -> None:
    pilot.control(Key.Key_L)
    assert pilot.find(RangeDialog, "range_test").isVisible()


def test_every_control_is_named_and_described(pilot: Pilot) -> None:
    opened = Opened(pilot)
    for control in (opened.use, opened.again, opened.field, opened.plot):
        assert control.toolTip()
        assert control.accessibleDescription() == control.toolTip()
