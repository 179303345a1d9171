"""A row at the foot of a view that says why this moment is not drawn in it. Knows no view."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from playground.experiment.looks.measuring import Failure
from playground.ui.commands.message_box import show_details
from playground.ui.forms.elided import Elided
from playground.ui.theme import GRID


class Notice(QWidget):
    """A quiet sentence, whole when pointed at, with all that a report needs a press away; hidden while all is well."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}.notice")
        self.failure: Failure | None = None
        self._text = Elided(f"{name}.notice.text")
        self._text.setProperty("role", "remark")
        self._details = QToolButton()
        self._details.setObjectName(f"{name}.notice.details")
        self._details.setText(self.tr("Details…"))
        self._details.setToolTip(self.tr("All that is known of it, to be copied into a report."))
        self._details.setAccessibleDescription(self._details.toolTip())
        self._details.clicked.connect(self._show_details)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._text, 1)
        row.addWidget(self._details)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def tell(self, failure: Failure | None) -> None:
        """Say what failed; None is nothing."""
        self.failure = failure
        if failure is not None:
            sentence = self.tr("This moment cannot be drawn here: {0}. Everything else goes on.").format(failure.reason)
            self._text.setText(sentence)
            self._text.setToolTip(sentence)
        self.setVisible(failure is not None)

    def _show_details(self) -> None:
        if self.failure is not None:
            show_details(self.window(), self.text, self.failure.details)
