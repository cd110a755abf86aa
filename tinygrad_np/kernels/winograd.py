"""Winograd's convolution: 36 products where 144 stand in the sum of a 3x3 kernel.

A line of m outputs y of r elements w needs m + r - 1 inputs d. With three constant matrices

    y = A [(G w) * (B d)]

takes as many products as there are inputs, where the sum has m r; and so does, for a tile of
outputs, the same along both axes, y = A [(G w G') * (B d B')] A'. Over all tiles and channels,
small matrix products, one for each place of the transformed tile, stand for one large one. A
convolution of stride 2 is the sum of two of stride 1, of the even and the odd inputs: their
matrices side by side are those of a tile too. So are those of its adjoint, where even and odd
outputs come from one tile of inputs. The gradient for the weight is

    dw = G' [(A' dy A) * (B d B')] G

summed over the tiles before the outer transform. All transforms are matrix products too: along
the height on the images as they lie in memory, along the width on the columns of the tiles,
gathered. Such few rows BLAS takes at the speed of memory.

The transforms are sums of larger terms that cancel. In float32 the error is up to 1e-5 of the
largest result for 3x3 kernels and 3e-5 for 5x5, where that of the plain sum is 1e-6; with 64
channels it is a third of it, and grows with the root of their number. With stride 2 tiles are
smaller, and the error is that of the plain sum. float64 is not computed so: who asks for it asks
for accuracy.

Sources: Lavin and Gray, Fast algorithms for convolutional neural networks, 2015
(https://arxiv.org/abs/1509.09308); the points: Barabasz et al., Error analysis and improving the
accuracy of Winograd convolution for deep neural networks, 2020 (https://arxiv.org/abs/1803.10986).
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.gather import Block, Windows, channels_first, windows
from tinygrad_np.kernels.product import multiply_here
from tinygrad_np.kernels.scratch import scratch
from tinygrad_np.kernels.windows import Geometry, Ints, NDArray

POINTS = (0, 1, -1, 0.5, -2, 2, -0.5)  # where the polynomials are evaluated; the last is infinity
KERNELS = (3, 5)
OUTPUTS = 4  # of a tile along an axis; divided by the stride

SPACE = 3 << 19  # bytes of a block's tiles, transformed; there are two such arrays
FEW = 64  # tiles, below which BLAS spends too much of its time on the weights
LITTLE = 3 << 22  # multiplications, done by one thread before another is awake
TRANSFORM = 36  # multiplications that take as long as the transform of an element
SHARES = 4  # sums that a weight's gradient is added up in, whatever the number of threads

DTYPES = "f"  # the characters of the dtypes that are computed so


class Tile(NamedTuple):
    """The algorithm along one axis; the matrices are cast to what a call computes in.

    Attributes
    ----------
    B : (places, inputs)
    G : (places, kernel)
    A : (outputs, places)
    step : int
        Inputs from the begin of a tile to that of the next.
    """

    B: NDArray
    G: NDArray
    A: NDArray
    step: int


def _line(m: int, r: int) -> tuple[NDArray, NDArray, NDArray]:
    """B, G and A for m outputs of a kernel of r, after Toom and Cook.

    The product of two polynomials is found by its values at as many points as it has
    coefficients. This is the transpose of it.
    """
    if r == 1:
        return np.eye(m), np.ones((m, 1)), np.eye(m)
    points = np.array(POINTS[: m + r - 2])
    apart = points[:, None] - points + np.eye(len(points))
    G = np.vstack([np.vander(points, r, True) / apart.prod(1)[:, None], np.eye(r)[-1:]])
    A = np.hstack([np.vander(points, m, True).T, np.eye(m)[:, -1:]])
    others = [np.append(np.poly(np.delete(points, i))[::-1], 0) for i in range(len(points))]
    return np.vstack([*others, np.poly(points)[::-1]]), G, A


@functools.cache
def tile(kernel: int, stride: int) -> Tile:
    """The algorithm of a convolution."""
    m = OUTPUTS // stride
    phases = []
    for q in range(stride):
        taps = range(q, kernel, stride)
        reads = range(q, q + stride * (m + len(taps) - 1), stride)
        phases.append((taps, reads, slice(m)))
    return _tile(m, phases, stride * m)


@functools.cache
def adjoint(kernel: int, stride: int, padding: int) -> tuple[Tile, int]:
    """The algorithm of a convolution's adjoint, and the padding that it needs.

    Output i meets input j through element i + padding - j * stride.
    """
    m = OUTPUTS // stride
    phases = []
    for i in range(stride):
        last, q = divmod(i + padding, stride)
        taps = range(q, kernel, stride)[::-1]
        reads = range(last - len(taps) + 1, last + m)
        phases.append((taps, reads, slice(i, m * stride, stride)))
    begin = min(reads[0] for _, reads, _ in phases)
    moved = [(taps, range(r[0] - begin, r[-1] + 1 - begin), writes) for taps, r, writes in phases]
    return _tile(m, moved, m), -begin


def _tile(m: int, phases: list[tuple[range, range, slice]], step: int) -> Tile:
    """The algorithm of several convolutions, each with m outputs.

    Of each are given the elements of the kernel, the inputs and the outputs.
    """
    inputs = 1 + max(max(reads) for _, reads, _ in phases)
    kernel = 1 + max(max(taps) for taps, _, _ in phases)
    outputs = max(writes.stop for _, _, writes in phases)
    parts = []
    for taps, reads, writes in phases:
        b, g, a = _line(m, len(taps))
        B, G, A = (np.zeros(s) for s in ((len(b), inputs), (len(b), kernel), (outputs, len(b))))
        B[:, reads], G[:, taps], A[writes] = b, g, a
        parts.append((B, G, A))
    Bs, Gs, As = zip(*parts, strict=True)
    return Tile(np.vstack(Bs), np.vstack(Gs), np.hstack(As), step)


def possible(x: NDArray, kernel: Ints, size: Ints, geometry: Geometry) -> bool:
    """Whether a convolution can be computed so."""
    stride, _, dilation, _ = geometry
    return (
        x.ndim == 4
        and x.dtype.char in DTYPES
        and all(k in KERNELS for k in kernel)
        and max(stride) <= 2
        and dilation == (1, 1)
        and x.size * math.prod(size) > 0
    )


def pays(shape: Ints, channels: int, size: Ints, groups: int) -> bool:
    """Whether it is then faster: with channels for BLAS, and tiles that do not lie outside."""
    tiles = math.prod(-(-n // OUTPUTS) for n in size)
    return (
        min(shape[1], channels) >= 16 * groups
        and tiles * OUTPUTS**2 <= 1.5 * math.prod(size)
        and shape[0] * tiles >= 32
    )


def _rows(
    shape: Ints, itemsize: int, inputs: Ints, steps: Ints, counts: Ints, padding: Ints, fitting: int
) -> Windows:
    """Rows of tiles in (N, C, *S) images: windows that high, and as wide as the image."""
    rows, columns = counts
    kernel = (inputs[0], steps[1] * (columns - 1) + inputs[1])
    geometry = Geometry((steps[0], 1), padding, (1, 1))
    return windows(shape, itemsize, kernel, (rows, 1), geometry, True, fitting // columns or 1)


def _counts(size: Ints, tiles: tuple[Tile, ...], itemsize: int, channels: int) -> tuple[Ints, int]:
    """Rows and columns of tiles over the outputs, and how many tiles fit a block."""
    counts = tuple(-(-n // len(t.A)) for n, t in zip(size, tiles, strict=True))
    places = math.prod(len(t.B) for t in tiles)
    return counts, max(SPACE // (places * itemsize * channels), FEW)


def _transform(
    matrices: list[NDArray], step: int, seen: Windows, x: NDArray, block: Block, place: str = "a"
) -> NDArray:
    """The tiles of a block, transformed along height and width: (places, tiles, C)."""
    tall, long = (m.astype(x.dtype) for m in matrices)
    view = seen.view(x, block)[0, :, :, 0]  # (N, rows, height, width, C)
    count, rows, _, width, channels = view.shape
    high = scratch("a", (count, rows, len(tall), width, channels), x.dtype)
    lines = (count, rows, -1, width * channels)
    np.matmul(tall, view.reshape(lines), out=high.reshape(lines))
    image, row, line, pixel, channel = high.strides
    inputs = long.shape[1]
    columns = (width - inputs) // step + 1
    shape = (inputs, len(tall), count, rows, columns, channels)
    strides = (pixel, line, image, row, step * pixel, channel)
    gathered = scratch("b", shape, x.dtype)
    np.copyto(gathered, np.ndarray(shape, x.dtype, high, 0, strides))
    out = scratch(place, (len(long) * len(tall), count * rows * columns, channels), x.dtype)
    multiply_here(long, gathered.reshape(inputs, -1), out.reshape(len(long), -1))
    return out


def forward(
    x: NDArray, weight: NDArray, bias: NDArray | None, size: Ints, geometry: Geometry
) -> NDArray:
    """Cross-correlate x (N, C, *S) with weight (O, C / groups, *K) and add bias (O,)."""
    tiles = tuple(map(tile, weight.shape[2:], geometry.stride))
    kernel = _kernel(weight, tiles, geometry.groups)
    return _convolve(x, kernel, bias, size, tiles, geometry.padding)


def input_gradient(grad: NDArray, weight: NDArray, size: Ints, geometry: Geometry) -> NDArray:
    """Spread grad (N, O, *S) through weight (O, C / groups, *K) over an input of `size`."""
    found = map(adjoint, weight.shape[2:], geometry.stride, geometry.padding)
    tiles, padding = zip(*found, strict=True)
    kernel = _kernel(weight, tiles, geometry.groups, True)
    return _convolve(grad, kernel, None, size, tiles, padding)


@threads.blas_alone()
def _convolve(
    x: NDArray,
    kernel: NDArray,
    bias: NDArray | None,
    size: Ints,
    tiles: tuple[Tile, ...],
    padding: Ints,
) -> NDArray:
    """Tile by tile, with a kernel that is transformed."""
    groups, channels = kernel.shape[1], kernel.shape[1] * kernel.shape[3]
    counts, fitting = _counts(size, tiles, x.itemsize, max(x.shape[1], channels))
    inputs, steps = tuple(t.B.shape[1] for t in tiles), tuple(t.step for t in tiles)
    seen = _rows(x.shape, x.itemsize, inputs, steps, counts, padding, fitting)
    x, (tall, long) = seen.lay(x), (t.A.astype(x.dtype) for t in tiles)
    high, wide = (len(t.B) for t in tiles)
    out = np.empty((x.shape[0], *size, channels), x.dtype)

    def multiply(block: Block) -> None:
        given = _transform([t.B for t in tiles], steps[1], seen, x, block)
        count = given.shape[1]
        products = scratch("b", (wide * high, count, channels), x.dtype)
        _multiply(_apart(given, groups), kernel, _apart(products, groups))
        if bias is not None:
            products[high + 1] += bias  # at 1 along both axes: its transform back is 1 everywhere
        half = scratch("a", (len(long), high, count * channels), x.dtype)
        multiply_here(long, products.reshape(wide, -1), half.reshape(len(long), -1))
        back = scratch("b", (len(long), len(tall), count * channels), x.dtype)
        multiply_here(tall, half, back)
        _lay_out(back, out, block, counts[1])

    count = x.shape[0] * math.prod(counts)
    places, ends = len(kernel), x.shape[-1] + channels
    threads.run(multiply, seen.blocks, _is_little(count, places, kernel.size, ends))
    return channels_first(out)


def _is_little(count: int, places: int, products: int, channels: int) -> bool:
    """Whether to take one thread: for tiles of so many places, products and channels each."""
    return count * (products + places * channels * TRANSFORM) <= LITTLE


def _apart(tiles: NDArray, groups: int) -> NDArray:
    """(places, tiles, C) as (places, groups, tiles, C / groups)."""
    return tiles.reshape(*tiles.shape[:2], groups, -1).swapaxes(1, 2)


def _multiply(a: NDArray, b: NDArray, out: NDArray) -> None:
    """A product a place, shared out over the threads unless these are at work on blocks."""

    def some(part: slice) -> None:
        multiply_here(a[part], b[part], out[part])

    little = threads.inside() or out.size * a.shape[-1] <= LITTLE
    step = len(a) if little else -(-len(a) // SHARES)
    threads.run(some, [slice(i, i + step) for i in range(0, len(a), step)])


def _matrix(tiles: tuple[Tile, ...], dtype: np.dtype[Any]) -> NDArray:
    """Both transforms of the weight at once: (height, width) to (width, height) of tiles."""
    tall, long = (t.G for t in tiles)
    matrix: NDArray = np.einsum("ab,cd->acdb", long, tall)
    return matrix.reshape(len(long) * len(tall), -1).astype(dtype)


@threads.blas_alone()
def _kernel(weight: NDArray, tiles: tuple[Tile, ...], groups: int, turned: bool = False) -> NDArray:
    """The weight transformed: (places, groups, C / groups, O / groups), `turned` with C for O."""
    weight = np.ascontiguousarray(weight) if turned else weight.swapaxes(0, 1)
    channels, filters, *taps = weight.shape
    matrix, elements = _matrix(tiles, weight.dtype), math.prod(taps)
    out = scratch("kernel", (len(matrix), channels, filters), weight.dtype)

    def transform(part: slice) -> None:
        if turned:
            flat = weight[part].reshape(-1, elements).T
        else:
            flat = scratch("a", (elements, part.stop - part.start, filters), weight.dtype)
            np.copyto(flat, weight[part].reshape(-1, filters, elements).transpose(2, 0, 1))
            flat = flat.reshape(elements, -1)
        np.matmul(matrix, flat, out=out[:, part].reshape(len(matrix), -1))

    step = max(-(-(1 << 15) // filters), -(-channels // SHARES))
    threads.run(transform, [slice(i, min(i + step, channels)) for i in range(0, channels, step)])
    if turned:
        return out.reshape(len(matrix), groups, -1, filters)
    return out.reshape(len(matrix), channels, groups, -1).swapaxes(1, 2)


def _lay_out(back: NDArray, out: NDArray, block: Block, columns: int) -> None:
    """Put the outputs of a block, (width, height, tiles * C), to their places."""
    images, rows, channels = block.images, block.rows, out.shape[-1]
    wide, high = back.shape[:2]
    part = out[images, high * rows.start : high * rows.stop]
    whole = (len(part), high * (rows.stop - rows.start), wide * columns, channels)
    target = part if part.shape == whole else scratch("a", whole, out.dtype)
    places = target.reshape(len(part), -1, high, columns, wide, channels)
    tiles = back.reshape(wide, high, len(part), -1, columns, channels)
    np.copyto(places, tiles.transpose(2, 3, 1, 4, 0, 5))
    if target is not part:
        np.copyto(part, target[:, : part.shape[1], : part.shape[2]])


@threads.blas_alone()
def weight_gradient(x: NDArray, grad: NDArray, kernel: Ints, geometry: Geometry) -> NDArray:
    """Correlate x (N, C, *S) with grad (N, O, *size): of the weight (O, C / groups, *K)."""
    tiles, groups = tuple(map(tile, kernel, geometry.stride)), geometry.groups
    filters, channels, size = grad.shape[1], x.shape[1] // groups, grad.shape[2:]
    counts, fitting = _counts(size, tiles, x.itemsize, max(filters, x.shape[1]))
    read, steps = tuple(t.B.shape[1] for t in tiles), tuple(t.step for t in tiles)
    made = tuple(len(t.A) for t in tiles)
    inputs = _rows(x.shape, x.itemsize, read, steps, counts, geometry.padding, fitting)
    outputs = _rows(grad.shape, x.itemsize, made, made, counts, (0, 0), fitting)
    x, grad = inputs.lay(x), outputs.lay(grad)
    pairs = list(zip(inputs.blocks, outputs.blocks, strict=True))
    matrix = _matrix(tiles, x.dtype)
    shares, places = min(SHARES, len(pairs)), len(matrix)
    sums = scratch("sums", (shares, places, filters, channels), x.dtype)

    def add_up(number: int) -> None:
        total = sums[number]
        for i, (seen, met) in enumerate(pairs[number::shares]):
            others = _transform([t.A.T for t in tiles], made[1], outputs, grad, met, "c")
            given = _transform([t.B for t in tiles], steps[1], inputs, x, seen)
            product = scratch("b", total.shape, x.dtype) if i else total
            target = product.reshape(places, groups, -1, channels)
            _multiply(_apart(others, groups).swapaxes(2, 3), _apart(given, groups), target)
            if i:
                total += product

    count = x.shape[0] * math.prod(counts)
    ends = x.shape[-1] + filters
    threads.run(add_up, range(shares), _is_little(count, places, sums[0].size, ends))
    out = np.empty((filters, channels, *kernel), x.dtype)
    flat, sums = out.reshape(-1, matrix.shape[1]), sums.reshape(shares, places, -1)

    def transform(part: slice) -> None:
        total = sums[0, :, part]
        for other in sums[1:]:
            total += other[:, part]
        np.matmul(total.T, matrix, out=flat[part])

    step = max(1 << 14, -(-len(flat) // SHARES))
    threads.run(transform, [slice(i, i + step) for i in range(0, len(flat), step)])
    return out
