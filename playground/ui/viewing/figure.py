"""A view as a picture: PNG or SVG in a file, or on the clipboard. Knows nothing of what a view draws."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QMarginsF, QMimeData, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsView

from playground.exchange.atomic import write_atomically
from playground.ui.theme import GRID
from playground.ui.viewing.view import View

SCALE = 2  # pixels of a PNG for each pixel of the screen


def save_figure(view: View, path: str | os.PathLike[str]) -> None:
    """Write a view's figure; the name's ending, one of FIGURES, says how.

    Raises:
        OSError: when the ending is another, in one sentence, or the file cannot be written. What stood there stays.
    """
    path = Path(path)
    drawn = FIGURES.get(path.suffix.lower())
    if drawn is None:
        raise OSError(f"{path.name}: a figure is saved as {' or '.join(FIGURES)}.")
    write_atomically(path, drawn(view))


def copy_figure(view: View) -> None:
    """Put a view's figure on the clipboard, as pixels and as SVG."""
    data = QMimeData()
    data.setImageData(_image(view))
    data.setData("image/svg+xml", _svg(view))
    QGuiApplication.clipboard().setMimeData(data)


def _image(view: View) -> QImage:
    figure = view.figure()
    image = QImage(_size(view, figure) * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    _paint(view, figure, image, SCALE)
    return image


def _png(view: View) -> bytes:
    image = _image(view)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _svg(view: View) -> bytes:
    buffer = QBuffer()
    figure = view.figure()
    size = _size(view, figure)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the older kind cannot cut a zoomed map at its frame
    generator.setOutputDevice(buffer)
    generator.setTitle(view.title)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setResolution(96)
    _paint(view, figure, generator, 1)
    return bytes(buffer.data().data())


def _heading(view: View) -> QFont:
    font = QFont(view.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _heading_height(view: View) -> int:
    return round(QFontMetricsF(_heading(view)).height()) + 2 * GRID


def _size(view: View, figure: QGraphicsView) -> QSize:
    """The figure in pixels of the screen, with the title above it."""
    return figure.viewport().size() + QSize(0, _heading_height(view))


def _paint(view: View, figure: QGraphicsView, device: QImage | QSvgGenerator, scale: int) -> None:
    size, top = _size(view, figure), _heading_height(view)
    painter = QPainter(device)
    painter.setRenderHints(figure.renderHints())
    painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(view.theme.base))
    painter.setFont(_heading(view))
    painter.setPen(QColor(view.theme.text))
    heading = QRectF(0.0, 0.0, size.width(), top).marginsRemoved(QMarginsF(1.5 * GRID, 0.0, GRID, 0.0))
    painter.drawText(heading, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, view.title)
    with _told_of_export(figure, scale):
        figure.render(painter, QRectF(0.0, top, size.width(), size.height() - top), figure.viewport().rect())
    painter.end()


@contextmanager
def _told_of_export(figure: QGraphicsView, scale: int) -> Iterator[None]:
    """Let the figure's items draw shapes instead of cached pixels, and lines as thick as the picture's scale asks."""
    # WORKAROUND pyqtgraph#3485: its own exporter, which does this, fails on this PySide6.
    items = [item for item in figure.scene().items() if hasattr(item, "setExportMode")]
    pens = {item: item.opts["pen"] for item in items if isinstance(item, pg.PlotCurveItem)}
    for item in items:
        item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
    for curve, pen in pens.items():
        curve.setPen(pg.mkPen(pen.color(), width=scale * pen.widthF()))
    try:
        yield
    finally:
        for item in items:
            item.setExportMode(False)
        for curve, pen in pens.items():
            curve.setPen(pen)


FIGURES: dict[str, Callable[[View], bytes]] = {".png": _png, ".svg": _svg}  # by the ending of a file
