"""Collating: one batch of many items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.conversion import as_tensor, tensor
from tinygrad_np.ops.join import stack
from tinygrad_np.tape.graph import TensorBase

__all__ = ["default_collate", "default_convert"]


def default_convert(data: Any) -> Any:
    """Make tensors of NumPy's arrays and numbers, also inside of containers; the rest stays.

    What a DataLoader without batches (``batch_size=None``) makes of each item.

    Examples
    --------
    >>> import numpy as np, tinygrad_np as tg
    >>> tg.utils.data.default_convert({"x": np.ones(2), "y": 3})
    {'x': tensor([1., 1.], dtype=torch.float64), 'y': 3}
    """
    if isinstance(data, (np.ndarray, np.generic)) and not isinstance(data, (str, bytes)):
        return as_tensor(data) if data.dtype.kind in "biuf" else data
    if isinstance(data, Mapping):
        return _made(type(data), {key: default_convert(value) for key, value in data.items()})
    if _is_sequence(data):
        return _sequence_like(data, [default_convert(value) for value in data])
    return data


def default_collate(batch: Sequence[Any]) -> Any:
    """Make one batch of a list of items of one kind.

    Tensors, and NumPy's arrays and numbers, are stacked along a new first dimension; of numbers a
    tensor is made (of floats one of float64); strings stay as they are. Of mappings, tuples and
    lists each entry is collated for itself, and the result is one such (for a tuple, a list).

    Parameters
    ----------
    batch : sequence
        At least one item.

    Raises
    ------
    TypeError
        For items of another kind.
    RuntimeError
        For tensors of different shapes, and for sequences of different lengths.

    Source: https://pytorch.org/docs/stable/data.html#torch.utils.data.default_collate

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.utils.data.default_collate([(tg.ones(2), 3, "a"), (tg.zeros(2), 4, "b")])
    [tensor([[1., 1.],
            [0., 0.]]), tensor([3, 4]), ('a', 'b')]
    """
    item = batch[0]
    if isinstance(item, TensorBase):
        return stack(list(batch))
    if isinstance(item, (str, bytes)):
        return batch
    if isinstance(item, (np.ndarray, np.generic)):
        if item.dtype.kind not in "biuf":
            raise _unknown(item.dtype)
        return stack([as_tensor(one) for one in batch])
    if isinstance(item, float):
        return tensor(batch, dtype=dtypes.float64)
    if isinstance(item, int):
        return tensor(batch)
    if isinstance(item, Mapping):
        return _made(
            type(item), {key: default_collate([one[key] for one in batch]) for key in item}
        )
    if _is_sequence(item):
        lengths = sorted({len(one) for one in batch})
        if len(lengths) > 1:
            raise RuntimeError(
                "each element in list of batch should be of equal size, but there are sizes "
                f"{lengths}; pass a collate_fn that pads them or keeps them in a list"
            )
        return _sequence_like(item, [default_collate(entries) for entries in zip(*batch)])
    raise _unknown(type(item))


def _unknown(kind: Any) -> TypeError:
    return TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {kind}; pass a collate_fn for other items"
    )


def _is_sequence(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, (str, bytes, bytearray))


def _sequence_like(data: Any, entries: list[Any]) -> Any:
    if hasattr(data, "_fields"):  # a named tuple
        return type(data)(*entries)
    return entries if isinstance(data, tuple) else _made(type(data), entries)


def _made(kind: Callable[[Any], Any], entries: Any) -> Any:
    """A container of this kind, or the plain one where its constructor takes something else."""
    try:
        return kind(entries)
    except TypeError:
        return entries
