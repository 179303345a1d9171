"""Figures: a PNG at twice the size, an SVG that any reader takes, and one sentence when it cannot be written."""

from __future__ import annotations

import resource
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui.diagram.editor import NetworkEditor
from playground.ui.theme import DARK, LIGHT
from playground.ui.viewing.figure import copy_figure, save_figure
from playground.ui.viewing.view import View
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView
from playground.ui.workspace.document import Document

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

VIEWS = [BoundaryView, GradientView, LossView, NetworkEditor]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=VIEWS, ids=lambda cls: cls.name)
def view(request: pytest.FixtureRequest, qtbot: QtBot) -> View:
    return shown(request.param, qtbot, LIGHT)


def shown(cls: Any, qtbot: QtBot, theme: Any) -> View:
    session = Session(Config())
    session.train(10)
    view = cls(Document(Config()), theme)
    qtbot.addWidget(view)
    view.resize(420, 360)
    view.show()
    view.show_frame(session.frame())
    return view


def size_of(view: View) -> QSize:
    figure = view.figure()
    return figure.viewport().size()


def pixels_of(view: View) -> QImage:
    figure = view.figure()
    return figure.grab().toImage()


def test_a_png_is_twice_as_large_and_has_the_view_s_colours(view: View, tmp_path: Path) -> None:
    save_figure(view, tmp_path / "figure.png")
    image = QImage(str(tmp_path / "figure.png"))
    assert image.width() == 2 * size_of(view).width()
    assert image.height() > 2 * size_of(view).height()  # the title stands above
    assert image.pixelColor(1, image.height() - 2).name() == LIGHT.base
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 20


def test_the_title_stands_above(view: View, tmp_path: Path) -> None:
    save_figure(view, tmp_path / "figure.png")
    image = QImage(str(tmp_path / "figure.png"))
    top = image.height() - 2 * size_of(view).height()
    assert any(image.pixelColor(x, y).name() == LIGHT.text for x in range(240) for y in range(top))


@pytest.mark.parametrize("cls", VIEWS, ids=lambda cls: cls.name)
def test_a_dark_view_makes_a_dark_figure(cls: Any, qtbot: QtBot, tmp_path: Path) -> None:
    save_figure(shown(cls, qtbot, DARK), tmp_path / "figure.png")
    assert QImage(str(tmp_path / "figure.png")).pixelColor(1, 1).name() == DARK.base


def test_an_svg_parses_and_holds_title_curves_and_words(view: View, tmp_path: Path) -> None:
    path = tmp_path / "figure.svg"
    save_figure(view, path)
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == view.title
    words = {"".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")}
    assert view.title in words
    assert root.get("viewBox", "").split()[2] == str(size_of(view).width())
    assert QSvgRenderer(str(path)).isValid()
    if isinstance(view, BoundaryView):
        assert len(list(root.iter(f"{SVG}image"))) == 2  # the map and the bar
        assert {"outside", "inside"} <= words
    elif isinstance(view, NetworkEditor):
        assert len(list(root.iter(f"{SVG}image"))) == sum((2, 4, 2, 1))
        assert {"x₁", "x₂"} <= words
    else:
        lines = [path.get("d", "") for path in root.iter(f"{SVG}path")] + [
            line.get("points", "") for line in root.iter(f"{SVG}polyline")
        ]
        assert sum(len(line.split()) > 35 for line in lines) >= 2
        assert "epoch" in words


def test_exporting_leaves_the_view_as_it_was(view: View, tmp_path: Path, qtbot: QtBot) -> None:
    qtbot.wait(1)
    before = pixels_of(view)
    save_figure(view, tmp_path / "figure.svg")
    save_figure(view, tmp_path / "figure.png")
    assert pixels_of(view) == before


def test_copying_puts_the_figure_on_the_clipboard(view: View) -> None:
    copy_figure(view)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    ElementTree.fromstring(bytes(data.data("image/svg+xml").data()))
    assert QGuiApplication.clipboard().image().width() == 2 * size_of(view).width()


@pytest.mark.parametrize("name", ["figure.pdf", "figure"])
def test_another_ending_is_refused_in_one_sentence(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    view = shown(LossView, qtbot, LIGHT)
    with pytest.raises(OSError, match=r"figure.*\.$"):
        save_figure(view, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_what_cannot_be_written_is_said_as_the_system_says_it(qtbot: QtBot, tmp_path: Path, ending: str) -> None:
    view = shown(LossView, qtbot, LIGHT)
    with pytest.raises(FileNotFoundError):
        save_figure(view, tmp_path / "missing" / f"figure.{ending}")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))  # as full a disk as one can have without a disk
    try:
        with pytest.raises(OSError, match="File too large"):
            save_figure(view, tmp_path / f"figure.{ending}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
