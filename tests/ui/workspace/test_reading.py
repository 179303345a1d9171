"""What is read in another thread is told once, in the thread that asked, and never to somebody who has gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from playground.cancellation import Cancelled, check
from playground.ui.workspace.reading import Reading


class Reader:
    """Reads until it is let go; then 7 is what there was."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.parent = QObject()
        self.told: list[threading.Thread] = []
        self.reading = Reading(self._read, self.parent)
        self.reading.done.connect(lambda: self.told.append(threading.current_thread()))

    def _read(self) -> int:
        assert self.go_on.wait(20)
        check()
        return 7


@pytest.fixture
def reader(qapp: object) -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.go_on.set()


def test_the_end_is_told_once_and_in_the_window_s_thread(qtbot: QtBot, reader: Reader) -> None:
    assert not reader.reading.within(0.0)
    reader.go_on.set()
    qtbot.waitUntil(lambda: bool(reader.told))
    assert reader.reading.future.result() == 7
    QTest.qWait(20)
    assert reader.told == [threading.main_thread()]


def test_an_error_is_an_end_too(qtbot: QtBot, qapp: object) -> None:
    parent = QObject()
    reading = Reading(lambda: 1 // 0, parent)
    with qtbot.waitSignal(reading.done):
        pass
    assert isinstance(reading.future.exception(), ZeroDivisionError)


def test_who_has_waited_is_not_told(reader: Reader) -> None:
    reader.go_on.set()
    assert reader.reading.within(20.0)
    QTest.qWait(20)
    assert reader.told == []


def test_what_is_called_off_ends_and_is_not_told(reader: Reader) -> None:
    reader.reading.call_off()
    reader.go_on.set()
    with pytest.raises(Cancelled):
        reader.reading.future.result(20)
    QTest.qWait(20)
    assert reader.told == []


def test_who_has_gone_before_the_end_is_not_told(reader: Reader) -> None:
    future = reader.reading.future
    delete(reader.parent)
    reader.go_on.set()
    assert future.result(20) == 7
    QTest.qWait(20)
    assert reader.told == []
