"""Pooling of arrays (N, C, *S) with any number of spatial dimensions.

Nothing is gathered. Element `k` of all windows at once is a strided view of the input, cut to
those windows where it lies inside of the input, so nothing is padded either. A maximum is
remembered by its number in its window, counted in C order.

A few windows are gathered all the same: NumPy's calls then take longer than what they do, and with
the elements of each window in a row there are fewer of them.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.along import sum_over
from tinygrad_np.kernels.gather import channels_first, channels_last
from tinygrad_np.kernels.select import masked
from tinygrad_np.kernels.silence import silent
from tinygrad_np.kernels.windows import Ints, NDArray, Slices

BLOCK = 1 << 22  # bytes of images that a kernel works on at a time: they stay in a shared cache
LONG = 1 << 10  # elements, above which a sum one after the other would round too much
SMALL = 1 << 14  # elements of windows, up to which it is the number of calls that counts


class Pooling(NamedTuple):
    """How windows lie on the input; an entry for each spatial dimension."""

    kernel: Ints
    stride: Ints
    padding: Ints
    dilation: Ints
    size: Ints  # of the output


Kernel = Callable[[NDArray, Pooling, NDArray | None], NDArray]


def _parts(count: int, nbytes: int) -> list[slice]:
    """A few images at a time, which fit the cache; an even number of parts, for two threads."""
    parts = 2 * round(nbytes / BLOCK)
    step = -(-count // parts) if 0 < parts <= count else max(count, 1)
    return [slice(i, i + step) for i in range(0, count, step)]


def _in_parts(kernel: Kernel, x: NDArray, pooling: Pooling, dtype: Any = None) -> NDArray:
    """``kernel(x, pooling, out)``, called with a few images at a time, and in several threads."""
    if 2 * x.nbytes <= BLOCK or len(parts := _parts(len(x), x.nbytes)) < 2:
        return kernel(x, pooling, None)
    size = math.prod((*x.shape[:2], *pooling.size))
    out = _unflat(np.empty(size, dtype or x.dtype), x.shape, pooling.size, _is_last(x))
    threads.run(lambda part: kernel(x[part], pooling, out[part]), parts)
    return out


def maximum(x: NDArray, pooling: Pooling) -> NDArray:
    """The largest element of each window; nan where there is one."""
    last = _is_last(x)
    few = _few(x.shape, pooling, last, SMALL)
    if few is not None:
        found = np.maximum.reduce(_flat(x, last).take(few.elements), 0)
        return _unflat(found, x.shape, pooling.size, last)
    return _in_parts(_maximum, x, pooling)


def _maximum(x: NDArray, pooling: Pooling, out: NDArray | None = None) -> NDArray:
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    return _reduce(np.maximum, x, pooling, lowest, out)


def total(x: NDArray, pooling: Pooling) -> NDArray:
    """The sum of each window."""
    lines = _lines(x.shape[2:], pooling)
    if any(line.single is None for line in lines):
        return _in_parts(_total, x, pooling)
    for line in lines:  # a window for the whole image
        x = x[line.single]
    images, channels, *sizes = x.shape
    count = math.prod(sizes)
    if count > LONG:
        out: NDArray = sum_over(tuple(range(2, x.ndim)), x)
        return out
    ones = np.ones(count, x.dtype)  # BLAS adds up short rows fastest
    if _is_last(x):
        out = silent.run(np.matmul, ones, channels_last(x).reshape(images, count, channels))
    else:
        out = silent.run(np.matmul, x.reshape(images, channels, count), ones)
    return out.reshape(images, channels, *(1,) * len(sizes))


def _total(x: NDArray, pooling: Pooling, out: NDArray | None) -> NDArray:
    return _reduce(np.add, x, pooling, 0, out)


def _reduce(
    ufunc: np.ufunc, x: NDArray, pooling: Pooling, initial: float, out: NDArray | None
) -> NDArray:
    """Combine the elements of each window, along one dimension after the other."""
    # rows first: they are long runs in memory, and then there is less of what is short
    for axis, line in enumerate(_lines(x.shape[2:], pooling), 2):
        new = out if axis == x.ndim - 1 else None
        if line.single is not None:
            x = ufunc.reduce(x[line.single], axis=axis, keepdims=True, out=new)
            continue
        places = line.places
        if line.begin_whole:
            (first, _), (second, _), *places = places
            new = ufunc(x[first], x[second], out=new)
        else:
            if new is None:
                shape = (*x.shape[:axis], pooling.size[axis - 2], *x.shape[axis + 1 :])
                new = np.empty_like(x, shape=shape)
            new.fill(initial)
        for seen, met in places:
            target = new[met]
            ufunc(target, x[seen], out=target)
        x = new
    return x


def spread_total(grad: NDArray, shape: Ints, pooling: Pooling) -> NDArray:
    """The adjoint of `total`: each element added to all of its window, in (N, C, *S)."""
    lines = _lines(shape[2:], pooling)
    if max(pooling.size) == 1 and all(line.covers for line in lines):  # the whole image
        # no order can be seen in `grad`: images are as convolutions leave them
        whole = _unflat(np.empty(math.prod(shape), grad.dtype), shape, shape[2:], len(shape) > 3)
        whole[...] = grad
        return whole
    *first, (_, final) = enumerate(lines, 2)

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


def place(grad: NDArray, x: NDArray, pooling: Pooling) -> NDArray:
    """Zeros, with each element of `grad` added where the maximum of its window of `x` stands."""
    last = _is_last(x)
    few = _few(x.shape, pooling, last, SMALL)
    if few is not None:
        where, values = few.largest(_flat(x, last)), _flat(grad, last)
        flat = np.zeros(x.size, grad.dtype)
        if few.apart:
            flat[where] = values
        else:
            np.add.at(flat, where, values)
        return _unflat(flat, x.shape, x.shape[2:], last)
    lines = _lines(x.shape[2:], pooling)
    spread = _spread_apart if all(line.apart for line in lines) else _spread
    new = np.empty if all(line.covers for line in lines) else np.zeros
    out = _unflat(new(x.size, grad.dtype), x.shape, x.shape[2:], last)

    def some(part: slice) -> None:
        spread(grad[part], _argmax(x[part], pooling), out[part], pooling, last)

    threads.run(some, _parts(len(x), out.nbytes))
    return out


def pick(values: NDArray, x: NDArray, pooling: Pooling) -> NDArray:
    """The adjoint of `place`: of `values`, those where the maxima of the windows of `x` stand."""
    last = _is_last(x)
    few = _few(x.shape, pooling, last, SMALL)
    if few is None:
        where = _named(_numbers(x, pooling), x.shape, pooling, last).reshape(-1)
    else:
        where = few.largest(_flat(x, last))
    found = _flat(values, last).take(where)
    return _unflat(found, x.shape, pooling.size, last)


def positions(x: NDArray, pooling: Pooling) -> NDArray:
    """Where the maximum of each window stands in its image, counted in C order."""
    last, shape = _is_last(x), x.shape[2:]
    few = _few(x.shape, pooling, last, SMALL)
    if few is not None:
        where = few.largest(_flat(x, last)) // (x.shape[1] if last else 1) % math.prod(shape)
        return _unflat(where, x.shape, pooling.size, last)
    number = _numbers(x, pooling)
    at = np.zeros(number.shape, np.int64)
    for axis, (n, kernel, stride, padding, dilation, size) in enumerate(
        zip(shape, *pooling, strict=True)
    ):
        below = math.prod(pooling.kernel[axis + 1 :])
        first = np.arange(size) * stride - padding
        first = first.reshape(-1, *(1,) * (len(shape) - 1 - axis))
        at = at * n + first + (number // below) % kernel * dilation
    return at


def _numbers(x: NDArray, pooling: Pooling) -> NDArray:
    return _in_parts(_argmax, x, pooling, np.min_scalar_type(math.prod(pooling.kernel)))


def _argmax(x: NDArray, pooling: Pooling, number: NDArray | None = None) -> NDArray:
    """The numbers of the maxima in their windows, of equal ones the first, of several nan the last.

    That is found from the maxima: to keep them in mind while `maximum` looks for them takes as
    long, and without a gradient it would be in vain.
    """
    out = _maximum(x, pooling)
    taps = _taps(x.shape[2:], pooling)
    if number is None:
        number = np.empty_like(out, np.min_scalar_type(len(taps)))
    number.fill(0)
    for seen, met in taps[-2::-1]:  # backwards: the last hit counts, and the last tap needs none
        number += 1
        here = number[met]
        np.multiply(here, (x[seen] != out[met]).view(np.uint8), out=here)
    if np.isnan(out).any():
        for k, (seen, met) in enumerate(taps):
            np.copyto(number[met], k, where=np.isnan(x[seen]))
    return number


def _spread(grad: NDArray, number: NDArray, out: NDArray, pooling: Pooling, last: bool) -> None:
    """Add each element to the place in its window of `out` that `number` names."""
    where = _named(number, out.shape, pooling, last)
    np.add.at(_flat(out, last), where.reshape(-1), _flat(grad, last))


def _spread_apart(
    grad: NDArray, number: NDArray, out: NDArray, pooling: Pooling, last: bool
) -> None:
    """`_spread` where no element is in two windows; it leaves the interpreter to other threads."""
    if last:  # once, not for each tap
        grad = channels_first(_in_order(grad, last))
    for k, (seen, met) in enumerate(_taps(out.shape[2:], pooling)):
        masked(grad[met], number[met] == k, out[seen])


def _is_last(x: NDArray) -> bool:
    """Whether channels are last in memory."""
    return not x.flags.c_contiguous and channels_last(x).flags.c_contiguous


def _in_order(x: NDArray, last: bool) -> NDArray:
    """(N, C, *S), or (N, *S, C) if channels are `last`, in memory too."""
    return np.ascontiguousarray(channels_last(x) if last else x)


def _named(number: NDArray, shape: Ints, pooling: Pooling, last: bool) -> NDArray:
    """Where in an array of `shape`, counted in the order of memory, the named elements are."""
    sizes = (*shape[2:], shape[1]) if last else shape[1:]
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


class _Few(NamedTuple):
    """Where the elements of a few windows stand, counted in the order of memory.

    In place of an element that is outside of the image stands the next one of its window inside:
    that changes neither the maximum nor which of equal ones is the first.
    """

    windows: NDArray  # (windows, elements of one)
    elements: NDArray  # the same with elements first
    begin: NDArray  # where in `windows` each of them begins
    apart: bool  # whether no element is in two windows

    def largest(self, flat: NDArray) -> NDArray:
        """Where the maxima stand in an array of one dimension."""
        number = first_largest(flat.take(self.windows))
        number += self.begin
        return self.windows.reshape(-1).take(number)


@functools.lru_cache(maxsize=64)
def _few(shape: Ints, pooling: Pooling, last: bool, most: int) -> _Few | None:
    """The windows of images (N, C, *S); None if they have more elements, or one has none."""
    images, channels, *sizes = shape
    if math.prod((images, channels, *pooling.size, *pooling.kernel)) > most:
        return None
    inside, apart = np.zeros((1, 1), np.int64), True  # of an image: (windows, elements)
    for n, kernel, stride, padding, dilation, size in zip(sizes, *pooling, strict=True):
        first = np.arange(size)[:, None] * stride - padding
        low, high = -(first // dilation), (n - 1 - first) // dilation
        if (np.maximum(low, 0) > np.minimum(high, kernel - 1)).any():
            return None
        at = first + np.arange(kernel).clip(low, high) * dilation
        inside = inside[:, None, :, None] * n + at[:, None]
        inside = inside.reshape(len(inside) * size, -1)
        apart &= (kernel - 1) * dilation < stride
    step = math.prod(sizes)
    if last:
        each = np.arange(images)[:, None, None] * (step * channels) + np.arange(channels)[:, None]
        windows = inside[:, None] * channels + each[:, None]
    else:
        windows = inside + np.arange(images * channels)[:, None, None] * step
    windows = windows.reshape(-1, inside.shape[1])
    begin = np.arange(len(windows)) * windows.shape[1]
    return _Few(windows, np.ascontiguousarray(windows.T), begin, apart)


def first_largest(rows: NDArray) -> NDArray:
    """The numbers of the largest elements of rows, of equal ones the first, of nan the last."""
    number: NDArray = rows.argmax(1)
    flat = rows.reshape(-1)
    squares = flat.dot(flat)
    if squares != squares:  # the quickest way to see whether there is a nan
        wrong = np.isnan(rows)
        last = rows.shape[1] - 1 - wrong[:, ::-1].argmax(1)
        number = np.where(wrong.any(1), last, number)
    return number


def _flat(x: NDArray, last: bool) -> NDArray:
    """In one dimension, with channels before or, if they are `last`, behind the others."""
    return (channels_last(x) if last else x).reshape(-1)


def _unflat(flat: NDArray, shape: Ints, size: Ints, last: bool) -> NDArray:
    """What `_flat` made of an array with the images and channels of `shape`, and this `size`."""
    if last:
        return channels_first(flat.reshape(shape[0], *size, shape[1]))
    return flat.reshape(*shape[:2], *size)


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
