"""What the optimizer microscope says in words: a step as a calculation, and what to look for. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable

from playground.experiment.config import TrainingConfig
from playground.experiment.microscope import Steps
from playground.nn.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, AMSGrad, Lion, Momentum, RMSprop
from playground.nn.regularizers import L2
from playground.ui.views.step_panels import plain, signed


def told_of(look: Steps, record: int, tr: Callable[[str], str]) -> str:
    """A step as a calculation with its numbers."""
    if record < 0:
        return tr("No step has been seen of this weight yet: let the run go on.")
    text = tr("Step {0}: ").format(f"{look.step[record]:,}")
    if look.above is None or look.own is None:
        whole = tr("Δw = {0}, which follows from all weights at once.")
        return text + whole.format(signed(look.moved[record]))
    above, below = map(plain, look.symbols)
    text += f"Δw = −ε {above}{f' / {below}' if below else ''} = −{signed(look.rate[record])} · "
    number = signed(look.above[record])
    text += f"({number})" if number.startswith("−") else number
    if look.below is not None:
        text += f" / {signed(look.below[record])}"
    text += f" = {signed(look.own[record])}"
    for name, share in ((tr("decay"), look.decay), (tr("pull"), look.pull)):
        if share is not None:
            text += f",  {name} {signed(share[record])}"
    if look.decay is not None or look.pull is not None:
        text += ",  " + tr("together {0}").format(signed(look.moved[record]))
    return text


def advice(rules: TrainingConfig, tr: Callable[[str], str]) -> str:
    """What to look for with this optimizer."""
    if isinstance(rules.optimizer, Adam) and isinstance(rules.regularizer, L2):
        return tr("√v̂ divides the L2 share too, not AdamW's decay: see L2, AdamW.")
    advice = {
        AdamW: tr("√v̂ does not divide the decay, as it would L2's: see L2, AdamW."),
        AMSGrad: tr("The largest v so far never falls: the effective rate never grows again."),
        Adam: tr("m̂, v̂ differ from m, v at first. While g keeps its sign a step is about ε."),
        Adamax: tr("u is the largest recent gradient: no step is much longer than ε."),
        Adagrad: tr("s only grows, so the effective rate shrinks for good (see “all”)."),
        Adadelta: tr("The effective rate follows √u, the size of recent steps: it finds its own scale."),
        RMSprop: tr("s forgets: with small gradients the rate grows again, unlike Adagrad's."),
        Momentum: tr("v goes on after g has turned: w overshoots and comes back (see “all”)."),
        Lion: tr("Every step has the length ε; the mean m only decides its sign."),
        SGD: tr("The step is the gradient times −ε: it is as noisy as the mini-batches are."),
    }
    found = (advice[cls] for cls in type(rules.optimizer).__mro__ if cls in advice)
    return next(found, tr("The step follows from the gradient and curvature of all weights at once."))
