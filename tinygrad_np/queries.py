"""Questions about tensors."""

from __future__ import annotations

from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.storage import TypedStorage
from tinygrad_np.tape.graph import TensorBase

__all__ = [
    "get_device", "is_complex", "is_floating_point", "is_inference", "is_neg", "is_nonzero",
    "is_same_size", "is_signed", "is_storage", "is_tensor", "numel", "result_type", "typename",
]  # fmt: skip


def _assert(condition: Any, message: str) -> None:
    """An assertion that PyTorch's tracers see; an AssertionError with the message."""
    assert condition, message


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


def is_signed(input: Any) -> bool:
    """Whether the dtype of a tensor has negative numbers; TypeError for others.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_signed(tg.tensor([1], dtype=tg.uint8))
    False
    """
    return bool(_tensor(input).is_signed())


def is_same_size(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_same_size(tg.ones(2), tg.zeros(2))
    True
    """
    return bool(_tensor(input).is_same_size(other))


def is_inference(input: Any) -> bool:
    """False: tensors made in `inference_mode` are ordinary ones.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_inference(tg.ones(2))
    False
    """
    return bool(_tensor(input).is_inference())


def is_neg(input: Any) -> bool:
    """False: no tensor waits to be negated.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_neg(tg.ones(2))
    False
    """
    return bool(_tensor(input).is_neg())


def is_storage(obj: Any) -> bool:
    """Whether `obj` is a storage.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_storage(tg.ones(2).storage()), tg.is_storage(tg.ones(2))
    (True, False)
    """
    return isinstance(obj, TypedStorage)


def get_device(input: Any) -> int:
    """-1, which stands for the CPU; TypeError for what is no tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_device(tg.ones(2))
    -1
    """
    return int(_tensor(input).get_device())


def typename(obj: Any, /) -> str:
    """The name of a tensor's type by its dtype, and of another object's type with its module.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.typename(tg.ones(2)), tg.typename(1.5)
    ('torch.FloatTensor', 'float')
    """
    if isinstance(obj, TensorBase):
        return str(obj.type())  # type: ignore[attr-defined]
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


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
