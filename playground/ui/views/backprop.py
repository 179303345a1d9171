"""Backpropagation step by step: one example forward, into the loss, back and into the weights, with every number."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGraphicsView, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.frame import Frame
from playground.options import Integer
from playground.options.numerals import written
from playground.ui.forms.caption import Caption
from playground.ui.forms.controls import Selector
from playground.ui.forms.number_field import NumberField
from playground.ui.plots.matrices import MatricesView
from playground.ui.theme import GRID, Theme, small, tabular
from playground.ui.viewing.view import View
from playground.ui.workspace.document import Document


class BackpropView(View):
    """Above, which example and which step; below, the step's matrices, and how far backpropagation is to be trusted."""

    name = "backprop"
    title = "Backprop"
    needs = frozenset({BackpropTrace})
    shows = (BackpropTrace,)
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._trace: BackpropTrace | None = None
        self._titles: list[str] = []  # of the steps to choose from
        self._build()
        self.show_choices()

    def show_frame(self, frame: Frame) -> None:
        trace = frame.look(BackpropTrace)
        if trace is None:
            return
        self._trace = trace
        titles = [f"{number}  {step.title}" for number, step in enumerate(trace.steps, 1)]
        with QSignalBlocker(self._steps):
            if titles != self._titles:
                self._titles = titles
                self._steps.clear()
                self._steps.addItems(titles)
            self._example.show_limit(trace.examples)
        self._of.setText(self.tr("of {0:,}").format(trace.examples))
        self._draw()

    def show_choices(self) -> None:
        self._example.show_value(max(self.document.selection.example, 0) + 1)
        self._draw()

    def figure(self) -> QGraphicsView:
        return self._matrices

    def _draw(self) -> None:
        trace = self._trace
        if trace is None:
            return
        at = trace.place(self.document.selection.step)
        step = trace.steps[at]
        with QSignalBlocker(self._steps):
            self._steps.setCurrentIndex(at)
        self._back.setEnabled(self.document.selection.step >= 0)
        self._on.setEnabled(at < len(trace.steps) - 1)
        self._matrices.show_matrices(step.title, step.latex, step.matrices)
        self._matrices.setAccessibleName(self.tr("Matrices of this step: {0}").format(step.formula))
        check = self.tr("check  {0}").format(written(trace.error, 2))
        self._check.setText(check)
        self._note.say(" ".join(filter(None, (step.note, trace.note))) or self._advice)

    def _walk(self, by: int) -> None:
        if self._trace is not None:
            # On from what is shown, which is the first while nobody walks; back from it nobody walks any more.
            self._go(min(self._trace.place(self.document.selection.step) + by, len(self._trace.steps) - 1))

    def _go(self, step: int) -> None:
        self.document.select(step=step)

    def _choose_example(self, number: int) -> None:
        self.document.select(example=number - 1)

    # Construction

    def _build(self) -> None:
        word = QLabel(self.tr("example"))
        self._example = NumberField(Integer(label=word.text(), minimum=1, maximum=1), step=1)
        tip = self.tr("Which training example is followed; a click on a point in the decision boundary chooses it too")
        self._name(self._example, "example", tip)
        self._example.setAccessibleName(word.text())
        word.setBuddy(self._example)
        self._of = QLabel()
        self._of.setFont(tabular(self.font()))
        self._of.setProperty("role", "muted")
        self._back = self._button("back", "◀", self.tr("One step back in the walk (Alt+Left)"), -1)
        self._on = self._button("on", "▶", self.tr("One step on in the walk (Alt+Right)"), 1)
        self._steps = Selector()
        self._steps.setMinimumContentsLength(20)
        self._steps.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._steps.setMaximumWidth(36 * GRID)
        self._steps.setMaxVisibleItems(24)
        self._steps.setAccessibleName(self.tr("step"))
        self._name(self._steps, "steps", self.tr("The steps: forward, loss, backward, update. Go to any of them."))
        self._steps.activated.connect(self._go)
        for taken in (self._example.entered, self._example.stepped):
            taken.connect(self._choose_example)
        self._check = QLabel()
        self._check.setFont(tabular(self.font()))
        self._name(
            self._check,
            "check",
            self.tr(
                "Gradient check, ‖g − n‖ / (‖g‖ + ‖n‖): how far the gradient by backpropagation, g, lies from central "
                "differences, n, at all numbers that are trained, or at about 64 of them. Below 0.0000001 the two agree; at "
                "a kink, as of ReLU, they may not."
            ),
        )
        font = small(self.font())
        self._matrices = MatricesView("backprop.matrices", font)
        self._advice = self.tr(
            "Follow one example: forward, loss, backward, update. Point at a number to see what it is made of. Where f′(z) "
            "is near 0, the error δ fades on its way back."
        )
        self._note = Caption("backprop.caption", font)
        self._note.say(self._advice)
        self._note.setMinimumHeight(2 * self._note.fontMetrics().height() + GRID // 2)  # so that no other moves a thing
        controls = QHBoxLayout()
        controls.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        controls.setSpacing(GRID)
        for widget in (word, self._example, self._of, self._back, self._steps, self._on):
            controls.addWidget(widget)
        controls.addStretch()
        controls.addWidget(self._check)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(controls)
        rows.addWidget(self._matrices, 1)
        rows.addWidget(self._note)

    def _button(self, name: str, sign: str, tip: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setAutoRaise(True)
        button.setAccessibleName(tip.partition(" (")[0])
        self._name(button, name, tip)
        button.clicked.connect(lambda: self._walk(by))
        shortcut = QShortcut(QKeySequence("Alt+Left" if by < 0 else "Alt+Right"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        return button

    def _name(self, widget: QLabel | NumberField | QToolButton | Selector, name: str, tip: str) -> None:
        widget.setObjectName(f"backprop.{name}")
        widget.setToolTip(tip)
        widget.setAccessibleDescription(tip)
