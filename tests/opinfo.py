"""The table of ops: one row each, from which `test_ops.py` makes every test.

The rows stand in `rows/`, one file for each file of `tinygrad_np/ops`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tinygrad_np import testing


class Constant(np.ndarray):
    """An array of floats that is not differentiated: ``array.view(Constant)``."""


@dataclass(frozen=True)
class Sample:
    """One call: `args` are arrays and plain values, in order.

    Arrays of floats are differentiated, unless they are a `Constant`.
    """

    args: tuple[Any, ...]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OpInfo:
    """A row.

    op: the function under test. ref: the same on arrays, written independently (NumPy, SciPy, a
    loop), called with the sample's args and params. samples: strategy of `Sample`. torch: the
    same in PyTorch: a dotted name below `torch`, by default the op's name in torch,
    torch.nn.functional, torch.linalg or torch.Tensor; a callable is given torch and the converted
    args; None where PyTorch has no such function. covers: names of registered ops that this row
    also exercises (its gradients, its parts). smooth: has gradients to check.
    second: the first gradient depends on the inputs or on the output's gradient.
    mixed: float arguments may be of different dtypes (type promotion).
    view: the result may share memory with the first argument.
    """

    op: Callable[..., Any]
    ref: Callable[..., Any]
    samples: st.SearchStrategy[Sample]
    name: str = ""
    torch: str | Callable[..., Any] | None = ""
    covers: tuple[str, ...] = ()
    smooth: bool = True
    mixed: bool = False
    view: bool = False
    rtol: float = 1e-10
    grad_atol: float = 1e-5
    array_ok: bool = True  # accepts bare arrays and then returns arrays

    def __str__(self) -> str:
        return self.name or self.op.__name__


# --- samples that many rows share ---


@st.composite
def unary(draw, low=-2.0, high=2.0, shape=None, **params):
    """One array of any shape, with parameters that are values or strategies."""
    x = draw(testing.spaced(testing.shapes() if shape is None else shape, low, high))
    return Sample((x,), drawn(draw, params))


@st.composite
def binary(draw, low=-2.0, high=2.0, **params):
    """Two arrays whose shapes broadcast, without a common value; or an array and a number."""
    first, second = draw(testing.broadcastable_shapes(2))
    n = int(np.prod(first)) + int(np.prod(second))
    values = draw(testing.spaced((n,), low, high))
    a, b = values[: int(np.prod(first))], values[int(np.prod(first)) :]
    return Sample((a.reshape(first), b.reshape(second)), drawn(draw, params))


@st.composite
def reduction(draw, low=-2.0, high=2.0, min_side=0, tuples=True, **params):
    """One array with `dim` (None, an int, also negative, for `tuples` a tuple) and keepdim."""
    x = draw(testing.spaced(testing.shapes(min_side=min_side), low, high))
    dims = st.none()
    if x.ndim:
        dims |= st.integers(-x.ndim, x.ndim - 1)
        if tuples:
            dims |= st.sets(st.integers(0, x.ndim - 1), min_size=1).map(tuple)
    dim = draw(dims)
    chosen = {"dim": dim, "keepdim": draw(st.booleans())} if dim is not None else {}
    return Sample((x,), {**chosen, **drawn(draw, params)})


def drawn(draw, params):
    """Parameters with strategies drawn."""
    return {k: draw(v) if isinstance(v, st.SearchStrategy) else v for k, v in params.items()}


def numpy_axes(params):
    """`dim` and `keepdim` as NumPy calls them."""
    names = {"dim": "axis", "keepdim": "keepdims"}
    return {names.get(k, k): v for k, v in params.items()}


def all_rows() -> list[OpInfo]:
    """Every row of every file in `rows/`."""
    import importlib
    import pkgutil

    from tests import rows

    found: list[OpInfo] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(rows.__path__)):
        found += importlib.import_module(f"tests.rows.{module}").ROWS
    return found
