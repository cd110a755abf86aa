"""Norms of vectors, and distances."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.axes import movedim
from tinygrad_np.ops.cast import cast, in_float32
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import eq
from tinygrad_np.ops.dims import Dims, numpy_names, restored, several
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import abs, sign, sub
from tinygrad_np.ops.exponential import pow
from tinygrad_np.ops.extremes import amax, amin, share
from tinygrad_np.ops.linalg import is_sparse
from tinygrad_np.ops.reduce import check_floating, sum
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw, squeeze
from tinygrad_np.ops.spectral import svdvals
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["dist", "norm", "vector_norm"]


@op
def _vector_norm(input: Array, *, ord: float, dim: Dims, keepdim: bool) -> Array:
    return ordered(silent.run(_compute, input, ord, several(dim, input.ndim), keepdim))


def _compute(x: Array, ord: float, axes: tuple[int, ...], keepdim: bool) -> Array:
    if ord == 0:
        return (x != 0).sum(axis=axes, keepdims=keepdim, dtype=x.dtype)
    if ord == 2:
        return np.sqrt(np.square(x).sum(axis=axes, keepdims=keepdim))
    x = np.abs(x)
    if math.isinf(ord):
        return (x.max if ord > 0 else x.min)(axis=axes, keepdims=keepdim)
    if ord == 1:
        return x.sum(axis=axes, keepdims=keepdim)
    return np.power(np.power(x, ord).sum(axis=axes, keepdims=keepdim), 1 / ord)


@_vector_norm.backward("input")
def _(grad: Array, input: Array, out: Array, ord: float, dim: Dims) -> Array:
    shape = tuple(input.shape)
    grad, out = restored(grad, dim, shape), restored(out, dim, shape)
    if ord == 0:
        return zero(input)
    if math.isinf(ord):
        return grad * sign(input) * share(abs(input), out, dim=dim)
    if ord == 1:
        return grad * sign(input)
    # Dividing by inf where the norm is 0 makes the gradient 0 there, and the next one too.
    nonzero = where(eq(out, 0), math.inf, out)
    if ord == 2:
        return grad * div(input, nonzero)
    if ord > 1:
        return grad * sign(input) * pow(div(abs(input), nonzero), ord - 1)
    steep = pow(where(eq(input, 0), math.inf, abs(input)), ord - 1)  # 0 at 0, not inf
    return grad * pow(out, 1 - ord) * sign(input) * steep


@takes_out
def vector_norm(
    x: Array,
    ord: float = 2,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.DTypeLike | None = None,
) -> Array:
    """The norm of the vectors along `dim`: ``sum(abs(x) ** ord) ** (1 / ord)``.

    Parameters
    ----------
    x : Tensor
        Of floating point numbers.
    ord : float, default 2
        inf gives the largest absolute value, -inf the smallest, 0 the number of elements that
        are not 0.
    dim : int or sequence of int, optional
        All dimensions, as one vector, by default.
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.
    dtype : dtype, optional
        Of the result; the input is converted to it first.

    Returns
    -------
    Tensor
        Where it is 0 its gradient is 0 too; the gradient of the inf norm is shared evenly by all
        elements that are as large.

    Raises
    ------
    RuntimeError
        For a tensor of integers, and for a largest or smallest value of no elements.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[3.0, -4.0], [0.0, 2.0]])
    >>> tg.linalg.vector_norm(x, dim=1), tg.linalg.vector_norm(x, ord=float("inf"))
    (tensor([5., 2.]), tensor(4.))
    """
    check_floating("vector_norm", x, dtype)
    if dtype is not None:
        x = cast(x, dtype)
    if raw(x).dtype.kind == "c":
        x = abs(x)
    if (math.isinf(ord) or ord < 0) and 0 in [x.shape[d] for d in several(dim, x.ndim)]:
        raise RuntimeError(
            f"vector_norm cannot compute the {ord} norm of no elements: the shape is "
            f"{list(x.shape)} and dim is {dim}"
        )
    return in_float32(_vector_norm)(x, ord=ord, dim=dim, keepdim=keepdim)


@numpy_names
def norm(
    input: Array,
    p: float | str | None = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    dtype: dtypes.DTypeLike | None = None,
) -> Array:
    """The norm of a tensor taken as a vector, or of the vectors along `dim`.

    Parameters
    ----------
    input : Tensor
        Of floating point numbers.
    p : float, 'fro' or 'nuc', default 'fro'
        The `ord` of `linalg.vector_norm`; 'fro' is 2. 'nuc' is that of `linalg.matrix_norm`, of a
        matrix or of the two dimensions in `dim`.
    dim, keepdim, dtype
        As for `linalg.vector_norm`.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        As `linalg.vector_norm`, and for another word as `p`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.norm(tg.tensor([[3.0], [-4.0]])), tg.norm(tg.tensor([3.0, -4.0]), p=1)
    (tensor(5.), tensor(7.))
    """
    if is_sparse(input) and dim is None:
        return input.norm(p, dtype=dtype)
    if p == "nuc":
        at = several(dim, input.ndim)
        if len(at) != 2:
            raise RuntimeError(f"norm(): 'nuc' takes a matrix, or two dims, got dims {at}")
        return matrix_norm(input, p, (at[0], at[1]), keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(
            f"norm(): p is a number, 'fro' or 'nuc', got {p!r}; see linalg.matrix_norm"
        )
    order = 2 if p is None or isinstance(p, str) else p
    return vector_norm(input, order, dim, keepdim, dtype=dtype)


@takes_out
def dist(input: Array, other: Array, p: float = 2) -> Array:
    """The `norm` of ``input - other``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.dist(tg.tensor([1.0, 2.0]), tg.tensor([4.0, 6.0]))
    tensor(5.)
    """
    return vector_norm(sub(input, other), p)


@takes_out
def matrix_norm(
    A: Array,
    ord: float | str = "fro",
    dim: tuple[int, int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: dtypes.DTypeLike | None = None,
) -> Array:
    """The norm of the matrices along two dimensions.

    Parameters
    ----------
    A : Tensor
        Of floating point numbers.
    ord : {'fro', 'nuc', inf, -inf, 1, -1, 2, -2}, default 'fro'
        The square root of the sum of squares; the sum of the singular values ('nuc'), the largest
        (2) or the smallest (-2); the largest or smallest sum of absolute values in a row (inf,
        -inf) or column (1, -1).
    dim : (int, int), default (-2, -1)
        Rows and columns.
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.
    dtype : dtype, optional
        Of the result; the input is converted to it first.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        For another `ord`, and for a tensor of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[1.0, -2.0], [3.0, 4.0]])
    >>> tg.linalg.matrix_norm(A, 1), tg.linalg.matrix_norm(A, float("inf"))
    (tensor(6.), tensor(7.))
    """
    if len(dim) != 2 or len(pair := several(dim, A.ndim)) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple, got {dim}")
    if ord == "fro":
        return vector_norm(A, 2, pair, keepdim, dtype=dtype)
    if ord in ("nuc", 2, -2):
        check_floating("linalg.matrix_norm", A, dtype)
        if ord != -2 and 0 in (A.shape[pair[0]], A.shape[pair[1]]):  # none is larger
            return vector_norm(A, 2, pair, keepdim, dtype=dtype)
        S = svdvals(movedim(A if dtype is None else cast(A, dtype), pair, (-2, -1)))
        norm = sum(S, -1) if ord == "nuc" else (amax if ord == 2 else amin)(S, -1)
        kept = tuple(1 if d in pair else n for d, n in enumerate(A.shape))
        return norm.reshape(kept) if keepdim else norm
    if ord not in (1, -1, math.inf, -math.inf):
        raise RuntimeError(
            f"linalg.matrix_norm: Order {ord} not supported; it is 'fro', 'nuc', 1, -1, 2, -2, "
            "inf or -inf"
        )
    added, chosen = pair if ord in (1, -1) else pair[::-1]
    if ord > 0 and A.shape[chosen] == 0:
        return vector_norm(A, 2, pair, keepdim, dtype=dtype)
    sums = vector_norm(A, 1, added, True, dtype=dtype)
    largest = (amax if ord > 0 else amin)(sums, chosen, True)
    return largest if keepdim else squeeze(largest, pair)


@takes_out
def linalg_norm(
    A: Array,
    ord: float | str | None = None,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.DTypeLike | None = None,
) -> Array:
    """The norm of a vector or a matrix.

    Parameters
    ----------
    A : Tensor
        Of floating point numbers.
    ord : float or str, optional
        Of `vector_norm` or `matrix_norm`. By default the square root of the sum of squares, for
        any number of dimensions.
    dim : int or (int, int), optional
        One dimension for vectors, two for matrices.
    keepdim, dtype
        As for `vector_norm`.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        For an `ord` without `dim` and a tensor of more than two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.norm(tg.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor(5.)
    """
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is None:
        if A.ndim not in (1, 2):
            raise RuntimeError(
                "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. "
                f"Got {A.ndim}D, of shape {list(A.shape)}."
            )
        dim = tuple(range(A.ndim))
    pair = (dim,) if isinstance(dim, int) else tuple(dim)
    if isinstance(ord, str) or len(pair) == 2:
        return matrix_norm(A, ord, pair, keepdim, dtype=dtype)  # type: ignore[arg-type]
    return vector_norm(A, ord, pair, keepdim, dtype=dtype)
