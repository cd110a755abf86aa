"""Matrix products among our threads.

BLAS's own threads go on spinning for a while after a product, on cores that ours would use next.
So a product that BLAS would share out over its threads is shared out over ours, or held to one.

Before it multiplies, BLAS copies both matrices into an order of its own. OpenBLAS leaves that out
for small matrices where the processor has AVX-512; there, small parts of larger ones are faster
if the second is narrow or stays in the nearest cache, or if the first has few rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.silence import silent
from tinygrad_np.kernels.windows import NDArray

SMALL = 1 << 18  # multiplications of a matrix, up to which BLAS takes one thread of itself
LARGE = 1 << 24  # from which on two threads pay
BITE = 10**6  # up to which OpenBLAS copies nothing
NEAR = 1 << 15  # bytes of a second matrix, or
NARROW = 64  # columns of it, with which small parts pay; or
FLAT = 32  # rows of the first
DEEP = 600  # terms of a sum, above which such parts have too few rows
SUMS = 1 << 16  # elements of partial sums: small results of many terms are worth it
PANEL = 1 << 18  # multiplications by some columns of a second matrix that is taken in parts
HUGE = 1 << 27  # from which on four do; the parts do not depend on how many there are


def product(a: NDArray, b: NDArray) -> NDArray:
    """``a @ b`` for two arrays of one dtype; ValueError if their shapes don't fit."""
    if a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0] == 1:
        return silent.run(np.multiply, a, b)  # type: ignore[no-any-return]  # five times as fast
    if min(a.ndim, b.ndim) < 2 or a.shape[-1] != b.shape[-2] or a.size * b.shape[-1] <= SMALL:
        return silent.run(np.matmul, a, b)  # type: ignore[no-any-return]
    stack = a.shape[:-2]
    if stack != b.shape[:-2]:
        stack = np.broadcast_shapes(stack, b.shape[:-2])
    out = np.empty((*stack, a.shape[-2], b.shape[-1]), a.dtype)
    silent.run(multiply, a, b, out)
    return out


def multiply(a: NDArray, b: NDArray, out: NDArray) -> None:
    """Write ``a @ b``, matrices or stacks of them, to `out`."""
    each = out.shape[-2] * out.shape[-1] * a.shape[-1]
    work = each * math.prod(out.shape[:-2])
    if each <= SMALL and work < LARGE:  # BLAS takes one thread of itself
        np.matmul(a, b, out=out)
    elif work < LARGE or threads.inside():
        with threads.blas_alone():
            multiply_here(a, b, out)
    else:
        axis = _shared(out.shape)
        rest = (slice(None),) * (-1 - axis)
        step = -(-out.shape[axis] // (2 if work < HUGE else 4))

        def some(part: slice) -> None:
            at: Any = (..., part, *rest)
            first = a[at] if axis != -1 and _varies(a, axis) else a
            second = b[at] if axis != -2 and _varies(b, axis) else b
            multiply_here(first, second, out[at])

        threads.run(some, [slice(i, i + step) for i in range(0, out.shape[axis], step)])


def _shared(shape: tuple[int, ...]) -> int:
    """The dimension of a result that is shared out: the longest of a stack, of a matrix else."""
    longest = max(range(-len(shape), -2), key=shape.__getitem__, default=-1)
    if longest < -2 and shape[longest] > 1:
        return longest
    return -2 if shape[-2] > shape[-1] else -1


def _varies(stack: NDArray, axis: int) -> bool:
    return stack.ndim >= -axis and stack.shape[axis] > 1


def multiply_here(a: NDArray, b: NDArray, out: NDArray) -> None:
    """`multiply` in this thread, for BLAS that is held to one."""
    (rows, inner), columns = a.shape[-2:], b.shape[-1]
    near = inner * columns * b.itemsize <= NEAR or columns <= NARROW
    if rows * inner * columns <= BITE or not (near or rows <= FLAT) or not _leaves_out_copying(b):
        np.matmul(a, b, out=out)
        return
    if inner > DEEP:
        _multiply_deep(a, b, out)
        return
    parts = 1 if near else _panels(rows, inner, columns)
    columns //= parts
    height = min(BITE // (inner * columns), rows)
    height -= height % 8 if height < rows else 0
    count = rows // height if height else 0
    if count * parts < 2:
        np.matmul(a, b, out=out)
        return
    done = count * height
    np.matmul(
        a[..., :done, :].reshape(*a.shape[:-2], count, 1, height, inner),
        b.reshape(*b.shape[:-1], parts, columns).swapaxes(-3, -2)[..., None, :, :, :],
        out=out[..., :done, :]
        .reshape(*out.shape[:-2], count, height, parts, columns)
        .swapaxes(-3, -2),
    )
    if done < rows:
        multiply_here(a[..., done:, :], b, out[..., done:, :])


def repeated(b: NDArray, rows: int) -> Callable[[NDArray, NDArray], None]:
    """``times(a, out)`` that writes ``a @ b`` for one matrix again and again.

    `a` has `rows` rows at most, `out` is contiguous, and BLAS is held to one thread. The columns
    are laid apart in panels that fit the nearest cache, if OpenBLAS reads them where they are.
    """
    inner, columns = b.shape
    if rows * b.size >= LARGE:
        laid = np.ascontiguousarray(b)  # so that BLAS multiplies rows with rows
        return lambda a, out: multiply(a, laid, out)
    parts = _panels(rows, inner, columns) if threads.blas_has_avx512() else 1
    width = columns // parts
    panels = np.ascontiguousarray(b.reshape(inner, parts, width).swapaxes(0, 1))

    def times(a: NDArray, out: NDArray) -> None:
        np.matmul(a, panels, out=out.reshape(len(out), parts, width).swapaxes(0, 1))

    return times


def _panels(rows: int, inner: int, columns: int) -> int:
    """Into how many parts to take the columns of the second matrix."""
    parts = 1
    while rows * inner * columns > PANEL * parts and columns % (NARROW * parts) == 0:
        parts *= 2
    return parts


def _multiply_deep(a: NDArray, b: NDArray, out: NDArray) -> None:
    """`multiply_here` of long rows by long columns: of their pieces, which are added up."""
    (rows, inner), columns = a.shape[-2:], b.shape[-1]
    pieces = next((p for p in range(-(-inner // DEEP), inner // 200) if inner % p == 0), 0)
    if pieces == 0 or pieces * rows * columns > SUMS:
        np.matmul(a, b, out=out)
        return
    short = inner // pieces
    products = np.empty((*out.shape[:-2], pieces, rows, columns), out.dtype)
    multiply_here(
        a.reshape(*a.shape[:-1], pieces, short).swapaxes(-3, -2),
        b.reshape(*b.shape[:-2], pieces, short, columns),
        products,
    )
    np.add.reduce(products, axis=-3, out=out)


def _leaves_out_copying(b: NDArray) -> bool:
    """Whether BLAS does for small matrices, the second of which lies as `b` does."""
    return b.strides[-1] == b.itemsize and threads.blas_has_avx512()
