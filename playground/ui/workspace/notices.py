"""What is said to the user: one sentence at a time and what is offered with it. Draws nothing, and knows not whereof."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

Offer = tuple[str, Callable[[], None]]  # what is offered in a word or a few, and what then is done


class Notices(QObject):
    """Quiet news, answers, and warnings that stay; what goes on stands before them all while it does."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""  # the sentence that stands here, also while the place is occupied by another
        self.urgent = False  # whether that is a warning
        self.offers: tuple[Offer, ...] = ()
        self.occupied: tuple[str, Offer] | None = None

    def say(self, sentence: str) -> None:
        """Quiet news; does not replace a warning that is still to be answered."""
        if not self.urgent:
            self._show(sentence)

    def answer(self, sentence: str) -> None:
        """What came of something that the user has just asked for; an older warning has had its time."""
        self.urgent = False
        self._show(sentence)

    def warn(self, sentence: str, *offers: Offer) -> None:
        """A sentence that stays until it is answered or dismissed."""
        self.urgent = True
        self._show(sentence, *offers, (self.tr("Dismiss"), self.clear))

    def clear(self) -> None:
        """Nothing to say."""
        self.urgent = False
        self._show("")

    def occupy(self, sentence: str, offer: Offer) -> None:
        """What goes on stands before all else while it does; with "" what stood here, or would, is seen again."""
        self.occupied = (sentence, offer) if sentence else None
        self.changed.emit()

    def take(self, offer: Offer) -> None:
        """Do what is offered; a sentence has then been answered, and what goes on goes on."""
        if self.occupied is None:
            self.clear()
        offer[1]()

    def _show(self, sentence: str, *offers: Offer) -> None:
        self.text, self.offers = sentence, offers
        if self.occupied is None:
            self.changed.emit()
