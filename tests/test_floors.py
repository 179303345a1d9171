"""The floors of the house: imports run downward only and in no circle, and planted violations prove that this is found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from playground.ui.views import LABORATORY
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView

ROOT = Path(__file__).resolve().parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CIRCLE = """
import graphlib, grimp
graph = grimp.build_graph("playground", exclude_type_checking_imports=False, cache_dir=None)
imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
try:
    graphlib.TopologicalSorter(imports).prepare()
except graphlib.CycleError as error:
    print(*reversed(error.args[1]), sep=" -> ")
"""
UPSTAIRS = ("PySide6", "shiboken6", "pyqtgraph", "sklearn", "matplotlib")  # slow to load, or of no use without a screen


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """The contracts' verdict on the package that lies in a folder."""
    command = [sys.executable, "-c", LINT, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=60)


def circle(house: Path) -> str:
    """Modules of the package in a folder that import each other in turn, if only for types; "" where none do."""
    command = [sys.executable, "-c", CIRCLE]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def plant(house: Path, importer: str, line: str) -> None:
    """Add a line to a module of the package in a folder."""
    place = house.joinpath(*importer.split("."))
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package that may be spoilt."""
    shutil.copytree(ROOT / "playground", tmp_path / "playground", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_floors(house: Path) -> None:
    verdict = lint(house)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("playground.options.knobs", "playground.nn.losses"),
        ("playground.nn.losses", "playground.data.dataset"),
        ("playground.data.dataset", "playground.nn.losses"),
        ("playground.nn.network", "playground.ui.theme"),
        ("playground.data.dataset", "playground.experiment.frame"),
        ("playground.experiment.frame", "playground.exchange"),
        ("playground.experiment.frame", "PySide6"),
        ("playground.nn.network", "pyqtgraph"),
        ("playground.exchange.snapshot", "PySide6"),
        ("playground.ui.viewing.view", "playground.experiment.run.session"),
        ("playground.ui.viewing.view", "playground.ui.diagram.editor"),
        ("playground.ui.workspace.workspace", "playground.ui.window"),
        ("playground.ui.commands.table", "playground.ui.window"),
        ("playground.ui.views.units", "playground.ui.views.maps"),
        ("playground.ui.views.boundary", "playground.ui.views.loss"),
        ("playground.ui.plots.curve", "playground.experiment.frame"),
    ],
)
def test_a_planted_violation_is_found(house: Path, importer: str, imported: str) -> None:
    plant(house, importer, f"import {imported}")
    verdict = lint(house)
    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert f"{importer} -> {imported}" in verdict.stdout


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(ROOT) == ""


def test_an_import_for_types_alone_counts_as_any_other(house: Path) -> None:
    """One that closes a circle within a floor, and one that leads up."""
    lower, upper = "playground.nn.layer_arrays", "playground.nn.training"
    plant(house, lower, f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {upper}")
    assert lint(house).returncode == 0
    assert f"{lower} -> {upper}" in circle(house)
    plant(house, lower, "if TYPE_CHECKING:\n    import playground.experiment.frame")
    verdict = lint(house)
    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert f"{lower} -> playground.experiment.frame" in verdict.stdout


def test_every_view_stands_in_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [modules] = [contract["modules"] for contract in contracts if contract["type"] == "independence"]
    views = [BoundaryView, GradientView, LossView, *(kind for kind, _ in LABORATORY)]
    assert modules == sorted(view.__module__ for view in views)


@pytest.mark.parametrize(
    "module",
    [
        "playground.options",
        "playground.nn.training",
        "playground.data.sources",
        "playground.experiment.run.session",
        "playground.exchange.snapshot",
    ],
)
def test_importing_loads_nothing_from_upstairs(module: str) -> None:
    script = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert [name for name in json.loads(loaded.stdout) if name.partition(".")[0] in UPSTAIRS] == []
