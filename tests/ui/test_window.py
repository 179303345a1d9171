"""The real window: keys, edits, what a run shows while it plays, docks, themes, warnings, and closing."""

from __future__ import annotations

from collections import Counter
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, QPoint, QRect, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QImage, QScreen, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPushButton,
    QSlider,
    QTabBar,
    QWidget,
)

from playground.data.formats.text import CsvFile
from playground.experiment.config import Config, Layer
from playground.experiment.ensemble import ByLearningRate
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.look import Look
from playground.experiment.run.session import Session
from playground.experiment.stopping import EarlyStopping, NoStopping
from playground.nn.activations import ReLU, Sigmoid
from playground.nn.initializers import INITIALIZERS
from playground.nn.losses import SquaredError
from playground.nn.optimizers import Adam
from playground.nn.regularizers import L1, L2
from playground.options import with_value
from playground.options.numerals import written
from playground.ui.commands.menus import key_text
from playground.ui.diagram.geometry import Place
from playground.ui.diagram.numbers import Quantity
from playground.ui.diagram.weight_editor import WeightEditor
from playground.ui.forms.controls import RESTART_MARK
from playground.ui.forms.form import Rows
from playground.ui.forms.formula import Formula
from playground.ui.forms.refusal import Refusal, refuse
from playground.ui.theme import DARK, LIGHT, Theme
from playground.ui.viewing.view import View
from playground.ui.views import LABORATORY
from playground.ui.window import Window
from playground.ui.workspace.kept_runs import MOST
from tests.configs import edited
from tests.ui.conftest import Pilot, Windows

Key = Qt.Key
README = Path(__file__).parents[2] / "README.md"
CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider, QLineEdit)

GOES_ON = [
    ("training.learning_rate", 0.1),
    ("training.regularizer", L2(0.01)),
    ("training.regularizer.rate", 0.1),
    ("training.optimizer", Adam()),
    ("training.batch_size", 25),
]
RESTARTS = [
    ("data.source.noise", 0.2),
    ("data.train_share", 0.7),
    ("data.features", ("x1", "x2", "x1_squared")),
    ("data.standardise", False),
    ("data.seed", 5),
    ("network.hidden", (Layer(5), Layer(3, ReLU()))),
    ("network.hidden.0.units", 7),
    ("network.hidden.1.activation", Sigmoid()),
    ("network.initializer", list(INITIALIZERS.values())[-1]()),
    ("network.seed", 9),
    ("training.loss", SquaredError()),  # with it comes a linear output
]


def same(one: Frame, other: Frame) -> bool:
    """Whether two moments have the same position and the same weights, bit for bit."""
    return (one.epoch, one.step) == (other.epoch, other.step) and all(
        np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True)
    )


def picture(view: View) -> QImage:
    """The middle of a view, without its controls and legends."""
    width, height = view.width(), view.height()
    return view.grab().toImage().copy(width // 4, height // 4, width // 2, height // 2)


def views(window: Window) -> list[View]:
    return [window.editor, *window.views]


def vanished(folder: Path) -> Config:
    config: Config = with_value(Config(), "data.source", CsvFile(path=str(folder / "gone.csv")))
    return config


def diverging() -> Config:
    config = with_value(Config(), "network.hidden", (Layer(4, ReLU()), Layer(2, ReLU())))
    config = with_value(config, "training.loss", SquaredError())
    changed: Config = with_value(config, "training.learning_rate", 50.0)
    return changed


def offers(pilot: Pilot) -> list[str]:
    return [button.text() for button in pilot.strip.findChildren(QPushButton) if button.isVisible()]


def answer(pilot: Pilot, text: str) -> None:
    pilot.until(lambda: text in offers(pilot))
    [button] = [button for button in pilot.strip.findChildren(QPushButton) if button.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(box: QComboBox, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


# Keys of the run


def test_it_opens_with_all_in_sight_and_at_rest(pilot: Pilot) -> None:
    window = pilot.window
    assert window.size() == QSize(1280, 800)
    assert not pilot.running
    assert pilot.frame.step == 0
    assert all(not view.visibleRegion().isEmpty() for view in views(window))
    assert "Circle" in window.windowTitle() or "circle" in window.windowTitle()
    assert not window.isWindowModified()


def test_space_plays_and_pauses_wherever_the_focus_is(pilot: Pilot) -> None:
    window = pilot.window
    listed = QListWidget()
    listed.addItems(["sand", "rock"])
    window.docks["data"].setWidget(listed)  # there is no list in the window yet
    places: list[QWidget] = [
        listed,
        pilot.find(QComboBox, "speed"),
        pilot.find(QCheckBox, "boundary.train"),
        pilot.find(QAbstractButton, "layers_more"),
        pilot.find(QWidget, "network_diagram"),
        pilot.find(QSlider, "training.learning_rate.slider"),
    ]
    before = window.document.config
    for place in places:
        place.setFocus()
        assert QApplication.focusWidget() is place
        pilot.press(Key.Key_Space)
        pilot.until(lambda: pilot.running)
        pilot.press(Key.Key_Space)
        pilot.until(lambda: not pilot.running)
    assert window.document.config == before, "the control itself must not take the key"
    assert pilot.find(QCheckBox, "boundary.train").isChecked()


def test_what_is_typed_does_not_reach_the_run(pilot: Pilot) -> None:
    window = pilot.window
    told: list[bool] = []
    window.runner.running_changed.connect(told.append)
    field = pilot.find(QLineEdit, "training.learning_rate.field")
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, " .ren")
    QTest.keyClick(field, Key.Key_Left)
    QTest.keyClick(field, Key.Key_Right)
    assert field.text() == " .ren"
    QTest.keyClick(field, Key.Key_Escape)
    editor = open_weights(pilot, Place(0, 0))
    spin = editor.field(Place(0, 0, 2))
    QTest.keyClicks(spin, ".ren ")
    assert spin.text() == ".ren "
    QTest.keyClick(editor, Key.Key_Escape)
    after = pilot.settle()
    assert (after.run, after.step, told) == (1, 0, [])
    assert window.document.config == Config()


def test_what_is_typed_in_an_open_list_does_not_reach_the_run(pilot: Pilot) -> None:
    box = pilot.find(QComboBox, "layer_0_activation")
    box.showPopup()
    pilot.until(box.view().isVisible)
    for key in (Key.Key_R, Key.Key_E, Key.Key_Period):
        QTest.keyClick(box.view(), key)
    box.hidePopup()
    after = pilot.settle()
    assert (after.run, after.step) == (1, 0)


@pytest.mark.parametrize("key", [Key.Key_Period, Key.Key_Right])
def test_a_key_trains_one_mini_batch(pilot: Pilot, key: Key) -> None:
    reference = Session(Config())
    for step in (1, 2):
        pilot.press(key)
        pilot.until(lambda step=step: pilot.frame.step == step)
        reference.step()
        assert same(pilot.settle(), reference.frame(frozenset()))


def test_e_trains_to_the_end_of_the_epoch(pilot: Pilot) -> None:
    pilot.press(Key.Key_Period)
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 1)
    assert (pilot.frame.step, pilot.frame.step_in_epoch) == (25, 0)
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 2)
    reference = Session(Config())
    reference.train(2)
    assert same(pilot.settle(), reference.frame(frozenset()))
    assert not pilot.running


@pytest.mark.parametrize("key", [Key.Key_Period, Key.Key_E])
def test_a_step_while_playing_pauses(pilot: Pilot, key: Key) -> None:
    pilot.play()
    pilot.press(key)
    pilot.until(lambda: not pilot.running)
    stands = pilot.settle()
    assert same(pilot.settle(), stands)


def test_r_goes_back_to_the_start_bit_for_bit(pilot: Pilot) -> None:
    first = pilot.settle()
    pilot.play()
    pilot.press(Key.Key_R)
    pilot.until(lambda: not pilot.running and pilot.frame.step == 0)
    again = pilot.settle()
    assert same(again, first)
    assert again.scores == first.scores
    assert again.run == first.run + 1
    assert pilot.bar.value("step") == "0"
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 1)
    reference = Session(Config())
    reference.train(1)
    assert same(pilot.frame, reference.frame(frozenset()))


def test_a_reset_is_undone_bit_for_bit_and_done_again(pilot: Pilot) -> None:
    document = pilot.window.document
    document.set("training.learning_rate", 0.1, "Rate")
    pilot.press(Key.Key_E)
    pilot.press(Key.Key_Period)
    pilot.until(lambda: pilot.frame.step == 26)
    trained = pilot.settle()
    for _ in range(2):  # the second time nothing has been trained
        pilot.press(Key.Key_R)
        pilot.until(lambda: pilot.settle().step == 0)
    assert document.undo_stack.undoText() == "reset"
    pilot.control("z")
    pilot.until(lambda: pilot.frame.step == 26)
    assert same(pilot.settle(), trained)
    assert pilot.notices.text == "The run goes on where it was left."
    assert document.undo_stack.undoText() == "Rate"
    pilot.control("y")
    pilot.until(lambda: pilot.frame.step == 0)
    pilot.control("z")
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 2)
    reference = Session(edited({"training.learning_rate": 0.1}))
    reference.train(2)
    np.testing.assert_array_equal(pilot.saved().network.parameters, reference.network.parameters)


def test_a_weight_set_by_hand_before_a_reset_is_undone_after_it(pilot: Pilot) -> None:
    document = pilot.window.document
    old = float(pilot.frame.weights[0][1, 2])
    document.edit_weight((0, 1, 2), old, 3.0, "Set w")
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 1)
    trained = pilot.settle()
    pilot.press(Key.Key_R)
    pilot.until(lambda: pilot.settle().step == 0)
    assert pilot.frame.weights[0][1, 2] == old
    pilot.control("z")
    pilot.until(lambda: pilot.frame.epoch == 1)
    assert same(pilot.settle(), trained)
    pilot.control("z")
    assert pilot.settle().weights[0][1, 2] == old


def test_a_run_that_is_kept_no_longer_is_said_to_begin_anew(pilot: Pilot) -> None:
    pilot.press(Key.Key_E)
    for _ in range(MOST + 1):
        pilot.until(lambda: pilot.settle().step > 0)
        pilot.press(Key.Key_R)
        pilot.until(lambda: pilot.settle().step == 0)
        pilot.press(Key.Key_Period)
    pilot.settle()
    pilot.window.document.undo_stack.setIndex(0)
    pilot.until(lambda: "kept" in pilot.notices.text)
    assert pilot.notices.text == f"Only the last {MOST} runs are kept: this one begins anew."
    assert pilot.settle().step == 0


@pytest.mark.parametrize("key", [Key.Key_Escape, Key.Key_Space])
def test_what_lasts_is_said_and_a_key_calls_it_off(pilot: Pilot, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    pilot.window.document.set("training.learning_rate", 0.1, "Rate")
    warning = "Something to be answered."
    pilot.notices.warn(warning)
    advance = Session.advance
    monkeypatch.setattr(Session, "advance", lambda session, seconds, goal=None: advance(session, 0.0, goal))
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.window.runner.busy)
    shown = pilot.find(QLabel, "message")
    assert shown.toolTip() == "Training to the end of the epoch … Esc calls it off."
    pilot.until(lambda: offers(pilot) == ["Call off"])
    assert pilot.window.commands["run.call_off"].isEnabled()
    pilot.press(key)
    pilot.until(lambda: not pilot.window.runner.busy)
    assert pilot.notices.text == shown.toolTip()
    assert pilot.notices.text.startswith("Called off")
    assert not pilot.window.commands["run.call_off"].isEnabled()
    assert not pilot.running
    assert pilot.settle().step == 0


def test_a_warning_is_seen_again_after_what_lasts(pilot: Pilot) -> None:
    pilot.notices.warn("Something to be answered.", ("Yes", lambda: None))
    called_off: list[int] = []
    pilot.notices.occupy("Working …", ("Call off", lambda: called_off.append(1)))
    shown = pilot.find(QLabel, "message")
    assert (shown.toolTip(), pilot.notices.text) == ("Working …", "Something to be answered.")
    answer(pilot, "Call off")
    assert called_off == [1]
    pilot.notices.occupy("", ("", lambda: None))
    assert shown.toolTip() == pilot.notices.text == "Something to be answered."
    pilot.until(lambda: offers(pilot) == ["Yes", "Dismiss"])
    assert pilot.notices.urgent


def test_n_draws_other_weights_and_is_an_edit(pilot: Pilot) -> None:
    first = pilot.settle()
    pilot.press(Key.Key_N)
    pilot.until(lambda: pilot.frame.run == first.run + 1)
    assert pilot.window.document.config.network.seed == 2
    assert not any(np.array_equal(a, b) for a, b in zip(first.weights, pilot.frame.weights, strict=True))
    assert pilot.notices.text == "Restarted: New seed."
    pilot.control("z")
    pilot.until(lambda: pilot.frame.run == first.run + 2)
    assert same(pilot.frame, first)


# While it plays


def test_playing_moves_views_and_counters(pilot: Pilot) -> None:
    window = pilot.window
    shown: list[tuple[Any, ...]] = []
    before = {view.name: picture(view) for view in views(window)}

    def look(frame: Frame) -> None:
        told = tuple(pilot.bar.value(name) for name in ("epoch", "step", "train_loss"))
        shown.append((frame, told))

    window.runner.frame_ready.connect(look)
    pilot.press(Key.Key_Space)
    pilot.until(lambda: len(shown) > 8 and pilot.frame.epoch > 3)
    middle = {view.name: picture(view) for view in views(window)}
    assert [name for name in middle if middle[name] == before[name]] == []
    pilot.until(lambda: pilot.frame.epoch > 100)
    pilot.press(Key.Key_Space)
    pilot.until(lambda: not pilot.running)
    pilot.settle()
    after = {view.name: picture(view) for view in views(window)}
    assert [name for name in after if after[name] == middle[name]] == []
    for frame, told in shown:
        assert told == (f"{frame.epoch:,}", f"{frame.step:,}", written(frame.scores.train_loss))
    steps = [frame.step for frame, _ in shown]
    assert steps == sorted(steps)
    assert len(set(steps)) > 5
    assert pilot.frame.scores.train_loss < shown[0][0].scores.train_loss


def test_the_words_follow_the_run(pilot: Pilot) -> None:
    play = pilot.window.commands["run.play"]
    pilot.press(Key.Key_Space)
    pilot.until(lambda: play.text() == "Pause" and pilot.notices.text.startswith("Training"))
    pilot.until(lambda: pilot.bar.value("pace") != "–")
    pilot.press(Key.Key_Space)
    pilot.until(lambda: play.text() == "Run" and pilot.notices.text.startswith("Paused"))
    assert pilot.bar.value("pace") == "–"


def test_a_chosen_speed_reaches_the_run(pilot: Pilot) -> None:
    box = pilot.find(QComboBox, "speed")
    box.setCurrentIndex(0)
    box.activated.emit(0)
    pilot.press(Key.Key_Space)
    pilot.until(lambda: pilot.frame.step >= 1)
    assert pilot.frame.step == 1
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    pilot.until(lambda: pilot.frame.step > 100)


def test_a_unit_under_the_pointer_is_enlarged_in_the_main_view(pilot: Pilot) -> None:
    window = pilot.window
    output = picture(window.boundary)
    diagram = pilot.find(QWidget, "network_diagram")
    QTest.mouseMove(diagram, diagram.diagram.geometry.unit(1, 0).center())
    pilot.until(lambda: picture(window.boundary) != output)
    QTest.mouseMove(diagram, QPoint(1, 1))
    pilot.until(lambda: picture(window.boundary) == output)


# Edits


def test_every_edit_is_undone_and_redone_and_the_run_follows(pilot: Pilot) -> None:
    document = pilot.window.document
    configs = [document.config]
    for path, value in [*GOES_ON, *RESTARTS]:
        document.set(path, value, path)
        configs.append(document.config)
        assert pilot.saved().config == document.config, path
    for config in reversed(configs[:-1]):
        pilot.control("z")
        assert document.config == config
        assert pilot.saved().config == config
    assert same(pilot.settle(), Session(Config()).frame(frozenset()))
    for number, config in enumerate(configs[1:]):
        if number % 2:
            pilot.control("y")
        else:
            pilot.control("z", shift=True)
        assert document.config == config
        assert pilot.saved().config == config


def test_every_kind_of_control_is_undone(pilot: Pilot) -> None:
    pressed = (
        "layers_more",
        "layer_0_units_more",
        "data.source.spiral",
    )
    chosen = (
        ("layer_1_activation", ReLU.label),
        ("training.optimizer.selector", Adam.label),
        ("training.regularizer.selector", L1.label),
    )
    gestures = {name: pilot.find(QAbstractButton, name).click for name in pressed}
    gestures |= {name: partial(choose, pilot.find(QComboBox, name), text) for name, text in chosen}
    gestures["slider"] = partial(pilot.find(QSlider, "training.learning_rate.slider").setValue, 3)
    document = pilot.window.document
    for name, gesture in gestures.items():
        gesture()
        edited = document.config
        assert edited != Config(), name
        assert pilot.window.isWindowModified()
        pilot.control("z")
        assert document.config == Config(), name
        assert not pilot.window.isWindowModified()
        pilot.control("y")
        assert document.config == edited, name
        pilot.control("z")
    pilot.control("y")
    assert pilot.saved().config == edited


def open_weights(pilot: Pilot, place: Place) -> WeightEditor:
    """Click a unit of the diagram."""
    diagram = pilot.find(QWidget, "network_diagram")
    pilot.until(lambda: diagram.diagram.value(place) is not None)
    at = diagram.diagram.geometry.unit(place.layer + 1, place.unit).center()
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=at)
    editors = [editor for editor in pilot.window.findChildren(WeightEditor) if editor.isVisible()]
    assert len(editors) == 1
    return editors[0]


@pytest.mark.parametrize("place", [Place(0, 1, 2), Place(0, 3, 0), Place(2, 0, 2)], ids=["bias", "weight", "output"])
def test_a_weight_is_set_by_hand_undone_and_redone_and_training_goes_on(pilot: Pilot, place: Place) -> None:
    def value() -> float:
        assert place.input is not None
        return float(pilot.frame.weights[place.layer][place.unit, place.input])

    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 1)
    before = pilot.settle()
    old = value()
    editor = open_weights(pilot, place._replace(input=None))
    field = editor.field(place)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.625")
    QTest.keyClick(field, Key.Key_Return)
    pilot.until(lambda: value() == 0.625)
    QTest.keyClick(editor, Key.Key_Escape)
    assert (pilot.frame.run, pilot.frame.step) == (before.run, before.step)
    pilot.control("z")
    pilot.until(lambda: value() == old)
    assert same(pilot.settle(), before)
    pilot.control("z", shift=True)
    pilot.until(lambda: value() == 0.625)
    reference = Session(Config())
    reference.train(1)
    assert place.input is not None
    reference.set_weight(place.layer, place.unit, place.input, 0.625)
    reference.train(1)
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 2)
    assert same(pilot.settle(), reference.frame(frozenset()))


def test_rates_and_what_is_looked_at_do_not_restart(pilot: Pilot) -> None:
    document = pilot.window.document
    pilot.play()
    run = pilot.frame.run
    for path, value in GOES_ON:
        document.set(path, value, path)
        step = pilot.frame.step
        pilot.until(lambda step=step: pilot.frame.step > step)
    document.select(layer=1, unit=1, x_axis=1, y_axis=0)
    pilot.until(lambda: pilot.frame.scene.axes == (1, 0))
    assert pilot.running
    assert pilot.frame.run == run
    assert "Restarted" not in pilot.notices.text
    saved = pilot.saved()
    assert (saved.config, saved.selection) == (document.config, document.selection)


def test_how_a_view_draws_and_what_is_looked_at_marks_no_file_as_changed(pilot: Pilot) -> None:
    window = pilot.window
    window.boundary.choose(hard=True)
    window.editor.choose(edges=Quantity.GRADIENTS)
    window.document.select(layer=1, part="train", worst=True)
    pilot.settle()
    assert not window.document.undo_stack.count()
    assert not window.files.unsaved


@pytest.mark.parametrize("playing", [False, True])
def test_what_must_restart_says_so(pilot: Pilot, playing: bool) -> None:
    document = pilot.window.document
    if playing:
        pilot.play()
    else:
        pilot.press(Key.Key_Period)
        pilot.until(lambda: pilot.frame.step == 1)
    for path, value in RESTARTS:
        run = pilot.frame.run
        document.set(path, value, f"Edit {path}")
        pilot.until(lambda run=run: pilot.frame.run == run + 1)
        assert pilot.notices.text == f"Restarted: Edit {path}."
        assert not pilot.notices.urgent
        assert pilot.running == playing
    run = pilot.frame.run
    document.undo_stack.undo()
    pilot.until(lambda: pilot.frame.run == run + 1)
    assert pilot.notices.text == "The run goes on where it was left."


def test_undoing_a_restart_brings_the_trained_run_back(pilot: Pilot) -> None:
    document = pilot.window.document
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 1)
    before = pilot.settle()
    document.set("network.hidden.0.units", 5, "Add unit")
    pilot.until(lambda: pilot.frame.step == 0)
    pilot.press(Key.Key_Period)
    pilot.until(lambda: pilot.frame.step == 1)
    document.undo_stack.undo()
    pilot.until(lambda: pilot.frame.epoch == 1)
    assert same(pilot.settle(), before)
    document.undo_stack.redo()
    pilot.until(lambda: pilot.frame.step == 1)
    document.undo_stack.undo()
    pilot.until(lambda: pilot.frame.epoch == 1)
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 2)
    alone = Session(Config())
    alone.train(2)
    np.testing.assert_array_equal(pilot.saved().network.parameters, alone.network.parameters)


def test_a_refusal_goes_at_the_next_edit_of_anything(window: Window) -> None:
    window.document.set("training.batch_size", 25, "mini-batch")
    for edit in (window.document.undo_stack.undo, lambda: window.document.set("training.batch_size", 30, "mini-batch")):
        refuse(window.learning_panel, "It cannot be.")
        said = window.findChild(Refusal)
        assert said is not None
        assert not said.isHidden()
        edit()
        assert said.isHidden()


def test_a_refused_config_is_taken_back_and_the_run_untouched(pilot: Pilot, tmp_path: Path) -> None:
    document = pilot.window.document
    document.set("training.learning_rate", 0.1, "Rate")
    pilot.press(Key.Key_E)
    pilot.until(lambda: pilot.frame.epoch == 1)
    before = pilot.settle()
    kept = document.config
    document.edit("Open data", vanished(tmp_path))
    pilot.until(lambda: pilot.notices.urgent)
    assert "gone.csv" in pilot.notices.text
    assert document.config == kept
    assert document.undo_stack.undoText() == "Rate"
    assert not document.undo_stack.canRedo()
    after = pilot.settle()
    assert same(after, before)
    assert after.run == before.run
    assert pilot.notices.text.endswith(".") or "gone.csv" in pilot.notices.text


def test_an_undo_needs_no_file_that_has_vanished(windows: Windows, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("a,b,t\n" + "\n".join(f"{i},{i * i % 7},{i % 2}" for i in range(40)) + "\n")
    pilot = windows.open(with_value(Config(), "data.source", CsvFile(path=str(file))))
    document = pilot.window.document
    before = pilot.settle()
    document.edit("Circle", Config())
    pilot.until(lambda: not pilot.frame.scene.origin.endswith("points.csv"))
    file.unlink()
    pilot.control("z")
    pilot.until(lambda: pilot.frame.scene.origin.endswith("points.csv"))
    assert not pilot.notices.urgent
    assert same(pilot.settle(), before)


# Divergence


def test_divergence_pauses_and_says_where_and_offers_the_way_back(windows: Windows) -> None:
    pilot = windows.open(diverging())
    pilot.notices.warn("Something older.")  # must not hide it
    pilot.press(Key.Key_Space)
    pilot.until(lambda: pilot.frame.divergence is not None and not pilot.running)
    broken = pilot.frame.divergence
    assert broken is not None
    assert str(broken.message) in pilot.notices.text
    pilot.press(Key.Key_Space)  # nothing to play
    pilot.settle()
    assert not pilot.running
    answer(pilot, "Dismiss")
    pilot.press(Key.Key_Space)  # and that is said again
    pilot.until(lambda: pilot.notices.urgent)
    answer(pilot, "Step back to the last good weights")
    pilot.until(lambda: pilot.frame.divergence is None)
    assert np.isfinite(pilot.frame.scores.train_loss)
    assert not pilot.notices.urgent
    assert "diverged" not in pilot.notices.text
    pilot.window.document.set("training.learning_rate", 0.001, "Rate")
    pilot.play()
    assert pilot.settle().divergence is None


def test_a_smaller_rate_clears_the_warning_and_reset_does(windows: Windows) -> None:
    pilot = windows.open(diverging())
    for mend in (
        lambda: pilot.window.document.set("training.learning_rate", 0.001, "Rate"),
        pilot.window.run_actions.reset,
    ):
        pilot.window.document.set("training.learning_rate", 50.0, "Rate")
        pilot.press(Key.Key_Space)
        pilot.until(lambda: pilot.frame.divergence is not None and pilot.notices.urgent and not pilot.running)
        mend()
        pilot.until(lambda: pilot.frame.divergence is None and not pilot.notices.urgent)
        assert "diverged" not in pilot.notices.text
        pilot.settle()


# Validation and members


def early() -> Config:
    config = with_value(Config(), "data.validation_share", 0.2)
    changed: Config = with_value(config, "training.stopping", EarlyStopping(patience=2, improvement=1.0))
    return changed


def test_a_run_that_ends_by_itself_says_so_and_says_it_again(windows: Windows) -> None:
    pilot = windows.open(early())
    pilot.press(Key.Key_Space)
    pilot.until(lambda: pilot.frame.ending and not pilot.running)
    assert (pilot.notices.text, pilot.notices.urgent) == (str(pilot.frame.ending), False)
    pilot.notices.say("Something else.")
    pilot.press(Key.Key_Space)
    pilot.settle()
    assert pilot.notices.text == str(pilot.frame.ending)
    pilot.press(Key.Key_R)
    pilot.until(lambda: not pilot.frame.ending)
    pilot.settle()
    assert pilot.notices.text.startswith("Back at the start")
    assert pilot.bar.value("validation_loss") == written(pilot.frame.scores.validation_loss)


def test_more_patience_lets_an_ended_run_go_on(windows: Windows) -> None:
    pilot = windows.open(early())
    pilot.press(Key.Key_Space)
    pilot.until(lambda: pilot.frame.ending and not pilot.running)
    pilot.window.document.set("training.stopping", NoStopping(), "No stopping")
    pilot.until(lambda: not pilot.frame.ending)
    assert "Stopped" not in pilot.notices.text
    pilot.play()


def test_members_that_diverge_are_named_while_the_others_go_on(windows: Windows) -> None:
    config = with_value(Config(), "network.hidden", (Layer(4, ReLU()),))
    config = with_value(config, "training.loss", SquaredError())
    config = with_value(config, "ensemble.members", 3)
    pilot = windows.open(with_value(config, "ensemble.vary", ByLearningRate(0.01, 5000.0)))
    pilot.window.runner.play()
    pilot.until(lambda: pilot.frame.diverged == (2,))
    assert pilot.frame.divergence is None
    name = pilot.frame.scene.members[2]
    assert pilot.notices.text == f"{name} diverged and is left where it was; the other 2 go on."
    assert not pilot.notices.urgent
    pilot.settle()


# Errors nobody expected


def test_an_error_in_the_trainer_is_said_with_its_details(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the sky has fallen")

    with monkeypatch.context() as broken:
        broken.setattr(Session, "advance", fail)
        pilot.press(Key.Key_Space)
        pilot.until(lambda: pilot.notices.urgent)
    assert "the sky has fallen" in pilot.notices.text
    assert not pilot.running
    answer(pilot, "Details")
    [box] = pilot.window.findChildren(QMessageBox)
    assert "RuntimeError" in box.detailedText()
    box.close()
    pilot.play()


# Docks, layout, theme


def test_every_dock_is_raised_by_menu_and_key_and_never_hidden(pilot: Pilot) -> None:
    docks = [dock for _, dock in pilot.window.docks.items()]
    assert len(docks) == 5 + len(LABORATORY)
    menu = next(action.menu() for action in pilot.window.menuBar().actions() if action.text() == "&View")
    for number, dock in enumerate(docks, start=1):
        [entry] = [action for action in menu.actions() if action.text() == dock.windowTitle()]
        assert dock.objectName()
        by_key = (
            (lambda number=number: pilot.press(str(number), Qt.KeyboardModifier.AltModifier, at=pilot.window),)
            if number <= 9
            else ()
        )
        for ask in (entry.trigger, *by_key):
            for _ in range(2):  # what is in sight stays there
                ask()
                assert not dock.isHidden()
                pilot.until(lambda dock=dock: not dock.visibleRegion().isEmpty())
                assert dock.isAncestorOf(QApplication.focusWidget())
            dock.hide()
            ask()
            assert not dock.isHidden()


def test_a_double_click_on_a_title_fills_the_window_and_gives_it_back(pilot: Pilot) -> None:
    window, dock = pilot.window, pilot.window.docks["loss"]
    before = {name: one.geometry() for name, one in window.docks.items() if not one.visibleRegion().isEmpty()}

    def double_click() -> None:
        QTest.mouseDClick(dock, Qt.MouseButton.LeftButton, pos=QPoint(40, 8))

    double_click()
    pilot.until(lambda: dock.width() == window.width())
    assert [one for _, one in window.docks.items() if not one.visibleRegion().isEmpty()] == [dock]
    assert not dock.isFloating()
    double_click()
    pilot.until(lambda: {name: window.docks[name].geometry() for name in before} == before)
    double_click()
    pilot.press("1", Qt.KeyboardModifier.AltModifier, at=window)  # another that is asked for ends it too
    pilot.until(lambda: not window.docks["data"].visibleRegion().isEmpty())
    assert window.docks["loss"].geometry() == before["loss"]


def test_what_fills_the_window_is_not_the_layout_that_is_kept(windows: Windows) -> None:
    first = windows.open().window
    first.docks.fill("gradient")
    first.close()
    second = windows.open().window
    assert not any(second.docks[name].visibleRegion().isEmpty() for name in ("data", "boundary", "loss", "gradient"))


def test_docks_that_come_and_go_together_are_told_of_once(pilot: Pilot) -> None:
    docks = pilot.window.docks
    pilot.settle()
    told: list[None] = []
    docks.sight_changed.connect(lambda: told.append(None))
    for change in (QWidget.hide, QWidget.show):
        for name in ("data", "boundary", "loss"):
            change(pilot.window.docks[name])
        pilot.until(lambda: told)
        QApplication.processEvents()
        assert len(told) == 1
        told.clear()


def test_a_floating_dock_has_the_frame_of_a_window(pilot: Pilot) -> None:
    dock = pilot.window.docks["loss"]
    dock.setFloating(True)
    pilot.until(lambda: bool(dock.windowFlags() & Qt.WindowType.WindowMaximizeButtonHint) and dock.isVisible())
    assert dock.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Window
    dock.setFloating(False)
    assert not dock.isFloating()
    pilot.until(lambda: not dock.visibleRegion().isEmpty())


def test_the_keyboard_goes_round_the_window(pilot: Pilot) -> None:
    window = pilot.window
    round_trip = []
    for _ in range(8):
        pilot.press(Qt.Key.Key_F6, at=window)
        focus = QApplication.focusWidget()
        round_trip.append(next((name for name, dock in window.docks.items() if dock.isAncestorOf(focus)), "other"))
    assert round_trip[:1] == round_trip[7:]  # bar, data, learning, diagram, gradients, boundary, loss
    assert set(round_trip) == {"other", "data", "learning", "gradient", "boundary", "loss"}
    pilot.press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier, at=window)
    back = QApplication.focusWidget()
    assert next((name for name, dock in window.docks.items() if dock.isAncestorOf(back)), "other") == round_trip[6]


@pytest.mark.parametrize("room", [(640, 360), (960, 540), (1280, 720), (1366, 768), (1920, 1080)])
def test_the_first_window_fits_its_screen(
    windows: Windows, monkeypatch: pytest.MonkeyPatch, room: tuple[int, int]
) -> None:
    available = QRect(0, 0, *room)
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: available)
    monkeypatch.setattr(QScreen, "availableSize", lambda _: available.size())
    window = windows.open().window
    window.docks.fit()
    assert available.contains(window.frameGeometry())
    for name in ("boundary",) if room[0] < 700 else ("boundary", "loss", "data"):
        assert not window.docks[name].visibleRegion().isEmpty(), name
    for bar in window.findChildren(QTabBar):
        assert bar.elideMode() == Qt.TextElideMode.ElideNone


def held(frame: Frame) -> set[type[Look]]:
    return {asked.look for asked in frame.looks}


def test_what_is_hidden_is_not_asked_for_and_comes_back_as_it_is_now(pilot: Pilot) -> None:
    window = pilot.window
    for kind, _ in LABORATORY:  # or else a view that lay behind is seen in the place of one that is hidden
        window.docks[kind.name].hide()
    shown = {view.name: view for view in views(window)}
    for name in ("gradient", "loss", "boundary"):
        window.docks[name].hide()
        del shown[name]
        pilot.until(lambda: held(pilot.frame) == window.diagnosis.needs.union(*(view.needs for view in shown.values())))
    assert Curves not in held(pilot.frame)
    pilot.play()
    frame = pilot.settle()
    assert Curves not in held(frame)
    for name in ("boundary", "gradient", "loss"):  # the last needs nothing more than what there is
        window.docks[name].show()
        view = next(view for view in window.views if view.name == name)
        pilot.until(lambda view=view: view.needs <= held(pilot.frame) and not view.visibleRegion().isEmpty())
    assert same(pilot.frame, frame)
    QApplication.processEvents()
    before = {view.name: picture(view) for view in window.views}
    window.draw(pilot.settle())
    QApplication.processEvents()
    assert [view.name for view in window.views if picture(view) != before[view.name]] == []


def test_layout_size_and_theme_are_remembered(windows: Windows) -> None:
    first = windows.open()
    window = first.window
    window.resize(1300, 820)
    window.docks["gradient"].hide()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["loss"])
    window.docks["boundary"].setFloating(True)
    first.control("t")
    window.close()
    assert QSettings().value("theme", "", type=str) == "dark"
    second = windows.open().window
    assert second.docks["gradient"].isHidden()
    assert second.dockWidgetArea(second.docks["loss"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert second.docks["boundary"].isFloating()
    assert second.theme is LIGHT, "the theme is for who opens the window to choose"


def test_the_size_is_remembered_as_far_as_the_screen_has_room(windows: Windows) -> None:
    first = windows.open().window
    for _, dock in first.docks.items():
        dock.hide()
    QCoreApplication.sendPostedEvents()  # the layout has to know that there is more room
    first.resize(798, 590)
    first.close()
    assert windows.open().window.size() == QSize(798, 590)


def test_a_layout_that_makes_no_sense_is_none(windows: Windows) -> None:
    settings = QSettings()
    settings.setValue("layout/train", QByteArray(b"nonsense"))
    settings.setValue("geometry", QByteArray(b"nonsense"))
    settings.setValue("recent", 3)
    window = windows.open().window
    assert all(window.docks[name].isVisible() for name in ("data", "learning", "boundary", "loss", "gradient"))


def test_reset_layout_puts_everything_back(pilot: Pilot) -> None:
    window = pilot.window
    before = {name: window.dockWidgetArea(dock) for name, dock in window.docks.items()}
    window.docks["data"].hide()
    window.docks["loss"].setFloating(True)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["gradient"])
    window.commands["view.reset"].trigger()
    assert {name: window.dockWidgetArea(dock) for name, dock in window.docks.items()} == before
    first = ("data", "learning", "boundary", "loss", "gradient")
    assert all(dock.isVisible() == (name in first) and not dock.isFloating() for name, dock in window.docks.items())


def test_the_theme_changes_everywhere_in_both_directions(pilot: Pilot) -> None:
    window = pilot.window
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = {view.name: picture(view) for view in views(window)}
    for change, theme in (
        (lambda: pilot.control("t"), DARK),
        (lambda: pilot.control("t"), LIGHT),
        (pilot.find(QAction, "theme.dark").trigger, DARK),
        (pilot.find(QAction, "theme.light").trigger, LIGHT),
    ):
        change()
        assert window.theme is theme
        assert application.palette().window().color() == QColor(theme.window)
        assert QSettings().value("theme", "", type=str) == theme.name
        for view in window.views:
            assert view.figure().backgroundBrush().color() == QColor(theme.base)
        label = pilot.find(QLabel, "message")
        assert label.palette().windowText().color() == QColor(theme.muted)
        pilot.settle()
        changed = {view.name: picture(view) != before[view.name] for view in views(window)}
        assert set(changed.values()) == {theme is DARK}


def test_a_window_that_has_changed_its_theme_looks_like_one_that_was_opened_in_it(windows: Windows) -> None:
    """To the pixel, and with what was not to be seen when it changed."""

    def pictures(theme: Theme) -> dict[str, QImage]:
        pilot = windows.open(theme=theme)
        window = pilot.window
        window.docks.bring_up("loss_gradient")  # which has a selector, words below and a button besides
        window.workspace.notices.warn("Broken.", ("Mend", window.workspace.notices.clear))
        pilot.settle()
        window.show_theme(DARK)
        window.learning_panel.grab()  # formulas are typeset once they have been asked for
        formulas = [formula for formula in window.learning_panel.findChildren(Formula) if formula.isVisible()]
        pilot.until(lambda: all(formula._wanted() == formula._drawn for formula in formulas))
        loss_gradient = next(view for view in window.views if view.name == "loss_gradient")
        parts = (
            window.data_panel,
            window.learning_panel,
            pilot.strip,
            window.diagnosis,
            *loss_gradient.findChildren(QWidget),
        )
        seen = [part for part in parts if part.objectName() and not isinstance(part, QGraphicsView)]
        return {part.objectName(): part.grab().toImage() for part in seen}

    changed, expected = pictures(LIGHT), pictures(DARK)
    assert len(changed) > 6
    assert [name for name, image in expected.items() if changed[name] != image] == []


def test_a_change_of_theme_gives_no_widget_another_style(window: Window, qapp: QApplication) -> None:
    """That is what took a window of many views two seconds; another palette takes a tenth of it."""

    class Restyled(QObject):
        count = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.count += event.type() == QEvent.Type.StyleChange
            return False

    restyled = Restyled()
    qapp.installEventFilter(restyled)
    window.show_theme(DARK)
    qapp.removeEventFilter(restyled)
    assert restyled.count == 0


def test_full_screen_and_back(pilot: Pilot) -> None:
    pilot.press(Key.Key_F11)
    assert pilot.window.isFullScreen()
    pilot.press(Key.Key_F11)
    assert not pilot.window.isFullScreen()


# Closing


def test_windows_close_while_training(windows: Windows) -> None:
    for _ in range(6):
        window = Window(Session(Config()), LIGHT)
        thread = window.runner._thread
        window.show()
        window.run_actions.toggle()
        QTimer.singleShot(0, window.close)
        windows.until_closed(window)
        assert thread.isFinished()
        window.deleteLater()


# For everybody


def test_every_control_says_what_it_is(windows: Windows) -> None:
    pilot = windows.open(with_value(Config(), "training.optimizer", Adam()))
    pilot.notices.warn("Broken.", ("Mend", lambda: None))
    pilot.until(lambda: "Mend" in offers(pilot))
    controls = [
        child for child in pilot.window.findChildren(QWidget) if isinstance(child, CONTROLS) and child.isVisible()
    ]
    assert len(controls) > 40
    mute = []
    for control in controls:
        text = control.text() if isinstance(control, QAbstractButton) else ""
        if not (control.toolTip() or control.accessibleName() or text):
            mute.append((type(control).__name__, control.objectName()))
    assert mute == []


def shortcuts(window: Window) -> dict[QAction, list[str]]:
    actions = {action: [key.toString() for key in action.shortcuts()] for action in window.findChildren(QAction)}
    return {action: keys for action, keys in actions.items() if keys}


def test_no_two_actions_share_a_key(pilot: Pilot) -> None:
    keys = [key for given in shortcuts(pilot.window).values() for key in given]
    keys += [shortcut.key().toString() for shortcut in pilot.window.findChildren(QShortcut)]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert {
        "Space",
        ".",
        "Right",
        "E",
        "R",
        "N",
        "Ctrl+N",
        "Ctrl+O",
        "Ctrl+S",
        "Ctrl+Shift+S",
        "Ctrl+Z",
        "Ctrl+Y",
    } <= set(keys)
    assert {"Ctrl+Shift+Z", "Ctrl+Q", "Ctrl+E", "Ctrl+Shift+C", "Ctrl+T", "F1", "F11", "Ctrl+1", "Ctrl+5"} <= set(keys)


def test_f1_shows_every_command_with_its_keys(pilot: Pilot) -> None:
    pilot.press(Key.Key_F1)
    dialog = pilot.find(QDialog, "shortcuts")
    assert dialog.isVisible()
    assert pilot.window.geometry().contains(dialog.geometry())
    text = "".join(label.text() for label in dialog.findChildren(QLabel))
    commands = [command for command in pilot.window.commands.commands if command.name]
    assert len(commands) > 40
    assert [c.id for c in commands if escape(c.name) not in text or escape(key_text(c)) not in text] == []
    assert f"marked {RESTART_MARK} restart the run" in text
    dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not pilot.window.findChildren(QDialog), "closed dialogs do not pile up"


def test_what_restarts_the_run_has_one_mark_in_the_window_and_the_readme(pilot: Pilot) -> None:
    marks = {row.mark.text() for rows in pilot.window.findChildren(Rows) for row in rows.rows.values()}
    assert marks == {RESTART_MARK, ""}
    assert "↺" not in marks, "that is the reset button, and reads as back to the default"
    readme = " ".join(README.read_text(encoding="utf-8").split())
    assert f"Controls marked {RESTART_MARK} restart the run" in readme, "wherever its lines are broken"
    pilot.play()
    assert f"those marked {RESTART_MARK} restart the run" in pilot.notices.text


def test_about_names_the_program_and_its_version(pilot: Pilot) -> None:
    pilot.window.commands["help.about"].trigger()
    [box] = pilot.window.findChildren(QMessageBox)
    assert "Neural Network Playground" in box.text()
    box.close()


def test_the_right_key_moves_a_slider_that_has_the_focus_and_trains_nothing(pilot: Pilot) -> None:
    slider = pilot.find(QSlider, "training.learning_rate.slider")
    before = slider.value()
    slider.setFocus()
    pilot.press(Key.Key_Right, at=slider)
    assert slider.value() == before + 1
    assert pilot.settle().step == 0
