"""The optimizer microscope: its lines are the frame's, its sentence is a calculation that is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.microscope import Microscope
from playground.experiment.session import Session
from playground.nn.optimizers import OPTIMIZERS
from playground.options import with_text, with_value
from playground.ui.document import Document
from playground.ui.figure import save_figure
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.microscope import MicroscopeView
from playground.ui.views.step_panels import scale_of, signed

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., MicroscopeView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(session: Session, steps: int = 30, size: tuple[int, int] = (480, 360)) -> MicroscopeView:
        view = MicroscopeView(Document(session.config), LIGHT)
        view.document.config_changed.connect(lambda old, new: view.show_config(new))
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        view.show_frame(session.frame(view.needs))
        session.step(steps)
        view.show_frame(session.frame(view.needs))
        return view

    return make


def session_of(optimizer: str, **fields: Any) -> Session:
    config = with_text(Config(), "training.optimizer", optimizer)
    for path, value in fields.items():
        config = with_text(config, f"training.{path}", value)
    return Session(config)


def look_of(frame: Frame) -> Microscope:
    look = frame.look(Microscope)
    assert look is not None
    return look


def told(view: MicroscopeView) -> str:
    return view.findChild(QLabel, "microscope.sentence").text()


def number(text: str) -> float:
    """What a number as one writes it stands for."""
    plain = text.replace("−", "-").replace(",", "").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(plain.replace("·10", "e"))


NUMBER = r"\(?(−?[\d.,]+(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)\)?"


@pytest.mark.parametrize("optimizer", ["adam", "adagrad", "rmsprop", "adamw", "adadelta"])
def test_the_sentence_is_a_calculation_that_is_right(make_view: MakeView, optimizer: str) -> None:
    session = session_of(optimizer)
    text = told(make_view(session))
    assert text.startswith("Step 30: Δw = −ε ")
    found = re.search(rf"= −{NUMBER} · {NUMBER} / {NUMBER} = {NUMBER}", text)
    assert found is not None, text
    rate, above, below, step = map(number, found.groups())
    np.testing.assert_allclose(step, -rate * above / below, rtol=0.02)
    look = look_of(session.frame(frozenset({Microscope.need})))
    np.testing.assert_allclose(step, look.own[-1], rtol=0.01)
    assert ("decay" in text) == (optimizer == "adamw")


def test_the_lines_are_the_frame_s(make_view: MakeView) -> None:
    session = session_of("adam", regularizer="l2", clipping="by_norm")
    view = make_view(session)
    look = look_of(session.frame(view.needs))
    drawn = {panel.title: panel.lines for panel in view._panels}
    assert list(drawn) == ["gradient", "mean", "square", "rate", "step", "weight"]
    assert list(drawn["gradient"]) == ["sum", "∂L/∂w", "L2 share", "clipped"]
    for title, line in (("gradient", 1), ("weight", 0), ("step", 0)):
        index = list(drawn).index(title)
        steps, places = view._plots[index][1]._curves[line].getData()
        np.testing.assert_array_equal(steps, look.step)
        expected = {"gradient": look.gradient, "weight": look.value, "step": look.moved}[title]
        np.testing.assert_array_equal(places, expected)
    square = view._plots[2][1]._curves[1].getData()[1]
    np.testing.assert_allclose(10.0**square, look.memories["square"]["v̂"])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_shows_what_it_has(make_view: MakeView, optimizer: str) -> None:
    slots = OPTIMIZERS[optimizer]().slots
    view = make_view(session_of(optimizer, batch_size="1000"), steps=2)
    titles = [panel.title for panel in view._panels]
    look = view._look
    assert look is not None
    assert set(look.memories) <= set(slots)
    assert set(look.memories) <= set(titles)
    assert view.caption.text()
    assert "–" not in told(view)
    assert len(view._plots) == len(titles)


def test_the_effective_rate_is_there_where_it_is_another(make_view: MakeView) -> None:
    session = session_of("rmsprop", **{"optimizer.momentum": "0.5"})
    lines = {panel.title: list(panel.lines) for panel in make_view(session)._panels}
    assert lines["rate"] == ["effective", "ε"]
    lines = {panel.title: list(panel.lines) for panel in make_view(session_of("momentum"))._panels}
    assert lines["rate"] == ["ε"]


def test_decay_is_a_line_of_its_own(make_view: MakeView) -> None:
    lines = {panel.title: list(panel.lines) for panel in make_view(session_of("adamw"))._panels}
    assert lines["step"] == ["Δw", "decay"]


def test_before_the_first_step_it_says_so(make_view: MakeView) -> None:
    assert "No step" in told(make_view(session_of("adam"), steps=0))


def test_the_selectors_choose_the_weight_undoably(make_view: MakeView) -> None:
    view = make_view(session_of("adam"))
    inputs = view.findChild(QComboBox, "microscope.input")
    assert [inputs.itemText(index) for index in range(inputs.count())] == ["x₁", "x₂", "bias"]
    inputs.activated.emit(2)
    assert view.document.config.display.input == 2
    view.findChild(QComboBox, "microscope.layer").activated.emit(1)
    assert view.document.config.display.layer == 1
    assert inputs.count() == 5
    assert inputs.itemText(0) == "from unit 1"
    view.document.undo_stack.undo()
    assert view.document.config.display.layer == 0


def test_the_mouse_shows_another_step(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(session_of("momentum"))
    plot = view._plots[0][1]
    plot.record = 9
    plot.pointed.emit()
    assert told(view).startswith("Step 10: ")
    place = plot.vb.mapViewToScene(QPointF(10.0, 0.0))
    assert view.told(place).startswith("gradient, step 10\n∂L/∂w")
    assert view.told(QPointF(-50.0, -50.0)) == ""
    plot.record = -1
    plot.pointed.emit()
    assert told(view).startswith("Step 30: ")


def test_a_small_dock_gets_more_columns_and_all_of_its_room_is_used(make_view: MakeView) -> None:
    view = make_view(session_of("adam"), size=(480, 700))
    assert view._columns == 1
    view.resize(480, 300)
    view.canvas.grab()
    assert view._columns > 1
    lowest = max(plot.mapRectToScene(plot.boundingRect()).bottom() for _, plot in view._plots)
    assert abs(lowest - view.canvas.height()) < 24


def test_another_optimizer_brings_other_plots(make_view: MakeView) -> None:
    session = session_of("adam")
    view = make_view(session)
    config = with_text(session.config, "training.optimizer", "momentum")
    session.apply(config)
    view.document.edit("", config)
    session.step(3)
    view.show_frame(session.frame(view.needs))
    session.step(3)
    view.show_frame(session.frame(view.needs))
    assert [panel.title for panel in view._panels] == ["gradient", "velocity", "rate", "step", "weight"]
    assert "overshoots" in view.caption.text()


def test_it_is_exported_in_both_themes(make_view: MakeView, tmp_path: Any) -> None:
    view = make_view(session_of("adamw"))
    sizes = []
    for theme in (LIGHT, DARK):
        view.show_theme(theme)
        save_figure(view, tmp_path / f"{theme.name}.png")
        save_figure(view, tmp_path / f"{theme.name}.svg")
        sizes.append((tmp_path / f"{theme.name}.png").read_bytes())
    assert sizes[0] != sizes[1]


def test_scales_hold_their_values() -> None:
    values = np.array([[-0.3, 2.0], [0.1, np.nan]])
    scale = scale_of(values, "signed")
    assert scale.low <= -0.3
    assert scale.high >= 2.0
    assert not scale.log
    near = scale_of(np.array([[5.01], [5.02]]), "near")
    assert 5.0 <= near.low <= 5.01
    assert 5.02 <= near.high <= 5.03
    assert scale_of(np.array([[1e-9], [1e-3]]), "size").log
    assert scale_of(np.zeros((0, 1)), "near").high > scale_of(np.zeros((0, 1)), "near").low
    assert signed(-0.5) == "−0.500"


def test_everything_is_named_and_explained(make_view: MakeView) -> None:
    view = make_view(session_of("adam"))
    for combo in view.findChildren(QComboBox):
        assert combo.objectName()
        assert combo.accessibleName()
        assert combo.toolTip() == combo.accessibleDescription()


def test_a_weight_that_is_set_is_seen(make_view: MakeView) -> None:
    config = with_value(Config(), "display.unit", 3)
    session = Session(config)
    view = make_view(session)
    session.set_weight(0, 3, 0, 7.0)
    session.step(1)
    view.show_frame(session.frame(view.needs))
    assert abs(view._panels[-1].lines["w"][-1] - 7.0) < 0.1
