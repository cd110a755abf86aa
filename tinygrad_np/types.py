"""Names for annotations, as `torch.types` has them.

Source: the names are PyTorch's, https://github.com/pytorch/pytorch/blob/main/torch/types.py
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import IO, TypeAlias, Union

from tinygrad_np.device import device as _device
from tinygrad_np.dtypes import dtype as _dtype  # noqa: F401
from tinygrad_np.formats import layout as _layout  # noqa: F401
from tinygrad_np.size import Size
from tinygrad_np.storage import TypedStorage as Storage
from tinygrad_np.tensor import Tensor

__all__ = ["Device", "FileLike", "Number", "Storage"]

Number: TypeAlias = int | float | bool
Device: TypeAlias = _device | str | int | None
FileLike: TypeAlias = Union[str, "os.PathLike[str]", IO[bytes]]

IntLikeType: TypeAlias = int
FloatLikeType: TypeAlias = float
BoolLikeType: TypeAlias = bool

_Number = (int, float, bool)  # for isinstance
_size: TypeAlias = Size | list[int] | tuple[int, ...]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
_TensorOrOptionalTensors: TypeAlias = Tensor | Sequence[Tensor | None]
