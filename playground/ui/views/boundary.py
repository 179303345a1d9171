"""The network's answer over the input plane, and the points it learns from. Draws what a frame holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QToolButton

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.look import Requests
from playground.experiment.looks.loss_breakdown import WORST, LossBreakdown
from playground.experiment.looks.maps import Answers, UnitMaps
from playground.experiment.scene import Scene
from playground.options.layers import hidden_layer_name
from playground.options.numerals import trimmed
from playground.ui.diagram.colours import bound_of
from playground.ui.plots.heat_map import Floats, Pixels, steady_top
from playground.ui.plots.key import Key
from playground.ui.plots.legend import Legend
from playground.ui.plots.number_plot import nearest
from playground.ui.plots.plane import Plane
from playground.ui.plots.points import MOST_POINTS, Part, Points, Rings, number_of
from playground.ui.plots.subjects import Decision, Graph, Quantity, at
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.boundary_controls import MapOptions, MapToggles, MemberToggle
from playground.ui.viewing.tagged import TaggedView
from playground.ui.words import said
from playground.ui.workspace.document import Document


class BoundaryView(TaggedView):
    """A heat map under points: two classes from orange to blue, more in their own colours, a number along viridis.

    Wheel and drag zoom and pan within the map; a double click shows all of it again. A click on a training point follows
    it through the network: it has a ring until it is clicked again.
    """

    name = "boundary"
    title = "Decision boundary"
    shows = (Answers,)
    follows = ("network.hidden",)
    options = MapOptions()

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self.needs: Requests = frozenset({Answers})
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._unit: tuple[int, int] | None = None
        self._subject: Quantity | Graph | Decision | None = None
        self._top = 0.0  # of the disagreement's colours
        self._make_canvas()
        self._make_controls()
        self._config = document.config
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        if frame.outputs is None:
            return
        self._frame = frame
        if frame.scene is not self._scene:
            self._take_scene(frame.scene)
        self._draw_map()
        self._mark_examples()

    def show_config(self, config: Config) -> None:
        self._config = config
        self._draw_map()

    def show_choices(self) -> None:
        self._toggles.show_options(self.options)
        self._members.show_options(self.options)
        self._show_points()
        self._draw_map()
        self._mark_examples()
        self._ask()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for part in (self._plot, self._followed, self._rings):
            part.show_theme(theme)
        self._draw_map()

    def show_unit(self, place: tuple[int, int] | None) -> None:
        """Show a unit's activations instead, `place` = (column, unit) in Frame.unit_maps; None goes back."""
        self._unit = place
        self._ask()
        self._draw_map()

    def told(self, mouse: QPointF) -> str:
        if not self._plot.vb.sceneBoundingRect().contains(mouse):
            return ""
        return self.describe(*self._plot.numbers_at(mouse))

    def describe(self, x: float, y: float) -> str:
        """What there is at a place of the plane: its coordinates, and what the map shows there."""
        scene, subject = self._scene, self._subject
        if scene is None or subject is None:
            return ""
        here = at(subject.values, x, y, scene.extent)
        if not len(here):
            return ""
        text = f"{scene.columns[scene.axes[0]]} {trimmed(x)}"
        if scene.axes[0] != scene.axes[1]:
            text += f"   {scene.columns[scene.axes[1]]} {trimmed(y)}"
        return f"{text}\n{subject.told(here)}"

    # Construction

    def _make_canvas(self) -> None:
        font = small(self.font())
        self._key = Key(font)
        self._note = Legend(font)
        self._plot = Plane(font)
        self._points = Points(self._plot)
        self._followed = Rings(self._plot, size=18, width=2.5)  # around the example that is followed
        self._rings = Rings(self._plot, size=14, width=1.5)  # around the worst training examples
        self.canvas.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for row, item in enumerate((self._key, self._plot, self._note)):
            self.canvas.addItem(item, row, 0)
        self.canvas.scene().sigMouseClicked.connect(self._click)

    def _make_controls(self) -> None:
        self._toggles = MapToggles(self.choose)
        whole = QToolButton()
        whole.setText(self.tr("whole map"))
        whole.setAutoRaise(True)
        whole.setEnabled(False)
        whole.setObjectName("boundary.whole")
        whole.setToolTip(self.tr("Show the whole map again (double click)"))
        whole.setAccessibleDescription(whole.toolTip())
        whole.clicked.connect(self._plot.show_all)
        self._plot.zoomed.connect(whole.setEnabled)
        self.controls.addWidget(self._toggles)
        self.controls.addStretch()
        self.controls.addWidget(whole)
        self._members = MemberToggle(self.choose)
        self.rows.insertWidget(1, self._members)  # a row of its own, which takes no room from the others

    # The map

    def _ask(self) -> None:
        """Need what is shown, and no more."""
        asked = {Answers: True, UnitMaps: self._unit is not None, LossBreakdown: self.document.selection.worst}
        needs: Requests = frozenset(look for look, wanted in asked.items() if wanted)
        if needs != self.needs:
            self.needs = needs
            self.needs_changed.emit()

    def _draw_map(self) -> None:
        if self._frame is not None:
            self._subject = self._subject_of(self._frame)
            self._subject.draw(self._plot, self._key, self.theme)
            self.tell_again()

    def _subject_of(self, frame: Frame) -> Quantity | Graph | Decision:
        """What the map shows: the unit asked for, or else how far the members differ or what they answer."""
        assert frame.outputs is not None
        scene = frame.scene
        if unit := self._unit_name(frame):
            values, levels, table = self._activations(frame)
            return Quantity(values, levels, table, unit, f"{unit}:")
        if self.options.disagreement and frame.disagreement is not None:
            widest = frame.disagreement.max(axis=0, keepdims=True)
            self._top = steady_top(widest, self._top)
            word = self.tr("standard deviation")
            return Quantity(widest, (0.0, self._top), Theme.spread_table, word, word)
        if scene.classes:
            return Decision(frame.outputs, scene, self.options.hard, self.tr("output"))
        if scene.graph:
            return Graph(frame.outputs, scene)
        return Quantity(frame.outputs, (scene.low, scene.high), Theme.value_table, scene.target, scene.target)

    def _activations(self, frame: Frame) -> tuple[Floats, tuple[float, float], Callable[[Theme], Pixels]]:
        """Of the unit that is shown, (1, cells, cells), the values at both ends of its colours, and these."""
        assert self._unit is not None
        assert frame.unit_maps is not None
        column, unit = self._unit
        values = frame.unit_maps[column][unit : unit + 1]
        if frame.scene.classes and column == len(frame.unit_maps) - 1:
            one_of_many = len(frame.unit_maps[column]) > 1
            table = partial(Theme.class_table, index=unit) if one_of_many else Theme.map_table
            return values, (frame.scene.low, frame.scene.high), table
        hidden = self._config.network.hidden
        bound = bound_of(hidden[column - 1].activation) if 1 <= column <= len(hidden) else None
        if bound is None:
            bound = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values))) or 1.0
        return values, (-bound, bound), Theme.map_table

    def _unit_name(self, frame: Frame) -> str:
        """Which unit is shown; "" for the output, also while the frame does not hold the unit asked for."""
        if self._unit is None or frame.unit_maps is None:
            return ""
        column, unit = self._unit
        if column >= len(frame.unit_maps) or unit >= len(frame.unit_maps[column]):
            return ""
        if column == len(frame.unit_maps) - 1 and not frame.scene.classes:
            return ""  # the number to predict is what the map shows anyway
        if column == 0:
            return self.tr("input {0}").format(frame.scene.input_names[unit])
        if column < len(frame.unit_maps) - 1:
            return self.tr("{0}, unit {1}").format(said(hidden_layer_name(column - 1)), unit + 1)
        several = len(frame.unit_maps[column]) > 1
        return self.tr("output {0}").format(frame.scene.classes[unit]) if several else self.tr("output")

    # The scene

    def _take_scene(self, scene: Scene) -> None:
        self._scene = scene
        self._top = 0.0
        for part in (self._plot, self._toggles, self._members):
            part.show_scene(scene)
        self._points.place(scene)
        self._show_points()
        self._lay_out()

    def _show_points(self) -> None:
        """Below the map stands what is held still, and how many points are drawn of those that are to be seen."""
        scene, options = self._scene, self.options
        if scene is None:
            return
        drawn, count = self._points.show(options.training, options.held_out)
        validated = options.held_out and bool(len(scene.validation_y))
        shown = {
            Part.TRAINING: (options.training, self.tr("training")),
            Part.VALIDATION: (validated, self.tr("validation")),
            Part.TEST: (options.held_out, self.tr("test")),
        }
        self._key.show_parts({part: name for part, (there, name) in shown.items() if there})
        few = self.tr("{0:,} of {1:,} points drawn").format(drawn, count) if drawn < count else ""
        self._note.show_entries([], " · ".join(filter(None, (scene.held, few))))
        self._lay_out()

    def _mark_examples(self) -> None:
        """A ring around the example that is followed; others around the worst, where they are asked for and drawn."""
        followed: Floats = np.zeros((0, 2))
        worst: Floats = np.zeros((0, 2))
        frame, selection = self._frame, self.document.selection
        if frame is not None:
            places = self._points.train_places()
            example = frame.within(selection).example
            if example >= 0:
                followed = places[example : example + 1]
            look = frame.look(LossBreakdown)
            if look is not None and selection.worst and self.options.training:
                examples = look.examples[:WORST]
                worst = places[examples[examples < len(places)]]
        self._followed.surround(followed)
        self._rings.surround(worst)

    def _lay_out(self) -> None:
        """Give the plane the room that the key above it and the note below it leave."""
        scene = self._scene
        if scene is None:
            return
        noted = bool(scene.held) or number_of(scene) > MOST_POINTS
        self._note.setVisible(noted)
        self._note.setFixedHeight(self._key.minimumHeight() if noted else 0.0)
        up = self.canvas.height() - self._key.minimumHeight() - self._note.minimumHeight()
        margins = self._plot.fit(self.canvas.width(), up)
        self.canvas.ci.layout.setContentsMargins(*margins)
        self._key.set_indent(self._plot.indent, max(margins[0] - GRID, 0.0))

    # Gestures

    def _click(self, event: Any) -> None:
        if event.double():
            self._plot.show_all()
        elif self._frame is not None and self.options.training:
            self._follow_example(event.scenePos())

    def _follow_example(self, mouse: QPointF) -> None:
        """Follow the training point under the mouse through the network, or no longer."""
        places = self._points.train_places()
        example = nearest(self._plot, places[:, 0], places[:, 1], mouse)
        if example < 0:
            return
        if example == self.document.selection.example:
            self.document.select(example=-1, step=-1)
        else:
            self.document.select(example=example)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._lay_out()
        return super().eventFilter(watched, event)
