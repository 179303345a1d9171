"""A matrix with a name, whose every entry can say what it is made of. Knows no network and no screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite
from typing import NamedTuple

from playground.nn.activations import Array

MOST_TERMS = 6  # of a sum that are written out
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Use(NamedTuple):
    """Entries of a matrix that another entry is made of: one, or where row or column is None a whole line of them."""

    matrix: Matrix
    row: int | None
    column: int | None


class Rule:
    """Where a matrix's entries come from."""

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        """The terms of the sum that an entry is, each in symbols and in numbers; none where it is given."""
        return []

    def uses(self, row: int, column: int) -> list[Use]:
        """What an entry is made of."""
        return []

    def besides(self, row: int, column: int) -> list[str]:
        """Where what stands in the terms comes from, a line each."""
        return []


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix of the walk, or with one column a vector.

    Attributes:
        name: such as "z" or "∂L/∂W"; from it come the entries' names, "z₂" or "∂L/∂w₂₁".
        values: (rows, columns).
        meaning: a sentence.
        sign: what stands between it and the matrix before it, such as "·" or "=".
        bias, one: whether the last column is that of the bias, and the last row the 1 that it multiplies.
        transposed: whether `values` are those of the matrix that `name` stands for turned over.
    """

    name: str
    values: Array
    meaning: str
    sign: str = ""
    rule: Rule = field(default_factory=Rule)
    bias: bool = False
    one: bool = False
    transposed: bool = False

    def turned(self) -> Matrix:
        """Its transpose; the entries keep their names."""
        return replace(self, values=self.values.T, transposed=not self.transposed)

    def after(self, sign: str) -> Matrix:
        """The same, with this sign before it."""
        return replace(self, sign=sign)

    @property
    def title(self) -> str:
        return self.name + "ᵀ" * self.transposed

    def entry(self, row: int, column: int) -> str:
        """An entry's name."""
        rows, columns = self.values.shape
        if self.transposed:
            (row, column), (rows, columns) = (column, row), (columns, rows)
        if self.one and row == rows - 1:
            return "1"
        if self.bias and "W" in self.name and column == columns - 1:
            return _indexed(self.name.replace("W", "b"), _subscript(row))
        if columns == 1:
            return _indexed(self.name, _subscript(row) if rows > 1 else "")
        apart = "," if max(rows, columns) > 9 else ""
        return _indexed(self.name.replace("W", "w"), _subscript(row) + apart + _subscript(column))

    def value(self, row: int, column: int) -> float:
        return float(self.values[row, column])

    def uses(self, row: int, column: int) -> list[Use]:
        """What an entry is made of."""
        return self.rule.uses(row, column)

    def explain(self, row: int, column: int) -> str:
        """In a few lines: the entry in symbols, in numbers, and what it means."""
        name, value = self.entry(row, column), figure(self.value(row, column))
        terms = self.rule.terms(row, column)
        if not terms:
            return f"{name} = {value}\n{self.meaning}"
        if len(terms) > MOST_TERMS:
            terms = [*terms[: MOST_TERMS - 1], ("…", "…"), terms[-1]]
        symbols = " + ".join(symbol for symbol, _ in terms).replace("+ −", "− ")
        numbers = " + ".join(number for _, number in terms).replace("+ −", "− ")
        numbers = "" if numbers == value else f"\n= {numbers}"
        besides = "".join(f"{line}\n" for line in self.rule.besides(row, column))
        return f"{name} = {symbols}{numbers}\n= {value}\n{besides}{self.meaning}"


@dataclass(frozen=True, eq=False)
class Product(Rule):
    """left · right."""

    left: Matrix
    right: Matrix

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        return [_times((self.left, row, k), (self.right, k, column)) for k in range(len(self.right.values))]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(self.left, row, None), Use(self.right, None, column)]


@dataclass(frozen=True, eq=False)
class Sum(Rule):
    """All entries of a vector."""

    vector: Matrix

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        rows = range(len(self.vector.values))
        return [(self.vector.entry(k, 0), figure(self.vector.value(k, 0))) for k in rows]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(self.vector, None, 0)]


@dataclass(frozen=True, eq=False)
class Scaled(Rule):
    """A number, which has a name, times the matrix."""

    name: str
    number: float
    matrix: Matrix

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        symbols = f"{self.name}·{self.matrix.entry(row, column)}"
        return [(symbols, f"{figure(self.number)}·{guarded(self.matrix.value(row, column))}")]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(self.matrix, row, column)]


@dataclass(frozen=True, eq=False)
class Times(Rule):
    """Entry by entry; a factor with fewer rows stands for all of them."""

    factors: tuple[Matrix, ...]

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        return [_times(*((factor, min(row, len(factor.values) - 1), column) for factor in self.factors))]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(factor, min(row, len(factor.values) - 1), column) for factor in self.factors]


@dataclass(frozen=True, eq=False)
class Difference(Rule):
    """left − right, times a number."""

    left: Matrix
    right: Matrix
    factor: float = 1.0

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        symbols = f"{self.left.entry(row, column)} − {self.right.entry(row, column)}"
        numbers = f"{figure(self.left.value(row, column))} − {guarded(self.right.value(row, column))}"
        if self.factor == 1.0:
            return [(symbols, numbers)]
        return [(f"{figure(self.factor)}·({symbols})", f"{figure(self.factor)}·({numbers})")]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(self.left, row, column), Use(self.right, row, column)]


@dataclass(frozen=True, eq=False)
class Applied(Rule):
    """A function of each entry, called by its name."""

    function: str
    argument: Matrix

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        value = figure(self.argument.value(row, column))
        return [(f"{self.function}({self.argument.entry(row, column)})", f"{self.function}({value})")]

    def uses(self, row: int, column: int) -> list[Use]:
        return [Use(self.argument, row, column)]


@dataclass(frozen=True, eq=False)
class Rescaled(Rule):
    """gain · (value − mean) / deviation + shift; mean and deviation have one row, or one for each.

    Without gain and shift only what they are applied to.
    """

    value: Matrix
    mean: Matrix
    deviation: Matrix
    gain: Matrix | None = None
    shift: Matrix | None = None

    def terms(self, row: int, column: int) -> list[tuple[str, str]]:
        places = [(use.matrix, use.row or 0) for use in self.uses(row, column)]
        names = [matrix.entry(at, 0) for matrix, at in places]
        values = [matrix.value(at, 0) for matrix, at in places]
        numbers = [guarded(value) if at in (1, 2, 3) else figure(value) for at, value in enumerate(values)]
        written = []
        for value, mean, deviation, *rest in (names, numbers):
            normal = f"({value} − {mean})/{deviation}"
            written.append([f"{rest[0]}·{normal}", rest[1]] if rest else [normal])
        return list(zip(*written, strict=True))

    def uses(self, row: int, column: int) -> list[Use]:
        matrices = (self.value, self.mean, self.deviation, self.gain, self.shift)
        return [Use(matrix, min(row, len(matrix.values) - 1), 0) for matrix in matrices if matrix is not None]


def figure(value: float) -> str:
    """A number in four figures, with a true minus."""
    if value == 0.0 or value != value:
        return "0" if value == 0.0 else "–"
    plain = f"{value:.4f}" if 0.1 <= abs(value) < 1e3 else f"{value:.4g}"
    return with_short_power(plain)


def brief(value: float) -> str:
    """A number in at most seven characters, for a table."""
    size = abs(value)
    if 1e-3 <= size < 1e4:
        return f"{value:.{min(4, 5 - len(str(int(size))))}f}".replace("-", "−")
    if value == 0.0 or not isfinite(value):
        return figure(value).replace("inf", "∞")
    short = with_short_power(f"{value:.1e}")
    return short if len(short) <= 7 else with_short_power(f"{value:.0e}")


def drawn(count: int, most: int) -> tuple[int | None, ...]:
    """Which of so many rows or columns a table shows: all, or the first and the last, and None for those between."""
    return tuple(range(count)) if count <= most else (*range(most - 2), None, count - 1)


def superscript(layer: int) -> str:
    """A layer's number behind a letter."""
    return "⁽" + str(layer).translate(SUPERSCRIPTS) + "⁾"


def _times(*factors: tuple[Matrix, int, int]) -> tuple[str, str]:
    """A product in symbols and in numbers; a factor that is the 1 of the bias is left out."""
    seen = [place for place in factors if place[0].entry(*place[1:]) != "1"] or list(factors[:1])
    symbols = "·".join(matrix.entry(row, column) for matrix, row, column in seen)
    first, *others = (matrix.value(row, column) for matrix, row, column in seen)
    return symbols, "·".join([figure(first), *map(guarded, others)])


def with_short_power(plain: str) -> str:
    """1.2e-05 becomes 1.2e−5."""
    mantissa, power, exponent = plain.partition("e")
    return (f"{mantissa}e{int(exponent)}" if power else plain).replace("-", "−")


def guarded(value: float) -> str:
    """A number inside a product: a negative one in brackets."""
    return f"({figure(value)})" if value < 0.0 else figure(value)


def _subscript(index: int) -> str:
    return str(index + 1).translate(SUBSCRIPTS)


def _indexed(name: str, subscript: str) -> str:
    """f′(z) becomes f′(z₂), all else takes its subscript at the end."""
    return f"{name[:-1]}{subscript})" if name.endswith(")") else name + subscript
