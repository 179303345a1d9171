"""Colours of the window, light and dark, and nothing else. One spacing grid, one accent, quiet borders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from playground.ui.style_sheet import SHEET, take_palette

GRID = 8  # pixels; every margin and gap is a multiple or a half of it

# Orange and blue stay apart for every colour blindness; red and green do not.
NEGATIVE = "#f59322"
POSITIVE = "#0877bd"
# Okabe and Ito 2008, ordered so that two classes are orange and blue.
CLASSES = ("#f59322", "#0877bd", "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#d55e00", "#999999")
SYMBOLS = ("o", "s", "t", "d", "star", "p", "h", "x")  # classes by shape too


@dataclass(frozen=True)
class Theme:
    """All colours as "#rrggbb". Text colours keep a contrast of at least 4.5 to `window` and `base`."""

    name: str
    window: str
    base: str  # fields and plots
    raised: str  # headers and buttons
    border: str
    text: str
    muted: str  # secondary text
    accent: str
    accent_text: str  # on accent
    warning: str  # text of remarks
    warning_base: str  # ground of remarks
    middle: str  # a map's colour half-way between negative and positive
    # Curves of the parts, in colours that no class has.
    train: str
    validation: str
    test: str

    @property
    def dark(self) -> bool:
        return self.name == "dark"

    def layer_colours(self, layers: int) -> list[QColor]:
        """One line colour a layer, first to last, along viridis without the end that fades into the ground."""
        first, last = (0.25, 0.95) if self.dark else (0.0, 0.82)
        positions = np.linspace(first, last, max(layers, 2))[:layers]
        colours: list[QColor] = pg.colormap.get("viridis").map(positions, mode="qcolor")
        return colours

    @cache  # noqa: B019 - there are two themes, and they live as long as the program
    def map_table(self) -> NDArray[np.uint8]:
        """Lookup table (256, 3) from negative over the middle to positive; read-only, and worked out once."""
        return _between(NEGATIVE, self.middle, POSITIVE)

    @cache  # noqa: B019
    def class_table(self, index: int, signed: bool = False) -> NDArray[np.uint8]:
        """Lookup table (256, 3) of an output that stands for one class of several, up to the class's colour.

        It begins in the middle, which stands for no; a signed one begins in grey, and 0 has the middle.
        """
        own = CLASSES[index % len(CLASSES)]
        return _between(self.muted, self.middle, own) if signed else _between(self.middle, own)

    @cache  # noqa: B019
    def value_table(self) -> NDArray[np.uint8]:
        """Lookup table (256, 3) for a surface of numbers: viridis; read-only, and worked out once."""
        return _table("viridis")

    @cache  # noqa: B019
    def spread_table(self) -> NDArray[np.uint8]:
        """Lookup table (256, 3) for how far answers spread: cividis; read-only, and worked out once."""
        return _table("cividis")


LIGHT = Theme(
    name="light",
    window="#f6f7f9",
    base="#ffffff",
    raised="#eceef2",
    border="#d5d9e0",
    text="#1c2330",
    muted="#5b6575",
    accent="#0a6ebd",
    accent_text="#ffffff",
    warning="#7a4a00",
    warning_base="#fff3df",
    middle="#f1f2f4",
    train="#262b4d",
    validation="#8f6fd6",
    test="#c0265c",
)
DARK = Theme(
    name="dark",
    window="#1b1e25",
    base="#14161b",
    raised="#282c36",
    border="#3a404d",
    text="#e7eaf0",
    muted="#a1a9b8",
    accent="#4ba3e3",
    accent_text="#0c1117",
    warning="#ffcf87",
    warning_base="#3a2d17",
    middle="#2a2e37",
    train="#e3e6f5",
    validation="#9a82ea",
    test="#ff6f91",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application this theme; plots that exist already are told by their views."""
    pg.setConfigOptions(background=theme.base, foreground=theme.muted, antialias=True)
    palette = _palette(theme)
    if app.styleSheet() != SHEET:
        app.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)  # else no palette spreads
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setPalette(palette)
        app.setStyleSheet(SHEET)
    elif app.palette() != palette:
        app.setPalette(palette)
        app.sendPostedEvents(None, QEvent.Type.ApplicationPaletteChange)  # which the windows would hear of later
        take_palette(app)


def tabular(font: QFont) -> QFont:
    """The font with figures of one width, so that a number that changes does not shift its neighbours."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for place, colour in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Link: theme.accent,
        role.Mid: theme.border,
        role.Accent: theme.accent,
        role.BrightText: theme.warning,
        role.LinkVisited: theme.warning_base,  # no link is ever visited here, and no role means such a ground
    }.items():
        palette.setColor(place, QColor(colour))
    for place in (role.Text, role.ButtonText, role.WindowText):
        faded = QColor(theme.muted)
        faded.setAlphaF(0.6)
        palette.setColor(QPalette.ColorGroup.Disabled, place, faded)
    return palette


def _table(name: str) -> NDArray[np.uint8]:
    table: NDArray[np.uint8] = pg.colormap.get(name).getLookupTable(nPts=256)[:, :3]
    table.setflags(write=False)
    return table


def _between(*colours: str) -> NDArray[np.uint8]:
    """From the first colour over the others to the last, at equal distances, (256, 3)."""
    stops = np.array([_rgb(colour) for colour in colours], dtype=float)
    at = np.linspace(0.0, len(stops) - 1.0, 256)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    table = np.stack(channels, axis=1).round().astype(np.uint8)
    table.setflags(write=False)
    return table


def _rgb(colour: str) -> tuple[int, int, int]:
    made = QColor(colour)
    return made.red(), made.green(), made.blue()


def small(font: QFont) -> QFont:
    """The font of ticks and legends: a little smaller, with figures of one width."""
    font = tabular(font)
    font.setPointSizeF(0.85 * font.pointSizeF())
    return font
