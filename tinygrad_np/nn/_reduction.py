"""Names of reductions as the numbers that PyTorch's inner part has for them.

Libraries use them whose losses were copied from PyTorch's old ones.
"""

from __future__ import annotations

from tinygrad_np.ops.reduction import named, of_flags

__all__ = ["get_enum", "legacy_get_string"]


def get_enum(reduction: str) -> int:
    """0 for 'none', 1 for 'mean', 2 for 'sum'; ValueError for others.

    Examples
    --------
    >>> from tinygrad_np.nn import _reduction
    >>> _reduction.get_enum("sum")
    2
    """
    return ("none", "mean", "sum").index(named(reduction))


def legacy_get_string(
    size_average: bool | None, reduce: bool | None, emit_warning: bool = True
) -> str:
    """The reduction that the two old flags stand for.

    Examples
    --------
    >>> from tinygrad_np.nn import _reduction
    >>> _reduction.legacy_get_string(False, None, emit_warning=False)
    'sum'
    """
    if emit_warning:
        return named("mean", size_average, reduce)
    return of_flags(size_average, reduce)
