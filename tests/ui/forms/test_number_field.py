"""Number fields under real keys, clicks and wheels: what is selected, taken, given back, stepped and refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import DataConfig, Layer, TrainingConfig
from playground.options import Number, knobs
from playground.ui.forms.number_field import NumberField
from playground.ui.forms.refusal import Refusal
from tests.ui.conftest import Pilot

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Desk:
    """A field between two others in a dialog with a default button, and what has left it."""

    dialog: QDialog
    number: NumberField
    entered: list[float] = field(default_factory=list)
    stepped: list[float] = field(default_factory=list)
    default_pressed: list[None] = field(default_factory=list)

    @property
    def refused(self) -> list[str]:
        return [said.text() for said in self.dialog.findChildren(Refusal) if said.isVisible()]

    def left_end(self) -> QPoint:
        """A place within the text's first figure."""
        text = self.number.fontMetrics().horizontalAdvance(self.number.text())
        return QPoint(self.number.width() - text - 4, self.number.height() // 2)

    def click(self) -> None:
        QTest.mouseClick(self.number, LEFT, pos=self.left_end())

    def type(self, text: str) -> None:
        QTest.keyClicks(self.number, text)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.number, key)

    def turn(self, angle: int) -> None:
        place = QPointF(5, 5)
        event = QWheelEvent(
            place,
            self.number.mapToGlobal(place),
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.number, event)


RATE = knobs(TrainingConfig)["learning_rate"]
SHARE = knobs(DataConfig)["train_share"]
UNITS = knobs(Layer)["units"]


def desk_of(qtbot: QtBot, knob: object, value: float) -> Desk:
    assert isinstance(knob, Number)
    dialog = QDialog()
    qtbot.addWidget(dialog)
    number = NumberField(knob)
    number.show_value(value)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
    column = QVBoxLayout(dialog)
    for part in (QLineEdit(), number, QLineEdit(), buttons):
        column.addWidget(part)
    desk = Desk(dialog, number)

    def follow(taken: list[float], new: float) -> None:
        taken.append(new)
        number.show_value(new)

    number.entered.connect(lambda new: follow(desk.entered, new))
    number.stepped.connect(lambda new: follow(desk.stepped, new))
    buttons.accepted.connect(lambda: desk.default_pressed.append(None))
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    column.itemAt(0).widget().setFocus()
    return desk


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return desk_of(qtbot, RATE, 0.03)


def test_a_click_selects_all_and_what_is_typed_replaces_it(desk: Desk) -> None:
    desk.click()
    assert desk.number.selectedText() == "0.03"
    desk.type("0.01")
    desk.key(Qt.Key.Key_Return)
    assert (desk.entered, desk.number.text()) == ([0.01], "0.01")
    desk.click()  # the field has kept the focus
    desk.type("0.1")
    desk.key(Qt.Key.Key_Return)
    assert desk.entered == [0.01, 0.1]


def test_a_double_click_and_tab_select_all(desk: Desk) -> None:
    QTest.mouseDClick(desk.number, LEFT, pos=desk.left_end())
    assert desk.number.selectedText() == "0.03"
    desk.type("0.01")
    desk.key(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Backtab)
    assert not desk.number.hasFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert desk.number.hasFocus()
    desk.type("0.5")
    desk.key(Qt.Key.Key_Tab)
    assert desk.entered == [0.5], "leaving takes it"


def test_while_typing_a_click_puts_the_cursor(desk: Desk) -> None:
    desk.click()
    desk.type("0.25")
    desk.click()
    assert not desk.number.hasSelectedText()
    desk.key(Qt.Key.Key_End)
    desk.key(Qt.Key.Key_Backspace)
    desk.key(Qt.Key.Key_Return)
    assert desk.entered == [0.2]


def test_a_drag_selects_a_part(desk: Desk) -> None:
    end = QPoint(desk.number.width() - 4, desk.number.height() // 2)
    QTest.mousePress(desk.number, LEFT, pos=end)
    QTest.mouseMove(desk.number, desk.left_end() + QPoint(14, 0))
    QTest.mouseRelease(desk.number, LEFT, pos=desk.left_end() + QPoint(14, 0))
    assert 0 < len(desk.number.selectedText()) < 4


def test_escape_gives_the_old_number_back(desk: Desk) -> None:
    desk.click()
    desk.type("7")
    desk.key(Qt.Key.Key_Escape)
    assert desk.number.text() == desk.number.selectedText() == "0.03"
    assert desk.dialog.isVisible(), "the first Escape is the field's"
    desk.key(Qt.Key.Key_Return)
    assert desk.entered == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("00.01.03", 'learning rate ε must be a number, not "00.01.03".'),
        ("fast", 'learning rate ε must be a number, not "fast".'),
        ("1000", "learning rate ε must lie between 0.000001 and 100, not 1000."),
        ("-1", "learning rate ε must lie between 0.000001 and 100, not -1."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_else_happens(
    desk: Desk, typed: str, sentence: str
) -> None:
    desk.click()
    desk.type(typed)
    desk.key(Qt.Key.Key_Return)
    assert desk.refused == [sentence]
    assert (desk.entered, desk.number.text(), desk.number.selectedText()) == ([], "0.03", "0.03")
    assert desk.default_pressed == [], "the default button is not for what was refused"
    desk.type("1")
    assert desk.refused == []


def test_enter_takes_and_only_the_next_one_is_the_dialog_s(desk: Desk) -> None:
    desk.click()
    desk.type("0.2")
    desk.key(Qt.Key.Key_Return)
    assert (desk.entered, desk.default_pressed) == ([0.2], [])
    desk.key(Qt.Key.Key_Return)
    assert desk.default_pressed == [None]


@pytest.mark.parametrize(
    ("knob", "start", "key", "then"),
    [
        (RATE, 0.03, Qt.Key.Key_Up, 0.1),
        (RATE, 0.03, Qt.Key.Key_Down, 0.01),
        (RATE, 0.03, Qt.Key.Key_PageDown, 0.0001),
        (SHARE, 0.5, Qt.Key.Key_Up, 0.51),
        (SHARE, 0.9, Qt.Key.Key_Up, 0.9),
        (UNITS, 4, Qt.Key.Key_Down, 3),
    ],
)
def test_keys_step(qtbot: QtBot, knob: Number, start: float, key: Qt.Key, then: float) -> None:
    desk = desk_of(qtbot, knob, start)
    desk.click()
    desk.key(key)
    assert desk.stepped == [pytest.approx(then)]
    assert type(desk.stepped[0]) is type(start)


def test_steps_go_on_from_what_is_typed(desk: Desk) -> None:
    desk.click()
    desk.type("1")
    desk.key(Qt.Key.Key_Up)
    desk.type("rubbish")
    desk.key(Qt.Key.Key_Up)
    assert (desk.stepped, desk.entered) == ([3.0, 10.0], [])


def test_the_wheel_steps_by_whole_notches_where_the_focus_is(desk: Desk) -> None:
    desk.turn(120)
    assert desk.stepped == []
    desk.click()
    desk.turn(120)
    for _ in range(4):  # a touchpad
        desk.turn(-30)
    assert desk.stepped == [0.1, 0.03]


def test_every_number_of_the_window_is_typed_in_this_field(pilot: Pilot) -> None:
    """A line edit that takes numbers in its own way would bring the old faults back."""
    pilot.window.docks.bring_up("backprop")
    assert pilot.find(NumberField, "backprop.example")
    others = [edit for edit in pilot.window.findChildren(QLineEdit) if not isinstance(edit, NumberField)]
    of_others = [edit.parent().objectName() for edit in others if isinstance(edit.parent(), QWidget)]
    assert of_others == []


def test_the_learning_rate_is_typed_with_a_click(pilot: Pilot) -> None:
    number = pilot.find(NumberField, "training.learning_rate.field")
    for double in (False, True):
        click = QTest.mouseDClick if double else QTest.mouseClick
        click(number, LEFT, pos=QPoint(number.width() // 2, number.height() // 2))
        QTest.keyClicks(number, "0.2" if double else "0.01")
        QTest.keyClick(number, Qt.Key.Key_Return)
    assert pilot.window.document.config.training.learning_rate == 0.2
    assert pilot.window.document.undo_stack.count() == 2
