"""The form on real widgets: what the user does reaches the config, and what the config says reaches the widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QScrollArea,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.data.generators import Blobs, Circle, Spiral
from playground.experiment.config import Config, Impact, Layer, impact
from playground.nn.activations import LeakyReLU, ReLU, Tanh
from playground.nn.optimizers import OPTIMIZERS, SGD, Adam, Momentum
from playground.nn.regularizers import L2
from playground.options import Choice, Flag, Integer, Knob, Number, Options, Section, Text, knobs, with_value
from playground.ui.forms.controls import Box, wrapped
from playground.ui.forms.form import Column, Form, Rows, shared, value_at
from playground.ui.forms.knob_widgets import ChoiceWidget, KnobWidget, NumberWidget, SeedWidget
from playground.ui.forms.numbers import number_text
from playground.ui.forms.refusal import Refusal
from playground.ui.theme import DARK, LIGHT, Theme, apply_theme
from playground.ui.workspace.document import Document


def sections() -> list[tuple[str, type[Options]]]:
    return [(name, knob.cls) for name, knob in knobs(Config).items() if isinstance(knob, Section)]


def editable(cls: type[Options]) -> dict[str, Knob]:
    """The knobs that a form has a row for."""
    kinds = Number | Flag | Choice
    return {n: k for n, k in knobs(cls).items() if isinstance(k, kinds) or (isinstance(k, Text) and k.values)}


def all_forms() -> list[Any]:
    """(config, path of the form, paths of knobs) for every section, and for every choice in it that has knobs."""
    found = []
    for section, section_cls in sections():
        found.append(
            pytest.param(Config(), section, [f"{section}.{name}" for name in editable(section_cls)], id=section)
        )
        for name, knob in editable(section_cls).items():
            for key, cls in knob.table.items() if isinstance(knob, Choice) else ():
                config = with_value(Config(), f"{section}.{name}", cls())
                if paths := [f"{section}.{name}.{inner}" for inner in editable(cls)]:
                    found.append(pytest.param(config, section, paths, id=f"{section}.{name}={key}"))
    return found


def knob_at(config: Config, path: str) -> Knob:
    owner, _, name = path.rpartition(".")
    return knobs(type(value_at(config, owner)))[name]


def row_widget(form: Rows, path: str) -> KnobWidget:
    widget = form.findChild(KnobWidget, path)
    assert isinstance(widget, KnobWidget)
    return widget


def refusals(form: QWidget) -> list[str]:
    """The sentences of refusal that are shown."""
    return [refusal.text() for refusal in form.window().findChildren(Refusal) if not refusal.isHidden()]


def type_in(qtbot: QtBot, widget: QWidget, text: str) -> None:
    assert isinstance(widget, QLineEdit)
    widget.selectAll()
    qtbot.keyClicks(widget, text)
    qtbot.keyClick(widget, Qt.Key.Key_Return)


def use(qtbot: QtBot, widget: KnobWidget, current: Any) -> Any:
    """Change a knob as a user does, and return what it must hold then."""
    knob, controls = widget.knob, widget.controls
    match knob:
        case Number():
            wanted = knob.maximum if current != knob.maximum else knob.minimum
            type_in(qtbot, controls["field"], number_text(wanted))
            return wanted
        case Flag():
            qtbot.mouseClick(controls["box"], Qt.MouseButton.LeftButton, pos=QPoint(6, controls["box"].height() // 2))
            return not current
        case Text():
            return _choose_another(qtbot, controls["selector"], knob.values.index(current), knob.values)
        case Choice():
            entries: list[Any] = [None] * knob.automatic + [cls() for cls in knob.table.values()]
            at = next(i for i, entry in enumerate(entries) if type(entry) is type(current))
            return _choose_another(qtbot, controls["selector"], at, entries)
    raise AssertionError(knob)


def _choose_another(qtbot: QtBot, selector: QWidget, at: int, entries: Any) -> Any:
    last = at == len(entries) - 1
    qtbot.keyClick(selector, Qt.Key.Key_Up if last else Qt.Key.Key_Down)
    return entries[at - 1 if last else at + 1]


def wheel(widget: QWidget) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[..., tuple[Document, Form]]:
    """Makes a form in a window that has the focus."""

    def show(path: str, *arguments: Any, config: Config | None = None) -> tuple[Document, Form]:
        document = Document(config or Config())
        form = Form(document, path, *arguments)
        qtbot.addWidget(form)
        with qtbot.waitActive(form):
            form.show()
            form.activateWindow()
        return document, form

    return show


@pytest.mark.parametrize(("config", "form_path", "paths"), all_forms())
def test_every_knob_of_every_choice_edits_the_config_and_undo_brings_both_back(
    qtbot: QtBot, config: Config, form_path: str, paths: list[str]
) -> None:
    document = Document(config)
    form = Form(document, form_path)
    qtbot.addWidget(form)
    form.show()
    for path in paths:
        widget = row_widget(form, path)
        current = value_at(config, path)

        wanted = use(qtbot, widget, current)

        edited = document.config
        assert value_at(edited, path) == wanted, path
        assert edited == with_value(config, path, wanted), path
        assert document.undo_stack.count() == 1, path
        mark = next(row.mark for row in all_rows(form) if row.widget is widget)
        assert bool(mark.text()) == (impact(config, edited) >= Impact.NETWORK), path
        document.undo_stack.undo()
        assert document.config == config, path
        assert use(qtbot, row_widget(form, path), current) == wanted, f"{path} shows the old value again"
        assert document.config == edited, path
        document.undo_stack.undo()


def all_rows(rows: Rows) -> list[Any]:
    inner = [row for outer in rows.rows.values() if outer.inner for row in all_rows(outer.inner)]
    return [*rows.rows.values(), *inner]


@pytest.mark.parametrize(("config", "form_path", "paths"), all_forms())
def test_every_control_says_what_it_does(qtbot: QtBot, config: Config, form_path: str, paths: list[str]) -> None:
    form = Form(Document(config), form_path)
    qtbot.addWidget(form)
    for path in paths:
        widget, knob = row_widget(form, path), knob_at(config, path)
        for part, control in widget.controls.items():
            assert control.objectName() == f"{path}.{part}"
            assert control.toolTip(), path
            assert control.accessibleDescription() == control.toolTip(), path
            assert control.accessibleName() == knob.label or isinstance(control, QToolButton), path
            assert control.focusPolicy() == Qt.FocusPolicy.StrongFocus, path
        if isinstance(knob, Number):
            assert number_text(knob.minimum) in widget.controls["field"].toolTip(), path
            assert number_text(knob.maximum) in widget.controls["field"].toolTip(), path


@pytest.mark.parametrize(("section", "cls"), sections())
def test_showing_a_config_edits_nothing(qtbot: QtBot, section: str, cls: type[Options]) -> None:
    document = Document(Config())
    form = Form(document, section)
    qtbot.addWidget(form)
    said: list[Any] = []
    for name in editable(cls):
        form.widget(name).edited.connect(lambda *value: said.append(value))
    changed = with_value(with_value(Config(), "data.source", Blobs(classes=5)), "training.optimizer", Adam(beta1=0.5))
    document.replace(with_value(changed, "training.learning_rate", 0.5))
    assert said == []
    assert document.undo_stack.count() == 0


def test_a_choice_brings_its_own_knobs_and_takes_them_away(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "training")
    qtbot.addWidget(form)
    assert form.findChild(KnobWidget, "training.optimizer.momentum") is None
    document.set("training.optimizer", Momentum(), "")
    inner = form.rows["optimizer"].inner
    assert inner is not None
    assert set(inner.rows) == {"momentum", "nesterov"}
    document.set("training.optimizer", Adam(), "")
    assert set(inner.rows) == {"beta1", "beta2", "epsilon"}
    document.set("training.optimizer", SGD(), "")
    assert not inner.rows
    assert inner.isHidden()


def test_the_keyboard_walks_a_late_choice_in_the_order_seen(shown: Any) -> None:
    document, form = shown("training", ("optimizer", "learning_rate"))
    document.set("training.optimizer", Momentum(), "")
    order = []
    at: QWidget = form.widget("optimizer").controls["selector"]
    for _ in range(5):
        at = at.nextInFocusChain()
        while not at.focusPolicy() & Qt.FocusPolicy.TabFocus or at.focusProxy() is not None:
            at = at.nextInFocusChain()
        order.append(at.objectName())
    assert order == [
        "training.optimizer.momentum.slider",
        "training.optimizer.momentum.field",
        "training.optimizer.nesterov.box",
        "training.learning_rate.slider",
        "training.learning_rate.field",
    ]


def test_knobs_of_the_same_name_keep_their_values(qtbot: QtBot) -> None:
    document = Document(with_value(Config(), "data.source", Circle(points=200, noise=0.3)))
    form = Form(document, "data")
    qtbot.addWidget(form)
    selector = form.widget("source").controls["selector"]
    assert isinstance(selector, QComboBox)
    index = selector.findText(Spiral.label)
    selector.setCurrentIndex(index)
    selector.activated.emit(index)
    assert document.config.data.source == Spiral(points=200, noise=0.3)


@pytest.mark.parametrize(
    ("typed", "value"), [("0.03", 0.03), ("1e-3", 0.001), ("0,5", 0.5), (" 2 ", 2.0), ("1E-6", 1e-6), ("100", 100.0)]
)
def test_numbers_can_be_typed_as_they_are_written(qtbot: QtBot, typed: str, value: float) -> None:
    document = Document(with_value(Config(), "training.learning_rate", 0.7))
    form = Form(document, "training")
    qtbot.addWidget(form)
    type_in(qtbot, form.widget("learning_rate").controls["field"], typed)
    assert document.config.training.learning_rate == value


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        ("training.learning_rate", "500", "learning rate ε must lie between 0.000001 and 100, not 500."),
        ("training.learning_rate", "fast", 'learning rate ε must be a number, not "fast".'),
        ("training.learning_rate", "", 'learning rate ε must be a number, not "".'),
        ("training.learning_rate", "nan", 'learning rate ε must be a number, not "nan".'),
        ("training.learning_rate", "1e999", 'learning rate ε must be a number, not "1e999".'),
        ("training.batch_size", "0", "mini-batch must lie between 1 and 1,000,000, not 0."),
        ("training.batch_size", "2.5", "mini-batch must be a whole number, not 2.5."),
        ("training.batch_size", "1,000", 'mini-batch must be a whole number, not "1,000".'),
        ("training.batch_size", "1_0", 'mini-batch must be a whole number, not "1_0".'),
        ("training.batch_size", "١٠", 'mini-batch must be a whole number, not "\\u0661\\u0660".'),
        ("training.batch_size", "9" * 400, f'mini-batch must be a whole number, not "{"9" * 56}....'),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_its_row(qtbot: QtBot, path: str, typed: str, sentence: str) -> None:
    section, name = path.split(".")
    document = Document(Config())
    form = Form(document, section)
    qtbot.addWidget(form)
    row = form.rows[name]
    field = row.widget.controls["field"]
    assert isinstance(field, QLineEdit)
    before = field.text()

    field.setText("")
    field.insert(typed)
    field.setModified(True)
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert document.config == Config()
    assert refusals(form) == [sentence]
    assert field.text() == before
    type_in(qtbot, field, "20")
    assert refusals(form) == []
    assert value_at(document.config, path) == 20


def test_what_is_being_typed_survives_another_edit(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "training")
    qtbot.addWidget(form)
    field = form.widget("learning_rate").controls["field"]
    assert isinstance(field, QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "0.12")
    document.set("training.batch_size", 99, "")
    assert field.text() == "0.12"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.03"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.undo_stack.count() == 1


def test_arrow_keys_step_in_decades_and_merge(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "training")
    qtbot.addWidget(form)
    field = form.widget("learning_rate").controls["field"]
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(field, key)
        seen.append(document.config.training.learning_rate)
    assert seen == [0.1, 0.3, 0.1, 0.03, 0.01]
    assert document.undo_stack.count() == 1


def test_one_drag_is_one_edit_and_the_next_drag_another(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "data")
    qtbot.addWidget(form)
    slider = form.widget("train_share").controls["slider"]
    assert isinstance(slider, QSlider)
    for ends in ((60, 70), (50, 20)):
        slider.sliderPressed.emit()
        for position in ends:
            slider.setValue(position)
    assert document.config.data.train_share == 0.3
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.config.data.train_share == 0.8
    assert slider.value() == 70


@pytest.mark.parametrize("part", ["slider", "field", "selector"])
def test_the_wheel_changes_nothing_without_the_focus(shown: Any, part: str) -> None:
    document, form = shown("training")
    form.widget("batch_size").controls["field"].setFocus()
    control = form.widget("optimizer" if part == "selector" else "learning_rate").controls[part]
    event = wheel(control)
    assert not event.isAccepted(), "so that the panel around it can scroll"
    assert document.config == Config()
    document.set("training.optimizer", Momentum(), "")
    before = document.config
    control.setFocus()
    wheel(control)
    assert document.config != before


def test_undo_belongs_to_the_document_unless_something_is_being_typed(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    document = Document(Config())
    form = Form(document, "training")
    window.setCentralWidget(form)
    undo = QAction("Undo", window)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    undo.triggered.connect(document.undo_stack.undo)
    window.addAction(undo)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    field = form.widget("learning_rate").controls["field"]
    field.setFocus()
    type_in(qtbot, field, "0.5")
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.config.training.learning_rate == 0.5
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.config.training.learning_rate == 0.03


def test_a_new_seed_is_the_next_one(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "network", ("seed",), {"seed": SeedWidget})
    qtbot.addWidget(form)
    button = form.widget("seed").controls["new"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.config.network.seed == 2
    document.set("network.seed", 2**31 - 1, "")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.config.network.seed == 0


def test_a_star_stands_for_every_layer(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "network.hidden.*", ("activation",))
    qtbot.addWidget(form)
    widget = form.widget("activation")
    assert isinstance(widget, ChoiceWidget)
    assert widget.selector.currentText() == Tanh.label
    document.set("network.hidden.0.activation", ReLU(), "")
    assert widget.selector.currentIndex() == -1
    assert widget.selector.placeholderText() == "mixed"
    index = widget.selector.findText(LeakyReLU.label)
    widget.selector.activated.emit(index)
    assert [layer.activation for layer in document.config.network.hidden] == [LeakyReLU(), LeakyReLU()]
    assert document.undo_stack.count() == 2
    type_in(qtbot, row_widget(form, "network.hidden.*.activation.negative_slope").controls["field"], "0.25")
    assert [layer.activation for layer in document.config.network.hidden] == [LeakyReLU(0.25), LeakyReLU(0.25)]
    document.set("network.hidden", (Layer(3, LeakyReLU(0.1)), Layer(3, LeakyReLU(0.2))), "")
    field = row_widget(form, "network.hidden.*.activation.negative_slope").controls["field"]
    assert isinstance(field, QLineEdit)
    assert field.text() == ""
    document.set("network.hidden", (), "")
    assert not form.rows
    document.undo_stack.undo()
    assert set(form.rows) == {"activation"}


def test_a_refused_entry_says_why_and_cannot_be_chosen(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "training")
    qtbot.addWidget(form)
    widget = form.widget("optimizer")
    assert isinstance(widget, ChoiceWidget)
    widget.show_refusals({"momentum": "It is not allowed today."})
    index = widget.selector.findText(Momentum.label)
    assert widget.selector.itemData(index, Qt.ItemDataRole.ToolTipRole) == "It is not allowed today."
    behind = list(OPTIMIZERS)[list(OPTIMIZERS).index("momentum") + 1]
    qtbot.keyClick(widget.selector, Qt.Key.Key_Down)
    assert document.config.training.optimizer == OPTIMIZERS[behind]()
    widget.show_refusals({})
    qtbot.keyClick(widget.selector, Qt.Key.Key_Up)
    assert document.config.training.optimizer == Momentum()


def test_what_an_adjustment_adds_is_the_same_edit(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "training", adjust=lambda config: with_value(config, "training.batch_size", 7))
    qtbot.addWidget(form)
    type_in(qtbot, form.widget("learning_rate").controls["field"], "1")
    assert (document.config.training.learning_rate, document.config.training.batch_size) == (1.0, 7)
    assert document.undo_stack.count() == 1


def test_labels_of_all_forms_align(qtbot: QtBot) -> None:
    column = QMainWindow()
    qtbot.addWidget(column)
    document = Document(with_value(Config(), "training.optimizer", Adam()))
    form = Form(document, "training")
    column.setCentralWidget(form)
    column.resize(264, 600)
    column.show()
    left = {
        control.mapTo(column, QPoint(0, 0)).x()
        for row in all_rows(form)
        for control in list(row.widget.controls.values())[:1]
    }
    assert len(left) == 1
    assert all(label.width() >= label.sizeHint().width() for label in form.findChildren(QLabel) if label.isVisible())


NUMBERS = st.sampled_from(
    [
        knob
        for config, _, paths in (form.values for form in all_forms())
        for path in paths
        if isinstance(knob := knob_at(config, path), Number) and knob.maximum < 1e7
    ]
)


@given(NUMBERS, st.data())
def test_every_stop_and_step_of_a_number_is_allowed(qapp: QApplication, knob: Number, data: st.DataObject) -> None:
    widget = NumberWidget(knob)
    edits: list[Any] = []
    widget.edited.connect(lambda value, gesture: edits.append(value))
    slider = widget.slider
    assert slider is not None
    assert slider.stops == sorted(set(slider.stops))
    assert (slider.stops[0], slider.stops[-1]) == (knob.minimum, knob.maximum)
    value = data.draw(
        st.integers(int(knob.minimum), int(knob.maximum))
        if isinstance(knob, Integer)
        else st.floats(knob.minimum, knob.maximum)
    )
    widget.show_value(value)
    assert abs(slider.stops[slider.value()] - value) == min(abs(stop - value) for stop in slider.stops)
    for steps in (1, -1, 5, -5):
        widget.field._step(steps)
        knob.check(edits[-1])
        toward_end = value == (knob.maximum if steps > 0 else knob.minimum)
        assert (edits[-1] - value) * steps > 0 or toward_end
    for stop in slider.stops:
        knob.check(stop)


def test_an_edit_is_shown_by_the_rows_it_is_about_and_by_no_others(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A burst of edits, such as undo held down, would else redraw all of the window's rows at each of them."""
    document = Document(with_value(Config(), "training.regularizer", L2(0.1)))
    forms = [Form(document, "training"), Form(document, "network.hidden.*", ("activation",)), Form(document, "data")]
    told: list[str] = []
    for form in forms:
        qtbot.addWidget(form)
        for widget in form.findChildren(KnobWidget):
            name = widget.objectName()
            monkeypatch.setattr(widget, "show_value", lambda _, name=name: told.append(name))
    for path, value, shown in (
        ("training.learning_rate", 0.5, ["training.learning_rate"]),
        ("training.regularizer.rate", 0.2, ["training.regularizer", "training.regularizer.rate"]),
        ("network.hidden.1.activation", ReLU(), ["network.hidden.*.activation"]),
        ("network.hidden.0.units", 7, []),
    ):
        told.clear()
        document.set(path, value, "edit")
        assert sorted(told) == shown, path


def test_paths_say_what_they_share() -> None:
    config = Config()
    assert shared(config, "network.hidden.*.units") is None
    assert shared(config, "network.hidden.*.activation") == Tanh()
    assert shared(config, "training.batch_size") == 10
    assert wrapped("a " * 100).count("\n") >= 2


@pytest.fixture
def panel(qtbot: QtBot) -> QScrollArea:
    """The training section in a column that scrolls, as in the window."""
    apply_theme(cast(QApplication, QApplication.instance()), LIGHT)
    column = Column()
    column.add(Form(Document(with_value(Config(), "training.optimizer", Adam())), "training"))
    area = QScrollArea()
    area.setWidget(column)
    area.setWidgetResizable(True)
    qtbot.addWidget(area)
    area.resize(264, 600)
    with qtbot.waitActive(area):
        area.show()
        area.activateWindow()
    return area


def places_of(panel: QScrollArea) -> list[Any]:
    return [(widget.objectName(), widget.mapTo(panel, QPoint(0, 0)), widget.size()) for widget in fields_of(panel)]


def fields_of(panel: QScrollArea) -> list[QLineEdit]:
    return [field for field in panel.findChildren(QLineEdit) if field.objectName().endswith(".field")]


def test_a_refusal_moves_nothing_and_stands_whole_beside_its_field(qtbot: QtBot, panel: QScrollArea) -> None:
    before = places_of(panel)
    for field in fields_of(panel):
        field.setFocus()
        type_in(qtbot, field, "abc")
        [refusal] = panel.findChildren(Refusal)
        assert refusal.isVisible()
        whole = QRect(refusal.mapTo(panel, QPoint(0, 0)), refusal.size())
        assert panel.rect().contains(whole)
        assert not whole.intersects(QRect(field.mapTo(panel, QPoint(0, 0)), field.size()))
        assert refusal.heightForWidth(refusal.width()) <= refusal.height()
        assert places_of(panel) == before
        assert len(refusals(panel)) == 1, "one at a time"


def test_a_refusal_goes_when_its_field_is_left_or_edited(qtbot: QtBot, panel: QScrollArea) -> None:
    first, second = fields_of(panel)[:2]
    first.setFocus()
    type_in(qtbot, first, "abc")
    second.setFocus()
    assert refusals(panel) == []
    type_in(qtbot, second, "abc")
    qtbot.keyClicks(second, "1")
    assert refusals(panel) == []
    qtbot.keyClicks(second, "x")
    first.setFocus()
    assert len(refusals(panel)) == 1, "what is left half typed is answered too"
    second.setFocus()
    assert refusals(panel) == []


def test_a_scroll_bar_does_not_narrow_the_fields(panel: QScrollArea, qtbot: QtBot) -> None:
    def widths() -> list[int]:
        return [widget.width() for widget in panel.findChildren(KnobWidget)]

    assert not panel.verticalScrollBar().isVisible()
    before = widths()
    panel.resize(264, 120)
    qtbot.waitUntil(panel.verticalScrollBar().isVisible)
    assert widths() == before


def test_space_is_the_run_s_unless_something_is_being_typed(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    form = Form(Document(Config()), "training")
    window.setCentralWidget(form)
    play = QAction(window)
    play.setShortcut(QKeySequence("Space"))
    window.addAction(play)
    played: list[str] = []
    play.triggered.connect(lambda: played.append("played"))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    field = form.widget("learning_rate").controls["field"]
    assert isinstance(field, QLineEdit)
    field.setFocus()
    type_in(qtbot, field, "0.5")
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert (len(played), field.text()) == (1, "0.5")
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert (len(played), field.text()) == (1, "7 "), "after Enter the next number takes the place of the last"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_box_shows_frame_and_word_in_either_theme(qtbot: QtBot, theme: Theme) -> None:
    apply_theme(cast(QApplication, QApplication.instance()), theme)
    box = Box("training")
    qtbot.addWidget(box)
    box.resize(box.sizeHint())
    image = box.grab().toImage()
    edge = image.pixelColor(7, round((box.height() - 14) / 2))
    assert abs(edge.lightness() - QColor(theme.window).lightness()) > 60
    assert abs(edge.lightness() - QColor(theme.base).lightness()) > 60
    written = [image.pixelColor(x, y) for x in range(18, image.width()) for y in range(image.height())]
    assert max(abs(colour.lightness() - QColor(theme.window).lightness()) for colour in written) > 120
    assert box.sizeHint().width() >= 18 + box.fontMetrics().horizontalAdvance("training")
    assert all(image.pixelColor(image.width() - 1, y) == image.pixelColor(image.width() - 1, 0) for y in range(5))
