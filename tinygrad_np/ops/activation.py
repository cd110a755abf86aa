"""Smooth activations; those made of straight pieces are in `piecewise`.

Where PyTorch has a parameter `inplace`, so have these: True writes the result into `input`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.kernels import normal
from tinygrad_np.kernels.select import select
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops import dims
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.choice import clamp_max, where
from tinygrad_np.ops.elementwise import mul, sub
from tinygrad_np.ops.exponential import exp, sigmoid
from tinygrad_np.ops.trigonometry import tanh
from tinygrad_np.tape.inplace import inplace_flag
from tinygrad_np.tape.op import Array, op

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "logsigmoid",
    "mish",
    "selu",
    "silu",
    "softplus",
    "softsign",
    "tanhshrink",
]


@op(promote=float)
@np.errstate(all="ignore")
def _elu(input: Array, alpha: float, scale: float = 1.0, input_scale: float = 1.0) -> Array:
    below = np.expm1(np.minimum(input, 0) * input_scale)
    return np.maximum(input, 0) * scale + below * (alpha * scale)


@_elu.backward("input")
def _(grad: Array, input: Array, alpha: float, scale: float, input_scale: float) -> Array:
    below = exp(clamp_max(input, 0) * input_scale) * (alpha * scale * input_scale)
    return where(input > 0, grad * scale, grad * below)


@inplace_flag
def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """``x`` where it is positive, ``alpha * (exp(x) - 1)`` elsewhere; the gradient at 0 is alpha.

    Parameters
    ----------
    input : Tensor
    alpha : float, default 1
    inplace : bool, default False

    Source: D.-A. Clevert, T. Unterthiner, S. Hochreiter, https://arxiv.org/abs/1511.07289

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.elu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """
    return _elu(input, alpha=alpha)


@inplace_flag
def selu(input: Any, inplace: bool = False) -> Any:
    """`elu` with a scale and an alpha that keep the mean near 0 and the variance near 1.

    Source: G. Klambauer and others, https://arxiv.org/abs/1706.02515

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.selu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.1113,  0.0000,  2.1014])
    """
    return _elu(input, alpha=1.6732632423543772, scale=1.0507009873554805)


@inplace_flag
def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """``max(0, x) + min(0, alpha * (exp(x / alpha) - 1))``: `elu` with a gradient of 1 at 0.

    Raises
    ------
    RuntimeError
        For an `alpha` of 0.

    Source: J. T. Barron, https://arxiv.org/abs/1704.07483

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.celu(tg.tensor([-1.0, 0.0, 2.0]), alpha=2)
    tensor([-0.7869,  0.0000,  2.0000])
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: celu needs an alpha other than 0")
    return _elu(input, alpha=alpha, input_scale=1 / alpha)


@op(promote=float, aux=True)
@np.errstate(all="ignore")
def gelu(input: Array, approximate: str = "none") -> Array:
    """``x`` times the normal distribution function of ``x``.

    Parameters
    ----------
    input : Tensor
    approximate : {"none", "tanh"}
        "tanh" takes ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2`` for the distribution
        function.

    Raises
    ------
    RuntimeError
        For another `approximate`.

    Source: D. Hendrycks, K. Gimpel, https://arxiv.org/abs/1606.08415

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.gelu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.1587,  0.0000,  1.9545])
    """
    if approximate == "none":
        return normal.gelu(input)
    if approximate == "tanh":
        return input * (np.tanh(_bent(input)) + 1) * 0.5, None
    raise RuntimeError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")


@gelu.backward("input")
def _(grad: Array, input: Array, approximate: str, aux: Array) -> Array:
    if approximate == "none":
        return _gelu_back(grad, input, cdf=aux)
    t = tanh(_bent(input))
    slope = (input * input * (3 * 0.044715) + 1) * math.sqrt(2 / math.pi)
    return grad * ((t + 1 + (1 - t * t) * input * slope) * 0.5)


@op
def _gelu_back(input: Array, other: Array, *, cdf: Array) -> Array:
    """`input` times the derivative of `gelu` at `other`, where the distribution is `cdf`."""
    return normal.gelu_back(input, other, cdf)


_gelu_back.backward(
    input=lambda grad, other, cdf: _gelu_back(grad, other, cdf=cdf),
    other=lambda grad, input, other: grad * input * (2 - other * other) * _normal_density(other),
)


def _normal_density(x: Any) -> Any:
    return exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))


def _bent(x: Any) -> Any:
    return (x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)


@inplace_flag
@op(promote=float)
def silu(input: Array, inplace: bool = False) -> Array:
    """``x * sigmoid(x)``, also called swish.

    Source: S. Elfwing, E. Uchibe, K. Doya, https://arxiv.org/abs/1702.03118

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.silu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2689,  0.0000,  1.7616])
    """
    out = sigmoid(input)
    return silent.run(np.multiply, out, input, out)


@silu.backward("input")
def _(grad: Array, input: Array) -> Array:
    s = sigmoid(input)
    return grad * (s * (1 + input * (1 - s)))


@inplace_flag
@in_float32  # in float16 exp(12) is inf
@op(promote=float)
@np.errstate(all="ignore")
def mish(input: Array, inplace: bool = False) -> Array:
    """``x * tanh(softplus(x))``.

    Source: D. Misra, https://arxiv.org/abs/1908.08681

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.mish(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3034,  0.0000,  1.9440])
    """
    return input * _tanh_softplus(input)


@mish.backward("input")
def _(grad: Array, input: Array) -> Array:
    t = _tanh_softplus(input)
    return grad * (t + input * sigmoid(input) * (1 - t * t))


def _tanh_softplus(x: Any) -> Any:
    """``tanh(log(1 + exp(x)))``, a rational function of exp(x); 1 where that is large."""
    e = exp(clamp_max(x, 20.0))
    w = e * (e + 2)
    return w / (w + 2)


@op(promote=float)
@np.errstate(all="ignore")
def softplus(input: Array, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """``log(1 + exp(beta * x)) / beta``, a smooth relu.

    Parameters
    ----------
    input : Tensor
    beta : float, default 1
        The larger, the closer to relu.
    threshold : float, default 20
        Where ``beta * x`` is above it the result is ``x`` itself, and the gradient 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.softplus(tg.tensor([-1.0, 0.0, 100.0]))
    tensor([  0.3133,   0.6931, 100.0000])
    """
    z = input * beta
    soft = (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))) / beta
    return select(z > threshold, input, soft)


@softplus.backward("input")
def _(grad: Array, input: Array, beta: float, threshold: float) -> Array:
    z = input * beta
    return where(z > threshold, grad, grad * sigmoid(z))


@op(promote=float)
@np.errstate(all="ignore")
def softsign(input: Array) -> Array:
    """``x / (1 + |x|)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.softsign(tg.tensor([-1.0, 0.0, 3.0]))
    tensor([-0.5000,  0.0000,  0.7500])
    """
    return input / (1 + np.abs(input))


softsign.backward(input=lambda grad, input: grad / (1 + abs(input)) ** 2)


@op(promote=float)
@np.errstate(all="ignore")
def logsigmoid(input: Array) -> Array:
    """``log(1 / (1 + exp(-x)))``, finite for every finite x.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.logsigmoid(tg.tensor([-1000.0, 0.0]))
    tensor([-1.0000e+03, -6.9315e-01])
    """
    return np.minimum(input, 0) - np.log1p(np.exp(-np.abs(input)))


logsigmoid.backward(input=lambda grad, input: grad * sigmoid(-input))


def tanhshrink(input: Any) -> Any:
    """``x - tanh(x)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.tanhshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2384,  0.0000,  1.0360])
    """
    return sub(input, tanh(input))


def glu(input: Any, dim: int = -1) -> Any:
    """The first half of a tensor along `dim`, times the sigmoid of the second.

    Parameters
    ----------
    input : Tensor
        Of an even size along `dim`.
    dim : int, default -1

    Returns
    -------
    Tensor
        Half as large along `dim`.

    Raises
    ------
    RuntimeError
        For an odd size, and for a 0-d tensor.
    IndexError
        If there is no such dimension.

    Source: Y. N. Dauphin and others, https://arxiv.org/abs/1612.08083

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.glu(tg.tensor([[1.0, 2.0, 0.0, 100.0]]))
    tensor([[0.5000, 2.0000]])
    """
    if input.ndim == 0:
        raise RuntimeError("glu halves a dimension: a 0-d tensor has none")
    dim = dims.one(dim, input.ndim)
    half, odd = divmod(input.shape[dim], 2)
    if odd:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}: "
            f"the shape is {list(input.shape)}"
        )
    before = (slice(None),) * dim
    first, second = input[(*before, slice(half))], input[(*before, slice(half, None))]
    return mul(first, sigmoid(second))
