"""The network editor: what its controls, the mouse and the keyboard do to the document, and what it shows of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import MAX_LAYERS, MAX_UNITS, Config, Layer, NetworkConfig
from playground.experiment.frame import Frame
from playground.experiment.looks.dead_units import DeadUnits
from playground.experiment.looks.maps import UnitMaps
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, LeakyReLU, Tanh
from playground.ui.diagram.canvas import Canvas, steady
from playground.ui.diagram.editor import NetworkEditor
from playground.ui.diagram.geometry import LARGEST, SMALLEST, Geometry, Place
from playground.ui.diagram.headers import STRETCHES, ActivationSelector, LayerHeader
from playground.ui.diagram.weight_editor import WeightEditor
from playground.ui.forms.number_field import NumberField
from playground.ui.forms.numbers import read_number
from playground.ui.forms.refusal import Refusal
from playground.ui.theme import DARK, LIGHT
from playground.ui.workspace.document import Document
from tests.frames import altered

Widget = TypeVar("Widget", bound=QWidget)

# The platform without a screen says of every window and pop-up what it cannot do.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@dataclass
class Bench:
    """An editor with a document and a run that is applied by hand, and all that has left it."""

    document: Document
    editor: NetworkEditor
    session: Session
    edited: list[tuple[Any, ...]] = field(default_factory=list)
    hovered: list[tuple[int, int] | None] = field(default_factory=list)

    @property
    def canvas(self) -> Canvas:
        return found(self.editor, Canvas, "network_diagram")

    @property
    def geometry(self) -> Geometry:
        return self.canvas.diagram.geometry

    @property
    def units(self) -> list[int]:
        return [layer.units for layer in self.document.config.network.hidden]

    def button(self, name: str) -> QAbstractButton:
        return found(self.editor, QAbstractButton, name)

    def press(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def catch_up(self) -> Frame:
        """Let the run follow the document, and show its frame."""
        self.session.apply(self.document.config)
        frame = self.session.frame()
        self.editor.show_frame(frame)
        return frame

    def move_to(self, point: QPoint) -> None:
        at, none = QPointF(point), Qt.MouseButton.NoButton
        kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, at, self.canvas.mapToGlobal(at), none, none, keys))

    def click(self, point: QPoint) -> WeightEditor:
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=point)
        return self.popup()

    def popup(self) -> WeightEditor:
        return found(self.editor, WeightEditor, "weight_editor")


def found(parent: QWidget, kind: type[Widget], name: str) -> Widget:
    child: Widget | None = parent.findChild(kind, name)
    assert child is not None, name
    return child


def bench_of(qtbot: QtBot, config: Config, size: tuple[int, int] = (620, 380)) -> Bench:
    document = Document(config)
    editor = NetworkEditor(document, LIGHT)
    qtbot.addWidget(editor)
    editor.resize(*size)
    bench = Bench(document, editor, Session(config))
    document.weight_edited.connect(lambda *edit: bench.edited.append(edit))
    editor.unit_hovered.connect(bench.hovered.append)
    with qtbot.waitActive(editor):
        editor.show()
        editor.activateWindow()
    bench.catch_up()
    return bench


def hidden(*units: int, activation: Any = None) -> Config:
    return Config(network=NetworkConfig(hidden=tuple(Layer(n, activation or Tanh()) for n in units)))


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return bench_of(qtbot, Config())


# Layers and units


def test_it_asks_for_the_units(bench: Bench) -> None:
    assert bench.editor.needs >= {UnitMaps, DeadUnits}
    assert bench.editor.name == "network"


def test_layers_are_added_and_removed_and_the_edit_is_undone(bench: Bench) -> None:
    stack = bench.document.undo_stack
    bench.press("layers_more")
    assert bench.units == [4, 2, 2]
    assert stack.undoText() == "Hidden layers: 3"
    assert found(bench.editor, NumberField, "layers").text() == "3"
    bench.press("layers_fewer")
    bench.press("layers_fewer")
    assert bench.units == [4]
    assert stack.undoText() == "Hidden layers: 1"
    for _ in range(3):
        stack.undo()
    assert bench.units == [4, 2]
    assert found(bench.editor, NumberField, "layers").text() == "2"


def test_numbers_of_layers_and_units_are_typed_and_stepped(bench: Bench) -> None:
    layers = found(bench.editor, NumberField, "layers")
    QTest.mouseClick(layers, Qt.MouseButton.LeftButton)
    QTest.keyClicks(layers, "4")
    QTest.keyClick(layers, Qt.Key.Key_Return)
    assert bench.units == [4, 2, 2, 2]
    units = found(bench.editor, NumberField, "layer_2_units")
    QTest.mouseClick(units, Qt.MouseButton.LeftButton)
    QTest.keyClicks(units, "17")
    QTest.keyClick(units, Qt.Key.Key_Tab)
    assert bench.units == [4, 2, 17, 2]
    assert bench.document.undo_stack.undoText() == "Units of layer 3: 17"
    QTest.mouseClick(units, Qt.MouseButton.LeftButton)
    QTest.keyClick(units, Qt.Key.Key_Down)
    assert bench.units == [4, 2, 16, 2]
    QTest.keyClicks(units, "33")
    QTest.keyClick(units, Qt.Key.Key_Return)
    assert (bench.units, units.text()) == ([4, 2, 16, 2], "16")
    (refusal,) = [said for said in bench.editor.findChildren(Refusal) if said.isVisible()]
    assert refusal.text() == "units of layer 3 must lie between 1 and 32, not 33."
    QTest.mouseClick(layers, Qt.MouseButton.LeftButton)
    QTest.keyClicks(layers, "0")
    QTest.keyClick(layers, Qt.Key.Key_Return)
    assert bench.units == []


@pytest.mark.parametrize(("last", "added"), [(1, 2), (3, 3), (32, 4)])
def test_a_new_layer_takes_after_the_last(qtbot: QtBot, last: int, added: int) -> None:
    bench = bench_of(qtbot, hidden(last, activation=LeakyReLU(0.2)))
    bench.press("layers_more")
    assert bench.document.config.network.hidden[1] == Layer(added, LeakyReLU(0.2))


def test_the_first_layer_can_be_added_to_none(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden())
    assert not bench.button("layers_fewer").isEnabled()
    assert "no hidden layer" in bench.button("layers_fewer").toolTip()
    bench.press("layers_more")
    assert len(bench.units) == 1
    assert bench.button("layers_fewer").isEnabled()


def test_layers_end_at_the_limit_with_a_reason(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden(*[2] * (MAX_LAYERS - 1)))
    assert "starts again" in bench.button("layers_more").toolTip()
    bench.press("layers_more")
    assert len(bench.units) == MAX_LAYERS
    assert not bench.button("layers_more").isEnabled()
    assert str(MAX_LAYERS) in bench.button("layers_more").toolTip()


def test_units_are_added_and_removed_and_the_edit_is_undone(bench: Bench) -> None:
    bench.press("layer_1_units_more")
    assert bench.units == [4, 3]
    assert bench.document.undo_stack.undoText() == "Units of layer 2: 3"
    bench.press("layer_0_units_fewer")
    assert bench.units == [3, 3]
    assert bench.document.undo_stack.undoText() == "Units of layer 1: 3"
    assert found(bench.editor, NumberField, "layer_0_units").text() == "3"
    bench.document.undo_stack.undo()
    bench.document.undo_stack.undo()
    assert bench.units == [4, 2]
    assert found(bench.editor, NumberField, "layer_1_units").text() == "2"


def test_units_end_at_the_limits_with_a_reason(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden(1, MAX_UNITS))
    fewer, more = bench.button("layer_0_units_fewer"), bench.button("layer_1_units_more")
    assert not fewer.isEnabled()
    assert "at least one" in fewer.toolTip()
    assert not more.isEnabled()
    assert str(MAX_UNITS) in more.toolTip()
    for button in (bench.button("layer_0_units_more"), bench.button("layer_1_units_fewer")):
        assert button.isEnabled()
        assert "starts again" in button.toolTip()


def test_every_control_explains_itself_to_all(bench: Bench) -> None:
    controls = [*bench.editor.findChildren(QAbstractButton), *bench.editor.findChildren(QComboBox)]
    assert len(controls) > 10
    for control in controls:
        assert control.objectName()
        assert control.toolTip()
        assert control.accessibleDescription() == control.toolTip()
        assert control.accessibleName(), control.objectName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


# Activations


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_chosen_for_one_layer(bench: Bench, name: str) -> None:
    combo = found(bench.editor, QComboBox, "layer_1_activation")
    combo.setCurrentIndex(combo.findData(name))
    combo.activated.emit(combo.currentIndex())
    assert type(bench.document.config.network.hidden[1].activation) is ACTIVATIONS[name]
    assert type(bench.document.config.network.hidden[0].activation) is Tanh
    assert ACTIVATIONS[name].formula in combo.toolTip()
    if name != "tanh":
        assert bench.document.undo_stack.undoText() == f"Activation of layer 2: {ACTIVATIONS[name].label}"
        bench.document.undo_stack.undo()
        assert combo.currentText() == "tanh"


def test_scrolling_over_a_selector_chooses_nothing(bench: Bench) -> None:
    combo = found(bench.editor, QComboBox, "layer_0_activation")
    wheel(combo, -120, Qt.KeyboardModifier.NoModifier)
    assert combo.currentText() == "tanh"
    assert bench.document.config == Config()


def test_a_name_is_condensed_where_it_does_not_fit(bench: Bench) -> None:
    combo = found(bench.editor, ActivationSelector, "layer_0_activation")
    combo.setCurrentText("hard sigmoid")
    natural = combo.fontMetrics().horizontalAdvance("hard sigmoid")
    assert combo.name_font(natural).stretch() == 100
    narrow = int(0.88 * natural)
    assert QFontMetrics(combo.name_font(narrow)).horizontalAdvance("hard sigmoid") <= narrow
    assert combo.name_font(8).stretch() == min(STRETCHES)


# Columns, frames and configs


def test_headers_stand_above_their_columns_even_when_scrolled(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden(*[8] * 10))
    bar = found(bench.editor, QScrollArea, "network_area").horizontalScrollBar()
    assert bar.maximum() > 0
    for value in (0, bar.maximum() // 2, bar.maximum()):
        bar.setValue(value)
        for header in bench.editor.findChildren(LayerHeader):
            unit = bench.geometry.unit(header.index + 1, 0).center()
            above = header.mapTo(bench.editor, header.rect().center())
            assert abs(above.x() - bench.canvas.mapTo(bench.editor, unit).x()) <= 1


def test_the_default_network_needs_no_scroll_bars_and_the_largest_does(qtbot: QtBot) -> None:
    for config, scrolls in ((Config(), False), (hidden(*[8] * 6), False), (hidden(*[MAX_UNITS] * 10), True)):
        area = found(bench_of(qtbot, config).editor, QScrollArea, "network_area")
        assert (area.horizontalScrollBar().maximum() > 0) is scrolls
        assert (area.verticalScrollBar().maximum() > 0) is scrolls


def test_a_tall_network_shows_its_middle_first(qtbot: QtBot) -> None:
    bar = found(bench_of(qtbot, hidden(MAX_UNITS)).editor, QScrollArea, "network_area").verticalScrollBar()
    assert bar.value() == pytest.approx(bar.maximum() / 2, abs=1)


def test_nothing_moves_while_training(bench: Bench) -> None:
    before = bench.geometry
    for _ in range(5):
        bench.session.step(10)
        bench.editor.show_frame(bench.session.frame())
        assert bench.geometry is before


def test_a_click_shows_before_the_run_has_followed(bench: Bench) -> None:
    bench.press("layer_0_units_more")
    bench.press("layers_more")
    assert bench.geometry.shape == (2, 5, 2, 2, 1)
    bench.editor.show_frame(bench.session.frame())  # of the run before
    drawn(bench)
    assert bench.geometry.shape == (2, 5, 2, 2, 1)
    assert bench.canvas.diagram.value(Place(0, 0, 0)) is None
    bench.catch_up()
    assert bench.canvas.diagram.value(Place(0, 0, 0)) == bench.session.network.weights[0][0, 0]


@pytest.mark.parametrize("units", [(), (1,), (32, 32), (3, 1, 4, 1, 5)])
def test_any_frame_on_any_config_is_drawn(bench: Bench, units: Sequence[int]) -> None:
    frame = Session(hidden(*units)).frame()
    for shown in (frame, altered(frame, unit_maps=None)):
        bench.editor.show_frame(shown)
        drawn(bench)
        bench.move_to(bench.geometry.unit(1, 0).center())
        drawn(bench)


def test_without_a_frame_the_config_is_drawn(qtbot: QtBot) -> None:
    editor = NetworkEditor(Document(hidden(3, 2)), DARK)
    qtbot.addWidget(editor)
    editor.resize(620, 380)
    editor.show()
    assert found(editor, Canvas, "network_diagram").diagram.geometry.shape == (2, 3, 2, 1)
    assert not editor.grab().isNull()


def test_classes_are_named_beside_their_outputs(qtbot: QtBot) -> None:
    config = Config.from_json('{"data": {"source": "iris"}}')
    bench = bench_of(qtbot, config)
    assert bench.geometry.shape == (4, 4, 2, 3)
    assert bench.canvas.diagram.output_names == bench.session.scene.classes
    assert bench.canvas.name(Place(2, 1)) == "output versicolor"
    assert bench.geometry.left[0] > 80, "room for the names of the inputs"


def test_another_theme_changes_the_picture(bench: Bench) -> None:
    light = drawn(bench)
    bench.editor.show_theme(DARK)
    assert drawn(bench).pixelColor(2, 2).name() == DARK.base != light.pixelColor(2, 2).name()


def test_the_export_holds_the_whole_diagram(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden(MAX_UNITS))
    figure = bench.editor.figure()
    qtbot.addWidget(figure)
    assert figure.sceneRect().height() == bench.geometry.height > 380


# Zoom


def test_zoom_has_steps_limits_and_a_way_back(bench: Bench) -> None:
    fitted = bench.geometry.sides[-1]
    bench.press("zoom_out")
    assert bench.geometry.sides[-1] < fitted
    for _ in range(12):
        bench.press("zoom_out")
    assert bench.geometry.sides[-1] == SMALLEST
    assert not bench.button("zoom_out").isEnabled()
    assert "small" in bench.button("zoom_out").toolTip()
    for _ in range(12):
        bench.press("zoom_in")
    assert bench.geometry.sides[-1] == LARGEST
    assert not bench.button("zoom_in").isEnabled()
    bench.press("zoom_fit")
    assert bench.geometry.sides[-1] == fitted


def wheel(widget: QWidget, turn: int, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_control_and_the_wheel_zoom(bench: Bench) -> None:
    fitted = bench.geometry.sides[-1]
    wheel(bench.canvas, 120, Qt.KeyboardModifier.NoModifier)
    assert bench.geometry.sides[-1] == fitted
    wheel(bench.canvas, -120, Qt.KeyboardModifier.ControlModifier)
    assert bench.geometry.sides[-1] < fitted
    wheel(bench.canvas, 120, Qt.KeyboardModifier.ControlModifier)
    assert abs(bench.geometry.sides[-1] - fitted) <= 1


# Pointing


def drawn(bench: Bench) -> QImage:
    image: QImage = bench.canvas.grab().toImage()
    return image


def leave(bench: Bench) -> None:
    QApplication.sendEvent(bench.canvas, QEvent(QEvent.Type.Leave))


def test_pointing_at_units_is_told(bench: Bench) -> None:
    for column, unit in ((0, 1), (1, 3), (3, 0)):
        bench.move_to(bench.geometry.unit(column, unit).center())
        assert bench.hovered[-1] == (column, unit)
    leave(bench)
    assert bench.hovered[-1] is None
    assert len(bench.hovered) == 4, "once each"


def test_an_edge_or_a_bias_is_no_unit(bench: Bench) -> None:
    bench.move_to(bench.geometry.edge_point(0, 0, 0, 0.5).toPoint())
    bench.move_to(bench.geometry.bias(1, 0).center())
    assert bench.canvas.hovered == Place(0, 0, 2)
    assert bench.hovered == []


def test_the_pointed_edge_shows_its_value_at_every_frame(bench: Bench) -> None:
    before = drawn(bench)
    bench.move_to(bench.geometry.edge_point(0, 1, 0, 0.7).toPoint())
    assert bench.canvas.hovered == Place(0, 1, 0)
    assert bench.canvas.name(Place(0, 1, 0)) == "w from x₁ to layer 1 unit 2"
    first = drawn(bench)
    assert first != before
    frame = bench.session.frame()
    weights = [array.copy() for array in frame.weights]
    weights[0][1, 0] += 1e-3 if round(weights[0][1, 0], 3) != round(weights[0][1, 0] + 1e-3, 3) else 2e-3
    bench.editor.show_frame(replace(frame, weights=tuple(weights)))
    assert drawn(bench) != first


def test_names_and_numbers_as_read(bench: Bench) -> None:
    names = [bench.canvas.name(place) for place in (Place(-1, 1), Place(0, 2, 2), Place(2, 0), Place(2, 0, 1))]
    assert names == ["x₂", "bias of layer 1 unit 3", "output", "w from layer 2 unit 2 to output"]
    assert [steady(value) for value in (0.7341, -0.5, 0.0, -2.5e7)] == ["+0.734", "−0.500", "+0.000", "−2.50·10⁷"]


# Editing weights


def test_an_edge_is_edited_and_the_edit_undone(bench: Bench) -> None:
    old = bench.session.network.weights[0][1, 0]
    place = Place(0, 1, 0)
    popup = bench.click(bench.geometry.edge_point(0, 1, 0, 0.7).toPoint())
    number = popup.field(place)
    assert len(popup.findChildren(NumberField)) == 1
    assert read_number(number.text()) == pytest.approx(old, rel=1e-5)
    type_into(number, "1.25")
    assert bench.edited == [(0, 1, 0, 1.25)]
    assert bench.document.undo_stack.undoText() == "Set w from x₁ to layer 1 unit 2"
    bench.document.undo_stack.undo()
    assert bench.edited[-1] == (0, 1, 0, old)
    bench.document.undo_stack.redo()
    assert bench.edited[-1] == (0, 1, 0, 1.25)


def type_into(number: NumberField, text: str) -> None:
    number.selectAll()
    QTest.keyClicks(number, text)
    QTest.keyClick(number, Qt.Key.Key_Return)


def test_a_bias_is_edited(bench: Bench) -> None:
    popup = bench.click(bench.geometry.bias(3, 0).center())
    type_into(popup.field(Place(2, 0, 2)), "-0,5")
    assert bench.edited == [(2, 0, 2, -0.5)]


def test_a_unit_opens_its_bias_and_all_that_enters_it(bench: Bench) -> None:
    popup = bench.click(bench.geometry.unit(2, 1).center())
    fields = popup.findChildren(NumberField)
    assert [field.accessibleName() for field in fields] == ["bias", *(f"w from layer 1 unit {n}" for n in (1, 2, 3, 4))]
    assert fields[0].hasFocus()
    type_into(popup.field(Place(1, 1, 3)), "2")
    assert bench.edited == [(1, 1, 3, 2.0)]


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e999", "--1", "1_0"])
def test_what_is_no_finite_number_is_not_taken(bench: Bench, text: str) -> None:
    popup = bench.click(bench.geometry.bias(1, 0).center())
    type_into(popup.field(Place(0, 0, 2)), text)
    assert bench.edited == []
    assert read_number(text) is None
    refusals = [said for said in bench.editor.findChildren(Refusal) if said.isVisible()]
    assert [said.text() for said in refusals] == ([f'bias must be a number, not "{text}".'] if text else []), (
        "or nothing typed"
    )
    for refusal in refusals:
        place = QRect(refusal.mapToGlobal(QPoint(0, 0)), refusal.size())
        assert not place.intersects(popup.geometry())
    QTest.keyClicks(popup.field(Place(0, 0, 2)), "1")
    assert not any(refusal.isVisible() for refusal in refusals)


def test_steps_and_zero_act_at_once_and_become_one_undo(bench: Bench) -> None:
    place = Place(0, 0, 2)
    popup = bench.click(bench.geometry.bias(1, 0).center())
    number = popup.field(place)
    QTest.keyClick(number, Qt.Key.Key_Up)
    QTest.keyClick(number, Qt.Key.Key_Up)
    QTest.keyClick(number, Qt.Key.Key_Down)
    assert [edit[3] for edit in bench.edited] == [0.1, 0.2, 0.1]
    QTest.mouseClick(found(popup, QAbstractButton, "set_to_zero"), Qt.MouseButton.LeftButton)
    assert bench.edited[-1] == (0, 0, 2, 0.0)
    bench.document.undo_stack.undo()
    assert bench.edited[-1] == (0, 0, 2, 0.0)
    assert not bench.document.undo_stack.canUndo(), "the click that opened it is no edit"


def test_an_open_number_follows_the_run_unless_one_is_being_typed(bench: Bench) -> None:
    popup = bench.click(bench.geometry.bias(1, 0).center())
    number = popup.field(Place(0, 0, 2))
    bench.session.set_weight(0, 0, 2, 0.75)
    bench.editor.show_frame(bench.session.frame())
    assert number.text() == "0.75"
    assert number.selectedText() == "0.75"
    QTest.keyClicks(number, "3")
    bench.session.set_weight(0, 0, 2, 0.5)
    bench.editor.show_frame(bench.session.frame())
    assert number.text() == "3"


def test_escape_gives_the_number_back_and_then_closes(bench: Bench) -> None:
    popup = bench.click(bench.geometry.bias(1, 0).center())
    number = popup.field(Place(0, 0, 2))
    before = number.text()
    QTest.keyClicks(number, "3")
    QTest.keyClick(number, Qt.Key.Key_Escape)
    assert popup.isVisible()
    assert number.text() == number.selectedText() == before
    QTest.keyClick(number, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert bench.edited == []
    bench.catch_up()


def test_the_pop_up_closes_when_its_network_is_gone(bench: Bench) -> None:
    popup = bench.click(bench.geometry.unit(2, 1).center())
    bench.document.set("network.hidden", (Layer(3),), "Another network")
    assert not popup.isVisible()
    bench.catch_up()


def test_an_edit_reaches_the_run(bench: Bench) -> None:
    bench.document.weight_edited.connect(bench.session.set_weight)
    popup = bench.click(bench.geometry.unit(3, 0).center())
    type_into(popup.field(Place(2, 0, 2)), "0.125")
    assert bench.session.network.weights[2][0, 2] == 0.125
    bench.session.step(5)
    assert np.isfinite(bench.session.network.weights[2]).all()


# Keyboard


def keys(bench: Bench, *pressed: Qt.Key) -> None:
    for key in pressed:
        QTest.keyClick(bench.canvas, key)


def test_arrows_walk_from_unit_to_unit(bench: Bench) -> None:
    assert bench.canvas.hasFocus()
    keys(bench, Qt.Key.Key_Down)
    assert bench.canvas.selected == Place(-1, 0)
    assert bench.hovered[-1] == (0, 0)
    keys(bench, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert bench.canvas.selected == Place(-1, 3), "what is left out is reached too"
    assert bench.hovered[-1] is None, "but has no map"
    keys(bench, Qt.Key.Key_Right)
    assert bench.canvas.selected == Place(0, 1), "straight across"
    keys(bench, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert bench.canvas.selected == Place(0, 3), "the last one"
    keys(bench, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert bench.canvas.selected == Place(2, 0)
    assert bench.hovered[-1] == (3, 0)
    keys(bench, Qt.Key.Key_Left, Qt.Key.Key_Up)
    assert bench.canvas.selected is not None
    assert bench.canvas.selected.layer == 1
    assert "layer 2 unit 1" in bench.canvas.accessibleDescription()


def test_enter_edits_and_plus_and_minus_change_the_layer(bench: Bench) -> None:
    bench.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    keys(bench, Qt.Key.Key_Plus)
    assert bench.units == [4, 2], "inputs are the data's"
    keys(bench, Qt.Key.Key_Right, Qt.Key.Key_Plus)
    assert bench.units == [5, 2]
    keys(bench, Qt.Key.Key_Minus, Qt.Key.Key_Minus)
    assert bench.units == [3, 2]
    bench.catch_up()
    keys(bench, Qt.Key.Key_Return)
    assert bench.popup().isVisible()
    bench.popup().close()


def test_minus_stops_at_one_unit_and_selection_survives(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden(2))
    bench.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    keys(bench, Qt.Key.Key_Right, Qt.Key.Key_Down, *[Qt.Key.Key_Minus] * 3)
    assert bench.units == [1]
    drawn(bench)


def test_a_selected_unit_is_scrolled_into_sight(qtbot: QtBot) -> None:
    bench = bench_of(qtbot, hidden(*[MAX_UNITS] * 10))
    bench.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    keys(bench, *[Qt.Key.Key_Right] * 11)
    assert bench.canvas.selected == Place(10, 0)
    assert bench.canvas.visibleRegion().contains(bench.geometry.unit(11, 0))
    assert bench.canvas.rect().contains(bench.geometry.unit(11, 0))


def test_the_diagram_can_be_reached_and_read_without_a_mouse(bench: Bench) -> None:
    assert bench.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert bench.canvas.accessibleName() == "Network diagram"
    bench.move_to(bench.geometry.unit(0, 0).center())
    assert "Enter" in bench.canvas.accessibleDescription()


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_pop_up_stays_inside_the_editor_and_off_what_it_edits(qtbot: QtBot, layer: int) -> None:
    bench = bench_of(qtbot, Config(), (720, 400))
    room = QRect(bench.editor.mapToGlobal(QPoint(0, 0)), bench.editor.size())
    for unit in range(bench.geometry.shape[layer + 1]):
        popup = bench.click(bench.geometry.edge_point(layer, unit, 0, 0.5).toPoint())
        place = bench.canvas.hovered
        assert place is not None
        assert place.input is not None
        assert room.contains(popup.geometry())
        for along in (0.1, 0.5, 0.9):
            point = bench.geometry.edge_point(layer, place.unit, place.input, along).toPoint()
            assert not popup.geometry().contains(bench.canvas.mapToGlobal(point))
        popup.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        popup = bench.click(bench.geometry.unit(layer + 1, unit).center())
        assert room.contains(popup.geometry())
        assert not popup.geometry().contains(bench.canvas.mapToGlobal(bench.geometry.unit(layer + 1, unit).center()))
        popup.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
