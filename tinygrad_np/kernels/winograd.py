"""Winograd's convolution F(4x4, 3x3): 36 products where 144 stand in the sum.

A tile of 4x4 outputs y of a 3x3 kernel w needs 6x6 inputs d. With three constant matrices

    y = A [(G w G') * (B d B')] A'

gives the tile, so that, over all tiles and channels, 36 small matrix products take the place of
one large one of 4 times the work. The transposes of the same matrices give the gradients: of the
input by a convolution with the kernel turned, of the weight by

    dw = G' [(A' dy A) * (B d B')] G

summed over the tiles before the outer transform. All transforms are matrix products too: along
the height on the images as they lie in memory, along the width on the columns of the tiles,
gathered. Six rows are few enough for BLAS to take at the speed of memory.

The transforms are sums of larger terms that cancel. In float32 the error is about ten times that
of the plain sum: 1e-5 of the largest result, as a rule half of it. float64 is not computed so:
who asks for it asks for accuracy.

Source: Lavin and Gray, Fast algorithms for convolutional neural networks, 2015
(https://arxiv.org/abs/1509.09308).
"""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.gather import Block, Windows, channels_first, windows
from tinygrad_np.kernels.scratch import scratch
from tinygrad_np.kernels.windows import Geometry, Ints, NDArray

B = np.array(  # constants in float64; each call casts them to what it computes in
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
)
G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
A = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])
# both transforms of the weight at once: (height, width) to (width, height), as tiles have them
KERNEL = np.einsum("ab,cd->acdb", G, G).reshape(36, 9)
ONE = 7  # the place whose transform back is 1 in all of a tile: where a bias is added

SPACE = 1 << 20  # bytes of a block's tiles, transformed; there are two such arrays
FEW = 64  # tiles, below which BLAS spends too much of its time on the weights
SHARES = 4  # sums that a weight's gradient is added up in, whatever the number of threads


DTYPES = "f"  # the characters of the dtypes that are computed so


def possible(x: NDArray, kernel: Ints, size: Ints, geometry: Geometry) -> bool:
    """Whether a convolution can be computed so."""
    stride, _, dilation, _ = geometry
    return (
        tuple(kernel) == (3, 3)
        and stride == dilation == (1, 1)
        and x.dtype.char in DTYPES
        and x.size * math.prod(size) > 0
    )


def pays(shape: Ints, channels: int, size: Ints, groups: int) -> bool:
    """Whether it is then faster: with channels for BLAS, and tiles that do not lie outside."""
    tiles = math.prod(-(-n // 4) for n in size)
    return (
        min(shape[1], channels) >= 16 * groups
        and tiles * 16 <= 1.5 * math.prod(size)
        and shape[0] * tiles >= 32
    )


def _rows(
    shape: Ints, itemsize: int, height: int, size: Ints, padding: Ints, channels: int
) -> Windows:
    """Rows of tiles in (N, C, *S) images, for outputs of `size`.

    They are windows of `height`, begun every 4 positions, and as wide as the image.
    """
    rows, columns = (-(-n // 4) for n in size)
    fitting = max(SPACE // (36 * 4 * channels), FEW) // columns or 1
    geometry = Geometry((4, 4), padding, (1, 1))
    kernel = (height, 4 * columns + height - 4)
    return windows(shape, itemsize, kernel, (rows, 1), geometry, True, fitting)


def _transform(
    matrix: NDArray, seen: Windows, x: NDArray, block: Block, place: str = "a"
) -> NDArray:
    """The tiles of a block, transformed by a matrix (6, height): (36, tiles, C)."""
    matrix = matrix.astype(x.dtype)
    view = seen.view(x, block)[0, :, :, 0]  # (N, rows, height, width, C)
    count, rows, height, width, channels = view.shape
    high = scratch("a", (count, rows, 6, width, channels), x.dtype)
    lines = (count, rows, -1, width * channels)
    np.matmul(matrix, view.reshape(lines), out=high.reshape(lines))
    image, row, line, pixel, channel = high.strides
    columns = (width - height) // 4 + 1
    shape = (height, 6, count, rows, columns, channels)
    strides = (pixel, line, image, row, 4 * pixel, channel)
    gathered = scratch("b", shape, x.dtype)
    np.copyto(gathered, np.ndarray(shape, x.dtype, high, 0, strides))
    out = scratch(place, (36, count * rows * columns, channels), x.dtype)
    np.matmul(matrix, gathered.reshape(height, -1), out=out.reshape(6, -1))
    return out


@threads.blas_alone()
def forward(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None,
    size: Ints,
    padding: Ints,
    groups: int = 1,
    turned: bool = False,
) -> NDArray:
    """Cross-correlate x (N, C, *S) with weight (O, C / groups, 3, 3).

    `turned`: with weight (C, O / groups, 3, 3), each kernel in reverse order.
    """
    channels = weight.shape[1] * groups if turned else weight.shape[0]
    seen = _rows(x.shape, x.itemsize, 6, size, padding, max(x.shape[1], channels))
    x, kernel, last = seen.lay(x), _kernel(weight, groups, turned), A.astype(x.dtype)
    out = np.empty((x.shape[0], *size, channels), x.dtype)

    def multiply(block: Block) -> None:
        tiles = _transform(B, seen, x, block)
        products = scratch("b", (36, tiles.shape[1], channels), x.dtype)
        target = _apart(products, groups)
        _multiply(_apart(tiles, groups), kernel, target)
        if bias is not None:
            products[ONE] += bias
        wide = scratch("a", (4, 6, tiles.shape[1] * channels), x.dtype)
        np.matmul(last, products.reshape(6, -1), out=wide.reshape(4, -1))
        back = scratch("b", (4, 4, tiles.shape[1] * channels), x.dtype)
        np.matmul(last, wide, out=back)
        _lay_out(back, out, block)

    threads.run(multiply, seen.blocks)
    return channels_first(out)


def _apart(tiles: NDArray, groups: int) -> NDArray:
    """(36, tiles, C) as (36, groups, tiles, C / groups)."""
    return tiles.reshape(*tiles.shape[:2], groups, -1).swapaxes(1, 2)


def _multiply(a: NDArray, b: NDArray, out: NDArray) -> None:
    """36 products a group, shared out over the threads unless these are at work on blocks."""

    def some(part: slice) -> None:
        np.matmul(a[part], b[part], out=out[part])

    step = 36 if threads.inside() else 9
    threads.run(some, [slice(i, i + step) for i in range(0, 36, step)])


def _kernel(weight: NDArray, groups: int, turned: bool) -> NDArray:
    """The weight transformed: (36, groups, C / groups, O / groups)."""
    if turned:
        weight, matrix = np.ascontiguousarray(weight), KERNEL[:, ::-1]
    else:
        weight, matrix = weight.swapaxes(0, 1), KERNEL
    channels, filters = weight.shape[:2]
    matrix = matrix.astype(weight.dtype)
    out = scratch("kernel", (36, channels, filters), weight.dtype)

    def transform(part: slice) -> None:
        if turned:
            flat = weight[part].reshape(-1, 9).T
        else:
            flat = scratch("a", (9, part.stop - part.start, filters), weight.dtype)
            np.copyto(flat, weight[part].reshape(-1, filters, 9).transpose(2, 0, 1))
            flat = flat.reshape(9, -1)
        np.matmul(matrix, flat, out=out[:, part].reshape(36, -1))

    step = max(-(-(1 << 15) // filters), -(-channels // SHARES))
    threads.run(transform, [slice(i, min(i + step, channels)) for i in range(0, channels, step)])
    if turned:
        return out.reshape(36, groups, -1, filters)
    return out.reshape(36, channels, groups, -1).swapaxes(1, 2)


def _lay_out(back: NDArray, out: NDArray, block: Block) -> None:
    """Put the outputs of a block, (width, height, tiles * C), to their places."""
    images, rows, channels = block.images, block.rows, out.shape[-1]
    part = out[images, 4 * rows.start : 4 * rows.stop]
    columns = -(-out.shape[2] // 4)
    whole = (len(part), 4 * (rows.stop - rows.start), 4 * columns, channels)
    target = part if part.shape == whole else scratch("a", whole, out.dtype)
    places = target.reshape(len(part), -1, 4, columns, 4, channels)
    tiles = back.reshape(4, 4, len(part), -1, columns, channels)
    np.copyto(places, tiles.transpose(2, 3, 1, 4, 0, 5))
    if target is not part:
        np.copyto(part, target[:, : part.shape[1], : part.shape[2]])


@threads.blas_alone()
def weight_gradient(x: NDArray, grad: NDArray, padding: Ints, groups: int = 1) -> NDArray:
    """Correlate x (N, C, *S) with grad (N, O, *size): of the weight (O, C / groups, 3, 3)."""
    size, filters, channels = grad.shape[2:], grad.shape[1], x.shape[1] // groups
    per = max(filters, x.shape[1])
    inputs = _rows(x.shape, x.itemsize, 6, size, padding, per)
    outputs = _rows(grad.shape, x.itemsize, 4, size, (0, 0), per)
    x, grad = inputs.lay(x), outputs.lay(grad)
    pairs = list(zip(inputs.blocks, outputs.blocks, strict=True))
    shares = min(SHARES, len(pairs))
    sums = scratch("sums", (shares, 36, filters, channels), x.dtype)

    def add_up(number: int) -> None:
        total = sums[number]
        for i, (seen, met) in enumerate(pairs[number::shares]):
            others = _transform(A.T, outputs, grad, met, "c")
            tiles = _transform(B, inputs, x, seen)
            product = scratch("b", total.shape, x.dtype) if i else total
            target = product.reshape(36, groups, -1, channels)
            others, tiles = _apart(others, groups).swapaxes(2, 3), _apart(tiles, groups)
            _multiply(others, tiles, target)
            if i:
                total += product

    threads.run(add_up, range(shares))
    out = np.empty((filters, channels, 3, 3), x.dtype)
    flat, sums, last = out.reshape(-1, 9), sums.reshape(shares, 36, -1), KERNEL.astype(x.dtype)

    def transform(part: slice) -> None:
        total = sums[0, :, part]
        for other in sums[1:]:
            total += other[:, part]
        np.matmul(total.T, last, out=flat[part])

    step = max(1 << 14, -(-len(flat) // SHARES))
    threads.run(transform, [slice(i, i + step) for i in range(0, len(flat), step)])
    return out
