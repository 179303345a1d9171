"""Whether the inner loops give NumPy's answers here, asked once before any of them is used, and said in words."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.nn.calls import Call, run
from playground.nn.native.extension import EXTENSION
from playground.nn.native.program import Part, Program

BINARY: tuple[np.ufunc, ...] = (np.add, np.multiply, np.divide, np.fmin, np.heaviside, np.copysign, np.power)
UNARY: tuple[np.ufunc, ...] = (np.tanh, np.exp, np.expm1, np.log1p, np.sqrt, np.sin, np.cos, np.reciprocal, np.sign)
REDUCED: tuple[np.ufunc, ...] = (np.add, np.maximum)


def compiled(steps: Sequence[Sequence[Call]], moving: Sequence[NDArray[Any]] = (), lasting: bool = False) -> Program:
    """A program of these steps that runs natively whatever can be trusted to give the same bits.

    One that is `lasting` runs in Python, call by call: its calls take long enough, and between them it can be called off.
    """
    return Program(steps, moving, distrusted(), lasting)


def standing() -> str:
    """Which of the two loops runs here, in a few words for a report."""
    if EXTENSION is None:
        return "Python loop (the extension is missing: there was no C compiler when it was installed)"
    if distrusted():
        return f"native loop, without {', '.join(sorted(distrusted()))} (other bits than NumPy {np.__version__} gives)"
    return "native loop"


@functools.cache
def distrusted() -> frozenset[str]:
    """Functions whose inner loops do not give NumPy's very bits."""
    if EXTENSION is None:
        return frozenset()
    with np.errstate(all="ignore"):
        return frozenset(name for name, calls in _checks().items() if not all(_same(call) for call in calls))


def _same(call: Call) -> bool:
    arrays = [argument for argument in call[1] if isinstance(argument, np.ndarray)]
    before = [array.copy() for array in arrays]
    run([call])
    answers = [array.tobytes() for array in arrays]
    for array, copy in zip(arrays, before, strict=True):
        array[...] = copy
    Program([[call]]).run([Part(0)])
    return answers == [array.tobytes() for array in arrays]


def _checks() -> dict[str, list[Call]]:
    """A few calls of each kind with what they read and write, by the name of their function."""
    rng = np.random.default_rng(0)
    checks: dict[str, list[Call]] = {}
    for dtype in (np.float64, np.float32):

        def some(*shape: int, dtype: type = dtype) -> NDArray[Any]:
            return rng.normal(size=shape).astype(dtype)

        for ufunc in BINARY:
            calls = checks.setdefault(ufunc.__name__, [])
            calls += [(ufunc, (np.abs(some(5, 9)), other, some(5, 9))) for other in (some(5, 9), some(5, 1), some())]
        for ufunc in UNARY:
            checks.setdefault(ufunc.__name__, []).append((ufunc, (np.abs(some(4, 33)), some(4, 33))))
        for m, k, n in ((1, 3, 10), (4, 5, 10), (8, 9, 1), (2, 11, 1), (1, 9, 1), (3, 1, 4), (33, 100, 17)):
            checks.setdefault("dot", []).append((np.dot, (some(m, k), some(n, k).T, some(m, n))))
            checks["dot"].append((np.dot, (some(k, m).T, some(k, n), some(m, n))))
            checks.setdefault("matmul", []).append((np.matmul, (some(3, m, k), some(3, k, n), some(3, m, n))))
        checks.setdefault("vecdot", []).append((np.vecdot, (some(4, 19), some(4, 19), some(4))))
        checks.setdefault("copyto", []).append((np.copyto, (some(4, 5), some(4, 5), "same_kind", some(4, 5) > 0.0)))
        for shape in ((5, 40), (40, 5), (12, 1), (3, 4, 17)):
            for axis in (-1, -2):
                out = list(shape)
                out[axis] = 1
                for ufunc in REDUCED:
                    calls = checks.setdefault(f"{ufunc.__name__}.reduce", [])
                    calls.append((ufunc.reduce, (some(*shape), axis, None, some(*out), True)))
    return checks
