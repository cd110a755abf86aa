"""Sequences of different lengths: padded, or packed below each other time by time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.conversion import as_tensor
from tinygrad_np.creation import full
from tinygrad_np.ops.join import cat, stack
from tinygrad_np.tensor import Tensor

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences below each other: all first elements, all second ones, and so on.

    Attributes
    ----------
    data : Tensor
        (sum of the lengths, *)
    batch_sizes : Tensor
        How many sequences have an element at each time; the longest sequences come first.
    sorted_indices, unsorted_indices : Tensor or None
        The places from which sorting took the sequences, and the way back.
    """

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if batch_sizes is None:
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        assert batch_sizes is not None
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Convert `data` as `Tensor.to` does."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else PackedSequence(data, *self[1:])

    def float(self) -> PackedSequence:
        """Convert `data` to float32."""
        return self.to("float32")

    def double(self) -> PackedSequence:
        """Convert `data` to float64."""
        return self.to("float64")

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Return itself: it is on the CPU."""
        return self

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes one; None of None.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.rnn.invert_permutation(tg.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    return as_tensor(np.argsort(permutation.numpy()))


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Leave out the padding of sequences.

    Parameters
    ----------
    input : Tensor
        (T, N, *), with `batch_first` (N, T, *).
    lengths : Tensor or list of int
        Of the N sequences.
    batch_first : bool, default False
    enforce_sorted : bool, default True
        The lengths must not increase; with False the sequences are sorted first.

    Raises
    ------
    RuntimeError
        For lengths that are not positive, too large, not N or not sorted.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> padded = tg.tensor([[1, 2], [3, 0]])
    >>> tg.nn.utils.rnn.pack_padded_sequence(padded, [2, 1]).data
    tensor([1, 2, 3])
    """
    sizes = np.asarray(lengths.numpy() if isinstance(lengths, Tensor) else lengths, np.int64)
    x = input.transpose(0, 1) if batch_first else input
    if sizes.shape != (x.shape[1],):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {sizes.size} "
            f"(batch_size={x.shape[1]})"
        )
    if sizes.size == 0 or sizes.min() <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0"
        )
    if sizes.max() > x.shape[0]:
        raise RuntimeError(
            f"Expected lengths of at most {x.shape[0]}, the length of the input, got {sizes.max()}"
        )
    indices = None
    if not enforce_sorted:
        order = np.argsort(-sizes, kind="stable")
        indices, sizes = as_tensor(order), sizes[order]
        x = x.index_select(1, indices)
    elif (np.diff(sizes) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. "
            "You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to "
            "sidestep this requirement"
        )
    time, batch = np.nonzero(np.arange(sizes[0])[:, None] < sizes)
    batch_sizes = as_tensor(np.bincount(time))
    return PackedSequence(x[as_tensor(time), as_tensor(batch)], batch_sizes, indices)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Undo `pack_padded_sequence`.

    Returns
    -------
    padded : Tensor
        (T, N, *), with `batch_first` (N, T, *); T is `total_length` or the longest length.
    lengths : Tensor

    Raises
    ------
    ValueError
        If `total_length` is too small.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> packed = tg.nn.utils.rnn.pack_sequence([tg.tensor([1, 3]), tg.tensor([2])])
    >>> tg.nn.utils.rnn.pad_packed_sequence(packed)
    (tensor([[1, 2],
            [3, 0]]), tensor([2, 1]))
    """
    sizes = sequence.batch_sizes.numpy()
    longest, batch = len(sizes), int(sizes[0])
    if total_length is not None and total_length < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, "
            f"but got total_length={total_length} and max sequence length being {longest}"
        )
    there = np.arange(batch) < sizes[:, None]
    time, place = np.nonzero(there)
    shape = (total_length or longest, batch, *sequence.data.shape[1:])
    padded = full(shape, padding_value, dtype=sequence.data.dtype)
    padded[as_tensor(time), as_tensor(place)] = sequence.data
    lengths = as_tensor(there.sum(0))
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(
    sequences: Any,
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Put sequences (L, *) of different lengths beside each other.

    Parameters
    ----------
    sequences : list of Tensor
    batch_first : bool, default False
        Give (N, T, *) instead of (T, N, *).
    padding_value : float, default 0
    padding_side : {"right", "left"}

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.rnn.pad_sequence([tg.tensor([1, 2]), tg.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences)}"
        )
    parts = list(sequences)
    if not parts:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be left or right but got {padding_side}.")
    longest = max(len(s) for s in parts)

    def padded(s: Tensor) -> Tensor:
        if len(s) == longest:
            return s
        rest = full((longest - len(s), *s.shape[1:]), padding_value, dtype=s.dtype)
        return cat([s, rest] if padding_side == "right" else [rest, s])

    return stack([padded(s) for s in parts], 0 if batch_first else 1)


def unpad_sequence(
    padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False
) -> list[Tensor]:
    """Undo `pad_sequence`: a list of sequences of the given lengths.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.rnn.unpad_sequence(tg.tensor([[1, 3], [2, 0]]), tg.tensor([2, 1]))
    [tensor([1, 2]), tensor([3])]
    """
    x = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [x[i, :length] for i, length in enumerate(lengths.tolist())]


def pack_sequence(sequences: list[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """`pack_padded_sequence` of sequences that are not padded yet.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.rnn.pack_sequence([tg.tensor([1, 3]), tg.tensor([2])]).batch_sizes
    tensor([2, 1])
    """
    lengths = [len(s) for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Undo `pack_sequence`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> packed = tg.nn.utils.rnn.pack_sequence([tg.tensor([1, 3]), tg.tensor([2])])
    >>> tg.nn.utils.rnn.unpack_sequence(packed)
    [tensor([1, 3]), tensor([2])]
    """
    return unpad_sequence(*pad_packed_sequence(packed_sequences, True), batch_first=True)
