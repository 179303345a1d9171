"""A dialog that only says something, and holds nobody up. Knows nothing of what it says."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def show_message(window: QWidget, title: str, text: str, details: str = "") -> None:
    """Say it, with details to unfold where there are any."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title)
    box.setText(text)
    box.setDetailedText(details)
    box.open()


def show_details(window: QWidget, sentence: str, details: str) -> None:
    """An error with its traceback, to copy into a report."""
    show_message(window, QCoreApplication.translate("message_box", "What happened"), sentence, details)
