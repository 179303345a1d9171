"""A row above a plot that names its lines and tells their values. Knows neither plot nor frame."""

from __future__ import annotations

from typing import Any, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from playground.ui.theme import GRID


class Entry(NamedTuple):
    """A line's colour, name, shorter name, and value as text; `more` of it is told where there is room."""

    colour: QColor
    name: str
    short: str
    value: str = ""
    more: str = ""


class Spacing(NamedTuple):
    """Pixels of a legend: of a line, before and after what is said of it; and what a value keeps room for."""

    line: float
    before: float
    after: float
    value: str


LOOSE = Spacing(GRID, GRID / 2, 1.5 * GRID, " 0.00000")  # so that nothing moves while numbers change
TIGHT = Spacing(5.0, 3.0, 5.0, "")


class Legend(pg.GraphicsWidget):  # type: ignore[misc]
    """One row above a plot: each line's colour and name, and at the right end a note. It covers no line."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self._metrics = QFontMetricsF(font)
        self.entries: list[Entry] = []
        self.note = ""
        self.setFixedHeight(self._metrics.height() + GRID)

    def show_entries(self, entries: list[Entry], note: str = "") -> None:
        """Draw these; values keep the room of the widest usual number, so that nothing moves."""
        if (entries, note) != (self.entries, self.note):
            self.entries, self.note = entries, note
            self.update()

    def least_width(self, entries: list[Entry]) -> float:
        """The pixels that these want with their shorter names."""
        return self._laid_out([(entry.short, entry.value) for entry in entries], LOOSE)[-1]

    @property
    def words(self) -> list[tuple[str, str]]:
        """Name and value of each entry as they are drawn: cut down until they fit, to the first and last name at the end."""
        return self._fitting()[0]

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        metrics, palette = self._metrics, self.palette()
        text, muted = palette.text().color(), palette.placeholderText().color()
        words, spacing, noted = self._fitting()
        painter.setFont(self._font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = round(self.height() / 2 - GRID / 4) + 0.5
        baseline = middle + (metrics.ascent() - metrics.descent()) / 2
        for entry, (name, value), x in zip(self.entries, words, self._laid_out(words, spacing), strict=False):
            painter.setPen(QPen(entry.colour, 3.0))
            painter.drawLine(QPointF(x, middle), QPointF(x + spacing.line, middle))
            painter.setPen(muted)
            x += spacing.line + spacing.before
            painter.drawText(QPointF(x, baseline), name)
            painter.setPen(text)
            painter.drawText(QPointF(x + metrics.horizontalAdvance(name + " "), baseline), value)
        if noted:
            painter.setPen(muted)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            note = metrics.elidedText(self.note, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0.0, 0.0, self.width(), 2.0 * middle), right, note)

    def _fitting(self) -> tuple[list[tuple[str, str]], Spacing, bool]:
        """What is drawn of each entry, how far apart, and whether there is room for the note."""
        whole = [(entry.name, entry.value + entry.more) for entry in self.entries]
        brief = [(entry.short, entry.value + entry.more) for entry in self.entries]
        valued = [(entry.short, entry.value) for entry in self.entries]
        bare = [(entry.short, "") for entry in self.entries]
        between = max(len(bare) - 2, 0)
        ends = [*bare[:1], *[("", "")] * between, *bare[1:][-1:]]
        note = self._metrics.horizontalAdvance(self.note) + GRID if self.note else 0.0
        ways = [(whole, LOOSE), (brief, LOOSE), (valued, LOOSE), (valued, TIGHT), (bare, TIGHT)]
        for words, spacing in ways if self.entries else [(whole, LOOSE)]:
            if self._laid_out(words, spacing)[-1] <= self.width() - note:
                return words, spacing, True
        named = self._laid_out(bare, TIGHT)[-1] <= self.width()
        return bare if named else ends, TIGHT, not self.entries

    def _laid_out(self, words: list[tuple[str, str]], spacing: Spacing) -> list[float]:
        """Where each entry begins, and where the last one ends. Lines without a name touch one another."""
        places, advance = [0.0], self._metrics.horizontalAdvance
        for name, text in words:
            value = max(map(advance, (" " + text, spacing.value))) if text else 0.0
            room = spacing.before + advance(name) + value + spacing.after if name else 0.0
            places.append(places[-1] + spacing.line + room)
        return places
