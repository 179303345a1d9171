"""One example forward, into the loss, back and into the weights, number by number, in the lectures' notation."""
