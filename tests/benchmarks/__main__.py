"""Speed, as ratios against peers and against ourselves. Run ``python -m tests.benchmarks``; five minutes."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info

from tests.benchmarks import growth, steps

kernels = {info["architecture"] for info in threadpool_info() if info["internal_api"] == "openblas"}
print(f"NumPy {np.__version__}, OpenBLAS kernel {', '.join(sorted(kernels)) or 'none'}")
steps.table()
growth.members()
growth.growth()
growth.memory()
