"""The curvature of a loss: its second derivatives, by differences of exact gradients. Knows no network."""

from __future__ import annotations

import numpy as np

from playground.nn.activations.activation import Array
from playground.nn.optimizers.optimizer import Objective


def hessian(objective: Objective, p: Array, g: Array) -> Array:
    """The second derivatives of the loss of each member, (members, count, count), symmetric to the last bit.

    `objective` reads the parameters p and writes their gradient into g, both (members, count). It is called 2 · count
    times; p is afterwards as it was, and so is g, even where the objective fails. Where the loss has a kink between two
    evaluations, as ReLU makes them, the jump of the gradient counts as curvature.

    Central differences err by about h² from the third derivative's slope and by about η / h from rounding, η being the
    precision of a number, so that h = ∛η, times the parameter where that is above 1, does best: 6e-6 in double and 5e-3
    in single precision. Source: Press et al. 2007, section 5.7.
    """
    gradient = g.copy()
    second = np.empty((*p.shape, p.shape[-1]), p.dtype)
    relative = np.cbrt(np.finfo(p.dtype).eps)
    for entry in range(p.shape[-1]):
        here = p[:, entry].copy()
        step = relative * np.maximum(np.abs(here), 1.0)
        above, below = here + step, here - step
        try:
            p[:, entry] = above
            objective()
            second[:, entry] = g
            p[:, entry] = below
            objective()
            second[:, entry] -= g
            second[:, entry] /= (above - below)[:, None]  # the distance as it came out, which is not quite 2 · step
        finally:
            p[:, entry] = here
            g[...] = gradient
    return (second + second.swapaxes(1, 2)) / 2.0
