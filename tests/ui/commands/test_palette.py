"""The palette: by keyboard alone every command is found and run, and every setting found and set, or refused in words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget

from playground.data.library import Iris
from playground.data.lines import Wave
from playground.experiment.config import Config
from playground.nn.losses import SquaredError
from playground.nn.optimizers import Adam, Adamax
from playground.options import ConfigError, knob_paths, with_value
from playground.ui.commands.palette import Palette
from playground.ui.commands.settings import Setting, settings
from tests.ui.conftest import Pilot, Windows

Key = Qt.Key


class Hand:
    """Types into the palette, and reads it."""

    def __init__(self, pilot: Pilot) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the palette before, if there was one
        pilot.control("k")
        self.pilot = pilot
        self.palette: Palette = pilot.find(Palette, "palette")
        self.line: QLineEdit = pilot.find(QLineEdit, "palette.line")
        self.list: QListWidget = pilot.find(QListWidget, "palette.list")
        assert self.palette.isVisible()

    def type(self, text: str) -> Hand:
        """In place of what stands there."""
        QTest.keyClick(self.line, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(self.line, text)
        return self

    def key(self, *keys: Key) -> Hand:
        for key in keys:
            QTest.keyClick(self.line, key)
        return self

    @property
    def names(self) -> list[str]:
        return [self.list.item(row).text() for row in range(self.list.count())]

    @property
    def sentence(self) -> str:
        label: QLabel = self.pilot.find(QLabel, "palette.sentence")
        return label.text() if label.isVisible() else ""


@pytest.fixture
def hand(pilot: Pilot) -> Hand:
    return Hand(pilot)


def closed(pilot: Pilot) -> bool:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return pilot.window.findChild(Palette, "palette") is None


def test_it_names_every_command_and_every_knob(hand: Hand) -> None:
    window = hand.pilot.window
    commands = [command.name for command in window.commands.commands if command.name]
    knobs = [knob.label for _, knob in knob_paths(window.document.config)]
    assert hand.names == commands + knobs
    assert len(knobs) > 30


def test_a_command_is_run_and_the_palette_gone(hand: Hand) -> None:
    hand.type("sh metr").key(Key.Key_Return)
    assert closed(hand.pilot)
    dock = next(dock for _, dock in hand.pilot.window.docks.items() if dock.windowTitle() == "Metrics")
    hand.pilot.until(lambda: not dock.visibleRegion().isEmpty())


def test_nothing_happens_before_something_is_chosen_and_what_cannot_be_says_why(hand: Hand) -> None:
    hand.key(Key.Key_Return)
    assert hand.palette.isVisible()
    hand.key(Key.Key_Down, Key.Key_Down, Key.Key_Up)
    assert hand.list.currentRow() == 0
    hand.key(Key.Key_PageDown)
    assert hand.list.currentRow() > 5
    hand.type("undo").key(Key.Key_Return)
    assert hand.palette.isVisible()
    assert hand.sentence == "Nothing has been edited."
    hand.type("xyzzy").key(Key.Key_Return)
    assert (hand.names, hand.sentence) == ([], "Nothing here is called that.")


def test_a_number_is_typed_refused_and_set_as_one_edit(hand: Hand) -> None:
    document = hand.pilot.window.document
    hand.type("learning rate").key(Key.Key_Return)
    assert (hand.line.text(), hand.line.selectedText()) == ("0.03", "0.03")
    assert hand.sentence == "Length of a step along the gradient. From 0.000001 to 100. Now: 0.03."
    hand.type("1000").key(Key.Key_Return)
    assert hand.sentence == "learning rate ε must lie between 0.000001 and 100, not 1000."
    hand.type("much").key(Key.Key_Return)
    assert hand.sentence == 'learning rate ε must be a number, not "much".'
    assert document.config == Config()
    hand.type("0,1").key(Key.Key_Return)
    assert closed(hand.pilot)
    assert document.config == with_value(Config(), "training.learning_rate", 0.1)
    assert document.undo_stack.count() == 1
    hand.pilot.control("z")
    assert document.config == Config()
    Hand(hand.pilot).type("network.hidden.1.units").key(Key.Key_Return).type("7").key(Key.Key_Return)
    assert [layer.units for layer in document.config.network.hidden] == [4, 7]
    hand.pilot.until(lambda: hand.pilot.frame.weights[1].shape[0] == 7)


def test_a_choice_shows_what_there_is_and_keeps_what_it_can(windows: Windows) -> None:
    pilot = windows.open(with_value(Config(), "training.optimizer", Adam(beta1=0.5)))
    hand = Hand(pilot).type("optimizer").key(Key.Key_Return)
    assert hand.names[hand.list.currentRow()] == "Adam"
    hand.type("adamax").key(Key.Key_Return)
    assert pilot.window.document.config.training.optimizer == Adamax(beta1=0.5)


def test_a_flag_and_a_list_of_names(hand: Hand) -> None:
    hand.type("data.standardise").key(Key.Key_Return)
    assert (hand.names, hand.names[hand.list.currentRow()]) == (["on", "off"], "on")
    hand.key(Key.Key_Down, Key.Key_Return)
    document = hand.pilot.window.document
    assert not document.config.data.standardise
    again = Hand(hand.pilot).type("data.features").key(Key.Key_Return)
    assert again.line.text() == "x1, x2"
    again.type("x1, nothing").key(Key.Key_Return)
    assert again.sentence.startswith('inputs "nothing" is not one of x1, x2')
    again.type("x1, x1_x2").key(Key.Key_Return)
    assert document.config.data.features == ("x1", "x1_x2")


@pytest.mark.parametrize(("path", "typed"), [("training.loss", "cross_entropy"), ("network.output", "softmax")])
def test_what_makes_no_sense_for_the_data_is_refused_with_its_reason(path: str, typed: str) -> None:
    config = with_value(Config(), "data.source", Wave())
    setting = Setting(config, path, dict(knob_paths(config))[path], classes=0)
    refusals = {value.typed: value.refusal for value in setting.values()}
    assert refusals[typed].endswith(".")
    assert not refusals["null"]
    with pytest.raises(ConfigError, match="class"):
        setting.edited(typed)


def test_other_data_take_what_does_not_fit_them_with_them(windows: Windows) -> None:
    pilot = windows.open(with_value(Config(), "training.loss", SquaredError()))
    Hand(pilot).type("data set").key(Key.Key_Return).type("iris").key(Key.Key_Return)
    assert isinstance(pilot.window.document.config.data.source, Iris)
    pilot.until(lambda: len(pilot.frame.scene.classes) == 3)
    assert not pilot.notices.urgent


def test_it_opens_from_a_field_keeps_its_keys_and_escape_closes_it(pilot: Pilot) -> None:
    field = pilot.find(QLineEdit, "training.learning_rate.field")
    field.setFocus()
    pilot.press(Key.Key_K, Qt.KeyboardModifier.ControlModifier, at=field)
    assert pilot.find(Palette, "palette").isVisible()
    hand = Hand(pilot).type(" .ren").key(Key.Key_Right)
    assert hand.line.text() == " .ren"
    hand.key(Key.Key_Escape)
    assert closed(pilot)
    Hand(pilot).type("network seed").key(Key.Key_Return).type("77").key(Key.Key_Escape)
    assert closed(pilot)
    after = pilot.settle()
    assert (after.run, after.step) == (1, 0)
    assert pilot.window.document.config == Config()


def test_every_knob_takes_its_own_value_again_and_says_what_it_may_be() -> None:
    config = with_value(Config(), "training.optimizer", Adam())
    for setting in settings(config, classes=2):
        assert setting.edited(setting.typed) == config, setting.path
        assert setting.shown
        assert setting.sentence.endswith((".", "…"))


def test_a_full_batch_stays_with_what_needs_it() -> None:
    config = Setting(Config(), "training.optimizer", dict(knob_paths(Config()))["training.optimizer"], 2).edited(
        "lbfgs"
    )
    batch = Setting(config, "training.batch_size", dict(knob_paths(config))["training.batch_size"], 2)
    with pytest.raises(ConfigError, match="cannot be this with what else is set"):
        batch.edited("10")


def test_files_are_opened_elsewhere() -> None:
    [source] = [setting for setting in settings(Config(), 2) if setting.path == "data.source"]
    assert {value.typed: value.refusal for value in source.values()}[
        "csv_file"
    ] == "Needs a file: Open data… asks for it."
    for typed in ("csv_file", '{"name": "csv_file", "path": "/nowhere/absent.csv"}'):
        with pytest.raises(ConfigError, match="needs a file"):
            source.edited(typed)  # and nothing is read, which would say that it is not there
