"""Tensors of random numbers, and the generator that they come from.

With the same seed the numbers are those that PyTorch draws on a CPU; `generator` says how nearly.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tinygrad_np import dtypes
from tinygrad_np.conversion import Options, dtype_of, made
from tinygrad_np.creation import float_type, shape_of, type_like
from tinygrad_np.generator import Generator, default_generator, source
from tinygrad_np.ops import random, sample
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.record import recorded_whole

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tinygrad_np.tensor import Tensor

__all__ = [
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_rng_state",
]

Generator._wrap = staticmethod(make)


# --- the default generator ---


def manual_seed(seed: int) -> Generator:
    """Start the default generator anew; returns it.

    Parameters
    ----------
    seed : int
        From -2**63 to 2**64 - 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> tg.rand(2)
    tensor([0.4963, 0.7682])
    """
    return source().manual_seed(int(seed))


def seed() -> int:
    """Start the default generator from a seed of the operating system's; returns the seed.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.seed() == tg.initial_seed()
    True
    """
    return source().seed()


def initial_seed() -> int:
    """The seed that the default generator was last started from.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.manual_seed(5).initial_seed() == tg.initial_seed()
    True
    """
    return source().initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, a tensor of bytes; PyTorch reads it too.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_rng_state().dtype
    torch.uint8
    """
    state: Tensor = source().get_state()
    return state


def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go on from what `get_rng_state` returned.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> state = tg.get_rng_state()
    >>> x = tg.rand(3)
    >>> tg.set_rng_state(state)
    >>> tg.equal(x, tg.rand(3))
    True
    """
    source().set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **options: Any) -> Iterator[None]:
    """Context manager: what is drawn inside does not advance the default generator.

    Parameters
    ----------
    devices
        Accepted; there are none but the CPU.
    enabled : bool, default True
        False does nothing.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.random.fork_rng():
    ...     x = tg.rand(3)
    >>> tg.equal(x, tg.rand(3))
    True
    """
    state = source().get_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            source().set_state(state)


# --- tensors ---


@recorded_whole
def rand(
    *sizes: Any, size: Any = None, generator: Generator | None = None, **options: Unpack[Options]
) -> Tensor:
    """Numbers evenly spread over [0, 1).

    Parameters
    ----------
    *sizes : int, or one tuple of int
        The shape; also as ``size=``.
    generator : Generator, optional
        The default generator unless given.
    **options
        dtype (a floating point one), requires_grad; the others of `zeros` are accepted.

    Raises
    ------
    NotImplementedError
        For a dtype of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> tg.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    shape, dtype = shape_of(sizes, size), float_type(options)
    random.require_float("rand", dtype, "fc")
    return made(source(generator).uniform(0.0, 1.0, shape, dtype), options)


@recorded_whole
def randn(
    *sizes: Any, size: Any = None, generator: Generator | None = None, **options: Unpack[Options]
) -> Tensor:
    """Numbers from the standard normal distribution; takes what `rand` takes.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> tg.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    shape, dtype = shape_of(sizes, size), float_type(options)
    random.require_float("randn", dtype, "fc")
    return made(source(generator).normal(0.0, 1.0, shape, dtype), options)


@recorded_whole
def randint(
    low: int = 0,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    **options: Unpack[Options],
) -> Tensor:
    """Integers in [low, high): ``randint(high, size)``, ``randint(low, high, size)``.

    Parameters
    ----------
    low : int, default 0
    high : int
    size : tuple of int
    generator : Generator, optional
    **options
        dtype (int64 unless given); the others of `zeros`.

    Raises
    ------
    RuntimeError
        If `high` is not above `low`, or the dtype does not hold the numbers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> tg.randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    if size is None and high is not None:  # randint(high, size)
        high, size = None, high
    first, end = (0, low) if high is None else (low, high)
    shape, dtype = shape_of((), size), dtype_of(options, dtypes.int64.dtype)
    array = random.integers(operator.index(first), operator.index(end), shape, dtype, generator)
    return made(array, options)


@recorded_whole
def randperm(n: int, *, generator: Generator | None = None, **options: Unpack[Options]) -> Tensor:
    """The numbers from 0 to n - 1 in random order.

    Parameters
    ----------
    n : int
    generator : Generator, optional
    **options
        dtype (int64 unless given); the others of `zeros`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> tg.randperm(4)
    tensor([0, 1, 3, 2])
    """
    (length,) = shape_of((n,))
    dtype = dtype_of(options, dtypes.int64.dtype)
    return made(source(generator).randperm(length, dtype), options)


@recorded_whole
def rand_like(
    input: Tensor, *, generator: Generator | None = None, **options: Unpack[Options]
) -> Tensor:
    """As `rand`, with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rand_like(tg.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    dtype, draw = type_like(input, options), source(generator).uniform
    random.require_float("rand", dtype, "fc")
    array = random.in_memory_order(input, lambda shape: draw(0.0, 1.0, shape, dtype))
    return made(array, options)


@recorded_whole
def randn_like(
    input: Tensor, *, generator: Generator | None = None, **options: Unpack[Options]
) -> Tensor:
    """As `randn`, with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.randn_like(tg.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    dtype, draw = type_like(input, options), source(generator).normal
    random.require_float("randn", dtype, "fc")
    order = random.memory_order(input)
    turned = order is not None and order != sorted(order)
    array = random.in_memory_order(input, lambda shape: draw(0.0, 1.0, shape, dtype, turned))
    return made(array, options)


@recorded_whole
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    **options: Unpack[Options],
) -> Tensor:
    """As `randint`, with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.randint_like(tg.zeros(2), 5, 6)
    tensor([5., 5.])
    """
    options.setdefault("dtype", type_like(input, options))
    first, end = (0, low) if high is None else (low, high)

    def draw(shape: tuple[int, ...]) -> Any:
        return randint(first, end, shape, generator=generator, **options)._array

    return made(random.in_memory_order(input, draw), options)


@recorded_whole
def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    **options: Unpack[Options],
) -> Tensor:
    """Numbers from normal distributions.

    Parameters
    ----------
    mean, std : float or Tensor
        Tensors broadcast to the result; of two, `mean` gives the dtype.
    size : tuple of int, optional
        The shape, if both are numbers.
    generator : Generator, optional
    **options
        As for `rand`, if both are numbers.

    Raises
    ------
    RuntimeError
        For a negative `std`, and for shapes that do not broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> tg.normal(tg.tensor([0.0, 100.0]), 1.0)
    tensor([ 1.5410, 99.7066])
    """
    if isinstance(mean, TensorBase) or isinstance(std, TensorBase):
        if size is not None or options:
            raise TypeError("normal: with tensors for mean or std, they give the shape and dtype")
        return sample.normal(mean, std, generator=generator)
    shape, dtype = shape_of((), size), float_type(options)
    random.require_float("normal", dtype)
    random.require(std >= 0, "normal", "std >= 0", std=std)
    return made(source(generator).normal(mean, std, shape, dtype), options)
