"""The run's bar and the message strip: what they show, what they offer, and that nothing moves while they change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Scores
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.ui.shell import run_bar
from playground.ui.shell.message_strip import MessageStrip
from playground.ui.shell.run_bar import FIRST_SPEED, SPEEDS, RunBar
from playground.ui.theme import DARK, LIGHT, apply_theme
from playground.ui.workspace.notices import Notices


@pytest.fixture
def frame() -> Frame:
    return Session(Config()).frame(frozenset())


def scored(frame: Frame, losses: tuple[float, float], accuracies: Any = (0.5, 0.5), **more: Any) -> Frame:
    """The frame with these losses and accuracies of training and test, and what else its scores hold."""
    values = {"step": frame.step, "train_loss": losses[0], "test_loss": losses[1]}
    values |= {"validation_loss": None, "validation_accuracy": None}
    values |= {"train_accuracy": accuracies[0], "test_accuracy": accuracies[1], "of_mean": None}
    each: dict[str, Any] = {"train_losses": losses[:1], "held_out_losses": losses[1:]}
    return replace(frame, scores=Scores(**(values | each | more)))


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> RunBar:
    run, step, theme = (QAction(text, qapp) for text in ("Run", "Step", "Theme"))
    made = RunBar([run, step], theme)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def strip(qtbot: QtBot) -> MessageStrip:
    made = MessageStrip(Notices())
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
    bar.show_frame(replace(scored(frame, (0.01234567, 0.5), (0.984, 0.9)), epoch=1234, step=1234567))
    assert bar.value("epoch") == "1,234"
    assert bar.value("step") == "1,234,567"
    assert bar.value("train_loss") == "0.0123"
    assert bar.value("test_loss") == "0.500"
    assert bar.value("accuracy") == "98.4 % · 90.0 %"


def test_a_regression_has_no_accuracy(bar: RunBar, frame: Frame) -> None:
    bar.show_frame(frame)
    bar.show_frame(scored(frame, (1.0, 1.0), (None, None)))
    assert bar.value("accuracy") == "–"


@pytest.mark.parametrize(
    ("loss", "shown"),
    [(0.0, "0"), (0.456, "0.456"), (0.0000099, "9.90·10⁻⁶"), (99999.0, "99,999"), (1.7e308, "1.70·10³⁰⁸"),
     (float("inf"), "∞"), (float("nan"), "–")],
)  # fmt: skip
def test_a_loss_is_written_so_that_it_fits(bar: RunBar, frame: Frame, loss: float, shown: str) -> None:
    bar.show_frame(scored(frame, (loss, loss)))
    assert bar.value("train_loss") == shown
    [counter] = bar.findChildren(QWidget, "counter_train_loss")
    value = counter.findChildren(QLabel)[0]
    assert value.fontMetrics().horizontalAdvance(shown) <= value.width()


def test_nothing_moves_when_numbers_change(bar: RunBar, frame: Frame) -> None:
    def places() -> list[Any]:
        return [(child.objectName(), child.geometry()) for child in bar.findChildren(QWidget) if child.isVisible()]

    bar.show_frame(frame)
    before = places()
    bar.show_frame(replace(scored(frame, (1e-45, 8e99), (1.0, 1.0)), epoch=9_999_999, step=999_999_999))
    assert places() == before


def frame_with(*edits: tuple[str, str]) -> Frame:
    config = Config()
    for path, text in edits:
        config = with_text(config, path, text)
    return Session(config).frame(frozenset())


def shown(bar: RunBar) -> list[str]:
    """Names of the counters to be seen, from left to right, once the bar has made room for them."""
    QApplication.processEvents()
    counters = [child for child in bar.findChildren(QWidget) if child.objectName().startswith("counter_")]
    seen = [child for child in counters if child.isVisible()]
    return [child.objectName().removeprefix("counter_") for child in sorted(seen, key=lambda child: child.x())]


def tip(bar: RunBar, name: str) -> str:
    [counter] = bar.findChildren(QWidget, f"counter_{name}")
    assert counter.accessibleDescription() == counter.toolTip()
    return counter.toolTip()


def name_of(bar: RunBar, name: str) -> str:
    [counter] = bar.findChildren(QWidget, f"counter_{name}")
    return counter.accessibleName()


def test_validation_has_counters_of_its_own_while_there_is_one(bar: RunBar, frame: Frame) -> None:
    bar.resize(1280, bar.height())
    bar.show_frame(frame)
    assert shown(bar) == ["epoch", "step", "train_loss", "test_loss", "accuracy", "pace"]
    validated = frame_with(("data.validation_share", "0.2"))
    bar.show_frame(scored(validated, (0.1, 0.3), (0.9, 0.7), validation_loss=0.2, validation_accuracy=0.8))
    assert shown(bar) == ["epoch", "step", "train_loss", "validation_loss", "test_loss", "accuracies", "pace"]
    assert bar.value("validation_loss") == "0.200"
    assert bar.value("accuracies") == "90.0 % · 80.0 % · 70.0 %"
    bar.show_frame(frame)
    assert shown(bar) == ["epoch", "step", "train_loss", "test_loss", "accuracy", "pace"]


def test_of_members_the_tooltips_tell_spread_and_mean_answer(bar: RunBar, frame: Frame) -> None:
    bar.show_frame(frame)
    plain = {name: tip(bar, name) for name in ("train_loss", "test_loss", "accuracy")}
    members = frame_with(("ensemble.members", "3"))
    spread = {"train_losses": (0.1, 0.2, 0.6), "held_out_losses": (0.5, float("inf"), 0.5), "of_mean": 0.875}
    bar.show_frame(scored(members, (0.3, 0.5), **spread))
    among = "\nMedian of 3 members; 80 % of them lie between {0} and {1}"
    assert tip(bar, "train_loss") == plain["train_loss"] + among.format("0.120", "0.520")
    assert tip(bar, "test_loss").endswith(among.format("0.500", "0.500"))
    assert [name_of(bar, name) for name in plain] == [
        "median train loss",
        "median test loss",
        "mean train · test accuracy",
    ]
    assert bar.value("train_loss") == "0.200"
    assert tip(bar, "accuracy").endswith("\nMean of 3 members\nThe members' mean answer on the test examples: 87.5 %")
    numbers = frame_with(("ensemble.members", "3"), ("data.source", "hills"), ("data.validation_share", "0.2"))
    bar.show_frame(scored(numbers, (0.2, 0.5), (None, None), **spread))
    assert tip(bar, "test_loss").endswith("Mean of 3 members\nThe members' mean answer on the test examples: 0.875")
    assert name_of(bar, "test_loss") == "mean test loss"
    assert "80 % of them" in tip(bar, "validation_loss")
    bar.show_frame(frame)
    assert {name: tip(bar, name) for name in plain} == plain
    assert name_of(bar, "train_loss") == "train loss"


def test_scores_of_an_earlier_step_say_of_which(bar: RunBar, frame: Frame) -> None:
    bar.resize(1280, bar.height())
    bar.show_frame(frame)
    assert "scored" not in shown(bar)
    bar.show_frame(replace(scored(frame, (0.1, 0.1)), step=frame.step + 700))
    assert bar.value("scored") == f"{frame.step:,}"
    assert "scored" in shown(bar)
    bar.show_frame(replace(frame, run=frame.run + 1))
    assert "scored" not in shown(bar)


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
    assert QSettings().value("speed", type=str) == "full"
    assert "2" in box.itemText(0)
    assert box.toolTip() == box.accessibleDescription() != ""


def test_at_first_one_sees_it_learn_and_a_chosen_speed_is_remembered(qtbot: QtBot) -> None:
    def opened() -> RunBar:
        bar = RunBar([], QAction("Theme"))
        qtbot.addWidget(bar)
        return bar

    QSettings().remove("speed")
    first = opened()
    assert first.speed == FIRST_SPEED
    steps_to_solve_the_circle = 25 * 100
    assert 2.0 <= steps_to_solve_the_circle / first.speed <= 10.0  # seconds
    first.choose_speed(50)
    assert opened().speed == 50
    QSettings().setValue("speed", "as fast as light")  # whoever wrote that
    assert opened().speed is None


def test_all_of_it_fits_the_smallest_screen_with_five_actions(qtbot: QtBot) -> None:
    actions = [QAction(text) for text in ("Pause", "Step", "Epoch", "Reset", "New seed")]
    bar = RunBar(actions, QAction("Light or dark"))
    qtbot.addWidget(bar)
    assert bar.sizeHint().width() <= 1280
    bar.show_frame(frame_with(("data.validation_share", "0.2")))
    assert bar.sizeHint().width() <= 1280


def test_all_buttons_can_be_reached(bar: RunBar) -> None:
    bar.resize(1280, bar.height())
    QApplication.processEvents()
    shown = [button.text() for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert shown == ["Run", "Step", "Theme"]


# The strip


def test_news_replace_each_other(strip: MessageStrip) -> None:
    strip.notices.say("One.")
    strip.notices.say("Two.")
    assert strip.notices.text == "Two."
    assert not strip.notices.urgent
    assert not offers(strip)
    strip.notices.clear()
    assert strip.notices.text == ""


def test_a_warning_stays_until_it_is_dismissed(strip: MessageStrip) -> None:
    strip.notices.warn("Broken.")
    strip.notices.say("All is well.")
    assert strip.notices.text == "Broken."
    assert strip.notices.urgent
    assert offers(strip) == ["Dismiss"]
    answer(strip, "Dismiss")
    assert strip.notices.text == ""
    assert not strip.notices.urgent
    assert not offers(strip)
    strip.notices.say("All is well.")
    assert strip.notices.text == "All is well."


def test_an_offer_is_carried_out_and_the_warning_is_over_before(strip: MessageStrip) -> None:
    """So that what it does may say something itself."""
    done: list[str] = []

    def mend() -> None:
        done.append(strip.notices.text)
        strip.notices.say("Mended.")

    strip.notices.warn("Broken.", ("Mend", mend), ("Leave", lambda: done.append("left")))
    assert offers(strip) == ["Mend", "Leave", "Dismiss"]
    answer(strip, "Mend")
    assert done == [""]
    assert strip.notices.text == "Mended."
    assert not offers(strip)


def test_a_later_warning_takes_the_place_of_an_earlier_one_with_its_offers(strip: MessageStrip) -> None:
    strip.notices.warn("One.", ("Mend", lambda: None))
    strip.notices.warn("Two.")
    assert strip.notices.text == "Two."
    assert offers(strip) == ["Dismiss"]


def test_the_strip_is_always_as_high(strip: MessageStrip) -> None:
    heights = set()
    for say in (
        lambda: strip.notices.say("News. " * 40),
        lambda: strip.notices.warn("Bad. " * 60, ("A", strip.notices.clear)),
        strip.notices.clear,
    ):
        say()
        heights.add((strip.height(), strip.minimumSizeHint().height()))
    assert len(heights) == 1


def test_a_long_sentence_does_not_widen_the_window_and_can_be_read_in_whole(strip: MessageStrip) -> None:
    narrow = strip.minimumSizeHint().width()
    strip.notices.say("word " * 400)
    assert strip.minimumSizeHint().width() == narrow
    label = strip.findChild(QLabel, "message")
    assert label is not None
    assert label.toolTip() == strip.notices.text


def test_a_sentence_is_shown_as_it_is(strip: MessageStrip) -> None:
    strip.notices.warn("<b>bold</b>.csv cannot be read.")
    label = strip.findChild(QLabel, "message")
    assert label is not None
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_warning_looks_like_one_in_both_themes(strip: MessageStrip, qapp: QApplication) -> None:
    label = strip.findChild(QLabel, "message")
    assert label is not None
    for theme in (DARK, LIGHT):
        apply_theme(qapp, theme)
        strip.notices.warn("Broken.")
        assert label.palette().windowText().color().name() == theme.warning
        strip.notices.clear()
        strip.notices.say("Fine.")
        assert label.palette().windowText().color().name() == theme.muted
        strip.notices.warn("Broken.")
    apply_theme(qapp, DARK)
    assert strip.grab().toImage().pixelColor(2, 2).name() == DARK.warning_base
    assert label.palette().windowText().color().name() == DARK.warning
