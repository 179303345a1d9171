"""Starts the program: checks that there is a screen, opens the window, and lets no error pass in silence."""

from __future__ import annotations

import ctypes
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType

# What Qt's xcb plugin loads without saying which of them is missing, and the Debian package that brings it.
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WITHOUT_SCREEN = "train without one: playground train --epochs 100 --out results"


def missing_screen() -> str:
    """Why no window can be opened here, and what to do, in one sentence; empty where one can."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    if not os.environ.get("DISPLAY"):
        return f"There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): log in to a desktop, or {WITHOUT_SCREEN}"
    missing = [package for library, package in SCREEN_LIBRARIES.items() if not _loads(library)]
    if missing:
        return (
            f"Qt cannot open a window without these libraries: apt-get install {' '.join(missing)}, or {WITHOUT_SCREEN}"
        )
    return ""


def main(path: Path | None = None) -> int:
    """Open the window, with a snapshot, a configuration or a table where one is named; the exit code."""
    reason = missing_screen()
    if reason:
        print(reason, file=sys.stderr)
        return 1
    try:
        from PySide6.QtCore import QSettings
        from PySide6.QtGui import QGuiApplication
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        print(
            f"Qt cannot be loaded ({error}): apt-get install libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 "
            f"libxkbcommon0, or {WITHOUT_SCREEN}",
            file=sys.stderr,
        )
        return 1
    from playground.experiment.config import Config
    from playground.experiment.run.session import Session
    from playground.ui.theme import DARK, LIGHT, THEMES
    from playground.ui.window import Window

    # The trainer holds the interpreter; 0.1 ms is how long the window waits for its turn.
    sys.setswitchinterval(1e-4)
    application = QApplication(sys.argv[:1])
    application.setOrganizationName("playground")
    application.setApplicationName("playground")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    dark = QGuiApplication.styleHints().colorScheme().name == "Dark"
    theme = THEMES.get(str(QSettings().value("theme", "", type=str)), DARK if dark else LIGHT)
    window = Window(Session(Config()), theme)

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        print(details, file=sys.stderr)
        window.dialogs.tell_failure(f"Something unexpected went wrong: {error}", details)

    sys.excepthook = tell
    window.show()
    if path is not None:
        window.files.open_path(path)
    window.autosave.offer()
    code = application.exec()
    if not window.runner.ended:  # taking down a thread that runs would abort; the copy of the run stays
        os._exit(code)
    return code


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
