"""A calculation written down as calls over arrays that exist already, to be carried out any number of times.

On small arrays the time goes into Python, not into arithmetic. So activations, losses, optimizers and layers do not
calculate: they answer with the list of NumPy calls that would, the trainer joins these lists once, and a training step
is one loop over the result that looks nothing up, decides nothing and allocates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playground.cancellation import check

Call = tuple[Callable[..., Any], tuple[Any, ...]]


def run(calls: Sequence[Call]) -> None:
    """Carry them out in order."""
    for function, arguments in calls:
        function(*arguments)


def run_checked(calls: Sequence[Call]) -> None:
    """Carry them out in order, unless that is called off in between: see `cancellation`."""
    for function, arguments in calls:
        check()
        function(*arguments)
