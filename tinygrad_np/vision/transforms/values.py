"""Changes of an image's values: dtype, range, mean and deviation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms.image import Array, Image, bound, picture, pixels

__all__ = [
    "convert_image_dtype",
    "erase",
    "normalize",
    "pil_to_tensor",
    "to_pil_image",
    "to_tensor",
]


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
    planes = _planes(pic)
    kind = getattr(pic, "mode", "")  # of a picture
    if kind == "1":
        planes = planes.astype(np.uint8) * np.uint8(255)
    elif kind.startswith("I;16"):
        planes = planes.astype(np.int16)
    if planes.dtype == np.uint8:
        default = dtypes.default_float()
        out = np.empty(planes.shape, default)
        np.divide(planes, default.type(255), out=out)
    else:
        out = np.array(planes, order="C")
    return Tensor._make(out)  # type: ignore[no-any-return]


def _planes(pic: Any) -> Array:
    image = pixels(pic)
    if image.ndim not in (2, 3):
        raise ValueError(f"expected an image of 2 or 3 dimensions, got shape {image.shape}")
    return image[None] if image.ndim == 2 else np.moveaxis(image, 2, 0)


def pil_to_tensor(pic: Any) -> Tensor:
    """A picture of Pillow's, or an array (H, W) or (H, W, C), as a Tensor (C, H, W) of its values.

    Raises
    ------
    TypeError
        For something else.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.pil_to_tensor(np.array([[0, 255]], np.uint8))
    tensor([[[  0, 255]]], dtype=torch.uint8)
    """
    return Tensor._make(np.array(_planes(pic), order="C"))  # type: ignore[no-any-return]


_MODES = {  # by the number of channels: those that may be asked for, the usual one first
    2: ("LA",),
    3: ("RGB", "YCbCr", "HSV"),
    4: ("RGBA", "CMYK", "RGBX"),
}
_GREYS = {"uint8": "L", "int16": "I;16", "int32": "I", "float32": "F"}


def to_pil_image(pic: Tensor | Array, mode: str | None = None) -> Any:
    """A Tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W), as a picture of Pillow's.

    Parameters
    ----------
    pic : Tensor or ndarray
        Floats go from 0 to 1 and become uint8, save for the mode "F".
    mode : str, optional
        Of Pillow's; the number of channels and the type say it unless given.

    Raises
    ------
    TypeError
        For something else, and for a type that Pillow has no picture for.
    ValueError
        For another number of dimensions or channels, and for a mode that does not go with them.
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.to_pil_image(tg.rand(3, 4, 5)).size  # doctest: +SKIP
    (5, 4)
    """
    if isinstance(pic, TensorBase):
        array = pic.detach().numpy()  # type: ignore[attr-defined]
        array = np.moveaxis(array, 0, 2) if array.ndim == 3 else array
    elif isinstance(pic, np.ndarray):
        array = pic
    else:
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    if array.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {array.ndim} dimensions.")
    array = array if array.ndim == 3 else array[..., None]
    channels = array.shape[2]
    if not 1 <= channels <= 4:
        raise ValueError(f"pic should have 1 to 4 channels. Got {channels} channels.")
    if array.dtype.kind == "f" and mode != "F":
        array = (array * 255).astype(np.uint8)
    grey = _GREYS.get(array.dtype.name)
    modes = _MODES.get(channels, (grey,))
    if mode is not None and mode not in modes:
        raise ValueError(f"mode {mode!r} does not go with {channels} channels: expected {modes}")
    if grey is None or (channels > 1 and array.dtype != np.uint8):
        raise TypeError(f"there is no picture of {channels} channels of {array.dtype}")
    return picture(array, mode=mode or modes[0])


def erase(
    img: Tensor, i: int, j: int, h: int, w: int, v: Tensor | float, inplace: bool = False
) -> Tensor:
    """Put a value into a rectangle.

    Parameters
    ----------
    img : Tensor
        (..., C, H, W)
    i, j : int
        The row and the column of the upper left corner.
    h, w : int
        The numbers of rows and of columns.
    v : Tensor or float
        The value, of a shape that goes with (..., C, h, w).
    inplace : bool, default False

    Raises
    ------
    TypeError
        For something else than a Tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.erase(tg.ones(1, 2, 3), 0, 1, 2, 2, 0.0)
    tensor([[[1., 0., 0.],
             [1., 0., 0.]]])
    """
    if not isinstance(img, TensorBase):
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    out = img if inplace else img.clone()
    out[..., i : i + h, j : j + w] = v
    return out


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
    shape, dtype = tensor._array.shape, tensor._array.dtype
    if len(shape) < 3:
        raise ValueError(f"normalize: expected (..., C, H, W), got shape {shape}")
    centre, spread = (np.asarray(v, dtype).reshape(-1, 1, 1) for v in (mean, std))
    if (spread == 0).any():
        raise ValueError(f"normalize: a std of 0 leads to division by zero: {std}")
    for name, value in (("mean", centre), ("std", spread)):
        if len(value) not in (1, shape[-3]):
            raise ValueError(f"normalize: {len(value)} values of {name} for {shape[-3]} channels")
    centre, spread = Tensor._make(centre), Tensor._make(spread)
    out = tensor.sub_(centre) if inplace else tensor - centre
    return out.div_(spread)  # type: ignore[no-any-return]


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
    target = dtypes.as_numpy(dtype)
    have = image._array.dtype
    if have == target or have.kind == target.kind == "f":
        return image.to(dtype)  # type: ignore[no-any-return]
    return Tensor._make(converted(image.numpy(), target))  # type: ignore[no-any-return]


def converted(array: Array, target: np.dtype[Any]) -> Array:
    """`convert_image_dtype` of an array."""
    if array.dtype == target:
        return array
    from_float, to_float = array.dtype.kind == "f", target.kind == "f"
    if from_float and to_float:
        return array.astype(target)
    if to_float:
        return array.astype(target) / target.type(bound(array.dtype))  # type: ignore[no-any-return]
    want = bound(target)
    if from_float:
        if target.itemsize >= 2 * array.dtype.itemsize or target.itemsize == array.dtype.itemsize:
            raise RuntimeError(
                f"the cast from {array.dtype} to {target} can't be made without loss; convert to "
                "a smaller integer type, or from a wider float"
            )
        return (array * (want + 1.0 - 1e-3)).astype(target)
    have = bound(array.dtype)
    if have > want:
        return (array // ((have + 1) // (want + 1))).astype(target)
    return array.astype(target) * target.type((want + 1) // (have + 1))  # type: ignore[no-any-return]
