"""Combinations of matrix products, and other functions of matrices."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.axes import roll
from tinygrad_np.ops.broadcast import atleast_2d
from tinygrad_np.ops.elementwise import add, mul, sub
from tinygrad_np.ops.inverse import inv
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import bmm, check_ranks, matmul, mm, mv, outer, same_dtype
from tinygrad_np.ops.pad import pad
from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import clone, expand
from tinygrad_np.ops.triangle import diagonal
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.out import takes_out

__all__ = [
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "block_diag", "chain_matmul", "cross", "kron",
    "matrix_power", "multi_dot",
    "trace",
]  # fmt: skip


@takes_out
def addmm(input: Array, mat1: Array, mat2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """``beta * input + alpha * (mat1 @ mat2)``.

    Parameters
    ----------
    input : Tensor
        Broadcasts to (n, m); not looked at if `beta` is 0.
    mat1, mat2 : Tensor
        (n, k) and (k, m)
    beta, alpha : float, default 1

    Returns
    -------
    Tensor
        (n, m)

    Raises
    ------
    RuntimeError
        If the shapes don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.addmm(tg.ones(2), tg.ones(1, 3), tg.ones(3, 2), alpha=10)
    tensor([[31., 31.]])
    """
    same_dtype("addmm", input, mat1, mat2)
    return _scaled(input, mm(mat1, mat2), beta, alpha)


@takes_out
def addmv(input: Array, mat: Array, vec: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """``beta * input + alpha * (mat @ vec)``; see `addmm`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.addmv(tg.ones(1), tg.ones(1, 3), tg.ones(3))
    tensor([4.])
    """
    same_dtype("addmv", input, mat, vec)
    return _scaled(input, mv(mat, vec), beta, alpha)


@takes_out
def addr(input: Array, vec1: Array, vec2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """``beta * input + alpha * outer(vec1, vec2)``; see `addmm`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.addr(tg.ones(2), tg.tensor([10.0]), tg.tensor([1.0, 2.0]))
    tensor([[11., 21.]])
    """
    return _scaled(input, outer(vec1, vec2), beta, alpha)


@takes_out
def baddbmm(
    input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1
) -> Array:
    """``beta * input + alpha * bmm(batch1, batch2)``; see `addmm`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.baddbmm(tg.ones(1), tg.ones(2, 1, 3), tg.ones(2, 3, 1)).tolist()
    [[[4.0]], [[4.0]]]
    """
    same_dtype("baddbmm", input, batch1, batch2)
    return _scaled(input, bmm(batch1, batch2), beta, alpha)


@takes_out
def addbmm(
    input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1
) -> Array:
    """``beta * input + alpha * bmm(batch1, batch2).sum(0)``; see `addmm`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.addbmm(tg.ones(1), tg.ones(2, 1, 3), tg.ones(2, 3, 1))
    tensor([[7.]])
    """
    same_dtype("addbmm", input, batch1, batch2)
    return _scaled(input, bmm(batch1, batch2).sum(0), beta, alpha)


def _scaled(input: Array, product: Array, beta: float, alpha: float) -> Array:
    """``beta * input + alpha * product``, of the product's shape; nan * 0 is 0 here."""
    if alpha != 1:
        product = mul(product, alpha)
    if beta == 0:
        return product
    return add(product, expand(input, tuple(product.shape)), alpha=beta)


@takes_out
def multi_dot(tensors: Sequence[Array]) -> Array:
    """The product of several matrices, in the order of least work.

    Parameters
    ----------
    tensors : sequence of Tensor
        At least two matrices; the first may be a row and the last a column, as vectors.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the shapes don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a, b, c = tg.ones(10, 1), tg.ones(1, 10), tg.ones(10)
    >>> tg.linalg.multi_dot([a, b, c]).shape  # as a @ (b @ c)
    torch.Size([10])
    """
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    first, *between, last = tensors
    check_ranks("multi_dot", *((t, 2) for t in between))
    if not {first.ndim, last.ndim} <= {1, 2}:
        raise RuntimeError(
            "multi_dot(): the first and the last tensor must be 1D or 2D, "
            f"but are {first.ndim}D and {last.ndim}D"
        )
    row = first if first.ndim == 2 else first.reshape((1, first.shape[0]))
    column = last if last.ndim == 2 else last.reshape((last.shape[0], 1))
    matrices = [row, *between, column]
    sizes = [*(m.shape[0] for m in matrices), column.shape[1]]

    @functools.cache
    def best(i: int, j: int) -> tuple[int, int]:
        """The least work for the product of matrices i to j, and where its right factor begins."""
        splits = range(i + 1, j + 1)
        costs = (
            best(i, k - 1)[0] + best(k, j)[0] + sizes[i] * sizes[k] * sizes[j + 1] for k in splits
        )
        return min(zip(costs, splits, strict=True), default=(0, i))

    def product(i: int, j: int) -> Array:
        k = best(i, j)[1]
        return matrices[i] if i == j else matmul(product(i, k - 1), product(k, j))

    return product(0, len(matrices) - 1).reshape((*first.shape[:-1], *last.shape[1:]))


@takes_out
def chain_matmul(*matrices: Array) -> Array:
    """`multi_dot` of any number of matrices, one too.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.chain_matmul(tg.ones(1, 2), tg.ones(2, 3), tg.ones(3, 1))
    tensor([[6.]])
    """
    check_ranks("chain_matmul", *((m, 2) for m in matrices))
    return multi_dot(matrices) if len(matrices) > 1 else matrices[0]


@takes_out
def kron(input: Array, other: Array) -> Array:
    """The Kronecker product: each element of `input` times all of `other`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.kron(tg.tensor([1, 10]), tg.tensor([1, 2]))
    tensor([ 1,  2, 10, 20])
    """
    ndim = max(input.ndim, other.ndim)
    a = (1,) * (ndim - input.ndim) + tuple(input.shape)
    b = (1,) * (ndim - other.ndim) + tuple(other.shape)
    spread = mul(
        input.reshape(tuple(n for size in a for n in (size, 1))),
        other.reshape(tuple(n for size in b for n in (1, size))),
    )
    return spread.reshape(tuple(n * m for n, m in zip(a, b, strict=True)))


def trace(input: Array) -> Array:
    """The sum of the diagonal of a matrix.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.trace(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    check_ranks("trace", (input, 2))
    return sum(diagonal(input))


@takes_out
def cross(input: Array, other: Array, dim: int | None = None) -> Array:
    """The cross products of vectors of three elements.

    Parameters
    ----------
    input, other : Tensor
        Their shapes broadcast, apart from `dim`, which has size 3 in both.
    dim : int, optional
        Where the elements of a vector are; the first dimension of size 3 by default. (In
        `linalg.cross` it is the last.)

    Raises
    ------
    RuntimeError
        If the shapes don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cross(tg.tensor([1, 0, 0]), tg.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    shapes = f"{list(input.shape)} and {list(other.shape)}"
    if dim is None:
        if 3 not in input.shape:
            raise RuntimeError(f"cross(): no dimension of size 3 in shapes {shapes}")
        dim = tuple(input.shape).index(3)
    if input.ndim != other.ndim or input.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"cross(): expected tensors of as many dimensions with size 3 in dimension {dim}, "
            f"but got the shapes {shapes}"
        )

    def turned(x: Array, shift: int) -> Array:
        return roll(x, shift, dim)

    return sub(mul(turned(input, -1), turned(other, -2)), mul(turned(input, -2), turned(other, -1)))


@takes_out
def matrix_power(A: Array, n: int) -> Array:
    """The product of `n` times `A`, square matrices (*, m, m), or of its inverse for ``n < 0``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.matrix_power(tg.tensor([[1, 1], [1, 0]]), 10)
    tensor([[89, 55],
            [55, 34]])
    """
    if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            "matrix_power(): A must be batches of square matrices, but has the shape "
            f"{list(A.shape)}"
        )
    if n < 0:
        return matrix_power(inv(A), -n)
    if n == 0:
        return add(zero(A), np.eye(A.shape[-1], dtype=A.dtype))
    if n == 1:
        return clone(A)
    half = matrix_power(A, n // 2)
    square = matmul(half, half)
    return matmul(square, A) if n % 2 else square


def block_diag(*tensors: Any) -> Any:
    """A matrix of matrices along its diagonal, with zeros elsewhere.

    Parameters
    ----------
    *tensors : Tensor
        Of at most 2 dimensions: vectors are rows, numbers (1, 1).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.block_diag(tg.ones(1, 2), tg.tensor(5.0))
    tensor([[1., 1., 0.],
            [0., 0., 5.]])
    """
    blocks = [atleast_2d(t) for t in tensors]
    if any(len(b.shape) > 2 for b in blocks) or not blocks:
        raise RuntimeError(
            "block_diag() takes tensors of at most 2 dimensions, got shapes "
            f"{[list(b.shape) for b in blocks]}"
        )
    edges = list(itertools.accumulate((b.shape[1] for b in blocks), initial=0))
    rows = [pad(b, (edges[i], edges[-1] - edges[i + 1])) for i, b in enumerate(blocks)]
    return cat(rows, 0)
