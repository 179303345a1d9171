"""What a layer does to its pre-activations, in a pop-up: a plot, what it is for, and the layer's knobs. Knows no run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.experiment.config import Config
from playground.nn.activations.activation import Activation
from playground.ui.diagram.weight_editor import Popup
from playground.ui.forms.curve_picture import CurvePicture
from playground.ui.forms.form import Form
from playground.ui.forms.knob_widgets import ChoiceWidget, purpose
from playground.ui.forms.pairs import output_of, show_outputs
from playground.ui.theme import GRID
from playground.ui.workspace.document import Document

TEXT_WIDTH = 24 * GRID
LINES = 6  # that what an activation is for may take; the room for them is always there


class LayerPopover(Popup):
    """The knobs `names` at a path of the config, below a plot of the activation that `activation_of` finds in it."""

    def __init__(
        self,
        title: str,
        document: Document,
        path: str,
        names: Sequence[str],
        activation_of: Callable[[Config], Activation],
        parent: QWidget,
    ) -> None:
        super().__init__("layer_popover", parent)
        self.setAccessibleName(title)
        self.setProperty("role", "popup")
        self._document = document
        self._activation_of = activation_of
        self.picture = CurvePicture()
        self.purpose = QLabel()
        self.purpose.setWordWrap(True)
        self.purpose.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.purpose.setFixedSize(TEXT_WIDTH, LINES * self.purpose.fontMetrics().lineSpacing())
        self.form = Form(document, path, names)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(heading)
        words.addWidget(self.purpose)
        words.addStretch()
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)  # follows the rows that come and go
        column.addLayout(head)
        column.addWidget(self.form)
        self._show(document.config)
        document.config_changed.connect(self._follow)

    def _show(self, config: Config) -> None:
        activation = self._activation_of(config)
        self.picture.show_activation(activation)
        self.purpose.setText(purpose(type(activation)))

    def _follow(self, old: Config, new: Config) -> None:
        self._show(new)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        next(iter(self.form.rows.values())).widget.setFocus(Qt.FocusReason.PopupFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        for follower in (self._follow, self.form._follow):  # the layer may be gone before the pop-up is
            self._document.config_changed.disconnect(follower)
        super().closeEvent(event)


class OutputPopover(LayerPopover):
    """The same of the output unit, for data with so many classes, 0 for a number to predict."""

    def __init__(self, title: str, document: Document, classes: int, parent: QWidget) -> None:
        self._classes = classes
        super().__init__(title, document, "network", ("output",), partial(output_of, classes=classes), parent)

    def _show(self, config: Config) -> None:
        super()._show(config)
        output = self.form.widget("output")
        assert isinstance(output, ChoiceWidget)
        show_outputs(output, config, self._classes)
