"""The view of where units sit: bars and curves are the frame's, what is saturated is shaded and its share told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.pre_activations import PreActivations
from playground.experiment.run.session import Session
from playground.nn.activations import Maxout, PReLU, ReLU, Sigmoid, Step
from playground.options import with_value
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Legend
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.units import PreActivationPlot, UnitsView
from playground.ui.workspace.document import Document
from tests.frames import look_at
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., UnitsView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame, config: Config, theme: Any = LIGHT) -> UnitsView:
        view = UnitsView(Document(config), theme)
        show_alone(view, qtbot, frame, (640, 260))
        return view

    return make


def config_of(*layers: Layer) -> Config:
    config: Config = with_value(Config(), "network.hidden", layers)
    return config


def frame_of(config: Config, epochs: int = 3, unit: int = 0) -> Frame:
    session = look_at(Session(config), unit=unit)
    session.train(epochs)
    return session.frame(UnitsView.needs)


def items_of(view: UnitsView, kind: type) -> list[Any]:
    return [item for item in view.figure().scene().items() if type(item) is kind]


def legend_of(view: UnitsView) -> Any:
    return next(legend for legend in items_of(view, Legend) if any(entry.more for entry in legend.entries))


def test_bars_and_curves_are_the_frame_s(make_view: MakeView) -> None:
    config = config_of(Layer(3, Sigmoid()), Layer(2))
    frame = frame_of(config, unit=1)
    pre_activations, layer_statistics = frame.look(PreActivations), frame.look(LayerStatistics)
    assert pre_activations is not None
    assert layer_statistics is not None
    view = make_view(frame, config)
    (plot,) = items_of(view, PreActivationPlot)
    for bars, density in zip(
        plot._bars, (pre_activations.of_layer.density, pre_activations.of_unit.density), strict=True
    ):
        heights = bars.opts["height"]
        np.testing.assert_allclose(heights / heights.sum(), density[density > 0] / density.sum())
    z, values = plot._values.getData()
    np.testing.assert_array_equal(z[:-1], pre_activations.z)
    np.testing.assert_array_equal(values[:-1], pre_activations.values[0])
    courses = {plot.getAxis("left").labelText: plot for plot in items_of(view, CurvePlot)}
    for name, shares in (("saturated", layer_statistics.saturated), ("mean |f′|", layer_statistics.slope)):
        for layer, curve in enumerate(courses[name]._curves):
            np.testing.assert_array_equal(curve.getData()[1], shares[:, layer])


def test_the_saturated_part_is_shaded_and_counted(make_view: MakeView) -> None:
    config = config_of(Layer(2, ReLU()))
    session = Session(config)
    session.set_weight(0, 0, 2, -1000.0)
    frame = session.frame(UnitsView.needs)
    pre_activations = frame.look(PreActivations)
    assert pre_activations is not None
    view = make_view(frame, config)
    (plot,) = items_of(view, PreActivationPlot)
    box = plot._shade.path().boundingRect()
    assert box.left() == -plot.reach
    assert box.right() == pytest.approx(0.0, abs=plot.reach / 256)
    layer, unit = legend_of(view).entries[-2:]
    assert (layer.name, layer.value) == ("layer 1", f"{100 * pre_activations.of_layer.saturated:.0f} %")
    assert (unit.name, unit.value) == ("unit 1", "100 %")


def test_the_range_does_not_shrink_while_a_run_goes_on(make_view: MakeView) -> None:
    config = config_of(Layer(2))
    session = Session(config)
    view = make_view(session.frame(UnitsView.needs), config)
    (plot,) = items_of(view, PreActivationPlot)
    narrow = plot.reach
    session.set_weight(0, 0, 2, 50.0)
    view.show_frame(session.frame(UnitsView.needs))
    wide = plot.reach
    assert wide == 64.0 > narrow
    session.set_weight(0, 0, 2, 0.0)
    view.show_frame(session.frame(UnitsView.needs))
    assert plot.reach == wide
    session.restart()
    view.show_frame(session.frame(UnitsView.needs))
    assert plot.reach == narrow


def test_a_choice_is_selected_and_no_edit(make_view: MakeView, qtbot: QtBot) -> None:
    config = config_of(Layer(3), Layer(2))
    view = make_view(frame_of(config), config)
    layers = view.findChild(QComboBox, "units.layer")
    units = view.findChild(QComboBox, "units.unit")
    assert [layers.itemText(i) for i in range(layers.count())] == ["layer 1", "layer 2", "output"]
    qtbot.keyClick(units, Qt.Key.Key_Down)
    assert view.document.selection.unit == 1
    qtbot.keyClick(layers, Qt.Key.Key_Down)
    assert view.document.selection.layer == 1
    assert units.count() == 2
    view.document.select(layer=0)
    assert (layers.currentIndex(), units.count()) == (0, 3)
    assert view.document.undo_stack.isClean()
    for widget in (layers, units):
        assert widget.toolTip() == widget.accessibleDescription() != ""


@pytest.mark.parametrize(("activation", "note"), [(Step(), "f′ is 0 everywhere"), (Maxout(), "f′ is 1 for")])
def test_what_has_no_curve_says_so(make_view: MakeView, activation: Any, note: str) -> None:
    config = config_of(Layer(2, activation))
    view = make_view(frame_of(config), config)
    assert legend_of(view).note.startswith(note)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_it_takes_the_colours_of_a_theme(make_view: MakeView, theme: Any) -> None:
    config = config_of(Layer(2))
    view = make_view(frame_of(config), config)
    view.show_theme(theme)
    (plot,) = items_of(view, PreActivationPlot)
    assert plot._values.opts["pen"].color().name() == theme.text
    assert "Shaded" in view.caption.text()


def test_it_tells_what_the_curve_is_like_and_its_numbers_under_the_mouse(make_view: MakeView) -> None:
    """Lesson 3: a sigmoid's slope is at most a quarter, and it bends most at 0.21 and 0.79."""
    config = config_of(Layer(3, Sigmoid()), Layer(2))
    view = make_view(frame_of(config), config)
    assert "f′ ≤ 0.250, at z = 0; f bends most at 0.211 and 0.789" in view.caption.text()
    (plot,) = items_of(view, PreActivationPlot)
    view.canvas.grab()
    z = 1.25
    h = 1.0 / (1.0 + np.exp(-z))
    told = view.told(plot.vb.mapViewToScene(QPointF(z, 0.5)))
    numbers = [float(word) for word in told.split()[1::2]]
    np.testing.assert_allclose(numbers, [z, h, h * (1.0 - h)], rtol=0.03)
    np.testing.assert_allclose(np.stack(plot._marks.getData()), [[-1.32, 1.32], [0.211, 0.789]], atol=1e-3)
    frame = frame_of(config_of(Layer(3, PReLU()), Layer(2)))
    view.show_frame(frame)
    pre_activations = frame.look(PreActivations)
    assert pre_activations is not None
    [(sign, value)] = pre_activations.trained
    assert sign == "a"
    assert value != 0.25
    assert f"a, trained, is {value:#.3g}" in view.caption.text()
