"""Chance: random arrays for mini-batches in turn, the same for a member whether it is alone or beside others."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.chance import Chance, fixed_turn, nothing_random
from playground.nn.stage import Array

PLACES = 4


def uniform(rng: np.random.Generator, out: Array) -> None:
    out[...] = rng.random(out.shape)


def normal(rng: np.random.Generator, out: Array) -> None:
    out[...] = rng.normal(size=out.shape)


def like(members: int, rows: int = 3, batch: int = 5, dtype: type[np.floating] = np.float64) -> Array:
    """Laid out as a network's work arrays."""
    if members == 1:
        return np.empty((rows, batch), dtype)
    return np.empty((rows, members, batch), dtype).swapaxes(0, 1)


def generators(*seeds: int) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in seeds]


@pytest.mark.parametrize("members", [1, 3])
def test_who_asks_again_gets_the_same_array(members: int) -> None:
    chance, wanted = Chance(PLACES, members), like(members)
    first = chance.turn(1)("layer")(uniform, wanted)
    assert first.shape == wanted.shape
    again = chance.turn(1)("layer")(uniform, wanted)
    chance.draw(generators(*range(members)))
    np.testing.assert_array_equal(first, again)
    assert first.min() > 0.0
    assert np.shares_memory(first, again)
    for other in (
        chance.turn(1)("other layer")(uniform, wanted),
        chance.turn(1)("layer")(normal, wanted),
        chance.turn(2)("layer")(uniform, wanted),
    ):
        assert not np.shares_memory(first, other)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_an_array_is_laid_out_like_the_one_it_stands_beside(members: int, dtype: type[np.floating]) -> None:
    wanted = like(members, dtype=dtype)
    array = Chance(PLACES, members).turn(0)("layer")(uniform, wanted)
    assert (array.shape, array.strides, array.dtype) == (wanted.shape, wanted.strides, wanted.dtype)


@pytest.mark.parametrize("members", [1, 3])
def test_places_owners_and_draws_are_independent(members: int) -> None:
    chance = Chance(PLACES, members)
    arrays = [
        chance.turn(place)(owner)(uniform, like(members)) for place in range(PLACES) for owner in ("first", "second")
    ]
    rngs = generators(*range(members))
    seen = []
    for _ in range(3):
        chance.draw(rngs)
        seen += [array.copy() for array in arrays]
    numbers = np.concatenate([array.ravel() for array in seen])
    assert len(np.unique(numbers)) == len(numbers)
    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0


def test_a_member_sees_the_same_alone_and_beside_others() -> None:
    def drawn(members: int, *seeds: int) -> list[Array]:
        chance, rngs = Chance(PLACES, members), generators(*seeds)
        asked = [
            chance.turn(place)(owner)(fill, like(members, rows))
            for owner, fill, rows in (("a", normal, 3), ("b", uniform, 2), ("a", uniform, 4))
            for place in range(PLACES)
        ]
        chance.draw(rngs)
        chance.draw(rngs)
        return asked

    together = drawn(3, 7, 8, 9)
    for member, seed in enumerate((7, 8, 9)):
        for all_, own in zip(together, drawn(1, seed), strict=True):
            np.testing.assert_array_equal(all_[member], own)


def test_weights_of_one_network_are_drawn_too() -> None:
    """Their arrays have a member axis even where there is one member."""
    chance, wanted = Chance(PLACES, 1), np.empty((1, 7))
    array = chance.turn(0)("weights")(normal, wanted)
    chance.draw(generators(3))
    assert array.shape == (1, 7)
    assert array.all()


def test_a_fixed_turn_does_not_change_its_mind() -> None:
    turn, wanted = fixed_turn(np.random.default_rng(1)), like(3)
    first = turn(0)(uniform, wanted)
    kept = first.copy()
    assert turn(0)(uniform, wanted) is first
    assert not np.array_equal(turn(1)(uniform, wanted), kept)
    np.testing.assert_array_equal(first, kept)


def test_where_nothing_is_random_nothing_may_be_asked_for() -> None:
    with pytest.raises(ValueError, match="needs a turn of a Chance"):
        nothing_random(0)(uniform, like(1))
