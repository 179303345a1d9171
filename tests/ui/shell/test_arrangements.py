"""Named arrangements of the window: one click or key apart, each as it was left, and calm to begin with."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from playground.experiment.diagnosis import CONDITIONS
from playground.ui.shell.arrangements import arrangements
from playground.ui.views import LABORATORY

NAMES = tuple(arrangements())


def shown(pilot: Any) -> set[str]:
    return {name for name, dock in pilot.window.docks.items() if not dock.isHidden()}


def test_the_first_window_is_calm(pilot: Any) -> None:
    assert pilot.window.arrangements.current == "train"
    assert shown(pilot) == {"data", "learning", "boundary", "loss", "gradient"}
    assert not [view for view in pilot.window.views if isinstance(view, tuple(kind for kind, _ in LABORATORY))]


@pytest.mark.parametrize("way", ["key", "click"])
def test_each_shows_what_it_is_for_with_the_first_of_a_place_in_front(pilot: Any, way: str) -> None:
    for key, (name, one) in enumerate(arrangements().items(), start=1):
        if way == "key":
            pilot.press(getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ControlModifier, at=pilot.window)
        else:
            button = pilot.find(QAbstractButton, f"arrangement.{name}")
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert pilot.window.arrangements.current == name
        assert shown(pilot) == set(one.docks)
        assert pilot.find(QAbstractButton, f"arrangement.{name}").isChecked()
        for dock in one.docks:
            beside = pilot.window.tabifiedDockWidgets(pilot.window.docks[dock])
            ahead = [other for other in one.docks[: one.docks.index(dock)] if pilot.window.docks[other] in beside]
            pilot.until(lambda dock=dock, ahead=ahead: in_front(pilot, dock) != bool(ahead))


def in_front(pilot: Any, name: str) -> bool:
    return not pilot.window.docks[name].visibleRegion().isEmpty()


def test_each_is_remembered_as_it_was_left_in_this_window_and_the_next(windows: Any) -> None:
    pilot = windows.open()
    pilot.window.docks.bring_up("metrics")
    pilot.window.docks["gradient"].close()
    left = shown(pilot)
    pilot.window.arrangements.show("inside")
    assert "metrics" not in shown(pilot)
    pilot.window.arrangements.show("train")
    assert shown(pilot) == left == {"data", "learning", "boundary", "loss", "metrics"}
    pilot.window.arrangements.show("learn")
    windows.close()
    other = windows.open()
    assert other.window.arrangements.current == "learn"
    other.window.arrangements.show("train")
    assert shown(other) == left
    other.window.arrangements.reset()
    assert shown(other) == set(arrangements()["train"].docks)


def test_what_was_kept_and_makes_no_sense_is_as_at_first(windows: Any) -> None:
    QSettings().setValue("arrangement", "sideways")
    QSettings().setValue("layout/train", b"no layout")
    pilot = windows.open()
    assert pilot.window.arrangements.current == "train"
    assert shown(pilot) == set(arrangements()["train"].docks)


def test_a_diagnosis_opens_the_arrangement_in_which_its_look_is_seen(pilot: Any) -> None:
    places = pilot.window._places
    for condition in CONDITIONS:
        pilot.window.arrangements.show("train")
        pilot.window.diagnosis.look_wanted.emit(condition.look, None)
        dock = places[condition.look]
        assert dock in arrangements()[pilot.window.arrangements.current].docks
        pilot.until(lambda dock=dock: in_front(pilot, dock))


def test_every_view_belongs_to_an_arrangement(pilot: Any) -> None:
    assert {dock for one in arrangements().values() for dock in one.docks} == {
        name for name, _ in pilot.window.docks.items()
    }


def test_single_views_are_raised_by_their_keys(pilot: Any) -> None:
    for key, (name, _) in enumerate(list(pilot.window.docks.items())[:9], start=1):
        pilot.press(getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.AltModifier, at=pilot.window)
        pilot.until(lambda name=name: in_front(pilot, name))


@pytest.mark.parametrize("name", NAMES)
def test_on_a_low_screen_each_stays_within_it(windows: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    room = QRect(0, 0, 960, 514)
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: room)
    monkeypatch.setattr(QScreen, "availableSize", lambda _: room.size())
    pilot = windows.open()
    pilot.window.arrangements.show(name)
    pilot.settle()
    pilot.until(lambda: pilot.window.frameGeometry().height() <= room.height())
    assert shown(pilot) == set(arrangements()[name].docks)
