"""Complex numbers: made of their parts, taken apart, and what is not an analytic function of them.

Rules of functions that are not analytic are written for conjugates: see tape/complex.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import eq
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import abs, mul, sign
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw
from tinygrad_np.ops.trigonometry import cos, sin
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "angle",
    "complex",
    "conj",
    "conj_physical",
    "imag",
    "is_conj",
    "isreal",
    "polar",
    "real",
    "resolve_conj",
    "resolve_neg",
    "sgn",
    "view_as_complex",
    "view_as_real",
]


def _is_complex(x: Any) -> bool:
    return bool(raw(x).dtype.kind == "c")


# --- parts ---


@op
def _complex(real: Array, imag: Array) -> Array:
    out = np.empty(np.broadcast_shapes(real.shape, imag.shape), dtypes.complex_of(real.dtype))
    out.real, out.imag = real, imag
    return out


_complex.backward(real=lambda grad: real(grad), imag=lambda grad: -imag(grad))


@takes_out
def complex(real: Array, imag: Array) -> Array:
    """The complex numbers with these parts.

    Parameters
    ----------
    real, imag : Tensor
        float32 or float64, both of one dtype, of shapes that broadcast together.

    Returns
    -------
    Tensor
        complex64 or complex128.

    Raises
    ------
    RuntimeError
        For other dtypes, and for two that differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.complex(tg.tensor([1.0, 2.0]), tg.tensor([3.0, -4.0]))
    tensor([1.+3.j, 2.-4.j])
    """
    if real.dtype != imag.dtype or real.dtype not in (np.float32, np.float64):
        raise RuntimeError(
            "complex(): expected both parts to be float32, or both float64, but got "
            f"{real.dtype} and {imag.dtype}"
        )
    return _complex(real, imag)


@takes_out
def polar(abs: Array, angle: Array) -> Array:
    """The complex numbers with these absolute values, and angles in radians.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.polar(tg.tensor([2.0]), tg.tensor([0.0]))
    tensor([2.+0.j])
    """
    return complex(mul(abs, cos(angle)), mul(abs, sin(angle)))


@op(view=True)
def _real(input: Array) -> Array:
    return input.real


_real.backward(input=lambda grad: grad)


@op(view=True)
def _imag(input: Array) -> Array:
    return input.imag


_imag.backward(input=lambda grad: _complex(zero(grad), -grad))  # not -1j * inf, which is nan


def real(input: Any) -> Any:
    """The real parts, as a view; a real tensor itself.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.real(tg.tensor([1 + 2j]))
    tensor([1.])
    """
    return _real(input) if _is_complex(input) else input


def imag(input: Any) -> Any:
    """The imaginary parts, as a view; RuntimeError for a real tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.imag(tg.tensor([1 + 2j]))
    tensor([2.])
    """
    if not _is_complex(input):
        raise RuntimeError(
            f"imag is not implemented for tensors with non-complex dtypes, got {input.dtype}"
        )
    return _imag(input)


@op(view=True)
def view_as_real(input: Array) -> Array:
    """Both parts as a last dimension of 2, on the same memory.

    Parameters
    ----------
    input : Tensor
        (*), complex.

    Returns
    -------
    Tensor
        (*, 2)

    Raises
    ------
    RuntimeError
        For a real tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.view_as_real(tg.tensor([1 + 2j, 3 + 4j]))
    tensor([[1., 2.],
            [3., 4.]])
    """
    if input.dtype.kind != "c":
        raise RuntimeError(f"view_as_real is only supported for complex tensors, got {input.dtype}")
    return input[..., None].view(dtypes.real_of(input.dtype))


view_as_real.backward(input=lambda grad: _complex(grad[..., 0], -grad[..., 1]))


@op(view=True)
def view_as_complex(input: Array) -> Array:
    """The complex numbers whose parts are the last dimension, on the same memory.

    Parameters
    ----------
    input : Tensor
        (*, 2), float32 or float64, with a last dimension of stride 1.

    Returns
    -------
    Tensor
        (*)

    Raises
    ------
    RuntimeError
        For other dtypes, shapes and strides.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.view_as_complex(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([1.+2.j, 3.+4.j])
    """
    if input.dtype not in (np.float32, np.float64):
        raise RuntimeError(
            f"view_as_complex is only supported for float32 and float64, got {input.dtype}"
        )
    if not input.ndim or input.shape[-1] != 2:
        raise RuntimeError(
            f"view_as_complex: expected a last dimension of size 2, got {list(input.shape)}"
        )
    steps = tuple(s // input.itemsize for s in input.strides)
    if input.size and (steps[-1] != 1 or any(s % 2 for s in steps[:-1])):
        raise RuntimeError(
            "view_as_complex: the parts of each number must lie side by side in memory, got "
            f"strides {steps}; use .contiguous() first"
        )
    return input.view(dtypes.complex_of(input.dtype))[..., 0]


view_as_complex.backward(input=lambda grad: view_as_real(grad.conj()))


# --- not analytic ---


@op
def _conj(input: Array) -> Array:
    return np.conj(input)


_conj.backward(input=lambda grad: grad.conj())


def conj(input: Any) -> Any:
    """The conjugate numbers; a real tensor itself. PyTorch gives a view, this has its own memory.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conj(tg.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return _conj(input) if _is_complex(input) else input


@takes_out
def conj_physical(input: Any) -> Any:
    """`conj`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conj_physical(tg.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return conj(input)


def resolve_conj(input: Any) -> Any:
    """The tensor itself: no conjugate waits to be computed.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.resolve_conj(tg.tensor([1 + 2j]).conj())
    tensor([1.-2.j])
    """
    return input


def resolve_neg(input: Any) -> Any:
    """The tensor itself: no negative waits to be computed.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.resolve_neg(tg.tensor([1 + 2j]))
    tensor([1.+2.j])
    """
    return input


def is_conj(input: Any) -> bool:
    """False: a conjugate is computed at once.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_conj(tg.tensor([1 + 2j]).conj())
    False
    """
    return False


@op
def angle(input: Array) -> Array:
    """The angle of each number in radians, from -pi to pi; of real ones 0 or pi, nan for nan.

    Its gradient is 0 for real numbers, and at 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.angle(tg.tensor([1j, -2 + 0j]))
    tensor([1.5708, 3.1416])
    """
    if input.dtype.kind == "c":
        return silent.run(np.angle, input)
    dtype = input.dtype if input.dtype.kind == "f" else dtypes.default_float()
    angles = np.where(input < 0, np.asarray(np.pi, dtype), np.asarray(0, dtype))
    return np.where(np.isnan(input), np.asarray(np.nan, dtype), angles)


@angle.backward("input")
def _(grad: Array, input: Array) -> Array:
    if not _is_complex(input):
        return zero(grad)
    at_zero = eq(input, 0)
    return where(at_zero, 0.0, div(mul(grad, -1j), where(at_zero, 1.0, input)))


@takes_out
def sgn(input: Any) -> Any:
    """Each number over its absolute value, 0 for 0: for real ones `sign`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sgn(tg.tensor([3 + 4j]))
    tensor([0.6000+0.8000j])
    """
    if not _is_complex(input):
        return sign(input)
    size = abs(input)
    return div(input, size + eq(size, 0))


def isreal(input: Any) -> Any:
    """Whether the imaginary part of each number is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isreal(tg.tensor([1 + 0j, 1j]))
    tensor([ True, False])
    """
    return eq(imag(input), 0) if _is_complex(input) else eq(zero(input), 0)
