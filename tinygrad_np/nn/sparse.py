"""Embedding: a table of vectors, looked up by number."""

from __future__ import annotations

from typing import Any

from tinygrad_np.creation import empty
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = ["Embedding", "EmbeddingBag"]


def _sizes(embeddings: Tensor) -> tuple[int, int]:
    """Of a table; ValueError for what is none."""
    if embeddings.ndim != 2:
        raise ValueError(
            "Embeddings parameter is expected to be 2-dimensional, "
            f"got shape {tuple(embeddings.shape)}"
        )
    rows, size = embeddings.shape
    return rows, size


class _Table(Module):
    """What the layers below have in common."""

    weight: Parameter

    def _fill(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None,
        max_norm: float | None,
        norm_type: float,
        scale_grad_by_freq: bool,
        sparse: bool,
        weight: Tensor | None,
        freeze: bool,
        options: dict[str, Any],
    ) -> None:
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(
                    f"Padding_idx must be within num_embeddings: got {padding_idx} "
                    f"with {num_embeddings} embeddings"
                )
            padding_idx %= num_embeddings
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if weight is None:
            values = empty(num_embeddings, embedding_dim, **options)
            self.weight = Parameter(values, requires_grad=not freeze)
            self.reset_parameters()
        else:
            if weight.shape != (num_embeddings, embedding_dim):
                raise ValueError(
                    "Shape of weight does not match num_embeddings and embedding_dim: expected "
                    f"{(num_embeddings, embedding_dim)}, got {tuple(weight.shape)}"
                )
            self.weight = Parameter(weight, requires_grad=not freeze)

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def _words(self, *names: str) -> list[str]:
        """The sizes, and those of these attributes that are not as usual."""
        usual = {"norm_type": 2.0, "scale_grad_by_freq": False}
        unusual = [name for name in names if getattr(self, name) != usual.get(name)]
        sizes = f"{self.num_embeddings}, {self.embedding_dim}"
        return [sizes, *(f"{name}={getattr(self, name)}" for name in unusual)]


class Embedding(_Table):
    """Looks up a vector for each integer.

    Parameters
    ----------
    num_embeddings : int
        The integers are from 0 up to it, exclusively.
    embedding_dim : int
        Length of the vectors.
    padding_idx : int, optional
        The vector of this integer is 0 at first and gets no gradient.
    max_norm : float, optional
        Vectors that are looked up and longer are shortened to it, in place.
    norm_type : float, default 2
        Of the norm meant by `max_norm`.
    scale_grad_by_freq : bool, default False
        Divide a vector's gradient by how often its integer comes in the batch.
    sparse : bool, default False
        Accepted for PyTorch's sake: gradients are always dense.
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight : Parameter
        (num_embeddings, embedding_dim), drawn from the standard normal distribution.

    Raises
    ------
    ValueError
        If `padding_idx` is not among the integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Embedding(10, 3)(tg.tensor([[1, 2], [4, 9]])).shape
    torch.Size([2, 2, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._fill(
            num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq,
            sparse, _weight, _freeze, {"device": device, "dtype": dtype},
        )  # fmt: skip

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """An Embedding on the memory of a given matrix.

        Parameters
        ----------
        embeddings : Tensor
            (num_embeddings, embedding_dim)
        freeze : bool, default True
            The matrix is not trained.
        padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse : optional
            As for the class.

        Raises
        ------
        ValueError
            If `embeddings` is not 2-dimensional.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> layer = tg.nn.Embedding.from_pretrained(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        >>> layer(tg.tensor([1]))
        tensor([[3., 4.]])
        """
        return cls(
            *_sizes(embeddings), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse,
            _weight=embeddings, _freeze=freeze,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """(*) integers to (*, embedding_dim)."""
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type,
            self.scale_grad_by_freq, self.sparse,
        )  # fmt: skip

    def extra_repr(self) -> str:
        words = self._words("padding_idx", "max_norm", "norm_type", "scale_grad_by_freq")
        return ", ".join(words + ["sparse=True"] * self.sparse)


class EmbeddingBag(_Table):
    """Looks up the vectors of bags of integers, and puts those of each bag together.

    Parameters
    ----------
    num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, sparse, padding_idx
        As for `Embedding`; the vector of `padding_idx` counts for nothing.
    mode : {"mean", "sum", "max"}
    include_last_offset : bool, default False
        Offsets have one entry more, where the last bag ends.
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight : Parameter
        (num_embeddings, embedding_dim), drawn from the standard normal distribution.

    Raises
    ------
    ValueError
        If `padding_idx` is not among the integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> bag = tg.nn.EmbeddingBag(10, 3, mode="sum")
    >>> bag(tg.tensor([1, 2, 4, 5]), tg.tensor([0, 3])).shape
    torch.Size([2, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._fill(
            num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq,
            sparse, _weight, False, {"device": device, "dtype": dtype},
        )  # fmt: skip
        self.mode, self.include_last_offset = mode, include_last_offset

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> EmbeddingBag:
        """An EmbeddingBag on the memory of a given matrix; see `Embedding.from_pretrained`.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> bag = tg.nn.EmbeddingBag.from_pretrained(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        >>> bag(tg.tensor([[0, 1]]))
        tensor([[2., 3.]])
        """
        new = cls(
            *_sizes(embeddings), max_norm, norm_type, scale_grad_by_freq, mode, sparse,
            embeddings, include_last_offset, padding_idx,
        )  # fmt: skip
        new.weight.requires_grad = not freeze
        return new

    def forward(
        self,
        input: Tensor,
        offsets: Tensor | None = None,
        per_sample_weights: Tensor | None = None,
    ) -> Tensor:
        """(B, n), or (N,) with offsets (B,), to (B, embedding_dim)."""
        return F.embedding_bag(  # type: ignore[no-any-return]
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq,
            self.mode, self.sparse, per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    def extra_repr(self) -> str:
        words = self._words("max_norm", "norm_type", "scale_grad_by_freq")
        return ", ".join([*words, f"mode={self.mode!r}", *self._words("padding_idx")[1:]])
