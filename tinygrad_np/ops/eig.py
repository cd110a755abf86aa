"""Eigenvalues and eigenvectors of square matrices, which are complex."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes, return_types
from tinygrad_np.ops.inverse import checked, solve
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.shape import raw
from tinygrad_np.ops.spectral import on_diagonal, over_gaps, pack, transposed, unpack
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["eig", "eigvals"]

Shape = tuple[int, ...]


@op
def _eig(A: Array) -> Array:
    parts = checked("eig", A, lambda: np.linalg.eig(A))
    dtype = dtypes.complex_of(A.dtype)
    return pack(A.shape[:-2], *(part.astype(dtype, copy=False) for part in parts))


@_eig.backward("A")
def _(grad: Array, out: Array, A_shape: Shape) -> Array:
    # C. Boeddeker et al., On the Computation of Complex-valued Gradients, 2017, eq. 4.77, for
    # vectors of length 1; what is given and returned is conjugate: see tape/complex.py
    n = A_shape[-1]
    L, V = unpack(out, (n,), (n, n))
    gL, gV = unpack(grad.conj(), (n,), (n, n))
    VH = transposed(V).conj()
    turn = matmul(VH, gV)
    along = turn.diagonal(0, -2, -1)
    _check_phase(raw(along), raw(turn))
    stretch = along.real.reshape((*along.shape[:-1], 1, n))
    rest = (turn - matmul(VH, V) * stretch) * (1 - np.eye(n)).astype(out.dtype)
    inner = over_gaps(rest, L.conj()) + on_diagonal(gL)
    return solve(VH, matmul(inner, VH)).conj()


def _check_phase(along: Any, turn: Any) -> None:
    size = np.abs(turn).max(initial=0)
    if np.abs(along.imag).max(initial=0) > 1e-3 * max(size, 1e-8):
        raise RuntimeError(
            "linalg.eig: each eigenvector is one of many, which differ by a factor exp(i phi); "
            "the loss depends on that factor, so it has no gradient: take a function that does "
            "not, such as .abs()"
        )


@takes_out
def eig(A: Array) -> Any:
    """The eigenvalues and eigenvectors of square matrices: ``A @ V = V @ diag(L)``.

    Parameters
    ----------
    A : Tensor
        (*, n, n), real or complex. `eigh` is for symmetric matrices: faster, and real.

    Returns
    -------
    eigenvalues, eigenvectors : Tensor
        (*, n), in no order, and (*, n, n), one of length 1 in each column, both complex; a named
        tuple. A vector times ``exp(i phi)`` is one as well: there is a gradient for what does not
        depend on that, and where no two eigenvalues are equal.

    Raises
    ------
    RuntimeError
        If `A` is of integers, or not square; in the walk back, if the loss depends on a vector's
        factor.

    Source: LAPACK's geev; C. Boeddeker et al., On the Computation of Complex-valued Gradients with
    Application to Statistically Optimum Beamforming, 2017, https://arxiv.org/abs/1701.00392

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.eig(tg.tensor([[0.0, -1.0], [1.0, 0.0]])).eigenvalues
    tensor([0.+1.j, 0.-1.j])
    """
    n = A.shape[-1] if A.ndim else 0
    return return_types.linalg_eig(*unpack(_eig(A), (n,), (n, n)))


@takes_out
def eigvals(A: Array) -> Array:
    """The eigenvalues of square matrices (*, n, n): (*, n), complex, in no order; see `eig`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.eigvals(tg.tensor([[2.0, 1.0], [0.0, 3.0]]))
    tensor([2.+0.j, 3.+0.j])
    """
    return eig(A).eigenvalues  # type: ignore[no-any-return]
