"""What initial values depend on: the gain of a nonlinearity, the fans of a weight."""

from __future__ import annotations

import math

from tinygrad_np.tensor import Tensor

__all__ = ["calculate_gain"]

_GAINS = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d", "sigmoid"), 1),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1),
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which a nonlinearity asks the standard deviation of weights to grow.

    Parameters
    ----------
    nonlinearity : str
        A name of `nn.functional`: linear, conv1d, ..., sigmoid, tanh, relu, leaky_relu, selu.
    param : float, optional
        The negative slope of leaky_relu, 0.01 unless given.

    Raises
    ------
    ValueError
        For any other name, or a slope that is no number.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> nn.init.calculate_gain("leaky_relu", 0.0)
    1.4142135623730951
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope!r} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(
            f"Unsupported nonlinearity {nonlinearity!r}; supported are "
            + ", ".join([*_GAINS, "leaky_relu"])
        )
    return _GAINS[nonlinearity]


def fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output depends on, and how many outputs an input has effect on."""
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, "
            f"got shape {tuple(tensor.shape)}"
        )
    out, inner, *kernel = tensor.shape
    field = math.prod(kernel)
    return inner * field, out * field
