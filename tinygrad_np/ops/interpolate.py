"""Images in another size.

Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Sequence
from typing import Any

from tinygrad_np.ops import resample as axis
from tinygrad_np.ops.resample import resample

__all__ = ["interpolate", "upsample"]

# The number of spatial dimensions that a mode is for; None: any.
MODES = {
    "nearest": None,
    "nearest-exact": None,
    "area": None,
    "linear": 1,
    "bilinear": 2,
    "bicubic": 2,
    "trilinear": 3,
}


def interpolate(
    input: Any,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Any:
    """Bring signals, images or volumes to another size.

    Parameters
    ----------
    input : Tensor
        (N, C, L), (N, C, H, W) or (N, C, D, H, W).
    size : int or tuple, optional
        The new spatial size; either this or `scale_factor`.
    scale_factor : float or tuple, optional
        The new size is the old one times this, rounded down.
    mode : str, default 'nearest'
        'nearest' takes the element at or before each place, 'nearest-exact' the one nearest to
        it; 'linear', 'bilinear' and 'trilinear' interpolate between the elements around it (in
        3-D, 4-D and 5-D inputs), 'bicubic' between 16 (4-D); 'area' averages all that it covers.
    align_corners : bool, optional
        For the interpolating modes. True: the middles of the corner elements stay where they
        are. False, the default: the outer edges of the corner elements do.
    recompute_scale_factor : bool, optional
        True: go on with the quotient of the sizes instead of with `scale_factor`, which differs
        where the new size was rounded.
    antialias : bool, default False
        For 'bilinear' and 'bicubic'. True: a smaller image takes the mean over all that falls
        together, with the weights of Pillow.

    Returns
    -------
    Tensor
        (N, C, *size)

    Raises
    ------
    ValueError
        If the arguments contradict each other.
    NotImplementedError
        If the mode does not go with the number of dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> image = tg.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> F.interpolate(image, scale_factor=2)
    tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.],
              [3., 3., 4., 4.],
              [3., 3., 4., 4.]]]])
    >>> F.interpolate(image, size=(1, 3), mode="bilinear", align_corners=True)
    tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """
    sizes = tuple(input.shape[2:])
    _check(input, mode, align_corners, antialias)
    new, factors = _target(sizes, size, scale_factor, recompute_scale_factor)
    for dim, (n, m, factor) in enumerate(zip(sizes, new, factors, strict=True), 2):
        scale = n / m if factor is None else 1.0 / factor
        matrix: Any
        if mode == "area":
            matrix = axis.averaging(n, m)
        elif mode.startswith("nearest"):
            matrix = axis.nearest(n, m, scale, mode == "nearest-exact")
        elif antialias:
            matrix = axis.smoothing(n, m, scale, bool(align_corners), mode == "bicubic")
        else:
            kind = axis.cubic if mode == "bicubic" else axis.linear
            matrix = kind(n, m, scale, bool(align_corners))
        input = resample(input, matrix=matrix, dim=dim)
    return input


def _check(input: Any, mode: str, align_corners: bool | None, antialias: bool) -> None:
    dims = input.ndim - 2
    if dims not in (1, 2, 3) or mode not in MODES:
        raise NotImplementedError(
            "Only 3D, 4D and 5D input is supported, with the modes "
            f"{' | '.join(MODES)}; got input of shape {list(input.shape)} and mode {mode!r}"
        )
    if MODES[mode] not in (None, dims):
        raise NotImplementedError(
            f"Got {input.ndim}D input of shape {list(input.shape)}, but {mode} mode needs "
            f"{(MODES[mode] or 0) + 2}D input"
        )
    if align_corners is not None and MODES[mode] is None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | "
            f"bilinear | bicubic | trilinear; got mode {mode!r}"
        )
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError(
            "Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D "
            f"tensor as input; got mode {mode!r} and input of shape {list(input.shape)}"
        )
    if min(input.shape[1:]) < 1:
        raise RuntimeError(f"expected an input that is not empty, got {list(input.shape)}")


def _target(
    sizes: tuple[int, ...], size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The new size, and for each dimension the factor to go by if it is not their quotient."""
    dims = len(sizes)
    if (size is None) == (scale_factor is None):
        raise ValueError(
            "exactly one of size and scale_factor should be defined, but got "
            f"size={size} and scale_factor={scale_factor}"
        )
    name, value = ("size", size) if scale_factor is None else ("scale_factor", scale_factor)
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims
    if len(given) != dims:
        raise ValueError(
            f"Input and {name} must have the same number of spatial dimensions, but got input "
            f"with spatial dimensions of {list(sizes)} and {name} of {given}"
        )
    factors: tuple[float | None, ...] = (None,) * dims
    if scale_factor is None:
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size")
        new = tuple(map(operator.index, given))
    else:
        new = tuple(math.floor(n * float(f)) for n, f in zip(sizes, given, strict=True))
        if not recompute:
            factors = tuple(map(float, given))
    if min(new) < 1:
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got input "
            f"{list(sizes)} and output {list(new)}"
        )
    return new, factors


def upsample(
    input: Any,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Any:
    """`interpolate` under the name that PyTorch had for it before.

    Examples
    --------
    >>> import warnings
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     F.upsample(tg.zeros(1, 1, 2, 2), scale_factor=2).shape
    torch.Size([1, 1, 4, 4])
    """
    warnings.warn("upsample is deprecated; use interpolate instead", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)
