"""Matrix products in our threads.

BLAS's own threads go on spinning for a while after a product, on cores that ours would use next.
So a product that BLAS would share out over its threads is shared out over ours.
"""

from __future__ import annotations

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.silence import silent
from tinygrad_np.kernels.windows import NDArray

ALONE = 1 << 18  # multiplications, up to which BLAS takes one thread of itself
SHARED = 1 << 23  # from which on several threads pay
PARTS = 4  # of the rows, whatever the number of threads


def product(a: NDArray, b: NDArray) -> NDArray:
    """``a @ b`` for two arrays of one dtype; ValueError if their shapes don't fit."""
    if a.ndim != 2 or b.ndim != 2 or a.size * b.shape[1] <= ALONE or not threads.available():
        return silent.run(np.matmul, a, b)  # type: ignore[no-any-return]
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"the shapes {a.shape} and {b.shape} don't fit")
    rows = len(a)
    step = rows if a.size * b.shape[1] < SHARED else -(-rows // PARTS)
    out = np.empty((rows, b.shape[1]), a.dtype)

    def multiply(part: slice) -> None:
        np.matmul(a[part], b, out=out[part])

    threads.run(multiply, [slice(i, i + step) for i in range(0, rows, step)], True)
    return out
