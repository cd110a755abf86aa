"""The exponential of matrices, logarithms of determinants, and equations of tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.axes import flip, movedim
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import lt
from tinygrad_np.ops.complex import conj
from tinygrad_np.ops.elementwise import mul
from tinygrad_np.ops.exponential import pow
from tinygrad_np.ops.inverse import checked, inv, slogdet, solve
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw, unsqueeze
from tinygrad_np.ops.spectral import transposed
from tinygrad_np.ops.triangle import diagonal as _diagonal
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["diagonal", "logdet", "matrix_exp", "tensorinv", "tensorsolve", "vander", "vecdot"]


@op
def matrix_exp(A: Array) -> Array:
    """The exponential of square matrices (*, n, n), ``I + A + A @ A / 2 + ...``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.matrix_exp(tg.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    from scipy.linalg import expm

    return checked("matrix_exp", A, lambda: expm(A) if A.size else A.copy()).astype(A.dtype)


@matrix_exp.backward("A")
def _(grad: Array, A: Array) -> Array:
    # Higham, "Functions of Matrices", section 3.2: the derivative is a block of an exponential
    n, At = A.shape[-1], transposed(A)
    blocks = cat([cat([At, grad], -1), cat([zero(At), At], -1)], -2)
    return matrix_exp(blocks)[..., :n, n:]


def logdet(A: Array) -> Array:
    """The logarithm of the determinant; -inf where that is 0, nan where it is negative.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logdet(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor(2.0794)
    """
    sign, logarithm = slogdet(A)
    return where(lt(sign, 0), math.nan, logarithm)


@takes_out
def tensorinv(A: Array, ind: int = 2) -> Array:
    """The inverse of `A` for `tensordot` over `ind` dimensions.

    Parameters
    ----------
    A : Tensor
        Its first `ind` sizes have the product of the others.
    ind : int, default 2

    Returns
    -------
    Tensor
        Of shape ``A.shape[ind:] + A.shape[:ind]``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.tensorinv(tg.eye(6).reshape(6, 2, 3), ind=1).shape
    torch.Size([2, 3, 6])
    """
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    shape = tuple(A.shape)
    rows, columns = math.prod(shape[:ind]), math.prod(shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {columns} != {rows}"
        )
    return inv(A.reshape((rows, columns))).reshape((*shape[ind:], *shape[:ind]))


@takes_out
def tensorsolve(A: Array, B: Array, dims: Sequence[int] | None = None) -> Array:
    """The solution X of ``tensordot(A, X, X.ndim) = B``.

    Parameters
    ----------
    A : Tensor
        Of shape ``B.shape + X.shape``, both of one product.
    B : Tensor
    dims : sequence of int, optional
        Dimensions of `A` to be moved behind the others first.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.tensorsolve(tg.eye(6).reshape(2, 3, 6), tg.ones(2, 3))
    tensor([1., 1., 1., 1., 1., 1.])
    """
    if dims is not None:
        A = movedim(A, tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    shape = tuple(A.shape[B.ndim :])
    rows, columns = math.prod(B.shape), math.prod(shape)
    if rows != columns or tuple(A.shape[: B.ndim]) != tuple(B.shape):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got A of shape {list(A.shape)} and B of "
            f"{list(B.shape)}"
        )
    return solve(A.reshape((rows, columns)), B.reshape((rows,))).reshape(shape)


def vander(x: Array, N: int | None = None) -> Array:
    """The powers of the elements, from 0 to ``N - 1``, along a new last dimension.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.vander(tg.tensor([2, 3]))
    tensor([[1, 2],
            [1, 3]])
    """
    powers = np.arange(x.shape[-1] if N is None else N).astype(raw(x).dtype)
    return pow(unsqueeze(x, -1), make(powers) if isinstance(x, TensorBase) else powers)


@takes_out
def vecdot(x: Array, y: Array, *, dim: int = -1) -> Array:
    """The dot products of the vectors along `dim`; the other dimensions broadcast.

    Of complex vectors the first is conjugated.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.vecdot(tg.tensor([[1, 2], [3, 4]]), tg.tensor([1, 10]))
    tensor([21, 43])
    """
    return sum(mul(conj(x), y), dim)


def vander_falling(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    """The powers of a vector's elements, from ``N - 1`` down to 0 unless `increasing`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.vander(tg.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    if len(x.shape) != 1:
        raise RuntimeError(f"vander() takes a vector, got a tensor of shape {list(x.shape)}")
    powers = vander(x, N)
    return powers if increasing else flip(powers, (1,))


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonals of matrices: `tinygrad_np.diagonal` of the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.diagonal(tg.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _diagonal(A, offset, dim1, dim2)
