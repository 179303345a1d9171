"""The laboratory in the real window: a view is made when it is first seen, and shows the run from then on."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from pyqtgraph import PlotItem
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from playground.data.library import Digits
from playground.experiment.config import Config, DataConfig, Layer, NetworkConfig
from playground.ui.forms.caption import Caption
from playground.ui.plots.legend import Legend
from playground.ui.theme import DARK, LIGHT
from playground.ui.viewing.view import View
from playground.ui.views import LABORATORY
from tests.ui.conftest import Pilot, Windows


def made(pilot: Pilot, kind: type[View]) -> View | None:
    return next((view for view in pilot.window.views if isinstance(view, kind)), None)


def test_none_is_made_before_it_is_seen(pilot: Pilot) -> None:
    assert [kind.name for kind, _ in LABORATORY if made(pilot, kind) is not None] == []
    names = [kind.name for kind, _ in LABORATORY]
    assert len(set(names)) == len(names) == 10


def test_a_tab_that_is_raised_makes_its_view_and_asks_for_what_it_draws(pilot: Pilot) -> None:
    window = pilot.window
    pilot.play()
    for (kind, beside), theme in zip(LABORATORY, cycle((DARK, LIGHT))):
        assert made(pilot, kind) is None, kind.name
        window.docks.bring_up(kind.name)
        assert (
            window.docks[kind.name] in window.tabifiedDockWidgets(window.docks[beside])
            or window.docks[beside].isHidden()
        )
        pilot.until(lambda kind=kind: made(pilot, kind) is not None)
        view = made(pilot, kind)
        assert view is not None
        # What a run has not, its frame cannot hold.
        pilot.until(lambda view=view: view.needs & {asked.look for asked in pilot.frame.looks})
        pilot.settle()
        pilot.play()
        window.show_theme(theme)
        pilot.play()
        assert view.theme is theme, kind.name
        plots = [item for item in view.figure().scene().items() if isinstance(item, PlotItem)]
        assert not any(plot.menuEnabled() or plot.vb.menu for plot in plots), f"{kind.name} is slow to make with menus"
        words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
        assert any(len(word) > 30 for word in words), f"{kind.name} has a line that says what to look for"
        window.docks.bring_up(beside)
        pilot.until(lambda view=view: view.visibleRegion().isEmpty())


def test_the_side_panels_keep_their_width_and_the_window_its_own(pilot: Pilot) -> None:
    window = pilot.window
    window.resize(1280, 800)
    for kind, _ in LABORATORY:
        window.docks.bring_up(kind.name)
        pilot.until(lambda kind=kind: made(pilot, kind) is not None)
    assert window.width() == 1280
    assert window.docks["data"].width() >= window.data_panel.minimumSizeHint().width()


def test_on_a_small_screen_no_caption_is_cut_and_no_legend_runs_out_of_its_plot(windows: Windows) -> None:
    layers = NetworkConfig(hidden=tuple(Layer(3) for _ in range(7)))
    pilot = windows.open(replace(Config(), data=DataConfig(source=Digits()), network=layers))
    window = pilot.window
    window.resize(1280, 720)
    for name in ("loss", "gradient", *(kind.name for kind, _ in LABORATORY)):
        window.docks.bring_up(name)
        pilot.until(lambda name=name: not window.docks[name].visibleRegion().isEmpty())
        pilot.window.runner.step()
        pilot.settle()
        view = next(view for view in window.views if view.name == name)
        for caption in view.findChildren(Caption):
            room, flags = caption.contentsRect(), Qt.TextFlag.TextWordWrap
            needed = caption.fontMetrics().boundingRect(0, 0, room.width(), 1000, flags, caption.text())
            assert needed.height() <= room.height(), (name, caption.text())
        for legend in view.figure().scene().items():
            if isinstance(legend, Legend) and legend.entries and legend.isVisible():
                words, spacing, _ = legend._fitting()
                assert legend._laid_out(words, spacing)[-1] <= legend.size().width(), name
                assert all(word for word, _ in words), name
