"""Convolution of arrays with any number of spatial dimensions.

Three kernels share a `Geometry`, and each is told the spatial size of its result:

- `forward`: output from input and weight
- `input_gradient`: its adjoint for the input, which is the transposed convolution
- `weight_gradient`: its adjoint for the weight

Windows are gathered block by block and multiplied by BLAS. Results have channels last in memory
behind their (N, C, *size) shape: that is how BLAS gives them and how the next convolution reads
them, and what is computed in between, element by element, keeps it so.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads, winograd
from tinygrad_np.kernels.gather import Block, Windows, channels_first, channels_last, windows
from tinygrad_np.kernels.layout import tiled
from tinygrad_np.kernels.product import SMALL, multiply
from tinygrad_np.kernels.windows import ALL, Geometry, Ints, NDArray, Slices

ALONE = 3 << 18  # bytes of outputs of a block of a depthwise convolution
SHARES = 4  # sums that a weight's gradient is added up in, whatever the number of threads
KEPT = 1 << 15  # elements of windows that may be kept from the forward to the walk back
LITTLE = 9 << 21  # multiplications that one thread does before another is awake

ALGORITHMS = ("auto", "im2col", "winograd")
_algorithm = "auto"


def set_conv_algorithm(algorithm: str) -> None:
    """Choose how convolutions are computed.

    Parameters
    ----------
    algorithm : {"auto", "im2col", "winograd"}
        "im2col" multiplies the weight with gathered windows. "winograd" takes Winograd's
        algorithm for all kernels of 3 or 5 a side, of stride 1 or 2 and dilation 1, in float32,
        and im2col for the rest. It needs a quarter of the multiplications for 3x3 kernels, a
        sixth for 5x5, and two thirds with stride 2. Its error is up to 1e-5 of the largest result
        for 3x3 kernels and 3e-5 for 5x5, and like that of im2col, 1e-6, with stride 2. "auto",
        which holds from the start, takes it where it is faster. float64 is computed by im2col
        whatever is chosen.

    Raises
    ------
    ValueError
        For another name.

    Source: Lavin and Gray, Fast algorithms for convolutional neural networks, 2015
    (https://arxiv.org/abs/1509.09308).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_conv_algorithm("im2col")
    >>> tg.get_conv_algorithm()
    'im2col'
    >>> tg.set_conv_algorithm("auto")
    """
    global _algorithm
    if algorithm not in ALGORITHMS:
        raise ValueError(f"set_conv_algorithm expects one of {ALGORITHMS}, got {algorithm!r}")
    _algorithm = algorithm


def get_conv_algorithm() -> str:
    """How convolutions are computed: "auto" unless set.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_conv_algorithm()
    'auto'
    """
    return _algorithm


def _by_winograd(
    x: NDArray, channels: int, kernel: Ints, size: Ints, geometry: Geometry, strides: bool = False
) -> bool:
    """Whether to take Winograd's algorithm from x to that many channels and that size.

    `strides`: also where it is chosen for its speed and the stride is 2.
    """
    if _algorithm == "im2col" or not winograd.possible(x, kernel, size, geometry):
        return False
    return _algorithm == "winograd" or (
        (strides or max(geometry.stride) == 1)
        and winograd.pays(x.shape, channels, size, geometry.groups)
    )


def forward(
    x: NDArray, weight: NDArray, bias: NDArray | None, size: Ints, geometry: Geometry
) -> NDArray:
    """Cross-correlate x (N, C, *S) with weight (O, C / groups, *K) and add bias (O,)."""
    return with_windows(x, weight, bias, size, geometry)[0]


def with_windows(
    x: NDArray, weight: NDArray, bias: NDArray | None, size: Ints, geometry: Geometry
) -> tuple[NDArray, NDArray | None]:
    """`forward`, and the windows if they are few: for `weight_gradient`, which wants them again."""
    channels = weight.shape[0]
    few = _few(x.shape, x.dtype, channels, weight.shape[2:], size, geometry, _algorithm)
    if few is None:
        return _by_blocks(x, weight, bias, size, geometry), None
    matrix = few.alone(x)
    products = np.matmul(matrix, few.weights(weight))
    if bias is not None:
        products += bias
    return channels_first(products.reshape(x.shape[0], *size, channels)), matrix


def _by_blocks(
    x: NDArray, weight: NDArray, bias: NDArray | None, size: Ints, geometry: Geometry
) -> NDArray:
    groups, channels = geometry.groups, weight.shape[0]
    if _by_winograd(x, channels, weight.shape[2:], size, geometry):
        return winograd.forward(x, weight, bias, size, geometry)
    out = np.empty((x.shape[0], *size, channels), x.dtype)
    if _is_depthwise(x.shape[1], channels, groups):
        _depthwise(x, weight, bias, out, geometry)
        return channels_first(out)
    inner = _inner(x, weight.shape[2:])
    seen = windows(x.shape, x.itemsize, weight.shape[2:], size, geometry, inner)
    x, weights = seen.lay(x), seen.weight_matrix(weight)
    line = _line(bias, seen, size)

    def convolve(block: Block) -> None:
        part = out[block.images, block.rows]
        target = part.reshape(-1, groups, channels // groups).swapaxes(0, 1)
        multiply(seen.matrix(x, block), weights, target)
        _add(line, part)

    threads.run(convolve, seen.blocks, _is_little(seen, channels // groups))
    return channels_first(out)


def input_gradient(grad: NDArray, weight: NDArray, size: Ints, geometry: Geometry) -> NDArray:
    """Spread grad (N, O, *S) through weight (O, C / groups, *K) over an input of `size`.

    Positions of the input that are equal modulo the stride meet the same elements of the weight.
    Their gradient is a convolution, of stride 1, of `grad` with these in reverse order.
    """
    stride, padding, dilation, groups = geometry
    count, channels, *kernel = weight.shape
    if _by_winograd(grad, channels * groups, weight.shape[2:], size, geometry, True):
        return winograd.input_gradient(grad, weight, size, geometry)
    turned = weight.reshape(groups, count // groups, channels, *kernel).swapaxes(1, 2)
    turned = turned.reshape(groups * channels, count // groups, *kernel)
    ones = (1,) * len(size)

    def gradient(elements: Slices, sizes: Ints, padding: Ints, dilation: Ints) -> NDArray:
        geometry = Geometry(ones, padding, dilation, groups)
        return forward(grad, turned[ALL + elements], None, sizes, geometry)

    axes = map(_phases, size, kernel, stride, padding, dilation)
    phases: Any = [zip(*phase, strict=True) for phase in itertools.product(*axes)]
    if stride == ones:
        ((_, *convolution),) = phases
        return gradient(*convolution)
    out = np.zeros((grad.shape[0], *size, groups * channels), grad.dtype)
    for places, *convolution in phases:
        out[(slice(None), *places)] = channels_last(gradient(*convolution))
    return channels_first(out)


def _phases(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> list[tuple[slice, slice, int, int, int]]:
    """Along one dimension: positions, elements of the kernel, and the convolution between them.

    The convolution is given as size, padding and dilation. Phases that meet nothing are left out.
    """
    found = []
    common = math.gcd(stride, dilation)
    step, apart = stride // common, dilation // common
    for a in range(min(stride, size)):
        for first in range(min(kernel, step)):
            shift, rest = divmod(a + padding - first * dilation, stride)
            if rest == 0:
                last = range(first, kernel, step)[-1]
                elements = slice(last, first - 1 if first else None, -step)
                pad = (last - first) // step * apart - shift
                found.append(
                    (slice(a, None, stride), elements, len(range(a, size, stride)), pad, apart)
                )
    return found


def weight_gradient(
    x: NDArray, grad: NDArray, kernel: Ints, geometry: Geometry, matrix: NDArray | None = None
) -> NDArray:
    """Correlate x (N, C, *S) with grad (N, O, *size): the gradient of the weight.

    `matrix` is what `with_windows` gave.
    """
    groups, channels = geometry.groups, grad.shape[1]
    few = _few(x.shape, x.dtype, channels, kernel, grad.shape[2:], geometry, _algorithm)
    if few is not None:
        matrix = few.alone(x) if matrix is None else matrix
        products = np.matmul(channels_last(grad).reshape(-1, channels).T, matrix)
        return few.weight(products[None]) if few.inner else products.reshape(channels, -1, *kernel)
    if x.shape[0] == 0:
        return np.zeros((channels, x.shape[1] // groups, *kernel), x.dtype)
    if _by_winograd(x, channels, kernel, grad.shape[2:], geometry):
        return winograd.weight_gradient(x, grad, kernel, geometry)
    if _is_depthwise(x.shape[1], channels, groups):
        return _depthwise_weight(x, grad, kernel, geometry)
    seen = windows(x.shape, x.itemsize, kernel, grad.shape[2:], geometry, _inner(x, kernel))
    x, grad = seen.lay(x), channels_last(grad)

    def correlate(block: Block) -> NDArray:
        part = grad[block.images, block.rows].reshape(-1, groups, channels // groups)
        matrix = seen.matrix(x, block)
        if seen.inner:
            out = np.empty((groups, channels // groups, seen.elements), x.dtype)
            multiply(part.transpose(1, 2, 0), matrix, out)
            return out
        out = np.empty((groups, seen.elements, channels // groups), x.dtype)
        multiply(matrix.swapaxes(1, 2), part.swapaxes(0, 1), out)
        return out.swapaxes(1, 2)

    sums: Any = [None] * min(SHARES, len(seen.blocks))

    def add_up(number: int) -> None:
        first, *others = seen.blocks[number::SHARES]
        total = correlate(first)
        for block in others:
            total += correlate(block)
        sums[number] = total

    threads.run(add_up, range(len(sums)), _is_little(seen, channels // groups))
    return seen.weight(functools.reduce(np.add, sums))


@functools.lru_cache(maxsize=512)
def _few(
    shape: Ints, dtype: Any, channels: int, kernel: Ints, size: Ints, geometry: Geometry, how: str
) -> Windows | None:
    """The windows of a convolution that is one product, which BLAS does in one thread, or None.

    A small step has no time for what larger ones take to be shared out.
    """
    if geometry.groups > 1 or math.prod(kernel) == 1:
        return None
    seen = windows(shape, dtype.itemsize, kernel, size, geometry)
    if len(seen.blocks) != 1 or seen.gathered > KEPT or seen.gathered * channels > SMALL:
        return None
    x: Any = np.broadcast_to(np.empty((), dtype), shape)
    return None if _by_winograd(x, channels, kernel, size, geometry) else seen


def _inner(x: NDArray, kernel: Ints) -> bool | None:
    """The axes of windows: of one pixel, where its channels are apart, as they lie in memory."""
    return False if math.prod(kernel) == 1 and x.flags.c_contiguous else None


def _is_little(seen: Windows, filters: int) -> bool:
    """Whether one thread is done before another is awake.

    To gather an element takes as long as 45 multiplications.
    """
    return seen.gathered * (45 + filters) <= LITTLE


def _is_depthwise(in_channels: int, out_channels: int, groups: int) -> bool:
    """Whether each channel has one filter of its own, which leaves no sum for BLAS to take."""
    return 1 < groups == in_channels == out_channels


def _width(seen: Windows, size: Ints) -> int:
    """How long the lines of blocks are; in 1 dimension, where blocks cut them, at most."""
    if len(size) > 1:
        return size[-1]
    return max((block.rows.stop - block.rows.start for block in seen.blocks), default=0)


def _line(bias: NDArray | None, seen: Windows, size: Ints) -> NDArray | None:
    """The bias of all pixels of a line: what is added in long rows is added faster."""
    return None if bias is None else tiled(bias, _width(seen, size))


def _add(line: NDArray | None, part: NDArray) -> None:
    if line is not None:
        lines = part.reshape(-1, part.shape[-2] * part.shape[-1])
        lines += line[: lines.shape[1]]


def _depthwise(
    x: NDArray, weight: NDArray, bias: NDArray | None, out: NDArray, geometry: Geometry
) -> None:
    """`forward` of the depthwise kind, into (N, *size, C)."""
    kernel, size = weight.shape[2:], out.shape[1:-1]
    seen = _channel_windows(x, kernel, size, geometry)
    x, taps = seen.lay(x), np.moveaxis(weight[:, 0], 0, -1)[..., None, :]
    taps = np.broadcast_to(taps, (*kernel, _width(seen, size), out.shape[-1])).copy()
    places, elements, runs = _axes(kernel, geometry)
    line = _line(bias, seen, size)

    def convolve(block: Block) -> None:
        view = _runs(np.moveaxis(seen.view(x, block)[0], len(kernel), -2), geometry)
        part = out[block.images, block.rows]
        met, sums = _runs(taps[..., : part.shape[-2], :], geometry), _runs(part, geometry)
        np.einsum(view, places + elements + runs, met, elements + runs, places + runs, out=sums)
        _add(line, part)

    threads.run(convolve, seen.blocks)


def _channel_windows(x: NDArray, kernel: Ints, size: Ints, geometry: Geometry) -> Windows:
    """Windows of blocks whose outputs fit the cache: they are read where they lie."""
    fitting = ALONE // (x.shape[1] * x.itemsize) or 1
    return windows(x.shape, x.itemsize, kernel, size, geometry._replace(groups=1), True, fitting)


def _depthwise_weight(x: NDArray, grad: NDArray, kernel: Ints, geometry: Geometry) -> NDArray:
    size = grad.shape[2:]
    seen = _channel_windows(x, kernel, size, geometry)
    x, grad = seen.lay(x), channels_last(grad)
    places, _, runs = _axes(kernel, geometry)
    axes = places + runs
    lines = (*kernel, _width(seen, size), grad.shape[-1])
    sums = np.zeros((min(SHARES, len(seen.blocks)), *lines), x.dtype)

    def add_up(number: int) -> None:
        for block in seen.blocks[number::SHARES]:
            view = _runs(np.moveaxis(seen.view(x, block)[0], len(kernel), -2), geometry)
            part = np.ascontiguousarray(grad[block.images, block.rows])
            total = _runs(sums[number, ..., : part.shape[-2], :], geometry)
            part = _runs(part, geometry)
            for element in np.ndindex(*kernel):  # each alone: its line of sums stays in the cache
                met = view[(slice(None),) * len(places) + element]
                total[element] += np.einsum(met, axes, part, axes, runs)

    threads.run(add_up, range(len(sums)))
    out: NDArray = np.moveaxis(sums.sum(axis=(0, -2)), -1, 0)[:, None].copy()
    return out


def _runs(array: NDArray, geometry: Geometry) -> NDArray:
    """(..., width, C) as (..., width * C) where the windows of a line are one run in memory."""
    return array.reshape(*array.shape[:-2], -1) if geometry.stride[-1] == 1 else array


def _axes(kernel: Ints, geometry: Geometry) -> tuple[list[int], list[int], list[int]]:
    """Numbers for einsum: of images and lines, of elements of the kernel, of what is in a line."""
    dims = len(kernel)
    places, elements = list(range(dims)), list(range(dims, 2 * dims))
    return places, elements, [2 * dims] if geometry.stride[-1] == 1 else [2 * dims, 2 * dims + 1]
