"""Sentences made below the window are translated where it shows them: their templates, and what these speak of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.data.formats.text import CsvFile
from playground.options.layers import hidden_layer_name
from playground.options.message import Message, Sentence
from playground.ui.data_editor.opening import OpenDataDialog
from playground.ui.words import CONTEXT, said

GERMAN = {
    "{units} units of {layer} are 0": "in {layer} sind {units} Einheiten 0",
    "layer {number}": "Schicht {number}",
    "{file}: {reason}": "{file}: {reason}",
    "does not exist": "gibt es nicht",
}


class German(QTranslator):
    def translate(self, context: str, source: str, *_: object) -> str:  # type: ignore[override]
        return GERMAN.get(source, source) if context == CONTEXT else source

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def german(qapp: QCoreApplication) -> Iterator[None]:
    translator = German()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def test_a_message_is_translated_and_so_is_what_it_speaks_of(german: None) -> None:
    message = Message("{units} units of {layer} are 0", units=3, layer=hidden_layer_name(1))
    assert said(message) == "in Schicht 2 sind 3 Einheiten 0"
    assert str(message) == "3 units of layer 2 are 0"
    assert said(Sentence("{message}", message=message)) == "In Schicht 2 sind 3 Einheiten 0"


def test_an_error_from_below_is_read_in_the_windows_language(german: None, qtbot: QtBot) -> None:
    dialog = OpenDataDialog(CsvFile("/nowhere/absent.csv"))
    qtbot.addWidget(dialog)
    refusal = dialog.findChild(QLabel, "open_data.refusal")
    assert refusal is not None
    qtbot.waitUntil(lambda: refusal.text() == "absent.csv: gibt es nicht")
