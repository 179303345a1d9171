"""A table as a file holds it, and the dataset that a choice of its columns makes. Knows no file."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from playground.cancellation import check
from playground.data.dataset import DataError, Dataset, Floats
from playground.options.message import Message

TASKS = ("automatic", "classification", "regression")
MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})
MAX_CLASSES = 50
MAX_CLASSES_GUESSED = 10
LARGEST = 1e100  # squares of a million of these can still be summed
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")  # float() takes "1_0", "nan", "٣" too
NUMBER_WITH_COMMA = re.compile(NUMBER.pattern.replace(r"\.", ","))


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table.

    Attributes:
        name: from the header, or "column 3" where that says nothing.
        kind: "number" where more than half of the values are numbers, else "text"; "constant" where there is but one
            value, "empty" where there is none.
        cells: (rows,) what the file says.
        absent: (rows,) True where the value is missing.
        numbers: (rows,) the values; NaN where they are missing or no usable numbers.
        distinct: how many different values there are, missing ones not counted.
    """

    name: str
    kind: str
    cells: tuple[str, ...]
    absent: NDArray[np.bool_]
    numbers: Floats
    distinct: int

    @classmethod
    def of(cls, name: str, cells: tuple[str, ...], decimal_comma: bool) -> Column:
        """Read the cells; a comma is a decimal sign where that is allowed and no number has a decimal point."""
        check()
        gone = {value for value in set(cells) if value.lower() in MISSING}
        absent = np.fromiter(map(gone.__contains__, cells), np.bool_, len(cells))
        numbers = np.full(len(cells), np.nan)
        numbers[~absent] = _numbers([cell for cell in cells if cell not in gone], decimal_comma)
        numeric = ~np.isnan(numbers)
        texts = set(compress(cells, ~numeric & ~absent))
        distinct = len(np.unique(numbers[numeric])) + len(texts)
        kind = "number" if 2 * numeric.sum() > (~absent).sum() else "text"
        return cls(name, {0: "empty", 1: "constant"}.get(distinct, kind), cells, absent, numbers, distinct)

    @property
    def missing(self) -> int:
        """How many values are missing."""
        return int(self.absent.sum())

    @property
    def task(self) -> str:
        """What "automatic" means when this column is the target."""
        present = self.numbers[~self.absent]
        whole = bool(np.all(present == np.floor(present)))  # NaN, which is a text, equals nothing
        few = whole and self.distinct <= MAX_CLASSES_GUESSED
        return "regression" if self.kind == "number" and not few else "classification"


@dataclass(frozen=True, eq=False)
class Table:
    """What a file holds.

    Attributes:
        origin: the file's name.
        delimiter: the sign between the cells.
        encoding: "UTF-8", "UTF-16", or "Latin-1" where it is neither.
        columns: from left to right.
        lines: (rows,) the line of the file on which each row begins, counted from 1 as an editor does.
    """

    origin: str
    delimiter: str
    encoding: str
    columns: tuple[Column, ...]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    def preview(self, rows: int) -> tuple[tuple[str, ...], ...]:
        """The first rows, as the file says them."""
        return tuple(zip(*(column.cells[:rows] for column in self.columns), strict=True))

    def dataset(self, target: str = "", inputs: Sequence[str] = (), task: str = "automatic") -> Dataset:
        """The rows that have all values of the target and the inputs.

        Args:
            target: name of the column to predict; "" is the last one that is not empty.
            inputs: names of the columns to predict it from; () is every other column of numbers.
            task: one of TASKS.

        Raises:
            DataError: naming the column, and the line where there is one.
        """
        goal = self._column(target) if target else self._last_column()
        chosen, left_out = self._inputs(goal, inputs)
        needed = [*chosen, goal]
        rows = ~np.any([column.absent for column in needed], axis=0)
        if not rows.any():
            gaps = _listed([_quoted(column.name) for column in needed if column.missing])
            raise self._error("every row has a missing value in {columns}", columns=gaps)
        y, classes = self._target(goal, goal.task if task == "automatic" else task, rows)
        varying = [column for column in chosen if np.ptp(column.numbers[rows]) > 0.0]
        if not varying:
            same = _listed([_quoted(column.name) for column in chosen])
            raise self._error("no input is left, because the rows used do not differ in {columns}", columns=same)
        left_out += [f"{column.name} (constant)" for column in chosen if column not in varying]
        return Dataset(
            X=np.column_stack([column.numbers[rows] for column in varying]),
            y=y,
            columns=tuple(column.name for column in varying),
            classes=classes,
            target=goal.name,
            origin=self.origin,
            note=self._note(needed, rows, left_out),
        )

    def _column(self, name: str) -> Column:
        column = next((column for column in self.columns if column.name == name), None)
        if column is None:
            known = _listed([_quoted(column.name) for column in self.columns])
            raise self._error("has no column {name}; it has {known}", name=_quoted(name), known=known)
        if column.kind == "empty":
            raise self._error("column {name} has no values", name=_quoted(name))
        return column

    def _last_column(self) -> Column:
        column = next((column for column in reversed(self.columns) if column.kind != "empty"), None)
        if column is None:
            raise self._error("has no values, only rows of missing ones")
        return column

    def _inputs(self, goal: Column, names: Sequence[str]) -> tuple[list[Column], list[str]]:
        """The input columns, and a word on each column that is none although nobody has said so."""
        others = [column for column in self.columns if column is not goal]
        chosen = [self._column(name) for name in names] or [column for column in others if column.kind == "number"]
        if goal in chosen:
            raise self._error("column {name} is the target, so it cannot be an input", name=_quoted(goal.name))
        if not chosen:
            raise self._error("has no column of differing numbers beside the target {name}", name=_quoted(goal.name))
        for column in chosen:
            self._require_numbers(column)
        return chosen, [f"{column.name} ({column.kind})" for column in others if not names and column not in chosen]

    def _target(self, goal: Column, task: str, rows: NDArray[np.bool_]) -> tuple[Floats, tuple[str, ...]]:
        """Class index or number, (rows used,), and the names of the classes, sorted, or ()."""
        if task == "regression":
            self._require_numbers(goal)
        numeric = not np.isnan(goal.numbers[~goal.absent]).any()
        values = goal.numbers[rows] if numeric else np.array(goal.cells, dtype=object)[rows]
        distinct, index = np.unique(values, return_inverse=True)
        if len(distinct) < 2:
            only = _quoted(goal.cells[int(np.argmax(rows))])
            raise self._error(
                "the target {name} is {value} in every row used: nothing to learn", name=_quoted(goal.name), value=only
            )
        if task == "regression":
            return values, ()
        if len(distinct) > MAX_CLASSES:
            remedy = "choose regression or another target" if numeric else "choose another target"
            raise self._error(
                "the target {name} has {count} classes, more than {most}: {remedy}",
                name=_quoted(goal.name),
                count=len(distinct),
                most=MAX_CLASSES,
                remedy=Message(remedy),
            )
        classes = (repr(float(value)).removesuffix(".0") if numeric else value for value in distinct)
        return index.astype(np.float64), tuple(classes)

    def _require_numbers(self, column: Column) -> None:
        wrong = np.isnan(column.numbers) & ~column.absent
        if wrong.any():
            row = int(np.argmax(wrong))
            cell = column.cells[row]
            reason = "is too large a number" if NUMBER.fullmatch(cell) else "is not a number"
            raise self._error(
                "line {line}, column {name}: {cell} {reason}",
                line=self.lines[row],
                name=_quoted(column.name),
                cell=_quoted(cell),
                reason=Message(reason),
            )

    def _note(self, needed: list[Column], rows: NDArray[np.bool_], left_out: list[str]) -> str:
        """One sentence on what was left out, or ""."""
        parts = []
        if not rows.all():
            where = _listed([column.name for column in needed if column.missing])
            lines = [str(line) for line in self.lines[~rows]]
            which = f"{'lines' if len(lines) > 1 else 'line'} {_listed(lines)}"
            parts.append(f"{len(lines)} of {len(self)} rows left out for missing values in {where} ({which})")
        if left_out:
            parts.append(f"{'columns' if len(left_out) > 1 else 'column'} left out: {_listed(left_out)}")
        if self.encoding == "Latin-1":
            parts.append("read as Latin-1, as it is not UTF-8")
        sentence = "; ".join(parts)
        return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""

    def _error(self, words: str, **values: object) -> DataError:
        return DataError("{file}: {reason}", file=self.origin, reason=Message(words, **values))


def parse_number(cell: str, decimal_comma: bool) -> float:
    """The value of a plain number, else NaN."""
    if NUMBER.fullmatch(cell):
        value = float(cell)
    elif decimal_comma and NUMBER_WITH_COMMA.fullmatch(cell):
        value = float(cell.replace(",", "."))
    else:
        return math.nan
    return value if abs(value) <= LARGEST else math.nan


def _numbers(cells: list[str], decimal_comma: bool) -> Floats:
    """What `parse_number` makes of each cell, with a comma as decimal sign only where none has a decimal point."""
    plain = _plain_numbers(cells)
    if plain is not None:
        return plain
    values = set(cells)
    if any("." in value and NUMBER.fullmatch(value) for value in values):
        decimal_comma = False
    read = {value: parse_number(value, decimal_comma) for value in values}
    return np.array([read[cell] for cell in cells])


def _plain_numbers(cells: list[str]) -> Floats | None:
    """The values in a tenth of the time, where each cell is a number without a comma; else None."""
    joined = "".join(cells)
    if not joined.isascii() or joined.encode().translate(None, b"0123456789.eE+-"):
        return None  # of these signs, what float() takes is what NUMBER matches
    try:
        numbers = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)


def _quoted(cell: str) -> str:
    cell = " ".join(cell.split())
    return f'"{cell}"' if len(cell) <= 40 else f'"{cell[:37]}..."'


def _listed(items: list[str]) -> str:
    """a, b and c; of many, the first five and how many more."""
    shown = items if len(items) <= 6 else [*items[:5], f"{len(items) - 5} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
