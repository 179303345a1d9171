"""What the user edits: the config, and the undo stack through which every edit of anything goes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from playground.experiment.config import Config
from playground.options import with_value


class Document(QObject):
    """The one place that holds the current config in the window. Facts leave as signals, gestures enter as calls.

    `config_changed(old, new)` follows every edit, undo and redo; `weight_edited(layer, unit, input, value)` follows
    every edit of a weight by hand, `input` = the number of inputs meaning the bias. `last_edit` is the name of the edit
    that `config_changed` tells of, "" for another experiment; `travelling` says that it is undone or done again.
    """

    config_changed = Signal(object, object)
    weight_edited = Signal(int, int, int, float)

    def __init__(self, config: Config, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.config = config
        self.last_edit = ""
        self.travelling = False
        self.starts = 0  # how often the weights have been drawn anew without an edit
        self.undo_stack = QUndoStack(self)

    def edit(self, label: str, config: Config, merge: str = "") -> None:
        """Replace the config, undoably. Edits that follow each other with the same `merge` key become one entry."""
        if config != self.config:
            self.undo_stack.push(_ConfigEdit(self, label, self.config, config, merge))

    def set(self, path: str, value: Any, label: str, merge: bool = False) -> None:
        """Edit one field, e.g. ``training.learning_rate``.

        Raises:
            ConfigError: when the field may not hold the value; nothing has changed then.
        """
        self.edit(label, with_value(self.config, path, value), path if merge else "")

    def select(self, label: str, **choice: int) -> None:
        """Look closely at something else: these fields of the display. Choices that follow each other become one entry."""
        config = self.config
        for field, value in choice.items():
            config = with_value(config, f"display.{field}", value)
        self.edit(label, config, "selection")

    def edit_weight(self, place: tuple[int, int, int], old: float, new: float, label: str) -> None:
        """Set one weight, undoably. `place` is (layer, unit, input)."""
        if old != new:
            self.undo_stack.push(_WeightEdit(self, label, place, old, new))

    def forget_weights(self) -> None:
        """The run has been reset: weights that were set by hand are gone, and undoing that would make no sense."""
        self.starts += 1

    def replace(self, config: Config) -> None:
        """Take another experiment's config; its undo history starts empty."""
        self.undo_stack.clear()
        self._take(config, "", travelling=False)

    def take_back(self, kept: Config) -> None:
        """Leave a config that the session refused, for the one it has kept; a refused edit is gone for good."""
        stack = self.undo_stack
        last, undone = stack.command(stack.index() - 1), stack.command(stack.index())
        if isinstance(undone, _ConfigEdit) and undone._new == kept:
            stack.redo()
        elif isinstance(last, _ConfigEdit):
            stack.undo()
            last.setObsolete(True)
            stack.redo()  # of an obsolete command, Qt only takes it from the stack
        else:
            self._take(kept, "", travelling=False)

    def _take(self, config: Config, edit: str, travelling: bool) -> None:
        old, self.config, self.last_edit, self.travelling = self.config, config, edit, travelling
        self.config_changed.emit(old, config)


class _ConfigEdit(QUndoCommand):
    def __init__(self, document: Document, label: str, old: Config, new: Config, merge: str) -> None:
        super().__init__(label)
        self._document = document
        self._old = old
        self._new = new
        self._merge = merge
        self._done = False

    def undo(self) -> None:
        self._document._take(self._old, self.text(), travelling=True)

    def redo(self) -> None:
        self._document._take(self._new, self.text(), travelling=self._done)
        self._done = True

    def id(self) -> int:
        return 1 if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _ConfigEdit) or other._merge != self._merge:
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True


class _WeightEdit(QUndoCommand):
    def __init__(self, document: Document, label: str, place: tuple[int, int, int], old: float, new: float) -> None:
        super().__init__(label)
        self._document = document
        self._place = place
        self._old = old
        self._new = new
        self._starts = document.starts

    def undo(self) -> None:
        self._put(self._old)

    def redo(self) -> None:
        self._put(self._new)

    def _put(self, value: float) -> None:
        if self._starts == self._document.starts:
            self._document.weight_edited.emit(*self._place, value)
        else:
            self.setObsolete(True)

    def id(self) -> int:
        return 2

    def mergeWith(self, other: QUndoCommand) -> bool:
        # One gesture, such as steps with the arrow keys; when training has moved the weight since, it is another edit.
        if not isinstance(other, _WeightEdit) or other._place != self._place or other._old != self._new:
            return False
        self._new = other._new
        return True
