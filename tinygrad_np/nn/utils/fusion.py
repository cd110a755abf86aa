"""Convolutions and linear layers that do what the batch normalization after them does, too."""

from __future__ import annotations

import copy
from typing import Any

from tinygrad_np.creation import ones_like, zeros_like
from tinygrad_np.nn.parameter import Parameter

__all__ = [
    "fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights",
]  # fmt: skip


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A convolution that computes ``bn(conv(x))`` of two layers in evaluation mode.

    Parameters
    ----------
    conv : Module
        A convolution.
    bn : Module
        A batch normalization with running statistics.
    transpose : bool, default False
        Whether the convolution is a transposed one.

    Raises
    ------
    AssertionError
        If a layer is in training mode, or `bn` has no statistics.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> conv, bn = tg.nn.Conv2d(1, 2, 3).eval(), tg.nn.BatchNorm2d(2).eval()
    >>> tg.nn.utils.fuse_conv_bn_eval(conv, bn)
    Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
    """
    return _fused(conv, bn, transpose)


def fuse_conv_bn_weights(
    conv_w: Any, conv_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """The weight and bias of such a convolution; None for a bias or weight that there is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w, mean, var = tg.ones(1, 1, 1), tg.ones(1), tg.full((1,), 4.0)
    >>> w, b = tg.nn.utils.fuse_conv_bn_weights(w, None, mean, var, 0.0, None, None)
    >>> w.item(), b.item()
    (0.5, -0.5)
    """
    scale = (ones_like(bn_rm) if bn_w is None else bn_w) / (bn_rv + bn_eps).sqrt()
    bias = zeros_like(bn_rm) if conv_b is None else conv_b
    trained = conv_w.requires_grad, bias.requires_grad
    shift = zeros_like(bn_rm) if bn_b is None else bn_b
    channels = [1] * conv_w.ndim
    channels[1 if transpose else 0] = -1
    weight = (conv_w * scale.reshape(channels)).to(conv_w.dtype)
    like = conv_w if conv_b is None else conv_b
    bias = ((bias - bn_rm) * scale + shift).to(like.dtype)
    return Parameter(weight.detach(), trained[0]), Parameter(bias.detach(), trained[1])


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A linear layer that computes ``bn(linear(x))`` of two layers in evaluation mode.

    Raises
    ------
    AssertionError
        If a layer is in training mode, if `bn` has no statistics or those of other features.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> linear, bn = tg.nn.Linear(3, 2).eval(), tg.nn.BatchNorm1d(2).eval()
    >>> tg.nn.utils.fuse_linear_bn_eval(linear, bn)
    Linear(in_features=3, out_features=2, bias=True)
    """
    if bn.num_features not in (linear.out_features, 1):
        raise AssertionError(
            f"To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"{linear.out_features} and {bn.num_features}"
        )
    return _fused(linear, bn, False)


def fuse_linear_bn_weights(
    linear_w: Any, linear_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any
) -> tuple[Parameter, Parameter]:
    """The weight and bias of such a linear layer.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w, mean, var = tg.ones(1, 1), tg.ones(1), tg.full((1,), 4.0)
    >>> w, b = tg.nn.utils.fuse_linear_bn_weights(w, None, mean, var, 0.0, None, None)
    >>> w.item(), b.item()
    (0.5, -0.5)
    """
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def _fused(layer: Any, bn: Any, transpose: bool) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval! Call .eval() of both layers before")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError(f"{bn} has no running statistics to fuse")
    out = copy.deepcopy(layer)
    out.weight, out.bias = fuse_conv_bn_weights(
        out.weight, out.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return out
