"""How widgets look: one style sheet, whose colours are all roles of the palette, so that it serves every theme. Knows none."""

from __future__ import annotations

import gc

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QStatusBar, QToolBar, QWidget

# A widget says by its property "role" what it looks like. Flat and calm; what is checked must be seen at a glance.
SHEET = """
QToolTip { color: palette(text); background: palette(button); border: 1px solid palette(mid); padding: 4px; }
QDockWidget { font-weight: 600; }
QDockWidget > QWidget { font-weight: 400; }
QDockWidget::title { background: palette(window); padding: 6px 8px; }
QMainWindow::separator { background: palette(mid); width: 1px; height: 1px; }
QToolBar { border: 0; border-bottom: 1px solid palette(mid); spacing: 4px; padding: 4px 8px; }
QStatusBar { border-top: 1px solid palette(mid); }

QLabel[role="muted"] { color: palette(placeholder-text); }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="warning"] { color: palette(bright-text); }
QLabel[role="remark"] {
    color: palette(bright-text); background: palette(link-visited); border-radius: 4px; padding: 6px;
}
QLabel[role="tag"] { background: palette(button); border: 1px solid palette(mid); padding: 3px 6px; }
QFrame[role="popup"] { border: 1px solid palette(mid); }

QToolButton[role="chip"] {
    border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 1px 2px;
}
QToolButton[role="chip"]:hover, QToolButton[role="chip"]:focus { border-color: palette(text); }
QToolButton[role="chip"]:checked { background: palette(highlight); color: palette(highlighted-text); }
QToolButton[role="chip"]:checked:!focus { border-color: palette(highlight); }

QToolButton[role="picture"] {
    border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 2px;
}
QToolButton[role="picture"]:hover { border-color: palette(text); }
QToolButton[role="picture"]:checked { border: 2px solid palette(highlight); padding: 1px; }
QToolButton[role="picture"]:focus { border-color: palette(text); }

QToolButton[role="segment"] {
    border: 1px solid palette(mid); padding: 2px 8px; color: palette(placeholder-text); background: palette(base);
    margin-left: -1px;
}
QToolButton[role="segment"]:hover { color: palette(text); }
QToolButton[role="segment"]:checked { color: palette(text); background: palette(button); }
QToolButton[role="segment"]:disabled { color: palette(mid); }
QToolButton[role="segment"]:focus { border-color: palette(highlight); }

QToolButton[role="fold"] { border: 0; padding: 0; font-weight: 600; }
QToolButton[role="fold"]:focus { text-decoration: underline; }

QLineEdit[role="field"] {
    border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 1px 2px;
}
QLineEdit[role="field"]:focus { border-color: palette(highlight); }

QComboBox[role="selector"] {
    border: 1px solid palette(mid); border-radius: 4px; background: palette(base); padding: 2px 4px;
}
QComboBox[role="selector"]:focus { border-color: palette(highlight); }
QComboBox[role="selector"]::drop-down { border: 0; width: 16px; }
QAbstractItemView[role="choices"] { background: palette(base); border: 1px solid palette(mid); outline: 0; }
QAbstractItemView[role="choices"]::item { padding: 2px 4px; }
QAbstractItemView[role="choices"]::item:selected {
    background: palette(highlight); color: palette(highlighted-text);
}

QTreeView[role="checks"]::item { height: 20px; }
QTreeView[role="checks"]::indicator { width: 11px; height: 11px; border: 1px solid palette(mid); border-radius: 3px; }
QTreeView[role="checks"]::indicator:checked { background: palette(highlight); border-color: palette(highlight); }
"""


def change_role(widget: QWidget, role: str) -> None:
    """Let a widget look otherwise from now on."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            widget.style().polish(widget)


def take_palette(app: QApplication) -> None:
    """Let what the sheet dresses follow another palette, as everything else does by itself.

    Qt keeps the colours that a rule of a style sheet had when they were first needed. Giving the application its sheet
    again would refresh them too, but it looks up the rules of every widget, and lays out every window, anew.
    """
    collects = gc.isenabled()
    gc.disable()  # a widget that is collected takes along what Qt made inside it, of whose end no list would hear
    try:
        for widget in app.allWidgets():
            if widget.property("role") or isinstance(widget, QMainWindow | QDockWidget | QToolBar | QStatusBar):
                widget.style().polish(widget)
    finally:
        if collects:
            gc.enable()
