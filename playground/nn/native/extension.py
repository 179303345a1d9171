"""The compiled extension, or None where it could not be built: the one place that knows whether it is there."""

from __future__ import annotations

from typing import Any

try:
    from playground.nn.native import _loops  # type: ignore[attr-defined]
except ImportError:
    _loops = None

EXTENSION: Any = _loops
