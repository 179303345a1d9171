"""The palette: every command and every setting, found by a part of its name, run or set right there. Knows no run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from playground.experiment.scene import Scene
from playground.options import ConfigError
from playground.ui.commands.matching import fit
from playground.ui.commands.menus import key_text
from playground.ui.commands.settings import Setting, settings
from playground.ui.commands.table import Command, menus
from playground.ui.diagram.weight_editor import Popup
from playground.ui.forms.controls import sentence_label
from playground.ui.style_sheet import change_role
from playground.ui.theme import GRID
from playground.ui.words import said
from playground.ui.workspace.document import Document

WIDTH = 84 * GRID
MOST_ROWS = 12  # shown at once; more scroll
ROW = 3 * GRID + 2
STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Entry(NamedTuple):
    """A line of the list: its name, what it is, what stands at its right, and what is done with it."""

    name: str
    detail: str
    right: str
    known_as: str  # what else it is found by
    take: Callable[[], object]
    refusal: str = ""  # why it cannot be taken now


class Palette(Popup):
    """A line to type in, and below it what is meant. Enter runs a command, or lets the value of a setting be typed."""

    def __init__(
        self, window: QMainWindow, commands: Sequence[Command], document: Document, scene: Scene | None
    ) -> None:
        super().__init__("palette", window)
        self.setProperty("role", "popup")
        self._window = window
        self._document = document
        self._setting: Setting | None = None  # whose value is being typed
        self._subject = QLabel()
        self._subject.setProperty("role", "heading")
        self._subject.hide()
        self._line = _Line()
        self._line.setObjectName("palette.line")
        self._line.setPlaceholderText(self.tr("A command, a view or a setting: part of its name"))
        self._line.setAccessibleName(self.tr("Find a command or a setting"))
        self._sentence = sentence_label("palette.sentence", "muted")
        self._list = QListWidget()
        self._list.setObjectName("palette.list")
        self._list.setAccessibleName(self.tr("Commands and settings"))
        self._list.setProperty("role", "choices")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_Lines(self._list))
        self._list.setUniformItemSizes(True)
        row = QHBoxLayout()
        row.addWidget(self._subject)
        row.addWidget(self._line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self._sentence)
        layout.addWidget(self._list)
        self._line.textEdited.connect(self._find)
        self._line.returnPressed.connect(self._take)
        self._line.stepped.connect(self._step)
        self._list.itemClicked.connect(self._take)
        classes = len(scene.classes) if scene is not None else None
        self._entries = [*self._commands(commands), *self._settings(classes)]
        self._shown: list[Entry] = []

    def open(self) -> None:
        """Show at the top of the window, with the keyboard."""
        self.setFixedWidth(min(WIDTH, self._window.width() - 4 * GRID))
        self._find("")
        across = (self._window.width() - self.width()) // 2
        self.open_at(self._window.mapToGlobal(QPoint(across, self._window.menuBar().height() + GRID)))
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    # What there is

    def _commands(self, commands: Sequence[Command]) -> Iterator[Entry]:
        titles = menus()
        for command in commands:
            if command.name:
                path = "/".join(titles[command.menu[:end]] for end in _ends(command.menu)).replace("&", "")
                run = partial(self._run, command)
                yield Entry(command.name, command.tip, key_text(command), path, run, command.refusal())

    def _settings(self, classes: int | None) -> Iterator[Entry]:
        for setting in settings(self._document.config, classes):
            yield Entry(setting.knob.label, setting.path, setting.shown, setting.path, partial(self._ask, setting))

    def _values(self, setting: Setting) -> Iterator[Entry]:
        for value in setting.values():
            now = self.tr("now") if value.typed == setting.typed else ""
            set_it = partial(self._set, setting, value.typed)
            yield Entry(value.label, value.meaning, now, value.typed, set_it, value.refusal)

    # What is typed

    def _find(self, asked: str) -> None:
        """List what is meant, the likeliest first."""
        fits = {entry: fit(asked, entry.name, entry.known_as) for entry in self._entries}
        self._shown = sorted((entry for entry in self._entries if fits[entry]), key=lambda entry: -fits[entry])
        self._list.clear()
        for entry in self._shown:
            item = QListWidgetItem(entry.name, self._list)
            item.setData(_Lines.DETAIL, entry.refusal or entry.detail)
            item.setData(_Lines.RIGHT, entry.right)
            words = (entry.name, entry.refusal or entry.detail, entry.right)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, words)))
            if entry.refusal:
                item.setForeground(self.palette().brush(QPalette.ColorRole.PlaceholderText))
        self._list.setCurrentRow(self._likeliest())
        self._explain("" if self._setting is None else self._setting.sentence)

    def _likeliest(self) -> int:
        """The first; while nothing is typed, of the values of a setting the present one, and of all there is none."""
        if self._line.text():
            return 0 if self._shown else -1
        typed = self._setting.typed if self._setting is not None else ""
        return next((row for row, entry in enumerate(self._shown) if typed and entry.known_as == typed), -1)

    def _step(self, key: int) -> None:
        if self._shown:
            by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -MOST_ROWS, Qt.Key.Key_PageDown: MOST_ROWS}
            row = self._list.currentRow() + by[Qt.Key(key)]  # from −1, before the first, where none is chosen
            self._list.setCurrentRow(max(0, min(row, len(self._shown) - 1)))

    def _take(self, *_: object) -> None:
        """Do what is chosen, or take what is typed for a setting."""
        if (row := self._list.currentRow()) >= 0:
            entry = self._shown[row]
            if entry.refusal:
                self._explain(entry.refusal, "remark")
            else:
                entry.take()
        elif self._setting is not None and not self._shown:
            self._set(self._setting, self._line.text())
        elif self._line.text():
            self._explain(self.tr("Nothing here is called that."), "remark")

    def _run(self, command: Command) -> None:
        self.close()
        command.run()

    def _ask(self, setting: Setting) -> None:
        """Let the value of a setting be typed, or chosen where there are few."""
        self._setting = setting
        self._entries = list(self._values(setting))
        self._subject.setText(setting.knob.label)
        self._subject.show()
        self._line.setPlaceholderText(setting.shown)
        self._line.setAccessibleName(setting.knob.label)
        self._line.setText("" if self._entries else setting.typed)
        self._line.selectAll()
        self._find("")

    def _set(self, setting: Setting, typed: str) -> None:
        """Take a value as one edit, or say why it cannot be."""
        try:
            config = setting.edited(typed)
        except ConfigError as error:
            self._explain(f"{setting.knob.label} {said(error.reason)}.", "remark")
        else:
            self.close()
            self._document.edit(setting.knob.label, config)

    def _explain(self, sentence: str, role: str = "muted") -> None:
        """Say what may be typed, or what was refused."""
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        change_role(self._sentence, role)
        self._line.setAccessibleDescription(sentence)
        frame = 2 * self._list.frameWidth()
        self._list.setVisible(bool(self._shown))
        self._list.setFixedHeight(min(len(self._shown), MOST_ROWS) * ROW + frame)
        self.adjustSize()


class _Line(QLineEdit):
    """All keys are its own while it is open; those that move in the list are handed on."""

    stepped = Signal(int)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEPS:
            self.stepped.emit(event.key())
        else:
            super().keyPressEvent(event)


class _Lines(QStyledItemDelegate):
    """Draws a name, beside it in muted colour what it is, and at the right what it is now or which keys it has."""

    DETAIL, RIGHT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        loud = option.palette.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
        quiet = loud if chosen else option.palette.color(QPalette.ColorRole.PlaceholderText)
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        room = option.rect.adjusted(GRID, 0, -GRID, 0)
        right, detail = index.data(self.RIGHT), index.data(self.DETAIL)
        metrics = option.fontMetrics
        beside = min(metrics.horizontalAdvance(right) + 2, room.width() // 2)  # 2 for what rounding takes away
        name_width = min(metrics.horizontalAdvance(name) + 2, room.width() - beside - 2 * GRID)
        left = room.left() + name_width + 2 * GRID
        parts = (
            (QRect(room.left(), room.top(), name_width, room.height()), name, quiet if brush and not chosen else loud),
            (QRect(left, room.top(), room.right() - beside - 2 * GRID - left, room.height()), detail, quiet),
            (QRect(room.right() - beside, room.top(), beside + 1, room.height()), right, quiet),
        )
        painter.save()
        for place, text, colour in parts:
            painter.setPen(colour)
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW)


def _ends(menu: str) -> Iterator[int]:
    """Where in a menu's id those end that it lies within, and itself."""
    if menu:
        yield from (place for place, letter in enumerate(menu) if letter == "/")
        yield len(menu)
