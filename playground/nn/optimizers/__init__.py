"""Every choice of optimizer, in the order the window shows them."""

from __future__ import annotations

from playground.nn.optimizers.adam import Adam, Adamax, AdamW, AMSGrad, Nadam
from playground.nn.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from playground.nn.optimizers.descent import SGD, Lion, Momentum
from playground.nn.optimizers.optimizer import Optimizer, SearchingOptimizer
from playground.nn.optimizers.second_order import LBFGS, Newton

__all__ = [
    "LBFGS",
    "OPTIMIZERS",
    "SGD",
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Momentum",
    "Nadam",
    "Newton",
    "Optimizer",
    "RMSprop",
    "SearchingOptimizer",
]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "rmsprop": RMSprop,
    "adam": Adam,
    "amsgrad": AMSGrad,
    "adamax": Adamax,
    "nadam": Nadam,
    "adamw": AdamW,
    "lion": Lion,
    "newton": Newton,
    "lbfgs": LBFGS,
}
