"""The softmax over many classes, with a small network for each group of rare ones."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from tinygrad_np.creation import full_like
from tinygrad_np.nn.container import ModuleList, Sequential
from tinygrad_np.nn.functional import log_softmax
from tinygrad_np.nn.linear import Linear
from tinygrad_np.nn.module import Module
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.join import cat
from tinygrad_np.tensor import Tensor

__all__ = ["AdaptiveLogSoftmaxWithLoss"]

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log probabilities of many classes, numbered from the most frequent to the rarest.

    The head knows the classes below the first cutoff, and how probable each of the groups between
    two cutoffs is. The i-th group has a network of its own, with ``in_features / div_value**i``
    hidden features.

    Parameters
    ----------
    in_features : int
    n_classes : int
    cutoffs : sequence of int
        Ascending, from 1 to ``n_classes - 1``.
    div_value : float, default 4
    head_bias : bool, default False
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    head : Linear
    tail : ModuleList

    Raises
    ------
    ValueError
        For wrong cutoffs.

    Source: E. Grave et al., Efficient softmax approximation for GPUs, 2016,
    https://arxiv.org/abs/1609.04309

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> softmax = tg.nn.AdaptiveLogSoftmaxWithLoss(16, 20, cutoffs=[4, 10])
    >>> output, loss = softmax(tg.ones(3, 16), tg.tensor([0, 7, 19]))
    >>> output.shape, softmax.log_prob(tg.ones(3, 16)).exp().sum(1)
    (torch.Size([3]), tensor([1., 1., 1.], grad_fn=<SumBackward1>))
    """

    head: Linear
    tail: ModuleList

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        ends = list(cutoffs)
        if not ends:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        whole = all(int(c) == c for c in ends)
        if not whole or ends != sorted(set(ends)) or not 0 < ends[0] <= ends[-1] < n_classes:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing "
                f"order, where each value is between 1 and n_classes-1; got {ends}"
            )
        options = {"device": device, "dtype": dtype}
        self.in_features, self.n_classes = in_features, n_classes
        self.cutoffs = [*ends, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = ends[0], len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for i, (begin, end) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False)):
            hidden = int(in_features // div_value ** (i + 1))
            first = Linear(in_features, hidden, bias=False, **options)
            self.tail.append(Sequential(first, Linear(hidden, end - begin, bias=False, **options)))

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> Any:
        """(output, loss) of (N, in_features) and (N,), or of one example.

        `output` is (N,), the log probability of each target; `loss` is minus their mean.
        """
        input, target = input_, target_
        if target.ndim not in (0, 1):
            raise RuntimeError("0D or 1D target tensor is expected, multi-target not supported")
        if input.ndim != target.ndim + 1 or input.shape[:-1] != target.shape:
            raise RuntimeError(
                "Input and target should have the same size in the batch dimension: expected "
                f"(N, {self.in_features}) and (N,), got {list(input.shape)} and "
                f"{list(target.shape)}"
            )
        if not target.ndim:
            output, loss = self(input.unsqueeze(0), target.unsqueeze(0))
            return _ASMoutput(output.squeeze(0), loss)
        if target.numel() and not 0 <= target.min() <= target.max() < self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found. "
            )
        place = target
        for i, begin in enumerate(self.cutoffs[:-1]):
            place = where(target >= begin, full_like(target, self.shortlist_size + i), place)
        output = log_softmax(self.head(input), 1).gather(1, place.unsqueeze(1)).squeeze(1)
        for i, begin in enumerate(self.cutoffs[:-1]):
            (rows,) = (place == self.shortlist_size + i).nonzero(as_tuple=True)
            if rows.numel():
                logs = log_softmax(self.tail[i](input[rows]), 1)
                own = logs.gather(1, (target[rows] - begin).unsqueeze(1)).squeeze(1)
                output = output.index_add(0, rows, own)
        return _ASMoutput(output, (-output).mean())

    def log_prob(self, input: Tensor) -> Tensor:
        """(N, n_classes): the log probabilities of all classes, for (N, in_features)."""
        head = log_softmax(self.head(input), 1)
        groups = [
            log_softmax(tail(input), 1) + head[:, self.shortlist_size + i].unsqueeze(1)
            for i, tail in enumerate(self.tail)
        ]
        return cat([head[:, : self.shortlist_size], *groups], 1)

    def predict(self, input: Tensor) -> Tensor:
        """(N,): the most probable class of each example."""
        return self.log_prob(input).argmax(1)
