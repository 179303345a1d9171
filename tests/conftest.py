"""What all tests share: Qt without a screen, settings that touch nobody's, and errors in slots that fail the test."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from PySide6.QtCore import QSettings

from playground.experiment.looks.measuring import Failure

# Set but empty counts as unset. Qt's own screen for tests is 800 by 800, on which no window opens as it does elsewhere.
asked = os.environ.get("QT_QPA_PLATFORM") or ("" if os.environ.get("DISPLAY") else "offscreen")
if asked == "offscreen":
    asked += f":configfile={Path(__file__).with_name('screen.json')}"
if asked:
    os.environ["QT_QPA_PLATFORM"] = asked
else:
    os.environ.pop("QT_QPA_PLATFORM", None)

# A deadline is a clock, and these machines are shared. What CI says of a change must not hang on what is drawn that day.
settings.register_profile("playground", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("playground")


WINDOWS = {Path(__file__).with_name(name) for name in ("ui", "reliability")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs Qt is told by its folder: `-m "not ui"` is the mathematics alone."""
    for item in items:
        if not WINDOWS.isdisjoint(item.path.parents):
            item.add_marker(pytest.mark.ui)


def pytest_collection_finish() -> None:
    """What was imported and collected stays; whoever collects garbage need not walk through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def settings_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


@pytest.fixture(autouse=True)
def own_settings(settings_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Window state, recent files and the copy kept for a crash go to a folder of the test's own."""
    folder = tempfile.mkdtemp(dir=settings_folders)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
    monkeypatch.setenv("XDG_DATA_HOME", folder)
    QSettings().setValue("speed", "full")  # what a student would watch, a test waits for


@pytest.fixture(autouse=True)
def loud_failures(request: pytest.FixtureRequest) -> Iterator[None]:
    """What cannot be measured or drawn is told in its view, and fails the test, unless that is what the test is about."""
    with pytest.MonkeyPatch.context() as patched:
        if "told_failures" not in request.fixturenames:
            patched.setattr(Failure, "of", _raise)
        yield


@pytest.fixture
def told_failures() -> None:
    """This test is about what is said of something that could not be measured or drawn."""


def _raise(what: str, error: Exception) -> NoReturn:
    raise error
