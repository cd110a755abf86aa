"""The dimensions of sparse tensors: their order, and parts of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import make

__all__ = ["Dimensions"]


class Dimensions:
    """What exchanges, adds and takes away dimensions of a sparse tensor."""

    def t(self: Any) -> Any:
        """The transpose of a matrix."""
        if self.ndim > 2:
            raise RuntimeError(f"t() expects a sparse matrix, got {self.ndim} dimensions")
        return self.transpose(0, -1)

    @property
    def T(self: Any) -> Any:  # noqa: N802
        """The transpose of a matrix."""
        return self.t()

    @property
    def mT(self: Any) -> Any:  # noqa: N802
        """With the last two dimensions exchanged."""
        return self.transpose(-2, -1)

    def transpose(self: Any, dim0: int, dim1: int) -> Any:
        """With two dimensions exchanged."""
        order = list(range(self.ndim))
        order[dim0], order[dim1] = order[dim1], order[dim0]
        return self.permute(order)

    def permute(self: Any, *dims: Any) -> Any:
        """With the dimensions in another order; sparse and dense ones stay so.

        Raises
        ------
        RuntimeError
            For another number of dimensions, and if a dense one would become sparse.
        """
        order = [self._one(d) for d in (dims[0] if not isinstance(dims[0], int) else dims)]
        n = len(self._places)
        if sorted(order[:n]) != list(range(n)) or sorted(order) != list(range(self.ndim)):
            raise RuntimeError(
                f"permute: expected the {n} sparse dimensions of {self.ndim} in some order, and "
                f"then the dense ones, got {order}"
            )
        values = self._numbers.permute(0, *(d - n + 1 for d in order[n:]))
        size = [self.shape[d] for d in order]
        whole = None if self._whole is None else self._whole.permute(*order)
        return type(self)(self._places[order[:n]], values, size, False, whole)

    def unsqueeze(self: Any, dim: int) -> Any:
        """With a dimension of size 1, a sparse one."""
        at = dim + self.ndim + 1 if dim < 0 else dim
        if not 0 <= at <= len(self._places):
            raise IndexError(
                f"Dimension out of range: expected 0 to {len(self._places)}, but got {dim}"
            )
        places = np.insert(self._places, at, 0, axis=0)
        size = [*self.shape[:at], 1, *self.shape[at:]]
        return type(self)(places, self._numbers, size, self._coalesced)

    def select(self: Any, dim: int, index: int) -> Any:
        """The part at one index of a dimension; a Tensor if no sparse dimension is left."""
        at, n = self._one(dim), self.shape[dim]
        if not -n <= index < n:
            raise IndexError(f"index {index} is out of bounds for dimension {at} with size {n}")
        index %= n
        size = [*self.shape[:at], *self.shape[at + 1 :]]
        if at >= len(self._places):
            values = self._numbers.select(at - len(self._places) + 1, index)
            return type(self)(self._places, values, size, self._coalesced)
        (here,) = np.nonzero(self._places[at] == index)
        values = self._numbers[make(here)]
        places = np.delete(self._places[:, here], at, axis=0)
        return type(self)(places, values, size, self._coalesced) if len(places) else values.sum(0)

    def narrow_copy(self: Any, dim: int, start: Any, length: int) -> Any:
        """The part of `length` along a dimension from `start` on; see `torch.narrow_copy`."""
        at, size, start = self._one(dim), self.shape[dim], int(start)
        begin = start + size if start < 0 else start
        if length < 0 or not 0 <= begin <= begin + length <= size:
            raise RuntimeError(
                f"narrow_copy(): invalid range from {start} of length {length} for dimension {at} "
                f"of size {size}"
            )
        shape = [*self.shape[:at], length, *self.shape[at + 1 :]]
        if at >= len(self._places):
            values = self._numbers.narrow_copy(at - len(self._places) + 1, begin, length)
            return type(self)(self._places, values, shape, self._coalesced)
        moved = self._places[at] - begin
        (here,) = np.nonzero((moved >= 0) & (moved < length))
        places = self._places[:, here]
        places[at] = moved[here]
        return type(self)(places, self._numbers[make(here)], shape, self._coalesced)

    def index_select(self: Any, dim: int, index: Any) -> Any:
        """The parts at some indices of a sparse dimension, sorted."""
        at = self._sparse(dim)
        wanted = np.asarray(index)
        size = self.shape[at]
        if wanted.size and not -size <= wanted.min() <= wanted.max() < size:
            raise IndexError(
                f"index out of range: expected -{size} to {size - 1} for dimension {at}, got "
                f"{wanted.min()} to {wanted.max()}"
            )
        new, entry = np.nonzero(wanted[:, None] % size == self.coalesce()._places[at])
        places = self.coalesce()._places[:, entry]
        places[at] = new
        size = [*self.shape[:at], len(wanted), *self.shape[at + 1 :]]
        values = self.coalesce()._numbers[make(entry)]
        return type(self)(places, values, size, False).coalesce()

    def __getitem__(self: Any, key: Any) -> Any:
        """By int, None and ``:``; NotImplementedError for what else a Tensor takes."""
        out: Any = self
        at = 0
        for k in key if isinstance(key, tuple) else (key,):
            if isinstance(k, (int, np.integer)) and not isinstance(k, bool):
                out = out.select(at, int(k))
                continue
            if k is None:
                out = out.unsqueeze(at)
            elif not (isinstance(k, slice) and k == slice(None)):
                raise NotImplementedError(
                    f"a sparse tensor is indexed by int, None and ':' here, not by {k!r}; "
                    "index_select() takes several, and to_dense() makes a Tensor"
                )
            at += 1
        return out

    def __iter__(self: Any) -> Iterator[Any]:
        return (self.select(0, i) for i in range(len(self)))

    def _one(self: Any, dim: int) -> int:
        """A dimension counted from 0."""
        if not -self.ndim <= dim < self.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-self.ndim}, "
                f"{self.ndim - 1}], but got {dim})"
            )
        return int(dim % self.ndim)

    def _sparse(self: Any, dim: int) -> int:
        at: int = self._one(dim)
        if at >= len(self._places):
            raise RuntimeError(f"expected a sparse dimension, got {dim}, which is dense")
        return at
