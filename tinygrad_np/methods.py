"""The methods of Tensor that are ops or functions of its first argument.

Each is one line, so that editors and type checkers see it; its documentation is the function's.
A name with an underscore at its end works in place.
"""

from __future__ import annotations

from typing import Any

from tinygrad_np.ops import cast, compare, elementwise, index, linalg, reduce, shape
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import assign, inplace


class Methods(TensorBase):
    """What `Tensor` inherits from the ops."""

    __slots__ = ()

    # --- elementwise: ops/elementwise.py ---
    add, add_ = elementwise.add, inplace(elementwise.add)
    sub, sub_ = elementwise.sub, inplace(elementwise.sub)
    mul, mul_ = elementwise.mul, inplace(elementwise.mul)
    neg, neg_ = elementwise.neg, inplace(elementwise.neg)
    exp, exp_ = elementwise.exp, inplace(elementwise.exp)
    tanh, tanh_ = elementwise.tanh, inplace(elementwise.tanh)

    # --- comparisons and logic: ops/compare.py ---
    eq = compare.eq

    # --- activations: ops/activation.py ---

    # --- reductions: ops/reduce.py ---
    sum = reduce.sum

    # --- shapes and views: ops/shape.py ---
    reshape = shape.reshape
    view = shape.view
    expand = shape.expand
    squeeze = shape.squeeze
    unsqueeze = shape.unsqueeze
    transpose = shape.transpose
    swapaxes = shape.swapaxes
    permute = shape.permute
    clone = shape.clone
    unbind = shape.unbind

    # --- indexing, gathering, sorting: ops/index.py, ops/sort.py ---
    gather = index.gather
    take_along_dim = index.take_along_dim

    # --- linear algebra: ops/linalg.py ---
    matmul = linalg.matmul
    mm, bmm, mv = linalg.mm, linalg.bmm, linalg.mv
    dot, vdot = linalg.dot, linalg.vdot
    outer, ger = linalg.outer, linalg.ger

    # --- random values in place, fill_, zero_, copy_: ops/fill.py ---

    # --- types: ops/cast.py ---
    to = cast.to

    # --- operators ---
    __add__ = __radd__ = elementwise.add
    __mul__ = __rmul__ = elementwise.mul
    __sub__ = elementwise.sub
    __neg__ = elementwise.neg
    __iadd__, __isub__, __imul__ = add_, sub_, mul_
    __eq__ = compare.eq  # type: ignore[assignment]

    __matmul__ = linalg.matmul

    def __rmatmul__(self, other: Any) -> Any:
        return linalg.matmul(other, self)

    def __rsub__(self, other: Any) -> Any:
        return elementwise.sub(other, self)
