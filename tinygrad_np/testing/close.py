"""Comparing results within tolerances, and making tensors to compare.

Source: https://pytorch.org/docs/stable/testing.html
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_np import creation, dtypes, random
from tinygrad_np.conversion import as_tensor
from tinygrad_np.tensor import Tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]

# (relative, absolute); what is not here must be equal
TOLERANCES = {
    dtypes.float16: (1e-3, 1e-5),
    dtypes.float32: (1.3e-6, 1e-5),
    dtypes.float64: (1e-7, 1e-7),
    dtypes.complex64: (1.3e-6, 1e-5),
    dtypes.complex128: (1e-7, 1e-7),
}
FORMER = {  # of assert_allclose
    dtypes.float16: (1e-3, 1e-3),
    dtypes.float32: (1e-4, 1e-5),
    dtypes.float64: (1e-5, 1e-8),
}
Message = str | Callable[[str], str] | None


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Message = None,
) -> None:
    """AssertionError unless ``abs(actual - expected) <= atol + rtol * abs(expected)`` everywhere.

    Parameters
    ----------
    actual, expected : Tensor, ndarray, number, or sequences or mappings of these
        Of equal shapes: nothing broadcasts.
    allow_subclasses : bool, default True
        False: both must be of one type.
    rtol, atol : float, optional
        Either both or none. By default 1e-3 and 1e-5 for float16, 1.3e-6 and 1e-5 for float32
        and complex64, 1e-7 and 1e-7 for float64 and complex128, 0 for all others; of two dtypes
        the larger.
    equal_nan : bool, default False
        Whether nan is close to nan.
    check_device, check_layout : bool
        Accepted for PyTorch's sake: there is one of each.
    check_dtype : bool, default True
        Whether tensors must have one dtype.
    check_stride : bool, default False
        Whether they must have the same strides.
    msg : str or callable, optional
        What the error says, or a function that is given what it would say.

    Raises
    ------
    AssertionError
        For anything else than close results; it says how many elements differ, by how much and
        where.
    ValueError
        If only one tolerance is given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.testing.assert_close(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0 + 1e-6]))
    """
    if (rtol is None) != (atol is None):
        raise ValueError(
            f"rtol and atol must both be specified or both be unspecified, but got {rtol=} and "
            f"{atol=}"
        )
    problem = _difference(
        actual, expected, "", (rtol, atol), equal_nan, check_dtype, check_stride, allow_subclasses
    )
    if problem is not None:
        raise AssertionError(msg(problem) if callable(msg) else msg or problem)


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """What `assert_close` was before: wider tolerances, nan is close to nan, dtypes may differ.

    Parameters
    ----------
    actual, expected : Tensor, or what `tensor` takes
    rtol, atol : float, optional
        Either both or none. By default 1e-3 and 1e-3 for float16, 1e-4 and 1e-5 for float32, 1e-5
        and 1e-8 for float64, 0 for all others; of two dtypes the larger.
    equal_nan : bool, default True
    msg : str, optional
        What the error says.

    Raises
    ------
    AssertionError, ValueError
        As `assert_close` does.

    Warns
    -----
    FutureWarning
        That `assert_close` has taken its place.

    Examples
    --------
    >>> import warnings
    >>> import tinygrad_np as tg
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     tg.testing.assert_allclose(tg.tensor([1.0, 2.0]), [1.0, 2.0001])
    """
    warnings.warn(
        "torch.testing.assert_allclose() is deprecated: use torch.testing.assert_close()",
        FutureWarning,
        stacklevel=2,
    )
    a = actual if isinstance(actual, Tensor) else as_tensor(actual)
    e = expected if isinstance(expected, Tensor) else as_tensor(expected, dtype=a.dtype)
    if rtol is None and atol is None:
        rtol, atol = _tolerances(a, e, FORMER)
    assert_close(
        a, e, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None
    )


def _tolerances(
    actual: Tensor, expected: Tensor, table: dict[Any, tuple[float, float]]
) -> tuple[float, float]:
    """The larger of those of two dtypes."""
    pairs = [table.get(t.dtype, (0.0, 0.0)) for t in (actual, expected)]
    return max(r for r, _ in pairs), max(a for _, a in pairs)


def _difference(actual: Any, expected: Any, place: str, *options: Any) -> str | None:
    """What differs, None if all is close."""
    parts, wanted = _parts(actual), _parts(expected)
    if parts is not None and wanted is not None:
        if parts.keys() != wanted.keys():
            names = f"{sorted(parts, key=str)} != {sorted(wanted, key=str)}"
            return f"The keys, or lengths, do not match{place}: {names}"
        for key, part in parts.items():
            found = _difference(part, wanted[key], f"{place} at [{key!r}]", *options)
            if found is not None:
                return found
        return None
    if actual is None or expected is None:
        return None if actual is expected else f"{actual} is not {expected}{place}"
    return _tensor_difference(actual, expected, place, *options)


def _parts(value: Any) -> dict[Any, Any] | None:
    """The parts of a mapping, or of a sequence by their numbers."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return dict(enumerate(value))
    return None


def _tensor_difference(
    actual: Any,
    expected: Any,
    place: str,
    tolerances: tuple[float | None, float | None],
    equal_nan: bool,
    check_dtype: bool,
    check_stride: bool,
    allow_subclasses: bool,
) -> str | None:
    if type(actual) is not type(expected) and not (
        allow_subclasses and isinstance(actual, Tensor) and isinstance(expected, Tensor)
    ):
        numbers = (bool, int, float, complex)
        if not (isinstance(actual, numbers) and isinstance(expected, numbers) and not check_dtype):
            names = f"{type(actual).__name__} and {type(expected).__name__}"
            return f"The types do not match{place}: {names}"
    scalar = not isinstance(actual, (Tensor, np.ndarray))
    a, e = as_tensor(actual).detach(), as_tensor(expected).detach()
    for what, checked, x, y in (
        ("shape", True, list(a.shape), list(e.shape)),
        ("dtype", check_dtype, a.dtype, e.dtype),
        ("stride", check_stride, a.stride(), e.stride()),
    ):
        if checked and x != y:
            return f"The values for attribute '{what}' do not match{place}: {x} != {y}."
    rtol, atol = tolerances
    if rtol is None or atol is None:
        rtol, atol = _tolerances(a, e, TOLERANCES)
    x, y = a.numpy(), e.numpy()
    wide = np.result_type(x, y, *(np.float64,) if x.dtype.kind in "fc" or rtol or atol else ())
    x, y = x.astype(wide), y.astype(wide)
    with np.errstate(all="ignore"):
        if wide.kind == "b":
            off = (x != y).astype(np.float64)
        else:
            off = np.where(x > y, x - y, y - x) if wide.kind in "iu" else np.abs(x - y)
        far = ~((x == y) | (np.isfinite(off) & (off <= atol + rtol * np.abs(y))))
        if equal_nan:
            far &= ~(np.isnan(x) & np.isnan(y))
    if not far.any():
        return None
    if scalar:
        return (
            f"Scalars are not close{place}!\n\nExpected {expected} but got {actual}.\n"
            f"Absolute difference: {off[()]} (up to {atol} allowed)\n"
            f"Relative difference: {_relative(off, y)[()]} (up to {rtol} allowed)"
        )
    lines = [f"Mismatched elements: {far.sum()} / {far.size} ({far.mean():.1%})"]
    for name, size, limit in (("absolute", off, atol), ("relative", _relative(off, y), rtol)):
        size = np.where(far, size, 0)
        at = np.unravel_index(np.argmax(np.where(np.isnan(size), np.inf, size)), size.shape)
        where = f" at index {tuple(int(i) for i in at)}" if size.ndim else ""
        lines.append(f"Greatest {name} difference: {size[at]}{where} (up to {limit} allowed)")
    return f"Tensor-likes are not close{place}!\n\n" + "\n".join(lines)


def _relative(off: Any, expected: Any) -> Any:
    with np.errstate(all="ignore"):
        return off / np.abs(expected)


def make_tensor(
    *shape: Any,
    dtype: dtypes.dtype,
    device: Any = None,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of random numbers, evenly spread over [low, high).

    Parameters
    ----------
    *shape : int, or one tuple of int
    dtype : dtype
    low, high : float, optional
        By default -9 and 9; for integers -9 and 10, for uint8 0 and 10, for bool 0 and 2.
    requires_grad : bool, default False
    noncontiguous : bool, default False
        Elements lie apart in memory.
    exclude_zero : bool, default False
        Zeros become 1 for integers, and the smallest normal number for others.

    Raises
    ------
    ValueError
        For bounds without anything between them.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.testing.make_tensor(2, 3, dtype=tg.float32).shape
    torch.Size([2, 3])
    """
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    kind = dtypes.as_numpy(dtype).kind
    least, most = {"b": (0, 2), "u": (0, 10), "i": (-9, 10)}.get(kind, (-9, 9))
    low, high = least if low is None else low, most if high is None else high
    if not low < high:
        raise ValueError(f"make_tensor: expected low < high, got low={low} and high={high}")
    spread = (*sizes[:-1], 2 * sizes[-1]) if noncontiguous and sizes else sizes
    if kind in "fc":
        result = creation.empty(spread, dtype=dtype).uniform_(low, high)
    else:
        result = random.randint(int(low), int(high), spread, dtype=dtype)
    if noncontiguous and sizes:
        result = result[..., ::2]
    if exclude_zero:
        tiny = dtypes.finfo(dtype).tiny if kind in "fc" else 1
        result[result == 0] = tiny
    out: Tensor = result.requires_grad_(requires_grad)
    return out
