"""The row above a plot: names, values and a note, never one over another, and every line named as long as it can be."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from playground.ui.plots.legend import Entry, Legend
from playground.ui.theme import small


def legend_of(application: QApplication, layers: int, width: float, note: str = "") -> Legend:
    legend = Legend(small(application.font()))
    legend.resize(width, legend.minimumHeight())
    names = [*(str(layer + 1) for layer in range(layers)), "out"]
    entries = [Entry(QColor("red"), f"layer {name}", name, "0.00123", "  50 %") for name in names]
    legend.show_entries(entries, note)
    return legend


@pytest.mark.parametrize("layers", [1, 3, 7])
@pytest.mark.parametrize("width", [190.0, 470.0, 900.0])
def test_every_line_has_its_name_and_the_last_ends_inside(qapp: QApplication, layers: int, width: float) -> None:
    legend = legend_of(qapp, layers, width, "epoch 10")
    words, spacing, noted = legend._fitting()
    assert all(name for name, _ in words)
    note = legend._metrics.horizontalAdvance(legend.note) if noted else 0.0
    assert legend._laid_out(words, spacing)[-1] <= width - note


def test_what_has_room_is_told_and_what_has_none_is_left_out_in_order(qapp: QApplication) -> None:
    assert legend_of(qapp, 3, 900.0).words[0] == ("layer 1", "0.00123  50 %")
    assert legend_of(qapp, 7, 470.0).words[0][0] == "1"
    assert legend_of(qapp, 7, 190.0).words == [*((str(layer + 1), "") for layer in range(7)), ("out", "")]


def test_of_very_many_lines_the_first_and_the_last_have_names(qapp: QApplication) -> None:
    assert legend_of(qapp, 10, 150.0).words == [("1", ""), *[("", "")] * 9, ("out", "")]
