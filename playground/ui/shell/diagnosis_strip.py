"""The line that says in words what is wrong with the run now, shows where to look, and offers what helps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from playground.experiment.config import ConfigError, Impact, impact
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.diagnosis.condition import Finding, Remedy
from playground.experiment.frame import Frame
from playground.experiment.looks.look import Requests
from playground.options.message import Message
from playground.ui.diagram.weight_editor import Popup
from playground.ui.shell.strip import Strip
from playground.ui.theme import GRID, small
from playground.ui.words import said
from playground.ui.workspace.document import Document

EVERY = 1.0  # seconds between two diagnoses while training: words that change faster cannot be read
KEPT = 1  # button, of the view, that stays beside a long sentence; what they leave out is in the list of all findings
TEXT_WIDTH = 64 * GRID  # of a sentence in the list of all findings


class DiagnosisStrip(Strip):
    """A sentence, always there and always as high: the gravest finding, and behind a button all of them.

    Where there is no room for a long sentence and all remedies, the sentence is whole, and remedies wait behind the button.

    `look_wanted(look, layer)` asks for what shows a finding to be seen, at its layer if it has one.
    `changed` says that it says something else. Folded, it is no more than the button that opens all findings.
    """

    look_wanted = Signal(object, object)
    changed = Signal()

    def __init__(self, document: Document, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__("diagnosis_strip", "diagnosis")
        self.setFixedHeight(4 * GRID)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # buttons must not widen the window
        self.findings: tuple[Finding, ...] = ()
        self._document = document
        self._clock = clock
        self._titles: Mapping[type, str] = {}
        self._drawn: tuple[int, int] | None = None  # run and step that it has been told of
        self._due = -1.0
        self._folded = False
        self._room = math.inf  # pixels that it has while nothing else is said
        self._text.setFont(small(self._text.font()))
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(GRID * 3 // 2, 0, GRID * 3 // 2, 0)
        self._layout.setSpacing(GRID)
        self._layout.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []  # the view, the remedies, and the one for all findings
        self._show()

    @property
    def text(self) -> str:
        """The whole sentence, even where there is room for its beginning only."""
        return self._text.text()

    @property
    def least_width(self) -> int:
        """The pixels that it cannot spare: of its buttons, or of the sentence that there is nothing to press for."""
        if not self.findings:
            return self._text.whole_width + 3 * GRID
        shown = self._buttons[-1:] if self._folded else self._buttons
        return sum(button.sizeHint().width() + GRID for button in shown) + 3 * GRID

    @property
    def needs(self) -> Requests:
        """What the next frame must hold: while training a diagnosis now and then."""
        return frozenset({Diagnosis}) if self._clock() >= self._due else frozenset()

    def name_views(self, titles: Mapping[type, str]) -> None:
        """What can be shown, and the title of the view that shows it."""
        self._titles = titles

    def show_frame(self, frame: Frame, running: bool) -> None:
        """Take a frame's diagnosis, if it holds one; at a standstill the next frame is to hold one again."""
        look = frame.look(Diagnosis)
        if look is not None:
            self._due = self._clock() + EVERY
            self._drawn = frame.run, frame.step
            if look.findings != self.findings:
                before, self.findings = self.findings, look.findings
                self._show(before)
        failure = frame.failure(frozenset({Diagnosis}))
        if failure is not None:
            self._due = self._clock() + EVERY
            self._drawn = frame.run, frame.step
            self._text.setText(self.tr("Diagnosis: cannot be made at this moment: {0}.").format(failure.reason))
            self._text.setToolTip(failure.details)
        if not running and self._drawn != (frame.run, frame.step):
            self._due = -1.0

    def ask_again(self) -> None:
        """The experiment has been edited: the last diagnosis is out of date."""
        self._due = -1.0
        self._drawn = None

    def share(self, room: float) -> None:
        """Offer what leaves the sentence its room in a strip as wide as this, as it is while nothing else is said."""
        if room != self._room:
            self._room = room
            self._fold_buttons()

    def fold(self, folded: bool) -> None:
        """Leave the line to something else, or take it again; what has been found stays one press away."""
        if folded != self._folded:
            self._folded = folded
            self._fold_buttons()

    def show_all(self) -> None:
        """Open the list of all findings, above the line."""
        popup = Popup("diagnosis_list", self)
        popup.setAccessibleName(self.tr("All findings"))
        popup.setProperty("role", "popup")
        grid = QGridLayout(popup)
        grid.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        for row, finding in enumerate(self.findings):
            words = QLabel(f"<b>{said(Message(finding.title))}</b><br>{_escaped(said(finding.sentence))}")
            words.setObjectName(f"finding_{row}")
            words.setTextFormat(Qt.TextFormat.RichText)
            words.setWordWrap(True)
            words.setFixedWidth(TEXT_WIDTH)
            grid.addWidget(words, row, 0)
            offers = QHBoxLayout()
            offers.setSpacing(GRID)
            for button in self._offers(finding, f"finding_{row}"):
                button.clicked.connect(popup.close)
                offers.addWidget(button)
            offers.addStretch()
            grid.addLayout(offers, row, 1)
        popup.adjustSize()
        popup.open_at(self.mapToGlobal(QPoint(GRID, -popup.height() - GRID // 2)))

    # The inside

    def _show(self, before: tuple[Finding, ...] = ()) -> None:
        if self.findings:
            first = self.findings[0]
            self._text.setText(f"{said(Message(first.title))}: {said(first.sentence)}")
            self._text.setToolTip(said(first.sentence))
        else:
            self._text.setText(self.tr("Diagnosis: nothing stands out."))
            self._text.setToolTip(self.tr("What is wrong with the training would stand here, and what helps."))
        self._text.setAccessibleName(self._text.text())
        if _offered(before) != _offered(self.findings):  # else they stay: one of them may just be pressed
            self._make_buttons()
        self._stand_out(bool(self.findings))
        self.changed.emit()

    def _make_buttons(self) -> None:
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        if self.findings:
            self._buttons = self._offers(self.findings[0], "diagnosis")
            more = QPushButton()
            more.setObjectName("diagnosis.more")
            _explain(more, self.tr("All that has been found, in full."))
            more.clicked.connect(self.show_all)
            self._buttons.append(more)
        for button in self._buttons:
            self._layout.addWidget(button)
        self._fold_buttons()

    def _fold_buttons(self) -> None:
        """Show what there is to see, folded or not."""
        self._text.setVisible(not (self._folded and self.findings))
        if not self.findings:
            return
        *offers, more = self._buttons
        others = len(self.findings) - 1
        if self._folded:
            more.setText(self.tr("{0} findings…").format(others + 1) if others else self.tr("1 finding…"))
        else:
            more.setText(self.tr("{0} more…").format(others) if others else self.tr("In full…"))
        shown = 0 if self._folded else self._offered_beside(offers, more)
        for index, button in enumerate(offers):
            button.setVisible(index < shown)

    def _offered_beside(self, offers: list[QPushButton], more: QPushButton) -> int:
        """How many buttons leave the sentence its room; that of the view always stands there."""
        for shown in range(len(offers), KEPT, -1):
            taken = sum(button.sizeHint().width() + GRID for button in (*offers[:shown], more))
            if self._text.lines(self._room - 3 * GRID - taken)[1]:
                return shown
        return min(KEPT, len(offers))

    def _offers(self, finding: Finding, name: str) -> list[QPushButton]:
        """A button to the view, and one for each remedy."""
        buttons = []
        if finding.look in self._titles:
            title = self._titles[finding.look]
            show = QPushButton(self.tr("Show"))
            show.setAccessibleName(self.tr("Show {0}").format(title))
            show.setObjectName(f"{name}.view")
            _explain(show, self.tr("Bring “{0}” to the front, where this is to be seen.").format(title))
            show.clicked.connect(partial(self._ask_to_see, finding))
            buttons.append(show)
        for index, remedy in enumerate(finding.remedies):
            button = QPushButton(said(remedy.label))
            button.setObjectName(f"{name}.remedy_{index}")
            _explain(button, self._effect(remedy))
            button.clicked.connect(partial(self._take, remedy))
            buttons.append(button)
        return buttons

    def _effect(self, remedy: Remedy) -> str:
        """What pressing the button does to the run."""
        try:
            after = impact(self._document.config, remedy.applied(self._document.config))
        except ConfigError:
            return self.tr("The network has changed since.")
        if after >= Impact.NETWORK:
            return self.tr("Changes the experiment and restarts the run. Undo takes it back.")
        return self.tr("Changes the experiment; the run goes on. Undo takes it back.")

    def _take(self, remedy: Remedy, _: bool = False) -> None:
        try:
            self._document.edit(said(remedy.label), remedy.applied(self._document.config))
        except ConfigError:  # the layer has gone since; so will the finding
            self.ask_again()

    def _ask_to_see(self, finding: Finding, _: bool = False) -> None:
        self.look_wanted.emit(finding.look, finding.layer)


def _offered(findings: tuple[Finding, ...]) -> object:
    """What the buttons depend on."""
    return [(finding.kind, finding.look, finding.layer, finding.remedies) for finding in findings]


def _explain(button: QPushButton, sentence: str) -> None:
    button.setToolTip(sentence)
    button.setAccessibleDescription(sentence)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
