"""Normalisation of channels: over a batch, an example, or groups of channels."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np.kernels.along import Dims
from tinygrad_np.kernels.layout import last
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.elementwise import add, mul
from tinygrad_np.ops.moments import affine, check_dtypes, count, normal
from tinygrad_np.ops.reduce import check_floating
from tinygrad_np.ops.reduction import array
from tinygrad_np.ops.shape import contiguous
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.record import recorded_whole

__all__ = ["batch_norm", "group_norm", "instance_norm"]


def batch_norm(
    input: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Each channel less its mean, over its standard deviation: ``(x - mean) / sqrt(var + eps)``.

    Parameters
    ----------
    input : Tensor
        (N, C, *) for C channels.
    running_mean, running_var : Tensor or None
        (C,), both or neither: what stands for the mean and variance unless `training`.
    weight, bias : Tensor, optional
        (C,): what the result is multiplied with, and what is then added. Beside an input of
        float16 these and the statistics may all be of float32.
    training : bool, default False
        Take mean and variance (the biased one) of the input, and move the running ones, in
        place, a step towards them.
    momentum : float, default 0.1
        The size of that step: ``running = (1 - momentum) * running + momentum * new``, where the
        new variance is the unbiased one.
    eps : float, default 1e-5
        Greater than 0 in training.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ValueError
        In training, if there is one value per channel.
    RuntimeError
        If shapes or dtypes don't fit, or running statistics are missing.

    Source: S. Ioffe, C. Szegedy, Batch Normalization, 2015, https://arxiv.org/abs/1502.03167

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1.0, 10.0], [3.0, 30.0]])
    >>> tg.nn.functional.batch_norm(x, None, None, training=True)
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """
    dims = _check_channels("batch_norm", input, running_mean, running_var, weight, bias)
    if training:
        if count(input.shape, dims) == 1:
            raise ValueError(
                "Expected more than 1 value per channel when training, got input size "
                f"{list(input.shape)}"
            )
        if not eps > 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    return _by_channel(
        input, dims, running_mean, running_var, weight, bias, training, momentum, eps
    )


def instance_norm(
    input: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """`batch_norm` with a mean and variance for each channel of each example.

    Parameters
    ----------
    input : Tensor
        (N, C, *) for C channels, with at least one more dimension.
    running_mean, running_var : Tensor, optional
        (C,), both or neither; they follow the means over the batch.
    weight, bias : Tensor, optional
        (C,)
    use_input_stats : bool, default True
        Take mean and variance of the input, and move the running ones towards them.
    momentum, eps : float
        As for `batch_norm`.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ValueError
        If the input's statistics are to be used, and there is one value per channel.
    RuntimeError
        If shapes or dtypes don't fit, or running statistics are missing.

    Source: D. Ulyanov et al., Instance Normalization, 2016, https://arxiv.org/abs/1607.08022

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.instance_norm(tg.tensor([[[1.0, 3.0], [10.0, 30.0]]]))
    tensor([[[-1.0000,  1.0000],
             [-1.0000,  1.0000]]])
    """
    dims = _check_channels("instance_norm", input, running_mean, running_var, weight, bias)[1:]
    if use_input_stats and count(input.shape, dims) == 1:
        raise ValueError(
            "Expected more than 1 spatial element when training, got input size "
            f"{list(input.shape)}"
        )
    return _by_channel(
        input, dims, running_mean, running_var, weight, bias, use_input_stats, momentum, eps
    )


def _check_channels(
    name: str,
    input: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None,
    bias: Array | None,
) -> Dims:
    """The dimensions other than the channels'; errors if an argument doesn't fit the input."""
    shape = tuple(input.shape)
    if len(shape) < 2:
        raise IndexError(f"{name}: expected an input of shape (N, C, *), got {list(shape)}")
    check_floating(name, array(input))
    check_dtypes(name, input, running_mean, running_var, weight, bias)
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    for what, vector in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if vector is not None and tuple(vector.shape) != shape[1:2]:
            raise RuntimeError(
                f"{name}: {what} should contain {shape[1]} elements, one for each channel of the "
                f"input of shape {list(shape)}, not {list(vector.shape)}"
            )
    return (0, *range(2, len(shape)))


def _by_channel(
    input: Array,
    dims: Dims,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None,
    bias: Array | None,
    own: bool,
    momentum: float,
    eps: float,
) -> Array:
    """Normalise with the input's own statistics over `dims`, or with the running ones."""
    channels = (1, input.shape[1]) + (1,) * (input.ndim - 2)
    if not own:
        if running_mean is None or running_var is None:
            raise RuntimeError(
                "running_mean and running_var must be defined where the statistics of the input "
                "are not used (evaluation mode)"
            )
        weight, bias = (None if v is None else v.reshape(channels) for v in (weight, bias))
        inverse, below = _fixed(running_mean, running_var, channels, float(eps))
        scale = inverse if weight is None else mul(weight, inverse)
        shift = mul(scale, below)
        out = in_float32(affine)(input, scale, shift if bias is None else add(bias, shift))
        return out if last(array(out)) else contiguous(out)
    out, own_mean, own_var = normal(input, dims, weight, bias, eps, channels)
    n = count(input.shape, dims)
    if running_mean is not None and n > 1 and own_mean.size:
        _follow(running_mean, own_mean, momentum)
        _follow(running_var, own_var, momentum, n / (n - 1))
    return out


@recorded_whole
def _fixed(mean: Array, var: Array, channels: tuple[int, ...], eps: float) -> tuple[Array, Array]:
    """One over the running standard deviation, and minus the running mean."""
    mean, var = array(mean).reshape(channels), array(var).reshape(channels)
    return 1 / np.sqrt(var + eps), -mean


@recorded_whole
def _follow(running: Array, new: Array, momentum: float, unbiased: float = 1.0) -> None:
    """Move a running statistic, in place, a step towards the mean of new ones over a batch."""
    new = (new * unbiased).reshape(-1, len(running))
    new = new[0] if len(new) == 1 else new.mean(axis=0)
    moved = (1 - momentum) * array(running) + momentum * new
    if isinstance(running, TensorBase):
        assign(running, moved)
    else:
        running[...] = moved


def group_norm(
    input: Array,
    num_groups: int,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    """Each group of channels of each example less its mean, over its standard deviation.

    Parameters
    ----------
    input : Tensor
        (N, C, *) for C channels.
    num_groups : int
        C is a multiple of it.
    weight, bias : Tensor, optional
        (C,): what the result is multiplied with, and what is then added.
    eps : float, default 1e-5
        Added to the variance, the biased one.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ValueError
        For one example with one value per group.
    RuntimeError
        If shapes or dtypes don't fit, or C is not a multiple of `num_groups`.

    Source: Y. Wu, K. He, Group Normalization, 2018, https://arxiv.org/abs/1803.08494

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.group_norm(tg.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    shape = tuple(input.shape)
    _check_channels("group_norm", input, None, None, weight, bias)
    if num_groups <= 0 or shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input "
            f"of shape {list(shape)} and num_groups={num_groups}"
        )
    if math.prod(shape) == num_groups:  # of one example
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {list(shape)}"
        )
    dims = tuple(range(2, len(shape)))
    channels = (1, shape[1]) + (1,) * len(dims)
    return normal(input, dims, weight, bias, eps, channels, shape[1] // num_groups)[0]
