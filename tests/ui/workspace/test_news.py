"""News of a run: each piece said once, in words, and gone when it is no longer true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from playground.experiment.config import Config
from playground.experiment.frame import Divergence, Frame
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.options.message import Message
from playground.ui.workspace.news import News
from playground.ui.workspace.notices import Notices
from tests.frames import altered

ENDING = "Stopped after epoch 9."


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def news(notices: Notices, asked: list[str], qapp: QApplication) -> News:
    return News(notices, lambda: asked.append("back"), lambda: asked.append("reset"), QObject(qapp))


@pytest.fixture
def frame() -> Frame:
    """Of eight members, each with a name."""
    made = Session(with_text(Config(), "ensemble.members", "8")).frame(frozenset())
    return replace(made, scene=replace(made.scene, members=tuple("abcdefgh")))


def test_an_ending_is_said_once_and_is_no_alarm(news: News, notices: Notices, frame: Frame) -> None:
    news.follow(frame)
    assert notices.text == ""
    news.follow(replace(frame, ending=Message(ENDING)))
    assert (notices.text, notices.urgent) == (ENDING, False)
    notices.say("Something else.")
    news.follow(replace(frame, ending=Message(ENDING)))
    assert notices.text == "Something else."
    news.repeat()
    assert notices.text == ENDING
    news.follow(replace(frame, ending=Message("Stopped after epoch 12.")))
    assert notices.text == "Stopped after epoch 12."


def test_an_ending_is_gone_when_the_run_goes_on(news: News, notices: Notices, frame: Frame) -> None:
    news.follow(replace(frame, ending=Message(ENDING)))
    news.follow(frame)
    assert notices.text == ""
    notices.say("Training.")
    news.repeat()
    news.follow(frame)
    assert notices.text == "Training."


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
    news: News, notices: Notices, frame: Frame, diverged: tuple[int, ...], sentence: str
) -> None:
    news.follow(altered(frame, diverged=diverged))
    assert (notices.text, notices.urgent) == (sentence, False)


def test_each_fall_is_told_once_in_every_run(news: News, notices: Notices, frame: Frame) -> None:
    news.follow(altered(frame, diverged=(2,)))
    notices.clear()
    news.follow(altered(frame, diverged=(2,)))
    assert notices.text == ""
    news.follow(altered(frame, diverged=(2, 5)))
    assert notices.text.startswith("c and f diverged")
    news.follow(replace(frame, run=frame.run + 1))
    assert notices.text == ""
    news.follow(replace(frame, run=frame.run + 1, diverged=(2, 5)))
    assert notices.text.startswith("c and f diverged")


def test_a_divergence_warns_with_a_way_back(news: News, notices: Notices, frame: Frame, asked: list[str]) -> None:
    broken = replace(frame, divergence=Divergence(9, 2, Message("The run diverged at step 9.")))
    news.follow(broken)
    assert notices.urgent
    assert notices.text.startswith("The run diverged at step 9.")
    for offer in notices.offers[:2]:
        notices.take(offer)
    assert asked == ["back", "reset"]
    notices.clear()
    news.follow(broken)  # it is still so
    assert notices.urgent
    news.follow(replace(frame, step=8))
    assert not notices.urgent
    assert notices.text.startswith("Back at step 8")
