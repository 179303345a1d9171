"""Pictures of activations: the curves are the activation's own, and everything is drawn within its field."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.nn.activations import ACTIVATIONS, ELU, OUTPUTS, Linear, ReLU, Sigmoid, Softmax, Step, Swish, Tanh
from playground.nn.activations.activation import Activation
from playground.ui.forms.curve_picture import (
    ICON,
    LEGEND,
    MOST,
    POINTS,
    REACH,
    SHARPNESS,
    CurvePicture,
    Plot,
    curve_icon,
    curves_of,
    ends_of,
)
from playground.ui.theme import DARK, LIGHT, NEGATIVE, Theme, apply_theme

ALL = {**ACTIVATIONS, **OUTPUTS}
Z = np.linspace(-REACH, REACH, POINTS)


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def picture_of(qtbot: QtBot, activation: Activation) -> CurvePicture:
    picture = CurvePicture()
    qtbot.addWidget(picture)
    picture.show_activation(activation)
    picture.show()
    return picture


def icon_image(activation: Activation, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return curve_icon(activation, QApplication.palette()).pixmap(ICON * SHARPNESS, mode).toImage()


def opaque(image: QImage) -> set[str]:
    found = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {colour.name() for colour in found if colour.alpha() == 255}


@pytest.mark.parametrize("name", ALL)
def test_the_slopes_are_those_of_the_values(name: str) -> None:
    curves = curves_of(ALL[name]())
    assert curves.values.shape == curves.slopes.shape
    assert np.isfinite(curves.values).all()
    rise = np.diff(curves.values) / np.diff(Z)
    middle = (curves.slopes[:, 1:] + curves.slopes[:, :-1]) / 2
    off = np.abs(rise - middle) > 2e-3
    assert off.sum() <= 2 * len(curves.values), "but for the corners and the jumps"


@pytest.mark.parametrize("activation", [Tanh(), ReLU(), Swish(beta=3.0), ELU(alpha=2.0), Step()], ids=repr)
def test_a_curve_is_the_activation_with_its_numbers(activation: Activation) -> None:
    curves = curves_of(activation)
    assert np.array_equal(curves.values, activation(Z[None]))
    assert np.array_equal(curves.slopes, activation.slope(Z[None]))


def test_softmax_of_z_and_0_is_a_sigmoid() -> None:
    soft, sigmoid = curves_of(Softmax()), curves_of(Sigmoid())
    assert np.allclose(soft.values, sigmoid.values)
    assert np.allclose(soft.slopes, sigmoid.slopes)


@pytest.mark.parametrize("name", ALL)
def test_an_activation_with_more_outputs_or_inputs_is_drawn_too(qtbot: QtBot, name: str) -> None:
    activation = ALL[name]()
    rows, outputs = activation.widths(1)
    curves = curves_of(activation)
    assert len(curves.values) == outputs
    if rows > 1:  # a maxout of straight lines bends once for each line after the first
        assert len(np.unique(curves.slopes.round(9))) == rows
    picture = picture_of(qtbot, activation)
    assert (picture._remark(activation) != "") is (rows > 1 or outputs > 1 or isinstance(activation, Softmax))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_both_curves_are_drawn_in_their_colours(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    try:
        found = colours(picture_of(qtbot, Sigmoid()).grab().toImage())
    finally:
        apply_theme(qapp, LIGHT)
    assert {QColor(theme.accent).name(), QColor(theme.base).name()} <= found
    assert any(_near(colour, NEGATIVE) for colour in found)


def test_a_picture_says_what_it_shows(qtbot: QtBot) -> None:
    picture = picture_of(qtbot, Tanh())
    assert "tanh" in picture.accessibleName()
    before = picture.grab().toImage()
    picture.show_activation(ReLU())
    assert picture.grab().toImage() != before
    assert picture.height() > 4 * LEGEND


def test_the_field_holds_every_curve() -> None:
    field = QRectF(10, 20, 160, 90)
    for cls in ALL.values():
        curves = curves_of(cls())
        plot = Plot(field, *ends_of(curves.values, curves.slopes))
        assert plot.low <= -1 < 1 <= plot.high <= MOST
        for z in (-REACH, REACH):
            assert field.left() <= plot.at(z, 0.0).x() <= field.right()
    straight = Plot(field, *ends_of(curves_of(Linear()).values))
    assert straight.at(0.0, 0.0).y() == pytest.approx(65.0)
    assert straight.at(1.0, 1.0).x() > straight.at(0.0, 0.0).x()
    assert straight.at(1.0, 1.0).y() < straight.at(0.0, 0.0).y()


def test_a_steep_curve_does_not_flatten_the_rest() -> None:
    assert ends_of(curves_of(ELU(alpha=10.0)).values) == (-MOST, REACH)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_an_icon_follows_the_theme_and_is_seen_when_selected(qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    try:
        normal, selected = icon_image(Linear()), icon_image(Linear(), QIcon.Mode.Selected)
    finally:
        apply_theme(qapp, LIGHT)
    assert QColor(theme.accent).name() in opaque(normal)
    assert QColor(theme.accent_text).name() in opaque(selected)
    assert QColor(theme.accent).name() not in opaque(selected)
    assert normal.pixelColor(0, 0).alpha() == 0


def test_icons_differ(qapp: QApplication) -> None:
    images = [icon_image(cls()) for cls in (Linear, Sigmoid, Tanh, ReLU, Step)]
    assert all(a != b for i, a in enumerate(images) for b in images[:i])


def _near(colour: str, wanted: str) -> bool:
    """Whether a colour is that of a thin line, which no pixel has in full."""
    a, b = QColor(colour), QColor(wanted)
    return abs(a.hue() - b.hue()) < 8 and a.saturation() > 120
