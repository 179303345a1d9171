"""What a run has become, as plain arrays and JSON values, and whether such a state fits a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.experiment.history.curves import CAPACITY
from playground.experiment.history.layer_statistics import CAPACITY as VITALS
from playground.options.errors import InputError


class StateError(InputError):
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
            raise StateError("{name}: holds {kind}, not {expected}", name=name, kind=array.dtype, expected=wanted.dtype)
        if name == "history":
            if array.ndim != 2 or array.shape[1] != wanted.shape[1] or not 1 <= len(array) <= CAPACITY:
                raise StateError(
                    "history: has shape {shape}, not (1 to {most}, {columns})",
                    shape=array.shape,
                    most=CAPACITY,
                    columns=wanted.shape[1],
                )
            # A run at its very start or near its end may have written down a loss that had left the finite numbers.
            if not np.isfinite(array[:, :2]).all() or (np.diff(array[:, 1]) <= 0).any():
                raise StateError("history: its records are not finite or not in order")
            continue
        if name == "vitals":
            if array.ndim != 2 or array.shape[1] != wanted.shape[1] or not 1 <= len(array) <= VITALS:
                raise StateError(
                    "vitals: has shape {shape}, not (1 to {most}, {columns})",
                    shape=array.shape,
                    most=VITALS,
                    columns=wanted.shape[1],
                )
            if not np.isfinite(array[:, :2]).all() or (np.diff(array[:, 1]) <= 0).any():
                raise StateError("vitals: its records are not finite or not in order")
            continue
        if array.shape != wanted.shape:
            raise StateError(
                "{name}: has shape {shape}, not {expected}", name=name, shape=array.shape, expected=wanted.shape
            )
        if name == "order" and not _is_order(array, wanted, examples):
            raise StateError("order: does not name the training examples")
        if name == "clock" and not 0 <= array <= 2**53:
            raise StateError("clock: must count steps from 0 up")
        if name == "watch.loss" and not (array > -np.inf).all():  # +∞ before the first look
            raise StateError("watch.loss: holds what no loss can be")
        if name not in ("gradients", "watch.loss") and not np.isfinite(array).all():
            raise StateError("{name}: holds a number that is not finite", name=name)
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
            raise StateError("{name}: must be a whole number from {low} to {high}", name=name, low=low, high=high)
    _check_monitor(state)
    for name in ("orders", "chances"):
        if not isinstance(state.plain[name], list) or len(state.plain[name]) != len(model.plain[name]):
            raise StateError(
                "{name}: must hold the states of {count} generators", name=name, count=len(model.plain[name])
            )
    if not isinstance(state.plain["start_loss"], float) or not np.isfinite(state.plain["start_loss"]):
        raise StateError("start_loss: must be a finite number")


def _check_monitor(state: State) -> None:
    """Early stopping and plateaus count epochs that have been, and lower a rate only."""
    for name in ("watch.epoch", "watch.lowered"):
        epochs = state.arrays.get(name, np.zeros(0))
        if ((epochs < 0) | (epochs > state.plain["epoch"]) | (epochs != np.floor(epochs))).any():
            raise StateError("{name}: must count epochs from 0 to {most}", name=name, most=state.plain["epoch"])
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
        raise StateError("the {kind} {name} is missing", kind=kind, name=missing[0])
    if unknown := sorted(given - wanted):
        raise StateError("the {kind} {name} is unknown", kind=kind, name=unknown[0])
