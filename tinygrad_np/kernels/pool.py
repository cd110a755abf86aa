"""Pooling of arrays (N, C, *S) with any number of spatial dimensions.

Nothing is gathered. Element `k` of all windows at once is a strided view of the input, cut to
those windows where it lies inside of the input, so nothing is padded either.

A maximum is remembered by its number in its window, counted in C order: `argmax` finds it,
`spread` puts gradients back to it, `take` reads what is there, and `positions` makes of it what
`return_indices` gives.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.along import sum_over
from tinygrad_np.kernels.gather import channels_first, channels_last
from tinygrad_np.kernels.select import masked
from tinygrad_np.kernels.windows import Ints, NDArray, Slices

K = TypeVar("K", bound=Callable[..., NDArray])
BLOCK = 1 << 22  # bytes of images that a kernel works on at a time: they stay in a shared cache
SMALL = 4096  # elements, below which it is the number of calls that counts


class Pooling(NamedTuple):
    """How windows lie on the input; an entry for each spatial dimension."""

    kernel: Ints
    stride: Ints
    padding: Ints
    dilation: Ints
    size: Ints  # of the output


def _parts(count: int, nbytes: int) -> list[slice]:
    """A few images at a time, which fit the cache; an even number of parts, for two threads."""
    parts = 2 * round(nbytes / BLOCK)
    step = -(-count // parts) if 0 < parts <= count else max(count, 1)
    return [slice(i, i + step) for i in range(0, count, step)]


def _by_images(kernel: K) -> K:
    """Let a kernel work on a few images at a time, and in several threads.

    The arrays among its arguments have an entry for each image, and so has its result.
    """

    @functools.wraps(kernel)
    def shared(x: NDArray, *rest: Any) -> NDArray:
        if 2 * x.nbytes <= BLOCK or len(parts := _parts(len(x), x.nbytes)) < 2:
            return kernel(x, *rest)  # type: ignore[no-any-return]

        def compute(part: slice) -> NDArray:
            given = (a[part] if isinstance(a, np.ndarray) else a for a in rest)
            return kernel(x[part], *given)  # type: ignore[no-any-return]

        def place(part: slice) -> None:
            out[part] = compute(part)

        one = compute(slice(1))
        out = np.empty_like(one, shape=(len(x), *one.shape[1:]))  # in the same order in memory
        threads.run(place, parts)
        return out

    return cast(K, shared)


@_by_images
def maximum(x: NDArray, pooling: Pooling) -> NDArray:
    """The largest element of each window; nan where there is one."""
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    return _reduce(np.maximum, x, pooling, lowest)


@_by_images
def total(x: NDArray, pooling: Pooling) -> NDArray:
    """The sum of each window."""
    lines = _lines(x.shape[2:], pooling)
    if any(line.single is None for line in lines):
        return _reduce(np.add, x, pooling, 0)
    for line in lines:  # a window for the whole image
        x = x[line.single]
    out: NDArray = sum_over(tuple(range(2, x.ndim)), x)
    return out


def _reduce(ufunc: np.ufunc, x: NDArray, pooling: Pooling, initial: float) -> NDArray:
    """Combine the elements of each window, along one dimension after the other."""
    # rows first: they are long runs in memory, and then there is less of what is short
    for axis, line in enumerate(_lines(x.shape[2:], pooling), 2):
        if line.single is not None:
            x = ufunc.reduce(x[line.single], axis=axis, keepdims=True)
            continue
        places = line.places
        if line.begin_whole:
            (first, _), (second, _), *places = places
            out = ufunc(x[first], x[second])
        else:
            shape = (*x.shape[:axis], pooling.size[axis - 2], *x.shape[axis + 1 :])
            out = np.full_like(x, initial, shape=shape)
        for seen, met in places:
            target = out[met]
            ufunc(target, x[seen], out=target)
        x = out
    return x


def spread_total(grad: NDArray, shape: Ints, pooling: Pooling) -> NDArray:
    """The adjoint of `total`: each element added to all of its window, in (N, C, *S)."""
    *first, (_, final) = enumerate(_lines(shape[2:], pooling), 2)

    def along(line: _Line, grad: NDArray, out: NDArray) -> None:
        for seen, met in line.places:
            if line.apart:
                out[seen] = grad[met]
            else:
                out[seen] += grad[met]

    def place(part: slice) -> None:
        some = grad[part]
        for axis, line in first:
            sizes = (*some.shape[:axis], shape[axis], *some.shape[axis + 1 :])
            wider = _new(some, sizes, line.covers)
            along(line, some, wider)
            some = wider
        along(final, some, out[part])

    out = _new(grad, (*grad.shape[:2], *shape[2:]), final.covers)
    threads.run(place, _parts(len(grad), out.nbytes))
    return out


def _new(like: NDArray, shape: Ints, covered: bool) -> NDArray:
    """An array in the same order in memory, of zeros unless all of it will be `covered`."""
    return (np.empty_like if covered else np.zeros_like)(like, shape=shape)


@_by_images
def argmax(x: NDArray, pooling: Pooling) -> NDArray:
    """The numbers of the maxima in their windows, of equal ones the first, of several nan the last.

    That is found from the maxima: to keep them in mind while `maximum` looks for them takes as
    long, and without a gradient it would be in vain.
    """
    tiles = _tiles(x.shape[2:], pooling)
    if tiles is not None and x.size <= SMALL and not np.isnan(x).any():
        inside, pairs, apart = tiles
        windows = x[inside].reshape(x.shape[:2] + pairs).transpose(apart)
        flat = windows.reshape(*x.shape[:2], *pooling.size, math.prod(pooling.kernel))
        number = np.asarray(flat.argmax(-1))
        return channels_first(_in_order(number, True)) if _is_last(x) else number
    out = maximum(x, pooling)
    taps = _taps(x.shape[2:], pooling)
    number = np.zeros_like(out, np.min_scalar_type(len(taps)))
    for seen, met in taps[-2::-1]:  # backwards: the last hit counts, and the last tap needs none
        number += 1
        here = number[met]
        np.multiply(here, (x[seen] != out[met]).view(np.uint8), out=here)
    if np.isnan(out).any():
        for k, (seen, met) in enumerate(taps):
            np.copyto(number[met], k, where=np.isnan(x[seen]))
    return number


def spread(grad: NDArray, number: NDArray, shape: Ints, pooling: Pooling) -> NDArray:
    """Add each element to the place in its window that `number` names, in (N, C, *S)."""
    lines, last = _lines(shape[2:], pooling), _is_last(number)
    sizes = (*shape[2:], shape[1]) if last else shape[1:]
    apart = all(line.apart for line in lines)
    by_taps = apart and number.size > SMALL
    new = np.empty if by_taps and all(line.covers for line in lines) else np.zeros
    out = new((len(grad), *sizes), grad.dtype)
    result = channels_first(out) if last else out

    def place(part: slice) -> None:
        some, numbers, target = grad[part], number[part], result[part]
        if by_taps:  # unlike `add.at` it leaves the interpreter to other threads
            if last:  # once, not for each tap
                some = channels_first(_in_order(some, last))
            for k, (seen, met) in enumerate(_taps(shape[2:], pooling)):
                masked(some[met], numbers[met] == k, target[seen])
            return
        where = _named(numbers, sizes, pooling, last)
        flat, values = out[part].reshape(-1), _in_order(some, last)
        if apart:
            flat[where] = values
        else:
            np.add.at(flat, where.reshape(-1), values.reshape(-1))

    threads.run(place, _parts(len(grad), out.nbytes))
    return result


@_by_images
def take(x: NDArray, number: NDArray, pooling: Pooling) -> NDArray:
    """The adjoint of `spread`: from each window the element that `number` names."""
    last = _is_last(number)
    x = _in_order(x, last)
    taken = x.reshape(-1).take(_named(number, x.shape[1:], pooling, last))
    return channels_first(taken) if last else taken


def _is_last(x: NDArray) -> bool:
    """Whether channels are last in memory."""
    return not x.flags.c_contiguous and channels_last(x).flags.c_contiguous


def _in_order(x: NDArray, last: bool) -> NDArray:
    """(N, C, *S), or (N, *S, C) if channels are `last`, in memory too."""
    return np.ascontiguousarray(channels_last(x) if last else x)


def _named(number: NDArray, sizes: Ints, pooling: Pooling, last: bool) -> NDArray:
    """Where in images of `sizes`, counted in the order of memory, the named elements are."""
    first, inside = _offsets(sizes, pooling, last)
    where = inside.take(_in_order(number, last))
    where += first
    images = np.arange(len(number)) * math.prod(sizes)
    where += images.reshape(-1, *(1,) * len(sizes))
    return where


@functools.lru_cache(maxsize=128)
def _offsets(sizes: Ints, pooling: Pooling, last: bool) -> tuple[NDArray, NDArray]:
    """Where in an image (C, *S), or (*S, C), windows begin, and the elements of one from there."""
    channels, *shape = (sizes[-1], *sizes[:-1]) if last else sizes
    begin, inside = np.zeros((), np.int64), np.zeros((), np.int64)
    for n, kernel, stride, padding, dilation, size in zip(shape, *pooling):
        begin = begin[..., None] * n + (np.arange(size) * stride - padding)
        inside = inside[..., None] * n + np.arange(kernel) * dilation
    if last:
        return begin[..., None] * channels + np.arange(channels), inside.reshape(-1) * channels
    step = math.prod(shape)
    return begin + (np.arange(channels) * step).reshape(-1, *(1,) * len(shape)), inside.reshape(-1)


@functools.lru_cache(maxsize=512)
def _tiles(shape: Ints, pooling: Pooling) -> tuple[Any, Ints, Ints] | None:
    """How to take an image of windows that lie side by side apart; None for other windows.

    What of the image is in windows, its shape by number of window and place in it, and the order
    of axes that brings the numbers before the places.
    """
    kernel, stride, padding, dilation, size = pooling
    covered = [n * k for n, k in zip(size, kernel)]
    if kernel != stride or any(padding) or max(dilation) > 1:
        return None
    if any(c > s for c, s in zip(covered, shape)):
        return None
    pairs = tuple(n for pair in zip(size, kernel) for n in pair)
    axes = range(2, 2 + len(pairs))
    return (..., *map(slice, covered)), pairs, (0, 1, *axes[::2], *axes[1::2])


def positions(number: NDArray, shape: Ints, pooling: Pooling) -> NDArray:
    """Numbers in windows as positions in an input of spatial `shape`, counted in C order."""
    flat = np.zeros(number.shape, np.int64)
    for axis, (n, kernel, stride, padding, dilation, size) in enumerate(
        zip(shape, *pooling, strict=True)
    ):
        below = math.prod(pooling.kernel[axis + 1 :])
        first = np.arange(size) * stride - padding
        first = first.reshape(-1, *(1,) * (len(shape) - 1 - axis))
        flat = flat * n + first + (number // below) % kernel * dilation
    return flat


def _places(
    n: int, kernel: int, stride: int, padding: int, dilation: int, size: int
) -> list[tuple[slice, slice]]:
    """Along one dimension, for each k: the positions it is at, and the windows they are in."""
    found = []
    for k in range(kernel):
        at = k * dilation - padding  # in the first window
        low = max(-(at // stride), 0)
        high = min((n - 1 - at) // stride + 1, size)
        first, last = at + low * stride, at + (high - 1) * stride
        if low < high:
            found.append((slice(first, last + 1, stride), slice(low, high)))
        else:
            found.append((slice(0, 0), slice(0, 0)))
    return found


class _Line(NamedTuple):
    """The `_places` of one dimension as indices, without the empty ones."""

    places: list[tuple[Slices, Slices]]
    begin_whole: bool  # whether the first two are in all windows
    single: Slices | None  # all that is in the window, if there is but one
    apart: bool  # whether no element is in two windows
    covers: bool  # whether besides each is in one


@functools.lru_cache(maxsize=512)
def _lines(shape: Ints, pooling: Pooling) -> list[_Line]:
    lines = []
    for axis, (n, *window) in enumerate(zip(shape, *pooling, strict=True), 2):
        kernel, stride, _, dilation, size = window
        lead = (slice(None),) * axis
        whole = slice(0, size)
        found = [place for place in _places(n, *window) if place[1].stop]
        found.sort(key=lambda place: place[1] != whole)
        single = None
        if size == 1 and found:
            single = (*lead, slice(found[0][0].start, found[-1][0].stop, dilation))
        begin_whole = len(found) > 1 and found[1][1] == whole
        indices = [((*lead, seen), (*lead, met)) for seen, met in found]
        apart = (kernel - 1) * dilation < stride
        covers = apart and sum(len(range(n)[seen]) for seen, _ in found) == n
        lines.append(_Line(indices, begin_whole, single, apart, covers))
    return lines


@functools.lru_cache(maxsize=512)
def _taps(shape: Ints, pooling: Pooling) -> list[tuple[Slices, Slices]]:
    """`_places` of all dimensions together, for each element of the window in C order."""
    lead = (slice(None), slice(None))
    places = [_places(*line) for line in zip(shape, *pooling, strict=True)]
    return [
        ((*lead, *(seen for seen, _ in tap)), (*lead, *(met for _, met in tap)))
        for tap in itertools.product(*places)
    ]
