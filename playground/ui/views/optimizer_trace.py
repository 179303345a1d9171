"""One weight step by step: gradient, what the optimizer remembers, effective rate, step. Draws what a frame holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSignalBlocker
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QLabel, QSizePolicy

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.optimizer_trace import OptimizerTrace, Steps
from playground.options.numerals import counted, written
from playground.ui.forms.controls import Selector
from playground.ui.forms.segments import Segments
from playground.ui.plots.axes import LEFT_AXIS, show_bottom
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.scale import Scale
from playground.ui.plots.step_panels import Panel, columns_for, marks, panels_of, places, plain, scale_of
from playground.ui.plots.step_words import advice, told_of
from playground.ui.theme import GRID, Theme, small, tabular
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.viewing.unit_picker import UnitPicker
from playground.ui.workspace.document import Document


class Period(Enum):
    """Which steps are drawn."""

    LAST = "last"
    ALL = "all"


@dataclass(frozen=True)
class OptimizerTraceOptions:
    """How the steps of a weight are drawn."""

    period: Period = Period.LAST


class OptimizerTraceView(CaptionedView):
    """Small plots over one axis of steps: the last ones, or all that were seen, on a logarithmic one.

    While the mouse is over one of them, all numbers are those of that step.
    """

    name = "optimizer_trace"
    title = "Optimizer trace"
    needs = frozenset({OptimizerTrace})
    shows = (OptimizerTrace,)
    options = OptimizerTraceOptions()
    follows = ("training",)
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._look: Steps | None = None
        self._frame: Frame | None = None
        self._panels: list[Panel] = []
        self._plots: list[tuple[Legend, CurvePlot]] = []
        self._columns = 0
        self._record = -1
        self._font = small(self.font())
        self._span = QGraphicsSimpleTextItem(self.canvas.ci)
        self._span.setFont(self._font)
        self._picker = UnitPicker("optimizer_trace", document)
        self._inputs = Selector()
        self._inputs.setObjectName("optimizer_trace.input")
        self._inputs.setAccessibleName(self.tr("input"))
        self._inputs.setToolTip(self.tr("Which of the unit's weights: the input that it multiplies."))
        self._inputs.setAccessibleDescription(self._inputs.toolTip())
        self._inputs.setFont(tabular(self._inputs.font()))
        self._inputs.setFixedHeight(22)
        self._inputs.setMaxVisibleItems(16)
        self._inputs.setMinimumWidth(7 * GRID)  # in a narrow dock long names are cut
        self._inputs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._inputs.activated.connect(self._choose_input)
        self._names: list[str] = []
        self._period = Segments(
            "optimizer_trace.period",
            {
                Period.LAST: (self.tr("last"), self.tr("The last 1,000 steps, one by one.")),
                Period.ALL: (
                    self.tr("all"),
                    self.tr("All steps since this weight is looked at, on a logarithmic axis."),
                ),
            },
        )
        self._period.chosen.connect(lambda period: self.choose(period=period))
        self.controls.addWidget(self._picker)
        self.controls.addWidget(self._inputs, stretch=1)
        self.controls.addStretch()
        self.controls.addWidget(self._period)
        self.canvas.setMinimumHeight(15 * GRID)
        self._sentence = QLabel()
        self._sentence.setObjectName("optimizer_trace.sentence")
        self._sentence.setFont(self._font)
        self._sentence.setWordWrap(True)
        self._sentence.setContentsMargins(GRID, 0, GRID, 0)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._sentence.setFixedHeight(2 * self._sentence.fontMetrics().lineSpacing() + GRID // 2)  # nothing jumps
        self.rows.insertWidget(1, self._sentence)
        self.show_config(document.config)
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        if frame.look(OptimizerTrace) is None:
            return
        self._frame = frame
        self._picker.show_frame(frame)
        self._offer_inputs()
        self._draw()

    def show_choices(self) -> None:
        self._picker.show_selection()
        self._offer_inputs()
        self._period.show_value(self.options.period)
        self._draw()

    def show_config(self, config: Config) -> None:
        self._draw()
        self.caption.say(plain(advice(config.training, self.tr)))

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._dress()

    def told(self, mouse: QPointF) -> str:
        """All values of the plot under the mouse; its legend may have no room for them."""
        look = self._look
        for panel, (_, plot) in zip(self._panels, self._plots, strict=True):
            if look is not None and plot.vb.sceneBoundingRect().contains(mouse) and 0 <= plot.record < len(look.step):
                step = self.tr("step {0}").format(counted(look.step[plot.record]))
                lines = [f"{plain(symbol)}  {written(values[plot.record])}" for symbol, values in panel.lines.items()]
                return "\n".join([f"{panel.title}, {step}", *lines])
        return ""

    # Controls

    def _offer_inputs(self) -> None:
        if self._frame is None:
            return
        layer, _ = self._picker.place
        weights = self._frame.weights[layer]
        count = weights.shape[1] - 1
        names = list(self._frame.scene.input_names) if layer == 0 else []
        if len(names) != count:
            names = [self.tr("from unit {0}").format(unit + 1) for unit in range(count)]
        names.append(self.tr("bias"))
        with QSignalBlocker(self._inputs):
            if names != self._names:
                self._names = names
                self._inputs.clear()
                self._inputs.addItems(names)
                widest = max(map(self._inputs.fontMetrics().horizontalAdvance, (*names, "from unit 10")))
                self._inputs.setMaximumWidth(min(widest, 16 * GRID) + 4 * GRID)
            self._inputs.setCurrentIndex(self._frame.within(self.document.selection).input)

    def _choose_input(self, index: int) -> None:
        self.document.select(input=index)

    # What is drawn

    def _draw(self) -> None:
        seen = None if self._frame is None else self._frame.look(OptimizerTrace)
        if seen is None:
            return
        whole = self.options.period is Period.ALL
        self._look = seen.history if whole else seen.last
        before = [tuple(panel.lines) for panel in self._panels]
        self._panels = panels_of(self._look, self.document.config.training, self.tr)
        if [tuple(panel.lines) for panel in self._panels] != before:
            self._make_plots()
        steps = self._look.step
        across = np.log10(seen.since) if whole else steps.astype(float)
        first = float(across[0]) if len(steps) else 0.0
        self._span.setText("")
        if len(steps):
            text = self.tr("every plot: steps {0} to {1}").format(counted(steps[0]), counted(steps[-1]))
            self._span.setText(text + self.tr(", lines after 10, 100, …") if whole else text)
        powers = [(float(power), "") for power in range(1, 1 + int(across[-1]))] if whole and len(steps) else []
        self._lay_out()
        for panel, (_, plot) in zip(self._panels, self._plots, strict=True):
            values = np.stack(list(panel.lines.values()), axis=1)
            scale = scale_of(values, panel.kind)
            plot.show_lines(across, values, scale, first)
            plot.getAxis("bottom").setTicks([powers])
            self._mark(plot, scale)
        self._show_record()

    def _mark(self, plot: CurvePlot, scale: Scale) -> None:
        """Number the left axis with as many marks as there is room for."""
        axis = plot.getAxis("left")
        found = marks(scale, plot.size().height() / QFontMetricsF(self._font).height() - 0.5)
        if found is None:
            axis.setTicks(None)
        elif scale.log:
            axis.setTicks([list(zip(found, axis.tickStrings(found, 1.0, 1.0), strict=True))])
        else:
            axis.setTicks([[(mark, scale.written(mark)) for mark in found]])

    def _show_record(self) -> None:
        """The numbers of the step under the mouse, or of the last."""
        look = self._look
        if look is None:
            return
        record = self._record if 0 <= self._record < len(look.step) else len(look.step) - 1
        for panel, (legend, _) in zip(self._panels, self._plots, strict=True):
            self._show_legend(panel, legend, record)
        self._sentence.setText(told_of(look, record, self.document.config.training.optimizer, self.tr))

    def _show_legend(self, panel: Panel, legend: Legend, record: int) -> None:
        """Symbols, and as far as there is room their values and the plot's title."""
        wide = QFontMetricsF(self._font).horizontalAdvance
        room = legend.size().width() - sum(3.0 * GRID + wide(plain(symbol)) for symbol in panel.lines)
        valued = record >= 0 and room >= len(panel.lines) * wide(" −0.00·10⁻¹⁰")
        if valued:
            room -= len(panel.lines) * wide(" −0.00·10⁻¹⁰")
        entries = []
        for (symbol, values), colour in zip(panel.lines.items(), self._colours(), strict=False):
            name = plain(symbol)
            first = name.split()[0]
            brief = f"{first[:3]}." if len(first) > 7 else first
            entries.append(Entry(colour, name, brief, written(values[record]) if valued else ""))
        legend.show_entries(entries, panel.title if room >= wide(panel.title) else "")

    # Construction

    def _make_plots(self) -> None:
        """As many plots as there are panels; the old ones go."""
        for items in self._plots:
            for item in items:
                self.canvas.scene().removeItem(item)
        self._plots = []
        for _ in self._panels:
            legend, plot = Legend(self._font), CurvePlot(self._font, width=1.0)
            legend.setFixedHeight(QFontMetricsF(self._font).height() + GRID / 2)
            plot.pointed.connect(self._point_at_record)
            plot.getAxis("left").setTickDensity(0.6)  # there is little room
            plot.getAxis("left").setWidth(LEFT_AXIS + GRID // 2)  # for −0.00012
            show_bottom(plot, False)  # the steps of all plots are told once, below them
            plot.getAxis("bottom").setHeight(GRID)
            plot.getAxis("bottom").setGrid(255)
            for item in (legend, plot):
                item.setParentItem(self.canvas.ci)
            self._plots.append((legend, plot))
        self._dress()

    def _lay_out(self) -> None:
        """Share the canvas among the plots, and the row below them for their steps."""
        canvas, line = self.canvas.viewport(), QFontMetricsF(self._font).height()
        around = QRectF(GRID / 2, 0.0, canvas.width() - 1.5 * GRID, canvas.height() - line - GRID / 2)
        self._columns = columns_for(len(self._plots), around.width(), around.height())
        for (legend, plot), place in zip(
            self._plots, places(len(self._plots), self._columns, around, GRID), strict=True
        ):
            title = legend.maximumHeight()
            legend.setGeometry(QRectF(place.x(), place.y(), place.width(), title))
            plot.setGeometry(place.adjusted(0.0, title + GRID / 4, 0.0, 0.0))  # the highest number is half above it
        self._span.setPos(around.center().x() - self._span.boundingRect().width() / 2, around.bottom())

    def _dress(self) -> None:
        self._span.setBrush(QColor(self.theme.muted))
        for panel, (_, plot) in zip(self._panels, self._plots, strict=True):
            plot.show_colours(self._colours()[: len(panel.lines)], self.theme)
        self._show_record()

    def _colours(self) -> list[QColor]:
        theme = self.theme
        return [QColor(name) for name in (theme.train, theme.test, theme.validation, theme.muted)]

    def _point_at_record(self) -> None:
        self._record = max((plot.record for _, plot in self._plots), default=-1)
        for _, plot in self._plots:
            plot.point_at(self._record)
        self._show_record()

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._draw()  # with as many marks and numbers as there is room for now
        return super().eventFilter(watched, event)
