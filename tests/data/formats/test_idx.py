"""IDX files become images with labels, those of t10k for the test; each file that is amiss is one sentence."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.data.dataset import DataError, Dataset
from playground.data.formats import idx, source_of
from playground.data.formats.idx import IdxFiles, widest
from playground.data.formats.text import CsvFile
from playground.data.split import split

MNIST = Path(__file__).parents[3] / "../shared/data/mnist"
NAME = "train-images-idx3-ubyte"


def header(magic: int, *shape: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in (magic, *shape))


def images(count: int, rows: int = 2, columns: int = 3, seed: int = 1) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, count * rows * columns, dtype=np.uint8)
    return header(0x0803, count, rows, columns) + pixels.tobytes()


def labels(*values: int) -> bytes:
    return header(0x0801, len(values)) + bytes(values)


def read(path: Path) -> Dataset:
    return IdxFiles(path=str(path)).load(np.random.default_rng(1))


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four images of 2 × 3 pixels, three of them for training."""
    for name, content in (
        (NAME, images(3)),
        ("train-labels-idx1-ubyte", labels(7, 2, 7)),
        ("t10k-images-idx3-ubyte", images(1, seed=2)),
        ("t10k-labels-idx1-ubyte", labels(9)),
    ):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, (0, 0))
    return tmp_path


def pack(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return packed


def test_images_are_rows_of_pixels_and_labels_are_classes(folder: Path) -> None:
    data = read(folder / NAME)
    content = (folder / NAME).read_bytes()[16:] + (folder / "t10k-images-idx3-ubyte").read_bytes()[16:]
    assert data.X.dtype == np.float32
    np.testing.assert_array_equal(data.X.ravel(), np.frombuffer(content, np.uint8).astype(np.float32) / 255)
    assert data.y.tolist() == [1.0, 0.0, 1.0, 2.0]
    assert data.y.dtype == np.float64
    assert data.classes == ("2", "7", "9")
    assert data.columns == ("pixel 1,1", "pixel 1,2", "pixel 1,3", "pixel 2,1", "pixel 2,2", "pixel 2,3")
    assert (data.target, data.origin, data.plane) == ("label", NAME, False)
    assert data.test is not None
    assert data.test.tolist() == [3]
    assert "The images of t10k-images-idx3-ubyte (1) are for the test." in data.note
    assert split(data, 0.1, 1 / 3, 1).test.tolist() == [3]


def test_black_is_zero_and_white_is_one(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(header(0x0803, 2, 1, 2) + bytes([0, 255, 51, 0]))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(labels(0, 1))
    np.testing.assert_array_equal(read(tmp_path / NAME).X, np.array([[0, 1], [0.2, 0]], np.float32))


@pytest.mark.parametrize("packed", ["", "images", "labels", "images labels"])
@pytest.mark.parametrize("dot", "-.")
def test_files_may_be_packed_and_named_with_a_dot(folder: Path, packed: str, dot: str) -> None:
    expected = read(folder / NAME)
    path = folder / NAME.replace("-idx3", f"{dot}idx3")
    for file in list(folder.iterdir()):
        renamed = file.rename(folder / file.name.replace("-idx", f"{dot}idx"))
        if any(part in file.name for part in packed.split()):
            renamed = pack(renamed)
        if file.name == NAME:
            path = renamed
    data = read(path)
    np.testing.assert_array_equal(data.X, expected.X)
    np.testing.assert_array_equal(data.y, expected.y)
    assert data.origin == path.name


@pytest.mark.parametrize("name", ["t10k-labels-idx1-ubyte", "t10k-images-idx3-ubyte"])
def test_without_a_pair_for_the_test_chance_chooses(folder: Path, name: str) -> None:
    (folder / name).unlink()
    data = read(folder / NAME)
    assert data.test is None
    assert len(data) == 3
    assert data.classes == ("2", "7")
    assert "test" not in data.note


def test_other_images_have_no_test_examples_beside_them(folder: Path) -> None:
    for old in ("images-idx3", "labels-idx1"):
        (folder / f"train-{old}-ubyte").rename(folder / f"sorted-{old}-ubyte")
    data = read(folder / "sorted-images-idx3-ubyte")
    assert (data.test, len(data)) == (None, 3)


def test_what_was_read_is_kept_until_a_file_changes(folder: Path) -> None:
    first = read(folder / NAME)
    assert read(folder / NAME) is first
    path = folder / "train-labels-idx1-ubyte"
    path.write_bytes(labels(2, 2, 7))
    changed = path.stat().st_mtime_ns
    assert read(folder / NAME).y.tolist() == [0.0, 0.0, 1.0, 2.0]
    path.write_bytes(labels(2, 7, 7))
    os.utime(path, ns=(changed, changed))  # within a tick of the clock
    assert read(folder / NAME).y.tolist() == [0.0, 1.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("train-images-idx3-ubyte", True),
        ("t10k-images.idx3-ubyte.gz", True),
        ("Emnist-Letters-Train-Images-IDX3-ubyte.GZ", True),
        ("train-labels-idx1-ubyte", True),
        ("images.csv", False),
        ("train-images-idx3-ubyte.csv", False),
    ],
)
def test_the_name_tells_idx_files_from_tables(name: str, is_one: bool) -> None:
    assert source_of(Path("folder") / name) == (IdxFiles if is_one else CsvFile)(str(Path.cwd() / "folder" / name))


def test_pixels_worth_drawing_vary_and_say_different_things(folder: Path) -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 100))
    X = np.stack([np.zeros(100), 3 * a, 2.9 * a + 0.1 * b, b, np.ones(100)], axis=1)
    assert widest(X) == (1, 3)
    assert widest(np.zeros((5, 3))) == (0, 1)
    classes, (first, second) = source_of(folder / NAME).outline()
    assert first != second
    assert classes == len(source_of(folder / NAME).load(np.random.default_rng(1)).classes)
    with pytest.raises(DataError, match="does not exist"):
        source_of(folder / "more-images-idx3-ubyte").outline()


def test_images_behind_a_link_have_their_labels_beside_the_link(folder: Path, tmp_path: Path) -> None:
    (folder / "stored").write_bytes((folder / NAME).read_bytes())
    (folder / NAME).unlink()
    (folder / NAME).symlink_to(folder / "stored")
    source = source_of(folder / NAME)
    assert len(source.load(np.random.default_rng(1))) == 4


# What cannot be read


def test_no_file_and_wrong_names(tmp_path: Path) -> None:
    assert IdxFiles().path == ""
    with pytest.raises(DataError, match=r"^data\.source\.path: no file has been chosen$"):
        IdxFiles().load(np.random.default_rng(1))
    assert refused(tmp_path / NAME) == f"{NAME}: does not exist"
    assert refused(tmp_path / "x.png").startswith("x.png: is not named like train-images-idx3-ubyte; choose")
    assert refused(tmp_path / "train-labels-idx1-ubyte").startswith("train-labels-idx1-ubyte: holds labels; choose")
    (tmp_path / NAME).mkdir()
    (tmp_path / "train-labels-idx1-ubyte").mkdir()
    assert refused(tmp_path / NAME) == f"{NAME}: is not an ordinary file"


def test_labels_that_are_missing(folder: Path) -> None:
    (folder / "train-labels-idx1-ubyte").unlink()
    assert refused(folder / NAME) == f"{NAME}: the labels, train-labels-idx1-ubyte, are not beside it"


TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (NAME, b"", "is no IDX file of images: it does not begin as one"),
        (NAME, images(3)[:15], "is no IDX file of images: it does not begin as one"),
        (NAME, labels(1, 2, 3) + bytes(20), "is no IDX file of images: it does not begin as one"),
        (TRAIN_LABELS, images(3), "is no IDX file of labels: it does not begin as one"),
        (NAME, images(3)[:-1], "holds fewer than the 3 images that it says"),
        (NAME, images(3) + b"0", "holds more than the 3 images that it says"),
        (TRAIN_LABELS, labels(1, 2, 3)[:-1], "holds fewer than the 3 labels that it says"),
        (TEST_LABELS, labels(9) + b"0", "holds more than the 1 labels that it says"),
        (NAME, images(0), "holds no images"),
        (NAME, header(0x0803, 3, 0, 3), "says that its images have 0 × 3 pixels, and only 1 to 10,000 of them"),
        (NAME, header(0x0803, 3, 200, 200), "says that its images have 200 × 200 pixels, and only 1 to 10,000"),
        (NAME, header(0x0803, 2**32 - 1, 28, 28), "says that it has 3,367,254,359,280 bytes of images, more than"),
        (NAME, header(0x0803, 10**5, 28, 28), "holds fewer than the 100,000 images that it says"),
        (TRAIN_LABELS, header(0x0801, 2**32 - 1), "says that it has 4,294,967,295 bytes of labels, more than"),
        (TRAIN_LABELS, labels(7, 2), "has 2 labels for 3 images"),
        (TEST_LABELS, labels(7, 2), "has 2 labels for 1 images"),
        (TEST_IMAGES, images(1, 3, 2), f"its images have 3 × 2 pixels, and those of {NAME} 2 × 3"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_amiss_is_named(folder: Path, name: str, content: bytes, sentence: str, packed: bool) -> None:
    (folder / name).write_bytes(content)
    changed = pack(folder / name) if packed else folder / name
    message = refused(changed if name == NAME else folder / NAME)
    assert message.startswith(f"{changed.name}: {sentence}")


def test_labels_that_are_all_the_same(folder: Path) -> None:
    (folder / TRAIN_LABELS).write_bytes(labels(9, 9, 9))
    assert refused(folder / NAME) == f"{TRAIN_LABELS}: all labels are 9, so there is nothing to tell apart"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda packed: images(3), "is no .gz file, or a damaged one"),
        (lambda packed: packed[:10] + b"\xff" * 8 + packed[18:], "is no .gz file, or a damaged one"),
        (lambda packed: packed[:-8] + b"\0\0\0\0" + packed[-4:], "is no .gz file, or a damaged one"),
        (lambda packed: packed[:-6], "is only part of a .gz file"),
        (lambda packed: b"", "is no IDX file of images: it does not begin as one"),
    ],
)
def test_a_damaged_gz_is_named(folder: Path, damage: Callable[[bytes], bytes], sentence: str) -> None:
    packed = pack(folder / NAME)
    packed.write_bytes(damage(packed.read_bytes()))
    assert refused(packed) == f"{packed.name}: {sentence}"


def test_no_more_is_unpacked_or_made_room_for_than_there_can_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Watched(gzip.GzipFile):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            asked.append(size)
            return super().read(size)

    monkeypatch.setattr(gzip, "open", Watched)
    path = folder / f"{NAME}.gz"
    path.write_bytes(gzip.compress(header(0x0803, 2, 2, 3) + bytes(50_000_000)))
    assert refused(path) == f"{path.name}: holds more than the 2 images that it says"
    assert asked == [16, 13]
    asked.clear()
    path.write_bytes(gzip.compress(header(0x0803, 10_000, 100, 100)))
    assert refused(path) == f"{path.name}: holds fewer than the 10,000 images that it says"
    assert asked == [16]


def test_pixels_have_a_largest_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idx, "MAX_PIXELS", 17)
    assert refused(folder / NAME).startswith(f"{NAME}: says that it has 18 bytes of images, more than the 17 that")


@pytest.mark.skipif(not MNIST.exists(), reason="needs the files of MNIST")
def test_mnist() -> None:
    data = read(MNIST / f"{NAME}.gz")
    assert data.X.shape == (70_000, 784)
    assert (data.X.min(), data.X.max()) == (0.0, 1.0)
    assert data.classes == tuple("0123456789")
    assert data.test is not None
    assert data.test.tolist() == list(range(60_000, 70_000))
    assert data.y[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.y[60_000:60_005].tolist() == [7, 2, 1, 0, 4]
    assert [len(part) for part in split(data, 0.5, 1 / 6, 1)] == [50_000, 10_000, 10_000]
    assert data.X.mean() == pytest.approx(0.1309, abs=1e-3)
