"""Neural Network Playground: draw a network, press play, and see why it learns or why it doesn't.

The names below are what a script or a notebook needs; they are loaded when first used, so that the package itself is
imported at once and without Qt.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.exchange.snapshot import load_snapshot, save_snapshot
    from playground.experiment.config import Config
    from playground.experiment.run.session import Session
    from playground.options import with_value

__version__ = "0.1.0"
__all__ = ["Config", "Session", "load_snapshot", "save_snapshot", "with_value"]

_HOMES = {
    "Config": "playground.experiment.config",
    "Session": "playground.experiment.run.session",
    "load_snapshot": "playground.exchange.snapshot",
    "save_snapshot": "playground.exchange.snapshot",
    "with_value": "playground.options",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
