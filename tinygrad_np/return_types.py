"""Named tuples for functions with two results: ``values, indices = x.max(dim=0)``."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

__all__ = [
    "aminmax", "cummax", "cummin", "frexp", "geqrf", "histogram", "histogramdd", "kthvalue",
    "max", "median", "min", "mode", "nanmedian", "linalg_cholesky_ex", "linalg_eig",
    "linalg_eigh", "linalg_inv_ex", "linalg_solve_ex", "linalg_ldl_factor", "linalg_ldl_factor_ex",
    "linalg_lstsq", "linalg_lu", "linalg_lu_factor", "linalg_lu_factor_ex", "linalg_qr",
    "linalg_svd", "lu_unpack", "qr", "slogdet", "sort", "svd", "topk", "triangular_solve",
]  # fmt: skip


_namedtuple: Any = namedtuple  # names that are not literals are beyond type checkers


def _kind(name: str, *fields: str) -> Any:
    """A class of named tuples, printed as PyTorch prints them."""
    made = _namedtuple(name, fields, module=__name__)

    def show(self: Any) -> str:
        lines = ",\n".join(f"{f}={v!r}" for f, v in zip(fields, self, strict=True))
        return f"torch.return_types.{name}(\n{lines})"

    made.__repr__ = show
    return made


aminmax = _kind("aminmax", "min", "max")
cummax = _kind("cummax", "values", "indices")
cummin = _kind("cummin", "values", "indices")
histogram = _kind("histogram", "hist", "bin_edges")
histogramdd = _kind("histogramdd", "hist", "bin_edges")
kthvalue = _kind("kthvalue", "values", "indices")
max = _kind("max", "values", "indices")
median = _kind("median", "values", "indices")
min = _kind("min", "values", "indices")
nanmedian = _kind("nanmedian", "values", "indices")
mode = _kind("mode", "values", "indices")
frexp = _kind("frexp", "mantissa", "exponent")
geqrf = _kind("geqrf", "a", "tau")
linalg_cholesky_ex = _kind("linalg_cholesky_ex", "L", "info")
linalg_eig = _kind("linalg_eig", "eigenvalues", "eigenvectors")
linalg_eigh = _kind("linalg_eigh", "eigenvalues", "eigenvectors")
linalg_inv_ex = _kind("linalg_inv_ex", "inverse", "info")
linalg_ldl_factor = _kind("linalg_ldl_factor", "LD", "pivots")
linalg_ldl_factor_ex = _kind("linalg_ldl_factor_ex", "LD", "pivots", "info")
linalg_lstsq = _kind("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
linalg_lu = _kind("linalg_lu", "P", "L", "U")
linalg_lu_factor = _kind("linalg_lu_factor", "LU", "pivots")
linalg_lu_factor_ex = _kind("linalg_lu_factor_ex", "LU", "pivots", "info")
linalg_qr = _kind("linalg_qr", "Q", "R")
linalg_solve_ex = _kind("linalg_solve_ex", "result", "info")
linalg_svd = _kind("linalg_svd", "U", "S", "Vh")
lu_unpack = _kind("lu_unpack", "P", "L", "U")
qr = _kind("qr", "Q", "R")
slogdet = _kind("slogdet", "sign", "logabsdet")
sort = _kind("sort", "values", "indices")
svd = _kind("svd", "U", "S", "V")
topk = _kind("topk", "values", "indices")
triangular_solve = _kind("triangular_solve", "solution", "cloned_coefficient")
