"""The laboratory: views of the inside of learning, each a tab beside one of the views that are always in sight."""

from __future__ import annotations

from playground.ui.views.view import View

LABORATORY: tuple[tuple[type[View], str], ...] = ()  # each view, and the name of the dock that it lies behind
