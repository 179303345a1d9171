"""Which of NumPy's inner loops a call is, and over which sizes and strides NumPy would let them run. Runs nothing.

A call is planned by what its arrays look like, and not by where they lie, so that a call of the same look is planned once.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.nn.calls import Call
from playground.nn.native.extension import EXTENSION

ARGUMENTS, SIZES, STRIDES, NESTS = 5, 4, 9, 2  # as in _loops.c
DRAWS = 32  # of random numbers, by which two ways of adding up are told apart
BUFFER = 8192  # elements that NumPy reduces in one go; of more it adds up pieces
CONVERSIONS = {
    ("?", "f"): "bool_to_float",
    ("?", "d"): "bool_to_double",
    ("f", "d"): "float_to_double",
    ("d", "f"): "double_to_float",
}

Axis = tuple[int, ...]  # its length, and each operand's stride along it in bytes
Loop = tuple[int, int]  # address of the function and of its data


class Operand(NamedTuple):
    """What an array looks like."""

    char: str  # of its dtype
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in bytes
    offset: int = 0  # from its first element to where a loop begins

    @classmethod
    def of(cls, array: NDArray[Any]) -> Operand:
        return cls(array.dtype.char, array.shape, array.strides)

    @property
    def itemsize(self) -> int:
        return np.dtype(self.char).itemsize

    @property
    def span(self) -> int:
        """Bytes from its first to behind its last."""
        ends = ((length - 1) * stride for length, stride in zip(self.shape, self.strides, strict=True))
        return self.itemsize + sum(ends) if 0 not in self.shape else 0

    def along(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Its strides when broadcast to a shape; ValueError where it cannot be."""
        missing = len(shape) - len(self.shape)
        if missing < 0 or any(own not in (1, wanted) for own, wanted in zip(self.shape, shape[missing:], strict=True)):
            raise ValueError(f"an array of shape {self.shape} does not fit {shape}")
        own = (0 if length == 1 else stride for length, stride in zip(self.shape, self.strides, strict=True))
        return (*[0] * missing, *own)


class Line(NamedTuple):
    """A row of the table but for its addresses: of each argument which operand it is, and how far within."""

    loop: Loop
    arguments: tuple[tuple[int, int], ...]
    rest: tuple[int, ...]


class Plan(NamedTuple):
    """What a call becomes.

    `spare` are arrays that the call needs besides its own, counted on from its operands; those with a value hold it for
    ever. `pairs` are operands of which the second is written while the first is read: they lie apart, or with `same` in one place.
    """

    lines: tuple[Line, ...]
    spare: tuple[tuple[tuple[int, ...], str, float | None], ...] = ()
    pairs: tuple[tuple[int, int, bool], ...] = ()


def plan(call: Call) -> tuple[Plan, tuple[NDArray[Any], ...]] | None:
    """A plan and the arrays that are its operands; None where the call has to run in Python.

    Raises:
        ValueError: when its arrays do not fit one another.
    """
    function: Any
    function, arguments = call
    if isinstance(function, functools.partial) and list(function.keywords) == ["out"] and not function.args:
        function, arguments = function.func, (*arguments, function.keywords["out"])
    owner = getattr(function, "__self__", None)
    kind = ("reduce", owner) if isinstance(owner, np.ufunc) and function.__name__ == "reduce" else function
    arrays = tuple(argument for argument in arguments if isinstance(argument, np.ndarray))
    if not all(array.flags.aligned and array.dtype.isnative and array.dtype.char in "df?" for array in arrays):
        return None
    others = tuple(argument for argument in arguments if not isinstance(argument, np.ndarray))
    if not all(other is None or isinstance(other, int | str) for other in others):
        return None
    made = _plan(kind, tuple(Operand.of(array) for array in arrays), others)
    return None if made is None else (made, arrays)


def name(call: Call) -> str:
    """How a report calls what a call does."""
    function = call[0].func if isinstance(call[0], functools.partial) else call[0]
    owner = getattr(function, "__self__", None)
    return f"{owner.__name__}.{function.__name__}" if isinstance(owner, np.ufunc) else str(function.__name__)


@functools.lru_cache(maxsize=4096)
def _plan(kind: Any, operands: tuple[Operand, ...], others: tuple[Any, ...]) -> Plan | None:
    if any(stride < 0 for operand in operands for stride in operand.strides):
        return None
    if isinstance(kind, tuple):
        return _reduction(kind[1], operands, others)
    if kind is np.copyto:
        return _copies(operands, others)
    if others:
        return None
    if kind is np.dot:
        return _products(np.matmul, operands) if _dot_is_matmul(operands) else None
    if not isinstance(kind, np.ufunc) or len(operands) != kind.nargs or kind.nout != 1:
        return None
    if kind is np.matmul:
        return _products(kind, operands)
    if kind is np.vecdot:
        return _inner_products(operands)
    return _elementwise(kind, operands) if kind.signature is None else None


def _elementwise(ufunc: np.ufunc, operands: tuple[Operand, ...]) -> Plan | None:
    """Operands of another type than the loop's go through an array of that type, as they go through NumPy's buffer."""
    try:
        types = ufunc.resolve_dtypes(tuple(np.dtype(operand.char) for operand in operands), casting="same_kind")
    except TypeError:
        return None
    chars = [dtype.char for dtype in types]
    loop, last = _loop(ufunc, "".join(chars)), len(operands) - 1
    if loop is None:
        return None
    spare: list[tuple[tuple[int, ...], str, float | None]] = []
    places: list[tuple[int, Operand]] = []  # of each argument
    before: list[Line] = []
    after: list[Line] = []
    for index, (operand, char) in enumerate(zip(operands, chars, strict=True)):
        place = (index, operand)
        if operand.char != char:
            own = Operand.of(np.empty(operand.shape, char))
            place = (len(operands) + len(spare), own)
            spare.append((operand.shape, char, None))
            ends = (place, (index, operand)) if index == last else ((index, operand), place)
            line = _conversion(*ends)
            if line is None:
                return None
            (after if index == last else before).append(line)
        places.append(place)
    middle = _walk(loop, places)
    if middle is None:
        return None
    pairs = tuple((index, last, True) for index in range(last))
    return Plan((*before, middle, *after) if 0 not in operands[last].shape else (), tuple(spare), pairs)


def _copies(operands: tuple[Operand, ...], others: tuple[Any, ...]) -> Plan | None:
    if others not in ((), ("same_kind",)) or len(operands) not in (2, 3):
        return None
    target, source, *masks = operands
    if not masks and source.char == target.char:
        made = _elementwise(np.positive, (source, target))
        return (
            None if made is None else Plan(tuple(_renumbered(line, (1, 0)) for line in made.lines), (), ((1, 0, True),))
        )
    if not masks:
        line = _conversion((1, source), (0, target))
        return None if line is None else Plan((line,), (), ((1, 0, False),))
    if source.char != target.char or target.char == "?":
        return None
    own = EXTENSION.copy_doubles_where if target.char == "d" else EXTENSION.copy_floats_where
    line = _walk((own, 0), [(1, source), (2, masks[0]), (0, target)])
    return None if line is None else Plan((line,), (), ((1, 0, True), (2, 0, False)))


def _products(ufunc: np.ufunc, operands: tuple[Operand, ...]) -> Plan | None:
    """(…, m, k) times (…, k, n), with at most one axis before."""
    first, second, product = operands
    loop = _loop(ufunc, "".join(operand.char for operand in operands))
    if loop is None or not all(2 <= len(operand.shape) <= 3 for operand in operands):
        return None
    (m, k), n = first.shape[-2:], second.shape[-1]
    many = np.broadcast_shapes(first.shape[:-2], second.shape[:-2])
    if second.shape[-2] != k or product.shape != (*many, m, n):
        raise ValueError(f"a product of {first.shape} and {second.shape} does not fit into {product.shape}")
    if 0 in (*many, m, k, n):
        return None
    leads = [operand.along((*many, *operand.shape[-2:]))[0] if many else 0 for operand in operands]
    cores = [stride for operand in operands for stride in operand.strides[-2:]]
    line = _line(loop, list(enumerate(operands)), (*(many or (1,)), m, k, n), (*leads, *cores))
    return Plan((line,), (), ((0, 2, False), (1, 2, False)))


def _inner_products(operands: tuple[Operand, ...]) -> Plan | None:
    first, second, product = operands
    loop = _loop(np.vecdot, "".join(operand.char for operand in operands))
    if loop is None or first.shape != second.shape or 0 in first.shape:
        return None
    if product.shape != first.shape[:-1]:
        raise ValueError(f"products along the last axis of {first.shape} do not fit into {product.shape}")
    axes = _axes(product.shape, [first.strides[:-1], second.strides[:-1], product.strides])
    if axes is None:
        return None
    *around, (count, *steps) = axes
    cores = (*steps, first.strides[-1], second.strides[-1])
    line = _line(loop, list(enumerate(operands)), (count, first.shape[-1]), cores, around)
    return Plan((line,), (), ((0, 2, False), (1, 2, False)))


def _reduction(ufunc: np.ufunc, operands: tuple[Operand, ...], others: tuple[Any, ...]) -> Plan | None:
    """Along one axis, which stays. A sum starts from 0, a maximum from the first along the axis, as NumPy's do."""
    if ufunc not in (np.add, np.maximum) or len(operands) != 2 or len(others) != 3:
        return None
    (array, out), (axis, dtype, keepdims) = operands, others
    loop = _loop(ufunc, array.char * 3)
    size = int(np.prod(array.shape))
    if loop is None or dtype is not None or keepdims is not True or out.char != array.char or not 0 < size <= BUFFER:
        return None
    length, stride = array.shape[axis], array.strides[axis]
    once = list(array.shape)
    once[axis] = 1
    if list(out.shape) != once:
        raise ValueError(f"what is left of {array.shape} along axis {axis} does not fit into {out.shape}")
    spare: tuple[tuple[tuple[int, ...], str, float | None], ...] = ()
    start, rest = (2, Operand(array.char, (), ())), array
    if ufunc is np.add:
        spare = (((), array.char, 0.0),)
    else:
        start = 0, array._replace(shape=tuple(once))
        once[axis] = length - 1
        rest = array._replace(shape=tuple(once), offset=stride)
    copy = _loop(np.positive, array.char * 2)
    assert copy is not None
    first = _walk(copy, [start, (1, out)])
    axes = _axes(rest.shape, [rest.strides, out.along(rest.shape)])
    if first is None or axes is None:
        return None
    if 0 in rest.shape:
        return Plan((first,), spare, ((0, 1, False),))
    *around, (count, inner, outer) = [(times, *steps) for times, *steps in axes]
    nests = [(times, into, of, into) for times, of, into in around]
    line = _line(loop, [(1, out), (0, rest), (1, out)], (count,), (outer, inner, outer), nests)
    return Plan((first, line), spare, ((0, 1, False),))


# How NumPy walks over arrays.


def _walk(loop: Loop, places: Sequence[tuple[int, Operand]]) -> Line | None:
    """Element by element, every operand broadcast to the shape of the last."""
    shape = places[-1][1].shape
    axes = _axes(shape, [operand.along(shape) for _, operand in places])
    if axes is None:
        return None
    *around, (count, *steps) = axes
    return _line(loop, places, (count,), steps, around)


def _axes(shape: tuple[int, ...], strides: Sequence[tuple[int, ...]]) -> list[Axis] | None:
    """The axes as NumPy nests them, outermost first, joined where they can be: at least one. None where too many are left.

    The order is that of npyiter_find_best_axis_ordering: the nearer to one another neighbours along an axis lie, the further
    in it is; where operands disagree it stays as it was.
    """
    axes: list[Axis] = []  # innermost first
    for index in reversed(range(len(shape))):
        axis = (shape[index], *(each[index] for each in strides))
        if axis[0] == 1:
            continue
        at = len(axes)
        for place in reversed(range(len(axes))):
            known = [(own, other) for own, other in zip(axis[1:], axes[place][1:], strict=True) if own and other]
            if known and any(other <= own for own, other in known):
                break
            if known:
                at = place
        axes.insert(at, axis)
    axes.reverse()
    joined: list[Axis] = []
    for axis in axes:
        if joined and all(one == axis[0] * other for one, other in zip(joined[-1][1:], axis[1:], strict=True)):
            joined[-1] = (joined[-1][0] * axis[0], *axis[1:])
        else:
            joined.append(axis)
    if len(joined) > NESTS + 1:
        return None
    return joined or [(1, *(0 for _ in strides))]


def _line(
    loop: Loop,
    places: Sequence[tuple[int, Operand]],
    sizes: Sequence[int],
    strides: Sequence[int],
    around: Sequence[Axis] = (),
) -> Line:
    """A row of the table; `around` are the loops around the inner one, outermost first."""
    nests = [(1,)] * (NESTS - len(around)) + list(around)
    rest = [*_padded(sizes, SIZES), *_padded(strides, STRIDES), *(times for times, *_ in nests)]
    rest += [step for _, *steps in nests for step in _padded(steps, ARGUMENTS)]
    return Line(loop, tuple((index, operand.offset) for index, operand in places), tuple(rest))


def _padded(numbers: Sequence[int], length: int) -> list[int]:
    return [*numbers, *[0] * (length - len(numbers))]


def _renumbered(line: Line, order: Sequence[int]) -> Line:
    return line._replace(arguments=tuple((order[index], offset) for index, offset in line.arguments))


def _conversion(source: tuple[int, Operand], target: tuple[int, Operand]) -> Line | None:
    known = CONVERSIONS.get((source[1].char, target[1].char))
    return None if known is None else _walk((getattr(EXTENSION, known), 0), [source, target])


def _loop(ufunc: np.ufunc, chars: str) -> Loop | None:
    """The inner loop for exactly these types."""
    return _loops_of(ufunc).get(bytes(np.dtype(char).num for char in chars))


@functools.cache
def _loops_of(ufunc: np.ufunc) -> dict[bytes, Loop]:
    loops: dict[bytes, Loop] = EXTENSION.loops_of(ufunc)
    return loops


def _dot_is_matmul(operands: tuple[Operand, ...]) -> bool:
    """Whether np.dot gives the bits of np.matmul, whose inner loop can be called.

    Both hand matrices on to BLAS as they lie. Of a single row or column np.matmul makes a vector and np.dot does not, and
    whether BLAS then adds up in another order depends on the machine: so numbers laid out like these are asked.
    """
    if not all(_blasable(operand) for operand in operands):
        return False
    if 1 not in (operands[2].shape + operands[0].shape):
        return True
    rng = np.random.default_rng(0)
    first, second, one = (_like(operand) for operand in operands)
    other = _like(operands[2])
    for _ in range(DRAWS):
        for array in (first, second):
            array[...] = rng.normal(size=array.shape)
        np.dot(first, second, one)
        np.matmul(first, second, other)
        if not np.array_equal(one, other):
            return False
    return True


def _like(operand: Operand) -> NDArray[Any]:
    """An array that looks like this."""
    memory = np.zeros(operand.span // operand.itemsize, operand.char)
    return np.lib.stride_tricks.as_strided(memory, operand.shape, operand.strides)


def _blasable(matrix: Operand) -> bool:
    """Whether BLAS takes it as it lies, so that np.dot and np.matmul both hand it on."""
    if len(matrix.shape) != 2:
        return False
    (rows, columns), (down, across), size = matrix.shape, matrix.strides, matrix.itemsize
    return (across == size and down % size == 0 and down >= columns * size) or (
        down == size and across % size == 0 and across >= rows * size
    )
