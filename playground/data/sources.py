"""Every choice of data, in the order the window shows them."""

from __future__ import annotations

from pathlib import Path

from playground.data.dataset import Source
from playground.data.formats.idx import IdxFiles, is_idx
from playground.data.formats.text import CsvFile
from playground.data.generators import Blobs, Circle, ExclusiveOr, Hills, Moons, Plane, Spiral, TwoGaussians
from playground.data.library import BreastCancer, Diabetes, Digits, Iris
from playground.data.lines import OneExample, Wave

SOURCES: dict[str, type[Source]] = {
    "circle": Circle,
    "exclusive_or": ExclusiveOr,
    "gaussians": TwoGaussians,
    "spiral": Spiral,
    "moons": Moons,
    "blobs": Blobs,
    "plane": Plane,
    "hills": Hills,
    "wave": Wave,
    "one_example": OneExample,
    "iris": Iris,
    "breast_cancer": BreastCancer,
    "diabetes": Diabetes,
    "digits": Digits,
    "csv_file": CsvFile,
    "idx_files": IdxFiles,
}

FILES = (CsvFile, IdxFiles)  # whose `path` the user has to choose


def source_of(path: str | Path) -> CsvFile | IdxFiles:
    """The choice of data that a user's file stands for, by its name; to be found again from any folder."""
    # The labels lie beside the name by which the images were chosen, be it a link.
    return IdxFiles(str(Path(path).absolute())) if is_idx(path) else CsvFile(str(Path(path).resolve()))
