"""Activations as modules: the functions of `nn.functional` with their parameters."""

from __future__ import annotations

from typing import Any

from tinygrad_np.creation import full
from tinygrad_np.nn import functional as F
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class _InPlace(Module):
    """An activation without parameters that can write its result over its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


def _words(module: Any, *names: str) -> str:
    """``name=value`` for each name, and ``inplace=True`` if that is so."""
    words = [f"{name}={getattr(module, name)}" for name in names]
    return ", ".join(words + ["inplace=True"] * module.inplace)


class ReLU(_InPlace):
    """``max(0, x)``; the gradient at 0 is 0.

    Parameters
    ----------
    inplace : bool, default False

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.ReLU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, inplace=self.inplace)


class SiLU(_InPlace):
    """``x * sigmoid(x)``, also called swish. See `ReLU` for the parameter."""

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, inplace=self.inplace)


class Mish(_InPlace):
    """``x * tanh(softplus(x))``. See `ReLU` for the parameter."""

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, inplace=self.inplace)


class SELU(_InPlace):
    """``scale * (max(0, x) + min(0, alpha * (exp(x) - 1)))`` with fixed scale and alpha.

    See `ReLU` for the parameter.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, inplace=self.inplace)


class Hardswish(_InPlace):
    """``x * relu6(x + 3) / 6``. See `ReLU` for the parameter."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, inplace=self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardsigmoid(_InPlace):
    """``relu6(x + 3) / 6``. See `ReLU` for the parameter."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, inplace=self.inplace)

    def extra_repr(self) -> str:
        return ""


class Sigmoid(Module):
    """``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Sigmoid()(tg.tensor([0.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class LogSigmoid(Module):
    """``log(sigmoid(x))``, without overflow."""

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softsign(Module):
    """``x / (1 + abs(x))``."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(Module):
    """``x - tanh(x)``."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Hardtanh(Module):
    """``min(max(x, min_val), max_val)``; the gradient at the ends is 0.

    Parameters
    ----------
    min_val : float, default -1
    max_val : float, default 1
        Larger than `min_val`; ValueError otherwise.
    inplace : bool, default False
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        if max_val <= min_val:
            raise ValueError(
                "max_val must be larger than min_val, "
                f"but got min_val={min_val} and max_val={max_val}"
            )
        self.min_val = min_val
        self.max_val = max_val
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return _words(self, "min_val", "max_val")


class ReLU6(Hardtanh):
    """``min(max(0, x), 6)``. See `ReLU` for the parameter."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Threshold(Module):
    """``x`` where it is larger than `threshold`, else `value`.

    Parameters
    ----------
    threshold, value : float
    inplace : bool, default False
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return _words(self, "threshold", "value")


class LeakyReLU(Module):
    """``x`` where it is positive, else ``negative_slope * x``.

    Parameters
    ----------
    negative_slope : float, default 0.01
    inplace : bool, default False

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.LeakyReLU(0.5)(tg.tensor([-2.0, 2.0]))
    tensor([-1.,  2.])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return _words(self, "negative_slope")


class RReLU(Module):
    """`LeakyReLU` whose slopes are drawn from [lower, upper] in training, their mean in evaluation.

    Parameters
    ----------
    lower : float, default 1/8
    upper : float, default 1/3
    inplace : bool, default False
    """

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return _words(self, "lower", "upper")


class PReLU(Module):
    """`LeakyReLU` with slopes that are learned.

    Parameters
    ----------
    num_parameters : int, default 1
        1, or the number of channels: dimension 1 of the input.
    init : float, default 0.25
        The initial slope.
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight : Parameter
        (num_parameters,)
    """

    weight: Parameter

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(full((num_parameters,), float(init), device=device, dtype=dtype))

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class ELU(Module):
    """``x`` where it is positive, else ``alpha * (exp(x) - 1)``.

    Parameters
    ----------
    alpha : float, default 1
    inplace : bool, default False
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return _words(self, "alpha")


class CELU(Module):
    """``x`` where it is positive, else ``alpha * (exp(x / alpha) - 1)``.

    Parameters
    ----------
    alpha : float, default 1
    inplace : bool, default False
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return _words(self, "alpha")


class GELU(Module):
    """``x`` times the probability that a standard normal number is smaller.

    Parameters
    ----------
    approximate : {"none", "tanh"}, default "none"
        Exact, or by a tanh.
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Softplus(Module):
    """``log(1 + exp(beta * x)) / beta``, a smooth `ReLU`.

    Parameters
    ----------
    beta : float, default 1
    threshold : float, default 20
        Where ``beta * x`` is larger, the result is ``x``.
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Softshrink(Module):
    """``x`` moved towards 0 by `lambd`, 0 where it is nearer.

    Parameters
    ----------
    lambd : float, default 0.5
        Not negative.
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(Module):
    """``x`` where its size is larger than `lambd`, else 0.

    Parameters
    ----------
    lambd : float, default 0.5
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class GLU(Module):
    """The first half of the input along `dim` times the sigmoid of the second.

    Parameters
    ----------
    dim : int, default -1
        Its size must be even.
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
