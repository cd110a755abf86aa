"""Changes of an image's values: dtype, range, mean and deviation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms.image import Image

__all__ = ["convert_image_dtype", "normalize", "to_tensor"]


def to_tensor(pic: Image) -> Tensor:
    """An array (H, W) or (H, W, C) as a Tensor (C, H, W); uint8 becomes floats from 0 to 1.

    Anything that NumPy can make such an array of will do, a picture of Pillow's too.

    Raises
    ------
    TypeError
        For something else.
    ValueError
        For an array of another number of dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.to_tensor(np.array([[0, 255]], np.uint8))
    tensor([[[0., 1.]]])
    """
    if isinstance(pic, TensorBase) or not hasattr(pic, "__array_interface__"):
        raise TypeError(f"to_tensor: expected an ndarray (H, W) or (H, W, C), got {type(pic)}")
    image = np.asarray(pic)
    if image.ndim not in (2, 3):
        raise ValueError(f"to_tensor: expected 2 or 3 dimensions, got shape {image.shape}")
    planes = image[None] if image.ndim == 2 else np.moveaxis(image, 2, 0)
    if planes.dtype == np.uint8:
        default = dtypes.default_float()
        out = np.empty(planes.shape, default)
        np.divide(planes, default.type(255), out=out)
    else:
        out = np.array(planes, order="C")
    return Tensor._make(out)  # type: ignore[no-any-return]


def normalize(
    tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False
) -> Tensor:
    """``(tensor - mean) / std``, with a mean and a deviation for each channel.

    Parameters
    ----------
    tensor : Tensor
        Of floats, (..., C, H, W).
    mean, std : sequence of float
        One for each channel, or one for all.
    inplace : bool, default False

    Raises
    ------
    TypeError
        For something else than a Tensor of floats.
    ValueError
        If a deviation is 0, for less than 3 dimensions, and for another number of channels.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.normalize(tg.tensor([[[1.0, 5.0]]]), mean=[1.0], std=[2.0])
    tensor([[[0., 2.]]])
    """
    if not isinstance(tensor, TensorBase) or tensor._array.dtype.kind != "f":
        what = tensor.dtype if isinstance(tensor, TensorBase) else type(tensor).__name__
        raise TypeError(f"normalize: expected a Tensor of floats, got {what}; ToTensor() makes one")
    array = tensor.numpy()
    if array.ndim < 3:
        raise ValueError(f"normalize: expected (..., C, H, W), got shape {array.shape}")
    centre, spread = (np.asarray(v, array.dtype).reshape(-1, 1, 1) for v in (mean, std))
    if (spread == 0).any():
        raise ValueError(f"normalize: a std of 0 leads to division by zero: {std}")
    for name, value in (("mean", centre), ("std", spread)):
        if len(value) not in (1, array.shape[-3]):
            raise ValueError(
                f"normalize: {len(value)} values of {name} for {array.shape[-3]} channels"
            )
    out = np.subtract(array, centre, out=array if inplace else None)
    out /= spread
    if inplace:
        tensor._versions().n += 1
        return tensor
    return Tensor._make(out)  # type: ignore[no-any-return]


def convert_image_dtype(image: Tensor, dtype: Any = dtypes.float32) -> Tensor:
    """Another dtype, and its range: floats go from 0 to 1, integers from 0 to their largest.

    Raises
    ------
    RuntimeError
        From float32 to int32 or int64, and from float64 to int64, which can't hold the result.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.convert_image_dtype(tg.tensor([0.0, 0.5, 1.0]), tg.uint8)
    tensor([  0, 127, 255], dtype=torch.uint8)
    """
    array, target = image.numpy(), dtypes.as_numpy(dtype)
    if array.dtype == target:
        return image
    from_float, to_float = array.dtype.kind == "f", target.kind == "f"
    if not from_float and to_float:
        out = array.astype(target) / target.type(np.iinfo(array.dtype).max)
    elif from_float and not to_float:
        if target.itemsize >= 2 * array.dtype.itemsize or target.itemsize == array.dtype.itemsize:
            raise RuntimeError(
                f"the cast from {array.dtype} to {target} can't be made without loss; convert to "
                "a smaller integer type, or from a wider float"
            )
        out = (array * (np.iinfo(target).max + 1.0 - 1e-3)).astype(target)
    elif from_float:
        out = array.astype(target)
    else:
        have, want = int(np.iinfo(array.dtype).max), int(np.iinfo(target).max)
        if have > want:
            out = (array // ((have + 1) // (want + 1))).astype(target)
        else:
            out = array.astype(target) * ((want + 1) // (have + 1))
    return Tensor._make(out)  # type: ignore[no-any-return]
