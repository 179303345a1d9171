"""What a training step costs, beside PyTorch and scikit-learn on the same network, data, batch and optimizer.

The three take turns of 40 ms, so that a machine that slows down slows all of them; the median turn counts. One thread
each. PyTorch is left out where it is not installed, scikit-learn in float32, which it does not have.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from playground.experiment.ensemble import Member
from playground.experiment.part import Part
from playground.experiment.run.batches import Batches
from playground.nn.activations import Activation, Sigmoid, Softmax, Tanh
from playground.nn.initializers import Xavier
from playground.nn.losses import BinaryCrossEntropy, CrossEntropy, Loss
from playground.nn.network import Network
from playground.nn.noise import Noise
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
    precision: str = "float64"

    @property
    def name(self) -> str:
        shape = "-".join(str(size) for size in self.sizes)
        return f"{shape} batch {self.batch} {self.optimizer.label} {self.precision}"


CASES = (
    Case((2, 4, 2, 1), 10, 250, 1 / 18),
    Case((7, *(8,) * 6, 1), 10, 250, 1 / 12),
    Case((2, 32, 32, 1), 32, 256, 1 / 10),
    Case((784, 30, 10), 10, 1000, 1 / 4, Sigmoid()),
    Case((784, 100, 10), 10, 1000, 1 / 2, Sigmoid()),
    Case((784, 100, 10), 10, 1000, 1 / 3, Sigmoid(), precision="float32"),
    Case((2, 4, 2, 1), 10, 250, None, Tanh(), Adam()),
)


def ours(case: Case, X: Floats, y: NDArray[np.intp], members: int = 1) -> Epoch:
    classes = case.sizes[-1]
    output, loss = _output(classes)
    layers = [*((units, case.hidden) for units in case.sizes[1:-1]), (classes, output)]
    dtype = np.dtype(case.precision)
    network = Network(case.sizes[0], layers, members, dtype.type)
    network.initialise(Xavier(), [np.random.default_rng(member) for member in range(members)])
    trainer = Trainer(network, loss, case.optimizer, NoRegularizer(), RATE)
    targets = y[:, None] == (np.arange(classes) if classes > 1 else 1)
    part = Part(np.column_stack([X, np.ones(len(X))]).astype(dtype), targets.astype(dtype), y.astype(float))
    plan = [Member("", member, RATE, None) for member in range(members)]
    batches = Batches(part, plan, case.batch, trainer.step, Noise(), (0.0, 1.0))

    def epoch() -> None:
        batches.shuffle()
        batches.run(0, batches.count, lambda: None)

    return epoch


def pytorch(case: Case, X: Floats, y: NDArray[np.intp]) -> Epoch:
    torch.set_num_threads(1)
    dtype = getattr(torch, case.precision)
    torch.set_default_dtype(dtype)
    activation = torch.nn.Tanh if isinstance(case.hidden, Tanh) else torch.nn.Sigmoid
    layers: list[torch.nn.Module] = []
    for below, above in zip(case.sizes[:-2], case.sizes[1:-1], strict=True):
        layers += [torch.nn.Linear(below, above), activation()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(*case.sizes[-2:]))
    kind = torch.optim.Adam if isinstance(case.optimizer, Adam) else torch.optim.SGD
    optimizer = kind(model.parameters(), lr=RATE)
    single = case.sizes[-1] == 1
    loss = torch.nn.BCEWithLogitsLoss() if single else torch.nn.CrossEntropyLoss()
    inputs = torch.from_numpy(X).to(dtype)
    targets = torch.from_numpy(y).to(dtype)[:, None] if single else torch.from_numpy(y)

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


def examples(case: Case) -> tuple[Floats, NDArray[np.intp]]:
    """Inputs (examples, inputs) and classes (examples,)."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(case.examples, case.sizes[0])), rng.integers(max(case.sizes[-1], 2), size=case.examples)


def table() -> None:
    """Every case beside its peers, and Adam beside SGD."""
    print(f"{'network':44}{'ours':>8}{'PyTorch':>9}{'sklearn':>9}   µs a step;  PyTorch/ours, to reach; sklearn/ours")
    for case in CASES:
        X, y = examples(case)
        epochs = {"ours": ours(case, X, y)}
        if case.precision == "float64":
            epochs["sklearn"] = scikit_learn(case, X, y)
        if torch is not None:
            epochs["PyTorch"] = pytorch(case, X, y)
        cost = measure(epochs, -(-case.examples // case.batch))
        print(f"{case.name:44}{cost['ours']:8.1f}{_cell(cost, 'PyTorch')}{_cell(cost, 'sklearn')}", end="")
        goal = f"{1 / case.goal:.0f}" if case.goal else "–"
        print(f"{_ratio(cost, 'PyTorch'):>24}{goal:>10}{_ratio(cost, 'sklearn'):>14}", flush=True)
    case = CASES[0]
    X, y = examples(case)
    pair = {"SGD": ours(case, X, y), "Adam": ours(replace(case, optimizer=Adam()), X, y)}
    cost = measure(pair, -(-case.examples // case.batch))
    print(f"Adam costs {cost['Adam'] / cost['SGD']:.2f} times SGD on 2-4-2-1; to reach 1.35")


def _cell(cost: dict[str, float], name: str) -> str:
    return f"{cost[name]:9.1f}" if name in cost else f"{'–':>9}"


def _ratio(cost: dict[str, float], name: str) -> str:
    return f"{cost[name] / cost['ours']:.1f}" if name in cost else "–"
