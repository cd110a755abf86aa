"""Images read at the places of a grid, as spatial transformers do."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.axes import movedim
from tinygrad_np.ops.choice import clamp, where
from tinygrad_np.ops.linalg import matmul, same_dtype
from tinygrad_np.ops.reduction import array
from tinygrad_np.ops.shape import contiguous
from tinygrad_np.tape.op import Array

__all__ = ["affine_grid", "grid_sample"]

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")
_CUBIC = -0.75  # Keys' parameter


def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Any:
    """The places in an image that affine maps send an even grid to, for `grid_sample`.

    Parameters
    ----------
    theta : Tensor
        (N, 2, 3) for images, (N, 3, 4) for volumes: one map for each.
    size : sequence of int
        Of the output: (N, C, H, W) or (N, C, D, H, W).
    align_corners : bool, default False
        Whether -1 and 1 are the centres of the outermost pixels, or their outer edges.

    Returns
    -------
    Tensor
        (N, H, W, 2) or (N, D, H, W, 3): x, y (and z) of each place.

    Raises
    ------
    ValueError
        If `theta` is not of floats, or its shape does not fit `size`.

    Source: M. Jaderberg et al., Spatial Transformer Networks, https://arxiv.org/abs/1506.02025

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> identity = tg.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> tg.nn.functional.affine_grid(identity, (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    align_corners = _aligned("affine_grid", align_corners)
    spatial, maps = tuple(size[2:]), array(theta)
    dims = len(spatial)
    if maps.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if dims not in (2, 3) or maps.shape != (size[0], dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape {size[0]}x{dims}x{dims + 1} for "
            f"size {list(size)}. Got {list(maps.shape)}."
        )
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {list(size)}")
    lines = [_line(n, maps.dtype, align_corners) for n in spatial]
    ones = np.ones(spatial, maps.dtype)
    flat = np.stack([*np.meshgrid(*lines, indexing="ij")[::-1], ones], axis=-1)
    flat = flat.reshape(-1, dims + 1)
    return matmul(flat, theta.swapaxes(1, 2)).reshape((size[0], *spatial, dims))


def _line(n: int, dtype: Any, align_corners: bool) -> Any:
    """From -1 to 1, rounded as PyTorch rounds: on the edge between pixels it matters."""
    if n == 1:
        return np.zeros(1, dtype)
    i, step = np.arange(n), float(dtype.type(2) / dtype.type(n - 1))
    line = np.where(i < n // 2, step * i - 1, 1 - step * (n - 1 - i)).astype(dtype)
    return line if align_corners else line * dtype.type(n - 1) / dtype.type(n)


def grid_sample(
    input: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Any:
    """Each image read at the places of its grid, between pixels with the weights of its mode.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (N, C, D, H, W).
    grid : Tensor
        (N, H', W', 2) or (N, D', H', W', 3): x, y (and z), from -1 to 1 across the image.
    mode : {"bilinear", "nearest", "bicubic"}
        "bicubic" for images only. Half-way places are rounded to the even pixel by "nearest",
        whose gradient for the grid is 0.
    padding_mode : {"zeros", "border", "reflection"}
        What lies outside of the image.
    align_corners : bool, default False
        Whether -1 and 1 are the centres of the outermost pixels, or their outer edges.

    Returns
    -------
    Tensor
        (N, C, H', W') or (N, C, D', H', W').

    Raises
    ------
    ValueError
        For another mode or padding.
    RuntimeError
        If shapes or dtypes don't fit.

    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> image = tg.tensor([[[[1.0, 3.0]]]])
    >>> middle = tg.zeros(1, 1, 1, 2)
    >>> tg.nn.functional.grid_sample(image, middle, align_corners=False)
    tensor([[[[2.]]]])
    """
    if mode not in _MODES:
        raise ValueError(f"grid_sample: expected mode to be one of {_MODES}, but got: {mode!r}")
    if padding_mode not in _PADDINGS:
        raise ValueError(
            f"grid_sample: expected padding_mode to be one of {_PADDINGS}, but got: "
            f"{padding_mode!r}"
        )
    align_corners = _aligned("grid_sample", align_corners)
    sizes = tuple(input.shape[2:])
    dims = len(sizes)
    if dims not in (2, 3) or grid.ndim != dims + 2 or grid.shape[-1] != dims:
        raise RuntimeError(
            "grid_sample(): expected an input (N, C, H, W) with a grid (N, H', W', 2), or (N, C, "
            f"D, H, W) with (N, D', H', W', 3), got {list(input.shape)} and {list(grid.shape)}"
        )
    if grid.shape[0] != input.shape[0] or 0 in sizes:
        raise RuntimeError(
            "grid_sample(): expected grid and input of the same batch size, and no empty image, "
            f"got input {list(input.shape)} and grid {list(grid.shape)}"
        )
    if mode == "bicubic" and dims == 3:
        raise RuntimeError("grid_sample(): bicubic interpolation only supports 4D input")
    same_dtype("grid_sample", input, grid)

    taps = []  # for each dimension the pixels that are read: their numbers, and their weights
    for d, n in enumerate(sizes):
        at = grid[..., dims - 1 - d]
        at = (at + 1) * ((n - 1) / 2) if align_corners else ((at + 1) * n - 1) * 0.5
        if mode != "bicubic":
            at = _into(at, n, padding_mode, align_corners)
        taps.append(_taps(at, n, mode))
    image = np.arange(input.shape[0]).reshape(-1, *(1,) * dims)
    out = None
    for tap in itertools.product(*taps):
        inside: Any = True
        weight: Any = 1
        places = []
        for (number, share), n in zip(tap, sizes, strict=True):
            if mode == "bicubic":
                number = array(_into(number, n, padding_mode, align_corners))
            inside = inside & (number >= 0) & (number < n)
            places.append(number.clip(0, n - 1).astype(np.int64))
            weight = weight * share
        weight = weight * inside.astype(array(grid).dtype)
        read = input[(image, slice(None), *places)]  # (N, *S', C)
        term = read * weight[..., None]
        out = term if out is None else out + term
    return contiguous(movedim(out, -1, 1))


def _aligned(name: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(
            f"{name}: align_corners is False unless given; it was True before PyTorch 1.3: say "
            "which is meant",
            stacklevel=3,
        )
    return bool(align_corners)


def _into(at: Any, n: int, padding_mode: str, align_corners: bool) -> Any:
    """Places outside of `n` pixels brought inside, unless zeros are there."""
    if padding_mode == "zeros":
        return at
    if padding_mode == "reflection":
        low, span = (0.0, n - 1.0) if align_corners else (-0.5, float(n))
        if span == 0:
            at = at * 0
        else:
            away = abs(at - low)
            times = np.floor(array(away) / span)
            rest = away - (times * span).astype(array(away).dtype)
            at = where(times % 2 == 0, rest + low, span + low - rest)
    return clamp(at, 0, n - 1)


def _taps(at: Any, n: int, mode: str) -> list[tuple[Array, Any]]:
    """The numbers of the pixels that are read along one dimension, as floats, with weights."""
    values = np.nan_to_num(array(at), nan=-1.0).clip(-4, n + 4)
    if mode == "nearest":
        return [(np.rint(values), np.ones_like(values))]
    first = np.floor(values)
    t = at - first
    if mode == "bilinear":
        return [(first, 1 - t), (first + 1, t)]
    near = [(first, _near(t)), (first + 1, _near(1 - t))]
    return [(first - 1, _far(t + 1)), *near, (first + 2, _far(2 - t))]


def _near(x: Any) -> Any:
    """Keys' kernel at a distance of at most 1."""
    return ((_CUBIC + 2) * x - (_CUBIC + 3)) * x * x + 1


def _far(x: Any) -> Any:
    """Keys' kernel at a distance from 1 to 2."""
    return ((_CUBIC * x - 5 * _CUBIC) * x + 8 * _CUBIC) * x - 4 * _CUBIC
