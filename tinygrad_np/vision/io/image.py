"""Images as bytes of a file, and as Tensors (C, H, W)."""

from __future__ import annotations

import enum
import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor


class ImageReadMode(enum.Enum):
    """The channels that an image is given: those of the file, or grey or colours."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = RGB_ALPHA


_MODES = {
    ImageReadMode.GRAY: "L",
    ImageReadMode.GRAY_ALPHA: "LA",
    ImageReadMode.RGB: "RGB",
    ImageReadMode.RGB_ALPHA: "RGBA",
}


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            'vision.io needs Pillow, which the extra "image" has: pip install "tinygrad_np[image]"'
        ) from error
    return Image


def read_file(path: str | os.PathLike[str]) -> Tensor:
    """The bytes of a file: uint8, (N,).

    Raises
    ------
    RuntimeError
        If it can't be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from tinygrad_np.vision.io import read_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     size = pathlib.Path(folder, "x").write_bytes(b"abc")
    ...     read_file(pathlib.Path(folder, "x"))
    tensor([97, 98, 99], dtype=torch.uint8)
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise RuntimeError(str(error)) from error
    return Tensor._make(np.frombuffer(content, np.uint8).copy())  # type: ignore[no-any-return]


def write_file(filename: str | os.PathLike[str], data: Tensor) -> None:
    """Write bytes into a file.

    Parameters
    ----------
    filename : str or Path
    data : Tensor
        uint8, (N,)

    Raises
    ------
    RuntimeError
        For another dtype or shape.

    Examples
    --------
    >>> import tempfile, pathlib, tinygrad_np as tg
    >>> from tinygrad_np.vision.io import write_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(pathlib.Path(folder, "x"), tg.tensor([97, 98], dtype=tg.uint8))
    ...     pathlib.Path(folder, "x").read_bytes()
    b'ab'
    """
    Path(filename).write_bytes(_bytes(data))


def _bytes(data: Any) -> bytes:
    array = data._array if isinstance(data, TensorBase) else None
    if array is None or array.dtype != np.uint8 or array.ndim != 1:
        what = type(data).__name__ if array is None else f"{array.dtype} {array.shape}"
        raise RuntimeError(f"expected the bytes of a file, a Tensor of uint8 (N,), got {what}")
    return array.tobytes()  # type: ignore[no-any-return]


def decode_image(
    input: Tensor | str | os.PathLike[str],
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    apply_exif_orientation: bool = False,
) -> Tensor:
    """The image that the bytes of a file are: JPEG, PNG or whatever else Pillow knows.

    Parameters
    ----------
    input : Tensor, str or Path
        uint8, (N,); or the path of the file.
    mode : ImageReadMode or str, default UNCHANGED
        The channels: UNCHANGED, GRAY, GRAY_ALPHA, RGB or RGB_ALPHA.
    apply_exif_orientation : bool, default False
        Turn the image as the camera says.

    Returns
    -------
    Tensor
        (C, H, W) of uint8, or of uint16 for a grey PNG of 16 bits that stays unchanged.

    Raises
    ------
    RuntimeError
        If it is no image, is truncated or corrupted, or has several frames.
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import decode_image, encode_png
    >>> x = tg.zeros(3, 4, 5, dtype=tg.uint8)
    >>> decode_image(encode_png(x)).shape  # doctest: +SKIP
    torch.Size([3, 4, 5])
    """
    return _decode(input, mode, apply_exif_orientation)


def decode_png(
    input: Tensor,
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    apply_exif_orientation: bool = False,
) -> Tensor:
    """`decode_image` of a PNG.

    Raises
    ------
    RuntimeError
        If it is something else.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import decode_png, encode_png
    >>> decode_png(encode_png(tg.zeros(1, 4, 5, dtype=tg.uint8))).shape  # doctest: +SKIP
    torch.Size([1, 4, 5])
    """
    return _decode(input, mode, apply_exif_orientation, "PNG")


def decode_jpeg(
    input: Tensor,
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    device: Any = "cpu",
    apply_exif_orientation: bool = False,
) -> Tensor:
    """`decode_image` of a JPEG.

    Raises
    ------
    RuntimeError
        If it is something else.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import decode_jpeg, encode_jpeg
    >>> decode_jpeg(encode_jpeg(tg.zeros(3, 4, 5, dtype=tg.uint8))).shape  # doctest: +SKIP
    torch.Size([3, 4, 5])
    """
    return _decode(input, mode, apply_exif_orientation, "JPEG")


def _decode(input: Any, mode: ImageReadMode | str, turn: bool, kind: str | None = None) -> Tensor:
    image = _pillow()
    mode = ImageReadMode[mode.upper()] if isinstance(mode, str) else mode
    data = input if isinstance(input, TensorBase) else read_file(input)
    content = _bytes(data)
    try:
        with image.open(io.BytesIO(content), formats=kind and [kind]) as picture:
            if getattr(picture, "n_frames", 1) > 1:
                raise RuntimeError(f"the image has {picture.n_frames} frames; expected one")
            wanted = _MODES.get(mode)
            if wanted == "L":
                picture.draft("L", None)  # a JPEG's own lightness
            picture.load()
            if turn:
                from PIL import ImageOps

                picture = ImageOps.exif_transpose(picture)
            if wanted is None:
                clear = "transparency" in picture.info
                wanted = {"1": "L", "P": "RGBA" if clear else "RGB", "I": "I;16"}.get(picture.mode)
            if wanted is not None and wanted != picture.mode:
                picture = picture.convert(wanted)
            array = np.array(picture)
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError) as error:
        what = f"a {kind}" if kind else "an image"
        raise RuntimeError(f"not {what}, or truncated or corrupted: {error}") from error
    planes = array[None] if array.ndim == 2 else np.ascontiguousarray(np.moveaxis(array, 2, 0))
    return Tensor._make(planes)  # type: ignore[no-any-return]


def read_image(
    path: str | os.PathLike[str],
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    apply_exif_orientation: bool = False,
) -> Tensor:
    """`decode_image` of a file.

    Raises
    ------
    RuntimeError
        If it can't be read, is no image, or is truncated or corrupted.
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.

    Examples
    --------
    >>> from tinygrad_np.vision.io import read_image
    >>> read_image("dog.jpg").shape  # doctest: +SKIP
    torch.Size([3, 480, 640])
    """
    return _decode(read_file(path), mode, apply_exif_orientation)


def encode_png(input: Tensor, compression_level: int = 6) -> Tensor:
    """An image as the bytes of a PNG.

    Parameters
    ----------
    input : Tensor
        uint8, (C, H, W), of 1 or 3 channels.
    compression_level : int, default 6
        From 0 to 9, the smallest file.

    Returns
    -------
    Tensor
        uint8, (N,)

    Raises
    ------
    RuntimeError
        For another dtype, shape or level.
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import encode_png
    >>> encode_png(tg.zeros(1, 4, 5, dtype=tg.uint8))[:4]  # doctest: +SKIP
    tensor([137,  80,  78,  71], dtype=torch.uint8)
    """
    if not 0 <= compression_level <= 9:
        raise RuntimeError(f"Compression level should be between 0 and 9, got {compression_level}")
    return _encode(input, "PNG", compress_level=compression_level)


def encode_jpeg(input: Tensor, quality: int = 75) -> Tensor:
    """An image as the bytes of a JPEG.

    Parameters
    ----------
    input : Tensor
        uint8, (C, H, W), of 1 or 3 channels.
    quality : int, default 75
        From 1 to 100, the largest file.

    Returns
    -------
    Tensor
        uint8, (N,)

    Raises
    ------
    ValueError
        For another quality.
    RuntimeError
        For another dtype or shape.
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import encode_jpeg
    >>> encode_jpeg(tg.zeros(1, 4, 5, dtype=tg.uint8))[:2]  # doctest: +SKIP
    tensor([255, 216], dtype=torch.uint8)
    """
    if not 1 <= quality <= 100:
        raise ValueError(f"Image quality should be between 1 and 100, got {quality}")
    return _encode(input, "JPEG", quality=quality)


def _encode(input: Tensor, kind: str, **options: int) -> Tensor:
    image = _pillow()
    array = input.numpy()
    if array.dtype != np.uint8 or array.ndim != 3 or len(array) not in (1, 3):
        raise RuntimeError(
            f"expected an image of uint8 (C, H, W) of 1 or 3 channels, got {array.dtype} "
            f"{array.shape}"
        )
    picture = image.fromarray(
        array[0] if len(array) == 1 else np.ascontiguousarray(np.moveaxis(array, 0, 2))
    )
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return Tensor._make(np.frombuffer(file.getvalue(), np.uint8).copy())  # type: ignore[no-any-return]


def write_png(input: Tensor, filename: str | os.PathLike[str], compression_level: int = 6) -> None:
    """Write an image into a PNG, as `encode_png` makes it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import write_png
    >>> write_png(tg.zeros(3, 4, 5, dtype=tg.uint8), "black.png")  # doctest: +SKIP
    """
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input: Tensor, filename: str | os.PathLike[str], quality: int = 75) -> None:
    """Write an image into a JPEG, as `encode_jpeg` makes it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.io import write_jpeg
    >>> write_jpeg(tg.zeros(3, 4, 5, dtype=tg.uint8), "black.jpg")  # doctest: +SKIP
    """
    write_file(filename, encode_jpeg(input, quality))
