"""Which of several networks the diagram shows: a list of their names, there only with several. Knows no document."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.ui.forms.controls import Selector
from playground.ui.theme import GRID, tabular


class MemberSelector(QWidget):
    """Reads "member 3 of 16: seed 4". `member_chosen` follows a choice by the user, counted from 0."""

    member_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._list = Selector()
        self._list.setObjectName("member")
        self._list.setFont(tabular(self._list.font()))
        self._list.setFixedHeight(22)  # as the buttons beside it, so that nothing below moves when it comes
        self._list.setMaxVisibleItems(16)
        help = self.tr("Which member the diagram shows, and whose weights are set by hand; the run goes on.")
        self._list.setToolTip(help)
        self._list.setAccessibleDescription(help)
        self._list.activated.connect(self.member_chosen)
        word = QLabel(self.tr("member"))
        self._list.setAccessibleName(word.text())
        word.setBuddy(self._list)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(word)
        row.addWidget(self._list)
        self.hide()

    def show_members(self, names: tuple[str, ...]) -> None:
        """Offer these; one network alone needs no choice."""
        if names == self._names:
            return
        self._names = names
        entries = [self.tr("{0} of {1}: {2}").format(index + 1, len(names), name) for index, name in enumerate(names)]
        with QSignalBlocker(self._list):
            self._list.clear()
            self._list.addItems(entries)
        widest = max(map(self._list.fontMetrics().horizontalAdvance, entries), default=0)
        self._list.setFixedWidth(widest + 4 * GRID)
        self.setVisible(len(names) > 1)

    def show_member(self, member: int) -> None:
        """Mark this one, or the last there is."""
        with QSignalBlocker(self._list):
            self._list.setCurrentIndex(min(member, len(self._names) - 1))
