"""How the network learns: loss and output unit, optimizer and rate, mini-batch, regularisation, weights at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.experiment.config import Config
from playground.experiment.pairing import fitting
from playground.experiment.scene import Scene
from playground.options import Choice, Number, knobs, with_value
from playground.ui.forms.form import Column, Form
from playground.ui.forms.group import Group
from playground.ui.forms.knob_widgets import ChoiceWidget, KnobWidget, NumberWidget, SeedWidget
from playground.ui.forms.numbers import number_text
from playground.ui.forms.pairs import show_losses, show_outputs
from playground.ui.icons import icon
from playground.ui.theme import GRID, Theme
from playground.ui.words import said
from playground.ui.workspace.document import Document


class LearningPanel(Column):
    """Edits the training section and what of the network section is not drawn as a diagram."""

    rate_search_requested = Signal()

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
        names = ("optimizer", "learning_rate", "schedule", "clipping", "batch_size")
        self._training_form = Form(document, "training", names, {"learning_rate": RateWidget}, self._fit)
        self._find = cast(RateWidget, self._training_form.widget("learning_rate")).button
        self._find.clicked.connect(self.rate_search_requested)
        layers = Form(document, "network.hidden.*", ("activation", "normalization"), self._all_layers())
        for group in (
            Group("descent", self.tr("Descent"), self.tr("How a gradient becomes a step."), self._training_form),
            Group(
                "members",
                self.tr("Members"),
                self.tr("Many networks at once, and what they differ in."),
                Form(document, "ensemble"),
            ),
            Group(
                "loss",
                self.tr("Loss"),
                self.tr("What is to become small, and the output unit it is measured at."),
                self._loss_form,
                self._output_form,
                self._remark,
            ),
            Group(
                "restraint",
                self.tr("Regularisation"),
                self.tr("What keeps the network from learning its examples by heart."),
                Form(document, "training", ("regularizer", "stopping")),
            ),
            Group(
                "start",
                self.tr("Layers and start"),
                self.tr("What all hidden layers have in common, and where their weights start."),
                layers,
                Form(document, "network", ("initializer", "precision", "seed"), {"seed": SeedWidget}),
            ),
        ):
            self.add(group)
        self._noise = Group(
            "noise",
            self.tr("Dropout and noise"),
            self.tr("What is disturbed at random in training, and never in testing."),
            Form(document, "training.noise"),
            open=False,
        )
        self.add(self._noise)
        document.config_changed.connect(self._follow)
        self._show_noise(document.config)

    def show_scene(self, scene: Scene) -> None:
        """Follow the data: which pairs make sense, what "automatic" means, how large the full batch is."""
        self._classes = len(scene.classes)
        self._remark.show_sentence(said(scene.remark))
        batch = self._training_form.widget("batch_size")
        assert isinstance(batch, NumberWidget)
        batch.show_limit(len(scene.train_points))
        batch.show_value(self._document.config.training.batch_size)
        self._show_pairs(self._document.config)

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._find.setIcon(icon("range", theme))

    def _all_layers(self) -> dict[str, Callable[[Any], KnobWidget]]:
        """Widgets for what the diagram has of each layer apart."""

        def widget(label: str, help: str, knob: Choice) -> ChoiceWidget:
            return ChoiceWidget(replace(knob, label=label, help=help))

        return {
            "activation": partial(
                widget,
                self.tr("hidden layers"),
                self.tr("The activation of all hidden layers at once; the diagram has that of each."),
            ),
            "normalization": partial(
                widget,
                self.tr("normalisation"),
                self.tr("The normalisation of all hidden layers at once; the diagram has that of each."),
            ),
        }

    def _follow(self, old: Config, new: Config) -> None:
        paired = attrgetter("training.loss", "network.output")
        if paired(old) != paired(new):
            self._show_pairs(new)
        self._show_noise(new)

    def _show_noise(self, config: Config) -> None:
        """Say what is on, where the knobs are folded away."""
        noise = config.training.noise
        words = [
            f"{knob.label} {number_text(getattr(noise, name))}"
            for name, knob in knobs(type(noise)).items()
            if getattr(noise, name)
        ]
        self._noise.show_summary("; ".join(words) or self.tr("none"))

    def _show_pairs(self, config: Config) -> None:
        if self._classes is None:
            return
        loss, output = self._loss_form.widget("loss"), self._output_form.widget("output")
        assert isinstance(loss, ChoiceWidget)
        assert isinstance(output, ChoiceWidget)
        show_losses(loss, config, self._classes)
        show_outputs(output, config, self._classes)

    def _fit(self, config: Config) -> Config:
        return config if self._classes is None else fitting(config, self._classes)

    def _match(self) -> None:
        config = with_value(with_value(self._document.config, "training.loss", None), "network.output", None)
        self._document.edit(self.tr("matched loss and output unit"), config)


class RateWidget(NumberWidget):
    """A learning rate, and a button that asks for a good one."""

    def __init__(self, knob: Number) -> None:
        super().__init__(knob)
        self.button = QToolButton()
        self.button.setAccessibleName(self.tr("Find a good rate"))
        self.button.setProperty("role", "chip")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setFixedWidth(3 * GRID)
        if self.slider is not None:  # it gives way, so that the panel becomes no wider
            self.slider.setMinimumWidth(3 * GRID)
        self.controls["find"] = self.button
        self.tips["find"] = self.tr("Find a good rate: test them all, from small to large. The run goes on meanwhile.")
        cast(QHBoxLayout, self.layout()).addWidget(self.button)


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
        self.button.setProperty("role", "chip")
        column.addWidget(self._sentence)
        column.addWidget(self.button)
        self.hide()

    def show_sentence(self, sentence: str) -> None:
        """Show a remark; "" takes it away."""
        self._sentence.setText(sentence)
        self.setVisible(bool(sentence))
