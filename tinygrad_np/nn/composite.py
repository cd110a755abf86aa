"""Functions of `nn.functional` that are a few lines over others."""

from __future__ import annotations

import math
import warnings
from typing import Any

from tinygrad_np.creation import empty
from tinygrad_np.ops.activation import celu, elu, selu
from tinygrad_np.ops.embedding import one_hot
from tinygrad_np.ops.interpolate import interpolate
from tinygrad_np.ops.pad import pad
from tinygrad_np.ops.piecewise import hardtanh, leaky_relu, relu, rrelu, threshold
from tinygrad_np.ops.pool import avg_pool1d
from tinygrad_np.ops.softmax import softmax
from tinygrad_np.tape.inplace import inplace

__all__ = [
    "celu_",
    "channel_shuffle",
    "elu_",
    "gumbel_softmax",
    "hardtanh_",
    "leaky_relu_",
    "local_response_norm",
    "relu_",
    "rrelu_",
    "selu_",
    "threshold_",
    "upsample_bilinear",
    "upsample_nearest",
]

relu_ = inplace(relu)
leaky_relu_ = inplace(leaky_relu)
rrelu_ = inplace(rrelu)
hardtanh_ = inplace(hardtanh)
threshold_ = inplace(threshold)
elu_ = inplace(elu)
selu_ = inplace(selu)
celu_ = inplace(celu)


def local_response_norm(
    input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Any:
    """Divide by ``(k + alpha * mean) ** beta``, the mean of the squares of neighbouring channels.

    Parameters
    ----------
    input : Tensor
        (N, C, *)
    size : int
        How many channels count as neighbours.
    alpha, beta, k : float

    Raises
    ------
    ValueError
        If the input has fewer than 3 dimensions.

    Source: Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks,
    2012.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.local_response_norm(tg.ones(1, 2, 1), size=1, alpha=3.0, beta=1.0)
    tensor([[[0.2500],
             [0.2500]]])
    """
    if input.ndim < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality input, got shape {tuple(input.shape)}"
        )
    n, channels, *sizes = input.shape
    squares = (input * input).reshape((n, channels, math.prod(sizes))).swapaxes(1, 2)
    around = pad(squares, (size // 2, (size - 1) // 2))
    means = avg_pool1d(around, size, stride=1).swapaxes(1, 2).reshape(input.shape)
    return input / (means * alpha + k) ** beta


def channel_shuffle(input: Any, groups: int) -> Any:
    """Mix the channels of (N, C, *): they are dealt out, one to each group in turn.

    Parameters
    ----------
    input : Tensor
    groups : int
        Divides C.

    Raises
    ------
    RuntimeError
        If it does not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.channel_shuffle(tg.arange(4).reshape(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    n, channels, *sizes = input.shape
    if groups <= 0 or channels % groups:
        raise RuntimeError(
            "channel_shuffle: expected a number of groups that divides the channels, got "
            f"{groups} groups for shape {tuple(input.shape)}"
        )
    split = input.reshape((n, groups, channels // groups, *sizes))
    return split.swapaxes(1, 2).reshape((n, channels, *sizes))


def gumbel_softmax(
    logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Any:
    """Draw from a categorical distribution so that the sample has a gradient.

    Parameters
    ----------
    logits : Tensor
        Logarithms of probabilities, up to a constant.
    tau : float, default 1
        The temperature: the smaller, the nearer the sample is to one-hot.
    hard : bool, default False
        Make it one-hot, with the gradient of the soft sample.
    eps : float
        Has no effect.
    dim : int, default -1
        The dimension of the categories.

    Source: Jang, Gu and Poole, Categorical Reparameterization with Gumbel-Softmax, 2016.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.gumbel_softmax(tg.zeros(5), hard=True).sum()
    tensor(1.)
    """
    gumbels = -empty(logits.shape, dtype=logits.dtype).exponential_().log()
    soft = softmax((logits + gumbels) / tau, dim)
    if not hard:
        return soft
    chosen = one_hot(soft.argmax(dim), soft.shape[dim]).movedim(-1, dim).to(soft.dtype)
    return chosen - soft.detach() + soft


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """PyTorch's old name of `interpolate` with ``mode="nearest"``, which warns.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[[[1.0, 2.0]]]])
    >>> tg.nn.functional.upsample_nearest(x, scale_factor=2)  # doctest: +SKIP
    tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.]]]])
    """
    warnings.warn(
        "nn.functional.upsample_nearest is deprecated; use nn.functional.interpolate",
        stacklevel=2,
    )
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """PyTorch's old name of `interpolate`, bilinear and with aligned corners, which warns.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[[[1.0, 2.0]]]])
    >>> tg.nn.functional.upsample_bilinear(x, size=(1, 3))  # doctest: +SKIP
    tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """
    warnings.warn(
        "nn.functional.upsample_bilinear is deprecated; use nn.functional.interpolate",
        stacklevel=2,
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
