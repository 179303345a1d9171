"""Choosing the member that the diagram shows, alone and in the real window."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.options import with_value
from playground.ui.diagram.member_selector import MemberSelector
from tests.ui.conftest import Pilot, Windows


def of_members(members: int) -> Config:
    config: Config = with_value(Config(), "ensemble.members", members)
    return config


def list_of(pilot: Pilot) -> QComboBox:
    box = pilot.find(QComboBox, "member")
    assert isinstance(box, QComboBox)
    return box


def choose(pilot: Pilot, member: int) -> None:
    box = list_of(pilot)
    box.setCurrentIndex(member)
    box.activated.emit(member)
    pilot.until(lambda: pilot.frame.member == member)


def shows(frame: Frame, session: Session, member: int) -> bool:
    network = session.network.alone(member)
    return all(np.array_equal(a, b) for a, b in zip(frame.weights, network.weights, strict=True))


def test_names_and_numbers(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    selector = MemberSelector()
    selector.setParent(holder)
    told: list[int] = []
    selector.member_chosen.connect(told.append)
    selector.show_members(("alone",))
    assert selector.isHidden()
    selector.show_members(("seed 1", "seed 2", "seed 3"))
    assert not selector.isHidden()
    box = selector.findChild(QComboBox)
    assert [box.itemText(index) for index in range(box.count())] == [
        "1 of 3: seed 1",
        "2 of 3: seed 2",
        "3 of 3: seed 3",
    ]
    selector.show_member(1)
    assert box.currentText() == "2 of 3: seed 2"
    selector.show_member(99)
    assert box.currentText() == "3 of 3: seed 3"
    assert not told, "only the user chooses"


def test_one_network_has_nothing_to_choose(pilot: Pilot) -> None:
    assert not list_of(pilot).isVisible()


def test_a_chosen_member_is_shown(windows: Windows) -> None:
    pilot = windows.open(of_members(4))
    reference = Session(of_members(4))
    assert list_of(pilot).isVisible()
    assert shows(pilot.frame, reference, 0)
    choose(pilot, 2)
    assert pilot.window.document.selection.member == 2
    assert shows(pilot.frame, reference, 2)
    assert pilot.frame.run == 1, "the run goes on"
    assert pilot.window.document.undo_stack.isClean(), "looking is no edit"
    choose(pilot, 0)
    assert list_of(pilot).currentIndex() == 0
    assert shows(pilot.frame, reference, 0)


def test_a_weight_set_by_hand_is_the_member_s(windows: Windows) -> None:
    pilot = windows.open(of_members(3))
    choose(pilot, 1)
    old = float(pilot.frame.weights[0][2, 1])
    pilot.window.document.edit_weight((0, 2, 1), old, 7.5, "Set")
    pilot.until(lambda: pilot.frame.weights[0][2, 1] == 7.5)
    choose(pilot, 0)
    assert pilot.frame.weights[0][2, 1] != 7.5
    choose(pilot, 1)
    assert pilot.frame.weights[0][2, 1] == 7.5


def test_fewer_members_leave_the_last_one_shown(windows: Windows) -> None:
    pilot = windows.open(of_members(4))
    choose(pilot, 3)
    assert list_of(pilot).currentText().startswith("4 of 4")
    pilot.window.document.set("ensemble.members", 2, "members")
    pilot.until(lambda: list_of(pilot).currentText().startswith("2 of 2"))
    assert pilot.frame.member == 1
