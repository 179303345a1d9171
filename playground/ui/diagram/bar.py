"""The bar above a network's diagram, for all of it. Knows no document."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from playground.experiment.config import MAX_LAYERS
from playground.options import Integer
from playground.ui.diagram.controls import Word, describe, enable, stepper, tool_button
from playground.ui.diagram.geometry import LARGEST, SMALLEST
from playground.ui.diagram.marks import words_of_key
from playground.ui.diagram.member_selector import MemberSelector
from playground.ui.diagram.numbers import Quantity
from playground.ui.forms.controls import wrapped
from playground.ui.forms.segments import Segments
from playground.ui.theme import GRID


class DiagramBar(QWidget):
    """The number of hidden layers, the member shown, what the edges show, and the size of the units' pictures."""

    layers_wanted = Signal(int)  # how many more
    zoom_wanted = Signal(int)  # steps
    fit_wanted = Signal()
    key_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        knob = Integer(label=self.tr("hidden layers"), minimum=0, maximum=MAX_LAYERS)
        self.fewer, self.count, self.more = stepper(
            "layers", knob, self.tr("fewer hidden layers"), self.tr("more hidden layers")
        )
        self.members = MemberSelector()
        self.edges = Segments(
            "diagram.edges",
            {
                Quantity.WEIGHTS: ("w", self.tr("Edges show the weights: blue is positive, orange negative.")),
                Quantity.GRADIENTS: (
                    "∂L/∂w",
                    self.tr(
                        "Edges show the gradient of the training loss by each weight, in terms of the network's largest."
                    ),
                ),
                Quantity.UPDATES: (
                    "Δw",
                    self.tr("Edges show what the last step added to each weight, in terms of the network's largest."),
                ),
            },
        )
        spoken = (self.tr("weights"), self.tr("gradients"), self.tr("last updates"))
        for button, name in zip(self.edges.findChildren(QToolButton), spoken, strict=True):
            button.setAccessibleName(name)
        self.smaller = tool_button("\N{MINUS SIGN}", "zoom_out", self.tr("smaller pictures"))
        self.fit = tool_button(self.tr("fit"), "zoom_fit", self.tr("fit the panel"))
        self.larger = tool_button("+", "zoom_in", self.tr("larger pictures"))
        describe(self.fit, self.tr("Make the diagram fit its panel (Ctrl+0)."))
        self.key = tool_button(self.tr("?"), "diagram_key", self.tr("key"))
        self.key.setCheckable(True)
        self.key.setChecked(True)
        self._title = Word(self.tr("hidden layers"))
        self._words = (Word(self.tr("edges")), Word(self.tr("zoom")))
        for word in self._words:
            word.setProperty("role", "muted")
            word.setContentsMargins(0, 0, GRID // 2, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(0)
        row.addWidget(self._title)
        row.addSpacing(GRID)
        for widget in (self.fewer, self.count, self.more, self.members):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self._words[0])
        row.addWidget(self.edges)
        row.addSpacing(GRID)
        row.addWidget(self._words[1])
        for widget in (self.smaller, self.fit, self.larger, self.key):
            row.addWidget(widget)
        self._zoom = (self.smaller, self.fit, self.larger)
        self._whole = QHBoxLayout.minimumSize(row).width()
        self.fewer.clicked.connect(lambda: self.layers_wanted.emit(-1))
        self.more.clicked.connect(lambda: self.layers_wanted.emit(1))
        for taken in (self.count.entered, self.count.stepped):
            taken.connect(lambda layers: self.layers_wanted.emit(layers - self.count.value))
        self.smaller.clicked.connect(lambda: self.zoom_wanted.emit(-1))
        self.larger.clicked.connect(lambda: self.zoom_wanted.emit(1))
        self.fit.clicked.connect(self.fit_wanted)
        self.key.toggled.connect(self.key_toggled)

    def minimumSizeHint(self) -> QSize:
        """Without the buttons for the size, which have keys and a wheel too."""
        least = super().minimumSizeHint()
        zoom = sum(button.sizeHint().width() for button in self._zoom if not button.isHidden())
        return QSize(least.width() - zoom, least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self._zoom:
            button.setVisible(event.size().width() >= self._whole)

    def show_layers(self, layers: int) -> None:
        """Show how many hidden layers there are."""
        self.count.show_value(layers)
        restarts = self.tr("The run starts again.")
        how_many = self.tr("How many hidden layers there are: type it, or step with the arrow keys.")
        describe(self.count, f"{how_many} {restarts}")
        add, full = (
            self.tr("Add a hidden layer before the output."),
            self.tr("A network has at most {most} hidden layers."),
        )
        remove, none = self.tr("Remove the last hidden layer."), self.tr("There is no hidden layer to remove.")
        enable(self.more, layers < MAX_LAYERS, f"{add} {restarts}", full.format(most=MAX_LAYERS))
        enable(self.fewer, layers > 0, f"{remove} {restarts}", none)

    def show_edges(self, what: Quantity) -> None:
        """Show what the edges stand for, and what that looks like."""
        self.edges.show_value(what)
        shown = self.tr("Show this in a corner of the picture, where there is room.")
        describe(self.key, wrapped(f"{words_of_key(what)}\n\n{shown}"))

    def show_members(self, names: tuple[str, ...], member: int) -> None:
        """Offer these members, with one of them chosen; beside several there is room for fewer words."""
        alone = len(names) < 2
        self._title.setText(self.tr("hidden layers") if alone else self.tr("layers"))
        for word in self._words:
            word.setVisible(alone)
        self.members.show_members(names)
        self.members.show_member(member)

    def show_side(self, side: int) -> None:
        """Show which way the pictures, of this many pixels, can still be zoomed."""
        larger, smaller = self.tr("Larger pictures (Ctrl++)."), self.tr("Smaller pictures (Ctrl+−).")
        enable(self.larger, side < LARGEST, larger, self.tr("The pictures are as large as they get."))
        enable(self.smaller, side > SMALLEST, smaller, self.tr("The pictures are as small as can be read."))
