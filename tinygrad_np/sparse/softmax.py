"""Softmax over the values that are there: what is not counts as minus infinity."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.exponential import exp, log
from tinygrad_np.ops.indices import index_put
from tinygrad_np.sparse.tensor import SparseTensor
from tinygrad_np.tape.graph import make

__all__ = ["log_softmax", "softmax"]


def softmax(input: SparseTensor, dim: int, *, dtype: Any = None) -> SparseTensor:
    """The softmax along one dimension of the values that are there.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sparse.softmax(tg.tensor([[3.0, 0.0, 3.0]]).to_sparse(), 1).values()
    tensor([0.5000, 0.5000])
    """
    logs = log_softmax(input, dim, dtype=dtype)
    return logs._with(exp(logs._numbers))


def log_softmax(input: SparseTensor, dim: int, *, dtype: Any = None) -> SparseTensor:
    """The logarithm of `softmax`.

    Raises
    ------
    IndexError
        For a dimension that there is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sparse.log_softmax(tg.tensor([[3.0, 0.0, 3.0]]).to_sparse(), 1).values()
    tensor([-0.6931, -0.6931])
    """
    mine = (input if dtype is None else input.to(dtype)).coalesce()._without()
    at, n, values = mine._one(dim), mine.sparse_dim(), mine._numbers
    if at >= n:
        return mine._with(values.log_softmax(at - n + 1))
    others = np.delete(mine._places, at, axis=0)
    _, group = np.unique(others, axis=1, return_inverse=True)
    group = group.reshape(-1)
    groups = (int(group.max(initial=-1)) + 1, *values.shape[1:])
    most = np.full(groups, -np.inf, values._array.dtype)
    np.maximum.at(most, group, values._array)
    apart, where = values - make(most[group]), (make(group),)
    total = index_put(make(np.zeros_like(most)), where, exp(apart), accumulate=True)
    return mine._with(apart - log(total)[where])
