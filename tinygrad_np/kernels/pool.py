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
from typing import NamedTuple

import numpy as np

from tinygrad_np.kernels.select import select
from tinygrad_np.kernels.windows import Ints, NDArray, Slices

Place = tuple[slice, slice]  # of the input, and of the outputs that meet it


class Pooling(NamedTuple):
    """How windows lie on the input; an entry for each spatial dimension."""

    kernel: Ints
    stride: Ints
    padding: Ints
    dilation: Ints
    size: Ints  # of the output


def maximum(x: NDArray, pooling: Pooling) -> NDArray:
    """The largest element of each window; nan where there is one."""
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    return _reduce(np.maximum, x, pooling, lowest)


def total(x: NDArray, pooling: Pooling) -> NDArray:
    """The sum of each window."""
    return _reduce(np.add, x, pooling, 0)


def _reduce(ufunc: np.ufunc, x: NDArray, pooling: Pooling, initial: float) -> NDArray:
    """Combine the elements of each window, along one dimension after the other."""
    for axis, places in reversed([*enumerate(_places(x.shape[2:], pooling), 2)]):
        size, lead = pooling.size[axis - 2], (slice(None),) * axis
        places = sorted((p for p in places if p[1].stop), key=lambda p: p[1] != slice(0, size))
        if size == 1 and places:
            seen = slice(places[0][0].start, places[-1][0].stop, pooling.dilation[axis - 2])
            x = ufunc.reduce(x[(*lead, seen)], axis=axis, keepdims=True)
            continue
        if len(places) > 1 and places[1][1] == slice(0, size):
            out = ufunc(x[(*lead, places[0][0])], x[(*lead, places[1][0])])
            places = places[2:]
        else:
            out = np.full_like(x, initial, shape=(*x.shape[:axis], size, *x.shape[axis + 1 :]))
        for seen, met in places:
            target = out[(*lead, met)]
            ufunc(target, x[(*lead, seen)], out=target)
        x = out
    return x


def spread_total(grad: NDArray, shape: Ints, pooling: Pooling) -> NDArray:
    """The adjoint of `total`: each element added to all of its window, in (N, C, *S)."""
    for axis, places in enumerate(_places(shape[2:], pooling), 2):
        lead = (slice(None),) * axis
        out = np.zeros_like(grad, shape=(*shape[: axis + 1], *grad.shape[axis + 1 :]))
        for seen, met in places:
            out[(*lead, seen)] += grad[(*lead, met)]
        grad = out
    return grad


def argmax(x: NDArray, out: NDArray, pooling: Pooling) -> NDArray:
    """The numbers of the first elements that equal `out`, the maxima of their windows.

    Of a window with nan it is the number of the last nan, PyTorch's choice.
    """
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
    """Put each element to the place in its window that `number` names, in (N, C, *S)."""
    out = np.zeros_like(grad, shape=shape)
    apart = all(
        (k - 1) * d < s
        for k, d, s in zip(pooling.kernel, pooling.dilation, pooling.stride, strict=True)
    )
    for k, (seen, met) in enumerate(_taps(shape[2:], pooling)):
        part = select(number[met] == k, grad[met], 0.0)
        if apart:  # no element is in two windows
            out[seen] = part
        else:
            out[seen] += part
    return out


def take(x: NDArray, number: NDArray, pooling: Pooling) -> NDArray:
    """The adjoint of `spread`: from each window the element that `number` names."""
    out = np.zeros_like(x, shape=number.shape)
    for k, (seen, met) in enumerate(_taps(x.shape[2:], pooling)):
        out[met] += select(number[met] == k, x[seen], 0.0)
    return out


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


@functools.lru_cache(maxsize=512)
def _places(shape: Ints, pooling: Pooling) -> list[list[Place]]:
    """For each dimension and each k: the positions that it is at, and the windows they are in."""
    found = []
    for n, kernel, stride, padding, dilation, size in zip(shape, *pooling, strict=True):
        line = []
        for k in range(kernel):
            at = k * dilation - padding  # in the first window
            low = max(-(at // stride), 0)
            high = min((n - 1 - at) // stride + 1, size)
            first = at + low * stride
            if low < high:
                last = at + (high - 1) * stride
                line.append((slice(first, last + 1, stride), slice(low, high)))
            else:
                line.append((slice(0), slice(0)))
        found.append(line)
    return found


@functools.lru_cache(maxsize=512)
def _taps(shape: Ints, pooling: Pooling) -> list[tuple[Slices, Slices]]:
    """`_places` of all dimensions together, for each element of the window in C order."""
    lead = (slice(None), slice(None))
    return [
        ((*lead, *(seen for seen, _ in tap)), (*lead, *(met for _, met in tap)))
        for tap in itertools.product(*_places(shape, pooling))
    ]
