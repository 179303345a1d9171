"""The strip at the foot of the window that says in words what is happening, and offers what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from playground.ui.shell.strip import Strip
from playground.ui.theme import GRID

Offer = tuple[str, Callable[[], None]]  # the button's text, and what it does


class MessageStrip(Strip):
    """One sentence and at most a few buttons; always there and always as high, so that nothing moves.

    `changed` says that another sentence stands here.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("message_strip", "message")
        self.setFixedHeight(4 * GRID + 4)
        self._urgent = False
        self._sentence = ""
        self._offers: tuple[Offer, ...] = ()
        self._occupied = False
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(GRID * 3 // 2, 2, GRID * 3 // 2, 2)
        self._layout.setSpacing(GRID)
        self._layout.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        self._stand_out(False)

    @property
    def text(self) -> str:
        """The sentence that stands here, also while the strip is occupied by another."""
        return self._sentence

    @property
    def whole_width(self) -> int:
        """The pixels that all of the sentence wants."""
        return self._text.whole_width + 3 * GRID

    @property
    def urgent(self) -> bool:
        """Whether a warning stands here."""
        return self._urgent

    def say(self, sentence: str) -> None:
        """Quiet news; does not replace a warning that is still to be answered."""
        if not self._urgent:
            self._show(sentence, ())

    def answer(self, sentence: str) -> None:
        """What came of something that the user has just asked for; an older warning has had its time."""
        self._urgent = False
        self._show(sentence, ())

    def warn(self, sentence: str, *offers: Offer) -> None:
        """A sentence that stays until it is answered or dismissed."""
        self._urgent = True
        self._show(sentence, (*offers, (self.tr("Dismiss"), self.clear)))

    def clear(self) -> None:
        """Nothing to say."""
        self._urgent = False
        self._show("", ())

    def occupy(self, sentence: str, offer: Offer) -> None:
        """What goes on stands before all else while it does; with "" what stood here, or would, is seen again."""
        self._occupied = bool(sentence)
        if sentence:
            self._put(sentence, (offer,))
        else:
            self._put(self._sentence, self._offers)

    def _show(self, sentence: str, offers: tuple[Offer, ...]) -> None:
        self._sentence, self._offers = sentence, offers
        if not self._occupied:
            self._put(sentence, offers)

    def _put(self, sentence: str, offers: tuple[Offer, ...]) -> None:
        self._text.setText(sentence)
        self._text.setToolTip(sentence)
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for label, action in offers:
            button = QPushButton(label)
            button.setObjectName(f"offer_{len(self._buttons)}")
            answer = action if self._occupied else partial(self._answer, action)
            button.clicked.connect(lambda _=False, answer=answer: answer())
            self._layout.addWidget(button)
            self._buttons.append(button)
        self._stand_out(self._urgent and not self._occupied)
        self.changed.emit()

    def _answer(self, action: Callable[[], None]) -> None:
        self.clear()
        action()
