"""Windows of images, gathered block by block as matrices for BLAS.

All windows at once take many times the memory of the images. A block is a few images, or a few
rows of one, whose windows fit the cache; they are copied into memory that is kept.

The copying goes fastest in long runs. With channels last in memory a window is made of runs of
(kernel width * channels) elements; with the usual order, of runs along the rows of the images,
which are longer only where there are few channels. `Windows` takes the better of both.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from tinygrad_np.kernels.scratch import scratch
from tinygrad_np.kernels.windows import Geometry, Ints, NDArray, Slices, overlap, reach

BLOCK = 1 << 20  # bytes of gathered windows: with what is read and written beside, in an L2 cache
FEW = 512  # windows, below which BLAS spends too much of its time on laying out the weights
LONG_RUN = 24  # elements, from which on copying in runs is about as fast as any copying


class Block(NamedTuple):
    """A part of the output, and where its windows lie in memory."""

    images: slice
    rows: slice
    shape: Ints  # of the view of windows
    inside: bool  # whether the images have all of it; then, counted in bytes from their begin,
    offset: int
    strides: Ints
    box: Ints  # else it is in a box of this shape, where what the images have of it is copied
    here: Slices  # from here
    there: Slices  # to there
    box_strides: Ints


class Windows:
    """Where the windows of (N, C, *S) images lie for an output of `size`.

    All that depends on shapes alone is found out once: `windows` keeps what was made.

    Attributes
    ----------
    blocks : list of Block
    inner : bool
        Whether a window is (*kernel, channels), with channels last in memory, or (channels,
        *kernel). What is given holds, whatever is faster.
    gathered : int
        Elements of all windows.
    """

    def __init__(
        self,
        shape: Ints,
        itemsize: int,
        kernel: Ints,
        size: Ints,
        geometry: Geometry,
        inner: bool | None = None,
        fitting: int | None = None,
    ) -> None:
        groups = geometry.groups
        self.kernel, self.geometry, self.itemsize = kernel, geometry, itemsize
        self.channels = shape[1] // groups
        self.elements = math.prod(kernel) * self.channels
        run = self.channels * (kernel[-1] if geometry.dilation[-1] == groups == 1 else 1)
        self.inner = run >= min(size[-1], LONG_RUN) if inner is None else inner
        self.shape = (shape[0], *shape[2:], shape[1]) if self.inner else shape
        self.first = 1 if self.inner else 2  # the first spatial axis

        count, (height, *width) = shape[0], size
        self.gathered = count * math.prod(size) * self.elements * groups
        window = max(self.elements * groups * itemsize, 1)
        fitting = (fitting or max(BLOCK // window, FEW)) // math.prod(width)  # rows of the output
        if fitting < height:
            rows = _even(height, max(fitting, 1))
            parts = [(slice(n, n + 1), some) for n in range(count) for some in rows]
        else:
            parts = [(images, slice(0, height)) for images in _even(count, fitting // height)]
        self.blocks = [
            self._block(images, rows, (rows.stop - rows.start, *width)) for images, rows in parts
        ]

    def _block(self, images: slice, rows: slice, size: Ints) -> Block:
        count, axes = images.stop - images.start, slice(self.first, self.first + len(size))
        spans = reach(self.kernel, size, self.geometry)
        (pad, *pads), step = self.geometry.padding, self.geometry.stride[0]
        here, there = overlap(self.shape[axes], (pad - rows.start * step, *pads), spans)
        inside = all(t.stop - t.start == n for t, n in zip(there, spans, strict=True))
        flat = self._flat((count, *self.shape[1:]))
        box = (count, *self.shape[1 : axes.start], *spans, *self.shape[axes.stop :])
        lead = (slice(None),) * self.first
        return Block(
            images,
            rows,
            (self.geometry.groups, count, *size, *self.kernel, self.channels)
            if self.inner
            else (self.geometry.groups, self.channels, *self.kernel, count, *size),
            inside,
            sum(h.start * stride for h, stride in zip(here, flat[axes], strict=True)),
            self._strides(flat),
            box,
            (*lead, *here),
            (*lead, *there),
            self._strides(self._flat(box)),
        )

    def _flat(self, shape: Ints) -> Ints:
        """The strides of an array that is contiguous."""
        return tuple(self.itemsize * math.prod(shape[i + 1 :]) for i in range(len(shape)))

    def _strides(self, flat: Ints) -> Ints:
        """The strides of the windows in an array with these strides."""
        image, axes = flat[0], flat[self.first : self.first + len(self.kernel)]
        channel = flat[-1 if self.inner else 1]
        stride, _, dilation, _ = self.geometry
        steps = [a * s for a, s in zip(axes, stride, strict=True)]
        inside = [a * d for a, d in zip(axes, dilation, strict=True)]
        if self.inner:
            return (self.channels * channel, image, *steps, *inside, channel)
        return (self.channels * channel, channel, *inside, image, *steps)

    def lay(self, x: NDArray) -> NDArray:
        """View x (N, C, *S) with its axes in the order that the blocks are meant for."""
        return channels_last(x) if self.inner else x

    def view(self, x: NDArray, block: Block) -> NDArray:
        """The windows of a block, a strided view of `lay(x)` or of a copy in kept memory.

        (groups, N, *size, *kernel, channels) if `inner`, else (groups, channels, *kernel, N,
        *size).
        """
        part = x[block.images]
        if block.inside and part.flags.c_contiguous:
            return np.ndarray(block.shape, x.dtype, part, block.offset, block.strides)
        box = scratch("box", block.box, x.dtype)
        if not block.inside:
            box.fill(0)
        box[block.there] = _apart(part[block.here])
        return np.ndarray(block.shape, x.dtype, box, 0, block.box_strides)

    def matrix(self, x: NDArray, block: Block) -> NDArray:
        """The windows of a block as (groups, windows, K), K counting the elements of a window."""
        view = self.view(x, block)
        if not view.flags.c_contiguous:  # as windows of a single position are
            gathered = scratch("windows", block.shape, x.dtype)
            np.copyto(gathered, view)
            view = gathered
        if self.inner:
            return view.reshape(block.shape[0], -1, self.elements)
        return view.reshape(block.shape[0], self.elements, -1).swapaxes(1, 2)

    def alone(self, x: NDArray) -> NDArray:
        """`matrix` of one block and one group, (windows, K), in memory of its own."""
        copy = self.view(self.lay(x), self.blocks[0]).copy()
        if self.inner:
            return copy.reshape(-1, self.elements)
        return copy.reshape(self.elements, -1).T

    def weight_matrix(self, weight: NDArray) -> NDArray:
        """Weight (O, channels, *kernel) as (groups, K, O / groups)."""
        flat = weight.reshape(*weight.shape[:2], -1)
        if self.inner:
            flat = flat.swapaxes(1, 2)
        matrix = flat.reshape(self.geometry.groups, -1, self.elements).swapaxes(1, 2)
        return matrix.copy()  # BLAS is slower on transposed rows

    def weights(self, weight: NDArray) -> NDArray:
        """The same without groups, as a view where there can be one: (K, O)."""
        if self.inner:
            weight = weight.reshape(*weight.shape[:2], -1).swapaxes(1, 2)
        return weight.reshape(len(weight), self.elements).T

    def weight(self, matrix: NDArray) -> NDArray:
        """(groups, O / groups, K) as (O, channels, *kernel)."""
        count = matrix.shape[0] * matrix.shape[1]
        out = np.empty((count, self.channels, *self.kernel), matrix.dtype)
        flat = out.reshape(count, self.channels, -1)
        if self.inner:
            flat = flat.swapaxes(1, 2)
        flat[...] = matrix.reshape(flat.shape)
        return out


windows = functools.lru_cache(maxsize=512)(Windows)


def _apart(source: NDArray) -> NDArray:
    """The same values, (N, *S, C), where all channels of a pixel fit the cache at once.

    Channels a multiple of 4 KB apart fall to the same few lines of it: these are copied to where
    they are a bit further apart.
    """
    if source.strides[-1] % 4096 or source.shape[-1] < 8:
        return source
    planes = channels_first(source)
    count = math.prod(planes.shape[2:])
    kept = scratch("apart", (*planes.shape[:2], count + 4), source.dtype)
    copy = kept[..., :count].reshape(planes.shape)
    np.copyto(copy, planes)
    return channels_last(copy)


def channels_last(x: NDArray) -> NDArray:
    """(N, C, *S) as (N, *S, C), a view."""
    return x.transpose(0, *range(2, x.ndim), 1)


def channels_first(x: NDArray) -> NDArray:
    """(N, *S, C) as (N, C, *S), a view."""
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1))


def _even(count: int, most: int) -> list[slice]:
    """0 ... count in about equal slices of at most `most`."""
    step = -(-count // -(-count // most)) if count else 1
    return [slice(i, min(i + step, count)) for i in range(0, count, step)]
