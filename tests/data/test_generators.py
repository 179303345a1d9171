"""Points drawn by formula: every generator keeps the promises of a dataset, and has the shape it is named after."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.dataset import Source
from playground.data.generators import (
    Blobs,
    Circle,
    Drawn,
    ExclusiveOr,
    Generator,
    Hills,
    Moons,
    Plane,
    Scatter,
    Spiral,
    Surface,
    TwoGaussians,
)
from playground.data.sources import FILES, SOURCES
from playground.options import ConfigError, knobs

DRAWN = [cls for cls in SOURCES.values() if issubclass(cls, Drawn)]
PLANES = [cls for cls in DRAWN if cls.plane]
SCATTERS = [cls for cls in DRAWN if issubclass(cls, Scatter)]
SURFACES = [cls for cls in DRAWN if issubclass(cls, Surface)]

each_generator = st.sampled_from(DRAWN)
sizes = st.integers(20, 300)
noises = st.floats(0.0, 1.0)
seeds = st.integers(0, 2**31 - 1)


def draw(source: Generator, seed: int = 1):
    return source.load(np.random.default_rng(seed))


def test_the_sources_are_shown_in_this_order() -> None:
    assert list(SOURCES) == [
        *("circle", "exclusive_or", "gaussians", "spiral", "moons", "blobs", "plane", "hills", "wave", "one_example"),
        *("iris", "breast_cancer", "diabetes", "digits", "csv_file", "idx_files"),
    ]
    assert len({cls.label for cls in SOURCES.values()}) == len(SOURCES)


@pytest.mark.parametrize("cls", DRAWN)
def test_knobs(cls: type[Drawn]) -> None:
    points, noise = knobs(cls)["points"], knobs(cls)["noise"]
    assert (points.minimum, points.maximum, points.scale, cls().points) == (20, 5000, "log", 500)
    assert (noise.minimum, noise.maximum) == (0.0, 1.0)
    assert noise.help != knobs(Drawn)["noise"].help, "every shape says what its noise does"
    with pytest.raises(ConfigError, match="points"):
        cls(points=19)


@given(st.sampled_from(PLANES), sizes, noises, seeds)
def test_a_dataset_of_the_plane(cls: type[Drawn], points: int, noise: float, seed: int) -> None:
    data = draw(cls(points=points, noise=noise), seed)
    assert data.X.shape == (points, 2)
    assert data.y.shape == (points,)
    assert data.X.dtype == data.y.dtype == np.float64
    assert np.isfinite(data.X).all()
    assert np.isfinite(data.y).all()
    assert not data.X.flags.writeable
    assert not data.y.flags.writeable
    assert data.plane
    assert data.columns == ("x₁", "x₂")
    assert data.origin == cls.label
    assert data.note == ""


@given(each_generator, sizes, noises, seeds)
def test_the_random_generator_alone_decides(cls: type[Drawn], points: int, noise: float, seed: int) -> None:
    source = cls(points=points, noise=noise)
    first, second, other = draw(source, seed), draw(source, seed), draw(source, seed + 1)
    np.testing.assert_array_equal(first.X, second.X)
    np.testing.assert_array_equal(first.y, second.y)
    without_chance = cls in (Spiral, Moons) and noise < 1e-9
    assert without_chance or not np.array_equal(first.X, other.X)


@given(st.sampled_from(SCATTERS), sizes, seeds)
def test_classes_are_balanced(cls: type[Scatter], points: int, seed: int) -> None:
    data = draw(cls(points=points), seed)
    sizes = np.bincount(data.y.astype(int))
    assert len(sizes) == len(data.classes) == len(set(data.classes))
    assert sizes.max() - sizes.min() <= 1


@given(st.integers(2, 6), sizes)
def test_blobs_are_balanced_and_centred_on_a_circle(classes: int, points: int) -> None:
    data = draw(Blobs(points=points, classes=classes))
    sizes = np.bincount(data.y.astype(int))
    assert len(sizes) == classes
    assert sizes.max() - sizes.min() <= 1
    assert data.classes == tuple(f"class {k}" for k in range(1, classes + 1))


@pytest.mark.parametrize("cls", DRAWN)
def test_without_noise_the_points_span_about_six(cls: type[Drawn]) -> None:
    reach = np.abs(draw(cls(points=5000, noise=0.0)).X).max()
    assert 4.5 <= reach <= 7.0


@pytest.mark.parametrize("cls", [Circle, ExclusiveOr, Spiral, Moons])
def test_noise_moves_the_same_points_further_and_leaves_their_class(cls: type[Scatter]) -> None:
    pure, half, full = (draw(cls(noise=noise)) for noise in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(2.0 * (half.X - pure.X), full.X - pure.X, atol=1e-12)
    np.testing.assert_array_equal(pure.y, full.y)
    assert (np.abs(full.X - pure.X).max(axis=1) > 0.0).all()


@pytest.mark.parametrize(("cls", "reach"), [(Circle, 5.0), (ExclusiveOr, 5.0), (Spiral, 1.0)])
def test_noise_moves_points_by_no_more_than_it_says(cls: type[Scatter], reach: float) -> None:
    moved = draw(cls(points=5000, noise=0.4)).X - draw(cls(points=5000, noise=0.0)).X
    assert 0.39 * reach < moved.max() <= 0.4 * reach
    assert 0.39 * reach < -moved.min() <= 0.4 * reach


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.5, 4.0), (1.0, 7.5)])
def test_noise_widens_the_clouds(noise: float, variance: float) -> None:
    for source in (TwoGaussians(points=5000, noise=noise), Blobs(points=5000, classes=2, noise=noise)):
        data = draw(source)
        np.testing.assert_allclose(data.X[data.y == 0].var(axis=0), variance, rtol=0.1)


@given(seeds)
def test_circle(seed: int) -> None:
    data = draw(Circle(), seed)
    radius = np.hypot(*data.X.T)
    assert data.classes == ("outside", "inside")
    assert (radius[data.y == 1] <= 2.5).all()
    assert ((radius[data.y == 0] >= 3.5) & (radius[data.y == 0] <= 5.0 + 1e-12)).all()


@given(seeds)
def test_exclusive_or(seed: int) -> None:
    data = draw(ExclusiveOr(), seed)
    assert data.classes == ("different signs", "same sign")
    np.testing.assert_array_equal(data.X[:, 0] * data.X[:, 1] > 0.0, data.y == 1)
    assert np.abs(data.X).min() >= 0.3
    assert np.abs(data.X).max() <= 5.3
    assert len(np.unique(np.sign(data.X), axis=0)) == 4, "all four squares are there"


def test_two_gaussians_lie_on_the_diagonal() -> None:
    data = draw(TwoGaussians(points=5000))
    assert data.classes == ("lower left", "upper right")
    np.testing.assert_allclose(data.X[data.y == 0].mean(axis=0), [-2.0, -2.0], atol=0.1)
    np.testing.assert_allclose(data.X[data.y == 1].mean(axis=0), [2.0, 2.0], atol=0.1)


def test_spiral_arms_are_one_another_turned_by_half_a_turn() -> None:
    data = draw(Spiral())
    first, second = data.X[data.y == 1], data.X[data.y == 0]
    np.testing.assert_allclose(first, -second, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*first.T), 5.0 * np.arange(250) / 250, atol=1e-12)
    turns = np.unwrap(np.arctan2(first[1:, 0], first[1:, 1]))  # clockwise from the top, without the origin
    np.testing.assert_allclose(turns[-1] - turns[0], 3.5 * np.pi * 248 / 250)


def test_moons_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import make_moons

    X, y = make_moons(500, shuffle=False)
    data = draw(Moons(noise=0.0))
    np.testing.assert_allclose(data.X[data.y == 0], 3.5 * (X[y == 0] - (0.5, 0.25)), atol=1e-12)
    np.testing.assert_allclose(data.X[data.y == 1], 3.5 * (X[y == 1] - (0.5, 0.25)), atol=1e-12)
    strayed = draw(Moons(points=5000, noise=0.2)).X - draw(Moons(points=5000, noise=0.0)).X
    np.testing.assert_allclose(strayed.std(axis=0), 0.2 * 3.5, rtol=0.05)


def test_blobs_stand_around_the_centre_the_first_on_top() -> None:
    data = draw(Blobs(points=5000, classes=4))
    centres = np.array([data.X[data.y == k].mean(axis=0) for k in range(4)])
    np.testing.assert_allclose(centres, [[0, 4], [4, 0], [0, -4], [-4, 0]], atol=0.15)


def test_plane() -> None:
    assert draw(Plane()).classes == ()
    assert draw(Plane()).target == "height"
    np.testing.assert_allclose(Plane().height(np.array([[3.0, 4.0], [-6.0, 1.0]])), [0.7, -0.5])


def test_hills_rise_to_one_and_sink_to_minus_one() -> None:
    summits = np.array([[-4.0, 2.5], [0.0, -2.5], [4.0, 2.5]])
    hollows = np.array([[-4.0, -2.5], [0.0, 2.5], [4.0, -2.5]])
    np.testing.assert_allclose(Hills().height(summits), 1.0, atol=1e-3)
    np.testing.assert_allclose(Hills().height(hollows), -1.0, atol=1e-3)
    np.testing.assert_allclose(Hills().height(np.array([[-4.0, 3.5]])), np.exp(-0.5), atol=1e-3)


@pytest.mark.parametrize("cls", SURFACES)
def test_noise_is_added_to_the_height_not_the_place(cls: type[Surface]) -> None:
    pure, noisy = draw(cls(points=5000, noise=0.0)), draw(cls(points=5000, noise=0.3))
    np.testing.assert_array_equal(pure.X, noisy.X)
    np.testing.assert_array_equal(pure.y, cls().height(pure.X))
    assert np.abs(pure.y).max() <= 1.2
    assert np.abs(pure.X).max() <= 6.0
    np.testing.assert_allclose((noisy.y - pure.y).std(), 0.3, rtol=0.05)


@pytest.mark.parametrize("cls", DRAWN)
def test_every_knob_changes_the_data(cls: type[Drawn]) -> None:
    before = draw(cls())
    for name, value in {"points": 501, "noise": 0.77, "classes": 5}.items():
        if name in knobs(cls):
            after = draw(dataclasses.replace(cls(), **{name: value}))
            assert not (np.array_equal(before.X, after.X) and np.array_equal(before.y, after.y)), name


@pytest.mark.parametrize("cls", [cls for cls in SOURCES.values() if cls not in FILES])
def test_the_outline_is_that_of_what_is_loaded(cls: type[Source]) -> None:
    data, outline = cls().load(np.random.default_rng(1)), cls().outline()
    assert outline.classes == len(data.classes)
    assert len(data.columns) == 1 or max(outline.axes) < len(data.columns)
