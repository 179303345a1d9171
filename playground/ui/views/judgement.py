"""How good the answers are, and in what way they are wrong. Draws what a frame holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QToolButton

from playground.experiment.config import Config
from playground.experiment.frame import Frame, Scene
from playground.experiment.judgement import Judgement
from playground.ui.document import Document
from playground.ui.theme import Theme
from playground.ui.views.captioned import CaptionedView, nearest
from playground.ui.views.confusion import ConfusionTable
from playground.ui.views.curve import LEFT_AXIS, written
from playground.ui.views.dots import MOST, Dots
from playground.ui.views.heat_map import class_colour
from playground.ui.views.view import Entry, Legend, Segments, colour_axes, small

DOT = 6  # pixels
LEAST_DOT, MOST_DOT = 5.0, 14.0  # of the reliability curve, by how many examples there are


class JudgementView(CaptionedView):
    """Of classes the confusion matrix, the ROC curves or the reliability; of a number the residuals."""

    name = "judgement"
    title = "Scores"
    needs = frozenset({Judgement.need})
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._judgement: Judgement | None = None
        self._scene: Scene | None = None
        self._shown: list[Any] = []  # below the legend
        self._curves: list[Any] = []
        self._make_controls()
        self._make_plots()
        self.show_config(document.config)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        judgement = frame.look(Judgement)
        if judgement is None:
            return
        self.follow_member(frame)
        if frame.scene is not self._scene:
            self._dots.show_colours(self.theme, frame.scene)
        self._judgement, self._scene = judgement, frame.scene
        self._kinds.setVisible(bool(frame.scene.classes))
        validation = self._parts.findChild(QToolButton, "judgement.part.validation")
        assert isinstance(validation, QToolButton)
        validation.setEnabled(frame.scene.validated)
        self._parts.show_value(judgement.part)
        self._draw()

    def show_config(self, config: Config) -> None:
        self._kind = config.display.judgement
        self._kinds.show_value(self._kind)
        self._parts.show_value(config.display.judged_on)
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for part in (self._kinds, self._parts, self._legend, self._table):
            part.show_theme(theme)
        for plot in (self._roc, self._reliability, self._answers, self._residuals):
            colour_axes(plot, theme)
        dashed = pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine)
        for line in self._diagonals:
            line.setPen(dashed)
        if self._scene is not None:
            self._dots.show_colours(theme, self._scene)
        self._bars.setOpts(brush=pg.mkBrush(theme.test), pen=pg.mkPen(theme.base))
        self._sizes.setOpts(brush=pg.mkBrush(theme.border), pen=pg.mkPen(None))
        self._said.setPen(pg.mkPen(theme.accent, width=2))
        self._said_dots.setBrush(pg.mkBrush(theme.accent))
        self._said_dots.setPen(pg.mkPen(theme.base))
        self._draw()

    def told(self, mouse: QPointF) -> str:
        judgement, scene = self._judgement, self._scene
        if judgement is None or scene is None:
            return ""
        if not scene.classes:
            return self._told_residual(judgement, scene, mouse)
        if self._kind == "confusion":
            return self._told_cell(judgement, scene, mouse)
        return self._told_roc(judgement, scene, mouse) if self._kind == "roc" else self._told_piece(judgement, mouse)

    # Construction

    def _make_controls(self) -> None:
        self._kinds = Segments(
            "judgement.kind",
            {
                "confusion": (self.tr("confusion"), self.tr("How often each class is taken for each")),
                "roc": (
                    self.tr("ROC"),
                    self.tr(
                        "How many of a class are found, against how many others are taken for it, at any threshold"
                    ),
                ),
                "reliability": (
                    self.tr("reliability"),
                    self.tr("Whether what is said with 70 % probability is right 7 times of 10"),
                ),
            },
        )
        self._kinds.chosen.connect(self._choose_kind)
        self._parts = Segments(
            "judgement.part",
            {
                "train": (self.tr("train"), self.tr("Judge the answers to the examples that were learnt from")),
                "validation": (self.tr("val."), self.tr("Judge the answers to the validation examples")),
                "test": (self.tr("test"), self.tr("Judge the answers to the test examples")),
            },
        )
        self._parts.chosen.connect(self._choose_part)
        self.controls.addWidget(self._kinds)
        self.controls.addStretch()
        self.controls.addWidget(self._parts)

    def _make_plots(self) -> None:
        font = small(self.font())
        self._legend = Legend(font)
        self._table = ConfusionTable(font)
        self._roc, self._reliability, self._answers, self._residuals = (self.new_plot() for _ in range(4))
        for plot, left, bottom in (
            (self._roc, self.tr("found of the class"), self.tr("taken for it of the others")),
            (self._reliability, self.tr("share right"), self.tr("probability said")),
            (self._answers, self.tr("answer"), self.tr("truth")),
            (self._residuals, self.tr("examples"), self.tr("answer − truth")),
        ):
            plot.setLabel("left", left)
            plot.setLabel("bottom", bottom)
            plot.getAxis("left").setWidth(LEFT_AXIS)
        self._diagonals = [pg.PlotCurveItem(antialias=True) for _ in range(3)]
        self._sizes = pg.BarGraphItem(x=[], height=[], width=0.09)
        self._said = pg.PlotCurveItem(antialias=True)
        self._said_dots = pg.ScatterPlotItem(pxMode=True)
        self._bars = pg.BarGraphItem(x=[], height=[], width=1.0)
        for plot, items in (
            (self._roc, self._diagonals[:1]),
            (self._reliability, [self._sizes, self._diagonals[1], self._said, self._said_dots]),
            (self._answers, [self._diagonals[2]]),
            (self._residuals, [self._bars]),
        ):
            for item in items:
                plot.addItem(item, ignoreBounds=True)
        self._dots = Dots(self._answers, DOT)
        for plot in (self._roc, self._reliability):
            plot.setXRange(0.0, 1.0, padding=0.02)
            plot.setYRange(0.0, 1.0, padding=0.05)
        for line in self._diagonals[:2]:
            line.setData([0.0, 1.0], [0.0, 1.0])
        self.canvas.addItem(self._legend, 0, 0, 1, 2)
        self.canvas.ci.layout.setRowStretchFactor(1, 1)
        self.canvas.ci.layout.setColumnStretchFactor(0, 3)

    # Drawing

    def _draw(self) -> None:
        judgement, scene = self._judgement, self._scene
        if judgement is None or scene is None:
            return
        if not scene.classes:
            self._draw_residuals(judgement, scene)
        elif self._kind == "confusion":
            self._draw_confusion(judgement, scene)
        elif self._kind == "roc":
            self._draw_roc(judgement, scene)
        else:
            self._draw_reliability(judgement)
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
        self._shown = list(items)

    def _draw_confusion(self, judgement: Judgement, scene: Scene) -> None:
        self._put(self._table)
        counts = judgement.confusion
        self._table.show_counts(counts, scene.classes)
        right = 100.0 * np.trace(counts) / max(judgement.examples, 1)
        self._legend.show_entries([], self.tr("{0:.1f} % of {1:,} right").format(right, judgement.examples))
        self.say(self.tr("Framed: answered right. Off the diagonal stand the classes that are confused."))

    def _draw_roc(self, judgement: Judgement, scene: Scene) -> None:
        self._put(self._roc)
        while len(self._curves) > len(judgement.roc):
            self._roc.removeItem(self._curves.pop())
        while len(self._curves) < len(judgement.roc):
            self._curves.append(pg.PlotCurveItem(antialias=True))
            self._roc.addItem(self._curves[-1], ignoreBounds=True)
        entries = []
        for index, (curve, roc) in enumerate(zip(self._curves, judgement.roc, strict=True)):
            of_class = self._class_of(index, judgement)
            curve.setData(roc[0], roc[1], pen=pg.mkPen(class_colour(of_class), width=2))
            name = scene.classes[of_class]
            entries.append(Entry(class_colour(of_class), name, name[:3], f"{judgement.auc[index]:.3f}"))
        self._legend.show_entries(entries, self.tr("area under the curve"))
        self.say(
            self.tr("The nearer to the upper left corner, the better the classes are told apart; dashed is guessing.")
        )

    def _draw_reliability(self, judgement: Judgement) -> None:
        self._put(self._reliability)
        said, right, sizes = judgement.reliability.T
        known = sizes > 0.0
        self._said.setData(said[known], right[known])
        weights = np.sqrt(sizes[known] / max(sizes.max(), 1.0))
        self._said_dots.setData(said[known], right[known], size=LEAST_DOT + (MOST_DOT - LEAST_DOT) * weights)
        middles = (np.arange(len(sizes)) + 0.5) / len(sizes)
        self._sizes.setOpts(x=middles, height=0.25 * sizes / max(sizes.max(), 1.0))
        error = self.tr("expected calibration error {0}").format(f"{100.0 * judgement.calibration_error:.1f} %")
        self._legend.show_entries([], error)
        self.say(
            self.tr("Below the dashed line the network is surer than it is right. Grey: how many examples are said so.")
        )

    def _draw_residuals(self, judgement: Judgement, scene: Scene) -> None:
        self._put(self._answers, self._residuals)
        truth, answer = judgement.truth, judgement.answer
        ends = np.array([min(scene.low, truth.min(initial=scene.low)), max(scene.high, truth.max(initial=scene.high))])
        air = 0.04 * (ends[1] - ends[0])
        self._diagonals[2].setData(ends, ends)
        self._dots.show_points(truth[:MOST], answer[:MOST], truth[:MOST], scene)
        self._answers.setXRange(ends[0] - air, ends[1] + air, padding=0.0)
        low, high = min(ends[0], answer.min(initial=ends[0])), max(ends[1], answer.max(initial=ends[1]))
        self._answers.setYRange(low - air, high + air, padding=0.0)
        edges, counts = judgement.edges, judgement.residuals
        self._bars.setOpts(x=(edges[:-1] + edges[1:]) / 2.0, height=counts, width=edges[1] - edges[0])
        self._residuals.setXRange(edges[0], edges[-1], padding=0.0)
        self._residuals.setYRange(0.0, max(float(counts.max()), 1.0), padding=0.04)
        note = self.tr("R² {0}   root mean squared error {1}").format(
            f"{judgement.explained:.3f}", written(judgement.error)
        )
        self._legend.show_entries([], note)
        self.say(
            self.tr(
                "On the dashed line the answer is right. A pattern around it is something not yet learnt; noise has none."
            )
        )

    def _class_of(self, curve: int, judgement: Judgement) -> int:
        """Of two classes there is one curve, the second's."""
        return curve if len(judgement.roc) > 1 else 1

    # Under the mouse

    def _told_cell(self, judgement: Judgement, scene: Scene, mouse: QPointF) -> str:
        cell = self._table.cell_at(mouse)
        if cell is None:
            return ""
        row, column = cell
        count, of = int(judgement.confusion[row, column]), int(judgement.confusion[row].sum())
        truth, answer = scene.classes[row], scene.classes[column]
        share = f"{100.0 * count / of:.1f} %" if of else "–"
        return self.tr("{0} taken for {1}\n{2:,} of {3:,}: {4}").format(truth, answer, count, of, share)

    def _told_roc(self, judgement: Judgement, scene: Scene, mouse: QPointF) -> str:
        owners = np.repeat(np.arange(len(judgement.roc)), [roc.shape[1] for roc in judgement.roc])
        points = np.concatenate(judgement.roc, axis=1)
        index = nearest(self._roc, points[0], points[1], mouse)
        if index < 0:
            return ""
        wrong, found, threshold = points[:, index]
        name = scene.classes[self._class_of(int(owners[index]), judgement)]
        return self.tr("{0} from {1} on: {2:.1f} % found,\n{3:.1f} % of the others taken for it").format(
            name, written(threshold), 100.0 * found, 100.0 * wrong
        )

    def _told_piece(self, judgement: Judgement, mouse: QPointF) -> str:
        said, right, sizes = judgement.reliability.T
        index = nearest(self._reliability, said, right, mouse)
        if index < 0:
            return ""
        return self.tr("said {0:.1f} %, was so {1:.1f} %\n{2:,} examples").format(
            100.0 * said[index], 100.0 * right[index], int(sizes[index])
        )

    def _told_residual(self, judgement: Judgement, scene: Scene, mouse: QPointF) -> str:
        index = nearest(self._answers, judgement.truth, judgement.answer, mouse)
        if index < 0:
            return ""
        truth, answer = judgement.truth[index], judgement.answer[index]
        return self.tr("{0} {1}, answered {2}").format(scene.target, written(truth), written(answer))

    # Gestures

    def _choose_kind(self, value: str) -> None:
        self.document.set("display.judgement", value, self.tr("Way of judging"))

    def _choose_part(self, value: str) -> None:
        self.document.set("display.judged_on", value, self.tr("Part judged"))
