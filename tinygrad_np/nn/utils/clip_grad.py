"""Clipping of gradients."""

from __future__ import annotations

import functools
import types
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.tape.inplace import check_memory
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tensor import Tensor

Tensors = Tensor | Iterable[Tensor]

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
]


@recorded_whole
def get_total_norm(
    tensors: Tensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all elements of some tensors, as if they were one vector.

    Parameters
    ----------
    tensors : Tensor or iterable of Tensor
    norm_type : float, default 2
        The p of the p-norm, `inf` included.
    error_if_nonfinite : bool, default False
        Raise RuntimeError if the norm is infinite or nan.
    foreach : bool, optional
        Accepted for PyTorch's sake.

    Returns
    -------
    Tensor
        0-dimensional.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.get_total_norm([tg.tensor([3.0]), tg.tensor([[4.0]])])
    tensor(5.)
    """
    p = float(norm_type)
    arrays = [t._array for t in _listed(tensors)]
    if not arrays:
        return _tensor(0.0, dtypes.default_float())
    norms = [np.linalg.norm(_wide(a).ravel(order="K"), p) for a in arrays]
    total = np.linalg.norm(np.array(norms), p)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite "
            f"({total}), so it cannot be clipped. To disable this error and scale the gradients "
            "by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return _tensor(total, np.result_type(*(a.real for a in arrays)))


@recorded_whole
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale the gradients by ``max_norm / total_norm`` if that is below 1, in place.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
    max_norm : float
    total_norm : Tensor
        What `get_total_norm` gave for the gradients.
    foreach : bool, optional
        Accepted for PyTorch's sake.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.tensor([1.0, 1.0], requires_grad=True)
    >>> w.grad = tg.tensor([3.0, 4.0])
    >>> tg.nn.utils.clip_grads_with_norm_([w], 1.0, tg.tensor(5.0))
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    factor = float(max_norm) / (total_norm.item() + 1e-6)
    if factor >= 1:  # nan goes on
        return
    for grad in _grads(_listed(parameters)):
        check_memory(grad)
        np.multiply(grad._array, factor, out=grad._array)
        grad._versions().n += 1


@recorded_whole
def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients of all parameters, in place, so that their norm is at most `max_norm`.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Those without a gradient are left out.
    max_norm : float
    norm_type, error_if_nonfinite, foreach : optional
        As for `get_total_norm`. An error leaves the gradients as they were.

    Returns
    -------
    Tensor
        The norm before, 0-dimensional.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.tensor([3.0, 4.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> tg.nn.utils.clip_grad_norm_([w], max_norm=1.0)
    tensor(10.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    listed = _listed(parameters)
    if isinstance(parameters, types.GeneratorType) and not listed:
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2
        )
    total = get_total_norm(_grads(listed), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


@functools.wraps(clip_grad_norm_, assigned=())
def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """The old name of `clip_grad_norm_`, which warns.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.clip_grad_norm([tg.ones(2)], 1.0)  # doctest: +SKIP
    """
    warnings.warn(
        "`nn.utils.clip_grad_norm` is now deprecated in favor of `nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(*args, **kwargs)


@recorded_whole
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Bring each element of the gradients into [-clip_value, clip_value], in place.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
    clip_value : float
    foreach : bool, optional
        Accepted for PyTorch's sake.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> w = tg.tensor([1.0, 1.0], requires_grad=True)
    >>> w.grad = tg.tensor([-0.5, 4.0])
    >>> tg.nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([-0.5000,  1.0000])
    """
    bound = float(clip_value)
    for grad in _grads(_listed(parameters)):
        check_memory(grad)
        np.clip(grad._array, -bound, bound, out=grad._array)
        grad._versions().n += 1


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _grads(parameters: list[Tensor]) -> list[Tensor]:
    return [p._grad for p in parameters if p._grad is not None]


def _wide(array: Any) -> Any:
    """In float32 at least, so that the squares of half precision do not overflow."""
    return array.astype(np.promote_types(array.dtype, np.float32), copy=False)


def _tensor(value: Any, dtype: Any) -> Tensor:
    return Tensor._make(np.asarray(value, dtype))
