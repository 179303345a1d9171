"""Formulas: every choice that has one is typeset, and the line that holds it neither clips nor jumps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.nn.activations import Sigmoid, Tanh
from playground.nn.optimizers.adam import Adam, Adamax
from playground.nn.regularizers import L2, NoRegularizer
from playground.nn.schedules import Constant
from playground.options import Choice, Items, Options, Section, knobs, with_value
from playground.ui.forms.form import LABEL_WIDTH, Form
from playground.ui.forms.formula import HEIGHT, Formula, typeset
from playground.ui.forms.knob_widgets import about, purpose
from playground.ui.theme import DARK, LIGHT, Theme, apply_theme
from playground.ui.workspace.document import Document


def choices(cls: type[Options] = Config) -> Iterator[type[Options]]:
    """Every class in a table of choices, whatever part of a config asks for it; the data sets are pictures."""
    for name, knob in knobs(cls).items():
        if isinstance(knob, Choice):
            for choice in knob.table.values():
                yield choice
                yield from choices(choice)
        elif isinstance(knob, Section | Items) and name != "data":
            yield from choices(knob.cls)


CHOICES = list(dict.fromkeys(choices()))
WITH_FORMULA = [cls for cls in CHOICES if cls.latex]


def pixels(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def enlarged(widget: QWidget, ratio: int) -> QImage:
    """What a screen with so many pixels a pixel shows."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().window().color())
    widget.render(image)
    image.setDevicePixelRatio(1.0)
    return image


def ink(image: QImage) -> list[tuple[int, int]]:
    """Where an image is not its ground."""
    ground = image.pixel(0, 0)
    return [(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) != ground]


def shown(qtbot: QtBot, cls: type[Options], width: int = 260, indent: int = 8) -> Formula:
    """A formula on the screen, typeset."""
    formula = Formula(indent)
    qtbot.addWidget(formula)
    formula.show_choice(cls)
    formula.resize(width, HEIGHT)
    qtbot.waitUntil(lambda: not formula.place().isEmpty(), timeout=20_000)
    return formula


def test_the_tables_are_found() -> None:
    assert {Tanh, Sigmoid, Adam, L2, NoRegularizer, Constant} <= set(CHOICES)
    assert len(WITH_FORMULA) > 50


@pytest.mark.parametrize("cls", CHOICES)
def test_a_choice_is_written_both_ways_or_in_neither(cls: type[Options]) -> None:
    assert bool(cls.formula) is bool(cls.latex)
    assert "$" not in cls.latex


@pytest.mark.parametrize("cls", WITH_FORMULA)
def test_every_formula_is_typeset(qapp: QApplication, cls: type[Options]) -> None:
    drawing = QSvgRenderer(QByteArray(typeset(cls.latex, "#1c2330")))
    assert drawing.isValid()
    size = drawing.viewBoxF().size()
    assert size.width() > 10
    assert size.height() < 1.4 * HEIGHT, "it would have to be made too small to read"


@pytest.mark.parametrize("cls", CHOICES)
def test_every_choice_says_what_it_is_for(cls: type[Options]) -> None:
    assert len(purpose(cls).split()) >= 4
    assert purpose(cls).endswith(".")
    assert cls.formula in about(cls)
    assert purpose(cls) in about(cls)


def test_the_window_is_not_kept_waiting(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.ui.forms.formula._ready", lambda: False)
    formula = Formula()
    qtbot.addWidget(formula)
    formula.show_choice(Adam)
    formula.resize(260, HEIGHT)
    formula.show()
    formula.repaint()
    assert formula.place().isEmpty()
    qtbot.waitUntil(lambda: not formula.place().isEmpty(), timeout=20_000)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_it_has_the_colour_of_the_text(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    formula = shown(qtbot, Adam)
    image = enlarged(formula, 4)
    assert image.pixelColor(0, 0) == QColor(theme.window)
    assert QColor(theme.text).rgb() in {image.pixel(*place) for place in ink(image)}
    apply_theme(qapp, LIGHT)
    qtbot.waitUntil(lambda: QColor(LIGHT.text).rgb() in {enlarged(formula, 4).pixel(*place) for place in ink(image)})


@pytest.mark.parametrize("width", [60, 150, 260, 600])
@pytest.mark.parametrize("cls", [Adamax, Sigmoid, L2])
def test_it_fits_into_its_room(qtbot: QtBot, cls: type[Options], width: int) -> None:
    formula = shown(qtbot, cls, width, 104)
    place = formula.place()
    assert formula.width() == width
    assert formula.rect().toRectF().adjusted(-0.01, -0.01, 0.01, 0.01).contains(place)
    assert place.left() == pytest.approx(min(104, width - place.width()))
    columns = {x for x, _ in ink(pixels(formula))}
    assert columns
    assert min(columns) >= place.left() - 1
    assert max(columns) <= place.right() + 1


def test_a_screen_of_high_density_gets_more_pixels(qtbot: QtBot) -> None:
    formula = shown(qtbot, Adam)
    image = enlarged(formula, 3)
    sharp = ink(image)
    blurred = ink(pixels(formula).scaled(image.size()))
    assert 0 < len(sharp) < 0.8 * len(blurred)


def test_another_formula_moves_nothing(qtbot: QtBot) -> None:
    formula = shown(qtbot, Sigmoid)
    assert formula.height() == formula.sizeHint().height() == HEIGHT
    before = pixels(formula)
    formula.show_choice(Adam)
    assert pixels(formula) != before, "at once, with no empty line between"
    assert formula.height() == HEIGHT
    assert formula.accessibleName() == Adam.formula
    formula.show_choice(NoRegularizer)
    assert formula.isHidden()


def test_a_form_shows_the_formula_below_the_choice(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "training", ("optimizer", "regularizer"))
    qtbot.addWidget(form)
    form.show()
    optimizer, regularizer = form.rows["optimizer"], form.rows["regularizer"]
    assert optimizer.formula is not None
    assert regularizer.formula is not None
    assert optimizer.formula.accessibleName() == "w ← w − ε g"
    assert optimizer.formula.y() >= optimizer.widget.geometry().bottom()
    assert optimizer.formula.width() == form.width()
    assert optimizer.widget.x() > LABEL_WIDTH
    assert regularizer.formula.isHidden()
    document.set("training.regularizer", L2(), "L2")
    assert regularizer.formula.isVisible()
    assert regularizer.formula.accessibleName() == L2.formula
    document.undo_stack.undo()
    assert regularizer.formula.isHidden()


def test_layers_that_disagree_have_no_formula(qtbot: QtBot) -> None:
    document = Document(Config())
    form = Form(document, "network.hidden.*", ("activation",))
    qtbot.addWidget(form)
    formula = form.rows["activation"].formula
    assert formula is not None
    assert formula.accessibleName() == Tanh.formula
    document.edit("", with_value(document.config, "network.hidden.0.activation", Sigmoid()))
    assert formula.accessibleName() == ""
    assert formula.isHidden()
