"""Signals and images brought to another size, along one dimension after the other.

One op does all of it, its own adjoint: a product with a sparse matrix. The functions beside it
make the matrices; a row of one says of which elements an element of the result is made.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import ordered
from tinygrad_np.tape.op import Array, op


@op
def resample(input: Array, *, matrix: Any, dim: int) -> Array:
    """Every line along `dim` multiplied by a sparse matrix (new size, old size)."""
    if input.dtype.kind != "f":
        raise NotImplementedError(
            f"resizing is not implemented for {input.dtype}: call .float() first"
        )
    lines = input.swapaxes(0, dim)
    flat = lines.reshape(lines.shape[0], math.prod(lines.shape[1:]))
    product = matrix.astype(np.promote_types(input.dtype, np.float32)) @ flat
    shape = (matrix.shape[0], *lines.shape[1:])
    return ordered(product.astype(input.dtype, copy=False).reshape(shape).swapaxes(0, dim))


resample.backward(input=lambda grad, matrix, dim: resample(grad, matrix=matrix.T, dim=dim))


@functools.lru_cache(maxsize=64)
def nearest(n: int, size: int, scale: float, exact: bool) -> Any:
    """One element each: the one at or before the place, or, `exact`, the nearest to its middle.

    Computed in float32, for PyTorch's choice where a place falls between two elements.
    """
    places = np.arange(size, dtype=np.float32) + np.float32(0.5 if exact else 0.0)
    return _matrix(n, [np.floor(places * np.float32(scale))], [np.ones(size)])


@functools.lru_cache(maxsize=64)
def linear(n: int, size: int, scale: float, align_corners: bool) -> Any:
    """The two elements around a place, weighted by how near they are."""
    places = np.maximum(_places(n, size, scale, align_corners), 0.0)
    first = np.floor(places)
    t = places - first
    return _matrix(n, [first, first + 1], [1 - t, t])


@functools.lru_cache(maxsize=64)
def cubic(n: int, size: int, scale: float, align_corners: bool) -> Any:
    """The four elements around a place, weighted by Keys' cubic convolution with a = -0.75.

    Source: R. Keys, Cubic convolution interpolation for digital image processing (1981)
    """
    places = _places(n, size, scale, align_corners)
    first = np.floor(places)
    t, a = places - first, -0.75

    def near(x: Any) -> Any:  # for distances up to 1
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Any) -> Any:  # for distances from 1 to 2
        return ((x - 5) * x + 8) * x * a - 4 * a

    weights = [far(1 + t), near(t), near(1 - t), far(2 - t)]
    return _matrix(n, [first + i for i in (-1, 0, 1, 2)], weights)


@functools.lru_cache(maxsize=64)
def averaging(n: int, size: int) -> Any:
    """The mean of the elements from ``floor(i n / size)`` to before ``ceil((i + 1) n / size)``."""
    i = np.arange(size)
    start, end = i * n // size, -(-(i + 1) * n // size)
    steps = range(int((end - start).max(initial=1)))
    taken = [(start + k < end) / (end - start) for k in steps]
    matrix = _matrix(n, [start + k for k in steps], taken)
    matrix.eliminate_zeros()
    return matrix


@functools.lru_cache(maxsize=64)
def smoothing(n: int, size: int, scale: float, align_corners: bool, cubic: bool) -> Any:
    """All elements that fall together, weighted by a tent or by Keys' cubic with a = -0.5."""
    from scipy.sparse import csr_array

    if align_corners:
        scale = (n - 1) / (size - 1) if size > 1 else 0.0
    middle, stretch = (np.arange(size) + 0.5) * scale, max(scale, 1.0)
    reach = (2 if cubic else 1) * stretch
    first = np.maximum((middle - reach + 0.5).astype(np.int64), 0)[:, None]
    end = (middle + reach + 0.5).astype(np.int64)[:, None]
    at = np.arange(n)
    x = np.abs(at + 0.5 - middle[:, None]) / stretch
    if cubic:
        weights = np.where(x < 1, (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2)
    else:
        weights = 1 - x
    weights = np.where((first <= at) & (at < end) & (x < reach / stretch), weights, 0.0)
    return csr_array(weights / weights.sum(1, keepdims=True))


def _places(n: int, size: int, scale: float, align_corners: bool) -> Any:
    """Where among the n elements those of the result lie."""
    if align_corners:
        return np.arange(size) * ((n - 1) / (size - 1) if size > 1 else 0.0)
    return (np.arange(size) + 0.5) * scale - 0.5


def _matrix(n: int, columns: list[Any], weights: list[Any]) -> Any:
    """A row for each place, with these weights at these columns, cut to those that there are."""
    from scipy.sparse import csr_array

    at = np.clip(np.array(columns), 0, n - 1).astype(np.int64)
    rows = np.broadcast_to(np.arange(at.shape[1]), at.shape)
    return csr_array(
        (np.array(weights).ravel(), (rows.ravel(), at.ravel())), shape=(at.shape[1], n)
    )
