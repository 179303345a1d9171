"""An optimizer's step written out: its lines in symbols, and with the numbers of one weight. Knows no network and no optimizer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.experiment.backprop.matrix import (
    MOST_TERMS,
    SUPERSCRIPTS,
    Matrix,
    Rule,
    Use,
    figure,
    guarded,
    with_short_power,
)
from playground.nn.activations import Array
from playground.nn.optimizers.optimizer import Line


@dataclass(frozen=True, eq=False)
class Worked(Rule):
    """Worked out as lines say, in which a number is one for each place in a buffer, or the same for all.

    Attributes:
        places: where each entry lies in the buffers, (rows, columns).
        parts: the lines whose sum an entry is; those that say nothing there are left out.
        before: the lines that these stand upon; `made_of` are the matrices that others stand upon.
        words: what is said behind them, and the numbers it is said of.
    """

    places: NDArray[np.intp]
    parts: tuple[Line, ...]
    before: tuple[Line, ...] = ()
    made_of: tuple[Matrix, ...] = ()
    words: tuple[tuple[str, Array], ...] = ()

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        place = self.places[row, column]
        parts = [part for part in self.parts if _at(part.value, place) != 0.0] or list(self.parts[:1])
        return [(part.formula, _bare(in_numbers(part, place))) for part in parts]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(matrix, row, column) for matrix in self.made_of]

    def besides(self, row: int, column: int) -> list[str]:
        place = self.places[row, column]
        lines = []
        for line in self.before:
            sign = "←" if line.symbol in line.names else "="
            formula, numbers, value = line.formula, in_numbers(line, place), figure(_at(line.value, place))
            lines.append(f"{line.symbol} {sign} {formula} = {numbers} = {value}")
        return lines + [f"{name} = {figure(_at(values, place))}" for name, values in self.words]


@dataclass(frozen=True, eq=False)
class Spelled(Rule):
    """What a formula says, in which a name stands for the entry of a matrix in the same place, or for a number.

    A matrix of fewer rows stands for all of them.
    """

    formula: str
    names: Mapping[str, Matrix | float]

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        def symbol(name: str) -> str:
            matrix = self.names[name]
            return matrix.entry(*_within(matrix, row, column)) if isinstance(matrix, Matrix) else name

        def number(name: str) -> str:
            matrix = self.names[name]
            return guarded(matrix.value(*_within(matrix, row, column)) if isinstance(matrix, Matrix) else matrix)

        return [(_replaced(self.formula, self.names, symbol), _dotted(_replaced(self.formula, self.names, number)))]

    def uses(self, row: int, column: int) -> list[Use]:
        matrices = [matrix for matrix in self.names.values() if isinstance(matrix, Matrix)]
        return [Use(matrix, *_within(matrix, row, column)) for matrix in matrices]


@dataclass(frozen=True, eq=False)
class Share(Rule):
    """What something of an entry of a vector is of the same of all entries; `of` says what, with {} for the entry."""

    vector: Matrix
    of: str

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        vector = self.vector
        written = [[vector.entry(k, 0), figure(vector.value(k, 0))] for k in range(len(vector.values))]
        many = len(written) > MOST_TERMS
        shown = [*written[: MOST_TERMS - 1], ["…", "…"], written[-1]] if many else written
        symbols, numbers = (
            f"{self.of.format(written[row][at])} / ({' + '.join(e if e == '…' else self.of.format(e) for e in each)})"
            for at, each in enumerate(zip(*shown, strict=True))
        )
        return [(symbols, numbers)]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(self.vector, None, 0)]


def in_numbers(line: Line, place: int) -> str:
    """A line's formula with the numbers of this place in the buffers for its names, and products with their dots."""
    return _dotted(_replaced(line.formula, line.names, lambda name: _number(line.names, name, place)))


def _bare(text: str) -> str:
    """Without the brackets around a number that stands alone."""
    return re.sub(r"^\(([^()]*)\)$", r"\1", text)


def _replaced(formula: str, names: Iterable[str], by: Callable[[str], str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    # A name is no part of a word, nor the letter below a hat.
    one = "|".join(f"(?<![a-z]){re.escape(name)}(?![a-z\u0300-\u036f₀₁₂′])" for name in longest_first)
    return re.sub(one, lambda found: by(found.group()), formula)


def _dotted(text: str) -> str:
    """Numbers side by side are a product, and one below zero is taken away instead of being added."""
    text = re.sub(r"\+ \(−([\d.e−]+)\)(?![²\d])", r"− \1", text)
    return re.sub(r"(?<=[\d)²⁰¹³⁴⁵⁶⁷⁸⁹½]) (?=[\d(√½]|log|sign)", "·", text)


def _number(names: Mapping[str, Array | float], name: str, place: int) -> str:
    """What stands for a name: what a knob says is written as it was set, and ᵗ is the number of a step."""
    value = names[name]
    if name in ("t", "ᵗ"):
        plain = str(int(_at(value, place)))
        return plain.translate(SUPERSCRIPTS) if name == "ᵗ" else plain
    if isinstance(value, float):
        return with_short_power(f"{value:.6g}")
    return guarded(_at(value, place))


def _within(matrix: Matrix, row: int, column: int) -> tuple[int, int]:
    return min(row, len(matrix.values) - 1), column


def _at(value: Array | float, place: int) -> float:
    return float(value) if np.ndim(value) == 0 else float(np.asarray(value)[place])
