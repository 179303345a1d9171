"""Knobs as widgets: one class per kind of knob, shown and edited. Knows no config and no document."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from playground.nn.activations.activation import Activation
from playground.options import (
    Choice,
    ConfigError,
    Flag,
    Integer,
    Knob,
    Number,
    Options,
    Text,
    knobs,
)
from playground.ui.forms.controls import Box, Selector, Slider, wrapped
from playground.ui.forms.curve_picture import CurveDelegate
from playground.ui.forms.number_field import NumberField
from playground.ui.forms.numbers import AIMABLE, stops
from playground.ui.theme import GRID


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
            self.slider = Slider(stops(knob, knob.maximum))
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
            self.slider.show_stops(stops(self.knob, maximum))

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
        button.setProperty("role", "chip")
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


class ChoiceWidget(KnobWidget):
    """One of a table of Options; formula and knobs of the one chosen are the form's business."""

    meaning_shown = Signal(object)  # the class chosen, or meant by "automatic"; None where there is no single one

    knob: Choice

    def __init__(self, knob: Choice) -> None:
        super().__init__(knob)
        self._value: Options | None = None
        self._automatic: type[Options] | None = None
        self._names: list[str | None] = [*([None] if knob.automatic else []), *knob.table]
        self.selector = Selector()
        self.selector.addItems([knob.table[name].label if name else self.tr("automatic") for name in self._names])
        self.selector.setPlaceholderText(self.tr("mixed"))
        choices = [knob.table[name]() if name else None for name in self._names]
        curves = [choice if isinstance(choice, Activation) else None for choice in choices]
        if any(curves):
            self.selector.setItemDelegate(CurveDelegate(curves, self.selector))
        self.selector.activated.connect(self._choose)
        self._place(selector=self.selector)
        self.show_refusals({})

    def show_value(self, value: Options | None) -> None:
        self._value = value
        name = None if value is None else self.knob.name(value)
        self.selector.setCurrentIndex(self._names.index(name) if name in self._names else -1)
        self._show_meaning()

    def show_automatic(self, cls: type[Options]) -> None:
        """Say what "automatic" means at present."""
        self._automatic = cls
        self.selector.setItemText(self._names.index(None), self.tr("automatic ({choice})").format(choice=cls.label))
        self._show_meaning()

    def show_refusals(self, reasons: Mapping[str, str]) -> None:
        """Make these entries impossible to choose, and say why; all others are possible."""
        for index, name in enumerate(self._names):
            if name is not None:
                self.selector.show_entry(index, about(self.knob.table[name]), reasons.get(name, ""))

    def _show_meaning(self) -> None:
        self.meaning_shown.emit(self._automatic if self._value is None else type(self._value))

    def _choose(self, index: int) -> None:
        name = self._names[index]
        self._emit(None if name is None else kept(self.knob.table[name], self._value))


WIDGETS: dict[type[Knob], Callable[[Any], KnobWidget]] = {
    Number: NumberWidget,
    Integer: NumberWidget,
    Flag: FlagWidget,
    Text: TextWidget,
    Choice: ChoiceWidget,
}


def has_widget(knob: Knob | None) -> bool:
    """Whether a form has a row for this kind of knob; layers, inputs and columns have editors of their own."""
    return type(knob) in WIDGETS and not (isinstance(knob, Text) and not knob.values)


def kept(cls: type[Options], old: Options | None) -> Options:
    """A new choice in place of an old one: knobs of the same name keep their values where these are allowed."""
    values, known = {}, knobs(type(old)) if old is not None else {}
    for name, knob in knobs(cls).items():
        if name not in known:  # what else an old choice says by that name is no setting
            continue
        try:
            knob.check(getattr(old, name))
            values[name] = getattr(old, name)
        except ConfigError:
            continue
    return cls(**values)


def about(cls: type) -> str:
    """What a choice is, in words: its label, its formula and the first paragraph of its docstring."""
    if not issubclass(cls, Options):
        return ""
    head = f"{cls.label}: {cls.formula}" if cls.formula else cls.label
    return f"{head}\n{purpose(cls)}"


def purpose(cls: type[Options]) -> str:
    """What a choice is for: the first paragraph of its docstring."""
    return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())
