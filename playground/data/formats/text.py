"""A user's own text files, read once into a `Table`. Whatever is wrong is one DataError that names file and place.

Knows no network and no screen.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import math
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, islice
from pathlib import Path

import numpy as np

from playground.cancellation import check
from playground.data.dataset import DataError
from playground.data.formats.file import TableFile
from playground.data.formats.kinds import kind_of
from playground.data.table import MISSING, Column, Table, parse_number
from playground.options.message import Message
from playground.options.numerals import counted

DELIMITERS = "\t;|,"  # the comma last: where a file splits equally well at another, it may be a decimal comma
MAX_BYTES = 25_000_000  # with MAX_LINES, what is read in one to three seconds
MAX_LINES = 500_000
MAX_LINE_LENGTH = 1_000_000
MAX_COLUMNS = 10_000
SETTLED = 1_000_000_000  # nanoseconds; a file changed twice within a tick of its clock would look unchanged
BLOCK = 4096  # rows taken apart in one call, which other threads have to wait for

CONTROL_CHARACTERS = "".join(map(chr, [*range(0x09), *range(0x0E, 0x20)]))


@dataclass(frozen=True)
class CsvFile(TableFile):
    """A table in a text file: cells parted by commas, semicolons, tabs or bars, most often below a row of names."""

    label = "CSV file"

    def table(self) -> Table:
        return read_table(self.path)


def read_table(path: str | Path) -> Table:
    """Read a text file of cells parted by one of DELIMITERS; empty lines, and lines that begin with #, are passed over.

    The first row holds the names of the columns, unless it has numbers in it, and every text in it stands again
    further down its column. The file read last is not read again while it stays as it is. Raises DataError, naming
    the line, for a file that is too large, no table, or not there.
    """
    if not str(path):
        raise DataError("data.source.path: no file has been chosen")
    path = Path(path)
    try:
        status = _status(path)
        settled = time.time_ns() - status.st_mtime_ns > SETTLED
        return (_kept_table if settled else _table)(path.absolute(), status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise DataError("{file}: cannot be read: {reason}", file=path.name or path, reason=error.strerror) from None
    except DataError as error:
        raise DataError("{file}: {reason}", file=path.name or path, reason=error.message) from None


def _status(path: Path) -> os.stat_result:
    if path.is_dir():
        raise DataError("is a folder, not a file")
    if not path.is_file():
        raise DataError("is not an ordinary file" if path.exists() else "does not exist")
    status = path.stat()
    if status.st_size > MAX_BYTES:
        size, limit = status.st_size / 1e6, MAX_BYTES / 1e6
        raise DataError(
            "has {size} MB, more than the {most} MB that can be read",
            size=counted(round(size)),
            most=counted(round(limit)),
        )
    return status


def _table(path: Path, changed: int, size: int) -> Table:
    """The table in a file; when that was changed, and its size, tell the cache one state of the file from another."""
    raw = path.read_bytes()
    if kind := kind_of(raw):
        raise DataError("is no table but {kind}", kind=Message(kind))
    content, encoding = _decode(raw)
    _require_cells(content)
    delimiter = max(DELIMITERS, key=lambda delimiter: _fitness(content, delimiter))
    cells, lines = _parse(content, delimiter)
    decimal_comma = delimiter != ","
    header = _take_header(cells, decimal_comma)
    lines = lines[len(lines) - len(cells[0]) :]
    if not lines:
        raise DataError("has a header, but no row below it")
    columns = [Column.of(*named, decimal_comma) for named in zip(_names(header), map(tuple, cells), strict=True)]
    return Table(path.name, delimiter, encoding, tuple(columns), np.array(lines))


_kept_table = lru_cache(maxsize=1)(_table)


def _decode(raw: bytes) -> tuple[str, str]:
    """The text, its lines ended by \\n alone, and the encoding it had."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        content, encoding = (raw.decode("utf-16"), "UTF-16") if marked else (raw.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError:
        content, encoding = raw.decode("latin-1"), "Latin-1"
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    if places := [place for character in CONTROL_CHARACTERS if (place := content.find(character)) >= 0]:
        line, code = content.count("\n", 0, min(places)) + 1, ord(content[min(places)])
        raise DataError(
            "line {line} holds a control character (code {code}), so this is no text file", line=line, code=code
        )
    if (lines := content.count("\n")) > MAX_LINES:
        raise DataError(
            "has {lines} lines, more than the {most} that can be read", lines=counted(lines), most=counted(MAX_LINES)
        )
    return content, encoding


def _fitness(content: str, delimiter: str) -> float:
    """The share of the first rows with as many cells as the very first; 0 where that one is not split at all."""
    widths = []
    with contextlib.suppress(DataError):
        for _, row in islice(_rows(content, delimiter), 100):
            widths.append(len(row))
    return widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0.0


def _require_cells(content: str) -> None:
    """Refuse a text, such as a program or prose, of which most lines do not fall into equally many cells at any sign."""
    lines = [line for line in islice(_lines(content), 100) if line.strip()]
    shares = [_share(_widths(content, lines, delimiter)) for delimiter in DELIMITERS]
    numbers = sum(not math.isnan(parse_number(line.strip(), True)) for line in lines)
    if lines and max(shares) < 0.5 and numbers < 0.5 * len(lines):
        raise DataError("is no table: no tab, semicolon, bar or comma parts most of its lines into equally many cells")


def _widths(content: str, lines: list[str], delimiter: str) -> list[int]:
    """Of the first rows the cells; where quotation marks are out of place, of the lines.

    A text with nothing after the sign is one cell: so end the lines of programs.
    """
    try:
        rows = [row for _, row in islice(_rows(content, delimiter), 100)]
    except DataError:
        rows = [[cell.strip() for cell in line.split(delimiter)] for line in lines]
    return [1 if len(row) == 2 and _is_text(row[0]) and not row[1] else len(row) for row in rows]


def _is_text(cell: str) -> bool:
    return bool(cell) and math.isnan(parse_number(cell, True))


def _share(widths: list[int]) -> float:
    """How many agree in the same width, where that is not 1."""
    return max((widths.count(width) / len(widths) for width in set(widths) - {1}), default=0.0)


def _lines(content: str) -> Iterator[str]:
    """Each line; a comment counts as an empty one."""
    for number, match in enumerate(re.finditer(".*\n|.+", content), 1):
        line = match[0]
        if len(line) > MAX_LINE_LENGTH:
            raise DataError(
                "line {number} has more than the {most} characters that can be read",
                number=number,
                most=counted(MAX_LINE_LENGTH),
            )
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
        problem = Message("an endless cell" if "field larger" in str(error) else "a quotation mark out of place")
        raise DataError(
            "line {line} has {problem}; is a quotation mark not closed?", line=line, problem=problem
        ) from None


def _parse(content: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The cells of every column, and the first line of every row."""
    return _parse_plain(content, delimiter) or _parse_any(content, delimiter)


def _parse_plain(content: str, delimiter: str) -> tuple[list[list[str]], list[int]] | None:
    """The same as `_parse_any` in a fifth of the time; None where there are quotation marks or anything amiss."""
    every = content.split("\n")
    if '"' in content or len(max(every, key=len)) > csv.field_size_limit():
        return None
    lines = [n for n, line in enumerate(every, 1) if (delimiter in line or line.strip()) and not line.startswith("#")]
    rows = [every[line - 1] for line in lines]
    widths = {row.count(delimiter) + 1 for row in rows}
    if len(widths) != 1 or max(widths) > MAX_COLUMNS:
        return None
    [width] = widths
    cells: list[list[str]] = [[] for _ in range(width)]
    for start in range(0, len(rows), BLOCK):
        check()
        block = delimiter.join(rows[start : start + BLOCK]).split(delimiter)
        for position, column in enumerate(cells):
            column.extend(map(str.strip, block[position::width]))
    return cells, lines


def _parse_any(content: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """As `_parse`; what is no table is a DataError that names the line."""
    cells: list[list[str]] = []
    lines: list[int] = []
    for line, row in _rows(content, delimiter):
        cells = cells or [[] for _ in row]
        if len(row) > MAX_COLUMNS:
            raise DataError(
                "line {line} has {count} cells, more than the {most} that can be read",
                line=line,
                count=counted(len(row)),
                most=counted(MAX_COLUMNS),
            )
        if len(row) != len(cells):
            raise DataError(
                "line {line} has {cells}, but line {first} has {others}",
                line=line,
                cells=_cells(len(row)),
                first=lines[0],
                others=_cells(len(cells)),
            )
        if not len(lines) % BLOCK:
            check()
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


def _cells(number: int) -> Message:
    return Message("1 cell") if number == 1 else Message("{count} cells", count=number)
