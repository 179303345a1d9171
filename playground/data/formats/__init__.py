"""Files that hold examples, one file a format; how a name ends says which it is. Knows no network and no screen."""

from __future__ import annotations

from pathlib import Path

from playground.data.formats.file import FileSource
from playground.data.formats.idx import IdxFiles
from playground.data.formats.text import CsvFile

FORMATS: dict[str, type[FileSource]] = {
    "idx3-ubyte": IdxFiles,
    "idx3-ubyte.gz": IdxFiles,
    "idx1-ubyte": IdxFiles,
    "idx1-ubyte.gz": IdxFiles,
    ".csv": CsvFile,
    ".tsv": CsvFile,
    ".txt": CsvFile,
    "": CsvFile,  # whatever else there is
}


def source_of(path: str | Path) -> FileSource:
    """The choice of data that a user's file stands for."""
    path = Path(path)
    ending = max(filter(path.name.lower().endswith, FORMATS), key=len)
    return FORMATS[ending].at(path)
