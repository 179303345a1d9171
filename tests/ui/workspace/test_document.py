"""The document: one undo stack for every edit of anything, and the way back from what the session refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from playground.data.generators import Spiral
from playground.experiment.config import Config
from playground.options import ConfigError, with_value
from playground.ui.workspace.document import Document

RATES = (0.01, 0.03, 0.1)


def rate(value: float) -> Config:
    config: Config = with_value(Config(), "training.learning_rate", value)
    return config


class Watched:
    """A document, and what it has told."""

    def __init__(self, config: Config | None = None) -> None:
        self.document = Document(config or Config())
        self.changes: list[tuple[Config, Config, str]] = []
        self.weights: list[tuple[Any, ...]] = []
        self.document.config_changed.connect(lambda old, new: self.changes.append((old, new, self.document.last_edit)))
        self.document.weight_edited.connect(lambda *edit: self.weights.append(edit))


@pytest.fixture
def watched(qtbot: QtBot) -> Watched:
    return Watched()


def test_an_edit_is_told_with_its_name_and_undone_and_redone(watched: Watched) -> None:
    document = watched.document
    document.set("training.learning_rate", 0.1, "Rate")
    document.undo_stack.undo()
    document.undo_stack.redo()
    there, back = (rate(0.03), rate(0.1), "Rate"), (rate(0.1), rate(0.03), "Rate")
    assert watched.changes == [there, back, there]
    assert document.config == rate(0.1)
    assert document.undo_stack.undoText() == "Rate"


def test_an_edit_that_changes_nothing_is_none(watched: Watched) -> None:
    watched.document.set("training.learning_rate", 0.03, "Rate")
    watched.document.edit_weight((0, 0, 0), 1.5, 1.5, "Set w")
    assert not watched.changes
    assert not watched.weights
    assert watched.document.undo_stack.count() == 0


def test_a_value_that_cannot_be_changes_nothing(watched: Watched) -> None:
    with pytest.raises(ConfigError, match=r"training\.learning_rate"):
        watched.document.set("training.learning_rate", -1.0, "Rate")
    assert not watched.changes
    assert watched.document.undo_stack.count() == 0


def test_edits_of_one_drag_are_one_entry_and_every_one_is_told(watched: Watched) -> None:
    document = watched.document
    for value in (0.04, 0.05, 0.06):
        document.set("training.learning_rate", value, "Rate", merge=True)
    document.set("network.seed", 2, "Seed", merge=True)
    assert [new.training.learning_rate for _, new, _ in watched.changes] == [0.04, 0.05, 0.06, 0.06]
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.config == Config()


def test_a_drag_back_to_where_it_began_leaves_no_entry(watched: Watched) -> None:
    for value in (0.1, 0.03):
        watched.document.set("training.learning_rate", value, "Rate", merge=True)
    assert watched.document.config == Config()
    assert watched.document.undo_stack.count() == 0


def test_a_weight_is_set_and_set_back(watched: Watched) -> None:
    stack = watched.document.undo_stack
    watched.document.edit_weight((0, 1, 2), 0.5, 0.6, "Set w")
    watched.document.edit_weight((0, 1, 2), 0.6, 0.7, "Set w")  # steps of one weight are one entry
    watched.document.edit_weight((1, 0, 0), 2.0, 3.0, "Set w")
    assert stack.count() == 2
    stack.undo()
    stack.undo()
    assert watched.weights[-2:] == [(1, 0, 0, 2.0), (0, 1, 2, 0.5)]
    stack.redo()
    assert watched.weights[-1] == (0, 1, 2, 0.7)
    assert not watched.changes


def test_another_experiment_begins_without_a_past(watched: Watched) -> None:
    watched.document.set("network.seed", 7, "Seed")
    watched.document.replace(rate(1.0))
    assert not watched.document.undo_stack.canUndo()
    assert watched.document.undo_stack.isClean()
    assert watched.changes[-1][1:] == (rate(1.0), "")


def test_a_refused_edit_is_gone_for_good(watched: Watched) -> None:
    document = watched.document
    document.set("network.seed", 7, "Seed")
    kept, revision = document.config, document.revision
    document.set("data.source", Spiral(), "Spiral")
    document.take_back(kept, revision)
    assert (document.config, document.revision) == (kept, revision)
    assert document.undo_stack.undoText() == "Seed"
    assert not document.undo_stack.canRedo()


def test_a_refused_undo_is_redone(qtbot: QtBot) -> None:
    """Going back to data whose file has vanished must not take away an edit before or after."""
    vanished = with_value(Config(), "data.source", Spiral())
    document = Watched(vanished).document
    document.edit("Circle", Config())
    document.edit("Rate", rate(0.1))
    revision = document.revision
    document.undo_stack.undo()
    document.undo_stack.undo()
    document.take_back(rate(0.1), revision)
    assert (document.config, document.revision) == (rate(0.1), revision)
    assert document.undo_stack.undoText() == "Rate"


def test_a_refused_redo_is_gone_for_good(watched: Watched) -> None:
    document = watched.document
    document.set("data.source", Spiral(), "Spiral")
    document.undo_stack.undo()
    document.undo_stack.redo()
    document.take_back(Config(), 0)
    assert (document.config, document.revision) == (Config(), 0)
    assert document.undo_stack.count() == 0


def test_a_refused_reset_is_gone_and_a_refused_undo_of_one_is_redone(watched: Watched) -> None:
    document = watched.document
    document.restart("reset")
    revision = document.revision
    document.undo_stack.undo()
    document.take_back(Config(), revision)
    assert document.revision == revision
    assert document.undo_stack.undoText() == "reset"
    document.restart("reset")
    document.take_back(Config(), revision)
    assert document.revision == revision
    assert document.undo_stack.count() == 1


def test_a_refused_weight_is_gone_for_good(watched: Watched) -> None:
    document = watched.document
    document.edit_weight((0, 1, 2), 0.5, 1e300, "Set w")
    document.take_weight_back((0, 1, 2), 0.5)  # of another edit than the last
    assert document.undo_stack.count() == 1
    document.take_weight_back((0, 1, 2), 1e300)
    assert document.undo_stack.count() == 0
    assert watched.weights[-1] == (0, 1, 2, 0.5)


def test_a_reset_is_an_edit_that_leads_to_another_revision(watched: Watched) -> None:
    document = watched.document
    told: list[tuple[int, bool, bool]] = []
    document.config_changed.connect(lambda *_: told.append((document.revision, document.afresh, document.travelling)))
    document.restart("reset", trained=False)  # at the start already
    assert document.undo_stack.count() == 0
    assert told.pop() == (0, True, False)
    document.restart("reset")
    document.restart("reset", trained=False)  # nothing has come between
    assert document.undo_stack.count() == 1
    document.restart("reset", trained=True)
    for _ in range(2):
        document.undo_stack.undo()
    for _ in range(2):
        document.undo_stack.redo()
    document.set("network.seed", 2, "Seed")
    document.edit_weight((0, 1, 2), 0.5, 0.6, "Set w")
    document.restart("reset", trained=False)
    first, second, other, last = 1, 2, 3, 4
    assert told == [
        (first, True, False),
        (first, True, False),
        (second, True, False),
        (first, False, True),
        (0, False, True),
        (first, False, True),
        (second, False, True),
        (other, False, False),
        (last, True, False),
    ]


def test_a_drag_has_one_revision_and_back_at_its_beginning_that_from_before(watched: Watched) -> None:
    document = watched.document
    revisions = []
    for value in (0.1, 0.2, 0.03, 0.1, 0.2):
        document.set("training.learning_rate", value, "Rate", merge=True)
        revisions.append(document.revision)
    document.undo_stack.setClean()  # after which it cannot be merged any more
    document.set("training.learning_rate", 0.3, "Rate", merge=True)
    assert [*revisions, document.revision] == [1, 1, 0, 2, 2, 3]


def test_a_refusal_finds_the_config_below_a_weight_that_was_set_meanwhile(watched: Watched) -> None:
    document = watched.document
    document.set("data.source", Spiral(), "Spiral")
    document.edit_weight((0, 0, 0), 1.0, 2.0, "Set w")
    document.take_back(Config(), 0)
    assert document.config == Config()


gestures = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from(RATES), st.booleans()),
        st.tuples(st.sampled_from(["undo", "redo"])),
    ),
    max_size=30,
)


@given(gestures)
def test_undo_and_redo_walk_the_same_configs(gestures: list[tuple[Any, ...]]) -> None:
    """Against a plain list of configs, each with whether the next edit of its drag takes its place."""
    document = Document(Config())
    past, at = [(Config(), False)], 0
    for kind, *rest in gestures:
        if kind == "undo":
            document.undo_stack.undo()
            at = max(at - 1, 0)
        elif kind == "redo":
            document.undo_stack.redo()
            at = min(at + 1, len(past) - 1)
        else:
            value, merge = rest
            document.set("training.learning_rate", value, "Rate", merge=merge)
            if rate(value) != past[at][0]:
                takes_place = merge and past[at][1]
                past[at + (not takes_place) :] = [(rate(value), merge)]
                if takes_place and past[-1][0] == past[-2][0]:
                    past.pop()
                at = len(past) - 1
        assert document.config == past[at][0]
        assert document.undo_stack.canUndo() == (at > 0)
        assert document.undo_stack.canRedo() == (at < len(past) - 1)


def test_an_edit_of_a_weight_that_training_has_moved_is_an_edit_of_its_own() -> None:
    document = Document(Config())
    put: list[float] = []
    document.weight_edited.connect(lambda layer, unit, input, value: put.append(value))
    document.edit_weight((0, 0, 0), 0.1, 1.5, "Weight")
    document.edit_weight((0, 0, 0), 1.5, 1.6, "Weight")  # the same gesture
    document.edit_weight((0, 0, 0), 1.61, 2.5, "Weight")  # training has moved it
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert put == [1.5, 1.6, 2.5, 1.61, 0.1]
    assert not document.undo_stack.canUndo()


def test_a_run_that_is_lost_leaves_no_weight_to_undo() -> None:
    document = Document(Config())
    document.edit_weight((0, 0, 0), 0.1, 1.5, "Weight")
    document.forget_weights()
    put: list[float] = []
    document.weight_edited.connect(lambda layer, unit, input, value: put.append(value))
    document.undo_stack.undo()
    assert put == []
    assert not document.undo_stack.canUndo()
    assert not document.undo_stack.canRedo()
