"""Every choice of data, in the order the window shows them."""

from __future__ import annotations

from playground.data.dataset import Source
from playground.data.formats.file import FileSource
from playground.data.formats.idx import IdxFiles
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

FILES = tuple(cls for cls in SOURCES.values() if issubclass(cls, FileSource))  # whose `path` the user has to choose
