"""The colours: readable in both themes, told apart by every eye, and taken by the whole application."""

from __future__ import annotations

import gc
from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from playground.ui.icons import ACCENTED, DRAWINGS, icon
from playground.ui.plots.points import inked
from playground.ui.style_sheet import take_palette
from playground.ui.theme import CLASSES, DARK, LIGHT, NEGATIVE, POSITIVE, SYMBOLS, THEMES, Theme, apply_theme, tabular

both = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
# Linear RGB as somebody without red or without green cones sees it (Viénot, Brettel & Mollon 1999).
PROTANOPIA = np.array([[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]])
DEUTERANOPIA = np.array([[0.2928, 0.7072, 0.0], [0.2928, 0.7072, 0.0], [-0.0223, 0.0223, 1.0]])


def linear(colour: str) -> np.ndarray:
    """(3,) amounts of light."""
    made = QColor(colour)
    share = np.array([made.redF(), made.greenF(), made.blueF()])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio, from 1 to 21."""
    light, dark = sorted((float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def far(one: str, other: str, eye: np.ndarray) -> float:
    """Distance of two colours as an eye sees them, each channel from 0 to 1 and about as light as it looks."""
    return float(np.linalg.norm(np.cbrt(eye @ linear(one)) - np.cbrt(eye @ linear(other))))


@both
def test_every_colour_is_one(theme: Theme) -> None:
    assert THEMES[theme.name] is theme
    for field in fields(Theme):
        assert field.name == "name" or QColor(getattr(theme, field.name)).isValid(), field.name


@both
def test_text_can_be_read(theme: Theme) -> None:
    for text in (theme.text, theme.muted):
        assert min(contrast(text, ground) for ground in (theme.window, theme.base, theme.raised)) >= 4.5
    assert contrast(theme.warning, theme.warning_base) >= 4.5
    assert contrast(theme.accent_text, theme.accent) >= 4.5
    for curve in (theme.train, theme.validation, theme.test, theme.accent):
        assert contrast(curve, theme.base) >= 3.0


@both
def test_layers_have_colours_that_differ_and_stand_out(theme: Theme) -> None:
    for layers in (1, 2, 11):
        colours = [colour.name() for colour in theme.layer_colours(layers)]
        assert len(set(colours)) == layers
    assert all(contrast(colour, theme.base) >= 1.5 for colour in colours)


@both
def test_a_map_runs_from_negative_over_the_middle_to_positive(theme: Theme) -> None:
    table = theme.map_table()
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    for index, colour in ((0, NEGATIVE), (255, POSITIVE)):
        assert QColor(*table[index].tolist()).name() == colour
    assert np.abs(table[127].astype(int) - QColor(theme.middle).getRgb()[:3]).max() <= 2
    assert theme.value_table().shape == (256, 3)


@both
def test_points_stand_out_from_every_map_they_may_lie_on(theme: Theme) -> None:
    for index, colour in enumerate(CLASSES):
        ink = inked(QColor(colour)).name()
        assert contrast(ink, colour) >= 2.4, "of its class"
        assert contrast(ink, "white") >= 4.5, "its edge, or its inside"
        for level in theme.class_table(index).tolist():
            ground = QColor(*level).name()
            assert max(contrast(ink, ground), contrast("white", ground)) >= 2.2


@both
def test_an_outputs_map_ends_in_the_colour_of_its_class(theme: Theme) -> None:
    for index, colour in enumerate(CLASSES):
        table, signed = theme.class_table(index), theme.class_table(index, signed=True)
        assert QColor(*table[255].tolist()).name() == QColor(*signed[255].tolist()).name() == colour
        assert QColor(*table[0].tolist()).name() == theme.middle
        assert np.abs(signed[127].astype(int) - table[0]).max() <= 2


@both
def test_the_curves_of_the_parts_wear_no_colour_of_a_class(theme: Theme) -> None:
    parts = (theme.train, theme.validation, theme.test)
    assert min(far(part, colour, np.eye(3)) for part in parts for colour in CLASSES) > 0.15


@pytest.mark.parametrize("eye", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["usual", "protanopia", "deuteranopia"])
def test_signs_parts_and_classes_stay_apart_for_every_eye(eye: np.ndarray) -> None:
    assert far(NEGATIVE, POSITIVE, eye) > 0.2
    for theme in (LIGHT, DARK):
        assert far(theme.train, theme.test, eye) > 0.2
        assert min(far(theme.validation, other, eye) for other in (theme.train, theme.test)) > 0.1
    assert min(far(one, other, eye) for one, other in combinations(CLASSES[:4], 2)) > 0.05


def test_every_class_has_a_symbol_of_its_own() -> None:
    assert len(set(CLASSES)) == len(CLASSES) == len(set(SYMBOLS)) == len(SYMBOLS)
    assert CLASSES[:2] == (NEGATIVE, POSITIVE)


def test_the_application_takes_a_theme_and_another(qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("remark")
    label.setProperty("role", "remark")
    qtbot.addWidget(label)
    label.show()
    for theme in (DARK, LIGHT, DARK, LIGHT):
        apply_theme(qapp, theme)
        palette = qapp.palette()
        assert palette.color(QPalette.ColorRole.Window).name() == theme.window
        assert palette.color(QPalette.ColorRole.Base).name() == theme.base
        assert palette.color(QPalette.ColorRole.WindowText).name() == theme.text
        assert palette.color(QPalette.ColorRole.Highlight).name() == theme.accent
        disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        assert disabled.name() == theme.muted
        assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.warning
        assert label.grab().toImage().pixelColor(label.width() // 2, 2).name() == theme.warning_base


def test_no_garbage_is_collected_while_the_widgets_are_gone_through(qapp: QApplication, qtbot: QtBot) -> None:
    """A collected widget takes with it what Qt made inside it, which the list of all widgets would still hold."""
    areas = [QScrollArea() for _ in range(20)]  # in which Qt makes other widgets
    for area in areas:
        qtbot.addWidget(area)
    begun: list[str] = []
    threshold = gc.get_threshold()
    gc.callbacks.append(lambda phase, _: begun.append(phase))
    gc.set_threshold(1)  # at every other object
    try:
        take_palette(qapp)
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.pop()
    assert gc.isenabled()
    assert begun.count("start") < 10


def test_figures_have_one_width(qapp: QApplication) -> None:
    font = tabular(QFont())
    assert font.featureValue(QFont.Tag("tnum")) == 1
    widths = {QFontMetricsF(font).horizontalAdvance(figure) for figure in "0123456789"}
    assert len(widths) == 1


@both
@pytest.mark.parametrize("name", DRAWINGS)
def test_icons_are_drawn_in_the_colour_of_text_and_what_one_looks_for_in_the_accent(
    qapp: QApplication, name: str, theme: Theme
) -> None:
    image = icon(name, theme).pixmap(72, 72).toImage()
    drawn = {
        image.pixelColor(x, y).name() for x in range(72) for y in range(72) if image.pixelColor(x, y).alpha() == 255
    }
    assert drawn == {theme.accent if name in ACCENTED else theme.text}
