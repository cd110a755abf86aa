"""Sparse tensors made of indices and values, and of dense tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.conversion import as_tensor
from tinygrad_np.sparse.tensor import SparseTensor
from tinygrad_np.tape.graph import TensorBase, make

__all__ = ["sparse_coo_tensor", "to_sparse"]


def sparse_coo_tensor(
    indices: Any = None, values: Any = None, size: Sequence[int] | None = None, *,
    dtype: Any = None, device: Any = None, requires_grad: bool = False,
    check_invariants: bool | None = None, is_coalesced: bool = False,
) -> SparseTensor:  # fmt: skip
    """A sparse tensor with these values at these indices; values at one index add up.

    Parameters
    ----------
    indices : array-like of int
        (sparse_dim, nnz). A size alone, without values, makes a tensor of zeros.
    values : array-like
        (nnz,), or (nnz, ...) for a hybrid tensor, whose last dimensions are dense.
    size : sequence of int, optional
        Of all dimensions; just large enough unless given.
    dtype, device, requires_grad
        As for `tensor`.
    check_invariants : bool, optional
        Ignored: they are always checked.
    is_coalesced : bool, default False
        Whether indices are known to be sorted and each to be there once.

    Raises
    ------
    RuntimeError
        For shapes that don't fit, and for an index outside of `size`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a = tg.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
    >>> a.to_dense()
    tensor([[0., 0., 3.],
            [4., 0., 0.]])
    >>> tg.spmm(a, tg.ones(3, 1))
    tensor([[3.],
            [4.]])
    """
    if values is None:
        size = size if indices is None else indices
        if size is None:
            raise TypeError("sparse_coo_tensor: expected indices and values, or a size")
        kind = dtypes.default_float() if dtype is None else dtype
        indices, values = np.zeros((len(size), 0)), as_tensor(np.zeros(0), dtype=kind)
    places = np.array(indices._array if isinstance(indices, TensorBase) else indices, np.int64)
    numbers = as_tensor(values, dtype=dtype, device=device)
    if requires_grad:
        numbers = numbers.detach().clone().requires_grad_()
    if places.ndim != 2 or numbers.ndim < 1:
        raise RuntimeError(
            f"sparse_coo_tensor expects indices (sparse_dim, nnz) and values (nnz, ...), got "
            f"{list(places.shape)} and {list(numbers.shape)}"
        )
    if len(numbers) != places.shape[1]:
        raise RuntimeError(
            f"indices and values must have same nnz, but got nnz from indices: {places.shape[1]}, "
            f"nnz from values: {len(numbers)}"
        )
    dense = tuple(numbers.shape[1:])
    if size is None and not places.size:
        raise RuntimeError("sparse_coo_tensor: without an index, a size has to be given")
    shape = (*(places.max(axis=1) + 1), *dense) if size is None else tuple(size)
    if len(shape) != len(places) + len(dense):
        raise RuntimeError(
            f"number of dimensions must be sparse_dim ({len(places)}) + dense_dim ({len(dense)}), "
            f"but got size {list(shape)}"
        )
    if shape[len(places) :] != dense:
        raise RuntimeError(
            f"values has incorrect size, expected {[len(numbers), *shape[len(places) :]]}, got "
            f"{list(numbers.shape)}"
        )
    for d, (n, along) in enumerate(zip(shape[: len(places)], places, strict=True)):
        if along.size and (along.min() < 0 or along.max() >= n):
            wrong = along[(along < 0) | (along >= n)][0]
            raise RuntimeError(
                f"size is inconsistent with indices: for dim {d}, size is {n} but found index "
                f"{wrong}"
            )
    return SparseTensor(places, numbers, [int(n) for n in shape], is_coalesced)


def to_sparse(input: Any, sparse_dim: int | None = None) -> SparseTensor:
    """A Tensor's values that are not 0, and where they are.

    Parameters
    ----------
    input : Tensor
    sparse_dim : int, optional
        How many of the first dimensions become sparse; all of them unless given. A value of the
        others, which stay dense, is then there if one of its numbers is not 0.

    Raises
    ------
    RuntimeError
        For another number of dimensions than there are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([0, 5]).to_sparse().indices()
    tensor([[1]])
    """
    n = input.ndim if sparse_dim is None else sparse_dim
    if not 0 < n <= input.ndim:
        raise RuntimeError(
            f"to_sparse: expected sparse_dim to be from 1 to {input.ndim}, got {sparse_dim}"
        )
    where = np.nonzero((input._array != 0).any(tuple(range(n, input.ndim))))
    values = input[tuple(make(i) for i in where)]
    whole = input if input.requires_grad else None
    return SparseTensor(np.stack(where), values, input.shape, True, whole)
