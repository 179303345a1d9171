"""The optimizer microscope: its lines are the frame's, its sentence is a calculation that is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.optimizer_trace import OptimizerTrace, Steps
from playground.experiment.run.session import Session
from playground.experiment.run.weight_recorder import CAPACITY
from playground.nn.activations.activation import Array
from playground.nn.calls import Call
from playground.nn.optimizers import OPTIMIZERS, Optimizer, SearchingOptimizer
from playground.options import with_text
from playground.ui.plots.step_panels import places, plain, scale_of
from playground.ui.theme import DARK, LIGHT
from playground.ui.viewing.figure import save_figure
from playground.ui.views.optimizer_trace import OptimizerTraceView, Period
from playground.ui.workspace.document import Document
from tests.frames import look_at
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., OptimizerTraceView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(session: Session, steps: int = 30, size: tuple[int, int] = (480, 360)) -> OptimizerTraceView:
        view = OptimizerTraceView(Document(session.config, selection=session.selection), LIGHT)
        session.observe(view.needs)
        show_alone(view, qtbot, session.frame(view.needs), size)
        session.step(steps)
        view.show_frame(session.frame(view.needs))
        return view

    return make


def session_of(optimizer: str, **fields: Any) -> Session:
    config = with_text(Config(), "training.optimizer", optimizer)
    for path, value in fields.items():
        config = with_text(config, f"training.{path}", value)
    return Session(config)


def look_of(frame: Frame) -> Steps:
    look = frame.look(OptimizerTrace)
    assert look is not None
    return look.last


def told(view: OptimizerTraceView) -> str:
    return view.findChild(QLabel, "optimizer_trace.sentence").text()


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
    look = look_of(session.frame(frozenset({OptimizerTrace})))
    np.testing.assert_allclose(step, look.own[-1], rtol=0.01)
    assert ("decay" in text) == (optimizer == "adamw")


def test_the_lines_are_the_frame_s(make_view: MakeView) -> None:
    session = session_of("adam", regularizer="l2", clipping="by_norm")
    view = make_view(session)
    look = look_of(session.frame(view.needs))
    drawn = {panel.title: panel.lines for panel in view._panels}
    assert list(drawn) == ["gradient", "mean", "square", "rate", "step", "decay", "weight"]
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
def test_every_optimizer_shows_what_it_has_and_tells_of_itself(make_view: MakeView, optimizer: str) -> None:
    slots = OPTIMIZERS[optimizer]().slots
    view = make_view(session_of(optimizer, batch_size="1000"), steps=2)
    titles = [panel.title for panel in view._panels]
    look = view._look
    assert look is not None
    assert set(look.memories) <= set(slots)
    assert set(look.memories) <= set(titles)
    assert "–" not in told(view)
    assert len(view._plots) == len(titles)
    assert view.caption.text() == plain(OPTIMIZERS[optimizer].advice) != ""
    assert ("weights at once" in told(view)) == issubclass(OPTIMIZERS[optimizer], SearchingOptimizer)


@dataclass(frozen=True)
class Signed(Optimizer):
    """Made up here: no other file has heard of it, and it tells nothing of its steps."""

    label = "made up"
    formula = "w ← w − ε sign(g)"

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        work = np.empty_like(p)
        return [(np.sign, (g, work)), (np.multiply, (work, rate, work)), (np.subtract, (p, work, p))]


def test_nothing_is_made_up_about_an_optimizer_that_nobody_knows(
    make_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPTIMIZERS, "made_up", Signed)
    view = make_view(session_of("made_up", regularizer="l2"))
    assert view.caption.text() == Signed.formula
    assert re.fullmatch(rf"Step 30: Δw = {NUMBER}\.", told(view))


def test_the_effective_rate_is_there_where_it_is_another(make_view: MakeView) -> None:
    session = session_of("rmsprop", **{"optimizer.momentum": "0.5"})
    lines = {panel.title: list(panel.lines) for panel in make_view(session)._panels}
    assert lines["rate"] == ["effective", "ε"]
    lines = {panel.title: list(panel.lines) for panel in make_view(session_of("momentum"))._panels}
    assert lines["rate"] == ["ε"]


def test_decay_is_a_line_of_its_own(make_view: MakeView) -> None:
    lines = {panel.title: list(panel.lines) for panel in make_view(session_of("adamw"))._panels}
    assert lines["step"] == ["Δw", "decay"]


def lines_of(view: OptimizerTraceView, title: str) -> dict[str, Any]:
    [lines] = [panel.lines for panel in view._panels if panel.title == title]
    return lines


def test_adam_with_l2_stands_beside_adamw(make_view: MakeView) -> None:
    """The penalty's slope is 2 α w; ε times that is what AdamW takes, and Adam divides it by √v̂ + ε₀ as well."""
    session = session_of("adam", regularizer="l2", learning_rate="0.02")
    view = make_view(session)
    look, lines = look_of(session.frame(view.needs)), lines_of(view, "decay")
    root = np.sqrt(look.memories["square"]["v̂"]) + 1e-8
    before = look.value - look.moved
    np.testing.assert_allclose(lines["AdamW"], 0.02 * 2.0 * 0.001 * np.abs(before))
    np.testing.assert_allclose(lines["L2"], lines["AdamW"] / root)
    assert "AdamW" in view.caption.text()


def test_adamw_stands_beside_adam_with_l2(make_view: MakeView) -> None:
    session = session_of("adamw", learning_rate="0.02")
    view = make_view(session)
    look, lines = look_of(session.frame(view.needs)), lines_of(view, "decay")
    assert look.decay is not None
    np.testing.assert_array_equal(lines["AdamW"], np.abs(look.decay))
    np.testing.assert_allclose(lines["L2"], np.abs(look.decay) / (np.sqrt(look.memories["square"]["v̂"]) + 1e-8))


@pytest.mark.parametrize(("optimizer", "regularizer"), [("adam", "l1"), ("rmsprop", "l2"), ("momentum", "l2")])
def test_other_rules_have_no_such_pair(make_view: MakeView, optimizer: str, regularizer: str) -> None:
    view = make_view(session_of(optimizer, regularizer=regularizer))
    assert "decay" not in [panel.title for panel in view._panels]


def test_a_bias_does_not_decay(make_view: MakeView) -> None:
    session = look_at(session_of("adam", regularizer="l2"), input=2)
    assert "decay" not in [panel.title for panel in make_view(session)._panels]


def test_before_the_first_step_it_says_so(make_view: MakeView) -> None:
    assert "Nothing is recorded yet" in told(make_view(session_of("adam"), steps=0))


def test_the_selectors_choose_the_weight(make_view: MakeView) -> None:
    view = make_view(session_of("adam"))
    inputs = view.findChild(QComboBox, "optimizer_trace.input")
    assert [inputs.itemText(index) for index in range(inputs.count())] == ["x₁", "x₂", "bias"]
    inputs.activated.emit(2)
    assert view.document.selection.input == 2
    view.findChild(QComboBox, "optimizer_trace.layer").activated.emit(1)
    assert view.document.selection.layer == 1
    assert inputs.count() == 5
    assert inputs.itemText(0) == "from unit 1"
    assert view.document.undo_stack.isClean(), "looking is no edit"


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


@pytest.mark.parametrize("size", [(400, 250), (576, 460), (300, 900)])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
def test_however_many_plots_there_are_they_use_all_of_the_width_and_no_two_overlap(
    make_view: MakeView, optimizer: str, size: tuple[int, int]
) -> None:
    view = make_view(session_of(optimizer), size=size)
    items = [item.mapRectToScene(item.boundingRect()) for pair in view._plots for item in pair]
    left, right = min(item.left() for item in items), max(item.right() for item in items)
    assert left < 16
    assert right > view.canvas.width() - 24
    plots = [QRectF(plot.vb.sceneBoundingRect()) for _, plot in view._plots]
    legends = [legend.mapRectToScene(legend.rect()) for legend, _ in view._plots]
    span = view._span.mapRectToScene(view._span.boundingRect())
    assert view.canvas.rect().contains(span.toRect())
    boxes = [*plots, *legends, span]
    overlapping = [
        (one, other)
        for index, one in enumerate(boxes)
        for other in boxes[:index]
        if one.adjusted(1, 1, -1, -1).intersects(other)
    ]
    assert overlapping == []


def test_the_steps_are_told_once_for_all_plots(make_view: MakeView) -> None:
    view = make_view(session_of("adam"), steps=30)
    assert view._span.text() == "every plot: steps 1 to 30"
    for _, plot in view._plots:
        assert not plot.getAxis("bottom").style["showValues"]
        assert plot.vb.viewRange()[0] == [1.0, 30.0]


def test_the_whole_course_is_drawn_over_a_logarithmic_axis(make_view: MakeView) -> None:
    session = session_of("adagrad")
    view = make_view(session, steps=CAPACITY + 1500)
    plots = {panel.title: plot for panel, (_, plot) in zip(view._panels, view._plots, strict=True)}
    assert plots["rate"].vb.viewRange()[0] == [1501.0, 2500.0]
    view.findChild(QToolButton, "optimizer_trace.period.all").click()
    assert view.options.period is Period.ALL
    look = session.frame(view.needs).look(OptimizerTrace)
    assert look is not None
    np.testing.assert_allclose(plots["rate"].vb.viewRange()[0], [0.0, np.log10(2500.0)])
    steps, places = plots["rate"]._curves[0].getData()
    assert steps[0] == 0.0
    assert look.history.effective is not None
    np.testing.assert_allclose(places[:2].max(), np.log10(look.history.effective[0]), atol=1.0)
    assert places.max() - places.min() > 1.0
    assert [level for level, _ in plots["rate"].getAxis("bottom")._tickLevels[0]] == [1.0, 2.0, 3.0]
    assert view._span.text() == "every plot: steps 1 to 2,500, lines after 10, 100, …"
    place = plots["rate"].vb.mapViewToScene(QPointF(1.0, 0.0))
    plots["rate"].record = 9
    plots["rate"].pointed.emit()
    assert told(view).startswith("Step 10: ")
    assert "step 10\n" in view.told(place)
    view.choose(period=Period.LAST)
    assert view._span.text() == "every plot: steps 1,501 to 2,500"
    assert plots["rate"].getAxis("bottom")._tickLevels == [[]]


def test_a_hat_stands_on_its_letter() -> None:
    assert plain("√v̂") == "√v\u200d\u0302"


def test_a_short_plot_is_numbered_at_its_ends_and_a_tall_one_where_there_is_room(make_view: MakeView) -> None:
    view = make_view(session_of("adam"), size=(240, 900))
    tall = [plot.getAxis("left")._tickLevels for _, plot in view._plots]
    assert tall[2] is None  # a logarithmic axis that marks itself
    assert "0" in [word for _, word in tall[0][0]]
    view.resize(400, 190)
    short = [plot.getAxis("left")._tickLevels for _, plot in view._plots]
    assert [len(levels[0]) for levels in short] == [2] * len(short)


def test_places_fill_every_column_from_top_to_bottom() -> None:
    found = places(7, 3, QRectF(4.0, 0.0, 316.0, 120.0), 8.0)
    assert [(place.x(), place.y(), place.height()) for place in found] == [
        *[(4.0, y, 40.0) for y in (0.0, 40.0, 80.0)],
        *[(x, y, 60.0) for x in (112.0, 220.0) for y in (0.0, 60.0)],
    ]
    assert {place.width() for place in found} == {100.0}


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


def test_everything_is_named_and_explained(make_view: MakeView) -> None:
    view = make_view(session_of("adam"))
    for combo in view.findChildren(QComboBox):
        assert combo.objectName()
        assert combo.accessibleName()
        assert combo.toolTip() == combo.accessibleDescription()


def test_a_weight_that_is_set_is_seen(make_view: MakeView) -> None:
    session = look_at(Session(Config()), unit=3)
    view = make_view(session)
    session.set_weight(0, 3, 0, 7.0)
    session.step(1)
    view.show_frame(session.frame(view.needs))
    assert abs(view._panels[-1].lines["w"][-1] - 7.0) < 0.1


def test_its_controls_fit_into_a_narrow_dock_and_stay_together_in_a_wide_one(make_view: MakeView) -> None:
    config = with_text(Config(), "data.source", "breast_cancer")
    for layer in (0, 1):
        view = make_view(look_at(Session(config), layer=layer), steps=1, size=(384, 250))
        assert view.minimumSizeHint().width() <= 384
        assert view.width() == 384
        inputs, period = view._inputs, view._period
        assert inputs.geometry().right() < period.geometry().left()
        assert period.geometry().right() <= 384 - 8
        view.resize(900, 400)
        view.grab()
        widest = max(inputs.fontMetrics().horizontalAdvance(inputs.itemText(i)) for i in range(inputs.count()))
        assert min(widest, 128) + 24 < inputs.width() < 200
        assert inputs.geometry().left() < 200
        assert period.geometry().right() > 900 - 16
