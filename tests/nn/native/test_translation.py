"""Single calls by NumPy's inner loops: the same bits as NumPy's own call, whatever shapes and strides, or left to Python."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from playground.nn.calls import Call, run
from playground.nn.native.program import Part, Program
from playground.nn.native.translation import plan
from tests.nn.native.rig import native

pytestmark = native

FLOATS = st.sampled_from([np.float64, np.float32])
LENGTHS = st.integers(1, 9)
BINARY = (np.add, np.subtract, np.multiply, np.divide, np.fmin, np.maximum, np.heaviside, np.copysign, np.power)
UNARY = (np.tanh, np.exp, np.expm1, np.log1p, np.sqrt, np.negative, np.reciprocal, np.sign, np.abs, np.sin, np.cos)
COMPARING = (np.greater, np.greater_equal, np.equal)


def laid_out(draw: st.DrawFn, shape: tuple[int, ...], dtype: type, rng: np.random.Generator) -> NDArray[Any]:
    """Numbers of this shape: side by side, transposed, part of something larger, or every second of it."""
    kind = draw(st.sampled_from(["plain", "transposed", "part", "every second", "members"]))
    match kind:
        case "transposed":
            array = rng.normal(size=shape[::-1]).astype(dtype).T
        case "part":
            whole = rng.normal(size=tuple(length + 2 for length in shape)).astype(dtype)
            array = whole[tuple(slice(1, length + 1) for length in shape)]
        case "every second":
            whole = rng.normal(size=tuple(2 * length for length in shape)).astype(dtype)
            array = whole[tuple(slice(None, None, 2) for _ in shape)]
        case "members" if len(shape) == 3:
            array = rng.normal(size=(shape[1], shape[0], shape[2])).astype(dtype).swapaxes(0, 1)
        case _:
            array = np.asarray(rng.normal(size=shape)).astype(dtype)
    return np.asarray(array > 0) if dtype is np.bool_ else np.asarray(array)


@st.composite
def elementwise(draw: st.DrawFn) -> Call:
    rng, dtype = np.random.default_rng(draw(st.integers(0, 1000))), draw(FLOATS)
    shape = tuple(draw(st.lists(LENGTHS, min_size=0, max_size=3)))
    out = laid_out(draw, shape, dtype, rng)

    def operand(mask: bool = False) -> NDArray[Any]:
        if draw(st.booleans()) and draw(st.booleans()):
            return out
        own = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else length for length in shape)
        own = own[draw(st.integers(0, len(own))) if draw(st.booleans()) else 0 :]
        kind = draw(st.sampled_from([dtype, dtype, np.float64, *([np.bool_] if mask else [])]))
        return laid_out(draw, own, kind, rng)

    function: Any = draw(st.sampled_from([*BINARY, *UNARY, *COMPARING, np.copyto, "where"]))
    if function is np.copyto:
        return function, (out, laid_out(draw, shape, dtype, rng))
    if function == "where":
        return np.copyto, (out, laid_out(draw, shape, dtype, rng), "same_kind", laid_out(draw, shape, np.bool_, rng))
    operands = [operand(function is np.multiply), *[operand() for _ in range(function.nin - 1)]]
    if function in COMPARING:
        return function, (*[np.asarray(each, dtype) for each in operands], laid_out(draw, shape, np.bool_, rng))
    if function is np.maximum:
        return partial(np.maximum, out=out), tuple(operands)
    return function, (*operands, out)


@st.composite
def products(draw: st.DrawFn) -> Call:
    rng, dtype = np.random.default_rng(draw(st.integers(0, 1000))), draw(FLOATS)
    m, k, n = draw(LENGTHS), draw(LENGTHS), draw(LENGTHS)
    if draw(st.booleans()):
        first, second = (laid_out(draw, shape, dtype, rng) for shape in ((m, k), (k, n)))
        return np.dot, (first, second, np.empty((m, n), dtype))
    lead = (draw(LENGTHS),)
    first = laid_out(draw, (*lead, m, k), dtype, rng)
    second = laid_out(draw, (*(() if draw(st.booleans()) else lead), k, n), dtype, rng)
    return np.matmul, (first, second, laid_out(draw, (*lead, m, n), dtype, rng))


@st.composite
def sums(draw: st.DrawFn) -> Call:
    rng, dtype = np.random.default_rng(draw(st.integers(0, 1000))), draw(FLOATS)
    shape = tuple(draw(st.lists(st.integers(1, 40), min_size=2, max_size=3)))
    array = laid_out(draw, shape, dtype, rng)
    if draw(st.booleans()):
        return np.vecdot, (array, laid_out(draw, shape, dtype, rng), np.empty(shape[:-1], dtype))
    axis, ufunc = draw(st.sampled_from([-1, -2])), draw(st.sampled_from([np.add, np.maximum]))
    left = list(shape)
    left[axis] = 1
    return ufunc.reduce, (array, axis, None, np.empty(left, dtype), True)


def written(call: Call) -> NDArray[Any]:
    """The array that a call writes."""
    function, arguments = call
    if isinstance(function, partial):
        return function.keywords["out"]
    arrays = [argument for argument in arguments if isinstance(argument, np.ndarray)]
    return arrays[0] if function is np.copyto else arrays[-1]


def check(call: Call) -> bool:
    """The same bits as NumPy's; whether it ran natively."""
    out = written(call)
    before = out.copy()
    with np.errstate(all="ignore"):
        program = Program([[call]])
        program.run([Part(0)])
        own = out.copy()
        out[...] = before
        run([call])
    assert own.tobytes() == out.tobytes()
    return program.native == 1


@settings(max_examples=300)
@given(elementwise() | products() | sums())
def test_a_call_has_numpys_bits(call: Call) -> None:
    check(call)


def some(*shape: int, dtype: type = float) -> NDArray[Any]:
    return np.asarray(np.random.default_rng(3).normal(size=shape), dtype)


@pytest.mark.parametrize(
    "call",
    [
        (np.add, (some(4, 5), some(4, 5), some(4, 5))),
        (np.multiply, (some(4, 5), some(), some(4, 5))),
        (np.multiply, (some(4, 5) > 0, some(4, 5), some(4, 5))),
        (np.multiply, (some(2, 1, dtype=np.float32), some(), some(2, 1, dtype=np.float32))),
        (partial(np.maximum, out=(out := some(4, 5))), (out, some())),
        (np.dot, (some(4, 5), some(7, 5).T, some(4, 7))),
        (np.matmul, (some(3, 4, 5), some(5, 7), some(3, 4, 7))),
        (np.vecdot, (some(3, 4, 5), some(3, 4, 5), some(3, 4))),
        (np.add.reduce, (some(4, 50), -1, None, some(4, 1), True)),
        (np.maximum.reduce, (some(4, 50), -2, None, some(1, 50), True)),
        (np.copyto, (some(4, 5), some(4, 5), "same_kind", some(4, 5) > 0)),
    ],
    ids=lambda call: getattr(call[0], "__name__", "partial"),
)
def test_what_steps_are_made_of_is_native(call: Call) -> None:
    assert check(call)


@pytest.mark.parametrize(
    "call",
    [
        (np.take, (some(4, 5), np.array([1, 0]), -1, some(4, 2), "clip")),
        (np.add, (some(10)[:-1], some(9), some(9)[::-1])),
        (np.add.reduce, (some(3, 9000), -1, None, some(3, 1), True)),
        (np.dot, (some(8, 10)[::2, ::2], some(5, 7), some(4, 7))),
        (np.add, (some(4).astype(">f8"), some(4), some(4))),
        (len, (some(4),)),
    ],
    ids=["take", "backwards", "too many to add at once", "no matrix for BLAS", "big-endian", "Python"],
)
def test_what_is_not_understood_is_left_to_python(call: Call) -> None:
    assert plan(call) is None


def test_what_overlaps_is_left_to_python() -> None:
    numbers = some(10)
    call = (np.add, (numbers[:-1], numbers[1:], numbers[1:]))
    assert not check(call)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ((np.add, (some(4, 5), some(4), some(4, 5))), r"an array of shape \(4,\) does not fit \(4, 5\)"),
        ((np.dot, (some(4, 5), some(4, 7), some(4, 7))), "does not fit into"),
        ((np.vecdot, (some(4, 5), some(4, 5), some(5))), "do not fit into"),
        ((np.add.reduce, (some(4, 5), -1, None, some(4, 5), True)), "does not fit into"),
        ((np.copyto, (some(4, 5), some(2, 5))), "does not fit"),
    ],
    ids=["add", "dot", "vecdot", "reduce", "copyto"],
)
def test_arrays_that_do_not_fit_are_refused_before_anything_runs(call: Call, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Program([[call]])
