"""Linear layers, and those that only reshape."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_np.creation import empty
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.gain import fans
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = ["Bilinear", "Flatten", "Identity", "Linear", "Unflatten"]


def draw_weights(weight: Tensor, bias: Tensor | None) -> None:
    """PyTorch's initial values of linear and convolution layers: evenly in ±1 / sqrt(fan_in)."""
    init.kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        fan_in = fans(weight)[0]
        bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
        init.uniform_(bias, -bound, bound)


class Linear(Module):
    """``input @ weight.T + bias``.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool, default True
    device : device, optional
        The CPU.
    dtype : dtype, optional
        Of the parameters; the default dtype unless given.

    Attributes
    ----------
    weight : Parameter
        (out_features, in_features), drawn evenly from ±1 / sqrt(in_features).
    bias : Parameter or None
        (out_features,), drawn likewise.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(3, 2)
    >>> layer(tg.ones(5, 3)).shape
    torch.Size([5, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        draw_weights(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """(*, in_features) to (*, out_features)."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class NonDynamicallyQuantizableLinear(Linear):
    """PyTorch's name of the `Linear` behind attention."""


class Bilinear(Module):
    """``input1 @ weight @ input2 + bias``, one weight matrix for each output.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
    bias : bool, default True
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight : Parameter
        (out_features, in1_features, in2_features), drawn evenly from ±1 / sqrt(in1_features).
    bias : Parameter or None
        (out_features,), drawn likewise.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Bilinear(3, 4, 2)
    >>> layer(tg.ones(5, 3), tg.ones(5, 4)).shape
    torch.Size([5, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = Parameter(
            empty(out_features, in1_features, in2_features, device=device, dtype=dtype)
        )
        self.register_parameter(
            "bias", Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        bound = 1 / math.sqrt(self.in1_features)
        for param in self.parameters():
            init.uniform_(param, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """(*, in1_features) and (*, in2_features) to (*, out_features)."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Identity(Module):
    """Returns its input; takes any arguments and ignores them.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Identity(54, unused=True)(tg.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """The input."""
        return input


class Flatten(Module):
    """Makes one dimension of several, by default of all but the batch's.

    Parameters
    ----------
    start_dim : int, default 1
    end_dim : int, default -1
        The last of them.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Flatten()(tg.ones(8, 1, 5, 5)).shape
    torch.Size([8, 25])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The input with fewer dimensions."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Makes several dimensions of one.

    Parameters
    ----------
    dim : int
    unflattened_size : tuple of int
        Their sizes; one may be -1 and follows from the others.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Unflatten(1, (2, 5, 5))(tg.ones(8, 50)).shape
    torch.Size([8, 2, 5, 5])
    """

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """The input with more dimensions."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
