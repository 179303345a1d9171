"""Forms: the knobs below a place in the config, labelled, aligned and edited through the document. Knows no run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.config import Config
from playground.options import (
    Choice,
    ConfigError,
    Flag,
    Knob,
    Number,
    Options,
    knobs,
    with_value,
)
from playground.ui.forms.controls import RESTART_MARK, wrapped
from playground.ui.forms.formula import Formula
from playground.ui.forms.glossary import explained
from playground.ui.forms.knob_widgets import WIDGETS, ChoiceWidget, KnobWidget, about, has_widget
from playground.ui.forms.numbers import number_text
from playground.ui.forms.refusal import refuse, take_back
from playground.ui.theme import GRID
from playground.ui.words import said
from playground.ui.workspace.document import Document

RESTARTING = (
    "data",
    "network",
    "ensemble",
)  # sections of a config; experiment.config.impact decides, and a test compares
LABEL_WIDTH = 92  # so that forms that stand below each other align
MARK_WIDTH = 12


class Column(QWidget):
    """A panel: forms and other parts below each other, aligned at the top."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(GRID, GRID // 2, GRID, GRID)
        self._stack.setSpacing(GRID // 2)
        self._stack.addStretch()

    def add(self, part: QWidget) -> None:
        """Put a part below the others."""
        self._stack.insertWidget(self._stack.count() - 1, part)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the room of the scroll bar free while there is none, so that none of the fields moves when it comes."""
        super().resizeEvent(event)
        viewport = self.parentWidget()
        area = viewport.parentWidget() if viewport is not None else None
        if isinstance(area, QScrollArea):
            bar = area.verticalScrollBar().sizeHint().width()
            free = max(bar - (area.contentsRect().width() - self.width()), 0)
            self._stack.setContentsMargins(GRID, GRID // 2, GRID // 2 + free, GRID)


class Row:
    """One knob in a form: its label, its widget, and a mark where it restarts the run."""

    def __init__(self, rows: Rows, path: str, widget: KnobWidget, description: str) -> None:
        self.path = path
        self.widget = widget
        self.knob = widget.knob
        self.inner: Rows | None = None
        self.formula: Formula | None = None
        self.label = QLabel(self.knob.label)
        self.label.setBuddy(cast(QWidget, widget.focusProxy()))
        self.mark = QLabel()
        self.mark.setProperty("role", "muted")
        self._rows = rows
        self._shown: list[Any] | None = None  # at all its places
        self._words = {"knob": description, "value": "", "mark": ""}  # what a row says of itself, in this order
        if path.startswith(RESTARTING):
            self.show_mark(rows.tr("Changing this restarts the run with new weights; all other settings stay."))
        self._describe()
        widget.edited.connect(self._edit)

    def show_config(self, config: Config) -> None:
        """Show the knob's value, and the rows of what it has chosen."""
        values = values_at(config, self.path)
        if values == self._shown:  # most edits are of something else, and there are many rows
            return
        self._shown = values
        value = agreed(values)
        self.widget.show_value(value)
        if self.inner is not None:
            self._describe(value=about(type(value)))
            self.inner.show_config(config)

    def show_mark(self, tip: str) -> None:
        """Mark that the run starts again when this changes."""
        self.mark.setText(RESTART_MARK)
        self.mark.setToolTip(wrapped(tip))
        self._describe(mark=f"{RESTART_MARK} {tip}")

    def remove(self, grid: QGridLayout) -> None:
        """Take everything out of the form."""
        for part in (self.label, self.widget, self.mark, self.formula, self.inner):
            if part is not None:
                grid.removeWidget(part)
                part.hide()
                part.deleteLater()

    def _describe(self, **words: str) -> None:
        self._words |= words
        text = "\n\n".join(filter(None, self._words.values()))
        self.label.setToolTip(wrapped(text))
        self.widget.describe(self.path, text)

    def _edit(self, value: Any, gesture: str) -> None:
        self._rows.edit(self, value, gesture)


class Rows(QWidget):
    """Labelled rows for the Options at a path of the config; a choice's own knobs stand below it, indented.

    In a path "*" stands for every entry of a list: such a row shows what all agree on, and edits all.
    """

    def __init__(
        self,
        document: Document,
        path: str,
        names: Sequence[str] | None = None,
        special: Mapping[str, Callable[[Any], KnobWidget]] | None = None,
        adjust: Callable[[Config], Config] | None = None,
        parent: Rows | None = None,
        after: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows: dict[str, Row] = {}
        self._document = document
        self._path = path
        self._names = names
        self._special = special or {}
        self._adjust = adjust
        self._inner = parent is not None
        self._after = after
        self._cls: type | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID // 2)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnMinimumWidth(2, MARK_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def widget(self, name: str) -> KnobWidget:
        """The widget of a knob."""
        return self.rows[name].widget

    def show_config(self, config: Config) -> None:
        """Show what this config says."""
        cls = type(shared(config, self._path))
        if cls is not self._cls:
            self._cls = cls
            self._build(cls)
        for row in self.rows.values():
            row.show_config(config)

    def edit(self, row: Row, value: Any, gesture: str) -> None:
        """Edit the document as a row asks, or say beside the row why not."""
        config = self._document.config
        take_back(row.widget)
        try:
            for place in places(config, row.path):
                config = with_value(config, place, value)
        except ConfigError as error:
            refuse(row.widget, f"{row.knob.label} {said(error.reason)}.")
        else:
            config = self._adjust(config) if self._adjust else config
            self._document.edit(row.knob.label, config, f"{row.path} {gesture}" if gesture else "")
        row.widget.show_value(shared(self._document.config, row.path))

    def _build(self, cls: type) -> None:
        for row in self.rows.values():
            row.remove(self._grid)
        known = knobs(cls) if issubclass(cls, Options) else {}
        shown = [name for name in self._names or known if name in self._special or has_widget(known.get(name))]
        self.rows = {name: self._row(cls, name, known[name]) for name in shown if name in known}
        if self._inner:
            self.setVisible(bool(self.rows))
        controls = [control for row in self.rows.values() for control in row.widget.controls.values()]
        for first, second in zip([self._after, *controls], controls, strict=False):
            if first is not None:
                QWidget.setTabOrder(first, second)

    def _row(self, cls: type[Options], name: str, knob: Knob) -> Row:
        widget = self._special.get(name, WIDGETS.get(type(knob), KnobWidget))(knob)
        row = Row(self, f"{self._path}.{name}", widget, self._description(cls, name, knob))
        line = self._grid.rowCount()
        self._grid.addWidget(row.label, line, 0)
        self._grid.addWidget(row.mark, line, 2)
        self._grid.addWidget(
            widget, line + 1 if widget.wide else line, 0 if widget.wide else 1, 1, 3 if widget.wide else 1
        )
        if isinstance(knob, Choice):
            row.inner = Rows(self._document, row.path, parent=self, after=list(widget.controls.values())[-1])
            self._grid.addWidget(row.inner, line + 3, 0, 1, 3)
        if isinstance(widget, ChoiceWidget):
            row.formula = Formula(GRID if widget.wide else LABEL_WIDTH + GRID // 2 + GRID)  # below the selector
            widget.meaning_shown.connect(row.formula.show_choice)
            self._grid.addWidget(row.formula, line + 2, 0, 1, 3)
        if self._inner:
            row.label.setContentsMargins(GRID, 0, 0, 0)
            row.label.setProperty("role", "muted")
        return row

    def _description(self, cls: type[Options], name: str, knob: Knob) -> str:
        default = next(field.default for field in fields(cls) if field.name == name)  # type: ignore[arg-type]
        parts = [knob.help, explained(knob.label)]
        if isinstance(knob, Number):
            parts.append(
                self.tr("From {low} to {high}; default {default}.").format(
                    low=number_text(knob.minimum),
                    high=number_text(knob.maximum),
                    default=number_text(cast(float, default)),
                )
            )
        elif isinstance(knob, Flag):
            parts.append(self.tr("On by default.") if default else self.tr("Off by default."))
        elif isinstance(knob, Choice):
            label = default.label if isinstance(default, Options) else self.tr("automatic")
            parts.append(self.tr("Default: {default}.").format(default=label))
        return "\n".join(part for part in parts if part)


class Form(Rows):
    """Rows that follow a document. Every edit of the user's is an edit of the document.

    `names` picks knobs (default: all that have a widget), `special` gives some their own widget, and `adjust` changes
    an edited config before it reaches the document, where one choice forbids another.
    """

    def __init__(
        self,
        document: Document,
        path: str,
        names: Sequence[str] | None = None,
        special: Mapping[str, Callable[[Any], KnobWidget]] | None = None,
        adjust: Callable[[Config], Config] | None = None,
    ) -> None:
        super().__init__(document, path, names, special, adjust)
        self.show_config(document.config)
        document.config_changed.connect(self._follow)

    def _follow(self, old: Config, new: Config) -> None:
        self.show_config(new)


def value_at(config: Config, path: str) -> Any:
    """What stands at a dotted path of the config."""
    value: Any = config
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, tuple) else getattr(value, part)
    return value


def places(config: Config, path: str) -> list[str]:
    """The paths that `path` means, where "*" stands for every entry of a list."""
    head, star, tail = path.partition(".*")
    return [f"{head}.{index}{tail}" for index in range(len(value_at(config, head)))] if star else [path]


def shared(config: Config, path: str) -> Any:
    """What all places of a path agree on, else None."""
    return agreed(values_at(config, path))


def values_at(config: Config, path: str) -> list[Any]:
    """What stands at each place of a path."""
    return [value_at(config, place) for place in places(config, path)]


def agreed(values: list[Any]) -> Any:
    """What all values are, else None. Options of one class agree: their knobs have rows of their own."""
    first = values[0] if values else None
    alike = all(value == first or (isinstance(value, Options) and type(value) is type(first)) for value in values)
    return first if alike else None
