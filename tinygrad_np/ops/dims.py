"""What `dim=` means: one dimension, several or all, counted from either end."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar, cast

from tinygrad_np.tape.flags import check_flags, flags
from tinygrad_np.tape.out import into
from tinygrad_np.tape.signature import NUMPY_NAMES

Dims = int | Sequence[int] | None
P = ParamSpec("P")
R = TypeVar("R")


def numpy_names(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which also takes its arguments under NumPy's names: `axis` for `dim`."""
    name, found = function.__name__, flags(function)
    own = cast(Any, function).__code__.co_varnames  # trapezoid has an `x`
    names = {theirs: ours for theirs, ours in NUMPY_NAMES.items() if theirs not in own}

    @functools.wraps(function)
    def call(*args: P.args, **params: P.kwargs) -> R:
        check_flags(name, found, args)
        if params:
            params = {names.get(k, k): v for k, v in params.items()}  # type: ignore[assignment]
            if "out" in params:
                return into(params.pop("out"), function, args, params)  # type: ignore[no-any-return]
        return function(*args, **params)

    call.takes_out = True  # type: ignore[attr-defined]
    return call


def one(dim: int, ndim: int) -> int:
    """A dimension counted from the front; a 0-d tensor has the dimensions 0 and -1.

    Raises
    ------
    IndexError
        If there is no such dimension.
    TypeError
        If `dim` is not an int.
    """
    try:
        dim = operator.index(dim)
    except TypeError:
        raise TypeError(f"dim must be one int here, not {dim!r}") from None
    size = ndim or 1
    if -size <= dim < size:
        return dim % size
    raise IndexError(
        f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})"
    )


def several(dim: Dims, ndim: int) -> tuple[int, ...]:
    """The dimensions that `dim` names, counted from the front: all for None and for ``()``.

    Raises
    ------
    IndexError
        If there is no such dimension.
    RuntimeError
        If one is named twice.
    """
    if type(dim) is int:
        return (one(dim, ndim),)[:ndim]
    if dim is None:
        return tuple(range(ndim))
    given = tuple(dim) if isinstance(dim, Sequence) else (dim,)
    found = tuple(one(d, ndim) for d in given)
    if len(set(found)) < len(found):
        raise RuntimeError(f"a dim appears multiple times in the list of dims {given}")
    return found if found and ndim else tuple(range(ndim))


def restored(grad: Any, dim: Dims, shape: tuple[int, ...]) -> Any:
    """A reduction's result or gradient, the reduced dimensions back with size 1.

    So it broadcasts to `shape`, the shape of what was reduced.
    """
    if grad.ndim == len(shape) > 0:
        return grad
    reduced = several(dim, len(shape))
    return grad.reshape(tuple(1 if i in reduced else n for i, n in enumerate(shape)))
