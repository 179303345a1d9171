"""The strip at the foot of the window where it is read what is happening, and pressed what to do about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from playground.ui.shell.strip import Strip
from playground.ui.theme import GRID
from playground.ui.workspace.notices import Notices


class MessageStrip(Strip):
    """One sentence and at most a few buttons; always there and always as high, so that nothing moves.

    `changed` says that another sentence stands here.
    """

    changed = Signal()

    def __init__(self, notices: Notices) -> None:
        super().__init__("message_strip", "message")
        self.setFixedHeight(4 * GRID + 4)
        self.notices = notices
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(GRID * 3 // 2, 2, GRID * 3 // 2, 2)
        self._layout.setSpacing(GRID)
        self._layout.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        notices.changed.connect(self._follow)
        self._follow()

    @property
    def whole_width(self) -> int:
        """The pixels that all of the sentence wants."""
        return self._text.whole_width + 3 * GRID

    @property
    def urgent(self) -> bool:
        """Whether a warning stands here, or waits for what goes on."""
        return self.notices.urgent

    def _follow(self) -> None:
        notices = self.notices
        if notices.occupied is None:
            sentence, offers = notices.text, notices.offers
        else:
            sentence, offers = notices.occupied[0], (notices.occupied[1],)
        self._text.setText(sentence)
        self._text.setToolTip(sentence)
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for offer in offers:
            button = QPushButton(offer[0])
            button.setObjectName(f"offer_{len(self._buttons)}")
            button.clicked.connect(partial(notices.take, offer))
            self._layout.addWidget(button)
            self._buttons.append(button)
        self._stand_out(notices.urgent and notices.occupied is None)
        self.changed.emit()
