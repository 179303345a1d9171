"""The key above a map: as many classes as can be read, and how many more there are."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from PySide6.QtCore import QBuffer
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from playground.ui.plots.key import Key


def test_many_classes_have_names_and_a_count_of_the_others(qapp: QApplication) -> None:
    key = Key(qapp.font())
    key.resize(400.0, key.minimumHeight())
    key.show_classes(tuple(f"class {index}" for index in range(25)))
    words = written_by(key)
    assert words[-1] == "+19 more"
    assert len(words) == 7
    assert all(len(word) >= 4 for word in words)
    assert key.toolTip().count("\n") == 24
    key.show_classes(("a", "b", "c"))
    assert [word for word in written_by(key) if word] == ["a", "b", "c"]


def written_by(key: Key) -> list[str]:
    """The words that a key draws, from left to right."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    key.paint(painter, None)
    painter.end()
    root = ElementTree.fromstring(bytes(buffer.data().data()))
    return ["".join(text.itertext()).strip() for text in root.iter("{http://www.w3.org/2000/svg}text")]
