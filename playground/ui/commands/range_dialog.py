"""The dialog that looks for a good learning rate, while training goes on. Knows neither session nor runner."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.data.dataset import DataError, Dataset
from playground.experiment.config import Config, ConfigError, TrainingConfig
from playground.options import Number, knobs
from playground.options.numerals import trimmed
from playground.study.range_test import HIGHEST, LOWEST, RangeTest, heeded, range_test
from playground.ui.forms.controls import sentence_label
from playground.ui.forms.number_field import NumberField
from playground.ui.forms.numbers import number_text
from playground.ui.forms.refusal import take_back
from playground.ui.plots.range_plot import RangePlot
from playground.ui.theme import GRID, Theme
from playground.ui.words import said
from playground.ui.workspace.document import Document
from playground.ui.workspace.reading import Reading


class RangeDialog(QDialog):
    """Shows how the loss goes while the learning rate grows, and sets a rate.

    `experiment_wanted` asks for the config and the data to test, which `run` is then given. The test has a thread of
    its own, which ends when the dialog is closed.
    """

    experiment_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("range_test")
        self.setWindowTitle(self.tr("Learning-rate range test"))
        self._document = document
        self._reading: Reading | None = None
        self._tested: Config | None = None  # what the picture is of
        self._rate = document.config.training.learning_rate  # the one chosen
        self._plot = RangePlot(theme)
        self._plot.setObjectName("range_test.plot")
        self._plot.setToolTip(self.tr("Click or drag to choose a rate."))
        self._plot.setAccessibleDescription(self._plot.toolTip())
        self._plot.rate_pointed.connect(self._choose)
        self._verdict = sentence_label("range_test.verdict")
        self._remark = sentence_label("range_test.remark", "remark")
        for sentence in (self._verdict, self._remark):  # one takes the other's place
            sentence.setMinimumHeight(2 * self.fontMetrics().height() + 2 * GRID)
        self._build()
        document.config_changed.connect(self._follow)
        self._choose(self._rate)

    def start(self) -> None:
        """Come to the front, with a test of the experiment as it is."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._use.setFocus()
        if self._tested != heeded(self._document.config):
            self.experiment_wanted.emit()
        self._show_state()

    def run(self, config: Config, dataset: Dataset) -> None:
        """Test this experiment, instead of one that is still being tested."""
        self._cancel()
        if not self.isVisible():  # closed before the experiment came
            return
        self._tested = heeded(config)
        self._reading = Reading(partial(range_test, config, dataset), self)
        self._reading.done.connect(self._take)
        self._show_state()

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._plot.show_theme(theme)

    def _build(self) -> None:
        explanation = sentence_label("range_test.explanation", "muted")
        explanation.setText(
            self.tr(
                "From the initial weights on, each mini-batch trains at a larger rate than the one before. A rate is good "
                "where the loss falls fastest; where the loss is lowest, it is nearly too large."
            )
        )
        self._knob = knob = knobs(TrainingConfig)["learning_rate"]
        assert isinstance(knob, Number)
        self._field = NumberField(knob)
        self._field.setObjectName("range_test.rate")
        self._field.setAccessibleName(knob.label)
        self._field.entered.connect(self._choose)
        self._field.stepped.connect(self._choose)
        label = QLabel(knob.label)
        label.setBuddy(self._field)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._use = self._button(buttons, "use", self.tr("Set the learning rate. The run goes on with it."))
        self._use.clicked.connect(self._set_rate)
        self._use.setMinimumWidth(self._use.fontMetrics().horizontalAdvance(self.tr("Use {rate}")) + 8 * GRID)
        self._again = self._button(buttons, "again", self.tr("Test the experiment as it is set now."))
        self._again.setText(self.tr("Run again"))
        self._again.clicked.connect(self.experiment_wanted)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setIcon(QIcon())
        close.setAutoDefault(False)
        self._use.setDefault(True)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self._cancel)
        self._field.setToolTip(
            self.tr("The rate to use: type it, step with the arrow keys, or click into the picture.")
        )
        self._field.setAccessibleDescription(self._field.toolTip())
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for part in (label, self._field):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(explanation)
        layout.addWidget(self._plot, 1)
        for sentence in (self._verdict, self._remark):
            layout.addWidget(sentence)
        layout.addLayout(row)

    def _button(self, buttons: QDialogButtonBox, name: str, tip: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"range_test.{name}")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setAutoDefault(False)
        buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    # What is shown

    def _take(self) -> None:
        """Show what the test has brought, once it has."""
        assert self._reading is not None
        reading, self._reading = self._reading, None
        reading.deleteLater()
        try:
            test: RangeTest = reading.future.result()
        except (ConfigError, DataError) as error:
            self._plot.show_test(None)
            self._verdict.setText("")
            self._show_remark(_sentence(said(error.reason if isinstance(error, ConfigError) else error.message)))
            return
        self._plot.show_test(test)
        self._verdict.setText(self._words(test))
        if test.suggestion is not None:
            self._choose(test.suggestion)
        self._show_state()

    def _words(self, test: RangeTest) -> str:
        if test.suggestion is None:
            found = self.tr("At no rate does the loss fall for certain: larger mini-batches may show more.")
        else:
            found = self.tr("The loss falls fastest at {rate}.").format(rate=trimmed(test.suggestion, 2))
        if test.broke_at is None:
            return found
        return f"{found} " + self.tr("By {rate} training had diverged.").format(rate=trimmed(test.broke_at, 2))

    def _show_state(self) -> None:
        """Say whether the picture is still to come, or of settings that are no more."""
        stale = self._tested is not None and self._tested != heeded(self._document.config)
        if self._reading is not None:
            self._verdict.setText(
                self.tr("Testing rates from {lowest} to {highest} …").format(
                    lowest=trimmed(LOWEST), highest=trimmed(HIGHEST)
                )
            )
        self._show_remark(self.tr("The settings have changed since: run it again.") if stale else "")

    def _show_remark(self, sentence: str) -> None:
        self._remark.setText(sentence)
        self._remark.setVisible(bool(sentence))
        self._verdict.setVisible(not sentence)

    def _follow(self, old: Config, new: Config) -> None:
        self._plot.mark("now", new.training.learning_rate)
        if self.isVisible():
            self._show_state()

    # What the user does

    def _choose(self, rate: float) -> None:
        """Choose a rate, as far as two figures say it."""
        take_back(self._field)
        self._rate = float(f"{rate:.2g}")
        self._field.show_value(self._rate)
        self._use.setText(self.tr("Use {rate}").format(rate=number_text(self._rate)))
        self._plot.mark("chosen", self._rate)
        self._plot.mark("now", self._document.config.training.learning_rate)

    def _set_rate(self) -> None:
        self._document.set("training.learning_rate", self._rate, self._knob.label)

    def _cancel(self) -> None:
        """Call off a test that is under way, and wait for nothing."""
        if self._reading is not None:
            self._reading.call_off()
            self._reading.deleteLater()
            self._reading = self._tested = None


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
