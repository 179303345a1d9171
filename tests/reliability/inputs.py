"""Damaged inputs for each reader: it answers with what it has read or with one sentence, at once and with little memory."""

from __future__ import annotations

import gzip
import json
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from playground.data.dataset import DataError
from playground.data.formats.idx import read_images
from playground.data.formats.text import read_table
from playground.data.generators import Blobs, Circle, Hills
from playground.exchange.config_file import read_config
from playground.exchange.copies import Copy
from playground.exchange.snapshot import (
    Checkpoint,
    SnapshotError,
    data_entries,
    load_snapshot,
    pack,
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
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU
from playground.nn.normalizations import BatchNorm
from playground.nn.optimizers import Adam
from playground.options import with_text
from tests.reliability.edits import random_edit
from tests.reliability.mutations import BYTES, DEEP, NUMBERS, mutated, odd_array, odd_json
from tests.reliability.tally import Tally

SECONDS = 2.0  # of this thread's own time
TIMES = 10  # as much memory as the file may be taken
BESIDE = 64_000_000  # bytes that may be taken beside that: what the smallest file may ask for by right
SENTENCE = 600  # characters; longer ones nobody reads

Case = dict[str, bytes]  # the files by name


@dataclass(frozen=True)
class Reader:
    """What makes damaged files, and what reads them: it returns nothing, or raises one of the errors that are sentences."""

    make: Callable[[random.Random], Case]
    read: Callable[[Path], None]


def run(name: str, count: int, seed: int) -> Tally:
    """So many damaged files for one reader."""
    tally, reader = Tally(), READERS[name]
    for index in range(count):
        case = reader.make(random.Random(f"{name} {seed} {index}"))
        tally.tried += 1
        said, fault = _attempt(reader, case)
        tally.refused += bool(said)
        if fault:
            tally.faults.append(f"{name}, case {index} of seed {seed}: {fault}; {_told(_shrunk(reader, case, fault))}")
    return tally


def _attempt(reader: Reader, case: Case) -> tuple[str, str]:
    """The sentence that answers, "" for none, and what is wrong with that, "" for nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in case.items():
            (Path(folder) / name).write_bytes(content)
        size = sum(map(len, case.values()))
        tracemalloc.start()
        began, said = time.thread_time(), ""
        try:
            reader.read(Path(folder))
        except (DataError, ConfigError, SnapshotError) as error:
            said = str(error)
        except Exception as error:
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place is not None else ""
            return "", f"{type(error).__name__} at {where}: {str(error)[:200]}"
        finally:
            seconds, (_, peak) = time.thread_time() - began, tracemalloc.get_traced_memory()
            tracemalloc.stop()
    if seconds > SECONDS:
        return said, f"took {seconds:.1f} s"
    if peak > TIMES * size + BESIDE:
        return said, f"took {peak / 1e6:.0f} MB for a file of {size / 1e6:.3f} MB"
    if said and (len(said.splitlines()) != 1 or len(said) > SENTENCE):
        return said, f"no sentence: {said[:300]!r} ({len(said):,} characters)"
    return said, ""


def _shrunk(reader: Reader, case: Case, fault: str) -> Case:
    """The smallest files found that are answered by the same kind of fault."""
    kind = fault.split(":")[0].split(" ")[0]
    for name in case:
        step = len(case[name]) // 2
        while step >= 1 and len(case[name]) < 1_000_000:
            for start in range(0, len(case[name]), step):
                content = case[name][:start] + case[name][start + step :]
                if _attempt(reader, case | {name: content})[1].startswith(kind):
                    case = case | {name: content}
                    break
            else:
                step //= 2
            if step < len(case[name]) // 64:
                break
    return case


def _told(case: Case) -> str:
    return ", ".join(f"{name} = {content[:200]!r}{'…' if len(content) > 200 else ''}" for name, content in case.items())


# Tables

ROWS = [(index % 7, index * 0.37 - 3, "ab"[index % 2], index % 3) for index in range(40)]
TABLES = tuple(
    text.encode(codec)
    for codec in ("utf-8", "utf-16", "latin-1")
    for text in (
        "size,weight,kind,y\n" + "".join(f"{a},{b:.3f},{c},{d}\n" for a, b, c, d in ROWS),
        "gr\xf6\xdfe;gewicht;y\r\n" + "".join(f"{a};{b:.3f};{d}\r\n".replace(".", ",") for a, b, _, d in ROWS),
        '"a, b"\ty\n' + "".join(f'"{a}"\t"{c}\n"\n' for a, _, c, _ in ROWS),
        "# by hand\n" + "".join(f"{a}|{b:.2f}|NA|{d}\n" for a, b, _, d in ROWS),
    )
)


def _table(chance: random.Random) -> Case:
    return {"table.csv": mutated(chance.choice(TABLES), chance.choice(TABLES), chance)}


def _read_table(folder: Path) -> None:
    data = read_table(folder / "table.csv").dataset()
    assert np.isfinite(data.X).all()
    assert np.isfinite(data.y).all()
    assert len(data.X) == len(data.y) >= 1


# Images


def _idx(magic: int, *shape: int, content: bytes) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in (magic, *shape)) + content


PIXELS = bytes(index * 37 % 256 for index in range(12 * 4 * 5))
IMAGES = {
    "train-images-idx3-ubyte": _idx(0x0803, 12, 4, 5, content=PIXELS),
    "train-labels-idx1-ubyte": _idx(0x0801, 12, content=bytes(index % 3 for index in range(12))),
    "t10k-images-idx3-ubyte": _idx(0x0803, 3, 4, 5, content=PIXELS[:60]),
    "t10k-labels-idx1-ubyte": _idx(0x0801, 3, content=bytes(range(3))),
}


def _images(chance: random.Random) -> Case:
    case = dict(IMAGES) if chance.random() < 0.5 else dict(list(IMAGES.items())[:2])
    name = chance.choice(list(case))
    packed, after = chance.random() < 0.4, chance.random() < 0.5
    content, other = case.pop(name), IMAGES[chance.choice(list(IMAGES))]
    if packed and after:
        return case | {f"{name}.gz": mutated(gzip.compress(content, mtime=0), gzip.compress(other, mtime=0), chance)}
    content = mutated(content, other, chance)
    return case | ({f"{name}.gz": gzip.compress(content, mtime=0)} if packed else {name: content})


def _read_images(folder: Path) -> None:
    [path] = folder.glob("train-images*")
    data = read_images(path)
    assert np.isfinite(data.X).all()
    assert len(data.X) == len(data.y) >= 1


# Snapshots and copies


@cache
def _moments() -> tuple[Checkpoint, ...]:
    """Runs of several kinds, a few steps old."""
    layers = (Layer(3, ReLU(), BatchNorm()), Layer(2))
    configs = (
        Config(DataConfig(Circle(points=40)), NetworkConfig((Layer(3),))),
        Config(DataConfig(Blobs(points=40)), NetworkConfig(layers), TrainingConfig(optimizer=Adam(), batch_size=4)),
        Config(DataConfig(Hills(points=40), validation_share=0.3), NetworkConfig((Layer(2),), precision="float32")),
        Config(DataConfig(Circle(points=40)), NetworkConfig((Layer(2),)), ensemble=EnsembleConfig(3)),
    )
    sessions = [Session(config) for config in configs]
    for session in sessions:
        session.step(17)
    return tuple(map(Checkpoint.of, sessions))


@cache
def _snapshots() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path, contents = Path(folder) / "run.safetensors", []
        for moment in _moments():
            save_snapshot(Session.from_state(moment.config, moment.dataset, moment.state), path)
            contents.append(path.read_bytes())
    return tuple(contents)


def _snapshot(chance: random.Random) -> Case:
    """Damaged bytes; or entries that somebody has edited and signed."""
    if chance.random() < 0.5:
        return {"run.safetensors": mutated(chance.choice(_snapshots()), chance.choice(_snapshots()), chance)}
    moment = chance.choice(_moments())
    (data, of_data), (run, of_run) = data_entries(moment), run_entries(moment)
    arrays, texts = data | run, of_data | of_run
    if chance.random() < 0.4:
        name = chance.choice(sorted(arrays))
        arrays[name] = np.asarray(odd_array(arrays[name], chance), order="C")
    else:
        name = chance.choice(sorted(texts))
        texts[name] = json.dumps(odd_json(json.loads(texts[name]), chance))
    if chance.random() < 0.1:
        texts["run"] = mutated(texts["run"].encode(), b"{}", chance).decode("utf-8", "replace")
    return {"run.safetensors": pack(arrays, texts)}


def _read_snapshot(folder: Path) -> None:
    session = load_snapshot(folder / "run.safetensors")
    session.step(3)
    session.frame()


def _copy(chance: random.Random) -> Case:
    """One file of a copy damaged, missing or of another copy."""
    moment, other = chance.choice(_moments()), chance.choice(_moments())
    case = {"copy-1.held": b"", "copy-1.data": pack(*data_entries(moment)), "copy-1.run": pack(*run_entries(moment))}
    others = {"copy-1.data": pack(*data_entries(other)), "copy-1.run": pack(*run_entries(other))}
    name = chance.choice(list(others))
    match chance.randrange(6):
        case 0:
            return case | {name: others[name]}
        case 1:
            return {file: content for file, content in case.items() if file != name}
    return case | {name: mutated(case[name], others[name], chance)}


def _read_copy(folder: Path) -> None:
    [copy] = Copy.left(folder) or [None]
    if copy is None:
        raise SnapshotError("there is no copy")
    try:
        session = copy.read()
    except FileNotFoundError:
        raise SnapshotError("there is only part of a copy") from None
    finally:
        copy.let_go()
    session.step(3)
    session.frame()


# Configurations and settings


def _configs(chance: random.Random) -> Config:
    config = Config()
    for _ in range(chance.randrange(6)):
        config = with_text(config, *random_edit(config, chance))
    return config


def _config(chance: random.Random) -> Case:
    content = _configs(chance).to_json().encode()
    if chance.random() < 0.5:
        return {"config.json": mutated(content, _configs(chance).to_json().encode(), chance)}
    text = json.dumps(odd_json(json.loads(content), chance))
    return {"config.json": text.encode(chance.choice(("utf-8", "utf-8-sig", "utf-16")))}


def _read_config(folder: Path) -> None:
    config = read_config(folder / "config.json")
    assert Config.from_json(config.to_json()) == config


def _setting(chance: random.Random) -> Case:
    path, value = random_edit(Config(), chance)
    if chance.random() < 0.4:
        path = mutated(path.encode(), b"network.hidden.0.units", chance).decode("utf-8", "replace")[:5000]
    odd = (chance.choice(NUMBERS), chance.choice(BYTES), b"[" * DEEP, json.dumps(odd_json([value], chance)).encode())
    text = chance.choice((value.encode(), mutated(value.encode(), b"[1]", chance), *odd))
    return {"path": path.encode("utf-8", "replace"), "value": text}


def _read_setting(folder: Path) -> None:
    path, text = ((folder / name).read_bytes().decode("utf-8", "replace") for name in ("path", "value"))
    config = with_text(Config(), path, text)
    assert Config.from_json(config.to_json()) == config


READERS = {
    "table": Reader(_table, _read_table),
    "images": Reader(_images, _read_images),
    "snapshot": Reader(_snapshot, _read_snapshot),
    "copy": Reader(_copy, _read_copy),
    "config": Reader(_config, _read_config),
    "setting": Reader(_setting, _read_setting),
}
