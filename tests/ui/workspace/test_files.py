"""Files in the real window: what is saved comes back bit for bit, what fails is said, nothing is lost unasked."""

from __future__ import annotations

import csv
import gzip
import json
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QToolButton,
    QWidget,
)

from playground.cancellation import check
from playground.data.formats import FORMATS
from playground.data.formats.idx import IdxFiles
from playground.data.formats.text import CsvFile
from playground.data.generators import Spiral
from playground.data.library import Iris
from playground.exchange.files import EXPORTS, OPENERS, SNAPSHOT, Export
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.nn.losses import BinaryCrossEntropy
from playground.options import with_value
from playground.ui.data_editor.opening import OpenDataDialog
from playground.ui.window import Window
from playground.ui.workspace.reading import Reading
from tests.ui.conftest import Pilot, Windows

Answer = QMessageBox.StandardButton


class Desk:
    """What the user answers to the dialogs, and which were asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file: Path | None = None
        self.answer = Answer.Cancel
        self.asked: list[tuple[str, str]] = []
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, self._choose(name))
        monkeypatch.setattr(QMessageBox, "question", self._question)

    def _choose(self, name: str) -> Callable[..., tuple[str, str]]:
        def choose(parent: QWidget, title: str, start: str, filters: str) -> tuple[str, str]:
            self.asked.append((title, start))
            return str(self.file or ""), filters

        return choose

    def _question(self, *_: Any) -> QMessageBox.StandardButton:
        self.asked.append(("Unsaved changes", ""))
        return self.answer


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Forty points in two columns, and a class."""
    path = tmp_path / "points.csv"
    rows = [f"{i / 7},{i * i % 11},{'yes' if i % 3 else 'no'}" for i in range(40)]
    path.write_text("\n".join(["height,weight,ill", *rows]) + "\n")
    return path


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A run of 7 units, 30 steps old."""
    session = Session(with_value(Config(), "network.hidden.0.units", 7))
    session.step(30)
    save_snapshot(session, tmp_path / "seven.safetensors")
    return tmp_path / "seven.safetensors"


def action(window: Window, text: str) -> QAction:
    [found] = [found for found in window.findChildren(QAction) if found.text().replace("&", "") == text]
    return found


def same(frame: Frame, session: Session) -> bool:
    theirs = session.frame(frozenset())
    return (frame.epoch, frame.step) == (theirs.epoch, theirs.step) and all(
        np.array_equal(a, b) for a, b in zip(frame.weights, theirs.weights, strict=True)
    )


def same_history(one: Session, other: Session) -> bool:
    return all(
        np.array_equal(getattr(one.history, name), getattr(other.history, name), equal_nan=True)
        for name in ("epoch", "step", "train_loss", "test_loss", "gradient_norm")
    )


def said(pilot: Pilot) -> str:
    """What is read at the window's foot."""
    sentence: str = pilot.find(QLabel, "message").toolTip()
    return sentence


def edit(pilot: Pilot) -> None:
    """Something that a snapshot does not hold yet."""
    pilot.window.document.set("training.learning_rate", 0.1, "Rate")


def untouched(pilot: Pilot, before: Frame) -> bool:
    after = pilot.settle()
    weights = zip(after.weights, before.weights, strict=True)
    return (after.run, after.step) == (before.run, before.step) and all(np.array_equal(a, b) for a, b in weights)


# Saving and opening snapshots


def test_saved_opened_and_trained_on_is_never_having_stopped(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    window = pilot.window
    reference = Session(Config())
    reference.train(3)
    reference.step(4)
    for _ in range(3):
        window.runner.epoch()
    for _ in range(4):
        window.runner.step()
    desk.file = tmp_path / "saved.safetensors"
    pilot.control("s")
    pilot.until(desk.file.exists)
    pilot.until(lambda: "saved.safetensors" in pilot.notices.text)
    window.document.set("network.hidden.0.units", 9, "Units")  # somewhere else meanwhile
    pilot.play()
    pilot.settle()
    desk.answer = Answer.Discard
    pilot.control("o")
    pilot.until(lambda: pilot.frame.step == 79)
    assert not pilot.running
    assert window.document.config == Config()
    assert not window.document.undo_stack.canUndo()
    assert same(pilot.settle(), reference)
    reference.train(2)
    for _ in range(2):
        window.runner.epoch()
    pilot.until(lambda: pilot.frame.epoch == reference.epoch)
    assert same(pilot.settle(), reference)
    assert same_history(pilot.saved(), reference)


def test_the_title_names_the_data_or_the_file_and_marks_what_is_not_saved(
    pilot: Pilot, desk: Desk, tmp_path: Path
) -> None:
    window = pilot.window
    assert window.windowTitle().startswith(pilot.frame.scene.origin)
    assert not window.isWindowModified()
    edit(pilot)
    assert window.isWindowModified()
    desk.file = tmp_path / "mine"  # without an ending
    pilot.control("s")
    pilot.until(lambda: not window.isWindowModified())
    assert window.windowTitle().startswith("mine.safetensors[*]")
    assert load_snapshot(tmp_path / "mine.safetensors").config == window.document.config
    pilot.control("z")
    assert window.isWindowModified()
    pilot.control("y")
    assert not window.isWindowModified()


def test_save_asks_once_and_save_as_every_time(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "one.safetensors"
    pilot.control("s")
    pilot.until(desk.file.exists)
    pilot.until(lambda: pilot.window.files.path == desk.file)
    edit(pilot)
    pilot.control("s")
    pilot.until(lambda: not pilot.window.isWindowModified())
    assert len(desk.asked) == 1
    assert load_snapshot(desk.file).config == pilot.window.document.config
    desk.file = tmp_path / "two.safetensors"
    pilot.control("s", shift=True)
    pilot.until(desk.file.exists)
    assert len(desk.asked) == 2
    assert desk.asked[1][1].startswith(str(tmp_path)), "where the last one was"
    desk.file = None
    pilot.control("s", shift=True)  # cancelled
    pilot.settle()
    assert pilot.window.files.path == tmp_path / "two.safetensors"


def test_a_new_experiment(pilot: Pilot, desk: Desk, snapshot: Path) -> None:
    pilot.window.files.open_path(snapshot)
    pilot.until(lambda: pilot.frame.step == 30)
    pilot.control("n")
    pilot.until(lambda: same(pilot.frame, Session(Config())))
    assert pilot.window.document.config == Config()
    assert pilot.window.files.path is None
    assert not desk.asked


def test_a_configuration_is_opened_and_is_no_file_to_save_to(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    config = with_value(Config(), "data.source", Spiral())
    desk.file = tmp_path / "spiral.json"
    desk.file.write_text(config.to_json())
    pilot.control("o")
    pilot.until(lambda: pilot.frame.scene.origin == Session(config).scene.origin)
    assert pilot.window.document.config == config
    assert pilot.window.files.path is None
    assert "spiral" in pilot.window.windowTitle().lower()
    assert pilot.saved().config == config


# What cannot be opened


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


BROKEN: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "truncated": ("run.safetensors", truncated, "run.safetensors"),
    "another program's": ("run.safetensors", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" * 20), "safetensors"),
    "empty": ("run.safetensors", lambda path: path.write_bytes(b""), "run.safetensors"),
    "vanished snapshot": ("run.safetensors", Path.unlink, "run.safetensors"),
    "vanished config": ("run.json", Path.unlink, "No such file"),
    "no JSON": ("run.json", lambda path: path.write_text("{"), "not valid JSON"),
    "no text": ("run.json", lambda path: path.write_bytes(b"\xff\xfe\x00"), "run.json"),
    "bad field": ("run.json", lambda path: path.write_text('{"training": {"batch_size": 0}}'), "training.batch_size"),
    "unknown field": ("run.json", lambda path: path.write_text('{"training": {"luck": 1}}'), "training.luck"),
    "impossible pair": (
        "run.json",
        lambda path: path.write_text(json.dumps({"data": {"source": "plane"}, "training": {"loss": "cross_entropy"}})),
        "training.loss",
    ),
    "without its data": (
        "run.json",
        lambda path: path.write_text(json.dumps({"data": {"source": {"name": "csv_file", "path": "gone.csv"}}})),
        "gone.csv",
    ),
}


def test_what_cannot_be_opened_is_said_and_the_run_goes_on(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    pilot.play()
    run, config = pilot.frame.run, pilot.window.document.config
    for kind, (name, spoil, words) in BROKEN.items():
        desk.file = tmp_path / name
        if desk.file.suffix == ".json":
            desk.file.write_text(Config().to_json())
        else:
            save_snapshot(Session(Config()), desk.file)
        spoil(desk.file)
        pilot.notices.clear()
        pilot.control("o")
        assert pilot.notices.urgent, kind
        assert words in pilot.notices.text, kind
        assert name in pilot.notices.text, kind
        assert "\n" not in pilot.notices.text, kind
        step = pilot.frame.step
        pilot.until(lambda step=step: pilot.frame.step > step)
    assert pilot.running
    assert pilot.frame.run == run
    assert pilot.window.document.config is config
    assert pilot.window.files.path is None


def test_a_folder_is_no_experiment(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    before = pilot.settle()
    for name in ("folder.safetensors", "folder.json"):
        desk.file = tmp_path / name
        desk.file.mkdir()
        pilot.notices.clear()
        pilot.control("o")
        assert pilot.notices.urgent
        assert name in pilot.notices.text
        assert untouched(pilot, before)


def test_what_is_no_table_is_said_in_its_dialog(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    before = pilot.settle()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "binary.csv").write_bytes(b"\x00\x01")
    for name in ("folder.csv", "binary.csv", "vanished.csv"):
        desk.file = tmp_path / name
        open_data(pilot)
        [dialog] = pilot.window.findChildren(OpenDataDialog)
        refusal = dialog.findChild(QLabel, "open_data.refusal")
        assert refusal is not None
        assert name in refusal.text()
        assert not dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open).isEnabled()
        dialog.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert untouched(pilot, before)
    assert pilot.window.document.config == Config()


# Data


def open_data(pilot: Pilot) -> None:
    pilot.window.activateWindow()  # as a window manager would when a dialog has closed
    pilot.until(pilot.window.isActiveWindow)
    pilot.control("d")


def accept(pilot: Pilot) -> None:
    [dialog] = pilot.window.findChildren(OpenDataDialog)
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open).click()
    pilot.window.activateWindow()
    pilot.until(pilot.window.isActiveWindow)


def test_a_table_becomes_the_data_undoably(pilot: Pilot, desk: Desk, table: Path) -> None:
    document = pilot.window.document
    desk.file = table
    pilot.control("d")
    accept(pilot)
    pilot.until(lambda: pilot.frame.scene.classes == ("no", "yes"))
    assert isinstance(document.config.data.source, CsvFile)
    assert pilot.frame.scene.columns == ("height", "weight")
    assert pilot.notices.text == "Restarted: Open data."
    pilot.control("z")
    assert document.config == Config()
    pilot.until(lambda: pilot.frame.scene.columns != ("height", "weight"))
    pilot.control("y")
    pilot.until(lambda: pilot.frame.scene.columns == ("height", "weight"))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not pilot.window.findChildren(OpenDataDialog), "closed dialogs do not pile up"


def test_a_dialog_that_is_left_changes_nothing(pilot: Pilot, desk: Desk, table: Path) -> None:
    before = pilot.settle()
    desk.file = table
    pilot.window.data_panel.open_data_requested.emit()
    [dialog] = pilot.window.findChildren(OpenDataDialog)
    dialog.reject()
    desk.file = None
    pilot.control("d")
    pilot.control("o")
    assert untouched(pilot, before)
    assert pilot.window.document.config == Config()


def test_a_table_that_vanishes_behind_the_dialog_is_refused(pilot: Pilot, desk: Desk, table: Path) -> None:
    before = pilot.settle()
    desk.file = table
    pilot.control("d")
    table.unlink()
    accept(pilot)
    pilot.until(lambda: pilot.notices.urgent)
    assert "points.csv" in pilot.notices.text
    assert pilot.window.document.config == Config()
    assert untouched(pilot, before)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Thirty images of 3 × 3 pixels, the last ten for the test."""
    for name, count in (("train", 20), ("t10k", 10)):
        counted = count.to_bytes(4, "big")
        pixels = np.random.default_rng(count).integers(0, 256, 9 * count, np.uint8).tobytes()
        content = b"\0\0\x08\x03" + counted + b"\0\0\0\x03" * 2 + pixels
        (tmp_path / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
        labels = b"\0\0\x08\x01" + counted + bytes(index % 3 for index in range(count))
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(labels)
    return tmp_path / "train-images-idx3-ubyte.gz"


def test_images_become_the_data_undoably_and_without_a_question(pilot: Pilot, desk: Desk, images: Path) -> None:
    desk.file = images
    pilot.control("d")
    assert not pilot.window.findChildren(OpenDataDialog)
    pilot.until(lambda: pilot.frame.scene.classes == ("0", "1", "2"))
    assert pilot.window.document.config.data.source == IdxFiles(str(images))
    assert len(pilot.frame.scene.columns) == 9
    entry = pilot.window.data_panel.findChild(QToolButton, "data.source.file")
    assert (entry.text(), entry.isChecked()) == ("train-images-idx3-ubyte.gz", True)
    assert recent(pilot)[0] == "train-images-idx3-ubyte.gz"
    pilot.control("z")
    pilot.until(lambda: len(pilot.frame.scene.columns) == 2)
    assert not pilot.window.findChildren(Reading), "what has been read does not pile up"


def test_images_can_be_dropped(pilot: Pilot, images: Path) -> None:
    assert drop(pilot.window, QUrl.fromLocalFile(str(images)))
    pilot.until(lambda: pilot.frame.scene.classes == ("0", "1", "2"))


def test_images_are_read_while_the_window_goes_on(pilot: Pilot, images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = threading.Event()
    outline = IdxFiles.outline
    monkeypatch.setattr(IdxFiles, "outline", lambda source: event.wait(20) and outline(source))
    pilot.window.files.open_path(images)
    assert said(pilot) == "Reading train-images-idx3-ubyte.gz … Esc calls it off."
    edit(pilot)
    event.set()
    pilot.until(lambda: pilot.frame.scene.classes == ("0", "1", "2"))
    assert pilot.window.document.config.training.learning_rate == 0.1


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"])
def test_images_that_cannot_be_used_are_a_sentence(pilot: Pilot, desk: Desk, images: Path, name: str) -> None:
    before = pilot.settle()
    images.write_bytes(images.read_bytes()[:40])
    desk.file = images.with_name(name)
    pilot.control("d")
    pilot.until(lambda: pilot.notices.urgent)
    assert pilot.notices.text.startswith(f"{name}: ")
    assert pilot.window.document.config == Config()
    assert untouched(pilot, before)


@pytest.mark.parametrize("ending", ["safetensors", "json"])
def test_an_experiment_is_read_while_the_window_goes_on_and_that_is_called_off(
    pilot: Pilot, desk: Desk, snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = snapshot if ending == "safetensors" else tmp_path / "config.json"
    (tmp_path / "config.json").write_text(Config().to_json())
    ended, build = threading.Event(), Session.__init__

    def build_for_ever(session: Session, *data: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            raise AssertionError("the window waits")
        try:
            while True:
                check()
        finally:
            ended.set()

    monkeypatch.setattr(Session, "__init__", build_for_ever)
    before = pilot.settle()
    pilot.window.files.open_path(path)
    assert said(pilot) == f"Reading {path.name} … Esc calls it off."
    pilot.play()  # meanwhile the run goes on
    pilot.settle()
    pilot.press(Qt.Key.Key_Escape)
    pilot.until(ended.is_set)
    assert pilot.notices.text.startswith("Called off")
    assert said(pilot) == pilot.notices.text
    assert pilot.settle().run == before.run
    assert pilot.window.document.config == Config()
    monkeypatch.setattr(Session, "__init__", build)
    desk.answer = Answer.Discard
    pilot.window.files.open_path(path)
    pilot.until(lambda: pilot.frame.run > before.run)
    assert not pilot.window.findChildren(Reading)


def test_of_two_that_are_opened_the_last_counts(pilot: Pilot, snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    load = OPENERS[SNAPSHOT]
    monkeypatch.setitem(OPENERS, SNAPSHOT, lambda path: go_on.wait(20) and load(path))
    pilot.window.files.open_path(snapshot)
    pilot.window.files.new()
    pilot.until(lambda: not pilot.window.files.reading)
    go_on.set()
    pilot.settle()
    assert pilot.window.files.path is None
    assert pilot.window.document.config == Config()


def test_other_data_are_loaded_by_the_trainer_alone(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a loss set by hand has to fit them."""
    pilot.window.document.set("training.loss", BinaryCrossEntropy(), "Loss")
    loaders: list[threading.Thread] = []
    load = Iris.load
    monkeypatch.setattr(Iris, "load", lambda *own: loaders.append(threading.current_thread()) or load(*own))
    pilot.find(QToolButton, "data.source.iris").click()
    pilot.until(lambda: len(pilot.frame.scene.classes) == 3)
    assert len(loaders) == 1
    assert loaders[0] is not threading.main_thread()


# Drag and drop


def drop(target: QWidget, *urls: QUrl) -> bool:
    """Drag over a widget and let go; whether anybody wanted it."""
    data = QMimeData()
    data.setUrls(list(urls))
    middle = target.rect().center()
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(middle), *how)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPointF(middle), *how))
    return True


def places(window: Window) -> list[QWidget]:
    return [window, window.docks["data"], window.editor, *(view.figure().viewport() for view in window.views)]


def test_a_snapshot_can_be_dropped_anywhere(pilot: Pilot, snapshot: Path) -> None:
    for place in places(pilot.window):
        run = pilot.settle().run
        assert drop(place, QUrl.fromLocalFile(str(snapshot)))
        pilot.until(lambda run=run: pilot.frame.run > run and pilot.frame.step == 30)
    assert pilot.window.files.path == snapshot
    assert same(pilot.settle(), load_snapshot(snapshot))


def test_a_configuration_can_be_dropped(pilot: Pilot, tmp_path: Path) -> None:
    config = with_value(Config(), "network.seed", 4)
    (tmp_path / "config.json").write_text(config.to_json())
    assert drop(pilot.window, QUrl.fromLocalFile(str(tmp_path / "config.json")))
    pilot.until(lambda: same(pilot.frame, Session(config)))


def test_a_table_can_be_dropped(pilot: Pilot, table: Path) -> None:
    assert drop(pilot.window, QUrl.fromLocalFile(str(table)))
    accept(pilot)
    pilot.until(lambda: pilot.frame.scene.columns == ("height", "weight"))


def test_what_is_no_file_is_not_taken(pilot: Pilot) -> None:
    assert not drop(pilot.window, QUrl("https://example.org/run.safetensors"))
    assert not drop(pilot.window)


# Recent files


def recent_menu(pilot: Pilot) -> QMenu:
    menu = pilot.window.commands["file.recent.0"].associatedObjects()[-1]
    assert isinstance(menu, QMenu)
    return menu


def recent(pilot: Pilot) -> list[str]:
    return [action.text() for action in recent_menu(pilot).actions() if action.isVisible()]


def test_the_last_ten_files_newest_first(pilot: Pilot, desk: Desk, snapshot: Path, tmp_path: Path) -> None:
    assert recent(pilot) == []
    assert not recent_menu(pilot).isEnabled()
    content = snapshot.read_bytes()
    for number in range(12):
        path = tmp_path / f"{number}.safetensors"
        path.write_bytes(content)
        pilot.window.files.open_path(path)
    newest_first = [f"{number}.safetensors" for number in range(11, 1, -1)]
    assert recent(pilot) == newest_first
    recent_menu(pilot).actions()[3].trigger()
    pilot.until(lambda: pilot.window.files.path == tmp_path / "8.safetensors")
    assert recent(pilot) == ["8.safetensors", *(name for name in newest_first if name != "8.safetensors")]
    assert recent_menu(pilot).isEnabled()


def test_recent_files_are_there_in_the_next_window(windows: Windows, snapshot: Path, table: Path) -> None:
    first = windows.open()
    first.window.files.open_path(snapshot)
    first.window.files.open_path(table)
    accept(first)
    first.until(lambda: len(recent(first)) == 2)
    second = windows.open()
    assert recent(second) == ["points.csv", "seven.safetensors"]
    recent_menu(second).actions()[1].trigger()
    second.until(lambda: second.frame.step == 30)


def test_a_recent_file_that_is_gone_says_so(pilot: Pilot, snapshot: Path) -> None:
    pilot.window.files.open_path(snapshot)
    pilot.until(lambda: pilot.frame.step == 30)
    before = pilot.settle()
    snapshot.unlink()
    recent_menu(pilot).actions()[0].trigger()
    assert pilot.notices.urgent
    assert "seven.safetensors" in pilot.notices.text
    assert untouched(pilot, before)


# Exporting


def test_the_history_is_exported(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    pilot.window.runner.epoch()
    desk.file = tmp_path / "history.csv"
    pilot.control("e")
    pilot.until(lambda: "history.csv" in pilot.notices.text)
    with desk.file.open() as file:
        rows = list(csv.DictReader(file))
    reference = Session(Config())
    reference.train(1)
    assert [float(row["train_loss"]) for row in rows] == reference.history.train_loss.tolist()
    assert [float(row["step"]) for row in rows] == reference.history.step.tolist()


def test_the_configuration_is_exported(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    edit(pilot)
    desk.file = tmp_path / "config"
    action(pilot.window, "Configuration as JSON…").trigger()
    pilot.until(lambda: "config.json" in pilot.notices.text)
    assert Config.from_json((tmp_path / "config.json").read_text()) == pilot.window.document.config
    assert QSettings().value("folder", "", type=str) == str(tmp_path)


def test_a_new_format_and_a_new_export_are_offered(
    windows: Windows, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Marks(CsvFile):
        """Another table."""

    monkeypatch.setitem(FORMATS, ".marks", Marks)
    steps = Export("steps.txt", "Steps as text", "Texts", lambda session, path: path.write_text("none"))
    monkeypatch.setitem(EXPORTS, ".txt", steps)
    pilot = windows.open()
    desk.file = tmp_path / "steps"
    action(pilot.window, "Steps as text…").trigger()
    pilot.until(lambda: "steps.txt" in pilot.notices.text)
    assert (tmp_path / "steps.txt").read_text() == "none"
    (tmp_path / "a.marks").write_text("height,weight\n1,2\n2,3\n3,5\n")
    pilot.window.files.open_path(tmp_path / "a.marks")
    [dialog] = pilot.window.findChildren(OpenDataDialog)
    assert isinstance(dialog.source(), Marks)
    dialog.reject()


def test_every_view_is_exported_as_png_and_svg(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    window = pilot.window
    window.runner.epoch()
    pilot.settle()
    for view in (*window.views, window.editor):
        for suffix in (".png", ".svg"):
            desk.file = tmp_path / f"{view.name}{suffix}"
            action(window, f"{view.title} as a picture…").trigger()
            assert desk.file.name in pilot.notices.text
            assert not pilot.notices.urgent
        image = QImage(str(tmp_path / f"{view.name}.png"))
        across, down = range(0, image.width(), 7), range(0, image.height(), 7)
        assert len(across) > 50
        assert len({image.pixelColor(x, y).name() for x in across for y in down}) > 4, view.name
        assert QSvgRenderer(str(tmp_path / f"{view.name}.svg")).isValid()
        assert not view.grab().isNull()


def test_the_decision_boundary_is_copied(pilot: Pilot) -> None:
    QGuiApplication.clipboard().clear()
    pilot.control("c", shift=True)
    assert QGuiApplication.clipboard().mimeData().hasImage()
    assert "Decision boundary" in pilot.notices.text


BY_ENDING = {
    "history.csv": "History as CSV…",
    "config.json": "Configuration as JSON…",
    "boundary.png": "Decision boundary as a picture…",
    "loss.svg": "Loss as a picture…",
    "network.bmp": "Network as a picture…",
    "run.safetensors": "Save snapshot as…",
}


def test_what_cannot_be_written_is_said_once_and_in_one_sentence(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    edit(pilot)
    pilot.play()
    for name, text in BY_ENDING.items():
        desk.file = tmp_path / "nowhere" / name
        action(pilot.window, text).trigger()
        pilot.until(lambda: pilot.notices.urgent)
        said = pilot.notices.text
        assert said.count(name) == 1, said
        assert ".." not in said, said
        assert "unexpected" not in said, said
        desk.file = None
        pilot.notices.clear()
        action(pilot.window, text).trigger()  # cancelled
        assert not pilot.notices.urgent
    assert pilot.running, "training goes on"
    assert pilot.window.isWindowModified()
    assert pilot.window.files.path is None


# Before something is lost


def ways(pilot: Pilot, snapshot: Path) -> dict[str, Callable[[], object]]:
    """What leaves an experiment; the last one leaves the window."""
    return {
        "new": partial(pilot.control, "n"),
        "open": partial(pilot.window.files.open_path, snapshot),
        "quit": partial(pilot.control, "q"),
        "close": pilot.window.close,
    }


def edited(pilot: Pilot) -> bool:
    return pilot.window.document.config.training.learning_rate == 0.1


def test_nothing_is_asked_while_there_is_nothing_to_save(pilot: Pilot, desk: Desk, snapshot: Path) -> None:
    for leave in ways(pilot, snapshot).values():
        edit(pilot)
        pilot.control("z")
        leave()
        if not pilot.window.isVisible():
            break
    assert pilot.window.runner._thread.isFinished()
    assert not desk.asked


def test_training_is_something_to_save(pilot: Pilot, desk: Desk) -> None:
    assert not pilot.window.isWindowModified()
    pilot.press(Qt.Key.Key_Period)
    pilot.until(lambda: pilot.frame.step == 1)
    assert pilot.window.isWindowModified()
    desk.answer = Answer.Cancel
    pilot.window.close()
    assert pilot.window.isVisible()
    assert desk.asked
    pilot.press(Qt.Key.Key_R)  # an edit as any other
    pilot.until(lambda: pilot.frame.step == 0)
    assert pilot.window.isWindowModified()


def test_a_reset_at_the_start_is_nothing_to_save(pilot: Pilot) -> None:
    run = pilot.frame.run
    pilot.press(Qt.Key.Key_R)
    pilot.until(lambda: pilot.frame.run == run + 1)
    assert not pilot.window.isWindowModified()


def test_cancel_stays(pilot: Pilot, desk: Desk, snapshot: Path) -> None:
    edit(pilot)
    for asked, leave in enumerate(ways(pilot, snapshot).values(), start=1):
        leave()
        assert len(desk.asked) == asked
        assert edited(pilot)
        assert pilot.window.isVisible()
        assert pilot.window.isWindowModified()
    pilot.play()


def test_discard_leaves(pilot: Pilot, desk: Desk, snapshot: Path) -> None:
    desk.answer = Answer.Discard
    leave = ways(pilot, snapshot)
    for asked, way in enumerate(("new", "open", "close"), start=1):
        edit(pilot)
        leave[way]()
        assert len(desk.asked) == asked
        assert edited(pilot) is (way == "close")
    assert not pilot.window.isVisible()
    assert pilot.window.runner._thread.isFinished()


def test_save_saves_and_then_leaves(pilot: Pilot, desk: Desk, snapshot: Path, tmp_path: Path) -> None:
    desk.answer = Answer.Save
    leave = ways(pilot, snapshot)
    for way in ("new", "open", "quit"):
        pilot.window.files.path = None
        edit(pilot)
        desk.file = tmp_path / f"{way}.safetensors"
        desk.asked.clear()
        leave[way]()
        pilot.until(lambda way=way: not pilot.window.isVisible() if way == "quit" else not edited(pilot))
        assert load_snapshot(desk.file).config.training.learning_rate == 0.1
        assert [title for title, _ in desk.asked] == ["Unsaved changes", "Save snapshot"]


def test_save_without_a_name_stays(pilot: Pilot, desk: Desk) -> None:
    edit(pilot)
    desk.answer, desk.file = Answer.Save, None
    pilot.window.close()
    assert pilot.window.isVisible()
    pilot.settle()


def test_a_save_that_fails_stays_and_a_later_one_does_not_close(pilot: Pilot, desk: Desk, tmp_path: Path) -> None:
    edit(pilot)
    desk.answer, desk.file = Answer.Save, tmp_path / "nowhere" / "kept.safetensors"
    pilot.window.close()
    pilot.until(lambda: pilot.notices.urgent)
    assert "kept.safetensors" in pilot.notices.text
    assert pilot.window.isVisible()
    desk.file = tmp_path / "kept.safetensors"
    pilot.control("s")
    pilot.until(lambda: not pilot.window.isWindowModified())
    pilot.settle()
    assert pilot.window.isVisible()


def test_a_name_without_its_ending_gets_it_and_is_not_replaced_unasked(
    pilot: Pilot, desk: Desk, tmp_path: Path
) -> None:
    old = tmp_path / "run.v2.json"
    old.write_text("old")
    desk.file = tmp_path / "run.v2"
    desk.answer = QMessageBox.StandardButton.No
    pilot.window.files.export(".json")
    pilot.settle()
    assert old.read_text() == "old"
    desk.answer = QMessageBox.StandardButton.Yes
    pilot.window.files.export(".json")
    pilot.until(lambda: "json" in pilot.notices.text)
    assert Config.from_json(old.read_text()) == Config()
