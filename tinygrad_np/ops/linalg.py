"""Products of vectors, matrices and batches of matrices.

All of them want one dtype: mixing float32 and float64 here is nearly always a mistake, and a
slow one.
"""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np.kernels.product import product
from tinygrad_np.ops.elementwise import mul
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["bmm", "dot", "ger", "linear", "matmul", "mm", "mv", "outer", "vdot"]

Shape = tuple[int, ...]


@op
def matmul(input: Array, other: Array) -> Array:
    """The matrix product; of two vectors their dot product.

    Parameters
    ----------
    input, other : Tensor
        Matrices (..., n, k) and (..., k, m), whose batch dimensions broadcast. A vector (k,) is a
        row on the left and a column on the right, and the result lacks that dimension.

    Returns
    -------
    Tensor
        (..., n, m)

    Raises
    ------
    RuntimeError
        If the shapes don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.matmul(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    if getattr(input, "dtype", 0) is not getattr(other, "dtype", 1):
        same_dtype("matmul", input, other)
    try:
        if input.ndim < 3 or other.ndim != 2:
            return product(input, other)
        # one product of matrices, not one for each in the batch
        rows = product(_rows(input), other)
        return rows.reshape(*input.shape[:-1], other.shape[1])
    except ValueError:
        raise RuntimeError(_misfit(input.shape, other.shape)) from None


@matmul.backward("input")
def _(grad: Array, other: Array, input_shape: Shape) -> Array:
    grad = _matrices(grad, len(input_shape), other.ndim)
    if other.ndim == 1:
        other = other.reshape((other.shape[0], 1))
    return matmul(grad, other.swapaxes(-1, -2))


@matmul.backward("other")
def _(grad: Array, input: Array, other_shape: Shape) -> Array:
    grad = _matrices(grad, input.ndim, len(other_shape))
    if input.ndim == 1:
        input = input.reshape((1, input.shape[0]))
    if len(other_shape) > 2:
        return matmul(input.swapaxes(-1, -2), grad)
    return matmul(_rows(input).swapaxes(0, 1), _rows(grad)).reshape(other_shape)


def _matrices(grad: Array, input_ndim: int, other_ndim: int) -> Array:
    """The gradient of a product with the dimensions that vectors leave out."""
    shape = tuple(grad.shape)
    if other_ndim == 1:
        shape = (*shape, 1)
    if input_ndim == 1:
        shape = (*shape[:-1], 1, shape[-1])
    return grad.reshape(shape)


def _rows(x: Array) -> Array:
    """A batch of matrices as one matrix of all their rows."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def _misfit(a: Shape, b: Shape) -> str:
    """What is wrong with the shapes of a product."""
    if not a or not b:
        return (
            f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D"
        )
    if len(a) == len(b) == 1:
        return (
            f"inconsistent tensor size, expected tensor [{a[0]}] and src [{b[0]}] to have the "
            f"same number of elements, but got {a[0]} and {b[0]} elements respectively"
        )
    if len(b) == 1:
        rows = math.prod(a[:-1])
        return f"size mismatch, got input ({rows}), mat ({rows}x{a[-1]}), vec ({b[0]})"
    if len(b) == 2:
        rows = math.prod(a[:-1])
        return f"mat1 and mat2 shapes cannot be multiplied ({rows}x{a[-1]} and {b[0]}x{b[1]})"
    if a[-1] != b[-2]:
        return (
            f"Expected size for first two dimensions of batch2 tensor to be: {[*a[:-2], a[-1]]} "
            f"but got: {list(b[:-1])}."
        )
    return f"the batch dimensions {list(a[:-2])} and {list(b[:-2])} of matmul don't broadcast"


def same_dtype(name: str, *tensors: Array | None) -> None:
    """RuntimeError unless all tensors, None for one left out, are of one dtype."""
    try:
        kinds = dict.fromkeys(t.dtype for t in tensors if t is not None)
    except AttributeError:
        types = ", ".join(type(t).__name__ for t in tensors)
        raise TypeError(f"{name}(): expected tensors, but got {types}") from None
    if len(kinds) > 1:
        names = " and ".join(map(str, kinds))
        raise RuntimeError(
            f"{name}(): expected all tensors to have the same dtype, but got {names}; "
            "convert with .float(), .double() or .to(dtype)"
        )


@op
def linear(input: Array, weight: Array, bias: Array | None = None) -> Array:
    """``input @ weight.T + bias``: a fully connected layer.

    Parameters
    ----------
    input : Tensor
        (*, in_features), with any number of leading dimensions.
    weight : Tensor
        (out_features, in_features) or (in_features,).
    bias : Tensor, optional
        (out_features,)

    Returns
    -------
    Tensor
        (*, out_features), or (*) for a weight of one dimension.

    Raises
    ------
    RuntimeError
        If the shapes don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.linear(tg.ones(1, 2), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.ones(2))
    tensor([[4., 8.]])
    """
    if weight.dtype is not input.dtype or (bias is not None and bias.dtype is not input.dtype):
        same_dtype("linear", input, weight, bias)
    if not input.ndim or weight.ndim not in (1, 2):
        raise RuntimeError(
            "linear() expects an input (*, in_features) and a weight (out_features, in_features) "
            f"or (in_features,), but got {list(input.shape)} and {list(weight.shape)}"
        )
    try:
        rows = product(_rows(input), weight.T)
    except ValueError:
        raise RuntimeError(_misfit(_rows(input).shape, weight.T.shape)) from None
    out = _shaped(rows, input.shape[:-1] + weight.shape[:-1])
    if bias is not None:
        try:
            out += bias
        except ValueError:
            raise RuntimeError(
                f"linear(): a bias of shape {list(bias.shape)} can't be added to the product of "
                f"shape {list(out.shape)}; expected {list(weight.shape[:-1])}"
            ) from None
    return out


@linear.backward("input")
def _(grad: Array, weight: Array, input_shape: Shape) -> Array:
    if grad.ndim == weight.ndim == 2:
        return _product(grad, weight)
    columns = math.prod(weight.shape[:-1])
    grad = grad.reshape((math.prod(input_shape[:-1]), columns))
    return _shaped(_product(grad, weight.reshape((columns, input_shape[-1]))), input_shape)


@linear.backward("weight")
def _(grad: Array, input: Array, weight_shape: Shape) -> Array:
    if grad.ndim == input.ndim == 2:
        return _product(grad.swapaxes(0, 1), input)
    input = _rows(input)
    grad = grad.reshape((input.shape[0], math.prod(weight_shape[:-1])))
    return _shaped(_product(grad.swapaxes(0, 1), input), weight_shape)


def _shaped(x: Array, shape: Shape) -> Array:
    """`x` in that shape; itself where it has it, so that the walk back may keep it for a leaf."""
    return x if x.shape == shape else x.reshape(shape)


def _product(a: Array, b: Array) -> Array:
    """``a @ b`` in a rule, without the checks of `matmul`."""
    return product(a, b) if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else a @ b


linear.backward(bias=lambda grad: grad)


def is_sparse(x: Array) -> bool:
    """Whether a tensor is a sparse one, whose operators know what to do."""
    return getattr(x, "is_sparse", False)


def check_ranks(name: str, *pairs: tuple[Array, int]) -> None:
    """RuntimeError unless each tensor has that many dimensions; TypeError for numbers."""
    for x, _ in pairs:
        if isinstance(x, (int, float, complex)):
            raise TypeError(f"{name}(): expected tensors, but got a {type(x).__name__}: {x}")
    if any(x.ndim != ndim for x, ndim in pairs):
        raise RuntimeError(
            f"{name}(): expected tensors with {' and '.join(f'{n}' for _, n in pairs)} dimensions, "
            f"but got the shapes {' and '.join(f'{list(x.shape)}' for x, _ in pairs)}"
        )


@takes_out
def mm(input: Array, mat2: Array) -> Array:
    """The product of two matrices (n, k) and (k, m), also sparse; RuntimeError for other ranks.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.mm(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    check_ranks("mm", (input, 2), (mat2, 2))
    if is_sparse(input) or is_sparse(mat2):
        return input @ mat2
    return matmul(input, mat2)


@takes_out
def bmm(input: Array, mat2: Array) -> Array:
    """The products of two batches of matrices, (b, n, k) and (b, k, m), without broadcasting.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bmm(tg.ones(4, 2, 3), tg.ones(4, 3, 5)).shape
    torch.Size([4, 2, 5])
    """
    check_ranks("bmm", (input, 3), (mat2, 3))
    if input.shape[0] != mat2.shape[0]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: "
            f"{[input.shape[0], input.shape[2]]} but got: {list(mat2.shape[:2])}."
        )
    return input.bmm(mat2) if is_sparse(input) else matmul(input, mat2)


@takes_out
def mv(input: Array, vec: Array) -> Array:
    """The product of a matrix (n, k) and a vector (k,).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.mv(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 10.0]))
    tensor([21., 43.])
    """
    check_ranks("mv", (input, 2), (vec, 1))
    return input @ vec if is_sparse(input) else matmul(input, vec)


@takes_out
def dot(input: Array, tensor: Array) -> Array:
    """The dot product of two vectors of one length.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.dot(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    check_ranks("dot", (input, 1), (tensor, 1))
    return matmul(input, tensor)


@takes_out
def vdot(input: Array, other: Array) -> Array:
    """`dot`, with the conjugate of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.vdot(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    return dot(input.conj(), other)


@takes_out
def outer(input: Array, vec2: Array) -> Array:
    """The outer product of two vectors, (n,) and (m,) to (n, m).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    check_ranks("outer", (input, 1), (vec2, 1))
    return mul(input.reshape((input.shape[0], 1)), vec2)


ger = outer
