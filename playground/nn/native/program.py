"""Steps that are run again and again, as far as possible by NumPy's inner loops."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.nn.calls import Call, run, run_checked
from playground.nn.native.extension import EXTENSION
from playground.nn.native.translation import ARGUMENTS, Plan, name, plan

Table = NDArray[np.intp]


class Part(NamedTuple):
    """A step of a program, run `times` times: at a place of the moving arrays, and then at the next, and the next."""

    step: int
    place: int = 0
    times: int = 1


class Step(NamedTuple):
    """Where a step lies: its rows, and the calls left to Python, each with the row that it comes before."""

    first: int
    last: int
    breaks: tuple[tuple[int, Call], ...]

    @property
    def in_python(self) -> list[Call] | None:
        """All of its calls, where none has a row."""
        return [call for _, call in self.breaks] if self.first == self.last else None


class Program:
    """Steps, each a list of calls.

    `moving` are arrays (places, ...): a step written for place 0 of them is run at any place. Functions with a name in
    `python` are left to Python; with `checked` all are, and may be called off in between.

    Attributes:
        native: how many calls run without Python.
        movable: whether that is so of all that touches the moving arrays; if not, steps can only be run at place 0.

    Raises:
        ValueError: when arrays of a call do not fit one another.
    """

    def __init__(
        self,
        steps: Sequence[Sequence[Call]],
        moving: Sequence[NDArray[Any]] = (),
        python: Container[str] = (),
        checked: bool = False,
    ) -> None:
        self._python, self._checked = python, checked
        self._carry_out = run_checked if checked else run
        self._moving = [(array.__array_interface__["data"][0], array.strides[0]) for array in moving if len(array)]
        self._kept: list[object] = [moving]  # what the rows point at
        self.native, self.movable = 0, True
        rows: list[Sequence[int]] = []
        self.steps: list[Step] = []
        for calls in steps:
            first, breaks = len(rows), []
            for call in calls:
                translated = self._rows(call)
                if translated is None:
                    breaks.append((len(rows), call))
                    self.movable &= not self._may_move(call)
                else:
                    rows += translated
                    self.native += 1
            self.steps.append(Step(first, len(rows), tuple(breaks)))
        self._in_python = [step.in_python for step in self.steps]
        self._table: Table = np.array(rows, np.intp)

    def run(self, parts: Sequence[Part]) -> None:
        """Run these, one after another; those without a break in one go, with the interpreter lock released."""
        together: list[tuple[int, int, int, int]] = []
        for step, place, times in parts:
            first, last, breaks = self.steps[step]
            if not breaks:
                together.append((first, last, place, times))
                continue
            self._run(together)
            together = []
            if calls := self._in_python[step]:
                for _ in range(times):
                    self._carry_out(calls)
                continue
            for at in range(place, place + times):
                row = first
                for before, (function, arguments) in breaks:
                    self._run([(row, before, at, 1)] if before > row else [])
                    function(*arguments)
                    row = before
                self._run([(row, last, at, 1)] if last > row else [])
        self._run(together)

    def _run(self, parts: list[tuple[int, int, int, int]]) -> None:
        if parts:
            EXTENSION.run(self._table, np.array(parts, np.intp))

    def _rows(self, call: Call) -> list[Sequence[int]] | None:
        planned = None if EXTENSION is None or self._checked or name(call) in self._python else plan(call)
        if planned is None:
            return None
        made, arrays = planned
        spare = [np.full(shape, 0.0 if value is None else value, char) for shape, char, value in made.spare]
        addresses = [EXTENSION.address_of(array) for array in (*arrays, *spare)]
        if not _apart(made, arrays, addresses):
            return None
        self._kept.append((call, spare))
        rows: list[Sequence[int]] = []
        for (function, data), arguments, rest in made.lines:
            where = [addresses[index] + offset for index, offset in arguments]
            nothing = [0] * (ARGUMENTS - len(where))
            rows.append([function, data, *where, *nothing, *rest, *map(self._advance, where), *nothing])
        return rows

    def _advance(self, address: int) -> int:
        """How far an argument moves from place to place."""
        return next((stride for start, stride in self._moving if start <= address < start + stride), 0)

    def _may_move(self, call: Call) -> bool:
        """Whether a call in Python may read a moving array, which a closure or an object might do inside."""
        function, arguments = call
        if getattr(function, "__closure__", None):
            return True
        arrays = [argument for argument in arguments if isinstance(argument, np.ndarray)]
        plain = [argument for argument in arguments if argument is None or isinstance(argument, int | float | str)]
        if len(arrays) + len(plain) < len(arguments):
            return True
        return any(self._advance(array.__array_interface__["data"][0]) for array in arrays)


def _apart(made: Plan, arrays: Sequence[NDArray[Any]], addresses: Sequence[int]) -> bool:
    """Whether nothing is written that another operand still has to read, but in the very place where it is read."""
    for reads, writes, same in made.pairs:
        one, other = arrays[reads], arrays[writes]
        if same and addresses[reads] == addresses[writes] and (one.strides, one.shape) == (other.strides, other.shape):
            continue
        if np.may_share_memory(one, other):
            return False
    return True
