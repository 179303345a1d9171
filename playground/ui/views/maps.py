"""What each unit of a layer is told and what it answers, as maps of the input plane. Draws what a frame holds."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.activation_maps import ActivationMaps
from playground.experiment.looks.pre_activations import bends
from playground.options.numerals import trimmed
from playground.ui.diagram.colours import bound_of
from playground.ui.forms.pairs import output_of
from playground.ui.plots.heat_map import Pixels, steady_top
from playground.ui.plots.map_sheet import MapSheet, Panel
from playground.ui.plots.unit_curves import UnitCurves
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.viewing.unit_picker import UnitPicker
from playground.ui.workspace.document import Document


class MapsView(CaptionedView):
    """Above, large, one unit's pre-activation beside its activation; below all units of its layer, small.

    Of the output layer there is also what it decides when it must choose. Where the data have one column, curves over it
    stand in place of the maps. A click on a small unit looks at that one.
    """

    name = "maps"
    title = "Unit maps"
    needs = frozenset({ActivationMaps})
    shows = (ActivationMaps,)
    follows = ("network", "training.loss")
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._frame: Frame | None = None
        self._config = document.config
        self._told = 0.0  # the end of the colours of z
        self._answered = 0.0  # of activations without bounds
        self._of = (0, 0)  # run and layer that these ends are of
        self.picker = UnitPicker(self.name, document)
        self.controls.addWidget(self.picker)
        self.controls.addStretch()
        font = small(self.font())
        self._sheet, self._curves = MapSheet(font), UnitCurves(font)
        self._shown: pg.GraphicsWidget = self._sheet
        self.canvas.addItem(self._sheet, 0, 0)
        self.canvas.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._sheet.unit_chosen.connect(self._choose)
        self.caption.setFixedHeight(2 * self.caption.fontMetrics().lineSpacing() + GRID)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self.picker.show_frame(frame)
        self.follow_member(frame)
        self._draw()

    def show_config(self, config: Config) -> None:
        self._config = config
        self._draw()

    def show_choices(self) -> None:
        self.picker.show_selection()
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._curves.show_theme(theme)
        self._draw()

    def told(self, mouse: QPointF) -> str:
        """The coordinates there, and what the unit is told and answers."""
        look, place = self._look(), self._sheet.mapFromScene(mouse)
        if look is None or self._frame is None or look.x is not None:
            return ""
        unit = self._sheet.unit_at(place)
        if unit is not None:
            return self.tr("unit {0}").format(unit + 1)
        share = self._sheet.share_at(place)
        if share is None:
            return ""
        scene, unit = self._frame.scene, self._unit(look)
        cells = look.z.shape[-1]
        column, row = (min(int(part * cells), cells - 1) for part in share)
        x_low, x_high, y_low, y_high = scene.extent
        names = [scene.columns[axis] for axis in scene.axes]
        places = (x_low + share[0] * (x_high - x_low), y_low + share[1] * (y_high - y_low))
        where = "   ".join(f"{name} {trimmed(value)}" for name, value in zip(names, places, strict=True))
        return f"{where}\nz {trimmed(float(look.z[unit, row, column]))}   h {trimmed(float(look.h[unit, row, column]))}"

    def _look(self) -> ActivationMaps | None:
        return self._frame.look(ActivationMaps) if self._frame else None

    def _unit(self, look: ActivationMaps) -> int:
        """Which unit is shown large."""
        return min(self.picker.place[1], len(look.h) - 1)  # the look may be of the layer before

    def _draw(self) -> None:
        look, frame = self._look(), self._frame
        if look is None or frame is None:
            return
        wanted = self._sheet if look.x is None else self._curves
        if wanted is not self._shown:
            self.canvas.removeItem(self._shown)
            self.canvas.addItem(wanted, 0, 0)
            self._shown = wanted
        if look.x is None:
            self._draw_maps(look, frame)
            self.say(
                self.tr(
                    "What each unit puts out over the plane. On the line its pre-activation z is 0: there it switches. Layer by "
                    "layer such lines combine to the answer."
                )
            )
        else:
            self._curves.show_units(look, frame.scene, self._unit(look))
            hidden = self._config.network.hidden
            kinked = look.layer < len(hidden) and bends(hidden[look.layer].activation).places == (0.0,)
            marks = self.tr("Marks show where a unit's z crosses 0")
            self.say(
                marks + self.tr(": there the sum bends. ReLUs add up to straight pieces.")
                if kinked
                else marks + self.tr(", which is where a unit of this kind is steepest, or changes sides.")
            )
        self.tell_again()

    def _draw_maps(self, look: ActivationMaps, frame: Frame) -> None:
        last = look.layer == len(frame.weights) - 1
        if self._of != (frame.run, look.layer):
            self._of, self._told, self._answered = (frame.run, look.layer), 0.0, 0.0
        self._told = steady_top(np.abs(look.z), self._told)
        excited = Panel(
            self.tr("pre-activation z"), look.z, (-self._told, self._told), self._tables(frame, last, signed=True)
        )
        panels = [excited, self._activations(look, frame, last)]
        if look.hard is not None:
            scene = frame.scene
            panels[1] = panels[1]._replace(title=self.tr("output, soft"))
            panels.append(Panel(self.tr("hard"), look.hard, (scene.low, scene.high), self._tables(frame, last)))
        self._sheet.show_panels(panels, self._unit(look), frame.scene, of_class=last and len(look.h) > 1)

    def _activations(self, look: ActivationMaps, frame: Frame, last: bool) -> Panel:
        scene, title = frame.scene, self.tr("activation h")
        if last:
            if not scene.classes:
                return Panel(scene.target, look.h, (scene.low, scene.high), (self.theme.value_table(),))
            activation = output_of(self._config, len(scene.classes))
            if activation.label == scene.output and bound_of(activation) is not None:
                return Panel(title, look.h, (scene.low, scene.high), self._tables(frame, last))
            bound = None
        else:
            hidden = self._config.network.hidden
            bound = bound_of(hidden[look.layer].activation) if look.layer < len(hidden) else None
        if bound is None:
            bound = self._answered = steady_top(np.abs(look.h), self._answered)
        return Panel(title, look.h, (-bound, bound), self._tables(frame, last, signed=True))

    def _tables(self, frame: Frame, last: bool, signed: bool = False) -> tuple[Pixels, ...]:
        """The colours of all units' maps; those of outputs that each stand for a class are the class's own."""
        classes = len(frame.scene.classes)
        if last and classes > 1 and len(frame.weights[-1]) == classes:
            return tuple(self.theme.class_table(index, signed) for index in range(classes))
        return (self.theme.map_table(),)

    def _choose(self, unit: int) -> None:
        look = self._look()
        if look is not None:
            self.picker.choose(look.layer, unit)
