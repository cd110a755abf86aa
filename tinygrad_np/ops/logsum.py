"""Logarithms of sums of exponentials, which never overflow on the way."""

from __future__ import annotations

import numpy as np

from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import isinf
from tinygrad_np.ops.dims import Dims, numpy_names, one, restored, several
from tinygrad_np.ops.exponential import exp, logaddexp
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.shape import clone, contiguous
from tinygrad_np.tape.op import Array, op

__all__ = ["logcumsumexp", "logsumexp"]


@op(promote=float)
def logsumexp(input: Array, dim: Dims, keepdim: bool = False) -> Array:
    """``log(sum(exp(input)))`` over `dim`.

    Parameters
    ----------
    input : Tensor
        Integers are converted to the default dtype.
    dim : int or sequence of int
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.

    Returns
    -------
    Tensor
        -inf where all elements are -inf, and for none; the gradient is 0 there, where PyTorch's
        is nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logsumexp(tg.tensor([[1000.0, 1000.0], [0.0, -1000.0]]), dim=1)
    tensor([1000.6932,    0.0000])
    """
    return ordered(silent.run(_logsumexp, input, several(dim, input.ndim), keepdim))


def _logsumexp(x: Array, axes: tuple[int, ...], keepdim: bool) -> Array:
    largest = x.max(axis=axes, keepdims=True, initial=-np.inf)
    largest = np.where(np.isinf(largest), 0, largest)
    total = np.log(np.exp(x - largest).sum(axis=axes, keepdims=True)) + largest
    return total if keepdim else total.squeeze(axes)


@logsumexp.backward("input")
def _(grad: Array, input: Array, out: Array, dim: Dims) -> Array:
    shape = tuple(input.shape)
    finite = where(isinf(out), 0.0, out)  # not -inf - -inf
    return restored(grad, dim, shape) * exp(input - restored(finite, dim, shape))


@numpy_names
def logcumsumexp(input: Array, dim: int) -> Array:
    """``log(cumsum(exp(input)))`` along `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int

    Returns
    -------
    Tensor
        Of the shape of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logcumsumexp(tg.tensor([1000.0, 1000.0]), dim=0)
    tensor([1000.0000, 1000.6932])
    """
    at = one(dim, input.ndim)
    x, k = clone(input), 1
    x = x.swapaxes(0, at) if input.ndim else x.reshape((1,))
    while k < len(x):  # here x[i] is about the k elements up to i
        x = cat([x[:k], logaddexp(x[k:], x[:-k])])
        k *= 2
    return contiguous(x.swapaxes(0, at)) if input.ndim else x.reshape(())
