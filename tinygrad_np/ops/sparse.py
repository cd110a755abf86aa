"""The product of a sparse matrix and a dense one."""

from __future__ import annotations

from typing import Any

from tinygrad_np.tape.op import Array, op

__all__: list[str] = []


@op
def spmm(values: Array, dense: Array, *, indices: Any, size: tuple[int, int]) -> Array:
    """A matrix of this size times (m, k): `values` at `indices`, (2, nnz), and 0 elsewhere."""
    import scipy.sparse

    matrix = scipy.sparse.csr_array((values, tuple(indices)), shape=size)
    return matrix @ dense


spmm.backward(
    values=lambda grad, dense, indices: (grad[indices[0]] * dense[indices[1]]).sum(axis=-1),
    dense=lambda grad, values, indices, size: spmm(
        values, grad, indices=indices[::-1], size=size[::-1]
    ),
)
