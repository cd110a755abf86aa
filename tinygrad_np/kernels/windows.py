"""The windows that convolutions and poolings see: their geometry, and all of them at once.

Position `o` of the output meets position ``o * stride + k * dilation - padding`` of the input
through element `k` of the kernel; outside of the input there are zeros.

`im2col` and `col2im` say what is meant for any geometry in a few lines. Unfold and fold are made
of them, and the faster kernels are tested against them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

NDArray = npt.NDArray[Any]
Ints = tuple[int, ...]
Slices = tuple[slice, ...]

ALL = (slice(None), slice(None))  # images and channels


class Geometry(NamedTuple):
    """How windows lie on the input; an entry for each spatial dimension.

    `padding` is the number of zeros before the first element; those behind the last one follow
    from the size of the output.
    """

    stride: Ints
    padding: Ints
    dilation: Ints
    groups: int = 1


def im2col(x: NDArray, kernel: Ints, size: Ints, geometry: Geometry) -> NDArray:
    """The windows of x (N, C, *S) for outputs of `size`, as (N, C, *kernel, *size)."""
    stride, padding, dilation, _ = geometry
    spans = reach(kernel, size, geometry)
    box = np.zeros((*x.shape[:2], *spans), x.dtype)
    here, there = overlap(x.shape[2:], padding, spans)
    box[ALL + there] = x[ALL + here]
    image, channel, *axes = box.strides
    inside = [a * d for a, d in zip(axes, dilation, strict=True)]
    steps = [a * s for a, s in zip(axes, stride, strict=True)]
    view = as_strided(box, (*x.shape[:2], *kernel, *size), (image, channel, *inside, *steps))
    return view.copy()


def col2im(columns: NDArray, shape: Ints, geometry: Geometry) -> NDArray:
    """The adjoint of `im2col`: every element added where it was read, in (N, C, *shape)."""
    dims = len(shape)
    kernel, size = columns.shape[2 : 2 + dims], columns.shape[2 + dims :]
    spans = reach(kernel, size, geometry)
    box = np.zeros((*columns.shape[:2], *spans), columns.dtype)
    for k in np.ndindex(*kernel):
        first = [i * d for i, d in zip(k, geometry.dilation, strict=True)]
        seen = tuple(
            slice(f, f + (o - 1) * s + 1, s)
            for f, o, s in zip(first, size, geometry.stride, strict=True)
        )
        box[ALL + seen] += columns[ALL + k]
    out = np.zeros((*columns.shape[:2], *shape), columns.dtype)
    here, there = overlap(shape, geometry.padding, spans)
    out[ALL + here] = box[ALL + there]
    return out


def reach(kernel: Ints, size: Ints, geometry: Geometry) -> Ints:
    """How many positions of the input lie between the first and the last that are met."""
    return tuple(
        (o - 1) * s + (k - 1) * d + 1
        for k, o, s, d in zip(kernel, size, geometry.stride, geometry.dilation, strict=True)
    )


def overlap(shape: Ints, before: Ints, spans: Ints) -> tuple[Slices, Slices]:
    """What a box of size `spans`, begun `before` the input, has in common with it.

    Returns
    -------
    here, there : tuple of slice
        Of the input, and of the box.
    """
    here, there = [], []
    for n, p, span in zip(shape, before, spans, strict=True):
        low = min(max(-p, 0), n)
        high = max(min(span - p, n), low)
        here.append(slice(low, high))
        there.append(slice(low + p, high + p) if low < high else slice(0, 0))
    return tuple(here), tuple(there)
