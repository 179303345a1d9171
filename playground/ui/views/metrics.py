"""How good the answers are, and in what way they are wrong. Draws what a frame holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QToolButton

from playground.experiment.frame import Frame
from playground.experiment.looks.metrics import Metrics
from playground.experiment.scene import Scene
from playground.options.numerals import percent, written
from playground.ui.forms.segments import Segments
from playground.ui.plots.confusion import ConfusionTable
from playground.ui.plots.heat_map import class_colour
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.metrics_plots import Answers, Reliability, Residuals, Roc
from playground.ui.plots.number_plot import nearest
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.workspace.document import Document


class Kind(Enum):
    """How the answers of a classification are judged."""

    CONFUSION = "confusion"
    ROC = "roc"
    RELIABILITY = "reliability"


@dataclass(frozen=True)
class MetricsOptions:
    """How answers are judged."""

    kind: Kind = Kind.CONFUSION


class MetricsView(CaptionedView):
    """Of classes the confusion matrix, the ROC curves or the reliability; of a number the residuals."""

    name = "metrics"
    title = "Metrics"
    needs = frozenset({Metrics})
    shows = (Metrics,)
    options = MetricsOptions()
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._metrics: Metrics | None = None
        self._scene: Scene | None = None
        self._shown: list[Any] = []  # below the legend
        self._make_controls()
        self._make_plots()
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        metrics = frame.look(Metrics)
        if metrics is None:
            return
        self.follow_member(frame)
        if frame.scene is not self._scene:
            self._answers.dots.show_colours(self.theme, frame.scene)
        self._metrics, self._scene = metrics, frame.scene
        self._kinds.setVisible(bool(frame.scene.classes))
        validation = self._parts.findChild(QToolButton, "metrics.part.validation")
        assert isinstance(validation, QToolButton)
        validation.setEnabled(frame.scene.validated)
        self._parts.show_value(metrics.part)
        self._draw()

    def show_choices(self) -> None:
        self._kind = self.options.kind
        self._kinds.show_value(self._kind)
        self._parts.show_value(self.document.selection.part)
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for plot in self._plots:
            plot.show_theme(theme)
        if self._scene is not None:
            self._answers.dots.show_colours(theme, self._scene)
        self._draw()

    def told(self, mouse: QPointF) -> str:
        metrics, scene = self._metrics, self._scene
        if metrics is None or scene is None:
            return ""
        if not scene.classes:
            return self._told_residual(metrics, scene, mouse)
        if self._kind is Kind.CONFUSION:
            return self._told_cell(metrics, scene, mouse)
        return self._told_roc(metrics, scene, mouse) if self._kind is Kind.ROC else self._told_piece(metrics, mouse)

    # Construction

    def _make_controls(self) -> None:
        self._kinds = Segments(
            "metrics.kind",
            {
                Kind.CONFUSION: (
                    self.tr("confusion"),
                    self.tr("Confusion matrix: how often each class is predicted as each"),
                ),
                Kind.ROC: (
                    self.tr("ROC"),
                    self.tr("True positive rate against false positive rate, at any threshold"),
                ),
                Kind.RELIABILITY: (
                    self.tr("calibration"),
                    self.tr("Whether what is predicted with 70 % probability is right 7 times of 10"),
                ),
            },
        )
        self._kinds.chosen.connect(lambda kind: self.choose(kind=kind))
        self._parts = Segments(
            "metrics.part",
            {
                "train": (self.tr("train"), self.tr("Judge the answers to the examples that were learnt from")),
                "validation": (self.tr("val."), self.tr("Judge the answers to the validation examples")),
                "test": (self.tr("test"), self.tr("Judge the answers to the test examples")),
            },
        )
        self._parts.chosen.connect(lambda part: self.document.select(part=part))
        self.controls.addWidget(self._kinds)
        self.controls.addStretch()
        self.controls.addWidget(self._parts)

    def _make_plots(self) -> None:
        font = small(self.font())
        self._legend = Legend(font)
        self._legend_height = self._legend.minimumHeight()
        self._table = ConfusionTable(font)
        self._roc = Roc(font, self.tr("true positive rate"), self.tr("false positive rate"))
        self._reliability = Reliability(font, self.tr("accuracy"), self.tr("predicted probability"))
        self._answers = Answers(font, self.tr("predicted"), self.tr("true value"))
        self._residuals = Residuals(font, self.tr("examples"), self.tr("residual: predicted − true"))
        self._plots = self._roc, self._reliability, self._answers, self._residuals
        self.canvas.addItem(self._legend, 0, 0, 1, 2)
        self.canvas.ci.layout.setRowStretchFactor(1, 1)
        self.canvas.ci.layout.setColumnStretchFactor(0, 3)
        self.canvas.ci.layout.setHorizontalSpacing(2 * GRID)

    # Drawing

    def _draw(self) -> None:
        metrics, scene = self._metrics, self._scene
        if metrics is None or scene is None:
            return
        if not scene.classes:
            self._draw_residuals(metrics, scene)
        elif self._kind is Kind.CONFUSION:
            self._draw_confusion(metrics, scene)
        elif self._kind is Kind.ROC:
            self._draw_roc(metrics, scene)
        else:
            self._draw_reliability(metrics)
        self.tell_again()

    def _put(self, *items: Any) -> None:
        """Give these the room below the legend."""
        if list(items) == self._shown:
            return
        for item in self._shown:
            self.canvas.removeItem(item)
        for column, item in enumerate(items):
            self.canvas.addItem(item, 1, column, 1, 1 if len(items) > 1 else 2)
        self.canvas.ci.layout.setColumnStretchFactor(1, 2 if len(items) > 1 else 0)
        self._legend.setFixedHeight(
            0.0 if self._table in items else self._legend_height
        )  # the table has names of its own
        self._legend.setVisible(self._table not in items)
        self._shown = list(items)

    def _draw_confusion(self, metrics: Metrics, scene: Scene) -> None:
        self._put(self._table)
        counts = metrics.confusion
        self._table.show_counts(counts, scene.classes)
        right = percent(np.trace(counts) / max(metrics.examples, 1))
        self.say(
            self.tr(
                "{0} of {1:,} right, on the framed diagonal. Row: true class; column: predicted class. Elsewhere stand the classes "
                "that are confused."
            ).format(right, metrics.examples)
        )

    def _draw_roc(self, metrics: Metrics, scene: Scene) -> None:
        self._put(self._roc)
        owners = [self._class_of(index, metrics) for index in range(len(metrics.roc))]
        self._roc.show_metrics(metrics, [class_colour(owner) for owner in owners])
        short = brief(scene.classes)
        entries = [
            Entry(class_colour(owner), scene.classes[owner], short[owner], written(area))
            for owner, area in zip(owners, metrics.auc, strict=True)
        ]
        looks = self.tr(
            "Each point is a threshold. Healthy: close to the upper left corner, AUC near 1; the dashed line, 0.5, is guessing."
        )
        note = self.tr("AUC: area under the curve")
        wide = QFontMetricsF(small(self.font())).horizontalAdvance(note)
        room = self._legend.size().width() - self._legend.least_width(entries)
        if room < 0.0:  # the areas of so many classes find no room: their mean then
            entries = [entry._replace(value="") for entry in entries]
            looks += " " + self.tr("Mean AUC: {0}.").format(written(float(np.mean(metrics.auc))))
        self._legend.show_entries(entries, note if room > wide else "")
        self.say(looks)

    def _draw_reliability(self, metrics: Metrics) -> None:
        self._put(self._reliability)
        self._reliability.show_metrics(metrics)
        error = self.tr("expected calibration error {0}").format(percent(metrics.calibration_error))
        self._legend.show_entries([], error)
        self.say(
            self.tr(
                "Healthy: on the dashed line, where of all examples predicted with 70 % seven in ten are right. Below it: "
                "overconfident. Grey bars: how many examples."
            )
        )

    def _draw_residuals(self, metrics: Metrics, scene: Scene) -> None:
        self._put(self._answers, self._residuals)
        self._answers.show_metrics(metrics, scene)
        self._residuals.show_metrics(metrics)
        note = self.tr("R² {0}   root mean squared error {1}").format(
            written(metrics.explained), written(metrics.error)
        )
        self._legend.show_entries([], note)
        self.say(
            self.tr(
                "Healthy: points on the dashed line, and residuals like noise around 0. A pattern is something not learnt yet: "
                "train on, or try more units."
            )
        )

    def _class_of(self, curve: int, metrics: Metrics) -> int:
        """Of two classes there is one curve, the second's."""
        return curve if len(metrics.roc) > 1 else 1

    # Under the mouse

    def _told_cell(self, metrics: Metrics, scene: Scene, mouse: QPointF) -> str:
        cell = self._table.cell_at(mouse)
        if cell is None:
            return ""
        row, column = cell
        count, of = int(metrics.confusion[row, column]), int(metrics.confusion[row].sum())
        truth, answer = scene.classes[row], scene.classes[column]
        share = percent(count / of) if of else "–"
        return self.tr("{0} predicted as {1}\n{2:,} of {3:,}: {4}").format(truth, answer, count, of, share)

    def _told_roc(self, metrics: Metrics, scene: Scene, mouse: QPointF) -> str:
        place = self._roc.point_at(metrics, mouse)
        if place is None:
            return ""
        curve, (wrong, found, threshold) = place
        name = scene.classes[self._class_of(curve, metrics)]
        return self.tr("{0}, threshold {1}\ntrue positive rate {2}\nfalse positive rate {3}").format(
            name, written(threshold), percent(found), percent(wrong)
        )

    def _told_piece(self, metrics: Metrics, mouse: QPointF) -> str:
        said, right, sizes = metrics.reliability.T
        index = nearest(self._reliability, said, right, mouse)
        if index < 0:
            return ""
        return self.tr("predicted {0}, right {1}\n{2:,} examples").format(
            percent(said[index]), percent(right[index]), int(sizes[index])
        )

    def _told_residual(self, metrics: Metrics, scene: Scene, mouse: QPointF) -> str:
        index = nearest(self._answers, metrics.truth, metrics.answer, mouse)
        if index < 0:
            return ""
        truth, answer = metrics.truth[index], metrics.answer[index]
        return self.tr("{0} {1}, answered {2}").format(scene.target, written(truth), written(answer))


def brief(names: tuple[str, ...]) -> list[str]:
    """Short names: without the word that all begin with, or their first letters."""
    parts = [name.partition(" ") for name in names]
    shared = len({first for first, *_ in parts}) == 1 and all(rest for *_, rest in parts)
    return [rest if shared else name[:3] for name, (*_, rest) in zip(names, parts, strict=True)]
