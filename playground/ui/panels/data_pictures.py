"""The small pictures of the data sets on their buttons: points in colour, or signs in the colour of the text."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from playground.data.dataset import Dataset, Floats, Source
from playground.data.generators import Drawn, Generator
from playground.data.library import Digits
from playground.ui.theme import CLASSES, LIGHT, Theme

PICTURE = 36  # side of the points' picture
GLYPH = 16
POINT = 1.2  # radius
PICTURE_POINTS = 160
SHARPNESS = 2  # pixels drawn for each pixel of the grid, for screens of high density


def picture_of(cls: type[Generator]) -> QIcon:
    """The points themselves, in colours that all themes share."""
    return QIcon(_points_picture(_sample(cls)))


def glyph_of(cls: type[Source], theme: Theme) -> QIcon:
    """What stands for data that have no picture: an image's pixels, or a table."""
    draw = _digit_glyph if cls is Digits else _table_glyph
    icon = QIcon()
    for state, colour in ((QIcon.State.Off, theme.muted), (QIcon.State.On, theme.accent_text)):
        icon.addPixmap(draw(colour), QIcon.Mode.Normal, state)
    return icon


def _sample(cls: type[Generator]) -> Dataset:
    source = cls(points=PICTURE_POINTS) if issubclass(cls, Drawn) else cls()
    return source.load(np.random.default_rng(1))


def _points_picture(dataset: Dataset) -> QPixmap:
    """The points right way up, in the colours of their classes or, for numbers, of a surface."""
    if dataset.classes:
        colours = [QColor(CLASSES[int(y)]) for y in dataset.y]
    else:
        shares = (dataset.y - dataset.y.min()) / np.ptp(dataset.y)
        colours = [QColor(*rgb) for rgb in LIGHT.value_table()[(255 * shares).astype(int)].tolist()]
    places = dataset.X if dataset.X.shape[1] == 2 else _graph(dataset)
    reach = 1.1 * np.abs(places).max() or 1.0
    at = PICTURE * (0.5 + places * (0.5, -0.5) / reach)  # (points, 2) pixels
    radius = POINT if len(dataset) > 2 else 4 * POINT
    picture, painter = _canvas(PICTURE)
    painter.setPen(Qt.PenStyle.NoPen)
    for (x, y), colour in zip(at.tolist(), colours, strict=True):
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.end()
    return picture


def _graph(dataset: Dataset) -> Floats:
    """Of a single input: what is to be answered above it, in the middle of a square, (points, 2)."""
    x = dataset.X[:, 0] - dataset.X.mean()
    height = dataset.y - dataset.y.mean()
    return np.column_stack((x, 0.6 * height * (np.abs(x).max() / (np.abs(height).max() or 1.0))))


def _digit_glyph(colour: str) -> QPixmap:
    """A coarse 3 within a frame."""
    picture, painter = _canvas(GLYPH)
    painter.setPen(QPen(QColor(colour), 1.2))
    painter.drawRoundedRect(QRectF(1.5, 1.5, 13.0, 13.0), 1.5, 1.5)
    for row, pixels in enumerate(("##.", "..#", ".#.", "..#", "##.")):
        for column, pixel in enumerate(pixels):
            if pixel == "#":
                painter.fillRect(QRectF(5.0 + 2 * column, 3.0 + 2 * row, 2.0, 2.0), QColor(colour))
    painter.end()
    return picture


def _table_glyph(colour: str) -> QPixmap:
    picture, painter = _canvas(GLYPH)
    painter.setPen(QPen(QColor(colour), 1.2))
    painter.drawRoundedRect(QRectF(1.5, 2.5, 13.0, 11.0), 1.5, 1.5)
    for y in (6.2, 9.8):
        painter.drawLine(QPointF(1.5, y), QPointF(14.5, y))
    painter.drawLine(QPointF(6.0, 6.2), QPointF(6.0, 13.5))
    painter.end()
    return picture


def _canvas(side: int) -> tuple[QPixmap, QPainter]:
    picture = QPixmap(side * SHARPNESS, side * SHARPNESS)
    picture.setDevicePixelRatio(SHARPNESS)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return picture, painter
