"""How a long calculation is called off: it asks between its parts whether it is still wanted. Knows no thread, no clock.

Whoever starts it says in `cancellable` when it is no longer wanted; what may last calls `check` where it can be left
without harm. Like np.errstate it holds for the thread that has set it, and needs no argument on the way down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Cancelled(BaseException):
    """The calculation is no longer wanted. Like KeyboardInterrupt no Exception: nothing on its way may take it for a fault."""


_unwanted: ContextVar[Callable[[], bool] | None] = ContextVar("unwanted", default=None)


@contextmanager
def cancellable(unwanted: Callable[[], bool]) -> Iterator[None]:
    """In this block `check` raises Cancelled as soon as `unwanted` says so."""
    before = _unwanted.set(unwanted)
    try:
        yield
    finally:
        _unwanted.reset(before)


def check() -> None:
    """Go on, unless the calculation has been called off.

    Raises:
        Cancelled: whatever changes something must then leave it as if it had never begun, or as it is after its last part.
    """
    unwanted = _unwanted.get()
    if unwanted is not None and unwanted():
        raise Cancelled
