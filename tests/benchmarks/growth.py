"""How the cost of a step grows with examples, layers and members, and what it leaves behind in memory.

Each table takes turns over its own rows, so that a machine that slows down slows all of them.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.benchmarks.steps import CASES, Case, examples, measure, ours

SMALL, DEEP = CASES[0], CASES[1]
STEPS = 10_000


def members() -> None:
    """What many networks side by side cost, as a multiple of one."""
    print("\nmembers: µs a step, and times the cost of one")
    for case, goal in ((SMALL, 6), (DEEP, 10)):
        counts = (1, 2, 4, 16, 64, 256)
        epochs = {str(count): ours(case, *examples(case), members=count) for count in counts}
        cost = measure(epochs, case.examples // case.batch)
        row = "  ".join(f"{count}: {cost[str(count)]:.1f} ({cost[str(count)] / cost['1']:.1f})" for count in counts)
        print(f"  {case.name}   {row}   to reach at 64: {goal}", flush=True)


def growth() -> None:
    """Cost in proportion to examples and to layers."""
    sizes = (1_000, 10_000, 100_000, 1_000_000)
    cases = [replace(SMALL, examples=count, batch=100) for count in sizes]
    _grow("examples: ms an epoch of 2-4-2-1, batch 100", sizes, cases, lambda case: case.examples // case.batch / 1000)
    depths = (1, 2, 4, 8, 16, 32, 64)
    cases = [replace(DEEP, sizes=(7, *(8,) * depth, 1)) for depth in depths]
    _grow("hidden layers of 8: µs a step, batch 10", depths, cases, lambda case: 1.0)


def memory() -> None:
    """What is held after each thousand of steps, in bytes more than after the first."""
    print("\nmemory: bytes held after 1,000 to 10,000 steps, less those after the first 1,000")
    for case, count in ((SMALL, 1), (SMALL, 64), (DEEP, 1)):
        epoch = ours(case, *examples(case), members=count)
        per_epoch = case.examples // case.batch
        epoch()
        tracemalloc.start()
        held = []
        for _ in range(10):
            for _ in range(STEPS // 10 // per_epoch):
                epoch()
            held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        print(f"  {case.name}, {count} members   {'  '.join(str(now - held[0]) for now in held)}", flush=True)


def _grow(title: str, counts: Sequence[int], cases: Sequence[Case], unit: Callable[[Case], float]) -> None:
    print(f"\n{title}; and beside it the cost of one, as a multiple of the smallest row's")
    costs = []
    for count, case in zip(counts, cases, strict=True):
        steps = -(-case.examples // case.batch)
        cost = measure({"ours": ours(case, *examples(case))}, steps)["ours"] * unit(case)
        costs.append(cost / count)
        print(f"  {count:>9,}{cost:14.2f}{costs[-1] / costs[0]:10.2f}", flush=True)
