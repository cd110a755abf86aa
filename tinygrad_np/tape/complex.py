"""Complex numbers on the tape.

The rules are written for real numbers: from the gradient of the result, by products with
derivatives, to that of the argument. For a complex one PyTorch's gradient is, of a real loss L and
``z = x + iy``, ``dL/dx + i dL/dy``; through an analytic function with the derivative f' it is
multiplied by the conjugate of f'. So a rule that is given the conjugate of the gradient returns
the conjugate of what is wanted, and one mechanism serves the ops that are analytic functions.

Those that are not (the absolute value, the parts, the conjugate) have rules for that convention:
what they return is conjugated, and what they are given was.

Source: https://pytorch.org/docs/stable/notes/autograd.html#autograd-for-complex-numbers
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import JointNode, Node, Part

MAKES_COMPLEX = frozenset(
    {"_cast", "_complex", "_eig", "_fft", "view_as_complex"}
)  # of real numbers
TAKES_COMPLEX = MAKES_COMPLEX | {  # and those that make views
    "_add_windows", "_cat", "_conj", "_contiguous", "_contract", "_div", "_flip", "_index", "_ldl",
    "_ldl_solve", "_masked_fill", "_pad", "_part", "_repeat", "_roll", "_scatter", "_solve",
    "_stack", "_tril", "_triu", "_where", "abs", "acos", "acosh", "add", "all", "angle", "any",
    "asin", "asinh", "atan", "atanh", "clone", "cos", "cosh", "cumprod", "cumsum", "det", "eq",
    "exp", "exp2", "expm1", "inv", "isclose", "isfinite", "isinf", "isnan", "linear", "log",
    "log10", "log1p", "log2", "matmul", "matrix_exp", "mean", "mul", "ne", "neg", "pow", "prod",
    "reciprocal", "rsqrt", "sigmoid", "sin", "sinh", "sqrt", "sub", "sum", "tan", "tanh", "write",
    "xlogy", "zero",
}  # fmt: skip


def refuse_complex(name: str, values: Sequence[Any]) -> None:
    """NotImplementedError, a RuntimeError, if one of the values is complex."""
    for value in values:
        dtype = getattr(value, "dtype", None)
        if isinstance(value, complex) or (dtype is not None and dtype.kind == "c"):
            kind = "ComplexFloat" if dtype == np.complex64 else "ComplexDouble"
            raise NotImplementedError(
                f"\"{name.strip('_')}\" not implemented for '{kind}': take the parts, .real and "
                ".imag, or the absolute value, .abs()"
            )


class ComplexNode(Node):
    """A node whose result, or an argument of which, is complex."""

    __slots__ = ()

    def backward(
        self, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        found = super().backward(grad.conj(), record, needed)
        return [(parent, conjugate(g)) for parent, g in found]


class ComplexJointNode(ComplexNode, JointNode):
    """The same where one rule gives the gradients of several arguments."""

    __slots__ = ()


def conjugate(grad: Any) -> Any:
    """The conjugate of a gradient, if there is one."""
    if isinstance(grad, Part):
        return Part(grad.array.conj(), grad.where)
    return None if grad is None else grad.conj()
