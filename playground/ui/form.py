"""Knobs as widgets: one class per kind of knob, and the form that labels them. Knows no run and no knob by name."""

from __future__ import annotations

import bisect
import inspect
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, ClassVar, cast

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QStyledItemDelegate,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.config import Config
from playground.options import (
    Choice,
    ConfigError,
    Flag,
    Integer,
    Knob,
    Number,
    Options,
    Subset,
    Text,
    knobs,
    with_value,
)
from playground.ui.document import Document
from playground.ui.theme import GRID, tabular

AIMABLE = 1e6  # a range wider than this, such as a seed's, has no slider and steps by one
RESTARTING = ("data", "network")  # sections of a config; experiment.config.impact decides, and a test compares
# Flat controls, one look for all; what is checked must be seen at a glance. The colours are the palette's, so they
# follow a change of theme.
CHIP = """
QToolButton { border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 1px 2px; }
QToolButton:hover, QToolButton:focus { border-color: palette(text); }
QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); }
QToolButton:checked:!focus { border-color: palette(highlight); }
"""
FIELD = """
QLineEdit { border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 1px 2px; }
QLineEdit:focus { border-color: palette(highlight); }
"""
SELECTOR = """
QComboBox { border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 2px 4px; }
QComboBox:focus { border-color: palette(highlight); }
QComboBox::drop-down { border: 0; width: 16px; }
QComboBox QAbstractItemView { background: palette(base); border: 1px solid palette(mid); outline: 0; }
QComboBox QAbstractItemView::item { padding: 2px 4px; }
QComboBox QAbstractItemView::item:selected { background: palette(highlight); color: palette(highlighted-text); }
"""
LABEL_WIDTH = 92  # so that forms that stand below each other align
MARK_WIDTH = 12


class CalmWheel:
    """Leaves the wheel to the surrounding panel until the widget has the focus, so that scrolling edits nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class NumberField(QLineEdit):
    """A number that is typed, or stepped by arrow keys and wheel. What is typed and is no number leaves as text."""

    entered = Signal(object)
    stepped = Signal(object)
    keys: ClassVar[dict[int, int]] = {
        Qt.Key.Key_Up: 1,
        Qt.Key.Key_Down: -1,
        Qt.Key.Key_PageUp: 5,
        Qt.Key.Key_PageDown: -5,
    }

    def __init__(self, knob: Number) -> None:
        super().__init__()
        self._knob = knob
        self._value: float | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(tabular(self.font()))
        self.setStyleSheet(FIELD)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0.00000") + 2 * GRID)
        self.editingFinished.connect(self._enter)

    def show_value(self, value: float | None) -> None:
        """Show a number; None where there is no single one. What is being typed stays unless the number changed."""
        if value != self._value or not self.isModified():
            self._value = value
            self.setText("" if value is None else number_text(value))

    def _enter(self) -> None:
        typed = self.text().strip()
        self._put_back()
        if typed != self.text():
            self.entered.emit(_parsed(self._knob, typed))

    def _put_back(self) -> None:
        self.setModified(False)
        self.show_value(self._value)

    def _step(self, steps: int) -> None:
        if self._value is not None:
            self.stepped.emit(_stepped(self._knob, self._value, steps))
            self.selectAll()

    def event(self, event: QEvent) -> bool:
        # Undo is the text's only while something is being typed, else the document's.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            event.setAccepted(not undoes)
            if undoes:
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in self.keys:
            self._step(self.keys[event.key()])
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._put_back()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self._step(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()


class Slider(CalmWheel, QSlider):
    """A slider over a list of round numbers."""

    def __init__(self, stops: list[float]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(5 * GRID)
        self.show_stops(stops)

    def show_stops(self, stops: list[float]) -> None:
        """Slide over these numbers, in rising order."""
        self.stops = stops
        with QSignalBlocker(self):
            self.setRange(0, len(stops) - 1)
            self.setPageStep(max(len(stops) // 10, 1))

    def show_value(self, value: float) -> None:
        """Stand at the stop nearest to a number."""
        right = min(bisect.bisect_left(self.stops, value), len(self.stops) - 1)
        left = max(right - 1, 0)
        with QSignalBlocker(self):
            self.setValue(left if value - self.stops[left] < self.stops[right] - value else right)


class Selector(CalmWheel, QComboBox):
    """A list to choose from, as narrow as its column."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setItemDelegate(QStyledItemDelegate(self))  # the default one heeds no style sheet
        self.setStyleSheet(SELECTOR)

    def show_entry(self, index: int, tip: str, refusal: str = "") -> None:
        """Say what an entry means, or why it cannot be chosen."""
        item = cast(QStandardItemModel, self.model()).item(index)
        item.setEnabled(not refusal)
        item.setToolTip(wrapped(refusal or tip))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)  # a style sheet takes the arrow away
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.5))
        tip = QPointF(self.width() - 1.5 * GRID, self.height() / 2 + 2)
        painter.drawPolyline([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)])
        painter.end()

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 2 * GRID)
        super().showPopup()


class Box(QCheckBox):
    """A check box whose frame is seen in a dark theme too."""

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = palette.text() if self.hasFocus() else palette.highlight() if self.isChecked() else palette.mid()
        painter.setPen(QPen(frame.color(), 1.0))
        painter.setBrush(palette.highlight() if self.isChecked() else palette.base())
        top = (self.height() - 14) / 2
        painter.drawRoundedRect(QRectF(0.5, top + 0.5, 13, 13), 3, 3)
        if self.isChecked():
            painter.setPen(QPen(palette.highlightedText().color(), 2.0))
            painter.drawPolyline([QPointF(3.5, top + 7), QPointF(6, top + 9.5), QPointF(10.5, top + 4.5)])
        painter.end()


def number_text(value: float) -> str:
    """A number as short as it can be typed: 0.03, 0.00001, 1e-8, 250."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:.6g}"
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        text = f"{Decimal(text):f}" if -5 <= int(exponent) < 9 else f"{mantissa}e{int(exponent)}"
    return text


def wrapped(text: str) -> str:
    """The text in lines short enough for a tooltip."""
    return "\n".join(textwrap.fill(line, 60) for line in text.split("\n"))


def _parsed(knob: Number, typed: str) -> float | str:
    """What was typed as a number, or as it is; whether it may stand is for the knob to say."""
    try:
        number = float(typed if isinstance(knob, Integer) else typed.replace(",", "."))
    except ValueError:
        return typed
    return int(number) if isinstance(knob, Integer) and number.is_integer() else number


def _stops(knob: Number, maximum: float) -> list[float]:
    """Round numbers to slide over, from the knob's minimum to `maximum`."""
    if knob.scale == "log":
        between = _decades(knob, (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))
    else:
        step = _step(knob)
        between = [
            _round(knob, index * step) for index in range(math.ceil(knob.minimum / step), int(maximum / step) + 1)
        ]
    return [knob.minimum, *(stop for stop in between if knob.minimum < stop < maximum), maximum]


def _stepped(knob: Number, value: float, steps: int) -> float:
    """The number that lies some steps on: multiples of a round step, or 1, 3, 10, 30 on a logarithmic scale."""
    if knob.scale == "log":
        marks = sorted({knob.minimum, *_decades(knob, (1.0, 3.0)), knob.maximum})
        at = bisect.bisect_right(marks, value) - 1 if steps > 0 else bisect.bisect_left(marks, value)
        number = marks[min(max(at + steps, 0), len(marks) - 1)]
    else:
        step = _step(knob)
        at = math.floor(value / step + 1e-9) if steps > 0 else math.ceil(value / step - 1e-9)
        number = _round(knob, (at + steps) * step)
    return min(max(number, knob.minimum), knob.maximum)


def _step(knob: Number) -> float:
    span = knob.maximum - knob.minimum
    step = 1.0 if span > AIMABLE else 10.0 ** math.floor(math.log10(span / 20.0))
    return max(step, 1.0) if isinstance(knob, Integer) else step


def _decades(knob: Number, mantissas: Sequence[float]) -> list[float]:
    """These numbers in every decade of the knob's range."""
    decades = range(math.floor(math.log10(knob.minimum)), math.ceil(math.log10(knob.maximum)) + 1)
    numbers = {_round(knob, mantissa * 10.0**decade) for decade in decades for mantissa in mantissas}
    return sorted(number for number in numbers if knob.minimum <= number <= knob.maximum)


def _round(knob: Number, value: float) -> float:
    """Without the dust of binary fractions, and whole where it must be."""
    return round(value) if isinstance(knob, Integer) else float(f"{value:.10g}")


class KnobWidget(QWidget):
    """Shows one knob's value. `edited(value, gesture)` follows every change by the user; the value may be illegal.

    Edits with the same `gesture`, such as those of one drag, belong together; "" stands alone.
    """

    edited = Signal(object, str)
    wide: ClassVar[bool] = False  # whether it stands below its label, across the form

    def __init__(self, knob: Knob) -> None:
        super().__init__()
        self.knob = knob
        self.controls: dict[str, QWidget] = {}  # by the last part of their object name
        self.tips: dict[str, str] = {}  # of controls that need other words than the knob's

    def show_value(self, value: Any) -> None:
        """Show a value without a word; None also where several places, edited together, do not agree."""
        raise NotImplementedError

    def describe(self, path: str, text: str) -> None:
        """Name the controls after the knob's place in the config, and say on each what it does."""
        self.setObjectName(path)
        for part, control in self.controls.items():
            control.setObjectName(f"{path}.{part}")
            if not isinstance(control, QToolButton):
                control.setAccessibleName(self.knob.label)
            control.setToolTip(wrapped(self.tips.get(part, text)))
            control.setAccessibleDescription(control.toolTip())

    def _place(self, stretch: bool = False, **controls: QWidget) -> None:
        """Put the controls side by side; the first takes the focus."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        for control in controls.values():
            row.addWidget(control)
        if stretch:
            row.addStretch()
        self.controls = controls
        self.setFocusProxy(next(iter(controls.values())))

    def _emit(self, value: Any) -> None:
        self.edited.emit(value, "")


class NumberWidget(KnobWidget):
    """A number, with a slider where the range is one to aim at."""

    knob: Number

    def __init__(self, knob: Number) -> None:
        super().__init__(knob)
        self.field = NumberField(knob)
        self.slider: Slider | None = None
        self._gesture = 0
        if knob.maximum - knob.minimum <= AIMABLE:
            self.slider = Slider(_stops(knob, knob.maximum))
            self.slider.sliderPressed.connect(self._begin)
            self.slider.valueChanged.connect(self._slide)
            self._place(slider=self.slider, field=self.field)
        else:
            self._place(field=self.field)
            cast(QHBoxLayout, self.layout()).insertStretch(0)
        self.field.entered.connect(self._emit)
        self.field.stepped.connect(self._step)

    def show_value(self, value: float | None) -> None:
        self.field.show_value(value)
        if self.slider is not None and value is not None:
            self.slider.show_value(value)

    def show_limit(self, maximum: float) -> None:
        """Let the slider end here, though the field takes more."""
        if self.slider is not None and self.slider.stops[-1] != maximum:
            self.slider.show_stops(_stops(self.knob, maximum))

    def _begin(self) -> None:
        self._gesture += 1

    def _step(self, value: float) -> None:
        self.edited.emit(value, str(self._gesture))

    def _slide(self, index: int) -> None:
        if self.slider is not None:
            self._step(self.slider.stops[index])


class SeedWidget(NumberWidget):
    """A seed, and a button that takes the next one, so that another run can be found again."""

    def __init__(self, knob: Number) -> None:
        super().__init__(knob)
        self._seed = 0
        button = QToolButton()
        button.setText(self.tr("New"))
        button.setAccessibleName(self.tr("New seed"))
        button.setStyleSheet(CHIP)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._renew)
        self.controls["new"] = button
        self.tips["new"] = self.tr("Take the next seed: the same experiment with other random numbers.")
        cast(QHBoxLayout, self.layout()).insertWidget(1, button, 1)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self._seed = value

    def _renew(self) -> None:
        self._emit(self._seed + 1 if self._seed < self.knob.maximum else self.knob.minimum)


class FlagWidget(KnobWidget):
    """Yes or no."""

    def __init__(self, knob: Flag) -> None:
        super().__init__(knob)
        self._box = Box()
        self._box.clicked.connect(self._emit)
        self._place(stretch=True, box=self._box)

    def show_value(self, value: bool | None) -> None:
        self._box.setChecked(bool(value))


class TextWidget(KnobWidget):
    """One text of a few."""

    def __init__(self, knob: Text) -> None:
        super().__init__(knob)
        self._selector = Selector()
        self._selector.addItems(list(knob.values))
        self._selector.textActivated.connect(self._emit)
        self._place(selector=self._selector)

    def show_value(self, value: str | None) -> None:
        self._selector.setCurrentIndex(self._selector.findText(value or ""))


class SubsetWidget(KnobWidget):
    """Names to switch on and off, as small buttons; `table` says what the names mean."""

    wide = True
    columns: ClassVar[int] = 5

    knob: Subset

    def __init__(self, knob: Subset, table: Mapping[str, type[Options]] | None = None) -> None:
        super().__init__(knob)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        self._chips: dict[str, QToolButton] = {}
        for index, name in enumerate(knob.values):
            chip = QToolButton()
            chip.setCheckable(True)
            chip.setText(table[name].label if table else name)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            chip.setStyleSheet(CHIP)
            chip.clicked.connect(self._choose)
            grid.addWidget(chip, *divmod(index, self.columns))
            self._chips[name] = chip
        self.controls = dict(self._chips)
        self.tips = {name: about(table[name]) for name in knob.values} if table else {}
        self.setFocusProxy(next(iter(self._chips.values())))

    def show_value(self, value: tuple[str, ...] | None) -> None:
        for name, chip in self._chips.items():
            chip.setChecked(name in (value or ()))

    def _choose(self) -> None:
        self._emit(tuple(name for name, chip in self._chips.items() if chip.isChecked()))


class ChoiceWidget(KnobWidget):
    """One of a table of Options; the knobs of the one chosen are the form's business."""

    knob: Choice

    def __init__(self, knob: Choice) -> None:
        super().__init__(knob)
        self._value: Options | None = None
        self._names: list[str | None] = [*([None] if knob.automatic else []), *knob.table]
        self.selector = Selector()
        self.selector.addItems([knob.table[name].label if name else self.tr("automatic") for name in self._names])
        self.selector.setPlaceholderText(self.tr("mixed"))
        self.selector.activated.connect(self._choose)
        self._place(selector=self.selector)
        self.show_refusals({})

    def show_value(self, value: Options | None) -> None:
        self._value = value
        name = None if value is None else self.knob.name(value)
        self.selector.setCurrentIndex(self._names.index(name) if name in self._names else -1)

    def show_automatic(self, label: str) -> None:
        """Say what "automatic" means at present."""
        self.selector.setItemText(self._names.index(None), self.tr("automatic ({choice})").format(choice=label))

    def show_refusals(self, reasons: Mapping[str, str]) -> None:
        """Make these entries impossible to choose, and say why; all others are possible."""
        for index, name in enumerate(self._names):
            if name is not None:
                self.selector.show_entry(index, about(self.knob.table[name]), reasons.get(name, ""))

    def _choose(self, index: int) -> None:
        name = self._names[index]
        self._emit(None if name is None else kept(self.knob.table[name], self._value))


WIDGETS: dict[type[Knob], Callable[[Any], KnobWidget]] = {
    Number: NumberWidget,
    Integer: NumberWidget,
    Flag: FlagWidget,
    Text: TextWidget,
    Subset: SubsetWidget,
    Choice: ChoiceWidget,
}


def has_widget(knob: Knob | None) -> bool:
    """Whether a form has a row for this kind of knob; layers and columns have editors of their own."""
    return type(knob) in WIDGETS and not (isinstance(knob, Text) and not knob.values)


def kept(cls: type[Options], old: Options | None) -> Options:
    """A new choice in place of an old one: knobs of the same name keep their values where these are allowed."""
    values = {}
    for name, knob in knobs(cls).items():
        try:
            knob.check(getattr(old, name, None))
            values[name] = getattr(old, name)
        except ConfigError:
            continue
    return cls(**values)


def about(cls: type) -> str:
    """What a choice is, in words: its label, its formula and the first paragraph of its docstring."""
    if not issubclass(cls, Options):
        return ""
    head = f"{cls.label}: {cls.formula}" if cls.formula else cls.label
    return f"{head}\n{' '.join((inspect.getdoc(cls) or '').partition(chr(10) * 2)[0].split())}"


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


class Row:
    """One knob in a form: its label, its widget, a mark where it restarts the run, and a place to say what is wrong."""

    def __init__(self, rows: Rows, path: str, widget: KnobWidget, description: str) -> None:
        self.path = path
        self.widget = widget
        self.knob = widget.knob
        self.inner: Rows | None = None
        self.label = QLabel(self.knob.label)
        self.label.setBuddy(cast(QWidget, widget.focusProxy()))
        self.mark = QLabel()
        self.mark.setProperty("role", "muted")
        if path.startswith(RESTARTING):
            self.show_mark(rows.tr("Changing this restarts the run."))
        self.message = QLabel()
        self.message.setProperty("role", "remark")
        self.message.setWordWrap(True)
        self.message.hide()
        self._rows = rows
        self._description = description
        self._describe(description)
        widget.edited.connect(self._edit)

    def show_config(self, config: Config) -> None:
        """Show the knob's value, and the rows of what it has chosen."""
        value = shared(config, self.path)
        self.say("")
        self.widget.show_value(value)
        if self.inner is not None:
            self._describe("\n\n".join(filter(None, (self._description, about(type(value))))))
            self.inner.show_config(config)

    def show_mark(self, tip: str) -> None:
        """Mark that the run starts again when this changes."""
        self.mark.setText("↺")
        self.mark.setToolTip(tip)

    def show_presence(self, visible: bool) -> None:
        """Take the row away for a while, or bring it back."""
        for part in (self.label, self.widget, self.mark):
            part.setVisible(visible)

    def say(self, sentence: str) -> None:
        """Show what is wrong with what was entered; "" takes it away."""
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def remove(self, grid: QGridLayout) -> None:
        """Take everything out of the form."""
        for part in (self.label, self.widget, self.mark, self.message, self.inner):
            if part is not None:
                grid.removeWidget(part)
                part.hide()
                part.deleteLater()

    def _describe(self, text: str) -> None:
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
        """Edit the document as a row asks, or say in the row why not."""
        config = self._document.config
        row.say("")
        try:
            for place in places(config, row.path):
                config = with_value(config, place, value)
        except ConfigError as error:
            row.say(f"{row.knob.label} {error.reason}.")
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
        self._grid.addWidget(row.message, line + 2, 0, 1, 3)
        if isinstance(knob, Choice):
            row.inner = Rows(self._document, row.path, parent=self, after=list(widget.controls.values())[-1])
            self._grid.addWidget(row.inner, line + 3, 0, 1, 3)
        if self._inner:
            row.label.setContentsMargins(GRID, 0, 0, 0)
            row.label.setProperty("role", "muted")
        return row

    def _description(self, cls: type[Options], name: str, knob: Knob) -> str:
        default = next(field.default for field in fields(cls) if field.name == name)  # type: ignore[arg-type]
        parts = [knob.help]
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
    """What all places of a path agree on, else None. Options of one class agree: their knobs have rows of their own."""
    values = [value_at(config, place) for place in places(config, path)]
    first = values[0] if values else None
    alike = all(value == first or (isinstance(value, Options) and type(value) is type(first)) for value in values)
    return first if alike else None
