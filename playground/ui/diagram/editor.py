"""The network as a diagram to read and to edit. Knows no session: edits are the document's, numbers a frame's."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QScrollArea,
    QStyle,
    QVBoxLayout,
)

from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.looks.dead_units import DeadUnits
from playground.experiment.looks.dropped_units import DroppedUnits
from playground.experiment.looks.edge_values import EdgeValues
from playground.experiment.looks.look import Requests
from playground.experiment.looks.maps import UnitMaps
from playground.options import knobs
from playground.ui.diagram.bar import DiagramBar
from playground.ui.diagram.canvas import Canvas
from playground.ui.diagram.edits import NetworkEdits
from playground.ui.diagram.geometry import LARGEST, SMALLEST, Geometry, Place
from playground.ui.diagram.inputs import Inputs
from playground.ui.diagram.layer_popover import LayerPopover, OutputPopover
from playground.ui.diagram.numbers import Quantity
from playground.ui.diagram.picture import Diagram, DiagramItem
from playground.ui.diagram.strip import HeaderStrip
from playground.ui.diagram.weights import DiagramWeights
from playground.ui.forms.pairs import output_of
from playground.ui.forms.refusal import refuse, take_back
from playground.ui.theme import GRID, Theme
from playground.ui.viewing.view import View
from playground.ui.workspace.document import Document

NAME_WIDTHS = (24, 160)  # least and most pixels for the names beside the inputs and the outputs
ZOOM_STEP = 1.2


@dataclasses.dataclass(frozen=True)
class DiagramOptions:
    """How the diagram is drawn."""

    edges: Quantity = Quantity.WEIGHTS


class NetworkEditor(View):
    """The diagram with its controls: layers above on the left, units and activation above each layer.

    The columns are the config's, so that a click shows at once; what a frame of an older shape lacks stays empty until
    the run has started again.
    """

    name = "network"
    title = "Network"
    needs: Requests = frozenset({UnitMaps, DeadUnits})
    options = DiagramOptions()
    follows = ("data", "network", "training.loss", "training.noise")

    unit_hovered = Signal(object)  # (column, unit), column 0 = inputs, the last = outputs; None when none is

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._config = document.config
        self._frame: Frame | None = None
        self._zoom = 1.0  # of the units' pictures; 1 fits them
        self._scrolled = 0.5  # share of the way down
        self._edits = NetworkEdits(document, self)
        self._build()
        self._build_shortcuts()
        self.show_config(document.config)
        self.show_choices()
        document.config_changed.connect(self._follow)

    def show_frame(self, frame: Frame) -> None:
        """Draw the maps and weights of this moment."""
        old, self._frame = self._frame, frame
        if old is None or old.scene is not frame.scene:
            self._show_inputs()
            self._lay_out()
            self._name_ends(frame)
            self._show_members()
        self._draw()

    def show_config(self, config: Config) -> None:
        """Follow the network section."""
        self._config = config
        hidden = config.network.hidden
        self._bar.show_layers(len(hidden))
        self._ask()
        self._show_members()
        self._strip.show_layers(hidden)
        self._show_inputs()
        self._lay_out()
        self._draw()

    def show_choices(self) -> None:
        self._bar.show_edges(self.options.edges)
        self._ask()
        self._show_members()
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._draw()

    def figure(self) -> QGraphicsView:
        """The network as it stands, without its controls and without what is left out of it."""
        item = DiagramItem(dataclasses.replace(self._canvas.diagram, geometry=self._fitted(self._zoom, rows=())))
        view = QGraphicsView()
        view.setScene(QGraphicsScene(item.boundingRect(), view))
        view.scene().addItem(item)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.resize(item.boundingRect().size().toSize())
        return view

    def zoom(self, steps: int, around: QPointF | None = None) -> None:
        """Larger or smaller pictures; what lies at `around`, on the canvas, stays where it is."""
        old = self._canvas.diagram.geometry
        wanted = max(SMALLEST, min(old.sides[-1] * ZOOM_STEP**steps, LARGEST))
        self._zoom = wanted / self._fitted(1.0, self._inputs.rows).sides[-1]
        self._lay_out()
        if around is not None:
            new = self._canvas.diagram.geometry
            across, down = self._area.horizontalScrollBar(), self._area.verticalScrollBar()
            across.setValue(round(across.value() + around.x() * (new.width / old.width - 1)))
            down.setValue(round(down.value() + around.y() * (new.height / old.height - 1)))

    def fit(self) -> None:
        """Pictures as large as the room allows."""
        self._zoom = 1.0
        self._lay_out()

    def _toggle_input(self, row: int) -> None:
        inputs = self._canvas.diagram.inputs
        edit = inputs.toggled(row)
        if edit is None:
            refuse(self._strip.inputs, self.tr("The only input stays: a network needs one."))
        else:
            take_back(self)
            self._edits.choose_inputs(*edit, name=inputs.names[row], taken=not inputs.chosen[row])

    # Pop-ups

    def _open_layer(self, layer: int, corner: QPoint) -> None:
        title = self.tr("Layer {number}").format(number=layer + 1)
        names = [name for name in knobs(Layer) if name != "units"]
        path = f"network.hidden.{layer}"
        popover = LayerPopover(title, self.document, path, names, lambda c: c.network.hidden[layer].activation, self)
        popover.open_at(corner)

    def _open_output(self, corner: QPoint) -> None:
        if self._frame is not None:
            classes = len(self._frame.scene.classes)
            OutputPopover(self.tr("Output"), self.document, classes, self).open_at(corner)

    # Layout

    def _build(self) -> None:
        geometry = Geometry.fitted(self._shape(), 1, 1)
        self._canvas = Canvas(Diagram(self._config, None, geometry, self.theme))
        self._canvas.unit_hovered.connect(self.unit_hovered)
        self._canvas.unit_selected.connect(self._follow_selection)
        self._weights = DiagramWeights(self.document, self._canvas, self)
        self._canvas.place_chosen.connect(self._look_at)
        self._canvas.place_chosen.connect(self._weights.edit)
        self._canvas.input_toggled.connect(self._toggle_input)
        self._canvas.units_wanted.connect(self._edits.change_units)
        self._canvas.zoom_wanted.connect(self.zoom)
        self._area = QScrollArea(self)  # before all others, so that the keyboard comes to the diagram first
        self._area.setObjectName("network_area")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setMinimumSize(24 * GRID, 12 * GRID)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._canvas)
        self._area.installEventFilter(self)
        self._bar = DiagramBar()
        self._bar.layers_wanted.connect(self._edits.change_layers)
        self._bar.zoom_wanted.connect(self.zoom)
        self._bar.fit_wanted.connect(self.fit)
        self._bar.key_toggled.connect(lambda: self._draw())
        self._bar.edges.chosen.connect(lambda what: self.choose(edges=what))
        self._bar.members.member_chosen.connect(lambda member: self.document.select(member=member))
        self._strip = HeaderStrip()
        self._strip.units_wanted.connect(self._edits.change_units)
        self._strip.activation_chosen.connect(self._edits.choose_activation)
        self._strip.layer_wanted.connect(self._open_layer)
        self._strip.output_wanted.connect(self._open_output)
        self._area.horizontalScrollBar().valueChanged.connect(self._strip.scroll_to)
        self._area.verticalScrollBar().valueChanged.connect(self._follow_down)
        self._area.verticalScrollBar().rangeChanged.connect(self._keep_down)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._strip)
        layout.addWidget(self._area, 1)

    def _build_shortcuts(self) -> None:
        for keys, action in (
            (QKeySequence.StandardKey.ZoomIn, lambda: self.zoom(1)),
            (QKeySequence.StandardKey.ZoomOut, lambda: self.zoom(-1)),
            (QKeySequence("Ctrl+0"), self.fit),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def _shape(self) -> tuple[int, ...]:
        """Units of each column: hidden layers as the config has them, inputs and outputs as the data ask for."""
        config, frame = self._config, self._frame
        outputs = len(frame.weights[-1]) if frame else 1
        return (
            self._inputs.count,
            *(layer.activation.widths(layer.units)[1] for layer in config.network.hidden),
            outputs,
        )

    def _fitted(self, zoom: float, rows: tuple[int, ...]) -> Geometry:
        """The geometry for the room there is, less that of the scroll bars it makes necessary."""
        shape = self._shape()
        room = self._area.maximumViewportSize()
        shaped = dataclasses.replace(self._canvas.diagram.geometry, shape=shape, rows=rows)
        diagram = Diagram(self._config, self._frame, shaped, self.theme)
        measure = self._canvas.fontMetrics().horizontalAdvance
        least, most = NAME_WIDTHS
        before, after = (
            max(least, min(max(map(measure, names)) + GRID, most, room.width() // 5))
            for names in (diagram.input_names, diagram.output_names)
        )
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        width, height = room.width(), room.height()
        for _ in range(2):
            geometry = Geometry.fitted(shape, width, height, before, after, zoom, rows)
            if geometry.width > width:
                height = room.height() - bar
            if geometry.height > height:
                width = room.width() - bar
        return Geometry.fitted(shape, width, height, before, after, zoom, rows)

    def _lay_out(self) -> None:
        """Place columns and headers anew, where anything has moved."""
        geometry = self._fitted(self._zoom, self._inputs.rows)
        if geometry == self._canvas.diagram.geometry:
            return
        if geometry.shape != self._canvas.diagram.geometry.shape:
            self._weights.close()
        self._draw(geometry)
        self._strip.place(geometry)
        self._bar.show_side(geometry.sides[-1])

    def _ask(self) -> None:
        """Need what is shown, and no more."""
        asked = {
            EdgeValues: self.options.edges is not Quantity.WEIGHTS,
            DroppedUnits: bool(self._config.training.noise.hidden_dropout),
            BackpropTrace: self.document.selection.step >= 0,
        }
        needs = type(self).needs | {look for look, wanted in asked.items() if wanted}
        if needs != self.needs:
            self.needs = needs
            self.needs_changed.emit()

    def _show_members(self) -> None:
        if self._frame is not None:
            self._bar.show_members(self._frame.scene.members, self._frame.within(self.document.selection).member)

    @property
    def _inputs(self) -> Inputs:
        return Inputs.of(self._config, self._frame.scene if self._frame else None)

    def _show_inputs(self) -> None:
        inputs = self._inputs
        self._strip.show_inputs(inputs.count, len(inputs.names), self._config.data.standardise)

    def _name_ends(self, frame: Frame) -> None:
        output = output_of(self._config, len(frame.scene.classes))
        self._strip.show_outputs(len(frame.weights[-1]), frame.scene.output, output)

    def _draw(self, geometry: Geometry | None = None) -> None:
        canvas = self._canvas
        geometry = geometry or canvas.diagram.geometry
        ratio = self.devicePixelRatioF()
        key, selection = self._bar.key.isChecked(), self.document.selection
        canvas.show_diagram(
            Diagram(self._config, self._frame, geometry, self.theme, ratio, key, selection, self.options.edges)
        )
        self._weights.follow()

    def _follow(self, old: Config, new: Config) -> None:
        self.follow(old, new)

    def _look_at(self, place: Place) -> None:
        self._edits.look_at(place)

    def _follow_selection(self, place: Place) -> None:
        self._look_at(place)
        middle = self._canvas.diagram.geometry.unit(place.layer + 1, place.unit).center()
        side = self._canvas.diagram.geometry.sides[-1]
        self._area.ensureVisible(middle.x(), middle.y(), side, side)

    def _follow_down(self, value: int) -> None:
        if self._area.verticalScrollBar().maximum():
            self._scrolled = value / self._area.verticalScrollBar().maximum()

    def _keep_down(self, least: int, most: int) -> None:
        self._area.verticalScrollBar().setValue(round(self._scrolled * most))

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area and event.type() == QEvent.Type.Resize:
            self._lay_out()
        return super().eventFilter(watched, event)
