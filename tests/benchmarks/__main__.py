"""What a training step costs, beside PyTorch and scikit-learn on the same network, data, batch and optimizer.

Run ``python -m tests.benchmarks``. The three take turns of 40 ms, so that a machine that slows down slows all of them;
the median turn counts. One thread each, float64. PyTorch is left out where it is not installed.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info

from playground.experiment.batches import Batches
from playground.experiment.problem import Part
from playground.nn.activations import Activation, Sigmoid, Softmax, Tanh
from playground.nn.calls import run
from playground.nn.initializers import Xavier
from playground.nn.losses import BinaryCrossEntropy, CrossEntropy, Loss
from playground.nn.network import Network
from playground.nn.optimizers import SGD, Adam, Optimizer
from playground.nn.regularizers import NoRegularizer
from playground.nn.training import Trainer

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

RATE = 0.03
SECONDS = 6.0  # a case
TURN = 0.04  # seconds
Epoch = Callable[[], None]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A network to train, and at most which share of PyTorch's time it should take."""

    sizes: tuple[int, ...]
    batch: int
    examples: int
    goal: float | None
    hidden: Activation = Tanh()
    optimizer: Optimizer = SGD()

    @property
    def name(self) -> str:
        shape = "-".join(str(size) for size in self.sizes)
        return f"{shape} batch {self.batch} {self.optimizer.label}"


CASES = (
    Case((2, 4, 2, 1), 10, 250, 1 / 18),
    Case((7, *(8,) * 6, 1), 10, 250, 1 / 12),
    Case((2, 32, 32, 1), 32, 256, 1 / 10),
    Case((784, 30, 10), 10, 1000, 1 / 4, Sigmoid()),
    Case((784, 100, 10), 10, 1000, 1 / 2, Sigmoid()),
    Case((2, 4, 2, 1), 10, 250, None, Tanh(), Adam()),
)


def ours(case: Case, X: Floats, y: NDArray[np.intp]) -> Epoch:
    classes = case.sizes[-1]
    output, loss = _output(classes)
    network = Network(case.sizes[0], [*((units, case.hidden) for units in case.sizes[1:-1]), (classes, output)])
    network.initialise(Xavier(), [np.random.default_rng(0)])
    trainer = Trainer(network, loss, case.optimizer, NoRegularizer(), RATE)
    targets = y[:, None] == (np.arange(classes) if classes > 1 else 1)
    part = Part(np.column_stack([X, np.ones(len(X))]), targets.astype(float), y.astype(float))
    batches = Batches(part, case.batch, trainer.step)
    rng = np.random.default_rng(1)

    def epoch() -> None:
        batches.shuffle(rng)
        done = 0
        while done < batches.count:
            steps = batches.steps(done, batches.count)
            for calls in steps:
                run(calls)
            done += len(steps)

    return epoch


def pytorch(case: Case, X: Floats, y: NDArray[np.intp]) -> Epoch:
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    activation = torch.nn.Tanh if isinstance(case.hidden, Tanh) else torch.nn.Sigmoid
    layers: list[torch.nn.Module] = []
    for below, above in zip(case.sizes[:-2], case.sizes[1:-1], strict=True):
        layers += [torch.nn.Linear(below, above), activation()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(*case.sizes[-2:]))
    kind = torch.optim.Adam if isinstance(case.optimizer, Adam) else torch.optim.SGD
    optimizer = kind(model.parameters(), lr=RATE)
    single = case.sizes[-1] == 1
    loss = torch.nn.BCEWithLogitsLoss() if single else torch.nn.CrossEntropyLoss()
    inputs = torch.from_numpy(X)
    targets = torch.from_numpy(y).double()[:, None] if single else torch.from_numpy(y)

    def epoch() -> None:
        order = torch.randperm(len(inputs))
        for start in range(0, len(inputs), case.batch):
            rows = order[start : start + case.batch]
            optimizer.zero_grad()
            loss(model(inputs[rows]), targets[rows]).backward()
            optimizer.step()

    return epoch


def scikit_learn(case: Case, X: Floats, y: NDArray[np.intp]) -> Epoch:
    warnings.simplefilter("ignore", ConvergenceWarning)
    adam = isinstance(case.optimizer, Adam)
    model = MLPClassifier(
        case.sizes[1:-1],
        activation="tanh" if isinstance(case.hidden, Tanh) else "logistic",
        solver="adam" if adam else "sgd",
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        batch_size=case.batch,
        learning_rate_init=RATE,
        random_state=0,
    )
    classes = np.arange(max(case.sizes[-1], 2))
    return lambda: model.partial_fit(X, y, classes=classes)


def measure(epochs: dict[str, Epoch], steps: int) -> dict[str, float]:
    """Median µs a step of each, taking turns."""
    for epoch in epochs.values():
        epoch()
    times: dict[str, list[float]] = {name: [] for name in epochs}
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for name, epoch in epochs.items():
            before, done = time.perf_counter(), 0
            while time.perf_counter() - before < TURN:
                epoch()
                done += steps
            times[name].append((time.perf_counter() - before) / done * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def _output(classes: int) -> tuple[Activation, Loss]:
    return (Sigmoid(), BinaryCrossEntropy()) if classes == 1 else (Softmax(), CrossEntropy())


def main() -> None:
    kernels = {info["architecture"] for info in threadpool_info() if info["internal_api"] == "openblas"}
    print(f"NumPy {np.__version__}, OpenBLAS kernel {', '.join(sorted(kernels)) or 'none'}")
    print(
        f"{'network':36}{'ours':>10}{'PyTorch':>10}{'sklearn':>10}   µs a step;  PyTorch/ours, to reach; sklearn/ours"
    )
    for case in CASES:
        rng = np.random.default_rng(0)
        X = rng.normal(size=(case.examples, case.sizes[0]))
        y = rng.integers(max(case.sizes[-1], 2), size=case.examples)
        epochs = {"ours": ours(case, X, y), "sklearn": scikit_learn(case, X, y)}
        if torch is not None:
            epochs["PyTorch"] = pytorch(case, X, y)
        cost = measure(epochs, -(-case.examples // case.batch))
        against = f"{cost['PyTorch'] / cost['ours']:6.1f}" if "PyTorch" in cost else "     –"
        goal = f"{1 / case.goal:4.0f}" if case.goal else "   –"
        print(
            f"{case.name:36}{cost['ours']:10.1f}{cost.get('PyTorch', float('nan')):10.1f}{cost['sklearn']:10.1f}"
            f"{against:>20}{goal:>10}{cost['sklearn'] / cost['ours']:14.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
