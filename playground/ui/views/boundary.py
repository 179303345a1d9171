"""The network's answer over the input plane, and the points it learns from. Draws what a frame holds."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from playground.experiment.config import Config
from playground.experiment.frame import OUTPUTS, UNITS, Frame, Scene
from playground.experiment.loss_apart import WORST, LossApart
from playground.experiment.trace import Trace
from playground.ui.controls import Box
from playground.ui.diagram import bound_of
from playground.ui.document import Document
from playground.ui.theme import GRID, Theme
from playground.ui.views.heat_map import (
    blended,
    class_colours,
    contour,
    finer,
    predicted,
    steady_top,
)
from playground.ui.views.key import Key, short
from playground.ui.views.points import MOST_POINTS, Points, number_of
from playground.ui.views.view import Legend, PlotView, Segments, Tag, colour_axes, quiet, small

Floats = NDArray[np.floating]

NEAR = 1.5 * GRID  # pixels from a point within which a click means it
LEFT_AXIS = 44  # pixels, for coordinates


class BoundaryView(PlotView):
    """A heat map under points: two classes from orange to blue, more in their own colours, a number along viridis.

    Wheel and drag zoom and pan within the map; a double click shows all of it again. While a frame follows an example
    through the network, that one has a ring, and a click on a training point follows another.
    """

    name = "boundary"
    title = "Decision boundary"

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self.needs = frozenset({OUTPUTS})
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._unit: tuple[int, int] | None = None
        self._mouse: QPointF | None = None  # over the canvas, in its pixels
        self._top = 0.0  # of the disagreement's colours
        self._make_controls()
        self._make_canvas()
        self.show_config(document.config)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        if frame.outputs is None:
            return
        self._frame = frame
        if frame.scene is not self._scene:
            self._take_scene(frame.scene)
        self._draw_map()
        self._mark_example()
        self._ring_worst()

    def show_config(self, config: Config) -> None:
        self._config = config
        display = config.display
        self._classes.show_value("hard" if display.hard else "soft")
        self._answers.show_value("disagreement" if display.disagreement else "mean")
        self._offer_classes()
        self._train_box.setChecked(display.show_train)
        self._test_box.setChecked(display.show_test)
        self._show_points()
        self._draw_map()
        self._mark_example()
        self._ring_worst()
        self._ask()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._classes.show_theme(theme)
        self._answers.show_theme(theme)
        self._key.show_theme(theme)
        self._note.show_theme(theme)
        colour_axes(self._plot, theme)
        self._border.setPen(pg.mkPen(theme.text, width=1.3))
        self._tag.show_theme(theme)
        self._followed.setPen(pg.mkPen(theme.text, width=2.5))
        self._rings.setPen(pg.mkPen(theme.text, width=1.5))
        self._place_points()
        self._draw_map()

    def show_unit(self, place: tuple[int, int] | None) -> None:
        """Show a unit's activations instead, `place` = (column, unit) in Frame.unit_maps; None goes back."""
        self._unit = place
        self._ask()
        self._draw_map()

    def _ask(self) -> None:
        """Need what is shown, and no more."""
        asked = {OUTPUTS: True, UNITS: self._unit is not None, LossApart.need: self._config.display.worst}
        needs = frozenset(need for need, wanted in asked.items() if wanted)
        if needs != self.needs:
            self.needs = needs
            self.needs_changed.emit()

    def describe(self, x: float, y: float) -> str:
        """What there is at a place of the plane: its coordinates, and what the map shows there."""
        frame, scene = self._frame, self._scene
        if frame is None or scene is None:
            return ""
        x_low, x_high, y_low, y_high = scene.extent
        if not (x_low <= x <= x_high and y_low <= y <= y_high):
            return ""
        values, _ = self._shown(frame)
        column = min(int((x - x_low) / (x_high - x_low) * values.shape[2]), values.shape[2] - 1)
        row = min(int((y - y_low) / (y_high - y_low) * values.shape[1]), values.shape[1] - 1)
        here = values[:, row, column]
        text = f"{scene.columns[scene.axes[0]]} {short(x)}"
        if scene.axes[0] != scene.axes[1]:
            text += f"   {scene.columns[scene.axes[1]]} {short(y)}"
        if name := self._unit_name(frame):
            return f"{text}\n{name}: {short(here[0])}"
        if self._disagreement(frame) is not None:
            return f"{text}\n{self.tr('standard deviation')} {short(here[0])}"
        if not scene.classes:
            return f"{text}\n{scene.target} {short(here[0])}"
        best = int(predicted(values[:, row : row + 1, column : column + 1], scene)[0, 0])
        return f"{text}\n{self.tr('output')} {short(here[best if len(here) > 1 else 0])} → {scene.classes[best]}"

    # Construction

    def _make_controls(self) -> None:
        self._classes = Segments(
            "boundary.classes",
            {
                "soft": (self.tr("soft"), self.tr("Colour each place by the output's value")),
                "hard": (self.tr("hard"), self.tr("Colour each place by its predicted class")),
            },
        )
        self._classes.chosen.connect(self._choose_classes)
        self._train_box = self._check_box("train", self.tr("training"), self.tr("Draw the training points, filled"))
        self._train_box.clicked.connect(self._choose_train)
        self._test_box = self._check_box("test", "", "")
        self._test_box.clicked.connect(self._choose_test)
        self._whole = QToolButton()
        self._whole.setText(self.tr("whole map"))
        self._whole.setAutoRaise(True)
        self._whole.setEnabled(False)
        self._whole.setObjectName("boundary.whole")
        self._whole.setToolTip(self.tr("Show the whole map again (double click)"))
        self._whole.setAccessibleDescription(self._whole.toolTip())
        self._whole.clicked.connect(self.show_all)
        for widget in (self._classes, self._train_box, self._test_box):
            self.controls.addWidget(widget)
        self.controls.addStretch()
        self.controls.addWidget(self._whole)
        self._name_test_box(False)
        self._make_answers()

    def _make_answers(self) -> None:
        """A row of its own: it is there with several members only, and takes no room from the others."""
        self._answers = Segments(
            "boundary.answers",
            {
                "mean": (self.tr("mean"), self.tr("Draw the mean of the members' answers")),
                "disagreement": (
                    self.tr("disagreement"),
                    self.tr(
                        "Draw how far the members' answers spread: their standard deviation, of the class they differ most in"
                    ),
                ),
            },
        )
        self._answers.chosen.connect(self._choose_answers)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._members = QWidget()
        row = QHBoxLayout(self._members)
        row.setContentsMargins(GRID, 0, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._answers)
        row.addWidget(self._count)
        row.addStretch()
        self._members.hide()
        self.rows.insertWidget(1, self._members)

    def _check_box(self, name: str, word: str, explanation: str) -> Box:
        box = Box(word)
        box.setToolTip(explanation)
        box.setAccessibleDescription(explanation)
        box.setObjectName(f"boundary.{name}")
        return box

    def _name_test_box(self, validation: bool) -> None:
        """One box for all that is not trained on."""
        if validation:
            word, tip = self.tr("held out"), self.tr("Draw the test points, hollow, and the validation points, pale")
        else:
            word, tip = self.tr("test"), self.tr("Draw the test points, hollow")
        self._test_box.setText(word)
        self._test_box.setToolTip(tip)
        self._test_box.setAccessibleDescription(tip)

    def _make_canvas(self) -> None:
        font = small(self.font())
        self._key = Key(font)
        self._note = Legend(font)
        self._plot = pg.PlotItem(viewBox=PlaneBox(enableMenu=False))
        quiet(self._plot, font)
        self._plot.getAxis("left").setGrid(False)
        self._map = pg.ImageItem(axisOrder="row-major")
        self._border = pg.PlotCurveItem(antialias=True, connect="pairs")
        for item in (self._map, self._border):
            self._plot.addItem(item, ignoreBounds=True)
        self._points = Points(self._plot)
        self._followed = pg.ScatterPlotItem(size=18, symbol="o", brush=None)  # around the example that is followed
        self._followed.setZValue(1)
        self._plot.addItem(self._followed, ignoreBounds=True)
        self._rings = pg.ScatterPlotItem(size=14, symbol="o", brush=None)  # around the worst training examples
        self._rings.setZValue(1)
        self._plot.addItem(self._rings, ignoreBounds=True)
        self.canvas.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.canvas.addItem(self._key, 0, 0)
        self.canvas.addItem(self._plot, 1, 0)
        self.canvas.addItem(self._note, 2, 0)
        self._tag = Tag("boundary.tag", self.canvas)
        self.canvas.viewport().installEventFilter(self)
        self.canvas.scene().sigMouseMoved.connect(self._point_at)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self._plot.vb.sigRangeChanged.connect(self._follow_range)

    # The map

    def _draw_map(self) -> None:
        frame, scene = self._frame, self._scene
        if frame is None or scene is None:
            return
        values, levels = self._shown(frame)
        hard = self._config.display.hard
        unit = self._unit_name(frame)
        differing = not unit and self._disagreement(frame) is not None
        border: Floats = np.zeros((0, 2))
        if differing:
            table = self.theme.spread_table()
            self._map.setImage(values[0], levels=levels, lut=table, autoLevels=False)
            self._key.show_bar(self.tr("standard deviation"), levels, table, ())
        elif unit or not scene.classes or (len(values) == 1 and not hard):
            table = self.theme.map_table() if unit or scene.classes else self.theme.value_table()
            self._map.setImage(values[0], levels=levels, lut=table, autoLevels=False)
            if not unit and scene.classes:
                border = contour(values[0], sum(levels) / 2.0, scene.extent)
            self._key.show_bar(unit or scene.target, levels, table, () if unit else scene.classes)
        else:
            pixels = class_colours()[predicted(finer(values), scene)] if hard else blended(values, scene, self.theme)
            self._map.setImage(pixels, levels=None, lut=None, autoLevels=False)
            self._key.show_classes(scene.classes)
        x_low, x_high, y_low, y_high = scene.extent
        self._map.setRect(QRectF(x_low, y_low, x_high - x_low, y_high - y_low))
        self._border.setData(border[:, 0], border[:, 1])
        self._show_tag()

    def _shown(self, frame: Frame) -> tuple[Floats, tuple[float, float]]:
        """What the map shows, (maps, cells, cells), and the values at both ends of its colours."""
        assert frame.outputs is not None
        scene = frame.scene
        if not self._unit_name(frame):
            differences = self._disagreement(frame)
            if differences is None:
                return frame.outputs, (scene.low, scene.high)
            widest = differences.max(axis=0, keepdims=True)
            self._top = steady_top(widest, self._top)
            return widest, (0.0, self._top)
        assert self._unit is not None
        assert frame.unit_maps is not None
        column, unit = self._unit
        values = frame.unit_maps[column][unit : unit + 1]
        if scene.classes and column == len(frame.unit_maps) - 1:
            return values, (scene.low, scene.high)
        hidden = self._config.network.hidden
        bound = bound_of(hidden[column - 1].activation) if 1 <= column <= len(hidden) else None
        if bound is None:
            bound = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values))) or 1.0
        return values, (-bound, bound)

    def _disagreement(self, frame: Frame) -> Floats | None:
        """The members' standard deviations, where they are to be shown."""
        return frame.disagreement if self._config.display.disagreement else None

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
            return self.tr("layer {0}, unit {1}").format(column, unit + 1)
        return self.tr("output {0}").format(unit + 1) if len(frame.unit_maps[column]) > 1 else self.tr("output")

    # The scene

    def _take_scene(self, scene: Scene) -> None:
        before, self._scene = self._scene, scene
        self._classes.setVisible(bool(scene.classes))
        self._members.setVisible(len(scene.members) > 1)
        self._offer_classes()
        self._count.setText(self.tr("of {0} members").format(len(scene.members)))
        self._name_test_box(bool(len(scene.validation_y)))
        self._top = 0.0
        self._place_points()
        if before is None or before.extent != scene.extent:
            x_low, x_high, y_low, y_high = scene.extent
            self._plot.vb.setLimits(xMin=x_low, xMax=x_high, yMin=y_low, yMax=y_high)
            self.show_all()
        self._lay_out()

    def _offer_classes(self) -> None:
        """How far answers spread has no classes."""
        several = self._scene is not None and len(self._scene.members) > 1
        self._classes.setEnabled(not (several and self._config.display.disagreement))

    def _place_points(self) -> None:
        if self._scene is not None:
            self._points.place(self._scene, self.theme)
            self._show_points()

    def _show_points(self) -> None:
        """Below the map stands what is held still, and how many points are drawn of those that are to be seen."""
        scene = self._scene
        if scene is None:
            return
        drawn, count = self._points.show(self._train_box.isChecked(), self._test_box.isChecked())
        few = self.tr("{0:,} of {1:,} points drawn").format(drawn, count) if drawn < count else ""
        self._note.show_entries([], " · ".join(filter(None, (scene.held, few))))

    def _lay_out(self) -> None:
        """Give coordinates of the plane a square, and the axes' names the room there is."""
        scene = self._scene
        if scene is None:
            return
        left, bottom = self._plot.getAxis("left"), self._plot.getAxis("bottom")
        one = scene.axes[0] == scene.axes[1]
        left.setStyle(showValues=not one)
        left.setWidth(GRID if one else LEFT_AXIS)
        self._key.set_indent(left.minimumWidth())
        noted = bool(scene.held) or number_of(scene) > MOST_POINTS
        self._note.setVisible(noted)
        self._note.setFixedHeight(self._key.minimumHeight() if noted else 0.0)
        around = [GRID / 2, 0.0, GRID, GRID / 2]  # left, top, right, bottom
        across = self.canvas.width() - 1.5 * GRID - left.minimumWidth()
        up = self.canvas.height() - 0.5 * GRID
        up -= self._key.minimumHeight() + bottom.minimumHeight() + self._note.minimumHeight()
        if _is_square(scene):
            wider = across - up
            around[0 if wider > 0 else 3] += abs(wider) / (2 if wider > 0 else 1)
            around[2] += max(wider, 0.0) / 2
            across = up = min(across, up)
        self.canvas.ci.layout.setContentsMargins(*around)
        self._name_axis(bottom, scene.columns[scene.axes[0]], across)
        self._name_axis(left, "" if one else scene.columns[scene.axes[1]], up)

    def _name_axis(self, axis: Any, name: str, room: float) -> None:
        """Name an axis in the room along it; a name that is cut is whole in the tooltip."""
        fitting = QFontMetricsF(axis.label.font()).elidedText(name, Qt.TextElideMode.ElideRight, room - GRID)
        axis.setLabel(html.escape(fitting))
        axis.setToolTip(name if fitting != name else "")
        axis.resizeEvent()  # WORKAROUND pyqtgraph: a name that changes stays where the old one was centred

    # Gestures

    def show_all(self) -> None:
        """Undo zoom and pan."""
        if self._scene is not None:
            x_low, x_high, y_low, y_high = self._scene.extent
            self._plot.vb.setRange(xRange=(x_low, x_high), yRange=(y_low, y_high), padding=0.0, disableAutoRange=True)

    def _follow_range(self) -> None:
        if self._scene is not None:
            x_low, x_high, y_low, y_high = self._scene.extent
            (left, right), (bottom, top) = self._plot.vb.viewRange()
            self._whole.setEnabled(right - left < 0.99 * (x_high - x_low) or top - bottom < 0.99 * (y_high - y_low))

    def _click(self, event: Any) -> None:
        if event.double():
            self.show_all()
        elif self._follows_example() and self._train_box.isChecked():
            self._choose_example(event.scenePos())

    def _follows_example(self) -> bool:
        """Whether somebody is looking at how one example goes through the network."""
        return self._frame is not None and self._frame.look(Trace) is not None

    def _choose_example(self, at: QPointF) -> None:
        """Follow the training point nearest to a place of the canvas, if it is near enough to be meant."""
        places = self._points.train_places()
        pixels = [self._plot.vb.mapViewToScene(QPointF(*place)) - at for place in places.tolist()]
        distances = [float(np.hypot(offset.x(), offset.y())) for offset in pixels]
        if distances and min(distances) <= NEAR:
            example = int(np.argmin(distances))
            self.document.set("display.example", example, self.tr("Example {0}").format(example + 1), merge=True)

    def _mark_example(self) -> None:
        """A ring around the example that is followed, while somebody looks."""
        places: Floats = np.zeros((0, 2))
        if self._follows_example():
            example = min(self._config.display.example, len(self._scene.train_y) - 1) if self._scene else 0
            places = self._points.train_places()[example : example + 1]
        self._followed.setData(places[:, 0], places[:, 1])

    def _ring_worst(self) -> None:
        """Rings around the training examples with the largest loss, where they are asked for and drawn."""
        places: Floats = np.zeros((0, 2))
        look = self._frame.look(LossApart) if self._frame is not None else None
        if look is not None and self._config.display.worst and self._train_box.isChecked():
            there = self._points.train_places()
            worst = look.examples[:WORST]
            places = there[worst[worst < len(there)]]
        self._rings.setData(places[:, 0], places[:, 1])

    def _point_at(self, place: QPointF) -> None:
        self._mouse = place
        self._show_tag()

    def _show_tag(self) -> None:
        mouse, text = self._mouse, ""
        if mouse is not None and self._plot.vb.sceneBoundingRect().contains(mouse):
            at = self._plot.vb.mapSceneToView(mouse)
            text = self.describe(at.x(), at.y())
        self._tag.tell(text, mouse or QPointF())

    def _choose_classes(self, value: str) -> None:
        label = self.tr("Hard classes") if value == "hard" else self.tr("Soft classes")
        self.document.set("display.hard", value == "hard", label)

    def _choose_answers(self, value: str) -> None:
        label = self.tr("Disagreement of the members") if value == "disagreement" else self.tr("Mean of the members")
        self.document.set("display.disagreement", value == "disagreement", label)

    def _choose_train(self, shown: bool) -> None:
        self.document.set("display.show_train", shown, self.tr("Training points"))

    def _choose_test(self, shown: bool) -> None:
        self.document.set("display.show_test", shown, self.tr("{0} points").format(self._test_box.text().capitalize()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self._show_tag()
        elif event.type() == QEvent.Type.Resize:
            self._lay_out()
        return super().eventFilter(watched, event)


class PlaneBox(pg.ViewBox):  # type: ignore[misc]
    """A ViewBox that zooms both axes alike: pyqtgraph's right drag, which would stretch one of them, is off."""

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
        else:
            super().mouseDragEvent(ev, axis)


def _is_square(scene: Scene) -> bool:
    """Coordinates of a plane, as against columns of a table, have one extent for both axes."""
    x_low, x_high, y_low, y_high = scene.extent
    return (x_low, x_high) == (y_low, y_high) and scene.axes[0] != scene.axes[1]
