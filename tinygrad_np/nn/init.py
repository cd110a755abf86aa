"""Initial values: functions that fill a tensor in place, outside the tape, and return it.

With the same seed they give PyTorch's numbers, since they draw in PyTorch's order.

Source: https://pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.creation import empty_like
from tinygrad_np.generator import Generator, source
from tinygrad_np.nn.gain import calculate_gain, fans
from tinygrad_np.ops import random
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tensor import Tensor

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Fill with numbers drawn evenly from [a, b).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.uniform_(tg.empty(3, 5), -1, 1)
    """
    return _fill(tensor, _draw("uniform", tensor, a, b, generator))


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Fill with numbers drawn from the normal distribution.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.normal_(tg.empty(3, 5), std=0.01)
    """
    return _fill(tensor, _draw("normal", tensor, mean, std, generator))


@recorded_whole
def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Fill with numbers drawn from the normal distribution as far as it lies in [a, b].

    Drawn from the normal distribution again until they lie there; or, where that would take too
    long, evenly from [a, b] until one is accepted with the probability that the density asks for.

    Warns
    -----
    UserWarning
        If the mean lies more than two standard deviations outside.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.trunc_normal_(tg.empty(3, 5), std=0.02)
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )

    def below(x: float) -> float:
        return 0.5 + 0.5 * math.erf((x - mean) / (std * math.sqrt(2.0)))

    if below(b) - below(a) > 0.3:
        values = _draw("normal", tensor, mean, std, generator)
        like = np.empty_like(tensor._array)  # which has no gaps
        while (outside := (values < a) | (values > b)).any():
            again = tensor if like.strides == tensor._array.strides else empty_like(tensor)
            values[outside] = _draw("normal", again, mean, std, generator)[outside]
        return _fill(tensor, values)

    peak = (max(a, min(mean, b)) - mean) / std

    def refused(values: Any) -> Any:
        with np.errstate(divide="ignore"):
            chance = np.log(_draw("uniform", tensor, 0, 1, generator))
        return chance > ((values - mean) / std) ** 2 * -0.5 + 0.5 * peak**2

    values = _draw("uniform", tensor, a, b, generator)
    pending = refused(values)
    while pending.any():
        again = _draw("uniform", tensor, a, b, generator)
        values[pending] = again[pending]
        pending &= refused(again)
    return _fill(tensor, values)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with `val`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.init.constant_(tg.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return _fill(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.init.ones_(tg.empty(2))
    tensor([1., 1.])
    """
    return _fill(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.init.zeros_(tg.empty(2))
    tensor([0., 0.])
    """
    return _fill(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity, so that a `Linear` passes its input on.

    Raises
    ------
    ValueError
        If the tensor is not 2-dimensional.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.init.eye_(tg.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    _expect_dims(tensor, (2,))
    return _fill(tensor, np.eye(*tensor._array.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill convolution weights so that each group passes its channels on.

    Parameters
    ----------
    tensor : Tensor
        (out_channels, in_channels / groups, *kernel_size), with 3, 4 or 5 dimensions.
    groups : int, default 1

    Raises
    ------
    ValueError
        For other dimensions, or out_channels that `groups` does not divide.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.init.dirac_(tg.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    _expect_dims(tensor, (3, 4, 5))
    out, inner, *kernel = tensor.shape
    if out % groups:
        raise ValueError(f"dim 0 must be divisible by groups: {out} is not divisible by {groups}")
    values = np.zeros(tensor._array.shape)
    middle = [size // 2 for size in kernel]
    for group in range(groups):
        for d in range(min(out // groups, inner)):
            values[(group * (out // groups) + d, d, *middle)] = 1
    return _fill(tensor, values)


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Fill evenly from [-b, b], where b = gain * sqrt(6 / (fan_in + fan_out)).

    Raises
    ------
    ValueError
        If the tensor has fewer than 2 dimensions.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.xavier_uniform_(tg.empty(3, 5), gain=tg.nn.init.calculate_gain("tanh"))
    """
    std = gain * math.sqrt(2.0 / sum(fans(tensor)))
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill from the normal distribution with std = gain * sqrt(2 / (fan_in + fan_out)).

    Raises and source as `xavier_uniform_`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.xavier_normal_(tg.empty(3, 5))
    """
    std = gain * math.sqrt(2.0 / sum(fans(tensor)))
    return normal_(tensor, 0.0, std, generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill evenly from [-b, b], where b = gain * sqrt(3 / fan).

    Parameters
    ----------
    tensor : Tensor
        Weights (out, in, *kernel_size).
    a : float, default 0
        The negative slope, for leaky_relu.
    mode : {"fan_in", "fan_out"}
        Which fan: the first keeps the variance of the forward pass, the second of the backward.
    nonlinearity : str
        As for `calculate_gain`.
    generator : Generator, optional

    Raises
    ------
    ValueError
        For another mode or nonlinearity, or fewer than 2 dimensions.

    Source: He et al., Delving deep into rectifiers, 2015.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.kaiming_uniform_(tg.empty(3, 5), nonlinearity="relu")
    """
    if _is_empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill from the normal distribution with std = gain / sqrt(fan); see `kaiming_uniform_`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.kaiming_normal_(tg.empty(3, 5), mode="fan_out", nonlinearity="relu")
    """
    if _is_empty(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with a matrix whose rows, or columns if they are fewer, are orthonormal times `gain`.

    Dimensions after the first count as one.

    Raises
    ------
    ValueError
        If the tensor has fewer than 2 dimensions.

    Source: Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks, 2013.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.orthogonal_(tg.empty(2, 5))
    >>> tg.allclose(w @ w.T, tg.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError(
            f"Only tensors with 2 or more dimensions are supported, got shape {tuple(tensor.shape)}"
        )
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    cols = tensor.numel() // rows
    matrix = source(generator).normal(0, 1, (rows, cols), tensor._array.dtype)
    q, r = np.linalg.qr(matrix.T if rows < cols else matrix)
    q = q * np.sign(np.diagonal(r))
    q = q.T if rows < cols else q
    return _fill(tensor, q.reshape(tensor._array.shape) * gain)


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Fill a matrix from the normal distribution, and with zeros in each column.

    Parameters
    ----------
    tensor : Tensor
        A matrix.
    sparsity : float
        The fraction of each column that is zero.
    std : float, default 0.01
    generator : Generator, optional
        For the normal numbers; which ones become zero is drawn from the default one.

    Raises
    ------
    ValueError
        If the tensor is not 2-dimensional.

    Source: Martens, Deep learning via Hessian-free optimization, 2010.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.nn.init.sparse_(tg.empty(4, 3), sparsity=0.5)
    >>> (w == 0).sum(dim=0)
    tensor([2, 2, 2])
    """
    _expect_dims(tensor, (2,))
    (rows, cols), zeros = tensor.shape, math.ceil(sparsity * tensor.shape[0])
    values = _draw("normal", tensor, 0, std, generator)
    for col in range(cols):
        values[source().randperm(rows)[:zeros], col] = 0
    return _fill(tensor, values)


def _draw(kind: str, tensor: Tensor, a: float, b: float, generator: Generator | None) -> Any:
    """An array of random numbers of the tensor's shape and dtype, in the order of its memory."""
    return getattr(random, kind)(tensor, a, b, generator=generator)


def _fill(tensor: Tensor, values: Any) -> Tensor:
    with no_grad():
        assign(tensor, values)
    return tensor


def _expect_dims(tensor: Tensor, allowed: tuple[int, ...]) -> None:
    if tensor.ndim not in allowed:
        raise ValueError(
            f"Only tensors with {' or '.join(map(str, allowed))} dimensions are supported, got "
            f"{tuple(tensor.shape)}"
        )


_calculate_fan_in_and_fan_out = fans  # PyTorch's private name, which models use


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    modes = ["fan_in", "fan_out"]
    if mode.lower() not in modes:
        raise ValueError(f"Mode {mode} not supported, please use one of {modes}")
    fan = fans(tensor)[modes.index(mode.lower())]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _is_empty(tensor: Tensor) -> bool:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return True
    return False


def _deprecated(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The function under its old name, which warns."""
    new = function.__name__
    old = new.rstrip("_")

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = old
    call.__doc__ = f"The old name of `{new}`."
    return call


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_)
eye = _deprecated(eye_)
dirac = _deprecated(dirac_)
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)
