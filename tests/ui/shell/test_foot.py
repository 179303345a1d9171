"""The line at the foot: who has how much of it, that nothing is lost, and that nothing moves which need not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.diagnosis.condition import Finding, Remedy
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.experiment.looks.metrics import Metrics
from playground.experiment.run.session import Session
from playground.options.message import Message
from playground.ui.forms.elided import Elided
from playground.ui.shell.diagnosis_strip import DiagnosisStrip
from playground.ui.shell.foot import COLUMN, Foot
from playground.ui.shell.message_strip import MessageStrip
from playground.ui.workspace.document import Document
from playground.ui.workspace.notices import Notices
from tests.experiment.diagnosis.sick_runs import trained
from tests.frames import altered

WIDTH = 1280
REMEDIES = (Remedy(Message("Raise the rate"), (("training.learning_rate", 0.1),)),)
SLOW = Finding("rate_too_small", "Learning rate too small", Message("The rate is 1e-05. " * 9), GradientFlow, REMEDIES)
OTHER = Finding("underfitting", "Underfitting", Message("Too simple."), Metrics, ())
LONG = "Saved " + "a folder/" * 9 + "a file."


class Line:
    """The foot of a window, and what it shows."""

    def __init__(self, qtbot: QtBot) -> None:
        self.message = MessageStrip(Notices())
        self.diagnosis = DiagnosisStrip(Document(Config()))
        self.diagnosis.name_views({GradientFlow: "Gradient magnitude"})
        self.foot = Foot(self.message, self.diagnosis)
        qtbot.addWidget(self.foot)
        self.foot.resize(WIDTH, self.foot.height())
        self.foot.show()
        self._frame = Session(Config()).frame(frozenset())

    def find(self, *findings: Finding) -> None:
        self.diagnosis.show_frame(altered(self._frame, looks=(Diagnosis(findings),)), True)

    def read(self) -> None:
        """The time to read the news is over, where they had any."""
        self.foot._fresh.stop()
        self.foot._fresh.timeout.emit()

    @property
    def shares(self) -> tuple[int, int]:
        """Pixels of the message and of the diagnosis, which lie side by side."""
        message, diagnosis = self.message.geometry(), self.diagnosis.geometry()
        assert (message.left(), message.right() + 1) == (0, diagnosis.left())
        assert diagnosis.right() + 1 == self.foot.width()
        assert self.foot.rect().contains(diagnosis)
        return message.width(), diagnosis.width()

    @property
    def buttons(self) -> dict[str, int]:
        """The buttons that can be pressed, and where on the line they stand whole."""
        QApplication.processEvents()  # new ones are laid out by an event, and old ones go by another
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        found = {}
        for button in self.foot.findChildren(QPushButton):
            if button.isVisible():
                left = button.mapTo(self.foot, button.rect().topLeft()).x()
                assert button.width() >= button.sizeHint().width()
                assert left + button.width() <= self.foot.width()
                found[button.text()] = left
        return found

    def cut(self, name: str) -> bool:
        """Whether a sentence ends in dots."""
        label = self.foot.findChild(Elided, name)
        assert label is not None
        return not label.lines(label.contentsRect().width())[1]


@pytest.fixture
def line(qtbot: QtBot) -> Line:
    return Line(qtbot)


def test_it_is_one_line_high_whatever_it_says(line: Line) -> None:
    height = line.foot.height()
    assert height < 40
    for change in (
        lambda: line.find(SLOW, OTHER),
        lambda: line.message.notices.say(LONG),
        lambda: line.message.notices.warn(LONG),
    ):
        change()
        assert line.foot.height() == height


def test_with_nothing_found_both_sentences_can_be_read_whole(line: Line) -> None:
    line.message.notices.say(LONG)
    assert not line.cut("message")
    assert not line.cut("diagnosis")
    line.read()
    assert not line.cut("message")
    assert not line.cut("diagnosis")


def test_beside_a_finding_the_message_keeps_a_column_which_its_words_do_not_move(line: Line) -> None:
    line.find(SLOW)
    column = int(COLUMN * WIDTH)
    shares = []
    for sentence in ("One.", "Another.", ""):
        line.message.notices.say(sentence)
        shares.append(line.shares)
        assert not line.cut("message")
    assert shares == [(column, WIDTH - column)] * 3


def test_long_news_can_be_read_whole_and_then_the_finding_has_its_room_again(line: Line) -> None:
    line.find(SLOW)
    line.message.notices.say("One.")
    before, buttons = line.shares, line.buttons
    line.message.notices.say(LONG)
    assert not line.cut("message")
    assert line.buttons == buttons
    line.read()
    assert line.shares == before
    assert line.buttons == buttons
    assert line.message.notices.text == LONG


def test_news_never_covers_a_button(line: Line) -> None:
    line.find(SLOW)
    buttons = line.buttons
    line.message.notices.say("word " * 400)
    assert line.cut("message")
    assert line.buttons == buttons
    assert len(buttons) == 3


def test_a_warning_has_the_line_and_the_findings_are_one_press_away(line: Line) -> None:
    line.find(SLOW, OTHER)
    line.message.notices.warn("The run diverged. " * 4, ("Mend", lambda: None))
    assert list(line.buttons) == ["Mend", "Dismiss", "2 findings…"]
    assert line.shares[0] > 1000
    line.find(SLOW)
    assert list(line.buttons) == ["Mend", "Dismiss", "1 finding…"]
    line.message.notices.clear()
    assert list(line.buttons) == ["Show", "Raise the rate", "In full…"]
    assert line.diagnosis._text.isVisible()


def test_a_warning_leaves_the_word_that_nothing_is_found(line: Line) -> None:
    line.find(SLOW)
    line.message.notices.warn("The file cannot be read.")
    line.find()
    assert line.diagnosis._text.isVisible()
    assert not line.cut("diagnosis")
    assert list(line.buttons) == ["Dismiss"]


def test_another_width_is_shared_at_once(line: Line) -> None:
    line.find(SLOW)
    line.message.notices.say("One.")
    line.foot.resize(1920, line.foot.height())
    assert line.shares[0] == int(COLUMN * 1920)
    line.foot.resize(300, line.foot.height())  # narrower than its buttons
    assert line.shares[0] == int(COLUMN * 300)
    assert line.foot.minimumSizeHint().width() <= 0


def test_words_that_were_there_before_give_way_to_what_is_found(qtbot: QtBot) -> None:
    line = Line(qtbot)
    line.message.notices.say(LONG)
    line.find(SLOW)
    assert line.shares[0] == int(COLUMN * WIDTH)
    line.message.notices.say(LONG)
    assert line.shares[0] > int(COLUMN * WIDTH)
    line.read()
    assert line.shares[0] == int(COLUMN * WIDTH)


@pytest.mark.parametrize("name", ["diverged", "L2 of 1, ridge regression", "sigmoid, four layers", "dropout of 0.8"])
def test_on_a_small_screen_a_finding_is_whole_with_its_reason(line: Line, name: str) -> None:
    line.foot.resize(1280, line.foot.height())
    line.find(*trained(name).diagnosis())
    line.read()
    label = line.foot.findChild(Elided, "diagnosis")
    assert label is not None
    lines, whole = label.lines(label.contentsRect().width())
    assert whole
    assert " ".join(lines) == line.diagnosis.text


def test_words_are_cut_only_where_two_lines_are_too_few(qtbot: QtBot) -> None:
    label = Elided("words")
    qtbot.addWidget(label)
    label.setText("some words that are too long for a line")
    label.resize(200, 3 * label.fontMetrics().height())
    assert label.lines(label.whole_width) == ([label.text()], True)
    lines, whole = label.lines(0.7 * label.whole_width)
    assert (len(lines), whole, " ".join(lines)) == (2, True, label.text())
    lines, whole = label.lines(0.3 * label.whole_width)
    assert not whole
    assert lines[-1].endswith("…")
    label.resize(200, label.fontMetrics().height())
    assert len(label.lines(0.7 * label.whole_width)[0]) == 1, "there is height for one"
