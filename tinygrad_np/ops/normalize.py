"""Normalisation of layers and of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.kernels.along import Dims
from tinygrad_np.ops.cast import cast, in_float32
from tinygrad_np.ops.choice import clamp_min
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import add
from tinygrad_np.ops.exponential import rsqrt
from tinygrad_np.ops.moments import affine, check_dtypes, mean_square, normal
from tinygrad_np.ops.norms import norm
from tinygrad_np.ops.reduce import check_floating
from tinygrad_np.ops.reduction import array
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.op import Array

__all__ = ["layer_norm", "normalize", "rms_norm"]


def layer_norm(
    input: Array,
    normalized_shape: Sequence[int],
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    """Each layer of the input less its mean, over its standard deviation.

    Parameters
    ----------
    input : Tensor
        (*, *normalized_shape)
    normalized_shape : sequence of int
        The shape of a layer.
    weight, bias : Tensor, optional
        Of that shape: what the result is multiplied with, and what is then added. They may be of
        float32 beside an input of float16.
    eps : float, default 1e-5
        Added to the variance, the biased one.

    Returns
    -------
    Tensor
        Of the input's shape and dtype.

    Raises
    ------
    RuntimeError
        If shapes or dtypes don't fit.

    Source: J. L. Ba et al., Layer Normalization, 2016, https://arxiv.org/abs/1607.06450

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.layer_norm(tg.tensor([[1.0, 3.0], [10.0, 30.0]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    dims = _check_layer("layer_norm", input, normalized_shape, weight, bias)
    check_dtypes("layer_norm", input, weight, bias)
    return normal(input, dims, weight, bias, eps)[0]


@in_float32
def rms_norm(
    input: Array,
    normalized_shape: Sequence[int],
    weight: Array | None = None,
    eps: float | None = None,
) -> Array:
    """Each layer of the input over its root mean square; `layer_norm` without the mean.

    Parameters
    ----------
    input : Tensor
        (*, *normalized_shape)
    normalized_shape : sequence of int
        The shape of a layer.
    weight : Tensor, optional
        Of that shape: what the result is multiplied with. It may be of another dtype.
    eps : float, optional
        Added to the mean square; the machine epsilon of the input's dtype by default.

    Returns
    -------
    Tensor
        Of the input's shape and dtype.

    Raises
    ------
    RuntimeError
        If shapes or dtypes don't fit.

    Source: B. Zhang, R. Sennrich, Root Mean Square Layer Normalization, 2019,
    https://arxiv.org/abs/1910.07467

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rms_norm(tg.tensor([[1.0, 7.0], [10.0, 70.0]]), (2,))
    tensor([[0.2000, 1.4000],
            [0.2000, 1.4000]])
    """
    dims = _check_layer("rms_norm", input, normalized_shape, weight)
    if eps is None:
        eps = float(np.finfo(array(input).dtype).eps)
    scale = rsqrt(add(mean_square(input, dims=dims), eps))
    out = affine(input, scale)
    return out if weight is None else cast(affine(out, weight), input.dtype)


def _check_layer(
    name: str,
    input: Array,
    normalized_shape: Sequence[int],
    weight: Array | None,
    bias: Array | None = None,
) -> Dims:
    """The dimensions of a layer; errors if an argument doesn't fit the input."""
    shape, layer = tuple(input.shape), tuple(normalized_shape)
    if not layer:
        raise RuntimeError(f"{name}: expected normalized_shape to have at least one element")
    if shape[-len(layer) :] != layer:
        wanted = ", ".join(map(str, ("*", *layer)))
        raise RuntimeError(
            f"Given normalized_shape={list(layer)}, expected input with shape [{wanted}], but got "
            f"input of size {list(shape)}"
        )
    check_floating(name, array(input))
    for what, given in (("weight", weight), ("bias", bias)):
        if given is not None and tuple(given.shape) != layer:
            raise RuntimeError(
                f"Expected {what} to be of same shape as normalized_shape, but got {what} of "
                f"shape {list(given.shape)} and normalized_shape = {list(layer)}"
            )
    return tuple(range(len(shape) - len(layer), len(shape)))


def normalize(
    input: Array, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Array | None = None
) -> Array:
    """The vectors along `dim` divided by their norms.

    Parameters
    ----------
    input : Tensor
    p : float, default 2
        Of the norm.
    dim : int or sequence of int, default 1
    eps : float, default 1e-12
        Smaller norms count as this.
    out : Tensor, optional
        Takes the result.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    RuntimeError
        For a tensor of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.normalize(tg.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    result = div(input, clamp_min(norm(input, p, dim, True), eps))
    return result if out is None else assign(out, result)
