"""Questions about tensors."""

from __future__ import annotations

from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.tape.graph import TensorBase

__all__ = ["is_complex", "is_floating_point", "is_nonzero", "is_tensor", "numel", "result_type"]


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_tensor(tg.ones(2)), tg.is_tensor([1.0])
    (True, False)
    """
    return isinstance(obj, TensorBase)


def is_floating_point(input: Any) -> bool:
    """Whether the elements of a tensor are of a floating point dtype; TypeError for others.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_floating_point(tg.ones(2))
    True
    """
    return bool(_tensor(input).is_floating_point())


def is_complex(input: Any) -> bool:
    """Whether the dtype of a tensor is complex; TypeError for others.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_complex(tg.ones(2))
    False
    """
    return bool(_tensor(input).is_complex())


def is_nonzero(input: Any) -> bool:
    """Whether the one element of a tensor is not 0; RuntimeError if there are not one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_nonzero(tg.tensor([0.0]))
    False
    """
    return bool(_tensor(input))


def numel(input: Any) -> int:
    """The number of elements of a tensor; TypeError for others.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.numel(tg.ones(2, 3))
    6
    """
    return int(_tensor(input).numel())


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype of what an operation makes of these two.

    Parameters
    ----------
    tensor1, tensor2 : Tensor or number
        A tensor of no dimensions, and a number even more so, counts only by its kind.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.result_type(tg.tensor([1, 2]), 1.0)
    torch.float32
    """
    pair = (v._array if isinstance(v, TensorBase) else v for v in (tensor1, tensor2))
    return dtypes.of(dtypes.result_dtype(*pair))


def _tensor(input: Any) -> Any:
    if not isinstance(input, TensorBase):
        raise TypeError(f"input must be a Tensor, got {type(input).__name__}")
    return input
