"""Many images in one, and images as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor

__all__ = ["make_grid", "save_image"]


def make_grid(
    tensor: Tensor | Sequence[Tensor],
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """Images in rows, as one image.

    Parameters
    ----------
    tensor : Tensor or sequence of Tensor
        (B, C, H, W), or images of one size; one image, (C, H, W) or (H, W), stays as it is. One
        channel becomes three.
    nrow : int, default 8
        Images in a row.
    padding : int, default 2
        Pixels between images, and around them.
    normalize : bool, default False
        Bring the values to the range from 0 to 1.
    value_range : tuple of two floats, optional
        What becomes 0 and 1; the smallest and the largest value unless given.
    scale_each : bool, default False
        Find those in each image, not in all together.
    pad_value : float, default 0
        Of the pixels between.

    Returns
    -------
    Tensor
        (3 or C, H', W')

    Raises
    ------
    TypeError
        For something else than tensors, or a `value_range` that is not a tuple.

    Source: https://pytorch.org/vision/stable/generated/torchvision.utils.make_grid.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.utils import make_grid
    >>> make_grid(tg.ones(6, 1, 4, 4), nrow=3).shape
    torch.Size([3, 14, 20])
    """
    images: Any = tensor if isinstance(tensor, (list, tuple)) else [tensor]
    if not all(isinstance(t, TensorBase) for t in images):
        raise TypeError(f"tensor or list of tensors expected, got {type(tensor)}")
    if value_range is not None and not isinstance(value_range, tuple):
        raise TypeError(
            "value_range has to be a tuple (min, max) if specified. min and max are numbers"
        )
    arrays = [t.detach().numpy() for t in images]
    x = arrays[0] if images[0] is tensor else np.stack(arrays)
    x = x.reshape(*(1,) * (4 - x.ndim), *x.shape)
    if x.shape[1] == 1:
        x = np.concatenate([x] * 3, axis=1)
    if normalize:
        groups = np.split(x, len(x)) if scale_each else [x]
        x = np.concatenate([_normalized(group, value_range) for group in groups])
    if len(x) == 1:
        return Tensor._make(x[0].copy())  # type: ignore[no-any-return]
    columns = min(nrow, len(x))
    rows = -(-len(x) // columns)
    channels, height, width = x.shape[1], x.shape[2] + padding, x.shape[3] + padding
    out = np.full(
        (channels, height * rows + padding, width * columns + padding), pad_value, x.dtype
    )
    for i, image in enumerate(x):
        top, left = (i // columns) * height + padding, (i % columns) * width + padding
        out[:, top : top + x.shape[2], left : left + x.shape[3]] = image
    return Tensor._make(out)  # type: ignore[no-any-return]


def _normalized(x: Any, value_range: tuple[float, float] | None) -> Any:
    low, high = value_range or (float(x.min()), float(x.max()))
    return (x.clip(low, high) - low) / max(high - low, 1e-5)


def save_image(
    tensor: Tensor | Sequence[Tensor], fp: Any, format: str | None = None, **kwargs: Any
) -> None:
    """Write an image, or a grid of images, to a file.

    Parameters
    ----------
    tensor : Tensor or sequence of Tensor
        As for `make_grid`; values from 0 to 1.
    fp : str, Path or file
    format : str, optional
        The name of the file says it unless given.
    **kwargs
        Of `make_grid`.

    Raises
    ------
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.

    Examples
    --------
    >>> import io
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.utils import save_image
    >>> file = io.BytesIO()
    >>> save_image(tg.rand(4, 3, 8, 8), file, format="png")  # doctest: +SKIP
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            'save_image needs Pillow, which the extra "image" has: pip install "tinygrad_np[image]"'
        ) from error
    grid = make_grid(tensor, **kwargs).numpy()
    pixels = (grid * 255 + 0.5).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
    Image.fromarray(pixels).save(fp, format=format)
