"""Dropout: noise that keeps a network from leaning on single values.

The noise is drawn once, from the default generator, and is then a constant: the gradient, and its
own gradients, see the same. A seed gives PyTorch's noise.
"""

from __future__ import annotations

import math
import warnings

import numpy as np

from tinygrad_np.generator import source
from tinygrad_np.kernels.layout import kept
from tinygrad_np.ops.elementwise import mul
from tinygrad_np.ops.moments import affine
from tinygrad_np.ops.random import in_memory_order
from tinygrad_np.ops.reduce import check_floating
from tinygrad_np.ops.reduction import array
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import inplace as in_place
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.record import recorded_whole

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]

Shape = tuple[int, ...]
FLOOR = 1.7580993408473766  # selu(x) falls to minus this


def dropout(input: Array, p: float = 0.5, training: bool = True, inplace: bool = False) -> Array:
    """Elements set to 0 with probability `p`, the others divided by ``1 - p``.

    Parameters
    ----------
    input : Tensor
    p : float, default 0.5
    training : bool, default True
        Otherwise nothing is done.
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    Tensor
        `input` itself where nothing is done.

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].
    RuntimeError
        For a tensor of integers.

    Source: N. Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting, 2014, https://jmlr.org/papers/v15/srivastava14a.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.nn.functional.dropout(tg.ones(1000), 0.2)
    >>> sorted(set(x.tolist()))
    [0.0, 1.25]
    """
    return _noised(input, p, training, inplace, None)


def dropout1d(input: Array, p: float = 0.5, training: bool = True, inplace: bool = False) -> Array:
    """`dropout` of whole channels of (N, C, L) or (C, L).

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].
    RuntimeError
        For another number of dimensions, and for a tensor of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.dropout1d(tg.ones(2, 3, 4), 0.5).shape
    torch.Size([2, 3, 4])
    """
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "dropout1d: Expected 2D or 3D input, (C, L) or (N, C, L), but received one of shape "
            f"{list(input.shape)}"
        )
    return _noised(input, p, training, inplace, 1 if input.ndim == 2 else 2)


def dropout2d(input: Array, p: float = 0.5, training: bool = True, inplace: bool = False) -> Array:
    """`dropout` of whole channels of (N, C, H, W).

    Other numbers of dimensions from 2 up are accepted with a warning, as (N, C, *).

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].
    RuntimeError
        For a tensor of less than two dimensions, or of integers.

    Source: J. Tompson et al., Efficient Object Localization Using Convolutional Networks, 2015,
    https://arxiv.org/abs/1411.4280

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.dropout2d(tg.ones(2, 3, 4, 4), 0.5).shape
    torch.Size([2, 3, 4, 4])
    """
    if input.ndim != 4:
        warnings.warn(
            f"dropout2d: expected an input of shape (N, C, H, W), got {list(input.shape)}; it is "
            "taken as (N, C, *): use dropout1d for that",
            stacklevel=2,
        )
    return _noised(input, p, training, inplace, 2)


def dropout3d(input: Array, p: float = 0.5, training: bool = True, inplace: bool = False) -> Array:
    """`dropout` of whole channels of (N, C, D, H, W) or (C, D, H, W).

    Other numbers of dimensions are accepted with a warning, as (C, *).

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].
    RuntimeError
        For a 0-d tensor, and for a tensor of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.dropout3d(tg.ones(2, 3, 4, 4, 4), 0.5).shape
    torch.Size([2, 3, 4, 4, 4])
    """
    if input.ndim not in (4, 5):
        warnings.warn(
            "dropout3d: expected an input of shape (N, C, D, H, W) or (C, D, H, W), got "
            f"{list(input.shape)}; it is taken as (C, *)",
            stacklevel=2,
        )
    return _noised(input, p, training, inplace, 2 if input.ndim == 5 else 1)


def alpha_dropout(
    input: Array, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Array:
    """Dropout for networks of `selu`: keeps a mean of 0 and a variance of 1.

    Elements are set to the value that selu falls to, with probability `p`, and then all are
    scaled and shifted.

    Parameters
    ----------
    input : Tensor
    p : float, default 0.5
    training : bool, default False
        Otherwise nothing is done.
    inplace : bool, default False
        Write the result into `input`.

    Returns
    -------
    Tensor
        `input` itself where nothing is done; zeros for a `p` of 1.

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].
    RuntimeError
        For a tensor of integers.

    Source: G. Klambauer et al., Self-Normalizing Neural Networks, 2017,
    https://arxiv.org/abs/1706.02515

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.alpha_dropout(tg.ones(2, 3), 0.5).shape
    torch.Size([2, 3])
    """
    return _noised(input, p, training, inplace, None, FLOOR)


def feature_alpha_dropout(
    input: Array, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Array:
    """`alpha_dropout` of whole channels of (N, C, *).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.feature_alpha_dropout(tg.ones(2, 3, 4), 0.5).shape
    torch.Size([2, 3, 4])
    """
    return _noised(input, p, training, inplace, 2, FLOOR)


def _channels(input: Array, lead: int) -> Shape:
    """A shape with one element for each channel, of which the first `lead` dimensions are."""
    if input.ndim < lead:
        raise RuntimeError(
            f"Feature dropout requires at least {lead} dimensions in the input, got shape "
            f"{list(input.shape)}"
        )
    return (*input.shape[:lead], *(1,) * (input.ndim - lead))


def _noised(
    input: Array, p: float, training: bool, inplace: bool, lead: int | None, floor: float = 0.0
) -> Array:
    """The input with noise for each channel, see `_channels`, or for each element."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    x = array(input)
    check_floating("dropout", x)
    shape = None if lead is None else _channels(x, lead)

    def function(y: Array) -> Array:
        if p == 1:
            return mul(y, 0.0)
        scale, shift = _noise(input, p, shape, floor)
        return affine(y, scale, shift) if floor else mul(y, scale)

    return in_place(function)(input) if inplace else function(input)


@recorded_whole
def _noise(input: Array, p: float, shape: Shape | None, floor: float) -> tuple[Array, Array]:
    """What an input is multiplied with, in its memory layout, and what is added to that."""
    x = array(input)

    def draw(shape: Shape) -> Array:
        return source().bernoulli(1 - p, shape, x.dtype)

    if shape is None and isinstance(input, TensorBase):
        ones = in_memory_order(input, draw)
    else:
        ones = draw(x.shape if shape is None else shape)
    size = math.sqrt((floor**2 * p + 1) * (1 - p)) if floor else 1 - p
    shift = (ones - (1 - p)) * (floor / size) if floor else ones
    like = np.empty_like(x, order=kept(x)) if shape is None else ones
    wide = np.promote_types(x.dtype, np.float32)
    return np.divide(ones, size, out=like, dtype=wide, casting="same_kind"), shift
