"""A user's own text files, read once into a `Table`. Whatever is wrong is one DataError that names file and place.

Knows no network and no screen.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

import numpy as np

from playground.data.dataset import DataError, Dataset, Source
from playground.data.table import MISSING, TASKS, Column, Table, parse_number
from playground.options import names, text

DELIMITERS = "\t;|,"  # the comma last: where a file splits equally well at another, it may be a decimal comma
MAX_BYTES = 100_000_000
MAX_LINES = 1_000_000
MAX_LINE_LENGTH = 1_000_000
MAX_COLUMNS = 10_000

CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class CsvFile(Source):
    """A table in a text file: cells parted by commas, semicolons, tabs or bars, most often below a row of names."""

    path: str = text("", "file", "The file to read.")
    target: str = text("", "target", "Name of the column to predict; nothing stands for the last one.")
    inputs: tuple[str, ...] = names((), "inputs", "Columns to predict it from; none stands for all other numbers.")
    task: str = text("automatic", "task", "Automatic takes texts, or at most 10 whole numbers, for classes.", TASKS)

    label = "CSV file"

    def load(self, rng: np.random.Generator) -> Dataset:
        return read_table(self.path).dataset(self.target, self.inputs, self.task)


def read_table(path: str | Path) -> Table:
    """Read a text file of cells parted by one of DELIMITERS; empty lines, and lines that begin with #, are passed over.

    The first row holds the names of the columns, unless it has numbers in it, and every text in it stands again
    further down its column. Raises DataError, naming the line, for a file that is too large, no table, or not there.
    """
    if not str(path):
        raise DataError("no file has been chosen")
    origin = Path(path).name or str(path)
    try:
        content, encoding = _decode(_read(Path(path)))
        delimiter = max(DELIMITERS, key=lambda delimiter: _fitness(content, delimiter))
        cells, lines = _parse(content, delimiter)
    except OSError as error:
        raise DataError(f"{origin}: cannot be read: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{origin}: {error}") from None
    decimal_comma = delimiter != ","
    header = _take_header(cells, decimal_comma)
    lines = lines[len(lines) - len(cells[0]) :]
    if not lines:
        raise DataError(f"{origin}: has a header, but no row below it")
    columns = [Column.of(*named, decimal_comma) for named in zip(_names(header), map(tuple, cells), strict=True)]
    return Table(origin, delimiter, encoding, tuple(columns), np.array(lines))


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise DataError("is a folder, not a file")
    if not path.is_file():
        raise DataError("is not an ordinary file" if path.exists() else "does not exist")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise DataError(f"has {size / 1e6:,.0f} MB, more than the {MAX_BYTES / 1e6:,.0f} MB that can be read")
    return path.read_bytes()


def _decode(raw: bytes) -> tuple[str, str]:
    """The text, its lines ended by \\n alone, and the encoding it had."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        content, encoding = (raw.decode("utf-16"), "UTF-16") if marked else (raw.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError:
        content, encoding = raw.decode("latin-1"), "Latin-1"
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    if found := CONTROL_CHARACTER.search(content):
        line = content.count("\n", 0, found.start()) + 1
        raise DataError(f"line {line} holds a control character (code {ord(found[0])}), so this is no text file")
    if (lines := content.count("\n")) > MAX_LINES:
        raise DataError(f"has {lines:,} lines, more than the {MAX_LINES:,} that can be read")
    return content, encoding


def _fitness(content: str, delimiter: str) -> float:
    """The share of the first rows with as many cells as the very first; 0 where that one is not split at all."""
    widths = []
    with contextlib.suppress(DataError):
        for _, row in islice(_rows(content, delimiter), 100):
            widths.append(len(row))
    return widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0.0


def _lines(content: str) -> Iterator[str]:
    """Each line; a comment counts as an empty one."""
    for number, match in enumerate(re.finditer(".*\n|.+", content), 1):
        line = match[0]
        if len(line) > MAX_LINE_LENGTH:
            raise DataError(f"line {number} has more than the {MAX_LINE_LENGTH:,} characters that can be read")
        yield "\n" if line.startswith("#") else line


def _rows(content: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line."""
    reader = csv.reader(_lines(content), delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) or len(cells) > 1:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        problem = "an endless cell" if "field larger" in str(error) else "a quotation mark out of place"
        raise DataError(f"line {line} has {problem}; is a quotation mark not closed?") from None


def _parse(content: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The cells of every column, and the first line of every row."""
    cells: list[list[str]] = []
    lines: list[int] = []
    for line, row in _rows(content, delimiter):
        cells = cells or [[] for _ in row]
        if len(row) > MAX_COLUMNS:
            raise DataError(f"line {line} has {len(row):,} cells, more than the {MAX_COLUMNS:,} that can be read")
        if len(row) != len(cells):
            raise DataError(f"line {line} has {_cells(len(row))}, but line {lines[0]} has {_cells(len(cells))}")
        lines.append(line)
        for column, cell in zip(cells, row, strict=True):
            column.append(cell)
    if not lines:
        raise DataError("has no rows: it is empty")
    return cells, lines


def _take_header(cells: list[list[str]], decimal_comma: bool) -> list[str]:
    """Take the names off the top of the columns; where there are none, they are all ""."""
    numeric = [not math.isnan(parse_number(column[0], decimal_comma)) for column in cells]
    if any(numeric) and all(
        number or column[0].lower() in MISSING or column[0] in islice(column, 1, None)
        for number, column in zip(numeric, cells, strict=True)
    ):
        return [""] * len(cells)
    return [column.pop(0) for column in cells]


def _names(header: list[str]) -> list[str]:
    """Names without gaps and repetitions."""
    taken: dict[str, None] = {}
    for position, cell in enumerate(header, 1):
        wanted = " ".join(cell.split()) or f"column {position}"
        variants = chain([wanted], (f"{wanted} ({number})" for number in count(2)))
        taken[next(name for name in variants if name not in taken)] = None
    return list(taken)


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"
