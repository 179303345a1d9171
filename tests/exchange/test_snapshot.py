"""Snapshots: the same bits as never having stopped, and one clear sentence for every file that is not one."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from playground.data.dataset import Dataset
from playground.data.formats.text import CsvFile
from playground.data.generators import Blobs, Circle, Hills
from playground.data.sources import FILES, SOURCES
from playground.exchange import snapshot
from playground.exchange.snapshot import (
    Checkpoint,
    SnapshotError,
    data_entries,
    load_snapshot,
    run_entries,
    save_snapshot,
)
from playground.experiment.config import (
    Config,
    ConfigError,
    DataConfig,
    EnsembleConfig,
    Layer,
    NetworkConfig,
    TrainingConfig,
)
from playground.experiment.ensemble import VARIATIONS
from playground.experiment.history import curves
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.experiment.stopping import STOPPINGS
from playground.nn.activations import ACTIVATIONS
from playground.nn.clipping import CLIPPINGS
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS
from playground.nn.optimizers import OPTIMIZERS, Adam, Momentum
from playground.nn.regularizers import L1, REGULARIZERS
from playground.nn.schedules import SCHEDULES
from playground.options import knobs, with_value
from tests.strategies import options

TABLE = "size,weight,kind\n1,2,cat\n2,4,dog\n3,1,cat\n4,8,dog\n5,3,cat\n6,9,dog\n7,2,cat\n8,7,dog\n"


def same(one: Session, other: Session) -> bool:
    """Whether two sessions agree in every bit that a run has."""
    return snapshot._digests(*snapshot._entries(one)) == snapshot._digests(*snapshot._entries(other))


def reopened(session: Session) -> Session:
    with tempfile.TemporaryDirectory() as folder:
        save_snapshot(session, Path(folder) / "run.safetensors")
        return load_snapshot(Path(folder) / "run.safetensors")


def check_goes_on(session: Session, *, steps: int = 40) -> None:
    other = reopened(session)
    assert same(session, other)
    for one in (session, other):
        one.step(steps)
    assert same(session, other)


def small(source: Any = None, **training: Any) -> Session:
    source = source or Circle(points=40)
    return Session(Config(DataConfig(source), NetworkConfig((Layer(3),)), TrainingConfig(**training)))


# Going on


@st.composite
def sources(draw: st.DrawFn) -> Any:
    cls = draw(st.sampled_from([cls for cls in SOURCES.values() if cls not in FILES]))
    source = draw(options(cls))
    return dataclasses.replace(source, points=draw(st.integers(20, 60))) if "points" in knobs(cls) else source


def learning(table: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.one_of([options(cls) for cls in table.values()])


EDITS = st.one_of(
    st.tuples(st.just("step"), st.integers(0, 70)),
    st.tuples(st.just("train"), st.integers(1, 3)),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("training.learning_rate"), st.floats(1e-4, 0.3)),
    st.tuples(st.just("training.batch_size"), st.integers(1, 40)),
    st.tuples(st.just("training.optimizer"), learning(OPTIMIZERS)),
    st.tuples(st.just("training.regularizer"), learning(REGULARIZERS)),
    st.tuples(st.just("training.schedule"), learning(SCHEDULES)),
    st.tuples(st.just("training.clipping"), learning(CLIPPINGS)),
    st.tuples(st.just("training.stopping"), learning(STOPPINGS)),
    st.tuples(st.just("training.noise"), options(Noise)),
)
ENSEMBLES = st.builds(EnsembleConfig, members=st.integers(1, 3), vary=learning(VARIATIONS))


@settings(max_examples=100)
@given(
    source=sources(),
    validation_share=st.sampled_from((0.0, 0.3)),
    network=st.builds(
        NetworkConfig,
        hidden=st.lists(
            st.builds(Layer, st.integers(1, 4), learning(ACTIVATIONS), learning(NORMALIZATIONS)), max_size=3
        ).map(tuple),
        precision=st.sampled_from(("float64", "float32")),
    ),
    ensemble=ENSEMBLES,
    training=st.builds(
        TrainingConfig,
        optimizer=learning(OPTIMIZERS),
        regularizer=learning(REGULARIZERS),
        schedule=learning(SCHEDULES),
        clipping=learning(CLIPPINGS),
        noise=options(Noise),
        stopping=learning(STOPPINGS),
        learning_rate=st.floats(1e-4, 0.3),
        batch_size=st.integers(1, 40),
    ),
    edits=st.lists(EDITS, max_size=5),
    capacity=st.sampled_from((8, curves.CAPACITY)),
)
def test_whatever_was_done_it_goes_on_bit_for_bit(
    source: Any, validation_share: float, network: Any, ensemble: Any, training: Any, edits: Any, capacity: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "CAPACITY", capacity)
        data = DataConfig(source, validation_share=validation_share)
        if training.optimizer.full_batch:
            training = dataclasses.replace(training, batch_size=10_000)
        try:
            session = Session(Config(data, network, training, ensemble))
        except ConfigError:  # such as early stopping by validation examples that there are not
            reject()
        for edit, value in edits:
            slow = session.config.training.optimizer.full_batch  # a step of these takes as long as a hundred others
            match edit:
                case "step":
                    session.step(value % 5 if slow else value)
                case "train":
                    session.train(value)
                case "restart":
                    session.restart()
                case path:
                    with contextlib.suppress(ConfigError):
                        session.apply(with_value(session.config, path, value))
        session.frame()  # looks for a divergence
        assume(session.divergence is None)
        check_goes_on(session, steps=4 if session.config.training.optimizer.full_batch else 40)


def step_into_an_epoch(session: Session) -> None:
    session.train(2)
    session.step(3)
    assert session.frame().step_in_epoch == 3


def change_rate_and_batch(session: Session) -> None:
    session.step(5)
    session.apply(with_value(session.config, "training.learning_rate", 0.2))
    session.apply(with_value(session.config, "training.batch_size", 3))
    session.step(2)


def fill_the_history(session: Session) -> None:
    session.train(30)
    assert len(session.history) < 30


def set_a_weight(session: Session) -> None:
    session.step(4)
    session.set_weight(0, 1, 2, -1.5)


@pytest.mark.parametrize(
    "live",
    [lambda session: None, step_into_an_epoch, Session.restart, change_rate_and_batch, fill_the_history, set_a_weight],
    ids=["at the start", "mid-epoch", "restarted", "changed", "thinned history", "weight by hand"],
)
@pytest.mark.parametrize("optimizer", [Momentum(), Adam()])
def test_it_goes_on(live: Callable[[Session], None], optimizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "CAPACITY", 16)
    session = small(optimizer=optimizer, regularizer=L1(), batch_size=4)
    live(session)
    check_goes_on(session)


def test_the_data_travel_with_the_snapshot(tmp_path: Path) -> None:
    table = tmp_path / "animals.csv"
    table.write_text(TABLE)
    session = small(CsvFile(path=str(table)), batch_size=2)
    session.step(3)
    save_snapshot(session, tmp_path / "run.safetensors")
    table.unlink()
    other = load_snapshot(tmp_path / "run.safetensors")
    assert other.dataset.classes == ("cat", "dog")
    assert other.scene.columns == ("size", "weight")
    assert other.config == session.config
    check_goes_on(other)


@pytest.mark.parametrize(
    "change",
    [np.asfortranarray, lambda X: np.repeat(X, 2, axis=0)[::2], lambda X: np.hstack([X, X])[:, 1:3][:, ::-1]],
    ids=["Fortran order", "every second row", "reversed columns"],
)
def test_arrays_that_are_not_contiguous_come_back_whole(change: Callable[[Any], Any]) -> None:
    data = small().dataset
    session = Session(Config(DataConfig(Circle(points=40))), dataclasses.replace(data, X=change(data.X.copy())))
    assert np.array_equal(reopened(session).dataset.X, session.dataset.X)
    check_goes_on(session)


# Writing


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder of its own with one snapshot."""
    path = tmp_path / "folder" / "run.safetensors"
    path.parent.mkdir()
    save_snapshot(small(), path)
    return path


@pytest.mark.parametrize("call", ["replace", "fsync"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failing_write_leaves_the_old_file_and_nothing_else(
    saved: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    def fail(*_: Any) -> None:
        raise error

    before = saved.read_bytes()
    session = small()
    session.step(5)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises((SnapshotError, KeyboardInterrupt)) as caught:
        save_snapshot(session, saved)
    if isinstance(error, OSError):
        assert str(caught.value) == "run.safetensors: cannot be written: No space left on device"
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["run.safetensors"]


def test_what_reads_back_differently_is_not_saved(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = safetensors.numpy.save

    def garble(arrays: dict[str, Any], metadata: dict[str, str]) -> bytes:
        return save({**arrays, "parameters": arrays["parameters"] + 1.0}, metadata)

    before = saved.read_bytes()
    session = small()
    session.step(5)
    monkeypatch.setattr(safetensors.numpy, "save", garble)
    with pytest.raises(SnapshotError, match=r"run\.safetensors: cannot be saved: parameters: is not as it was saved"):
        save_snapshot(session, saved)
    assert saved.read_bytes() == before


def test_a_save_replaces_the_file_behind_a_link_and_no_device(saved: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.safetensors"
    link.symlink_to(saved)
    session = small()
    session.step(5)
    save_snapshot(session, link)
    assert link.is_symlink()
    assert same(load_snapshot(saved), session)
    with pytest.raises(SnapshotError, match="folder: cannot be written: not an ordinary file"):
        save_snapshot(session, saved.parent)
    with pytest.raises(SnapshotError, match=r"x\.safetensors: cannot be written: No such file"):
        save_snapshot(session, tmp_path / "nowhere" / "x.safetensors")


def test_a_snapshot_has_a_largest_size(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MAX_BYTES", saved.stat().st_size - 1)
    with pytest.raises(SnapshotError, match="is larger than"):
        load_snapshot(saved)
    with pytest.raises(SnapshotError, match="would be larger than"):
        save_snapshot(small(), saved)


# Reading what is no snapshot


def load(content: bytes, folder: Path) -> Session:
    path = folder / "edited.safetensors"
    path.write_bytes(content)
    return load_snapshot(path)


Parts = tuple[dict[str, Any], dict[str, str]]  # arrays, texts in the metadata


def parts(content: bytes) -> Parts:
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    return {name: array.copy() for name, array in safetensors.numpy.load(content).items()}, metadata


def signed(arrays: dict[str, Any], metadata: dict[str, str]) -> bytes:
    """A file whose digests are right, as somebody who means it could make one."""
    texts = {name: metadata[name] for name in ("config", "dataset", "run") if name in metadata}
    digests = json.dumps(snapshot._digests(arrays, texts))
    return safetensors.numpy.save(arrays, {"digests": digests, **metadata} | {"digests": digests})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no .safetensors file, or only part of one"),
        (b"size,weight\n1,2\n", "is no .safetensors file, or only part of one"),
        (safetensors.numpy.save({"w": np.zeros(3)}), "was not written by this program"),
        (safetensors.numpy.save({"w": np.zeros(3)}, {"format": "pt"}), "was not written by this program"),
        (b'\x15\0\0\0\0\0\0\0{"__metadata__":null}', "was not written by this program"),
    ],
)
def test_other_files_are_named_so(content: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SnapshotError) as caught:
        load(content, tmp_path)
    assert str(caught.value) == f"edited.safetensors: {sentence}"


def test_what_cannot_be_read_is_named_so(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"^gone\.safetensors: cannot be read: No such file or directory$"):
        load_snapshot(tmp_path / "gone.safetensors")
    with pytest.raises(SnapshotError, match=r"is not an ordinary file$"):
        load_snapshot(tmp_path)


def array(name: str, change: Callable[[Any], Any]) -> Callable[[Parts], None]:
    def edit(file: Parts) -> None:
        file[0][name] = np.ascontiguousarray(change(file[0][name]))

    return edit


def put(name: str, place: Any, value: float) -> Callable[[Parts], None]:
    def change(values: Any) -> Any:
        values[place] = value
        return values

    return array(name, change)


def drop(part: int, name: str) -> Callable[[Parts], None]:
    def edit(file: Parts) -> None:
        del file[part][name]

    return edit


def own_test(*rows: Any) -> Callable[[Parts], None]:
    def edit(file: Parts) -> None:
        file[0]["test"] = np.array(rows) if rows else np.array([], np.intp)

    return edit


def text(name: str, old: str, new: str) -> Callable[[Parts], None]:
    def edit(file: Parts) -> None:
        assert old in file[1][name], file[1][name]
        file[1][name] = file[1][name].replace(old, new, 1)

    return edit


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (put("parameters", (0, 3), np.nan), "parameters: holds a number that is not finite"),
        (put("X", (0, 0), np.inf), "X: holds a number that is not finite"),
        (put("y", 0, 2.0), "y: holds a number that is none of the 2 classes"),
        (put("y", 0, 0.5), "y: holds a number that is none of the 2 classes"),
        (put("y", 0, -1.0), "y: holds a number that is none of the 2 classes"),
        (array("y", lambda y: y[:-1]), "y: has shape (39,), not (40,)"),
        (array("y", lambda y: y.astype(np.float32)), "y: holds float32, not float64"),
        (array("X", lambda X: X.astype(np.int64)), "X: holds int64, neither float64 nor float32"),
        (own_test(5, 0, 40), "test: names an example that is none of the 40"),
        (own_test(5, -1), "test: names an example that is none of the 40"),
        (own_test(5, 7, 5), "test: names an example twice"),
        (own_test(), "test: is no list of whole numbers"),
        (own_test(1.0, 2.0), "test: is no list of whole numbers"),
        (own_test([1], [2]), "test: is no list of whole numbers"),
        (own_test(*range(40)), "test: leaves no example to train on"),
        (array("X", lambda X: X[:, 0]), "X: has shape (40,), not (examples, columns)"),
        (array("X", lambda X: X[:, :0]), "X: has shape (40, 0), not (examples, columns)"),
        (array("X", lambda X: X[:, :1]), "dataset.columns: has 2 names for 1 columns"),
        (array("parameters", lambda p: p[:, 1:]), "parameters: has shape (1, 12), not (1, 13)"),
        (array("order", lambda order: order.astype(np.int32)), "order: holds int32, not int64"),
        (put("order", (0, 0), 99), "order: does not name the training examples"),
        (array("history", lambda rows: rows[:, 1:]), "history: has shape"),
        (drop(0, "X"), "the array X is missing"),
        (drop(0, "history"), "the array history is missing"),
        (lambda file: file[0].update(more=np.zeros(1)), "the array more is unknown"),
        (drop(1, "run"), "run: is missing"),
        (text("version", "3", "2"), "has version 2 of the format, and only 3 can be read"),
        (text("format", "neural", "other"), "was not written by this program"),
        (text("config", '"batch_size": 10', '"batch_size": 0'), "config.training.batch_size: must lie between 1 and"),
        (text("config", '"batch_size": 10', f'"batch_size": 1{"0" * 99}'), "config: is no proper JSON: a whole number"),
        (text("config", '"seed": 1', '"seed": 1, "seed": 1'), "config: is no proper JSON: a field stands twice"),
        (text("config", '"units": 3', '"units": 4'), ": has shape (1, "),
        (text("config", '"x_axis": 0', '"x_axis": -5'), "config.selection.x_axis: must lie between 0 and"),
        (text("dataset", '"plane": true', '"plane": 1'), "dataset.plane: must be a bool"),
        (text("dataset", '"columns"', '"colums"'), "dataset.columns: must be a list"),
        (text("dataset", '"note"', '"more": 1, "note"'), "dataset: knows only columns,"),
        (text("dataset", '["outside", "inside"]', '["outside"]'), "dataset.classes: there is only one"),
        (text("dataset", '"outside"', "7"), "dataset.classes: must hold texts"),
        (text("run", '"epoch": 0', '"epoch": NaN'), "run: is no proper JSON: NaN is not a finite number"),
        (text("run", '"epoch": 0', '"epoch": 1e999'), "run: is no proper JSON: 1e999 is not a finite number"),
        (text("run", '"epoch": 0', '"epoch": -1'), "epoch: must be a whole number from 0"),
        (text("run", '"epoch": 0', f'"epoch": {"[" * 99999}'), "run: is nested too deeply"),
        (text("run", '"epoch": 0', '"age": 0'), "the entry epoch is missing"),
        (text("run", "PCG64", "MT19937"), "generator: is not the state of a PCG64 generator"),
        (lambda file: file[1].update(run="[]"), "run: must be an object with named fields"),
    ],
)
def test_an_edited_snapshot_is_refused_by_name(edit: Any, sentence: str, saved: Path, tmp_path: Path) -> None:
    file = parts(saved.read_bytes())
    edit(file)
    with pytest.raises(SnapshotError) as caught:
        load(signed(*file), tmp_path)
    message = str(caught.value)
    assert message.startswith("edited.safetensors: ")
    assert sentence in message
    assert "\n" not in message


def test_what_was_changed_by_other_means_is_noticed(saved: Path, tmp_path: Path) -> None:
    arrays, metadata = parts(saved.read_bytes())
    arrays["parameters"][0, 0] += 1e-15
    with pytest.raises(SnapshotError, match=r"^edited\.safetensors: parameters: is not as it was saved$"):
        load(safetensors.numpy.save(arrays, metadata), tmp_path)


def test_an_entry_that_stands_twice_in_the_header_is_refused(saved: Path, tmp_path: Path) -> None:
    content = saved.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length].rstrip().removesuffix(b"}")
    entry = json.dumps(json.loads(content[8 : 8 + length])["X"]).encode()
    header += b',"X":' + entry + b"}"
    with pytest.raises(SnapshotError, match="header: is no proper JSON: a field stands twice"):
        load(len(header).to_bytes(8, "little") + header + content[8 + length :], tmp_path)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One or a few wrong bytes, half of them in the header, or a piece cut out, cut off, doubled or moved."""
    data = bytearray(content)
    header = 8 + int.from_bytes(content[:8], "little")
    end = header if chance.random() < 0.5 else len(data)
    a, b = sorted(chance.randrange(end) for _ in range(2))
    match chance.randrange(6):
        case 0:
            data[a] ^= 1 << chance.randrange(8)
        case 1:
            for _ in range(chance.randrange(1, 9)):
                data[chance.randrange(end)] = chance.randrange(256)
        case 2:
            del data[a:]
        case 3:
            del data[a : min(b, a + 50)]
        case 4:
            data[a:a] = data[b : b + chance.randrange(1, 50)]
        case 5:
            data[a:b] = bytes(b - a)
    return bytes(data)


def test_three_thousand_damaged_files_give_an_error_or_the_session_that_was_saved(saved: Path, tmp_path: Path) -> None:
    content, session, chance = saved.read_bytes(), load_snapshot(saved), random.Random(1)
    sentences = []
    for _ in range(3000):
        try:
            assert same(load(damaged(content, chance), tmp_path), session)
        except SnapshotError as error:
            sentences.append(str(error))
    assert len(sentences) > 2700  # the rest are spaces at the header's end
    assert all(sentence.startswith("edited.safetensors: ") and "\n" not in sentence for sentence in sentences)


ODD = (None, True, -1, 0, 1, 2**62, 2**127, 1e300, "", "circle", "PCG64", [], ["x"], [[]], {}, {"name": "spiral"})


def odd(plain: Any, chance: random.Random) -> Any:
    """The same JSON with one value anywhere replaced, left out or named otherwise."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(plain)
    node, key = chance.choice(places)
    match chance.randrange(4):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node["more"] = node.pop(key)
        case _:
            node[key] = chance.choice(ODD)
    return plain


def odd_array(values: Any, chance: random.Random) -> Any:
    match chance.randrange(5):
        case 0:
            return values.astype(chance.choice([np.float32, np.int64, np.uint8, bool]))
        case 1:
            return values[..., None]
        case 2:
            return values[:-1] if values.ndim else values
        case 3 if values.size:
            values.flat[chance.randrange(values.size)] = chance.choice([-1, 0, 3, 10**9])
            return values
    return values * chance.choice([0, -1, 10**6])


@pytest.mark.parametrize("source", [Circle(points=40), Blobs(points=40), Hills(points=40)])
def test_what_is_edited_and_signed_gives_an_error_or_a_session_that_runs(source: Any, tmp_path: Path) -> None:
    session = small(source, optimizer=Adam(), batch_size=4)
    session.step(7)
    save_snapshot(session, tmp_path / "run.safetensors")
    content, chance, opened = (tmp_path / "run.safetensors").read_bytes(), random.Random(2), 0
    for _ in range(400):
        arrays, metadata = parts(content)
        if chance.random() < 0.4:
            name = chance.choice(sorted(arrays))
            with np.errstate(all="ignore"):
                arrays[name] = np.asarray(odd_array(arrays[name], chance), order="C")
        else:
            name = chance.choice(["config", "dataset", "run"])
            metadata[name] = json.dumps(odd(json.loads(metadata[name]), chance))
        try:
            other = load(signed(arrays, metadata), tmp_path)
        except SnapshotError:
            continue
        opened += 1
        other.step(3)
        other.frame()
    assert 10 < opened < 320


def test_a_plane_has_two_columns(saved: Path, tmp_path: Path) -> None:
    arrays, metadata = parts(saved.read_bytes())
    arrays["X"] = np.hstack([arrays["X"], arrays["X"]])
    text("dataset", '"columns": [', '"columns": ["a", "b", ')((arrays, metadata))
    with pytest.raises(SnapshotError, match=r"dataset\.plane: a plane has 2 columns, not 4"):
        load(signed(arrays, metadata), tmp_path)


def test_an_empty_data_set_is_refused_and_nothing_else_is_loaded(saved: Path, tmp_path: Path) -> None:
    arrays, metadata = parts(saved.read_bytes())
    for rows, sentence in ((0, "X: has shape"), (1, "1 example cannot be split")):
        with pytest.raises(SnapshotError, match=sentence):
            load(signed(arrays | {"X": arrays["X"][:rows], "y": arrays["y"][:rows]}, metadata), tmp_path)


def test_test_examples_of_their_own_and_single_precision_are_kept() -> None:
    data = Circle(points=40).load(np.random.default_rng(1))
    own = dataclasses.replace(data, X=data.X.astype(np.float32), test=np.array([7, 3, 39]))
    session = Session(small().config, own)
    check_goes_on(session)
    opened = reopened(session).dataset
    assert opened.X.dtype == np.float32
    assert opened.test is not None
    assert opened.test.tolist() == [7, 3, 39]
    assert reopened(small()).dataset.test is None


def test_every_field_of_a_dataset_is_saved() -> None:
    assert {"X", "y", "test", *snapshot.DATASET_FIELDS} == {field.name for field in dataclasses.fields(Dataset)}


def test_what_older_files_have_under_display_is_selected_as_far_as_it_still_is() -> None:
    """As version 3 was written while views kept how they draw in the config."""
    moment = Checkpoint.of(Session(Config()))
    (data, of_data), (run, of_run) = data_entries(moment), run_entries(moment)
    config = json.loads(of_run["config"])
    del config["selection"]
    config["display"] = {
        "hard": True,
        "x_axis": 1,
        "layer": 2,
        "trace_step": 3,
        "judged_on": "train",
        "gradient": "mean",
    }
    session = snapshot.session_of(data | run, of_data | of_run | {"config": json.dumps(config)})
    assert session.selection == Selection(layer=2, step=3, x_axis=1, part="train")
    assert session.config == Config()
