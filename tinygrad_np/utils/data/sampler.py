"""Samplers: the order in which a DataLoader takes items, and how it makes batches of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import numpy as np

from tinygrad_np.conversion import as_tensor
from tinygrad_np.generator import Generator, source
from tinygrad_np.ops.sample import multinomial

__all__ = [
    "BatchSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
]

T_co = TypeVar("T_co", covariant=True)


class Sampler(Generic[T_co]):
    """The base of samplers: override `__iter__`, which gives numbers of items or lists of them.

    Source: https://pytorch.org/docs/stable/data.html#data-loading-order-and-sampler
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__()")


class SequentialSampler(Sampler[int]):
    """All items in order.

    Parameters
    ----------
    data_source : Dataset
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Items in random order, PyTorch's for the same seed.

    Parameters
    ----------
    data_source : Dataset
    replacement : bool, default False
        Draw each item anew out of all.
    num_samples : int, optional
        How many; as many as there are items unless given. More than that without replacement are
        several permutations one after the other.
    generator : Generator, optional
        Unless given, one that is seeded by the default generator each time.

    Raises
    ------
    ValueError
        If `num_samples` is not a positive int; so for an empty dataset.
    TypeError
        If `replacement` is not a bool.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> generator = tg.manual_seed(0)
    >>> list(tg.utils.data.RandomSampler(range(10)))
    [6, 9, 0, 7, 3, 5, 4, 2, 1, 8]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got {replacement!r}")
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        _positive("num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:
        """How many numbers it gives."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        generator = self.generator
        if generator is None:
            generator = Generator().manual_seed(draw_seed(None))
        count = len(self.data_source)
        # as many are drawn at a time as PyTorch draws: also what is left out moves the generator
        whole, rest = divmod(self.num_samples, 32 if self.replacement else count)
        for _ in range(whole):
            yield from self._draw(generator, count, 32)
        yield from self._draw(generator, count, rest)[:rest]

    def _draw(self, generator: Generator, count: int, size: int) -> list[int]:
        drawn = (
            generator.randint(0, count, (size,)) if self.replacement else generator.randperm(count)
        )
        return drawn.tolist()  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Some items in random order, without replacement.

    Parameters
    ----------
    indices : sequence of int
    generator : Generator, optional
        The default generator unless given.
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in source(self.generator).randperm(len(self.indices)).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Items drawn with given weights.

    Parameters
    ----------
    weights : sequence of float
        One for each item; they need not add up to 1.
    num_samples : int
    replacement : bool, default True
    generator : Generator, optional
        The default generator unless given.

    Raises
    ------
    ValueError
        If `num_samples` is not a positive int, `replacement` is not a bool, or the weights are
        not of one dimension.

    Examples
    --------
    >>> from tinygrad_np.utils.data import WeightedRandomSampler
    >>> list(WeightedRandomSampler([0.0, 3.0, 0.0], num_samples=4))
    [1, 1, 1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        _positive("num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got {replacement!r}")
        self.weights = as_tensor(weights, dtype=np.float64)
        if self.weights.dim() != 1:
            raise ValueError(
                "weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        return iter(drawn.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of what another sampler gives.

    Parameters
    ----------
    sampler : Sampler or iterable
    batch_size : int
    drop_last : bool
        Leave out the last list if it is shorter.

    Raises
    ------
    ValueError
        If `batch_size` is not a positive int, or `drop_last` is not a bool.

    Examples
    --------
    >>> from tinygrad_np.utils.data import BatchSampler
    >>> list(BatchSampler(range(7), batch_size=3, drop_last=False))
    [[0, 1, 2], [3, 4, 5], [6]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        _positive("batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        numbers = iter(self.sampler)
        while found := list(itertools.islice(numbers, self.batch_size)):
            if len(found) == self.batch_size or not self.drop_last:
                yield found

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)  # type: ignore[arg-type]
        return whole + (rest > 0 and not self.drop_last)


def draw_seed(generator: Generator | None) -> int:
    """A seed, drawn as PyTorch draws one."""
    return source(generator).randint(0, 2**63, (), wide=True).item()  # type: ignore[no-any-return]


def _positive(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} should be a positive integer value, but got {name}={value}")
