"""Matrix products among our threads.

BLAS's own threads go on spinning for a while after a product, on cores that ours would use next.
So a product that BLAS would share out over its threads is shared out over ours, or held to one.
"""

from __future__ import annotations

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.silence import silent
from tinygrad_np.kernels.windows import NDArray

SMALL = 1 << 18  # multiplications, up to which BLAS takes one thread of itself
LARGE = 1 << 24  # from which on several threads pay
PARTS = 4  # of the columns, whatever the number of threads


def product(a: NDArray, b: NDArray) -> NDArray:
    """``a @ b`` for two arrays of one dtype; ValueError if their shapes don't fit."""
    work = a.size * b.shape[1] if a.ndim == b.ndim == 2 else 0
    if work <= SMALL or a.shape[1] != b.shape[0]:
        return silent.run(np.matmul, a, b)  # type: ignore[no-any-return]
    if work < LARGE:
        with threads.blas_alone():
            return silent.run(np.matmul, a, b)  # type: ignore[no-any-return]
    columns = b.shape[1]
    out = np.empty((len(a), columns), a.dtype)

    def multiply(part: slice) -> None:
        silent.run(np.matmul, a, b[:, part], out=out[:, part])

    step = -(-columns // PARTS)
    threads.run(multiply, [slice(i, i + step) for i in range(0, columns, step)])
    return out
