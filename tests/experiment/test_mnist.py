"""Handwritten digits from the user's own copy of MNIST: what the lecture reached, reached again. Takes half a minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.data.formats.idx import IdxFiles
from playground.experiment.config import Config, Layer
from playground.experiment.run.session import Session
from playground.nn.activations import Sigmoid
from playground.nn.losses import BinaryCrossEntropy
from playground.options import with_value

IMAGES = Path(__file__).parents[2] / "../shared/data/mnist/train-images-idx3-ubyte.gz"


@pytest.mark.skipif(not IMAGES.exists(), reason="MNIST is not part of the project")
def test_thirty_sigmoid_units_reach_the_lectures_accuracy() -> None:
    """LESSONS 27: 784-30-10, cross-entropy, mini-batch 10, rate 0.5, 30 epochs on 50,000 images: 95.49 ± 0.5 %."""
    config: Config = Config()
    for path, value in {
        "data.source": IdxFiles(str(IMAGES.resolve())),
        "data.standardise": False,
        "data.validation_share": 1.0 / 6.0,
        "network.hidden": (Layer(30, Sigmoid()),),
        "network.output": Sigmoid(),
        "training.loss": BinaryCrossEntropy(),
        "training.learning_rate": 0.5,
        "training.batch_size": 10,
    }.items():
        config = with_value(config, path, value)
    session = Session(config)
    parts = [len(session.scene.train_y), len(session.scene.validation_y), len(session.scene.test_y)]
    assert parts == [50_000, 10_000, 10_000]
    session.train(30)
    accuracy = session.evaluate("test").accuracy
    assert accuracy is not None
    assert abs(accuracy - 0.9549) <= 0.005
