"""Hypothesis strategies and checks that prove an op: the ones our own tests use.

Needs hypothesis: ``pip install "tinygrad_np[test]"``. An op of one's own is proven in five lines::

    from hypothesis import given
    from tinygrad_np import testing

    @given(testing.spaced(testing.shapes()))
    def test_cube(x):
        testing.check_op(cube, x)

Arrays are spaced: their elements are distinct, never closer than a fixed step and never 0, so
that no finite difference steps over a kink (relu at 0) or a tie (two equal maxima).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.autograd import gradcheck, gradgradcheck
from tinygrad_np.tensor import Tensor

try:
    import hypothesis.extra.numpy as hnp
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover
    raise ImportError(
        'tinygrad_np.testing needs hypothesis: pip install "tinygrad_np[test]"'
    ) from error

Array = np.ndarray[Any, np.dtype[Any]]
Strategy = Any  # st.SearchStrategy[...]

__all__ = [
    "Geometry",
    "broadcastable_shapes",
    "check_op",
    "conv_geometries",
    "pool_geometries",
    "shapes",
    "spaced",
]


def shapes(min_dims: int = 0, max_dims: int = 3, min_side: int = 0, max_side: int = 3) -> Strategy:
    """Shapes of arrays, 0-d and empty ones among them.

    Parameters
    ----------
    min_dims, max_dims : int
        Of the number of dimensions.
    min_side, max_side : int
        Of the size of each.

    Returns
    -------
    strategy of tuple of int

    Examples
    --------
    >>> from hypothesis import given
    >>> from tinygrad_np import testing
    >>> @given(testing.shapes(max_dims=2))
    ... def test(drawn):
    ...     assert len(drawn) <= 2
    >>> test()
    """
    return hnp.array_shapes(
        min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side
    )


def broadcastable_shapes(
    count: int = 2, max_dims: int = 3, min_side: int = 0, max_side: int = 3
) -> Strategy:
    """Tuples of `count` shapes that broadcast together.

    Returns
    -------
    strategy of tuple of (tuple of int)

    Examples
    --------
    >>> from hypothesis import given
    >>> from tinygrad_np import testing
    >>> @given(testing.broadcastable_shapes(2))
    ... def test(drawn):
    ...     assert len(np.broadcast_shapes(*drawn)) <= 3
    >>> test()
    """
    return hnp.mutually_broadcastable_shapes(
        num_shapes=count, max_dims=max_dims, min_side=min_side, max_side=max_side
    ).map(lambda drawn: drawn.input_shapes)


def spaced(shape: Any, low: float = -2.0, high: float = 2.0, dtype: Any = np.float64) -> Strategy:
    """Arrays of distinct values in (low, high), evenly spaced, in random order, never 0.

    Parameters
    ----------
    shape : tuple of int or strategy of it
    low, high : float
    dtype : NumPy dtype, default float64

    Returns
    -------
    strategy of ndarray
        Neighbouring values are ``(high - low) / size`` apart.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tinygrad_np import testing
    >>> @given(testing.spaced((4,), 0.0, 4.0))
    ... def test(drawn):
    ...     assert sorted(drawn) == [0.37, 1.37, 2.37, 3.37]
    >>> test()
    """
    strategy = st.just(tuple(shape)) if isinstance(shape, (tuple, list)) else shape

    def build(drawn: tuple[tuple[int, ...], int]) -> Array:
        size, seed = drawn
        n = int(np.prod(size))
        grid = low + (high - low) * (np.arange(n) + 0.37) / max(n, 1)
        return np.random.default_rng(seed).permutation(grid).reshape(size).astype(dtype)

    return st.tuples(strategy, st.integers(0, 2**32 - 1)).map(build)


class Geometry(NamedTuple):
    """A convolution or pooling: shapes and parameters, one entry per spatial dimension."""

    input: tuple[int, ...]
    weight: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int

    @property
    def kernel_size(self) -> tuple[int, ...]:
        """The spatial sizes of the weight."""
        return self.weight[2:]


@st.composite
def conv_geometries(draw: Any, dims: int = 2, max_size: int = 6) -> Geometry:
    """Geometries of convolutions with at least one output position.

    Parameters
    ----------
    dims : int, default 2
        The number of spatial dimensions.
    max_size : int, default 6
        The largest size of an image.

    Returns
    -------
    strategy of Geometry
        Input (N, C, *sizes) and weight (O, C / groups, *kernel); N from 0.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tinygrad_np import testing
    >>> @given(testing.conv_geometries(dims=1))
    ... def test(drawn):
    ...     assert len(drawn.stride) == 1
    >>> test()
    """

    def numbers(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(low, high)) for _ in range(dims))

    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    per_group = draw(st.integers(1, 2))
    out = groups * draw(st.integers(1, 2))
    kernel, stride, padding = numbers(1, 3), numbers(1, 3), numbers(0, 2)
    dilation = numbers(1, 2)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    sizes = tuple(
        draw(st.integers(max(1, span - 2 * p), max(max_size, span)))
        for span, p in zip(spans, padding, strict=True)
    )
    batch = draw(st.integers(0, 2))
    return Geometry(
        (batch, groups * per_group, *sizes),
        (out, per_group, *kernel),
        stride,
        padding,
        dilation,
        groups,
    )


@st.composite
def pool_geometries(draw: Any, dims: int = 2, max_size: int = 6) -> Geometry:
    """Geometries of pooling windows: padding is at most half the window.

    Returns
    -------
    strategy of Geometry
        Input (N, C, *sizes); `weight` gives the window as its spatial sizes; groups is 1.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tinygrad_np import testing
    >>> @given(testing.pool_geometries())
    ... def test(drawn):
    ...     assert len(drawn.kernel_size) == 2
    >>> test()
    """

    def numbers(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(low, high)) for _ in range(dims))

    kernel, stride, dilation = numbers(1, 3), numbers(1, 3), numbers(1, 2)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    sizes = tuple(
        draw(st.integers(max(1, span - 2 * p), max(max_size, span)))
        for span, p in zip(spans, padding, strict=True)
    )
    batch, channels = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    return Geometry((batch, channels, *sizes), (1, 1, *kernel), stride, padding, dilation, 1)


def check_op(
    function: Callable[..., Any], *arrays: Any, second: bool = True, **params: Any
) -> None:
    """Prove a function of arrays: its gradients, and its second gradients unless told not to.

    Parameters
    ----------
    function : callable
        An op, or any function of Tensors.
    *arrays : ndarray
        Float64 arrays to be differentiated, others to be passed on.
    second : bool, default True
    **params
        Passed on.

    Raises
    ------
    GradcheckError
        With the place and both values.
    AssertionError
        If the function changed an argument.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np import testing
    >>> testing.check_op(tg.tanh, np.array([0.5, -1.0]))
    """
    tensors = [
        Tensor._make(a.copy()).requires_grad_() if a.dtype == np.float64 else Tensor._make(a.copy())
        for a in map(np.asarray, arrays)
    ]

    def call(*values: Any) -> Any:
        return function(*values, **params)

    gradcheck(call, tensors)
    if second:
        gradgradcheck(call, tensors, fast_mode=True)
    for a, t in zip(arrays, tensors, strict=True):
        np.testing.assert_array_equal(
            t._array, a, err_msg=f"{function} changed one of its arguments"
        )
