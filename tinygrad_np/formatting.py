"""How tensors are printed: as PyTorch prints them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np import dtypes

__all__ = ["set_printoptions"]


class PrintOptions(NamedTuple):
    """What `set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}
_options = _PROFILES["default"]


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed; what is None stays, but for `sci_mode`.

    Parameters
    ----------
    precision : int, default 4
        Digits after the point.
    threshold : int, default 1000
        Larger tensors are cut: only their edges are printed.
    edgeitems : int, default 3
        How much of each edge.
    linewidth : int, default 80
    profile : str, optional
        "default", "short" or "full": sets all of these, before the others are.
    sci_mode : bool, optional
        Scientific notation: always, never, or, for None, where the numbers ask for it.

    Raises
    ------
    ValueError
        For another profile.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_printoptions(precision=2)
    >>> tg.tensor([1.2345])
    tensor([1.23])
    >>> tg.set_printoptions(profile="default")
    """
    global _options
    if profile is not None and profile not in _PROFILES:
        raise ValueError(f"profile must be one of {', '.join(_PROFILES)}, got {profile!r}")
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    new: Any = {name: value for name, value in given.items() if value is not None}
    before = _PROFILES[profile] if profile else _options
    _options = before._replace(sci_mode=sci_mode, **new)


def tensor_repr(tensor: Any) -> str:
    """A tensor's elements, and what is not plain to see from them."""
    array = tensor._array
    prefix = "tensor("
    notes = []
    usual = dtypes.default_float()
    default = array.dtype in (usual, dtypes.complex_of(usual), np.bool_, np.int64)
    if array.size:
        text = _elements(array, len(prefix))
    else:
        text = "[]"
        default = array.dtype == usual
        if array.ndim != 1:
            notes.append(f"size={tuple(array.shape)}")
    if not default:
        notes.append(f"dtype={tensor.dtype}")
    if tensor.grad_fn is not None:
        notes.append(f"grad_fn={tensor.grad_fn}")
    elif tensor.requires_grad:
        notes.append("requires_grad=True")

    text = prefix + text
    column = len(text) - text.rfind("\n") + 1
    for note in notes:
        if column + len(note) + 2 > _options.linewidth:
            text += ",\n" + " " * len(prefix) + note
            column = len(prefix) + len(note)
        else:
            text += ", " + note
            column += len(note) + 2
    return text + ")"


def _elements(array: Any, indent: int) -> str:
    """The elements in nested brackets, or the edges of a large array."""
    edge = _options.edgeitems
    cut = [array.size > _options.threshold and n > 2 * edge for n in array.shape]
    if any(cut):
        kept = (
            np.r_[:edge, n - edge : n] if c else np.arange(n)
            for c, n in zip(cut, array.shape, strict=True)
        )
        array = array[np.ix_(*kept)]
    write = {"f": _floats, "c": _complex}.get(array.dtype.kind, _others)
    texts, width = write(array.ravel())
    return _nested(np.array(texts, object).reshape(array.shape), cut, indent, width + 2)


def _nested(texts: Any, cut: Sequence[bool], indent: int, width: int) -> str:
    """Texts in brackets, `indent` columns from the left, each taking `width` columns."""
    ndim: int = texts.ndim
    if ndim == 0:
        return str(texts.item())
    parts: list[str] = list(texts)
    if ndim > 1:
        parts = [_nested(t, cut[1:], indent + 1, width) for t in texts]
    if cut[0]:
        parts.insert(_options.edgeitems, " ..." if ndim == 1 else "...")
    margin = " " * (indent + 1)
    if ndim > 1:
        return "[" + ("," + "\n" * (ndim - 1) + margin).join(parts) + "]"
    per_line = max(1, (_options.linewidth - indent) // width)
    lines = [", ".join(parts[i : i + per_line]) for i in range(0, len(parts), per_line)]
    return "[" + (",\n" + margin).join(lines) + "]"


def _others(values: Any) -> tuple[list[str], int]:
    """Integers and bools, and the width of the widest."""
    return _aligned([str(v) for v in values.tolist()])


def _complex(values: Any) -> tuple[list[str], int]:
    """Complex numbers: both parts, each written as floats are, the first ones aligned."""
    (reals, left), (imags, right) = _floats(values.real), _floats(values.imag)
    parts = zip(reals, (i.strip() for i in imags), strict=True)
    return [f"{r}{'' if i[0] == '-' else '+'}{i}j" for r, i in parts], left + right + 1


def _floats(values: Any) -> tuple[list[str], int]:
    """Floats, all written in one way, and the width of the widest that is finite and not 0.

    In scientific notation if they lie more than a factor of 1000 apart, or are large or small;
    without digits behind the point if all are whole.
    """
    values = values.astype(np.float64)
    telling = values[np.isfinite(values) & (values != 0)]
    sizes = np.abs(telling)
    whole = bool((telling == np.ceil(telling)).all())
    scientific = _options.sci_mode
    if scientific is None:
        scientific = bool(telling.size) and bool(
            sizes.max() / sizes.min() > 1000
            or sizes.max() > 1e8
            or (not whole and sizes.min() < 1e-4)
        )
    write: Callable[[float], str]
    if scientific:
        write = f"{{:.{_options.precision}e}}".format
    elif whole:
        write = "{:.0f}.".format
    else:
        write = f"{{:.{_options.precision}f}}".format
    width = max((len(write(v)) for v in telling.tolist()), default=1)
    return _aligned([write(v) if math.isfinite(v) else str(v) for v in values.tolist()], width)


def _aligned(texts: list[str], width: int | None = None) -> tuple[list[str], int]:
    """Texts that end below each other, and their width."""
    width = max(map(len, texts)) if width is None else width
    return [t.rjust(width) for t in texts], width
