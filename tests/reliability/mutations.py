"""Damage done to bytes, to JSON and to arrays, by a seeded chance. Knows nothing of who reads them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBERS = (
    b"0", b"-1", b"1", b"1e308", b"-1e309", b"NaN", b"Infinity", b"1e-320", b"9" * 25, b"9" * 5000, b"0x10", b"1_000",
    b"\xd9\xa3", b"1,5", b"--1", b"1.2.3", b"",
)  # fmt: skip
BYTES = (
    b"\0", b"\n", b"\r", b'"', b"'", b",", b";", b"\t", b"|", b"#", b"{", b"[", b"}", b"]", b":", b"\\", b"\xff", b"\xfe\xff",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"null", b"true", b"\\ud800", b'"a":', b"\x1f\x8b\x08", b"PK\x03\x04",
)  # fmt: skip
DEEP = 100_000
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2, 2**31, 2**62, 2**127, 10**400, -0.0, 1e-320, 1e300, 1.7e308, float("nan"), float("inf"),
    "", " ", "circle", "PCG64", "\0", "\ud800", "x" * 10_000, [], ["x"], [[]], [0] * 10_000, {}, {"name": "spiral"},
    {"name": None}, {"": 1},
)  # fmt: skip

Mutation = Callable[[bytes, bytes, random.Random], bytes]


def mutated(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """One to four damages after one another; `other` is another file of the kind, to take pieces from."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice(MUTATIONS)(content, other, chance)
    return content


def _cut(content: bytes, other: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flip(content: bytes, other: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 30))):
        if changed:
            changed[_place(content, chance) % len(changed)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _insert(content: bytes, other: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    piece = chance.choice(
        (chance.choice(BYTES), chance.randbytes(chance.randrange(1, 40)), chance.choice(BYTES) * 3000)
    )
    return content[:place] + piece + content[place:]


def _leave_out(content: bytes, other: bytes, chance: random.Random) -> bytes:
    start = _place(content, chance)
    return content[:start] + content[start + chance.choice((1, 2, 8, 100)) :]


def _splice(content: bytes, other: bytes, chance: random.Random) -> bytes:
    return content[: _place(content, chance)] + other[_place(other, chance) :]


def _repeat(content: bytes, other: bytes, chance: random.Random) -> bytes:
    start, end = sorted((_place(content, chance), _place(content, chance)))
    return content[:end] + content[start:end] * chance.randrange(1, 4) + content[end:]


def _overwrite(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """What a length or a shape may be."""
    place, size = _place(content, chance), chance.choice((1, 2, 4, 8))
    value = chance.choice((0, 1, 255, 2 ** (8 * size - 1) - 1, 2 ** (8 * size) - 1, 10**6, 2**20))
    value = min(value, 2 ** (8 * size) - 1)
    return content[:place] + value.to_bytes(size, chance.choice(("little", "big"))) + content[place + size :]


def _renumber(content: bytes, other: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"-?[0-9][0-9.]*", content[:20_000]))
    if not found:
        return content
    number = chance.choice(found)
    return content[: number.start()] + chance.choice(NUMBERS) + content[number.end() :]


def _deepen(content: bytes, other: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.choice((b"[", b'{"a":', b"(", b'"')) * DEEP + content[place:]


MUTATIONS: tuple[Mutation, ...] = (
    _cut, _flip, _flip, _insert, _insert, _leave_out, _splice, _repeat, _overwrite, _overwrite, _renumber, _renumber,
    _deepen,
)  # fmt: skip


def _place(content: bytes, chance: random.Random) -> int:
    """Anywhere, more often near the beginning, where headers are."""
    return chance.randrange((min(len(content), 64) if chance.random() < 0.4 else len(content)) + 1)


def odd_json(plain: Any, chance: random.Random) -> Any:
    """The same with a value or two anywhere replaced, left out, doubled or named otherwise."""
    plain = deepcopy(plain)
    for _ in range(chance.choice((1, 1, 2))):
        places: list[tuple[Any, Any]] = []
        _collect(plain, places)
        if not places:
            return deepcopy(chance.choice(ODD))
        node, key = chance.choice(places)
        match chance.randrange(6):
            case 0:
                del node[key]
            case 1 if isinstance(node, dict):
                node[chance.choice(("more", "", "name"))] = node.pop(key)
            case 2:
                node[key] = deepcopy(chance.choice(places)[0])
            case _:
                node[key] = deepcopy(chance.choice(ODD))
    return plain


def _collect(node: Any, places: list[tuple[Any, Any]]) -> None:
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        places.append((node, key))
        _collect(node[key], places)


def odd_array(values: NDArray[Any], chance: random.Random) -> NDArray[Any]:
    """The same with another kind, shape or value."""
    with np.errstate(all="ignore"):
        match chance.randrange(6):
            case 0:
                kinds = [np.float16, np.float32, np.float64, np.int64, np.uint8, np.bool_, np.uint64]
                return np.nan_to_num(values).astype(chance.choice(kinds))
            case 1:
                return values[..., None]
            case 2:
                return values[:-1] if values.ndim else values[None]
            case 3:
                return np.zeros(tuple(chance.choice((0, side)) for side in values.shape), values.dtype)
            case 4 if values.size:
                values = values.copy()
                odd = chance.choice([-1, 0, 3, 10**9, 1e300, np.nan, -np.inf])
                values.flat[chance.randrange(values.size)] = np.array(odd).astype(values.dtype)
                return values
        return values * np.array(chance.choice([0, -1, 10**6, 1e300])).astype(values.dtype)
