"""Named tuples for functions with two results: ``values, indices = x.max(dim=0)``."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

__all__ = [
    "aminmax", "cummax", "cummin", "histogram", "kthvalue", "max", "median", "min", "nanmedian",
    "slogdet", "sort", "topk",
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
kthvalue = _kind("kthvalue", "values", "indices")
max = _kind("max", "values", "indices")
median = _kind("median", "values", "indices")
min = _kind("min", "values", "indices")
nanmedian = _kind("nanmedian", "values", "indices")
slogdet = _kind("slogdet", "sign", "logabsdet")
sort = _kind("sort", "values", "indices")
topk = _kind("topk", "values", "indices")
