"""An experiment in one .safetensors file: config, data, weights, optimizer, generators, history. Knows no screen.

Arrays are the tensors of the file; all else is JSON in its metadata: `config`, `dataset`, `run`, and `digests`, the
SHA-256 of every other entry. So a damaged or edited file is never taken for the run that was saved.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from playground.cancellation import check
from playground.data.dataset import DataError, Dataset
from playground.exchange.atomic import write_atomically
from playground.experiment.config import Config, ConfigError
from playground.experiment.run.session import Session
from playground.experiment.run.state import State, StateError
from playground.experiment.selection import Selection
from playground.options import knobs
from playground.options.errors import InputError
from playground.options.numerals import counted

FORMAT = "neural network playground snapshot"
VERSION = 3
MAX_BYTES = 2**30
MAX_DIGITS = 40  # of a whole number: a generator's state has 39

DATASET_FIELDS = {"columns": list, "classes": list, "target": str, "origin": str, "note": str, "plane": bool}

OLDER = {"part": "judged_on", "step": "trace_step"}  # what fields of a selection were called in older files
DATA_TEXTS, RUN_TEXTS = ("dataset",), ("config", "run")

Arrays = dict[str, NDArray[Any]]
Texts = dict[str, str]
Entries = tuple[Arrays, Texts]


class SnapshotError(InputError):
    """A snapshot that cannot be read or written; the message is one sentence that names the file and the entry."""


@dataclass(frozen=True)
class Checkpoint:
    """All that a snapshot holds of a session; the session may go on."""

    config: Config
    selection: Selection
    dataset: Dataset
    state: State

    @classmethod
    def of(cls, session: Session) -> Checkpoint:
        return cls(session.config, session.selection, session.dataset, session.state())


def save_snapshot(session: Session, path: str | Path) -> None:
    """Write all of a session. It is read back and compared before it replaces anything.

    Raises:
        SnapshotError: a file that was there before is then as it was.
    """
    path = Path(path)
    try:
        write_atomically(path, _encode(session))
    except OSError as error:
        raise SnapshotError("{file}: cannot be written: {reason}", file=path.name, reason=error.strerror) from None
    except SnapshotError as error:
        raise SnapshotError("{file}: cannot be saved: {reason}", file=path.name, reason=error.message) from None


def load_snapshot(path: str | Path) -> Session:
    """The session that was saved; training it on gives the same bits as if it had never stopped.

    Raises:
        SnapshotError: when the file is not there, or is not a whole and unchanged snapshot.
    """
    path = Path(path)
    try:
        return _decode(read_whole(path))
    except OSError as error:
        raise SnapshotError("{file}: cannot be read: {reason}", file=path.name, reason=error.strerror) from None
    except SnapshotError as error:
        raise SnapshotError("{file}: {reason}", file=path.name, reason=error.message) from None


def read_whole(path: Path) -> bytes:
    """What is in a file, unless that is more than a snapshot may have.

    Raises:
        OSError, or SnapshotError as `unpack`.
    """
    if path.exists() and not path.is_file():
        raise SnapshotError("is not an ordinary file")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        _require(
            size <= MAX_BYTES,
            "is larger than the {most} MB that a snapshot may have",
            most=counted(round(MAX_BYTES / 1000000.0)),
        )
        return file.read(size)


def _encode(session: Session) -> bytes:
    arrays, texts = _entries(session)
    content = pack(arrays, texts)
    _require(_digests(*_entries(_decode(content))) == _digests(arrays, texts), "it reads back differently")
    return content


def _decode(content: bytes) -> Session:
    return session_of(*unpack(content, (*DATA_TEXTS, *RUN_TEXTS)))


def _entries(session: Session) -> Entries:
    """All that makes up a session, by the names it has in the file."""
    checkpoint = Checkpoint.of(session)
    (data, of_data), (run, of_run) = data_entries(checkpoint), run_entries(checkpoint)
    return data | run, of_run | of_data


def data_entries(checkpoint: Checkpoint) -> Entries:
    """What stays the same while a session trains."""
    data = checkpoint.dataset
    own_test = {} if data.test is None else {"test": data.test}
    return _plain(
        {"X": data.X, "y": data.y, **own_test}, {"dataset": {name: getattr(data, name) for name in DATASET_FIELDS}}
    )


def run_entries(checkpoint: Checkpoint) -> Entries:
    """All the rest."""
    config = checkpoint.config.to_plain() | {"selection": checkpoint.selection.to_plain()}
    return _plain(checkpoint.state.arrays, {"config": config, "run": checkpoint.state.plain})


def _plain(arrays: Arrays, texts: dict[str, Any]) -> Entries:
    return (
        # safetensors garbles, without a word, what is not contiguous.
        {name: np.asarray(array, order="C") for name, array in arrays.items()},
        {name: json.dumps(plain) for name, plain in texts.items()},
    )


def pack(arrays: Arrays, texts: Texts) -> bytes:
    """The file that holds these entries."""
    metadata = {"format": FORMAT, "version": str(VERSION), **texts, "digests": json.dumps(_digests(arrays, texts))}
    content = safetensors.numpy.save(arrays, metadata)
    _require(len(content) <= MAX_BYTES, "it would be larger than {most} MB", most=counted(round(MAX_BYTES / 1000000.0)))
    return content


def unpack(content: bytes, names: Sequence[str]) -> Entries:
    """The entries in a file, with these texts, once each has been found to be as it was packed.

    Raises:
        SnapshotError: a part of a sentence, which lacks the name of the file.
    """
    arrays = _arrays(content)
    metadata = _metadata(content, names)
    texts = {name: metadata[name] for name in names}
    recorded = _parse("digests", metadata["digests"])
    for name, digest in _digests(arrays, texts).items():
        _require(recorded.get(name) == digest, "{name}: is not as it was saved", name=name)
    return arrays, texts


def session_of(arrays: Arrays, texts: Texts) -> Session:
    """The session that these entries make up.

    Raises:
        SnapshotError: as `unpack`.
    """
    plain = {name: _parse(name, text) for name, text in texts.items()}
    own = {name: arrays[name] for name in arrays.keys() - {"X", "y", "test"}}
    dataset = _dataset(plain["dataset"], *map(arrays.get, ("X", "y", "test")))
    try:
        selection = _selection(plain["config"])
        with np.errstate(all="ignore"):
            session = Session.from_state(Config.from_plain(plain["config"]), dataset, State(own, plain["run"]))
            session.select(selection)
            return session
    except ConfigError as error:
        raise SnapshotError(error.under("config").message) from None
    except (DataError, StateError) as error:
        raise SnapshotError(error.message) from None


def _selection(config: Any) -> Selection:
    """Takes what is selected out of a config as a file holds it; older files have it under "display", among much else."""
    if not isinstance(config, dict):
        return Selection()
    display = config.get("display", {})
    older = display if isinstance(display, dict) else {}
    named = {name: older[OLDER.get(name, name)] for name in knobs(Selection) if OLDER.get(name, name) in older}
    try:
        return Selection.from_plain(config.pop("selection", named))
    except ConfigError as error:
        raise error.under("selection") from None


def _digests(arrays: Arrays, texts: Texts) -> dict[str, str]:
    """Of each entry the SHA-256, in which an array's kind and shape count too."""
    kinds = {name: f"{array.dtype} {array.shape} ".encode() for name, array in arrays.items()}
    digests = {name: _sha256(kind, arrays[name]) for name, kind in kinds.items()}
    return digests | {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def _sha256(kind: bytes, array: NDArray[Any]) -> str:
    check()
    digest = hashlib.sha256(kind)
    digest.update(array.data)  # without a copy, and without holding up other threads
    return digest.hexdigest()


def _arrays(content: bytes) -> Arrays:
    try:
        return safetensors.numpy.load(content)
    except safetensors.SafetensorError:
        raise SnapshotError("is no .safetensors file, or only part of one") from None
    except KeyError as error:
        raise SnapshotError("holds numbers of kind {kind}, which no snapshot does", kind=error) from None


def _metadata(content: bytes, names: Sequence[str]) -> Texts:
    """The texts in the header of a file that safetensors has found in order."""
    length = int.from_bytes(content[:8], "little")
    metadata = _parse("header", content[8 : 8 + length].decode()).get("__metadata__") or {}
    _require(metadata.get("format") == FORMAT, "was not written by this program")
    version = metadata.get("version", "")
    _require(
        version == str(VERSION),
        "has version {version} of the format, and only {known} can be read",
        version=version[:20],
        known=VERSION,
    )
    for name in (*names, "digests"):
        _require(name in metadata, "{name}: is missing", name=name)
    texts: Texts = metadata
    return texts


def _dataset(
    plain: dict[str, Any], X: NDArray[Any] | None, y: NDArray[Any] | None, test: NDArray[Any] | None
) -> Dataset:
    """The data, once everything has been found to fit together."""
    for name, kind in DATASET_FIELDS.items():
        _require(type(plain.get(name)) is kind, "dataset.{name}: must be a {kind}", name=name, kind=kind.__name__)
        _require(
            kind is not list or all(type(item) is str for item in plain[name]),
            "dataset.{name}: must hold texts",
            name=name,
        )
    _require(len(plain) == len(DATASET_FIELDS), "dataset: knows only {known}", known=", ".join(DATASET_FIELDS))
    columns, classes = tuple(plain["columns"]), tuple(plain["classes"])
    if X is None or y is None:
        raise SnapshotError("the array {name} is missing", name="X" if X is None else "y")
    _require(X.ndim == 2 and min(X.shape) >= 1, "X: has shape {shape}, not (examples, columns)", shape=X.shape)
    _require(y.shape == X.shape[:1], "y: has shape {shape}, not {expected}", shape=y.shape, expected=X.shape[:1])
    _require(X.dtype in (np.float64, np.float32), "X: holds {kind}, neither float64 nor float32", kind=X.dtype)
    _require(y.dtype == np.float64, "y: holds {kind}, not float64", kind=y.dtype)
    for name, array in (("X", X), ("y", y)):
        _require(bool(np.isfinite(array).all()), "{name}: holds a number that is not finite", name=name)
    _require(
        len(columns) == X.shape[1],
        "dataset.columns: has {names} names for {columns} columns",
        names=len(columns),
        columns=X.shape[1],
    )
    _require(
        len(columns) == 2 or not plain["plane"], "dataset.plane: a plane has 2 columns, not {count}", count=len(columns)
    )
    _require(len(classes) != 1, "dataset.classes: there is only one")
    if classes:
        in_range = (y == np.floor(y)) & (y >= 0) & (y < len(classes))
        _require(bool(in_range.all()), "y: holds a number that is none of the {count} classes", count=len(classes))
    if test is not None:
        _require(test.dtype == np.intp and test.ndim == 1 and test.size >= 1, "test: is no list of whole numbers")
        within = test.min() >= 0 and test.max() < len(X)
        _require(within, "test: names an example that is none of the {count}", count=len(X))
        _require(len(np.unique(test)) == len(test), "test: names an example twice")
        _require(len(test) < len(X), "test: leaves no example to train on")
    return Dataset(X, y, test=test, **(plain | {"columns": columns, "classes": classes}))


def _parse(name: str, text: str) -> dict[str, Any]:
    """A JSON object of finite numbers, in which no field stands twice."""
    try:
        plain = json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_finite, parse_constant=_finite
        )
    except RecursionError:
        raise SnapshotError("{name}: is nested too deeply", name=name) from None
    except ValueError as error:
        raise SnapshotError("{name}: is no proper JSON: {reason}", name=name, reason=error) from None
    _require(isinstance(plain, dict), "{name}: must be an object with named fields", name=name)
    found: dict[str, Any] = plain
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        raise ValueError("a field stands twice")
    return plain


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a whole number has {len(digits)} digits")
    return int(digits)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is not a finite number")
    return value


def _require(condition: bool, words: str, **values: object) -> None:
    if not condition:
        raise SnapshotError(words, **values)
