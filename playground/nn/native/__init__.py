"""Training steps run by NumPy's own inner loops, in a block and without Python. Knows calls and nothing of networks.

`translation` says which inner loops a call is, `program` runs steps that have been translated, and `trust` asks, before
any of that is used, whether the answers are NumPy's. What is computed does not change by a bit: the same C functions get the
same pointers, sizes and strides as NumPy would hand them. A call that is not understood runs in Python between two native
stretches; where the extension `_loops` could not be built, all calls do.
"""
