"""The copies that a crash leaves behind: kept by every window, offered to the next start, gone after a good end."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from playground.exchange.atomic import PART
from playground.exchange.copies import DAMAGED, Copy
from playground.exchange.snapshot import Checkpoint
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui.workspace import autosave
from playground.ui.workspace.operations import copying
from tests.ui.conftest import Pilot, Windows

HOUR = 3600


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the copies are; they are renewed at once."""
    monkeypatch.setattr(autosave, "INTERVAL", 20)
    data = tmp_path / "data"
    monkeypatch.setattr(autosave.QStandardPaths, "writableLocation", lambda _: str(data))
    return data / "copies"


def files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"*.{ending}"))


def kept(folder: Path) -> list[Session]:
    """What could be restored, were all processes killed now."""
    found = []
    for held in files(folder, "held"):
        if held.with_suffix(".run").exists():
            with held.open("rb") as file:
                found.append(Copy(file).read())
    return found


def abandon(folder: Path, steps: int, age: int = HOUR) -> None:
    """Leave a copy as a killed process would, so many seconds ago."""
    session = Session(Config())
    session.step(steps)
    copy = Copy.make(folder)
    copy.write(Checkpoint.of(session))
    os.utime(copy._run, (time.time() - age,) * 2)
    copy.let_go()


def offers(pilot: Pilot) -> list[str]:
    return [button.text() for button in pilot.strip._buttons]


def answer(pilot: Pilot, word: str) -> None:
    next(button for button in pilot.strip._buttons if button.text().startswith(word)).click()


def step(pilot: Pilot) -> None:
    before = pilot.frame.step
    pilot.window.runner.step()
    pilot.until(lambda: pilot.frame.step == before + 1)


# Keeping


def test_a_copy_is_kept_and_goes_with_the_window(windows: Windows, folder: Path) -> None:
    pilot = windows.open()
    step(pilot)
    pilot.until(lambda: kept(folder))
    [copy] = kept(folder)
    alone = Session(Config())
    alone.step(1)
    np.testing.assert_array_equal(copy.network.parameters, alone.network.parameters)
    windows.close()
    assert list(folder.iterdir()) == []


def edit(pilot: Pilot) -> Callable[[Session], bool]:
    pilot.window.document.set("training.learning_rate", 0.25, "rate")
    return lambda copy: copy.config.training.learning_rate == 0.25


def edit_a_look(pilot: Pilot) -> Callable[[Session], bool]:
    pilot.window.document.select(layer=1)
    return lambda copy: copy.selection.layer == 1


def set_a_weight(pilot: Pilot) -> Callable[[Session], bool]:
    pilot.window.document.edit_weight((0, 0, 0), float(pilot.frame.weights[0][0, 0]), 7.25, "weight")
    return lambda copy: copy.network.weights[0].max() == 7.25


def undo(pilot: Pilot) -> Callable[[Session], bool]:
    pilot.window.document.undo_stack.undo()
    return lambda copy: copy.config == pilot.window.document.config


def change_the_data(pilot: Pilot) -> Callable[[Session], bool]:
    pilot.window.document.set("data.seed", 9, "seed")
    return lambda copy: copy.config.data.seed == 9


@pytest.mark.parametrize("standing", ["nothing", "a warning", "an offer"])
def test_whatever_is_done_while_paused_is_copied(standing: str, windows: Windows, folder: Path) -> None:
    if standing == "an offer":
        abandon(folder, 5)
    pilot = windows.open()
    step(pilot)
    if standing == "a warning":
        pilot.notices.warn("Something stands here.")
    if standing == "an offer":
        pilot.window.autosave.offer()
        assert pilot.notices.urgent
    pilot.until(lambda: any(copy.step_count == 1 for copy in kept(folder)))
    for change in (edit, undo, edit_a_look, set_a_weight, change_the_data):
        holds = change(pilot)
        pilot.until(lambda holds=holds: any(holds(copy) for copy in kept(folder)))  # type: ignore[misc]


def test_nothing_is_written_while_nothing_happens(
    windows: Windows, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pilot = windows.open()
    asked: list[object] = []
    monkeypatch.setattr(autosave, "copying", lambda known, *more: asked.append(known) or copying(known, *more))
    step(pilot)
    pilot.until(lambda: asked and asked[-1] is not None)
    before = [path.stat().st_ino for path in files(folder, "run")]
    asked.clear()
    pilot.until(lambda: len(asked) > 3)
    assert [path.stat().st_ino for path in files(folder, "run")] == before


def test_the_data_are_written_once(windows: Windows, folder: Path) -> None:
    pilot = windows.open()
    step(pilot)
    pilot.until(lambda: kept(folder))
    [data] = files(folder, "data")
    before = data.stat().st_ino
    step(pilot)
    pilot.until(lambda: [copy.step_count for copy in kept(folder)] == [2])
    assert data.stat().st_ino == before
    change_the_data(pilot)
    pilot.until(lambda: not data.exists())
    assert len(files(folder, "data")) == 1


def test_where_nothing_would_be_lost_there_is_no_copy(windows: Windows, folder: Path, tmp_path: Path) -> None:
    pilot = windows.open()
    pilot.qtbot.wait(100)
    assert kept(folder) == []
    step(pilot)
    pilot.until(lambda: kept(folder))
    pilot.window.files.path = tmp_path / "own.safetensors"
    pilot.window.files.save()
    pilot.until(lambda: not kept(folder))


def test_every_window_keeps_its_own(windows: Windows, folder: Path) -> None:
    one, other = windows.open(), windows.open()
    step(one)
    step(other)
    step(other)
    pilot = other
    pilot.until(lambda: sorted(copy.step_count for copy in kept(folder)) == [1, 2])
    other.window.files.keep()
    other.window.close()
    assert [copy.step_count for copy in kept(folder)] == [1]
    step(one)
    pilot.until(lambda: [copy.step_count for copy in kept(folder)] == [2])


def test_a_living_window_s_copy_is_not_offered(windows: Windows, folder: Path) -> None:
    one = windows.open()
    step(one)
    one.until(lambda: kept(folder))
    other = windows.open()
    other.window.autosave.offer()
    assert offers(other) == []
    assert len(kept(folder)) == 1


def test_what_cannot_be_written_is_said_once_and_tried_again(
    windows: Windows, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pilot = windows.open()
    warned: list[str] = []
    warn = pilot.notices.warn
    monkeypatch.setattr(
        pilot.notices, "warn", lambda sentence, *offers: (warned.append(sentence), warn(sentence, *offers))
    )
    tried: list[None] = []

    def full(_: int) -> None:
        tried.append(None)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        step(pilot)
        pilot.until(lambda: len(tried) > 2)
    [sentence] = warned
    assert sentence.endswith("No space left on device.")
    pilot.until(lambda: kept(folder))
    assert [len(files(folder, ending)) for ending in ("held", "data", "run", "part")] == [1, 1, 1, 0]


def test_where_no_folder_can_be_made_the_window_opens_and_says_so(windows: Windows, folder: Path) -> None:
    folder.parent.write_text("a file where the folder should be")
    pilot = windows.open()
    pilot.window.autosave.offer()
    assert not pilot.notices.urgent
    step(pilot)
    pilot.until(lambda: pilot.notices.urgent)
    assert "No copy is kept" in pilot.notices.text


# Offering


def test_a_copy_left_by_a_crash_is_offered_and_restored(windows: Windows, folder: Path) -> None:
    abandon(folder, 3)
    pilot = windows.open()
    pilot.window.autosave.offer()
    assert "unexpectedly" in pilot.notices.text
    assert offers(pilot) == ["Restore it", "Delete it", "Dismiss"]
    answer(pilot, "Restore")
    pilot.until(lambda: pilot.frame.step == 3)
    assert pilot.window.isWindowModified()
    assert pilot.window.files.path is None
    assert len(kept(folder)) == 1  # it is the window's own now
    step(pilot)
    pilot.until(lambda: [copy.step_count for copy in kept(folder)] == [4])
    windows.close()
    assert list(folder.iterdir()) == []


def test_a_restored_copy_is_there_until_there_is_a_newer_one(
    windows: Windows, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandon(folder, 3)
    pilot = windows.open()
    pilot.window.autosave.offer()
    step(pilot)
    pilot.until(lambda: len(kept(folder)) == 2)
    seen: list[list[int]] = []
    own = pilot.window.autosave
    write = own._write

    def look(found: tuple[object, Checkpoint] | None) -> None:
        seen.append([copy.step_count for copy in kept(folder)])
        write(found)

    monkeypatch.setattr(own, "_write", look)
    pilot.play()
    answer(pilot, "Restore")
    pilot.until(lambda: len(kept(folder)) == 1 and pilot.window.autosave._kept is not None)
    assert all(3 in steps for steps in seen)
    assert [copy.step_count for copy in kept(folder)] == [3]


def test_all_that_were_left_are_offered_the_newest_first(windows: Windows, folder: Path) -> None:
    for steps, age in ((2, 200), (1, 100), (3, 300)):
        abandon(folder, steps, age)
    pilot = windows.open()
    pilot.window.autosave.offer()
    assert "2 older" in pilot.notices.text
    answer(pilot, "Delete")
    assert "1 older" in pilot.notices.text
    assert sorted(copy.step_count for copy in kept(folder)) == [2, 3]
    answer(pilot, "Restore")
    pilot.until(lambda: pilot.frame.step == 2 and pilot.notices.urgent)
    answer(pilot, "Restore")
    pilot.until(lambda: pilot.frame.step == 3)
    assert not pilot.notices.urgent


def test_an_unanswered_offer_is_made_again(windows: Windows, folder: Path) -> None:
    abandon(folder, 3)
    pilot = windows.open()
    pilot.window.autosave.offer()
    windows.close()
    pilot = windows.open()
    pilot.window.autosave.offer()
    assert "unexpectedly" in pilot.notices.text


@pytest.mark.parametrize("damage", ["run", "data", "no data"])
def test_a_damaged_copy_is_offered_once_and_what_is_wrong_is_said(damage: str, windows: Windows, folder: Path) -> None:
    abandon(folder, 3, age=0)
    for path in files(folder, damage.split()[-1]):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        if damage == "no data":
            path.unlink()
    abandon(folder, 2, 2 * HOUR)
    pilot = windows.open()
    pilot.window.autosave.offer()
    answer(pilot, "Restore")
    pilot.until(lambda: "damaged" in pilot.notices.text)
    assert "not as it was saved" in pilot.notices.text or "No such file" in pilot.notices.text
    assert len(list((folder / DAMAGED).iterdir())) == (1 if damage == "no data" else 2)
    answer(pilot, "Restore")  # the other
    pilot.until(lambda: pilot.frame.step == 2)
    windows.close()
    pilot = windows.open()
    pilot.window.autosave.offer()
    assert offers(pilot) == []


def test_restoring_asks_before_it_replaces_what_is_not_saved(
    windows: Windows, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandon(folder, 3)
    pilot = windows.open()
    pilot.window.autosave.offer()
    step(pilot)
    asked: list[None] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *_: (asked.append(None), QMessageBox.StandardButton.Cancel)[1])
    answer(pilot, "Restore")
    pilot.until(lambda: asked)
    assert pilot.settle().step == 1
    pilot.until(lambda: sorted(copy.step_count for copy in kept(folder)) == [1, 3])


def test_what_was_left_unfinished_is_swept_away(windows: Windows, folder: Path) -> None:
    abandon(folder, 3)
    for run in files(folder, "run"):
        run.unlink()
    (folder / PART.replace("*", "0" * 16)).touch()
    pilot = windows.open()
    pilot.window.autosave.offer()
    assert offers(pilot) == []
    assert list(folder.iterdir()) == []
