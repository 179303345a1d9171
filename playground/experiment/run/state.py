"""What a run has become, as plain arrays and JSON values, and whether such a state fits a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.experiment.history.curves import CAPACITY
from playground.experiment.history.layer_statistics import CAPACITY as VITALS


class StateError(ValueError):
    """A saved state that does not fit its config and data; the message is one sentence that names what and where."""


@dataclass(frozen=True)
class State:
    """Everything of a run but its config and data. `plain` is JSON; reading it back goes on with the same bits."""

    arrays: dict[str, NDArray[Any]]
    plain: dict[str, Any]


def check_state(state: State, model: State, steps_per_epoch: int, examples: int) -> None:
    """Hold a state from outside against one of the session it is meant for, which trains on so many `examples`.

    Raises:
        StateError: naming the entry that is missing, unknown, of the wrong shape or kind, or not finite.
    """
    _check_names("array", set(state.arrays), set(model.arrays))
    _check_names("entry", set(state.plain), set(model.plain))
    for name, array in state.arrays.items():
        wanted = model.arrays[name]
        if array.dtype != wanted.dtype:
            raise StateError(f"{name}: holds {array.dtype}, not {wanted.dtype}")
        if name == "history":
            if array.ndim != 2 or array.shape[1] != wanted.shape[1] or not 1 <= len(array) <= CAPACITY:
                raise StateError(f"history: has shape {array.shape}, not (1 to {CAPACITY}, {wanted.shape[1]})")
            # A run at its very start or near its end may have written down a loss that had left the finite numbers.
            if not np.isfinite(array[:, :2]).all() or (np.diff(array[:, 1]) <= 0).any():
                raise StateError("history: its records are not finite or not in order")
            continue
        if name == "vitals":
            if array.ndim != 2 or array.shape[1] != wanted.shape[1] or not 1 <= len(array) <= VITALS:
                raise StateError(f"vitals: has shape {array.shape}, not (1 to {VITALS}, {wanted.shape[1]})")
            if not np.isfinite(array[:, :2]).all() or (np.diff(array[:, 1]) <= 0).any():
                raise StateError("vitals: its records are not finite or not in order")
            continue
        if array.shape != wanted.shape:
            raise StateError(f"{name}: has shape {array.shape}, not {wanted.shape}")
        if name == "order" and not _is_order(array, wanted, examples):
            raise StateError("order: does not name the training examples")
        if name == "clock" and not 0 <= array <= 2**53:
            raise StateError("clock: must count steps from 0 up")
        if name == "watch.loss" and not (array > -np.inf).all():  # +∞ before the first look
            raise StateError("watch.loss: holds what no loss can be")
        if name not in ("gradients", "watch.loss") and not np.isfinite(array).all():
            raise StateError(f"{name}: holds a number that is not finite")
    highs = {
        "epoch": 2**53,
        "step_in_epoch": steps_per_epoch - 1,
        "steps": 2**53,
        "resolution": 2,
        "comparable_from": 2**53,
        "vitals_every": 2**53,
    }
    lows = {"resolution": -60, "vitals_every": 1}
    for name, high in highs.items():
        value, low = state.plain[name], lows.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise StateError(f"{name}: must be a whole number from {low} to {high}")
    _check_monitor(state)
    for name in ("orders", "chances"):
        if not isinstance(state.plain[name], list) or len(state.plain[name]) != len(model.plain[name]):
            raise StateError(f"{name}: must hold the states of {len(model.plain[name])} generators")
    if not isinstance(state.plain["start_loss"], float) or not np.isfinite(state.plain["start_loss"]):
        raise StateError("start_loss: must be a finite number")


def _check_monitor(state: State) -> None:
    """Early stopping and plateaus count epochs that have been, and lower a rate only."""
    for name in ("watch.epoch", "watch.lowered"):
        epochs = state.arrays.get(name, np.zeros(0))
        if ((epochs < 0) | (epochs > state.plain["epoch"]) | (epochs != np.floor(epochs))).any():
            raise StateError(f"{name}: must count epochs from 0 to {state.plain['epoch']}")
    shares = state.arrays.get("watch.share", np.zeros(0))
    if ((shares < 0.0) | (shares > 1.0)).any():
        raise StateError("watch.share: must lie between 0 and 1")


def _is_order(order: NDArray[np.intp], model: NDArray[np.intp], examples: int) -> bool:
    """Whether each row names all examples once; where members have samples of their own, only some that there are."""
    every = np.arange(examples)
    if model.shape[1] == examples and (np.sort(model) == every).all():
        return bool((np.sort(order) == every).all())
    return bool((order >= 0).all() and (order < examples).all())


def _check_names(kind: str, given: set[str], wanted: set[str]) -> None:
    if missing := sorted(wanted - given):
        raise StateError(f"the {kind} {missing[0]} is missing")
    if unknown := sorted(given - wanted):
        raise StateError(f"the {kind} {unknown[0]} is unknown")
