"""What output unit and loss make of an answer: the pull on it for each pre-activation. Draws what a frame holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.loss_gradient import LossGradient, matched_pair
from playground.experiment.scene import Scene
from playground.options.numerals import written
from playground.ui.forms.controls import Selector
from playground.ui.forms.elided import Elided
from playground.ui.plots.axes import LEFT_AXIS, colour_axes
from playground.ui.plots.dots import Dots
from playground.ui.plots.heat_map import class_colour
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.number_plot import nearest
from playground.ui.plots.scale import Scale
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.words import said
from playground.ui.workspace.document import Document

DOT = 7  # pixels
AIR = 0.06  # share of an axis beyond the outermost values


class LossGradientView(CaptionedView):
    """Left the gradient of the loss by z with the examples on it, right, thin, the loss itself.

    The line below says what to expect of a pair that does not match, or else what to look for.
    """

    name = "loss_gradient"
    title = "Loss gradient"
    needs = frozenset({LossGradient})
    shows = (LossGradient,)
    follows = ("network.hidden",)
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._loss_gradient: LossGradient | None = None
        self._scene: Scene | None = None
        self._more = ""  # of the caption
        self._layers = len(document.config.network.hidden)
        self._make_controls()
        font = small(self.font())
        self._legend = Legend(font)
        self._slopes, self._losses = self.new_plot(), self.new_plot()
        for plot, label in ((self._slopes, "∂L/∂z"), (self._losses, self.tr("loss"))):
            plot.setLabel("left", label)
            plot.setLabel("bottom", "z")
            plot.getAxis("left").setWidth(LEFT_AXIS)
        self._losses.setXLink(self._slopes)
        self._level = pg.InfiniteLine(angle=0)  # where nothing pulls
        self._slopes.addItem(self._level, ignoreBounds=True)
        self._dots = Dots(self._slopes, DOT)
        self._curves: list[tuple[Any, Any]] = []  # of each target the slope and the loss
        self._matched: list[Any] = []
        self.canvas.addItem(self._legend, 0, 0, 1, 2)
        self.canvas.addItem(self._slopes, 1, 0)
        self.canvas.addItem(self._losses, 1, 1)
        self.canvas.ci.layout.setColumnStretchFactor(0, 3)
        self.canvas.ci.layout.setColumnStretchFactor(1, 2)
        self.canvas.ci.layout.setHorizontalSpacing(2 * GRID)
        self.show_config(document.config)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        loss_gradient = frame.look(LossGradient)
        if loss_gradient is None:
            return
        self.follow_member(frame)
        if frame.scene is not self._scene:
            self._take_scene(frame.scene)
        self._loss_gradient = loss_gradient
        self._draw()

    def show_config(self, config: Config) -> None:
        self._layers = len(config.network.hidden)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for plot in (self._slopes, self._losses):
            colour_axes(plot, theme)
        self._level.setPen(pg.mkPen(theme.muted))
        if self._scene is not None:
            self._dots.show_colours(theme, self._scene)
        self._draw()

    def told(self, mouse: QPointF) -> str:
        loss_gradient, scene = self._loss_gradient, self._scene
        if loss_gradient is None or scene is None:
            return ""
        index = nearest(self._slopes, loss_gradient.example_z, loss_gradient.example_slopes, mouse)
        if index < 0:
            return ""
        y = loss_gradient.example_y[index]
        truth = scene.classes[int(y)] if scene.classes else f"{scene.target} {written(y)}"
        place = self.tr("z {0}   ∂L/∂z {1}").format(
            written(loss_gradient.example_z[index]), written(loss_gradient.example_slopes[index])
        )
        return self.tr("example {0}: {1}").format(index + 1, truth) + f"\n{place}"

    # Construction

    def _make_controls(self) -> None:
        self._outputs = Selector()
        self._outputs.setObjectName("loss_gradient.output")
        self._outputs.setAccessibleName(self.tr("output"))
        self._outputs.setToolTip(self.tr("Which output's pre-activation is looked at"))
        self._outputs.setAccessibleDescription(self._outputs.toolTip())
        self._outputs.setMinimumContentsLength(11)
        self._outputs.activated.connect(self._choose_output)
        self._outputs.hide()
        self._pair = Elided("loss_gradient.pair")
        self._match = QToolButton()
        self._match.setObjectName("loss_gradient.match")
        self._match.setText(self.tr("Match them"))
        self._match.setToolTip(
            self.tr("Use the matched pair, the dashed curves: set loss and output unit to automatic.")
        )
        self._match.setAccessibleDescription(self._match.toolTip())
        self._match.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._match.setProperty("role", "chip")
        self._match.clicked.connect(self._use_matched_pair)
        self._match.hide()
        self.controls.addWidget(self._outputs)
        self.controls.addWidget(self._pair, stretch=1)
        self.controls.addWidget(self._match)

    def _take_scene(self, scene: Scene) -> None:
        self._scene = scene
        self._dots.show_colours(self.theme, scene)
        self._match.setVisible(bool(scene.remark))
        self.show_warning(bool(scene.remark))
        # WORKAROUND Qt: a role that changes brings its colours, and not its padding.
        self.caption.setContentsMargins(GRID, GRID // 2 if scene.remark else 0, GRID, GRID // 2)
        self._pair.setText(self.tr("{0} with {1}").format(scene.output, scene.loss))
        self._pair.setToolTip(self._pair.text())
        weak = self.tr("Weakly pulled: less than half as hard as an undecided answer with the same target.")
        self._more = "\n".join(filter(None, [_sentence(said(scene.remark)), weak if scene.classes else ""]))
        with QSignalBlocker(self._outputs):
            self._outputs.clear()
            self._outputs.addItems([self.tr("output {0}").format(name) for name in scene.classes])

    # Drawing

    def _draw(self) -> None:
        loss_gradient, scene = self._loss_gradient, self._scene
        if loss_gradient is None or scene is None:
            return
        self._outputs.setVisible(loss_gradient.outputs > 1)
        self._outputs.setCurrentIndex(loss_gradient.output)
        colours = self._colours(loss_gradient, scene)
        self._make_curves(len(colours), len(loss_gradient.matched))
        across = Scale.within(loss_gradient.z)
        self._slopes.show_scales(across, Scale.within(np.vstack([loss_gradient.slopes, loss_gradient.matched]), AIR))
        self._losses.show_scales(across, Scale.within(loss_gradient.losses, AIR))
        for row, (colour, (slope, loss)) in enumerate(zip(colours, self._curves, strict=True)):
            self._slopes.draw_curve(slope, loss_gradient.z, loss_gradient.slopes[row], pen=pg.mkPen(colour, width=2))
            self._losses.draw_curve(loss, loss_gradient.z, loss_gradient.losses[row], pen=pg.mkPen(colour, width=1.2))
        for colour, curve, slope in zip(colours, self._matched, loss_gradient.matched, strict=False):
            dashed = pg.mkPen(colour, width=1.3, style=Qt.PenStyle.DashLine)
            self._slopes.draw_curve(curve, loss_gradient.z, slope, pen=dashed)
        self._dots.show_points(loss_gradient.example_z, loss_gradient.example_slopes, loss_gradient.example_y, scene)
        names = [self._target_name(loss_gradient, scene, row) for row in range(len(colours))]
        word = self.tr("target {0}")
        entries = [Entry(c, word.format(name), name) for c, name in zip(colours, names, strict=True)]
        self._legend.show_entries(entries, self.tr("dashed: the matched pair") if loss_gradient.match else "")
        self._say(loss_gradient, scene)
        self.tell_again()

    def _make_curves(self, targets: int, matched: int) -> None:
        while len(self._curves) > targets:
            for plot, curve in zip((self._slopes, self._losses), self._curves.pop(), strict=True):
                plot.removeItem(curve)
        while len(self._curves) < targets:
            pair = (
                pg.PlotCurveItem(antialias=True, connect="finite"),
                pg.PlotCurveItem(antialias=True, connect="finite"),
            )
            self._curves.append(pair)
            for plot, curve in zip((self._slopes, self._losses), pair, strict=True):
                plot.addItem(curve, ignoreBounds=True)
        while len(self._matched) > matched:
            self._slopes.removeItem(self._matched.pop())
        while len(self._matched) < matched:
            self._matched.append(pg.PlotCurveItem(antialias=True, connect="finite"))
            self._slopes.addItem(self._matched[-1], ignoreBounds=True)

    def _say(self, loss_gradient: LossGradient, scene: Scene) -> None:
        """What to look for, and how many examples show it; the whole remark is in the tooltip."""
        remark = _effect(said(scene.remark))
        if not scene.classes:
            looks = self.tr(
                "∂L/∂z: how hard each example (dot) pulls on its answer, in scaled numbers. Healthy: 0 where the answer is right."
            )
            self.say(remark or looks, self._more)
            return
        words = [
            remark
            or self.tr(
                "∂L/∂z: how hard each example (dot) pulls. Healthy: wrong answers are pulled hard, right ones near 0."
            )
        ]
        if loss_gradient.coupled:
            words.append(self.tr("Curves hold all other z at 0, so dots lie off them."))
        if self.document.config.training.noise.label_smoothing:
            no, yes = map(written, loss_gradient.taught)
            words.append(self.tr("Labels are smoothed: no is taught as {0}, yes as {1}.").format(no, yes))
        stuck = self.tr("{0:,} of {1:,} examples are wrong, yet weakly pulled.")
        self.say(" ".join([*words, stuck.format(loss_gradient.stuck, len(loss_gradient.example_z))]), self._more)

    def _colours(self, loss_gradient: LossGradient, scene: Scene) -> list[QColor]:
        """One a curve: of classes the classes' own, or where there are more than two, grey for all that are not meant.

        Of numbers they are those of the map from low to high, without the end that fades into the ground.
        """
        if not scene.classes:
            return self.theme.layer_colours(len(loss_gradient.targets))
        if len(scene.classes) == 2 and loss_gradient.outputs == 1:
            return [class_colour(0), class_colour(1)]
        return [QColor(self.theme.muted), class_colour(loss_gradient.output)]

    def _target_name(self, loss_gradient: LossGradient, scene: Scene, row: int) -> str:
        if not scene.classes:
            return written(loss_gradient.targets[row])
        if loss_gradient.outputs == 1:
            return scene.classes[row]
        name = scene.classes[loss_gradient.output]
        return name if row else self.tr("not {0}").format(name)

    # Gestures

    def _choose_output(self, index: int) -> None:
        self.document.select(layer=self._layers, unit=index)

    def _use_matched_pair(self) -> None:
        self.document.edit(self.tr("matched loss and output unit"), matched_pair(self.document.config))


def _effect(remark: str) -> str:
    """The sentence of a remark that says what comes of the pair; that it is none, and the way out, are seen above."""
    first = remark.partition(". ")[0].removesuffix(".")
    return _sentence(first.rpartition(": ")[2] + "." if first else "")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
