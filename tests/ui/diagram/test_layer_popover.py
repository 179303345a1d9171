"""The pop-up of a layer: it opens from the layer's name, edits the document, and goes as it came."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config, Layer, NetworkConfig
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, OUTPUTS, LeakyReLU, ReLU, Sigmoid, Tanh
from playground.options import knobs
from playground.ui.diagram.editor import NetworkEditor
from playground.ui.diagram.headers import ActivationSelector, TitleButton
from playground.ui.diagram.layer_popover import LayerPopover
from playground.ui.forms.curve_picture import ICON, CurveDelegate, curve_icon
from playground.ui.forms.knob_widgets import about, purpose
from playground.ui.theme import DARK, LIGHT, apply_theme
from playground.ui.workspace.document import Document

Widget = TypeVar("Widget", bound=QWidget)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def editor(qtbot: QtBot) -> NetworkEditor:
    config = Config(network=NetworkConfig(hidden=(Layer(4, Tanh()), Layer(2, LeakyReLU()))))
    editor = NetworkEditor(Document(config), LIGHT)
    qtbot.addWidget(editor)
    editor.resize(620, 380)
    with qtbot.waitActive(editor):
        editor.show()
        editor.activateWindow()
    editor.show_frame(Session(config).frame())
    return editor


def found(parent: QWidget, kind: type[Widget], name: str) -> Widget:
    child: Widget | None = parent.findChild(kind, name)
    assert child is not None, name
    return child


def opened(editor: NetworkEditor, name: str) -> LayerPopover:
    QTest.mouseClick(found(editor, TitleButton, name), Qt.MouseButton.LeftButton)
    popover = found(editor, LayerPopover, "layer_popover")
    assert popover.isVisible()
    return popover


def selector(popover: LayerPopover, knob: str) -> QComboBox:
    return found(popover, QComboBox, f"{knob}.selector")


def choose(box: QComboBox, label: str) -> None:
    box.setCurrentText(label)
    box.activated.emit(box.currentIndex())


def closed(qtbot: QtBot, editor: NetworkEditor) -> None:
    qtbot.waitUntil(lambda: editor.findChild(LayerPopover) is None)


def test_it_shows_all_knobs_of_a_layer_but_its_size(editor: NetworkEditor) -> None:
    popover = opened(editor, "layer_1_details")
    assert set(popover.form.rows) == set(knobs(Layer)) - {"units"}
    assert popover.findChild(QWidget, "network.hidden.1.activation.negative_slope") is not None
    assert popover.purpose.text() == purpose(LeakyReLU)
    assert "leaky ReLU" in popover.picture.accessibleName()
    formula = popover.form.rows["activation"].formula
    assert formula is not None
    assert formula.accessibleName() == LeakyReLU.formula


def test_what_is_chosen_there_is_an_edit_and_can_be_undone(editor: NetworkEditor) -> None:
    popover = opened(editor, "layer_0_details")
    choose(selector(popover, "network.hidden.0.activation"), ReLU.label)
    assert [layer.activation for layer in editor.document.config.network.hidden] == [ReLU(), LeakyReLU()]
    assert popover.purpose.text() == purpose(ReLU)
    assert "ReLU" in popover.picture.accessibleName()
    editor.document.undo_stack.undo()
    assert editor.document.config.network.hidden[0].activation == Tanh()
    assert popover.purpose.text() == purpose(Tanh)


def test_the_output_unit_has_one_too(editor: NetworkEditor) -> None:
    popover = opened(editor, "output_details")
    box = selector(popover, "network.output")
    assert box.currentText() == "automatic (sigmoid)"
    assert popover.purpose.text() == purpose(Sigmoid)
    choose(box, Tanh.label)
    assert editor.document.config.network.output == Tanh()
    assert popover.purpose.text() == purpose(Tanh)


def test_an_output_unit_that_makes_no_sense_cannot_be_chosen(editor: NetworkEditor) -> None:
    editor.document.edit("", Config.from_json('{"training": {"loss": "hinge"}, "network": {"output": "linear"}}'))
    box = selector(opened(editor, "output_details"), "network.output")
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    item = model.item(1 + list(OUTPUTS).index("relu"))
    assert not item.isEnabled()
    assert "never negative" in item.toolTip().replace("\n", " ")


def test_before_the_first_frame_no_output_is_known(qtbot: QtBot) -> None:
    editor = NetworkEditor(Document(Config()), LIGHT)
    qtbot.addWidget(editor)
    editor.show()
    found(editor, TitleButton, "output_details").click()
    assert editor.findChild(LayerPopover) is None


def test_escape_closes_it(qtbot: QtBot, editor: NetworkEditor) -> None:
    popover = opened(editor, "layer_0_details")
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    closed(qtbot, editor)


def test_a_click_outside_closes_it(qtbot: QtBot, editor: NetworkEditor) -> None:
    popover = opened(editor, "layer_0_details")
    QTest.mouseClick(popover, Qt.MouseButton.LeftButton, pos=QPoint(-20, -20))
    closed(qtbot, editor)


def test_the_keyboard_opens_it_and_begins_at_its_first_knob(qtbot: QtBot, editor: NetworkEditor) -> None:
    button = found(editor, TitleButton, "layer_0_details")
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    popover = found(editor, LayerPopover, "layer_popover")
    box = selector(popover, "network.hidden.0.activation")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is box)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert type(editor.document.config.network.hidden[0].activation) is not Tanh


def test_a_layer_may_go_while_its_pop_up_does(qtbot: QtBot, editor: NetworkEditor) -> None:
    popover = opened(editor, "layer_1_details")
    popover.close()
    editor.document.set("network.hidden", (Layer(3),), "Remove layer")
    closed(qtbot, editor)


def test_it_is_as_large_as_what_it_holds(qtbot: QtBot, editor: NetworkEditor) -> None:
    popover = opened(editor, "layer_0_details")
    before = popover.size()
    choose(selector(popover, "network.hidden.0.activation"), LeakyReLU.label)
    qtbot.waitUntil(lambda: popover.height() > before.height())
    choose(selector(popover, "network.hidden.0.activation"), Tanh.label)
    qtbot.waitUntil(lambda: popover.size() == before)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_entry_shows_its_curve_and_says_what_it_is_for(editor: NetworkEditor, name: str) -> None:
    for box in (
        found(editor, ActivationSelector, "layer_0_activation"),
        selector(opened(editor, "layer_0_details"), "network.hidden.0.activation"),
    ):
        index = box.findText(ACTIVATIONS[name].label)
        option: Any = QStyleOptionViewItem()
        delegate = box.itemDelegate()
        assert isinstance(delegate, CurveDelegate)
        delegate.initStyleOption(option, box.model().index(index, 0))
        drawn = curve_icon(ACTIVATIONS[name](), option.palette)
        assert option.icon.pixmap(ICON).toImage() == drawn.pixmap(ICON).toImage()
        tip = box.itemData(index, Qt.ItemDataRole.ToolTipRole)
        assert " ".join(tip.split()) == " ".join(about(ACTIVATIONS[name]).split())


@pytest.mark.parametrize("name", {**ACTIVATIONS, **OUTPUTS})
def test_there_is_room_for_every_purpose(editor: NetworkEditor, name: str) -> None:
    words = opened(editor, "layer_0_details").purpose
    words.setText(purpose({**ACTIVATIONS, **OUTPUTS}[name]))
    assert words.heightForWidth(words.width()) <= words.height()


def test_the_name_of_a_column_shows_the_curve_of_its_activation(qapp: QApplication, editor: NetworkEditor) -> None:
    button = found(editor, TitleButton, "layer_0_details")
    before = button.icon().pixmap(20, 13).toImage()
    editor.document.set("network.hidden.0.activation", ReLU(), "ReLU")
    assert button.icon().pixmap(20, 13).toImage() != before
    light = button.icon().pixmap(20, 13).toImage()
    apply_theme(qapp, DARK)
    assert button.icon().pixmap(20, 13).toImage() != light
    apply_theme(qapp, LIGHT)
    assert ReLU.formula in button.toolTip()
    assert button.accessibleDescription() == button.toolTip()
