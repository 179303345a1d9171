"""What is drawn in the colours of text and borders follows the application's palette, without being told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor, QFont, QImage
from PySide6.QtWidgets import QApplication, QGraphicsView
from pytestqt.qtbot import QtBot

from playground.experiment.backprop.matrix import Matrix
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui.plots.confusion import ConfusionTable
from playground.ui.plots.key import Key
from playground.ui.plots.layer_plots import Sentence
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.map_sheet import MapSheet, Panel
from playground.ui.plots.matrices import MatricesView
from playground.ui.theme import DARK, LIGHT, apply_theme


def legend() -> Legend:
    legend = Legend(QFont())
    legend.show_entries([Entry(QColor("#888888"), "training", "t", "0.5")], "epoch 3")
    return legend


def key() -> Key:
    key = Key(QFont())
    key.show_bar("output", (0.0, 1.0), LIGHT.value_table(), ())
    return key


def sentence() -> Sentence:
    sentence = Sentence(QFont())
    sentence.show_text("The gradient vanishes.")
    return sentence


def table() -> ConfusionTable:
    table = ConfusionTable(QFont())
    table.show_counts(np.array([[7, 0], [1, 5]]), ("a", "b"))
    return table


def sheet() -> MapSheet:
    sheet = MapSheet(QFont())
    maps = np.linspace(-1.0, 1.0, 2 * 8 * 8).reshape(2, 8, 8)
    panels = [Panel(name, maps, (-1.0, 1.0), (LIGHT.value_table(),)) for name in ("z", "h")]
    sheet.show_panels(panels, 0, Session(Config()).scene)
    return sheet


def canvas_of(item: Any) -> QGraphicsView:
    canvas = pg.GraphicsLayoutWidget()
    canvas.setBackground("#808080")  # the view that has it dresses it
    canvas.addItem(item, 0, 0)
    return canvas


def matrices() -> MatricesView:
    view = MatricesView("matrices", QFont())
    view.show_matrices("Output", "", (Matrix("W", np.array([[1.0, -2.0], [0.0, 3.0]]), "Weights."),))
    return view


def seen(view: QGraphicsView) -> QImage:
    QApplication.processEvents()
    return view.grab().toImage()


@pytest.mark.parametrize(
    "make",
    [
        matrices,
        *(
            pytest.param(lambda item=item: canvas_of(item()), id=item.__name__)
            for item in (legend, key, sentence, table, sheet)
        ),
    ],
)
def test_what_was_there_before_a_change_of_theme_looks_like_what_comes_after_it(
    make: Callable[[], QGraphicsView], qtbot: QtBot, qapp: QApplication
) -> None:
    def opened() -> QGraphicsView:
        view = make()
        qtbot.addWidget(view)
        view.resize(400, 300)
        view.show()
        return view

    before = opened()
    light = seen(before)
    apply_theme(qapp, DARK)
    dark = seen(before)
    assert dark != light
    assert dark == seen(opened())
