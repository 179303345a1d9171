"""Pictures without a screen: what must be seen in them is looked for in their pixels."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from matplotlib.text import Text

from playground.exchange.report import pictures, sheet
from playground.exchange.report.pictures import boundary_picture, gradients_picture
from playground.experiment.config import Config
from playground.experiment.frame import Divergence, Frame
from playground.experiment.looks.maps import MAP_SIZE
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.options.message import Message
from playground.options.numerals import written
from playground.ui import theme
from tests.frames import altered

BOUNDARY, GRADIENTS = (1080, 1200), (750, 1200)  # rows, columns


def frame_of(epochs: int, *settings: str) -> Frame:
    config = Config()
    for setting in settings:
        config = with_text(config, *setting.split("=", 1))
    session = Session(config)
    session.train(epochs)
    return session.frame()


def boundary(frame: Frame, folder: Path) -> Any:
    """Pixels (rows, columns, 3) from 0 to 1, row 0 on top."""
    boundary_picture(frame, folder / "boundary.png")
    return imread(folder / "boundary.png")[..., :3]


def gradients(frame: Frame, folder: Path) -> Any:
    gradients_picture(frame, folder / "gradients.png")
    return imread(folder / "gradients.png")[..., :3]


def count(pixels: Any, colour: Any) -> int:
    """How many pixels have just this colour."""
    return int((np.abs(pixels - to_rgb(colour)).max(axis=-1) < 0.003).sum())


def pale(colour: str) -> Any:
    """The colour as the plane has it."""
    return 1.0 - pictures.PALE * (1.0 - np.array(to_rgb(colour)))


def test_the_colours_are_those_of_the_window() -> None:
    assert sheet.CLASSES == theme.CLASSES
    assert (sheet.CLASSES[0], sheet.CLASSES[1]) == (theme.NEGATIVE, theme.POSITIVE)
    light = (theme.LIGHT.middle, theme.LIGHT.text, theme.LIGHT.muted, theme.LIGHT.border, theme.LIGHT.warning)
    assert light == (sheet.MIDDLE, sheet.TEXT, sheet.MUTED, sheet.BORDER, sheet.WARNING)


def test_two_classes_are_orange_and_blue(tmp_path: Path) -> None:
    pixels = boundary(frame_of(100), tmp_path)
    assert pixels.shape[:2] == BOUNDARY
    inside, outside = pixels[450:550, 500:650].reshape(-1, 3), pixels[100:120, 200:900].reshape(-1, 3)
    assert np.median(inside, axis=0) == pytest.approx(pale(theme.POSITIVE), abs=0.08)
    assert np.median(outside, axis=0) == pytest.approx(pale(theme.NEGATIVE), abs=0.08)
    for colour in (theme.POSITIVE, theme.NEGATIVE):
        assert count(pixels, colour) > 2000  # the filled training points


def test_the_plane_is_the_right_way_up(tmp_path: Path) -> None:
    frame = frame_of(0)
    outputs = np.zeros((1, MAP_SIZE, MAP_SIZE), np.float32)
    outputs[0, MAP_SIZE // 2 :, MAP_SIZE // 2 :] = 1.0  # high x₁ and high x₂
    pixels = boundary(altered(frame, outputs=outputs), tmp_path)[:, :1000]  # without the colour bar
    blue = np.argwhere(np.abs(pixels - pale(theme.POSITIVE)).max(axis=-1) < 0.01)
    orange = np.argwhere(np.abs(pixels - pale(theme.NEGATIVE)).max(axis=-1) < 0.01)
    row, column = (orange.min(axis=0) + orange.max(axis=0)) / 2
    assert len(blue) > 50_000
    assert (blue[:, 0] < row).all()
    assert (blue[:, 1] > column).all()


def test_each_of_many_classes_has_its_colour(tmp_path: Path) -> None:
    frame = frame_of(60, 'data.source={"name": "blobs", "classes": 6}')
    pixels = boundary(frame, tmp_path)
    for colour in theme.CLASSES[:6]:
        assert count(pixels, colour) > 300, colour


@pytest.mark.parametrize(("sure", "colour"), [(1.0, theme.CLASSES[2]), (0.0, theme.LIGHT.middle)])
def test_a_class_is_the_paler_the_closer_the_runner_up(sure: float, colour: str, tmp_path: Path) -> None:
    frame = frame_of(0, "data.source=blobs")
    outputs = np.full((3, MAP_SIZE, MAP_SIZE), (1.0 - sure) / 2, np.float32)
    outputs[2] += sure
    pixels = boundary(altered(frame, outputs=outputs), tmp_path)
    assert (np.abs(pixels - pale(colour)).max(axis=-1) < 0.01).mean() > 0.3


def test_a_surface_is_viridis_between_the_lowest_and_the_highest_target(tmp_path: Path) -> None:
    frame = frame_of(0, "data.source=plane")
    for value, position in ((frame.scene.low - 1.0, 0.0), (frame.scene.high + 1.0, 1.0)):
        outputs = np.full((1, MAP_SIZE, MAP_SIZE), value, np.float32)
        pixels = boundary(altered(frame, outputs=outputs), tmp_path)
        expected = 1.0 - pictures.PALE * (1.0 - np.array(colormaps["viridis"](position)[:3]))
        assert (np.abs(pixels - expected).max(axis=-1) < 0.01).mean() > 0.3


@pytest.mark.parametrize("source", ["circle", "blobs", "plane"])
def test_where_there_is_no_number_it_is_grey(source: str, tmp_path: Path) -> None:
    frame = frame_of(1, f"data.source={source}")
    assert frame.outputs is not None
    outputs = frame.outputs.copy()
    outputs[:, :40] = np.nan
    whole = count(boundary(frame, tmp_path), pale(pictures.BROKEN))
    broken = count(boundary(altered(frame, outputs=outputs), tmp_path), pale(pictures.BROKEN))
    assert whole < 1000 < 100_000 < broken


def test_enormous_numbers_are_drawn_without_a_warning(tmp_path: Path) -> None:
    frame = frame_of(1, "data.source=plane")
    scene = dataclasses.replace(frame.scene, low=-1e200, high=1e200)
    assert boundary(dataclasses.replace(frame, scene=scene), tmp_path).shape[:2] == BOUNDARY


def test_a_divergence_is_said(tmp_path: Path) -> None:
    frame = frame_of(3)
    divergence = Divergence(9, 2, Message("The run diverged at step 9."))
    for draw in (boundary, gradients):
        assert count(draw(frame, tmp_path), theme.LIGHT.warning) == 0
        assert count(draw(dataclasses.replace(frame, divergence=divergence), tmp_path), theme.LIGHT.warning) > 100


def words(frame: Frame, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """All that is written in the picture of the boundary; every line of it must lie within the picture."""
    figures: list[Any] = []
    monkeypatch.setattr(pictures, "write", lambda figure, path: figures.append(figure))
    boundary_picture(frame, folder / "x.png")
    [figure] = figures
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert max(text.get_window_extent().x1 for text in texts) <= figure.bbox.x1
    return "\n".join(text.get_text() for text in texts)


def test_of_members_the_mean_is_drawn_and_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "circle, mean of 3 members" in words(frame_of(0, "ensemble.members=3"), tmp_path, monkeypatch).lower()
    assert "mean of" not in words(frame_of(0), tmp_path, monkeypatch)


def test_validation_and_the_end_of_a_run_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = 'training.stopping={"name": "early", "patience": 1, "improvement": 1.0}'
    frame = frame_of(3, "data.validation_share=0.2", "data.source=iris", "ensemble.members=2", stopping)
    assert frame.ending
    told = words(frame, tmp_path, monkeypatch).replace("\n", " ")
    scores = frame.scores
    assert (
        f"{written(scores.train_loss)} training, {written(scores.validation_loss)} validation, {written(scores.test_loss)} test"
        in told
    )
    assert f"{100 * scores.validation_accuracy:.1f} % validation" in told
    assert "validation (30)" in told
    assert str(frame.ending) in told
    assert "validation" not in words(frame_of(0), tmp_path, monkeypatch)


def test_validation_points_are_pale(tmp_path: Path) -> None:
    frame = frame_of(0, "data.source=blobs", "data.validation_share=0.4")
    colour = 1.0 - pictures.PALE_POINT * (1.0 - np.array(to_rgb(theme.CLASSES[2])))
    assert count(boundary(frame, tmp_path), colour) > 300
    scene = dataclasses.replace(frame.scene, validation_points=np.zeros((0, 2)), validation_y=np.zeros(0))
    assert count(boundary(dataclasses.replace(frame, scene=scene), tmp_path), colour) < 100


def test_each_layer_has_its_line(tmp_path: Path) -> None:
    pixels = gradients(frame_of(20), tmp_path)
    assert pixels.shape[:2] == GRADIENTS
    for position in (0.0, 0.41, 0.82):
        assert count(pixels, colormaps["viridis"](position)[:3]) > 500


def test_nothing_to_draw_is_drawn_all_the_same(tmp_path: Path) -> None:
    start, trained = frame_of(0), frame_of(2)
    assert trained.curves is not None
    zero = dataclasses.replace(trained.curves, gradient_norm=np.zeros_like(trained.curves.gradient_norm))
    broken = dataclasses.replace(trained.curves, gradient_norm=np.full_like(trained.curves.gradient_norm, np.inf))
    for frame in (start, altered(trained, curves=zero), altered(trained, curves=broken)):
        assert gradients(frame, tmp_path).shape[:2] == GRADIENTS
    one_layer_one_step = Session(with_text(Config(), "network.hidden", "[]"))
    one_layer_one_step.step(1)
    assert gradients(one_layer_one_step.frame(), tmp_path).shape[:2] == GRADIENTS


def test_names_from_outside_are_taken_as_they_are(tmp_path: Path) -> None:
    frame = frame_of(1, "data.source=iris")
    names = ("no $^{$ formula", "高さ")
    scene = dataclasses.replace(
        frame.scene,
        origin="a$b$" * 50,
        columns=(*names, *frame.scene.columns[2:]),
        classes=tuple(f"$class_{index}{'…' * 100}" for index in range(40)),
    )
    assert boundary(dataclasses.replace(frame, scene=scene), tmp_path).shape[:2] == BOUNDARY
    assert gradients(dataclasses.replace(frame, scene=scene), tmp_path).shape[:2] == GRADIENTS


def test_only_after_64_classes_two_look_the_same() -> None:
    looks = {(index % len(sheet.CLASSES), pictures._symbol(index)) for index in range(64)}
    assert len(looks) == 64


def test_at_most_so_many_points_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_of(0)
    monkeypatch.setattr(pictures, "MOST_POINTS", 20)
    few = count(boundary(frame, tmp_path), theme.POSITIVE)
    monkeypatch.undo()
    assert few < count(boundary(frame, tmp_path), theme.POSITIVE) / 3


def test_a_frame_without_what_is_drawn_is_refused(tmp_path: Path) -> None:
    bare = Session(Config()).frame(frozenset())
    with pytest.raises(ValueError, match="no outputs"):
        boundary_picture(bare, tmp_path / "x.png")
    with pytest.raises(ValueError, match="no curves"):
        gradients_picture(bare, tmp_path / "x.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("source", ["wave", "one_example"])
def test_over_a_single_input_the_answer_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    frame = frame_of(3, f"data.source={source}")
    figures: list[Any] = []
    monkeypatch.setattr(pictures, "write", lambda figure, path: figures.append(figure))
    boundary_picture(frame, tmp_path / "x.png")
    axes = figures[0].axes[0]
    [line] = axes.lines
    assert frame.outputs is not None
    np.testing.assert_array_equal(line.get_ydata(), frame.outputs[0, 0])
    assert axes.get_ylabel() == ("output (sigmoid)" if frame.scene.classes else "height")
    assert not axes.images
