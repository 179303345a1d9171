"""Images in IDX files, as MNIST comes, plain or as .gz. Whatever is wrong is one DataError that names the file.

An IDX file is a few big-endian 32-bit numbers and then one byte for each pixel or label: first 0x0803 for images or
0x0801 for labels, then how many there are, and of images the rows and columns. Knows no network and no screen.
"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Self, cast

import numpy as np
from numpy.typing import NDArray

from playground.cancellation import check
from playground.data.dataset import DataError, Dataset, Floats, Outline
from playground.data.formats.file import FileSource
from playground.data.formats.text import MAX_COLUMNS, SETTLED
from playground.options import text
from playground.options.message import Message
from playground.options.numerals import counted

IMAGES = re.compile(r"(.*)images([-.])idx3-ubyte(?:\.gz)?", re.IGNORECASE | re.DOTALL)
LABELS = re.compile(r".*labels[-.]idx1-ubyte(?:\.gz)?", re.IGNORECASE | re.DOTALL)
MAX_PIXELS = 200_000_000  # of one file; as float32 they take 0.8 GB
LOOKED_AT = 1000  # images, to tell which pixels vary: those at the edges are the same in all
DEFLATION = 1032  # times: no .gz can be packed more tightly

Bytes = NDArray[np.uint8]
Stamp = tuple[Path, int, int]  # a file, when it was changed, and its size


@dataclass(frozen=True)
class IdxFiles(FileSource):
    """Images and the labels beside them, as MNIST comes: train-images-idx3-ubyte and its like. Source: LeCun 1998."""

    path: str = text("", "file", "The file of images; that of labels is looked for beside it.")

    label = "IDX images (MNIST)"

    @classmethod
    def at(cls, path: Path) -> Self:
        return cls(str(path.absolute()))  # the labels lie beside the name by which the images were chosen, be it a link

    def load(self, rng: np.random.Generator) -> Dataset:
        return read_images(self.path)

    def outline(self) -> Outline:
        images = read_images(self.path)
        return Outline(len(images.classes), widest(images.X[:LOOKED_AT]))


def read_images(path: str | Path) -> Dataset:
    """A row of pixels, divided by 255 to lie in 0…1, for each image; its class is the label.

    Beside train… the images and labels of t10k…, where both are there, become the data set's own test examples.
    What was read last is not read again while the files stay as they are. Raises DataError.
    """
    if not str(path):
        raise DataError("data.source.path: no file has been chosen")
    stamps = [_stamp(file) for file in _files(Path(path).absolute())]
    settled = time.time_ns() - max(changed for _, changed, _ in stamps) > SETTLED
    return (_kept_images if settled else _images)(*stamps)


def widest(X: Floats) -> tuple[int, int]:
    """Of (examples, columns) the column that varies most, and the one with most of its own beside that."""
    deviations = X - X.mean(axis=0)
    variances = (deviations**2).mean(axis=0)
    first = int(variances.argmax())
    shared = (deviations * deviations[:, [first]]).mean(axis=0) ** 2 / (variances[first] or 1.0)
    own = variances - shared
    own[first] = -1.0
    return first, int(own.argmax())


def _files(images: Path) -> Iterable[Path]:
    """Images and labels, and those to test with where there are any."""
    match = IMAGES.fullmatch(images.name)
    if not match:
        reason = Message(
            "holds labels" if LABELS.fullmatch(images.name) else "is not named like train-images-idx3-ubyte"
        )
        raise DataError(
            "{file}: {reason}; choose a file of images, which has its labels beside it", file=images.name, reason=reason
        )
    if not images.exists():
        raise DataError("{file}: does not exist", file=images.name)
    stem, dot = match.groups()
    labels = _there(images.with_name(f"{stem}labels{dot}idx1-ubyte"))
    if labels is None:
        raise DataError(
            "{file}: the labels, {stem}labels{dot}idx1-ubyte, are not beside it", file=images.name, stem=stem, dot=dot
        )
    if stem.startswith("train"):
        test = "t10k" + stem.removeprefix("train")
        own = [_there(images.with_name(f"{test}{name}-ubyte")) for name in (f"images{dot}idx3", f"labels{dot}idx1")]
        if None not in own:
            return [images, labels, *cast(list[Path], own)]
    return [images, labels]


def _there(path: Path) -> Path | None:
    """The file of this name, or else the packed one."""
    return next((file for file in (path, path.with_name(path.name + ".gz")) if file.exists()), None)


def _stamp(path: Path) -> Stamp:
    if not path.is_file():
        raise DataError("{file}: is not an ordinary file", file=path.name)
    try:
        status = path.stat()
    except OSError as error:
        raise DataError("{file}: cannot be read: {reason}", file=path.name, reason=error.strerror) from None
    return path, status.st_mtime_ns, status.st_size


def _images(*stamps: Stamp) -> Dataset:
    """The data set in these files: images, labels, and perhaps both again for the test."""
    images = [_content(stamp, images=True) for stamp in stamps[::2]]
    labels = [_content(stamp, images=False) for stamp in stamps[1::2]]
    for (file, *_), pixels, values in zip(stamps[1::2], images, labels, strict=True):
        if len(values) != len(pixels):
            raise DataError(
                "{file}: has {labels} labels for {images} images",
                file=file.name,
                labels=counted(len(values)),
                images=counted(len(pixels)),
            )
    (_, rows, columns), (*_, other) = images[0].shape, [pixels.shape for pixels in images]
    if other[1:] != (rows, columns):
        raise DataError(
            "{file}: its images have {height} × {width} pixels, and those of {other} {rows} × {columns}",
            file=stamps[-2][0].name,
            height=other[1],
            width=other[2],
            other=stamps[0][0].name,
            rows=rows,
            columns=columns,
        )
    values = np.concatenate(labels)
    found, y = np.unique(values, return_inverse=True)
    if len(found) < 2:
        raise DataError(
            "{file}: all labels are {label}, so there is nothing to tell apart", file=stamps[1][0].name, label=found[0]
        )
    X = np.empty((len(values), rows * columns), np.float32)
    np.divide(np.concatenate(images).reshape(X.shape), np.float32(255.0), out=X)
    note, test = "Pixels of 0 to 255 were divided by 255.", None
    if len(images) > 1:
        test = np.arange(len(images[0]), len(values), dtype=np.intp)
        note = f"{note} The images of {stamps[2][0].name} ({len(test):,}) are for the test."
    names = tuple(f"pixel {row},{column}" for row in range(1, rows + 1) for column in range(1, columns + 1))
    classes = tuple(map(str, found.tolist()))
    return Dataset(X, y.astype(np.float64), names, classes, "label", stamps[0][0].name, note, test=test)


_kept_images = lru_cache(maxsize=1)(_images)


def _content(stamp: Stamp, images: bool) -> Bytes:
    """Pixels (images, rows, columns) or labels (examples,), of 0 to 255."""
    path, _, size = stamp
    packed = path.suffix.lower() == ".gz"
    try:
        check()
        with gzip.open(path) if packed else path.open("rb") as file:
            return _array(cast(IO[bytes], file), images, size * (DEFLATION if packed else 1))
    except (gzip.BadGzipFile, zlib.error):
        raise DataError("{file}: is no .gz file, or a damaged one", file=path.name) from None
    except EOFError:
        raise DataError("{file}: is only part of a .gz file", file=path.name) from None
    except OSError as error:
        raise DataError("{file}: cannot be read: {reason}", file=path.name, reason=error.strerror) from None
    except DataError as error:
        raise DataError("{file}: {reason}", file=path.name, reason=error.message) from None


def _array(file: IO[bytes], images: bool, most: int) -> Bytes:
    """What the file holds, of which there cannot be more than `most` bytes."""
    what, magic, axes = (Message("images"), 0x0803, 3) if images else (Message("labels"), 0x0801, 1)
    header = file.read(4 * (axes + 1))
    if len(header) < 4 * (axes + 1) or int.from_bytes(header[:4], "big") != magic:
        raise DataError("is no IDX file of {what}: it does not begin as one", what=what)
    shape = tuple(np.frombuffer(header, ">u4").tolist()[1:])
    count, *sides = shape
    if images and not 1 <= sides[0] * sides[1] <= MAX_COLUMNS:
        raise DataError(
            "says that its images have {rows} × {columns} pixels, and only 1 to {most} of them can be read",
            rows=counted(sides[0]),
            columns=counted(sides[1]),
            most=counted(MAX_COLUMNS),
        )
    total = count * (sides[0] * sides[1] if images else 1)
    if not count:
        raise DataError("holds no {what}", what=what)
    if total > MAX_PIXELS:
        raise DataError(
            "says that it has {total} bytes of {what}, more than the {most} that can be read",
            total=counted(total),
            what=what,
            most=counted(MAX_PIXELS),
        )
    content = file.read(total + 1) if total <= most else b""
    if len(content) != total:
        more = Message("more" if len(content) > total else "fewer")
        raise DataError("holds {more} than the {count} {what} that it says", more=more, count=counted(count), what=what)
    return np.frombuffer(content, np.uint8).reshape(shape)
