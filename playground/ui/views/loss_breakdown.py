"""The loss taken apart: data and penalty over time, the weights now, and the examples it comes from. Draws a frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.loss_breakdown import WORST, LossBreakdown
from playground.experiment.scene import Scene
from playground.options.layers import layer_name, short_layer_name
from playground.options.numerals import counted, percent, written
from playground.ui.forms.controls import Box
from playground.ui.forms.segments import Segments
from playground.ui.plots.axes import LEFT_AXIS, colour_axes
from playground.ui.plots.break_line import Break
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.dots import MOST, Dots
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.number_plot import nearest
from playground.ui.plots.scale import Floats, Scale
from playground.ui.theme import Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.words import said
from playground.ui.workspace.document import Document

DOT, RING = 6, 11  # pixels
FEW = 4  # weights in a bar


class Picture(Enum):
    """What is drawn of the loss."""

    OVER_TIME = "over_time"
    WEIGHTS = "weights"
    EXAMPLES = "examples"


@dataclass(frozen=True)
class LossBreakdownOptions:
    """How the loss is taken apart."""

    picture: Picture = Picture.OVER_TIME
    log: bool = False


class LossBreakdownView(CaptionedView):
    """One of three pictures: the two terms over the epochs, the histogram of the weights, the loss of each example.

    The histogram stacks the layers. Examples stand from the worst to the best; a click on one chooses it to be followed.
    """

    name = "loss_breakdown"
    title = "Loss breakdown"
    needs = frozenset({Curves, LossBreakdown})
    shows = (LossBreakdown,)
    options = LossBreakdownOptions()
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._curves: Curves | None = None
        self._look: LossBreakdown | None = None
        self._scene: Scene | None = None
        self._shown: Any = None  # the plot in sight
        self._bars: list[Any] = []  # one histogram a layer
        self._make_controls()
        font = small(self.font())
        self._legend = Legend(font)
        self._history = CurvePlot(font)
        self._history.pointed.connect(self._point_at_record)
        self._weights, self._examples = self.new_plot(), self.new_plot()
        for plot, left, bottom in (
            (self._history, self.tr("loss"), self.tr("epoch")),
            (self._weights, self.tr("weights"), self.tr("weight w")),
            (self._examples, self.tr("loss"), self.tr("examples, from the worst to the best")),
        ):
            plot.setLabel("left", left)
            plot.setLabel("bottom", bottom)
            plot.getAxis("left").setWidth(LEFT_AXIS)
        self._several = False
        self._break = Break(self._history)
        self._dots = Dots(self._examples, DOT)
        self._rings = pg.ScatterPlotItem(size=RING, pxMode=True, brush=None)
        self._rings.setZValue(6)
        self._examples.addItem(self._rings, ignoreBounds=True)
        self.canvas.addItem(self._legend, 0, 0)
        self.canvas.ci.layout.setRowStretchFactor(1, 1)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        look = frame.look(LossBreakdown)
        if look is None or frame.curves is None:
            return
        self.follow_member(frame)
        if frame.scene is not self._scene:
            self._dots.show_colours(self.theme, frame.scene)
        self._curves, self._look, self._scene = frame.curves, look, frame.scene
        self._several = len(frame.scene.members) > 1
        self._break.show_at(frame.comparable_from, frame.curves)
        self._draw()

    def show_choices(self) -> None:
        self._log, self._picture = self.options.log, self.options.picture
        self._parts.show_value(self._picture)
        self._scale.setChecked(self._log)
        for box, picture in ((self._scale, Picture.OVER_TIME), (self._worst, Picture.EXAMPLES)):
            box.setVisible(self._picture is picture)
        self._worst.setChecked(self.document.selection.worst)
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._colours = [QColor(theme.muted), QColor(theme.train), QColor(theme.validation)]
        self._history.show_colours(self._colours, theme)
        self._break.show_theme(theme)
        for plot in (self._weights, self._examples):
            colour_axes(plot, theme)
        self._rings.setPen(pg.mkPen(theme.text, width=1.3))
        if self._scene is not None:
            self._dots.show_colours(theme, self._scene)
        self._draw()

    def told(self, mouse: QPointF) -> str:
        look, scene = self._look, self._scene
        if look is None or scene is None or self._picture is Picture.OVER_TIME:
            return ""
        if self._picture is Picture.WEIGHTS:
            return self._told_weights(look, mouse)
        index = nearest(self._examples, np.arange(1.0, len(look.losses) + 1.0), look.losses, mouse)
        if index < 0:
            return ""
        truth, answer = look.y[index], look.answers[index]
        words = (
            (scene.classes[int(truth)], scene.classes[int(answer)]) if scene.classes else map(written, (truth, answer))
        )
        text = self.tr("example {0}: loss {1}").format(int(look.examples[index]) + 1, written(look.losses[index]))
        return text + "\n" + self.tr("truth {0}, answer {1}").format(*words)

    # Construction

    def _make_controls(self) -> None:
        self._parts = Segments(
            "loss_breakdown.part",
            {
                Picture.OVER_TIME: (self.tr("over time"), self.tr("Data loss and penalty on the weights, by epoch")),
                Picture.WEIGHTS: (self.tr("weights"), self.tr("How the weights of each layer are spread now")),
                Picture.EXAMPLES: (self.tr("examples"), self.tr("Which training examples the loss comes from")),
            },
        )
        self._parts.chosen.connect(lambda picture: self.choose(picture=picture))
        self._worst = Box(self.tr("ring the worst"))
        self._worst.setObjectName("loss_breakdown.worst")
        self._worst.setToolTip(self.tr("Ring the {0} worst training examples on the decision boundary").format(WORST))
        self._worst.setAccessibleDescription(self._worst.toolTip())
        self._worst.clicked.connect(lambda ringed: self.document.select(worst=ringed))
        self._scale = Box(self.tr("log"))
        self._scale.setObjectName("loss_breakdown.log")
        self._scale.setToolTip(self.tr("Draw the loss on a logarithmic scale: equal steps are equal ratios."))
        self._scale.setAccessibleDescription(self._scale.toolTip())
        self._scale.clicked.connect(lambda log: self.choose(log=log))
        self.controls.addWidget(self._parts)
        self.controls.addStretch()
        self.controls.addWidget(self._scale)
        self.controls.addWidget(self._worst)

    # Drawing

    def _draw(self) -> None:
        curves, look, scene = self._curves, self._look, self._scene
        if curves is None or look is None or scene is None:
            return
        if self._picture is Picture.OVER_TIME:
            self._put(self._history)
            self._draw_history(curves)
        elif self._picture is Picture.WEIGHTS:
            self._put(self._weights)
            self._draw_weights(look)
        else:
            self._put(self._examples)
            self._draw_examples(look, scene)
        self.tell_again()

    def _put(self, plot: Any) -> None:
        """Give this the room below the legend."""
        if plot is not self._shown:
            if self._shown is not None:
                self.canvas.removeItem(self._shown)
            self.canvas.addItem(plot, 1, 0)
            self._shown = plot

    def _draw_history(self, curves: Curves) -> None:
        lines = _terms(curves)
        self._history.show_lines(curves.epoch, lines, Scale.logarithmic(lines) if self._log else Scale.linear(lines))
        self._tell_history(curves)
        if curves.penalty.any():
            text = self.tr(
                "Training makes the total small. Where the penalty rules, the weights shrink and the data loss rises: lower the "
                "rate of regularisation."
            )
        else:
            text = self.tr(
                "Nothing is added to the data loss. Regularisation (L1, L2, elastic net) would add a penalty on large weights."
            )
        self.caption.say(text + (self.tr(" Of several members these are means.") if self._several else ""))

    def _tell_history(self, curves: Curves) -> None:
        """The values of the record under the mouse, or of the last one."""
        record = self._history.record
        index = record if 0 <= record < len(curves) else len(curves) - 1
        names = (self.tr("total"), self.tr("data loss"), self.tr("penalty"))
        values = _terms(curves)[index].tolist()
        entries = [Entry(c, n, n, written(v)) for c, n, v in zip(self._colours, names, values, strict=True)]
        self._legend.show_entries(entries, self.tr("epoch {0}").format(counted(curves.epoch[index])))

    def _draw_weights(self, look: LossBreakdown) -> None:
        layers = len(look.counts)
        while len(self._bars) > layers:
            self._weights.removeItem(self._bars.pop())
        while len(self._bars) < layers:
            self._bars.append(pg.BarGraphItem(x0=[], x1=[], height=[], pen=pg.mkPen(None)))
            self._weights.addItem(self._bars[-1], ignoreBounds=True)
        colours = self.theme.layer_colours(layers)
        most = max(int(look.counts.sum(axis=0).max()), 1)
        self._weights.show_scales(Scale.within(look.edges), Scale(0.0, float(most), False, air=0.04))
        below = np.zeros(look.counts.shape[1])
        for bars, counts, colour in zip(self._bars, look.counts, colours, strict=True):
            self._weights.draw_bars(bars, look.edges, counts, below, brush=colour)
            below = below + counts
        few = most <= FEW  # or the axis would count half weights
        self._weights.getAxis("left").setTicks([[(n, str(n)) for n in range(most + 1)]] if few else None)
        entries = [
            Entry(colour, said(layer_name(layer, layers)), said(short_layer_name(layer, layers)))
            for layer, colour in enumerate(colours)
        ]
        zeros, weights = int(look.zeros.sum()), int(look.weights.sum())
        self._legend.show_entries(entries, self.tr("{0:,} of {1:,} are exactly 0").format(zeros, weights))
        self.say(
            self.tr(
                "Healthy: a hill around 0. L2 draws all weights together, L1 puts many at exactly 0. Biases are not penalised, "
                "and not shown."
            )
        )

    def _draw_examples(self, look: LossBreakdown, scene: Scene) -> None:
        ranks = np.arange(1.0, len(look.losses) + 1.0)
        self._examples.show_scales(Scale(0.0, len(ranks) + 1.0, False, air=0.01), Scale.linear(look.losses))
        drawn = np.append(np.arange(len(ranks))[:WORST], np.arange(WORST, len(ranks), 1 + len(ranks) // MOST))
        self._dots.show_points(ranks[drawn], look.losses[drawn], look.y[drawn], scene)
        self._examples.draw_points(self._rings, ranks[:WORST], look.losses[:WORST])
        share = percent(look.worst_share, 0)
        count = min(WORST, len(ranks))
        self._legend.show_entries(
            [], self.tr("the worst {0} of {1:,}: {2} of the loss").format(count, len(ranks), share)
        )
        self.say(
            self.tr(
                "Each dot is a training example. A few may make most of the loss: mislabelled, or not learnt yet. Click one to "
                "follow it in Backprop."
            )
        )

    def _told_weights(self, look: LossBreakdown, mouse: QPointF) -> str:
        if not self._weights.vb.sceneBoundingRect().contains(mouse):
            return ""
        at, _ = self._weights.numbers_at(mouse)
        piece = int(np.searchsorted(look.edges, at, side="right")) - 1
        if not 0 <= piece < look.counts.shape[1]:
            return ""
        low, high = map(written, look.edges[piece : piece + 2])
        counts = " + ".join(str(count) for count in look.counts[:, piece].tolist())
        return self.tr("{0} to {1}: {2}, layer by layer").format(low, high, counts)

    # Gestures

    def _point_at_record(self) -> None:
        self._history.point_at(self._history.record)
        if self._curves is not None:
            self._tell_history(self._curves)

    def _click(self, event: Any) -> None:
        look = self._look
        if look is None or self._picture is not Picture.EXAMPLES or event.button() != Qt.MouseButton.LeftButton:
            return
        index = nearest(self._examples, np.arange(1.0, len(look.losses) + 1.0), look.losses, event.scenePos())
        if index >= 0:
            self.document.select(example=int(look.examples[index]))


def _terms(curves: Curves) -> Floats:
    """The sum, the data's loss and the penalty, (records, 3)."""
    with np.errstate(over="ignore"):  # a run that has diverged
        both = curves.train_loss + curves.penalty
    return np.stack([both, curves.train_loss, curves.penalty], axis=1)
