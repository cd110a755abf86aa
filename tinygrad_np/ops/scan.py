"""Running sums, products and extremes along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.axes import flip
from tinygrad_np.ops.compare import ne
from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.extremes import selected
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.parts import narrow
from tinygrad_np.ops.reduce import DType, sum, summed
from tinygrad_np.tape.op import Array, op

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "diff", "trapezoid"]

WIDER = {np.dtype(np.float16): np.float32, np.dtype(np.float32): np.float64}


@op
def cumsum(input: Array, dim: int, *, dtype: DType = None) -> Array:
    """The sums of the elements along `dim` up to each of them.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Of the result; the input is converted to it first. By default that of `input`, and int64
        for integers and bool.

    Returns
    -------
    Tensor
        Of the shape of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cumsum(tg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 3., 6.])
    """
    return _accumulate(np.add, input, dim, summed(input, dtype))


cumsum.backward(input=lambda grad, dim: flip(cumsum(flip(grad, dim), dim), dim))


@op
def cumprod(input: Array, dim: int, *, dtype: DType = None) -> Array:
    """The products of the elements along `dim` up to each of them; see `cumsum`.

    Its gradients are right with zeros among the factors too.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cumprod(tg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 2., 6.])
    """
    return _accumulate(np.multiply, input, dim, summed(input, dtype))


@cumprod.backward("input")
def _(grad: Array, input: Array, out: Array, dim: int) -> Array:
    # d out[k] / d input[i] is out[i - 1] times the product of input[i + 1 : k + 1]. These
    # products, weighted with grad[k], add up by total[i] = grad[i] + input[i + 1] * total[i + 1],
    # which a scan over the pairs (grad, input) gives in log2(n) steps.
    if not input.ndim:
        return grad
    grad, x, out = (a.swapaxes(0, dim) for a in (grad, input, out))
    n, k, total, step = len(x), 1, grad, x[1:]
    while k < n:  # here step[i] is the product of x[i + 1 : i + k + 1]
        total = cat([total[: n - k] + step * total[k:], total[n - k :]])
        step = step[: max(n - 2 * k, 0)] * step[k:]
        k *= 2
    before = cat([np.ones((min(n, 1), *x.shape[1:]), x.dtype), out[: max(n - 1, 0)]])
    return (total * before).swapaxes(0, dim)


@op
def _leader(input: Array, *, dim: int, largest: bool) -> Array:
    """The index along `dim` of the last among the largest elements up to each element."""
    ufunc = np.maximum if largest else np.minimum
    at = one(dim, input.ndim)
    leads = (input == _accumulate(ufunc, input, dim)) | np.isnan(input)
    counter = np.arange(input.shape[at] if input.ndim else 1)
    counter = counter.reshape((-1,) + (1,) * max(input.ndim - at - 1, 0))
    return _accumulate(np.maximum, np.where(leads, counter, 0).reshape(input.shape), dim)


@numpy_names
def cummax(input: Array, dim: int) -> Any:
    """The largest of the elements along `dim` up to each of them.

    Parameters
    ----------
    input : Tensor
    dim : int

    Returns
    -------
    (values, indices)
        A named tuple; of equally large elements the last one counts, and gets the gradient. From
        the first nan on all values are nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cummax(tg.tensor([1.0, 3.0, 2.0]), dim=0).values
    tensor([1., 3., 3.])
    """
    return selected(return_types.cummax, input, dim, True, _leader(input, dim=dim, largest=True))


@numpy_names
def cummin(input: Array, dim: int) -> Any:
    """The smallest of the elements along `dim` up to each of them; see `cummax`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cummin(tg.tensor([3.0, 1.0, 2.0]), dim=0).indices
    tensor([0, 1, 1])
    """
    return selected(return_types.cummin, input, dim, True, _leader(input, dim=dim, largest=False))


def _accumulate(ufunc: Any, input: Array, dim: int, dtype: Any = None) -> Array:
    """Running values along `dim`, of a 0-d array too; each is rounded once, as in PyTorch."""
    axis = one(dim, input.ndim)
    x = input if input.ndim else input.reshape(1)
    out = silent.run(ufunc.accumulate, x, axis, WIDER.get(dtype, dtype))
    out = ordered(out).reshape(input.shape)
    return out if dtype is None else silent.run(out.astype, dtype, copy=False)


@numpy_names
def diff(input: Array, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Array:
    """The differences between neighbours along `dim`, `n` times.

    Parameters
    ----------
    input : Tensor
    n : int, default 1
    dim : int, default -1
    prepend, append : Tensor, optional
        What is put in front of `input` and behind it first.

    Returns
    -------
    Tensor
        For bools, whether neighbours differ.

    Raises
    ------
    RuntimeError
        For a number, and a negative `n`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.diff(tg.tensor([1, 4, 9, 16]))
    tensor([3, 5, 7])
    """
    if not len(input.shape) or n < 0:
        raise RuntimeError(
            f"diff() takes at least one dimension and n >= 0, got {list(input.shape)} and n={n}"
        )
    parts = [part for part in (prepend, input, append) if part is not None]
    x = cat(parts, dim) if len(parts) > 1 else input
    at = one(dim, len(x.shape))
    for _ in range(min(n, x.shape[at])):
        size = x.shape[at] - 1
        above, below = narrow(x, at, 1, size), narrow(x, at, 0, size)
        x = ne(above, below) if x.dtype == np.bool_ else above - below
    return x


@numpy_names
def trapezoid(y: Array, x: Any = None, *, dx: float = 1, dim: int = -1) -> Array:
    """The integral along `dim` by the trapezoidal rule.

    Parameters
    ----------
    y : Tensor
        The values.
    x : Tensor, optional
        Where they are: of the shape of `y`, or of one dimension.
    dx : float, default 1
        The distance between them, without `x`.
    dim : int, default -1

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.trapezoid(tg.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    at = one(dim, len(y.shape))
    steps: Any = dx
    if x is not None:
        if len(x.shape) == 1 != len(y.shape):
            x = x.reshape([-1 if i == at else 1 for i in range(len(y.shape))])
        steps = diff(x, dim=at - len(y.shape))
    size = y.shape[at] - 1
    if size < 1:
        return sum(y * 0, at)
    return sum((narrow(y, at, 1, size) + narrow(y, at, 0, size)) * steps, at) / 2
