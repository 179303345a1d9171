"""What a file is that is no table, told by how it begins. Knows no network and no screen."""

from __future__ import annotations

import json

BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF87a": "a GIF picture",
    b"GIF89a": "a GIF picture",
    b"%PDF-": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"PK\x03\x04": "a zip archive, as the workbooks of Excel and LibreOffice are too; export the sheet as CSV",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old document of Excel or Word; export the sheet as CSV",
    b"\x1f\x8b": "a gzip archive; unpack it",
    b"BZh": "a bzip2 archive; unpack it",
    b"\xfd7zXZ\x00": "an xz archive; unpack it",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it",
    b"\x93NUMPY": "a NumPy array",
    b"\x89HDF\r\n": "an HDF5 file",
    b"PAR1\x15": "a Parquet file",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x7fELF": "a program",
    b"\x00\x00\x08\x01": "an IDX file of labels; open the images beside it, named like train-images-idx3-ubyte",
    b"\x00\x00\x08\x03": "an IDX file of images; it must be named like train-images-idx3-ubyte",
}
MARKUPS = ("<?xml", "<!doctype", "<html", "<svg")
HEADER = 8  # bytes of a .safetensors file that say how long its JSON is


def kind_of(content: bytes) -> str:
    """What it is, with what to do about it; "" where it may be a table."""
    for beginning, kind in BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content[HEADER : HEADER + 1] == b"{" and int.from_bytes(content[:HEADER], "little") < len(content):
        return "a .safetensors file; a snapshot is opened by that ending"
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:12].lower().startswith(tuple(markup.encode() for markup in MARKUPS)):
        return "HTML or XML"
    if text.startswith((b"{", b"[")) and (_is_json(text) or _is_json(text.partition(b"\n")[0])):
        return "JSON; a configuration is opened by the ending .json"
    return ""


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text, parse_int=float)  # Python makes no whole number of thousands of digits
    except RecursionError:
        return True  # so deep that nothing else is like it
    except ValueError:
        return False
    return True
