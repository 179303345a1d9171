"""Every choice of data, in the order the window shows them."""

from __future__ import annotations

from playground.data.dataset import Source
from playground.data.files import CsvFile
from playground.data.generators import Blobs, Circle, ExclusiveOr, Hills, Moons, Plane, Spiral, TwoGaussians
from playground.data.library import BreastCancer, Diabetes, Iris

SOURCES: dict[str, type[Source]] = {
    "circle": Circle,
    "exclusive_or": ExclusiveOr,
    "gaussians": TwoGaussians,
    "spiral": Spiral,
    "moons": Moons,
    "blobs": Blobs,
    "plane": Plane,
    "hills": Hills,
    "iris": Iris,
    "breast_cancer": BreastCancer,
    "diabetes": Diabetes,
    "csv_file": CsvFile,
}
