"""How the network learns: loss and output unit, optimizer and rate, mini-batch, regularisation, weights at the start."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from playground.experiment.config import Config
from playground.experiment.frame import Scene
from playground.experiment.problem import fitting, refusal, resolve
from playground.options import Choice, Options, with_value
from playground.ui.controls import CHIP
from playground.ui.document import Document
from playground.ui.form import Column, Form
from playground.ui.knob_widgets import ChoiceWidget, NumberWidget, SeedWidget
from playground.ui.theme import GRID


class LearningPanel(Column):
    """Edits the training section and what of the network section is not drawn as a diagram."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("learning_panel")
        self._document = document
        self._classes: int | None = None  # how many the data have, 0 for a number to predict; None before a scene
        self._loss_form = Form(document, "training", ("loss",), {"loss": PairWidget}, self._fit)
        self._loss_form.rows["loss"].show_mark(self.tr("Restarts the run where it brings another output unit."))
        self._output_form = Form(document, "network", ("output",), {"output": PairWidget})
        self._remark = Remark()
        self._remark.button.clicked.connect(self._match)
        names = ("optimizer", "learning_rate", "schedule", "clipping", "batch_size", "regularizer")
        self._training_form = Form(document, "training", names)
        layers = Form(document, "network.hidden.*", ("activation",), {"activation": self._all_layers})
        start = Form(document, "network", ("initializer", "seed"), {"seed": SeedWidget})
        for part in (self._loss_form, self._output_form, self._remark, self._training_form, layers, start):
            self.add(part)
        document.config_changed.connect(self._follow)

    def show_scene(self, scene: Scene) -> None:
        """Follow the data: which pairs make sense, what "automatic" means, how large the full batch is."""
        self._classes = len(scene.classes)
        self._remark.show_sentence(scene.remark)
        batch = self._training_form.widget("batch_size")
        assert isinstance(batch, NumberWidget)
        batch.show_limit(len(scene.train_points))
        batch.show_value(self._document.config.training.batch_size)
        self._show_pairs(self._document.config)

    def _all_layers(self, knob: Choice) -> ChoiceWidget:
        help = self.tr("The activation of all hidden layers at once; the diagram has that of each.")
        return ChoiceWidget(replace(knob, label=self.tr("hidden layers"), help=help))

    def _follow(self, old: Config, new: Config) -> None:
        self._show_pairs(new)

    def _show_pairs(self, config: Config) -> None:
        if self._classes is None:
            return
        loss, output = self._loss_form.widget("loss"), self._output_form.widget("output")
        assert isinstance(loss, ChoiceWidget)
        assert isinstance(output, ChoiceWidget)
        free_output = with_value(config, "network.output", None)
        loss.show_refusals(self._refusals(free_output, "training.loss", loss.knob))
        output.show_refusals(self._refusals(config, "network.output", output.knob))
        loss.show_automatic(self._resolved(with_value(config, "training.loss", None), 0))
        output.show_automatic(self._resolved(free_output, 1))

    def _refusals(self, config: Config, path: str, knob: Choice) -> dict[str, str]:
        """By name, why a choice at this path would make no sense."""
        return {name: refusal(with_value(config, path, cls()), self._classes or 0) for name, cls in knob.table.items()}

    def _resolved(self, config: Config, part: int) -> str:
        """The label of the loss (0) or of the output unit (1) that this config means."""
        chosen: tuple[Options, ...] = resolve(fitting(config, self._classes or 0), self._classes or 0)
        return chosen[part].label

    def _fit(self, config: Config) -> Config:
        return config if self._classes is None else fitting(config, self._classes)

    def _match(self) -> None:
        config = with_value(with_value(self._document.config, "training.loss", None), "network.output", None)
        self._document.edit(self.tr("matched loss and output unit"), config)


class PairWidget(ChoiceWidget):
    """A choice whose names are too long for a column."""

    wide = True


class Remark(QWidget):
    """What to expect of an output unit and a loss that do not match, and the way out."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        self._sentence = QLabel()
        self._sentence.setObjectName("learning.remark")
        self._sentence.setProperty("role", "remark")
        self._sentence.setWordWrap(True)
        self.button = QToolButton()
        self.button.setObjectName("learning.match")
        self.button.setText(self.tr("Use the matched pair"))
        self.button.setToolTip(self.tr("Set loss and output unit to automatic."))
        self.button.setAccessibleDescription(self.button.toolTip())
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setStyleSheet(CHIP)
        column.addWidget(self._sentence)
        column.addWidget(self.button)
        self.hide()

    def show_sentence(self, sentence: str) -> None:
        """Show a remark; "" takes it away."""
        self._sentence.setText(sentence)
        self.setVisible(bool(sentence))
