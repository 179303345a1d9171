"""The tables that come with scikit-learn. Knows no network; scikit-learn is imported on use, as that takes 0.7 s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.data.dataset import Dataset, Outline, Source


@dataclass(frozen=True)
class Iris(Source):
    """150 flowers of three kinds, by the size of their sepals and petals. Source: Fisher 1936."""

    label = "iris"

    def load(self, rng: np.random.Generator) -> Dataset:
        from sklearn.datasets import load_iris

        return _classified(load_iris(), "species", self.label)

    def outline(self) -> Outline:
        return Outline(3)


@dataclass(frozen=True)
class BreastCancer(Source):
    """569 tumours, malignant or benign, by 30 measures of their cell nuclei. Source: Street et al. 1993."""

    label = "breast cancer"

    def load(self, rng: np.random.Generator) -> Dataset:
        from sklearn.datasets import load_breast_cancer

        return _classified(load_breast_cancer(), "diagnosis", self.label)

    def outline(self) -> Outline:
        return Outline(2)


@dataclass(frozen=True)
class Diabetes(Source):
    """442 patients, and how far their disease had gone one year later. Source: Efron et al. 2004."""

    label = "diabetes"

    def load(self, rng: np.random.Generator) -> Dataset:
        from sklearn.datasets import load_diabetes

        bunch = load_diabetes(scaled=False)
        columns = (
            "age (years)",
            "sex (1 or 2)",
            "body mass index (kg/m²)",
            "mean blood pressure (mm Hg)",
            "total cholesterol (mg/dl)",
            "LDL cholesterol (mg/dl)",
            "HDL cholesterol (mg/dl)",
            "total / HDL cholesterol",
            "log of triglycerides",
            "blood sugar (mg/dl)",
        )
        return Dataset(bunch.data, bunch.target, columns, (), "disease progression after one year", self.label)

    def outline(self) -> Outline:
        return Outline(0)


@dataclass(frozen=True)
class Digits(Source):
    """1797 handwritten digits, each of 8 × 8 pixels with an ink of 0 to 16. Source: Alpaydin and Kaynak 1998."""

    label = "digits 8×8"

    def load(self, rng: np.random.Generator) -> Dataset:
        from sklearn.datasets import load_digits

        bunch = load_digits()
        bunch.feature_names = [f"pixel {row},{column}" for row in range(1, 9) for column in range(1, 9)]
        return _classified(bunch, "digit", self.label)

    def outline(self) -> Outline:
        return Outline(10, (42, 44))  # pixels 6,3 and 6,5: chosen as for other images, and known without looking


def _classified(bunch: Any, target: str, origin: str) -> Dataset:
    """scikit-learn's bunch of a classification problem, with its own names of columns and classes."""
    columns = tuple(str(name) for name in bunch.feature_names)
    classes = tuple(str(name) for name in bunch.target_names)
    return Dataset(bunch.data, bunch.target.astype(np.float64), columns, classes, target, origin)
