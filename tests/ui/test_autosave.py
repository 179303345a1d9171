"""The copy that a crash leaves behind: kept while the window is open, offered to the next one, gone after a good end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.exchange.snapshot import load_snapshot
from playground.experiment.config import Config
from playground.experiment.session import Session
from playground.ui.autosave import Autosave
from playground.ui.theme import LIGHT
from playground.ui.window import Window


def trained(window: Window, qtbot: QtBot) -> int:
    """Train a mini-batch; the number of steps then."""
    qtbot.waitUntil(lambda: window.frame is not None)
    window.runner.step()
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.step == 1)
    return 1


def test_a_copy_is_kept_and_goes_with_the_window(qtbot: QtBot) -> None:
    window = Window(Session(Config()), LIGHT)
    window.show()
    steps = trained(window, qtbot)
    window.autosave.renew()
    qtbot.waitUntil(window.autosave.path.exists)
    copy = load_snapshot(window.autosave.path)
    alone = Session(Config())
    alone.step(steps)
    np.testing.assert_array_equal(copy.network.parameters, alone.network.parameters)
    window.files.keep()
    window.close()
    assert not window.autosave.path.exists()


def test_nothing_is_written_again_while_nothing_happens(qtbot: QtBot) -> None:
    window = Window(Session(Config()), LIGHT)
    window.show()
    trained(window, qtbot)
    window.autosave.renew()
    qtbot.waitUntil(window.autosave.path.exists)
    window.autosave.path.unlink()
    window.autosave.renew()
    window.runner.step()
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.step == 2)
    assert not window.autosave.path.exists()
    window.files.keep()
    window.close()


def test_a_copy_left_by_a_crash_is_offered_and_restored(qtbot: QtBot) -> None:
    first = Window(Session(Config()), LIGHT)
    first.show()
    trained(first, qtbot)
    first.autosave.renew()
    qtbot.waitUntil(first.autosave.path.exists)
    content = first.autosave.path.read_bytes()
    first.files.keep()
    first.close()
    first.autosave.path.write_bytes(content)  # as if the program had not come so far as to take it away

    second = Window(Session(Config()), LIGHT)
    second.show()
    qtbot.waitUntil(lambda: second.frame is not None)
    second.autosave.offer()
    assert "unexpectedly" in second.strip.text
    second.autosave.renew()  # does not replace what has not been restored yet
    second.strip.findChild(QPushButton, "offer_0").click()
    qtbot.waitUntil(lambda: second.frame is not None and second.frame.step == 1)
    assert second.isWindowModified()
    assert second.files.path is None
    second.files.keep()
    second.close()


def test_a_second_window_keeps_no_copy(qtbot: QtBot) -> None:
    first = Window(Session(Config()), LIGHT)
    second = Window(Session(Config()), LIGHT)
    keeps: Callable[[Autosave], bool] = lambda autosave: autosave._timer.isActive()  # noqa: E731
    assert keeps(first.autosave)
    assert not keeps(second.autosave)
    second.close()
    first.files.keep()
    first.close()
