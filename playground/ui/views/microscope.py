"""One weight step by step: gradient, what the optimizer remembers, effective rate, step. Draws what a frame holds."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSignalBlocker
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QLabel, QSizePolicy

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.microscope import Microscope
from playground.nn.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, AMSGrad, Lion, Momentum, RMSprop
from playground.nn.regularizers import L2
from playground.ui.controls import Selector
from playground.ui.document import Document
from playground.ui.theme import GRID, Theme, tabular
from playground.ui.views.captioned import CaptionedView
from playground.ui.views.curve import CurvePlot
from playground.ui.views.step_panels import Panel, marks, plain, scale_of, signed
from playground.ui.views.unit_picker import UnitPicker
from playground.ui.views.view import Entry, Legend, show_bottom, small

SIGNED = ("mean", "velocity")  # slots that may be negative; all others are sizes, on a logarithmic scale
ROOM = (120.0, 72.0)  # pixels that a plot wants, across and up
MOST_COLUMNS = 4


class MicroscopeView(CaptionedView):
    """Small plots over one axis of steps. While the mouse is over one of them, all numbers are those of that step."""

    name = "microscope"
    title = "Microscope"
    needs = frozenset({Microscope.need})
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._look: Microscope | None = None
        self._frame: Frame | None = None
        self._panels: list[Panel] = []
        self._plots: list[tuple[Legend, CurvePlot]] = []
        self._columns = 0
        self._record = -1
        self._font = small(self.font())
        self._picker = UnitPicker("microscope", document)
        self._inputs = Selector()
        self._inputs.setObjectName("microscope.input")
        self._inputs.setAccessibleName(self.tr("input"))
        self._inputs.setToolTip(self.tr("Which of the unit's weights: the input that it multiplies."))
        self._inputs.setAccessibleDescription(self._inputs.toolTip())
        self._inputs.setFont(tabular(self._inputs.font()))
        self._inputs.setFixedHeight(22)
        self._inputs.setMaxVisibleItems(16)
        self._inputs.activated.connect(self._choose_input)
        self._names: list[str] = []
        self.controls.addWidget(self._picker)
        self.controls.addWidget(self._inputs)
        self.controls.addStretch()
        self.canvas.setMinimumHeight(15 * GRID)
        self._sentence = QLabel()
        self._sentence.setObjectName("microscope.sentence")
        self._sentence.setFont(self._font)
        self._sentence.setWordWrap(True)
        self._sentence.setContentsMargins(GRID, 0, GRID, 0)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._sentence.setFixedHeight(2 * self._sentence.fontMetrics().lineSpacing() + GRID // 2)  # nothing jumps
        self.rows.insertWidget(1, self._sentence)
        self.show_config(document.config)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        look = frame.look(Microscope)
        if look is None:
            return
        self._frame, self._look = frame, look
        self._picker.show_frame(frame)
        self._offer_inputs()
        self._draw()

    def show_config(self, config: Config) -> None:
        self._picker.show_config()
        self._offer_inputs()
        self.caption.setText(plain(self._advice(config)))

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._dress()

    def told(self, mouse: QPointF) -> str:
        """All values of the plot under the mouse; its legend may have no room for them."""
        look = self._look
        for panel, (_, plot) in zip(self._panels, self._plots, strict=True):
            if look is not None and plot.vb.sceneBoundingRect().contains(mouse) and 0 <= plot.record < len(look.step):
                step = self.tr("step {0}").format(f"{look.step[plot.record]:,}")
                lines = [f"{plain(symbol)}  {signed(values[plot.record])}" for symbol, values in panel.lines.items()]
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
                self._inputs.setFixedWidth(min(widest, 16 * GRID) + 4 * GRID)
            self._inputs.setCurrentIndex(min(self.document.config.display.input, count))

    def _choose_input(self, index: int) -> None:
        self.document.set("display.input", index, self.tr("Look at the weight of another input"), merge=True)

    # What is drawn

    def _panels_of(self, look: Microscope) -> list[Panel]:
        gradient = {"∂L/∂w": look.gradient}
        if look.penalty is not None:
            # The sum first: it would hide the others.
            gradient = {self.tr("sum"): look.gradient + look.penalty, **gradient, self.tr("L2 share"): look.penalty}
        if look.clipped is not None:
            gradient[self.tr("clipped")] = look.clipped
        panels = [Panel(self.tr("gradient"), "signed", gradient)]
        for slot, lines in look.memories.items():
            panels.append(Panel(slot, "signed" if slot in SIGNED else "size", dict(lines)))
        if look.effective is not None:
            rates = {} if np.array_equal(look.effective, look.rate) else {self.tr("effective"): look.effective}
            panels.append(Panel(self.tr("rate"), "size", rates | {"ε": look.rate}))
        step = {"Δw": look.moved}
        shares = {self.tr("decay"): look.decay, self.tr("pull"): look.pull}
        step |= {name: share for name, share in shares.items() if share is not None}
        panels.append(Panel(self.tr("step"), "signed", step))
        panels.append(Panel(self.tr("weight"), "near", {"w": look.value}))
        return panels

    def _draw(self) -> None:
        if self._look is None:
            return
        before = [tuple(panel.lines) for panel in self._panels]
        self._panels = self._panels_of(self._look)
        if [tuple(panel.lines) for panel in self._panels] != before:
            self._make_plots()
        steps = self._look.step.astype(float)
        first = float(steps[0]) if len(steps) else 0.0
        for panel, (_, plot) in zip(self._panels, self._plots, strict=True):
            values = np.stack(list(panel.lines.values()), axis=1)
            scale = scale_of(values, panel.kind)
            plot.show_lines(steps, values, scale, first)
            if not scale.log:
                plot.getAxis("left").setTicks([[(mark, f"{mark:.4g}".replace("-", "−")) for mark in marks(scale)]])
            if len(steps):
                ends = [(first, f"{first:,.0f}"), (steps[-1], self.tr("step {0}").format(f"{steps[-1]:,.0f}"))]
                plot.getAxis("bottom").setTicks([ends if len(steps) > 1 else ends[1:]])
        self._show_record()

    def _show_record(self) -> None:
        """The numbers of the step under the mouse, or of the last."""
        look = self._look
        if look is None:
            return
        record = self._record if 0 <= self._record < len(look.step) else len(look.step) - 1
        for panel, (legend, _) in zip(self._panels, self._plots, strict=True):
            self._show_legend(panel, legend, record)
        self._sentence.setText(self._told_of(look, record))

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
            brief = f"{name[:3]}." if len(name) > 7 else name
            entries.append(Entry(colour, name, brief, signed(values[record]) if valued else ""))
        legend.show_entries(entries, panel.title if room >= wide(panel.title) else "")

    def _told_of(self, look: Microscope, record: int) -> str:
        """A step as a calculation with its numbers."""
        if record < 0:
            return self.tr("No step has been seen of this weight yet: let the run go on.")
        text = self.tr("Step {0}: ").format(f"{look.step[record]:,}")
        if look.above is None or look.own is None:
            whole = self.tr("Δw = {0}, which follows from all weights at once.")
            return text + whole.format(signed(look.moved[record]))
        above, below = map(plain, look.symbols)
        text += f"Δw = −ε {above}{f' / {below}' if below else ''} = −{signed(look.rate[record])} · "
        number = signed(look.above[record])
        text += f"({number})" if number.startswith("−") else number
        if look.below is not None:
            text += f" / {signed(look.below[record])}"
        text += f" = {signed(look.own[record])}"
        for name, share in ((self.tr("decay"), look.decay), (self.tr("pull"), look.pull)):
            if share is not None:
                text += f",  {name} {signed(share[record])}"
        if look.decay is not None or look.pull is not None:
            text += ",  " + self.tr("together {0}").format(signed(look.moved[record]))
        return text

    def _advice(self, config: Config) -> str:
        """What to look for with this optimizer."""
        rules = config.training
        if isinstance(rules.optimizer, Adam) and isinstance(rules.regularizer, L2):
            return self.tr(
                "The L2 share is part of the gradient, so √v̂ divides it too: where gradients are large a weight hardly "
                "decays. AdamW keeps decay apart."
            )
        advice = {
            AdamW: self.tr("Decay is a step of its own that √v̂ does not divide, unlike the share of an L2 penalty."),
            AMSGrad: self.tr("The largest v so far never falls, so the effective rate never grows again."),
            Adam: self.tr(
                "m̂ and v̂ differ from m and v in the first steps only. Where the gradient keeps its sign a step is about ε."
            ),
            Adamax: self.tr("u is the largest recent gradient: no step is much longer than ε."),
            Adagrad: self.tr("s only grows, so the effective rate shrinks for good."),
            Adadelta: self.tr("The effective rate follows √u, the size of recent steps: it finds its own scale."),
            RMSprop: self.tr("s forgets: where gradients get small the effective rate grows again, unlike Adagrad's."),
            Momentum: self.tr(
                "v goes on after the gradient has changed its sign: the weight overshoots and comes back."
            ),
            Lion: self.tr("Every step has the length ε; the mean m only decides its sign."),
            SGD: self.tr("The step is the gradient times −ε: it is as noisy as the mini-batches are."),
        }
        found = (advice[cls] for cls in type(rules.optimizer).__mro__ if cls in advice)
        return next(found, self.tr("The step follows from the gradient and the curvature of all weights at once."))

    # Construction

    def _make_plots(self) -> None:
        """As many plots as there are panels; the old ones go."""
        self.canvas.clear()
        self._plots = []
        for _ in self._panels:
            plot = CurvePlot(self._font, width=1.0)
            plot.pointed.connect(self._point_at_record)
            plot.getAxis("left").setTickDensity(0.6)  # there is little room
            self._plots.append((Legend(self._font), plot))
        self._columns = 0
        self._lay_out()
        self._dress()

    def _lay_out(self) -> None:
        """In one column where each plot has its room, else in more; only the lowest ones name their axis."""
        count = len(self._plots)
        if not count:
            return
        across = max(min(int(self.canvas.width() / ROOM[0]), MOST_COLUMNS), 1)
        up = max(int(self.canvas.height() / ROOM[1]), 1)
        columns = min(math.ceil(count / up), across)
        if columns == self._columns:
            return
        self._columns = columns
        layout, rows = self.canvas.ci, math.ceil(count / columns)
        for items in self._plots:
            for item in items:
                if item in layout.items:
                    layout.removeItem(item)
        for index, (legend, plot) in enumerate(self._plots):
            column, row = divmod(index, rows)
            layout.addItem(legend, 2 * row, column)
            layout.addItem(plot, 2 * row + 1, column)
            lowest = row == rows - 1 or index == count - 1
            show_bottom(plot, lowest)
            if lowest:
                plot.getAxis("bottom").setHeight(2.5 * GRID)  # its name is in a number
        layout.layout.setHorizontalSpacing(GRID)
        for column in range(MOST_COLUMNS):
            layout.layout.setColumnStretchFactor(column, 1 if column < columns else 0)
        for row in range(count):
            layout.layout.setRowStretchFactor(2 * row + 1, 1 if row < rows else 0)
        # WORKAROUND Qt: a layout that has lost items shrinks what it lies in, which pyqtgraph sizes at a resize only.
        layout.setGeometry(QRectF(self.canvas.viewport().rect()))

    def _dress(self) -> None:
        for panel, (legend, plot) in zip(self._panels, self._plots, strict=True):
            legend.show_theme(self.theme)
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
            self._lay_out()
        return super().eventFilter(watched, event)
