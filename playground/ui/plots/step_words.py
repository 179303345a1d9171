"""What the optimizer trace says in words: a step as a calculation, and what to look for. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable

from playground.experiment.config import TrainingConfig
from playground.experiment.looks.optimizer_trace import Steps
from playground.nn.optimizers import Optimizer, SearchingOptimizer
from playground.options.numerals import counted, written
from playground.ui.plots.step_panels import plain


def told_of(look: Steps, record: int, optimizer: Optimizer, tr: Callable[[str], str]) -> str:
    """A step as a calculation with its numbers, as far as the optimizer tells of it."""
    if record < 0:
        return tr(
            "Nothing is recorded yet: the steps of this weight are written down from when this view is open. Press Space to "
            "train, or . for a single step; reset with R to see it from the first."
        )
    text = tr("Step {0}: ").format(counted(look.step[record]))
    if look.above is None or look.own is None:
        whole = isinstance(optimizer, SearchingOptimizer)
        moved = tr("Δw = {0}, which follows from all weights at once.") if whole else tr("Δw = {0}.")
        return text + moved.format(written(look.moved[record]))
    above, below = map(plain, look.symbols)
    text += f"Δw = −ε {above}{f' / {below}' if below else ''} = −{written(look.rate[record])} · "
    number = written(look.above[record])
    text += f"({number})" if number.startswith("−") else number
    if look.below is not None:
        text += f" / {written(look.below[record])}"
    text += f" = {written(look.own[record])}"
    for name, share in ((tr("decay"), look.decay), (tr("pull"), look.pull)):
        if share is not None:
            text += f",  {name} {written(share[record])}"
    if look.decay is not None or look.pull is not None:
        text += ",  " + tr("together {0}").format(written(look.moved[record]))
    return text


def advice(rules: TrainingConfig, tr: Callable[[str], str]) -> str:
    """What to look for with this optimizer, in its own words; where it has none, its formula."""
    optimizer = rules.optimizer
    own = optimizer.advice_on_l2 if rules.regularizer.proportional else ""
    return tr(own or optimizer.advice) or optimizer.formula
