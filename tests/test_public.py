"""The public face: what `from playground import …` gives, at once and without Qt."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import playground

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", playground.__all__)
def test_each_name_is_there(name: str) -> None:
    assert callable(getattr(playground, name))
    assert name in dir(playground)


def test_no_other_name_is() -> None:
    with pytest.raises(AttributeError, match="module 'playground' has no attribute 'Sesion'"):
        playground.Sesion  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_loads_nothing_else() -> None:
    script = "import json, sys, playground; print(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", script]
    loaded = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert [name for name in loaded if name.startswith("playground.")] == []
    assert {"numpy", "PySide6"}.isdisjoint(loaded)


def test_the_example_in_the_readme_runs(tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{example}"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "loss" in ran.stdout
