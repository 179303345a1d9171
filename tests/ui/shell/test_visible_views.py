"""What can be seen: it alone is drawn and asked for, and while training slow views take turns."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.ui.shell.visible_views import VisibleViews
from playground.ui.theme import LIGHT
from playground.ui.viewing.view import View
from playground.ui.workspace.document import Document


class Pane(View):
    """A view of nothing."""

    def __init__(self, name: str, takes_turns: bool) -> None:
        Pane.name = name
        super().__init__(Document(Config()), LIGHT)
        self.needs = frozenset({name, "common"})
        self.takes_turns = takes_turns  # type: ignore[misc]
        self._figure = QGraphicsView(QGraphicsScene(self), self)
        self.setMinimumSize(40, 40)

    def figure(self) -> QGraphicsView:
        return self._figure


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QHBoxLayout(made)
    return made


def panes(window: QWidget, **takes_turns: bool) -> dict[str, Pane]:
    made = {name: Pane(name, slow) for name, slow in takes_turns.items()}
    row = window.layout()
    assert row is not None
    for pane in made.values():
        row.addWidget(pane)
    window.show()
    QApplication.processEvents()
    return made


def names(views: list[View]) -> str:
    return "".join(view.objectName() for view in views)


def test_what_is_hidden_is_neither_drawn_nor_asked_for(window: QWidget) -> None:
    made = panes(window, d=False, a=False, b=False)
    views: list[View] = [made["a"]]
    sight = VisibleViews(window, made["d"], views)
    views.append(made["b"])
    assert names(sight.due(False)) == "dab"
    assert sight.needs == {"d", "a", "b", "common"}
    made["a"].hide()
    assert names(sight.due(True)) == "db"
    assert sight.needs == {"d", "b", "common"}
    window.hide()
    assert sight.needs == frozenset()


def test_while_training_slow_views_take_turns(window: QWidget) -> None:
    made = panes(window, d=False, a=True, b=False, c=True)
    sight = VisibleViews(window, made["d"], [made["a"], made["b"], made["c"]])
    assert sorted(names(sight.due(True)) for _ in range(4)) == ["dab", "dab", "dbc", "dbc"]
    assert names(sight.due(False)) == "dabc"
    made["a"].hide()
    assert names(sight.due(True)) == names(sight.due(True)) == "dbc"
