"""News of a run: each piece said once, in words, and gone when it is no longer true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Divergence, Frame
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.options.message import Message
from playground.ui.shell.message_strip import MessageStrip
from playground.ui.workspace.news import News

ENDING = "Stopped after epoch 9."


@pytest.fixture
def strip(qtbot: QtBot) -> MessageStrip:
    made = MessageStrip()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def news(strip: MessageStrip, asked: list[str], qapp: QApplication) -> News:
    return News(strip, lambda: asked.append("back"), lambda: asked.append("reset"), QObject(qapp))


@pytest.fixture
def frame() -> Frame:
    """Of eight members, each with a name."""
    made = Session(with_text(Config(), "ensemble.members", "8")).frame(frozenset())
    return replace(made, scene=replace(made.scene, members=tuple("abcdefgh")))


def test_an_ending_is_said_once_and_is_no_alarm(news: News, strip: MessageStrip, frame: Frame) -> None:
    news.follow(frame)
    assert strip.text == ""
    news.follow(replace(frame, ending=ENDING))
    assert (strip.text, strip.urgent) == (ENDING, False)
    strip.say("Something else.")
    news.follow(replace(frame, ending=ENDING))
    assert strip.text == "Something else."
    news.repeat()
    assert strip.text == ENDING
    news.follow(replace(frame, ending="Stopped after epoch 12."))
    assert strip.text == "Stopped after epoch 12."


def test_an_ending_is_gone_when_the_run_goes_on(news: News, strip: MessageStrip, frame: Frame) -> None:
    news.follow(replace(frame, ending=ENDING))
    news.follow(frame)
    assert strip.text == ""
    strip.say("Training.")
    news.repeat()
    news.follow(frame)
    assert strip.text == "Training."


@pytest.mark.parametrize(
    ("diverged", "sentence"),
    [
        ((2,), "c diverged and is left where it was; the other 7 go on."),
        ((2, 5), "c and f diverged and are left where they were; the other 6 go on."),
        ((0, 2, 5), "a, c and f diverged and are left where they were; the other 5 go on."),
        ((0, 1, 2, 5, 6), "a, b, c and 2 more diverged and are left where they were; the other 3 go on."),
        (tuple(range(7)), "a, b, c and 4 more diverged and are left where they were; the other goes on."),
    ],
)
def test_members_that_fall_are_named(
    news: News, strip: MessageStrip, frame: Frame, diverged: tuple[int, ...], sentence: str
) -> None:
    news.follow(replace(frame, diverged=diverged))
    assert (strip.text, strip.urgent) == (sentence, False)


def test_each_fall_is_told_once_in_every_run(news: News, strip: MessageStrip, frame: Frame) -> None:
    news.follow(replace(frame, diverged=(2,)))
    strip.clear()
    news.follow(replace(frame, diverged=(2,)))
    assert strip.text == ""
    news.follow(replace(frame, diverged=(2, 5)))
    assert strip.text.startswith("c and f diverged")
    news.follow(replace(frame, run=frame.run + 1))
    assert strip.text == ""
    news.follow(replace(frame, run=frame.run + 1, diverged=(2, 5)))
    assert strip.text.startswith("c and f diverged")


def test_a_divergence_warns_with_a_way_back(news: News, strip: MessageStrip, frame: Frame, asked: list[str]) -> None:
    broken = replace(frame, divergence=Divergence(9, 2, Message("The run diverged at step 9.")))
    news.follow(broken)
    assert strip.urgent
    assert strip.text.startswith("The run diverged at step 9.")
    for button in strip.findChildren(QPushButton)[:2]:
        button.click()
    assert asked == ["back", "reset"]
    strip.clear()
    news.follow(broken)  # it is still so
    assert strip.urgent
    news.follow(replace(frame, step=8))
    assert not strip.urgent
    assert strip.text.startswith("Back at step 8")
