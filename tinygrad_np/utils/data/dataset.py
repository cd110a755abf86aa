"""Datasets: what has items, by number or one after the other."""

from __future__ import annotations

import itertools
import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from tinygrad_np.generator import Generator, default_generator, source
from tinygrad_np.tensor import Tensor

__all__ = [
    "ChainDataset",
    "ConcatDataset",
    "Dataset",
    "IterableDataset",
    "StackDataset",
    "Subset",
    "TensorDataset",
    "random_split",
]

T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """The base of datasets whose items have numbers: override `__getitem__` and `__len__`.

    A dataset may also have ``__getitems__(list of numbers)``, which returns the list of the items
    of a batch at once.

    Source: https://pytorch.org/docs/stable/data.html

    Examples
    --------
    >>> from tinygrad_np.utils.data import DataLoader, Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 4
    ...     def __getitem__(self, index):
    ...         return index, index**2
    >>> [numbers, squares] = next(iter(DataLoader(Squares(), batch_size=4)))
    >>> squares
    tensor([0, 1, 4, 9])
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index)")

    def __add__(self, other: Dataset[Any]) -> Dataset[Any]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co]):
    """The base of datasets that are streams: override `__iter__`.

    With several workers each iterates on its own: `get_worker_info` tells them apart, so that each
    can take its share.
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__()")

    def __add__(self, other: Dataset[Any]) -> Dataset[Any]:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors side by side: item i is ``(tensors[0][i], tensors[1][i], ...)``.

    A DataLoader takes a batch out of each tensor at once.

    Parameters
    ----------
    *tensors : Tensor
        Of the same first dimension.

    Raises
    ------
    TypeError
        If one is not a tensor.
    AssertionError
        If the first dimensions differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> dataset = tg.utils.data.TensorDataset(tg.tensor([1.0, 2.0]), tg.tensor([3, 4]))
    >>> dataset[1]
    (tensor(2.), tensor(4))
    """

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor) -> None:
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise TypeError(
                    f"TensorDataset: expected tensors, got {type(tensor).__name__}; make one with "
                    "tensor(...)"
                )
        sizes = [tensor.size(0) for tensor in tensors]
        if len(set(sizes)) > 1:
            raise AssertionError(
                f"Size mismatch between tensors: their first dimensions are {sizes}"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def _batch(self, indices: list[int]) -> list[Tensor]:
        return [rows(tensor, indices) for tensor in self.tensors]

    def __len__(self) -> int:
        return self.tensors[0].size(0)  # type: ignore[no-any-return]


class StackDataset(Dataset[Any]):
    """Datasets side by side: item i is the tuple, or the dict, of their items i.

    Parameters
    ----------
    *args : Dataset
        For tuples.
    **kwargs : Dataset
        For dicts.

    Raises
    ------
    ValueError
        If there are none, if they differ in length, or for both kinds of arguments.
    """

    datasets: tuple[Any, ...] | dict[str, Any]

    def __init__(self, *args: Dataset[Any], **kwargs: Dataset[Any]) -> None:
        if bool(args) == bool(kwargs):
            raise ValueError(
                "StackDataset takes datasets as positional or as keyword arguments, at least one; "
                f"got {len(args)} and {len(kwargs)}"
            )
        self.datasets = args or kwargs
        lengths = [len(dataset) for dataset in args or kwargs.values()]  # type: ignore[arg-type]
        if len(set(lengths)) > 1:
            raise ValueError(f"Size mismatch between datasets: their lengths are {lengths}")
        self._length = lengths[0]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {key: dataset[index] for key, dataset in self.datasets.items()}
        return tuple(dataset[index] for dataset in self.datasets)

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[Any]):
    """Datasets one after the other.

    Parameters
    ----------
    datasets : iterable of Dataset

    Raises
    ------
    AssertionError
        If there are none, or if one is an IterableDataset (`ChainDataset` joins those).

    Examples
    --------
    >>> from tinygrad_np.utils.data import ConcatDataset
    >>> both = ConcatDataset([range(3), "abc"])
    >>> len(both), both[1], both[-1]
    (6, 1, 'c')
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        for dataset in self.datasets:
            if isinstance(dataset, IterableDataset):
                raise AssertionError(
                    "ConcatDataset does not support IterableDataset; use ChainDataset"
                )
        self.cumulative_sizes = self.cumsum(self.datasets)

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """Where each dataset ends."""
        return list(itertools.accumulate(map(len, sequence)))

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range for a dataset of {len(self)} items")
        index %= len(self)
        which = bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset[Any]):
    """Streams one after the other.

    Parameters
    ----------
    datasets : iterable of IterableDataset
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self.datasets)

    def __len__(self) -> int:
        return sum(map(len, self.datasets))


class Subset(Dataset[T_co]):
    """Some items of a dataset.

    Parameters
    ----------
    dataset : Dataset
    indices : sequence of int
        The items' numbers there.

    Examples
    --------
    >>> from tinygrad_np.utils.data import Subset
    >>> list(Subset("abcdef", [4, 0, 4]))
    ['e', 'a', 'e']
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        return items(self.dataset, [self.indices[i] for i in indices])

    def _batch(self, indices: list[int]) -> Any:
        return batch(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Any, lengths: Sequence[int | float], generator: Generator | None = default_generator
) -> list[Subset[Any]]:
    """Split a dataset at random into subsets without common items.

    Parameters
    ----------
    dataset : Dataset
    lengths : sequence of int or float
        How many items go into each subset; or which share of them, shares that add up to 1: what
        rounding leaves over goes to the first ones.
    generator : Generator, optional
        The default generator unless given.

    Returns
    -------
    list of Subset

    Raises
    ------
    ValueError
        If the lengths don't add up to that of the dataset, or for a share out of [0, 1].

    Examples
    --------
    >>> from tinygrad_np.utils.data import random_split
    >>> train, test = random_split(range(10), [0.75, 0.25])
    >>> len(train), len(test), sorted([*train, *test]) == list(range(10))
    (8, 2, True)
    """
    count = len(dataset)
    sizes = list(lengths)
    if math.isclose(sum(sizes), 1) and sum(sizes) <= 1:
        for i, share in enumerate(sizes):
            if not 0 <= share <= 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1: {share}")
        sizes = [math.floor(count * share) for share in sizes]
        for i in range(count - int(sum(sizes))):
            sizes[i % len(sizes)] += 1
        for i, size in enumerate(sizes):
            if size == 0:
                warnings.warn(f"Length of split at index {i} is 0: an empty subset", stacklevel=2)
    if sum(sizes) != count:
        raise ValueError(
            f"Sum of input lengths does not equal the length of the input dataset: {sizes} add up "
            f"to {sum(sizes)}, the dataset has {count} items"
        )
    order = iter(source(generator).randperm(count).tolist())
    return [Subset(dataset, list(itertools.islice(order, int(size)))) for size in sizes]


# --- for the DataLoader ---


def rows(tensor: Tensor, indices: list[int]) -> Tensor:
    """These rows of a tensor, stacked."""
    if tensor.requires_grad:
        return tensor[indices]
    return Tensor._make(tensor._array.take(indices, 0))  # type: ignore[no-any-return]


def items(dataset: Any, indices: list[int]) -> list[Any]:
    """The items of these numbers."""
    if hasattr(dataset, "__getitems__"):
        return dataset.__getitems__(indices)  # type: ignore[no-any-return]
    return [dataset[i] for i in indices]


def batch(dataset: Any, indices: list[int]) -> Any:
    """What `default_collate` would make of the items, at once; None if the dataset can't say.

    A dataset says so with ``_batch(indices)``, which a subclass that reads items in another way
    does not inherit.
    """
    for kind in type(dataset).__mro__:
        own = vars(kind)
        if "_batch" in own:
            return dataset._batch(indices)
        if "__getitem__" in own or "__getitems__" in own:
            return None
    return None
