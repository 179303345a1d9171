"""What the user edits: the config, and the undo stack through which every edit of anything goes."""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from playground.experiment.config import Config
from playground.experiment.selection import Selection
from playground.options import with_value


class Document(QObject):
    """The one place that holds the current config in the window. Facts leave as signals, gestures enter as calls.

    `config_changed(old, new)` follows every edit, undo and redo; `weight_edited(layer, unit, input, value)` follows
    every edit of a weight by hand, `input` = the number of inputs meaning the bias. `last_edit` is the name of the edit
    that `config_changed` tells of, "" for another experiment; `travelling` says that it is undone or done again.
    `selection_changed(selection)` follows every look at something else, which is no edit and is not undone.

    Between any two entries of the undo stack lies a `revision`, a number that is never given twice. Whoever comes back to
    one finds there what was left, also where the configs of two are equal: a reset leads to another revision with the
    same config, and `afresh` says then that the run is to begin anew.
    """

    config_changed = Signal(object, object)
    weight_edited = Signal(int, int, int, float)
    history_changed = Signal()  # of the undo stack: something else can be undone or done again
    selection_changed = Signal(object)

    def __init__(self, config: Config, parent: QObject | None = None, selection: Selection | None = None) -> None:
        super().__init__(parent)
        self.config = config
        self.selection = selection or Selection()
        self.revision = 0
        self.afresh = False
        self.last_edit = ""
        self.travelling = False
        self.starts = 0  # how often a run whose weights had been set by hand has been lost
        self.undo_stack = QUndoStack(self)
        self.undo_stack.indexChanged.connect(self.history_changed)
        self._revisions = count(1)

    def edit(self, label: str, config: Config, merge: str = "") -> None:
        """Replace the config, undoably. Edits that follow each other with the same `merge` key become one entry."""
        if config == self.config:
            return
        dragged = self._last_edit()
        if dragged is None or not merge or dragged.merge != merge or self.undo_stack.isClean():
            revision = next(self._revisions)
        else:  # Qt will merge them; back where the drag began, it is as if nothing had been done
            revision = dragged.old.revision if config == dragged.old.config else dragged.new.revision
        self.undo_stack.push(_Edit(self, label, self._state, _State(config, revision), merge))

    def set(self, path: str, value: Any, label: str, merge: bool = False) -> None:
        """Edit one field, e.g. ``training.learning_rate``.

        Raises:
            ConfigError: when the field may not hold the value; nothing has changed then.
        """
        self.edit(label, with_value(self.config, path, value), path if merge else "")

    def select(self, **choice: Any) -> None:
        """Look closely at something else: these fields of the selection. That is no edit, so that there is none to undo.

        Raises:
            ConfigError: when a field may not hold the value.
        """
        selection = self.selection
        for field, value in choice.items():
            selection = with_value(selection, field, value)
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit(selection)

    def restart(self, label: str, trained: bool = True) -> None:
        """Begin the run anew, undoably; where it has not been `trained` nor a weight been set, there is nothing to undo."""
        if trained or self._by_hand():
            new = _State(self.config, next(self._revisions))
            self.undo_stack.push(_Edit(self, label, self._state, new, afresh=True))
        else:
            self._take(self._state, label, afresh=True)

    def edit_weight(self, place: tuple[int, int, int], old: float, new: float, label: str) -> None:
        """Set one weight, undoably. `place` is (layer, unit, input)."""
        if old != new:
            self.undo_stack.push(_WeightEdit(self, label, place, old, new))

    def forget_weights(self) -> None:
        """A run has been lost: weights that were set by hand in it are gone, and undoing that would make no sense."""
        self.starts += 1

    def replace(self, config: Config, selection: Selection | None = None) -> None:
        """Take another experiment's config, and what of it is looked at; its undo history starts empty."""
        self.select(**vars(selection or Selection()))
        self.undo_stack.clear()
        self._take(_State(config, next(self._revisions)), "")

    def take_back(self, kept: Config, revision: int) -> None:
        """Leave what the session refused, for the config and the revision that it has kept; a refused edit is gone for good."""
        stack, last = self.undo_stack, self._last_edit()
        for index in range(stack.index(), stack.count()):
            undone = stack.command(index)
            if isinstance(undone, _Edit) and undone.new.revision == revision:
                stack.setIndex(index + 1)
                return
        if last is not None:
            self._drop(last)
        else:
            self._take(_State(kept, revision), "")

    def take_weight_back(self, place: tuple[int, int, int], value: float) -> None:
        """A weight could not be set to this: if that was the last edit, it is gone for good."""
        stack = self.undo_stack
        last = stack.command(stack.index() - 1)
        if isinstance(last, _WeightEdit) and (last.place, last.new) == (place, value):
            self._drop(last)

    @property
    def _state(self) -> _State:
        return _State(self.config, self.revision)

    def _last_edit(self) -> _Edit | None:
        last = self.undo_stack.command(self.undo_stack.index() - 1)
        return last if isinstance(last, _Edit) else None

    def _by_hand(self) -> bool:
        """Whether a weight may have been set since the run began."""
        for index in reversed(range(self.undo_stack.index())):
            command = self.undo_stack.command(index)
            if isinstance(command, _WeightEdit):
                return True
            if isinstance(command, _Edit) and command.afresh:
                return False
        return False

    def _drop(self, last: QUndoCommand) -> None:
        self.undo_stack.undo()
        last.setObsolete(True)
        self.undo_stack.redo()  # of an obsolete command, Qt only takes it from the stack

    def _take(self, state: _State, edit: str, travelling: bool = False, afresh: bool = False) -> None:
        old, self.config, self.revision = self.config, state.config, state.revision
        self.last_edit, self.travelling, self.afresh = edit, travelling, afresh
        self.config_changed.emit(old, state.config)


class _State(NamedTuple):
    """What the document is between two edits."""

    config: Config
    revision: int


class _Edit(QUndoCommand):
    def __init__(
        self, document: Document, label: str, old: _State, new: _State, merge: str = "", afresh: bool = False
    ) -> None:
        super().__init__(label)
        self._document = document
        self.old = old
        self.new = new
        self.merge = merge
        self.afresh = afresh
        self._done = False

    def undo(self) -> None:
        self._document._take(self.old, self.text(), travelling=True)

    def redo(self) -> None:
        self._document._take(self.new, self.text(), travelling=self._done, afresh=self.afresh and not self._done)
        self._done = True

    def id(self) -> int:
        return 1 if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other.merge != self.merge:
            return False
        self.new = other.new
        self.setObsolete(self.new.config == self.old.config)
        return True


class _WeightEdit(QUndoCommand):
    def __init__(self, document: Document, label: str, place: tuple[int, int, int], old: float, new: float) -> None:
        super().__init__(label)
        self._document = document
        self.place = place
        self.old = old
        self.new = new
        self._starts = document.starts

    def undo(self) -> None:
        self._put(self.old)

    def redo(self) -> None:
        self._put(self.new)

    def _put(self, value: float) -> None:
        if self._starts == self._document.starts:
            self._document.weight_edited.emit(*self.place, value)
        else:
            self.setObsolete(True)

    def id(self) -> int:
        return 2

    def mergeWith(self, other: QUndoCommand) -> bool:
        # One gesture, such as steps with the arrow keys; when training has moved the weight since, it is another edit.
        if not isinstance(other, _WeightEdit) or other.place != self.place or other.old != self.new:
            return False
        self.new = other.new
        return True
