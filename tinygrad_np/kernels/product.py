"""Matrix products among our threads.

BLAS's own threads go on spinning for a while after a product, on cores that ours would use next.
So a product that BLAS would share out over its threads is shared out over ours, or held to one.
"""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.silence import silent
from tinygrad_np.kernels.windows import NDArray

SMALL = 1 << 18  # multiplications, up to which BLAS takes one thread of itself
LARGE = 1 << 24  # from which on two threads pay
HUGE = 1 << 27  # from which on four do; the parts do not depend on how many there are


def product(a: NDArray, b: NDArray) -> NDArray:
    """``a @ b`` for two arrays of one dtype; ValueError if their shapes don't fit."""
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0] or a.size * b.shape[1] <= SMALL:
        return silent.run(np.matmul, a, b)  # type: ignore[no-any-return]
    out = np.empty((len(a), b.shape[1]), a.dtype)
    silent.run(multiply, a, b, out)
    return out


def multiply(a: NDArray, b: NDArray, out: NDArray) -> None:
    """Write ``a @ b``, matrices or stacks of them, to `out`."""
    work = math.prod(out.shape) * a.shape[-1]
    if work <= SMALL:
        np.matmul(a, b, out=out)
    elif work < LARGE or threads.inside():
        with threads.blas_alone():
            np.matmul(a, b, out=out)
    else:
        columns = b.shape[-1]
        step = -(-columns // (2 if work < HUGE else 4))

        def some(part: slice) -> None:
            np.matmul(a, b[..., part], out=out[..., part])

        threads.run(some, [slice(i, i + step) for i in range(0, columns, step)])
