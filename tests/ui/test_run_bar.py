"""The run's bar and the message strip: what they show, what they offer, and that nothing moves while they change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame, Scores
from playground.experiment.session import Session
from playground.ui import run_bar
from playground.ui.message_strip import MessageStrip
from playground.ui.run_bar import SPEEDS, RunBar, action_icons
from playground.ui.theme import DARK, LIGHT


@pytest.fixture
def frame() -> Frame:
    return Session(Config()).frame(frozenset())


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> RunBar:
    run, step, theme = (QAction(text, qapp) for text in ("Run", "Step", "Theme"))
    made = RunBar([run, step], theme, LIGHT)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def strip(qtbot: QtBot) -> MessageStrip:
    made = MessageStrip(LIGHT)
    qtbot.addWidget(made)
    made.resize(900, made.height())
    made.show()
    return made


def buttons(strip: MessageStrip) -> list[QPushButton]:
    """Those that can be pressed, once new ones have come and old ones gone."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [button for button in strip.findChildren(QPushButton) if button.isVisible()]


def offers(strip: MessageStrip) -> list[str]:
    return [button.text() for button in buttons(strip)]


def answer(strip: MessageStrip, text: str) -> None:
    [button] = [button for button in buttons(strip) if button.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# The bar


def test_before_the_first_frame_there_are_no_numbers(bar: RunBar) -> None:
    assert {bar.value(name) for name in ("epoch", "step", "train_loss", "test_loss", "accuracy", "pace")} == {"–"}


def test_counters_show_the_frame(bar: RunBar, frame: Frame) -> None:
    scores = Scores(0.01234567, 0.5, 0.984, 0.9)
    bar.show_frame(replace(frame, epoch=1234, step=1234567, scores=scores))
    assert bar.value("epoch") == "1,234"
    assert bar.value("step") == "1,234,567"
    assert bar.value("train_loss") == "0.0123"
    assert bar.value("test_loss") == "0.5000"
    assert bar.value("accuracy") == "98.4 % · 90.0 %"


def test_a_regression_has_no_accuracy(bar: RunBar, frame: Frame) -> None:
    bar.show_frame(frame)
    bar.show_frame(replace(frame, scores=Scores(1.0, 1.0, None, None)))
    assert bar.value("accuracy") == "–"


@pytest.mark.parametrize(
    ("loss", "shown"),
    [(0.0, "0.0000"), (0.001, "0.0010"), (0.00099, "9.900e-04"), (999.9, "999.9000"), (1000.0, "1.000e+03"),
     (1.7e308, "1.700e+308"), (float("inf"), "inf"), (float("nan"), "nan")],
)  # fmt: skip
def test_a_loss_is_written_so_that_it_fits(bar: RunBar, frame: Frame, loss: float, shown: str) -> None:
    bar.show_frame(replace(frame, scores=Scores(loss, loss, 0.5, 0.5)))
    assert bar.value("train_loss") == shown
    [counter] = bar.findChildren(QWidget, "counter_train_loss")
    value = counter.findChildren(QLabel)[0]
    assert value.fontMetrics().horizontalAdvance(shown) <= value.width()


def test_nothing_moves_when_numbers_change(bar: RunBar, frame: Frame) -> None:
    def places() -> list[Any]:
        return [(child.objectName(), child.geometry()) for child in bar.findChildren(QWidget) if child.isVisible()]

    bar.show_frame(frame)
    before = places()
    bar.show_frame(replace(frame, epoch=9_999_999, step=999_999_999, scores=Scores(1e-45, 8e99, 1.0, 1.0)))
    assert places() == before


def test_the_pace_is_steps_over_half_a_second_and_more(
    bar: RunBar, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(run_bar.time, "perf_counter", lambda: now[0])
    bar.show_pace(replace(frame, step=1000), running=True)
    assert bar.value("pace") == "–"
    now[0] += 0.4
    bar.show_pace(replace(frame, step=5000), running=True)
    assert bar.value("pace") == "–"
    now[0] += 0.1
    bar.show_pace(replace(frame, step=7000), running=True)
    assert bar.value("pace") == "12,000"
    now[0] += 1.0
    bar.show_pace(replace(frame, run=frame.run + 1, step=10), running=True)  # restarted: nothing to compare with
    assert bar.value("pace") == "12,000"
    now[0] += 1.0
    bar.show_pace(replace(frame, run=frame.run + 1, step=510), running=True)
    assert bar.value("pace") == "500"
    bar.show_pace(frame, running=False)
    assert bar.value("pace") == "–"


def test_a_speed_is_chosen_and_told(bar: RunBar, qtbot: QtBot) -> None:
    box = bar.findChild(QComboBox, "speed")
    assert box is not None
    assert box.currentText() == "full speed"
    told: list[float | None] = []
    bar.speed_chosen.connect(told.append)
    for index in range(box.count()):
        box.setCurrentIndex(index)
        box.activated.emit(index)
    assert told == list(SPEEDS)
    assert "2" in box.itemText(0)
    assert box.toolTip() == box.accessibleDescription() != ""


def test_actions_have_icons_and_play_one_for_pause(qtbot: QtBot) -> None:
    names = ("play", "step", "epoch", "reset", "seed")
    actions = {name: QAction(name) for name in names}
    bar = RunBar(list(actions.values()), QAction("Theme"), LIGHT)
    qtbot.addWidget(bar)

    def pictures() -> dict[str, Any]:
        return {name: action.icon().pixmap(24, 24).toImage() for name, action in actions.items()}

    action_icons(actions, LIGHT, running=False)
    idle = pictures()
    action_icons(actions, LIGHT, running=True)
    assert [name for name in names if pictures()[name] != idle[name]] == ["play"]
    action_icons(actions, DARK, running=False)
    assert all(pictures()[name] != idle[name] for name in names)


def test_counters_take_the_colour_of_a_theme(bar: RunBar) -> None:
    for theme in (DARK, LIGHT):
        bar.show_theme(theme)
        [counter] = bar.findChildren(QWidget, "counter_step")
        assert counter.findChildren(QLabel)[0].palette().windowText().color().name() == theme.text


def test_all_of_it_fits_the_smallest_screen_with_five_actions(qtbot: QtBot) -> None:
    actions = [QAction(text) for text in ("Pause", "Step", "Epoch", "Reset", "New seed")]
    bar = RunBar(actions, QAction("Light or dark"), LIGHT)
    qtbot.addWidget(bar)
    assert bar.sizeHint().width() <= 1280


def test_all_buttons_can_be_reached(bar: RunBar) -> None:
    bar.resize(1280, bar.height())
    QApplication.processEvents()
    shown = [button.text() for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert shown == ["Run", "Step", "Theme"]


# The strip


def test_news_replace_each_other(strip: MessageStrip) -> None:
    strip.say("One.")
    strip.say("Two.")
    assert strip.text == "Two."
    assert not strip.urgent
    assert not offers(strip)
    strip.clear()
    assert strip.text == ""


def test_a_warning_stays_until_it_is_dismissed(strip: MessageStrip) -> None:
    strip.warn("Broken.")
    strip.say("All is well.")
    assert strip.text == "Broken."
    assert strip.urgent
    assert offers(strip) == ["Dismiss"]
    answer(strip, "Dismiss")
    assert strip.text == ""
    assert not strip.urgent
    assert not offers(strip)
    strip.say("All is well.")
    assert strip.text == "All is well."


def test_an_offer_is_carried_out_and_the_warning_is_over_before(strip: MessageStrip) -> None:
    """So that what it does may say something itself."""
    done: list[str] = []

    def mend() -> None:
        done.append(strip.text)
        strip.say("Mended.")

    strip.warn("Broken.", ("Mend", mend), ("Leave", lambda: done.append("left")))
    assert offers(strip) == ["Mend", "Leave", "Dismiss"]
    answer(strip, "Mend")
    assert done == [""]
    assert strip.text == "Mended."
    assert not offers(strip)


def test_a_later_warning_takes_the_place_of_an_earlier_one_with_its_offers(strip: MessageStrip) -> None:
    strip.warn("One.", ("Mend", lambda: None))
    strip.warn("Two.")
    assert strip.text == "Two."
    assert offers(strip) == ["Dismiss"]


def test_the_strip_is_always_as_high(strip: MessageStrip) -> None:
    heights = set()
    for say in (lambda: strip.say("News. " * 40), lambda: strip.warn("Bad. " * 60, ("A", strip.clear)), strip.clear):
        say()
        heights.add((strip.height(), strip.minimumSizeHint().height()))
    assert len(heights) == 1


def test_a_long_sentence_does_not_widen_the_window_and_can_be_read_in_whole(strip: MessageStrip) -> None:
    narrow = strip.minimumSizeHint().width()
    strip.say("word " * 400)
    assert strip.minimumSizeHint().width() == narrow
    label = strip.findChild(QLabel, "message")
    assert label is not None
    assert label.toolTip() == strip.text


def test_a_sentence_is_shown_as_it_is(strip: MessageStrip) -> None:
    strip.warn("<b>bold</b>.csv cannot be read.")
    label = strip.findChild(QLabel, "message")
    assert label is not None
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_warning_looks_like_one_in_both_themes(strip: MessageStrip) -> None:
    label = strip.findChild(QLabel, "message")
    assert label is not None
    for theme in (DARK, LIGHT):
        strip.show_theme(theme)
        strip.warn("Broken.")
        assert label.palette().windowText().color().name() == theme.warning
        strip.clear()
        strip.say("Fine.")
        assert label.palette().windowText().color().name() == theme.muted
        strip.warn("Broken.")
    strip.show_theme(DARK)
    assert label.palette().windowText().color().name() == DARK.warning
