"""What distributions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.conversion import as_tensor
from tinygrad_np.dtypes import get_default_dtype
from tinygrad_np.ops.broadcast import broadcast_tensors
from tinygrad_np.size import Size
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = ["Distribution"]

Check = tuple[str, Callable[[Any], Any]]  # what values must be, and which are

REAL: Check = ("Real()", lambda x: x == x)
POSITIVE: Check = ("GreaterThan(lower_bound=0.0)", lambda x: x > 0)
NONNEGATIVE: Check = ("GreaterThanEq(lower_bound=0.0)", lambda x: x >= 0)
UNIT: Check = ("Interval(lower_bound=0.0, upper_bound=1.0)", lambda x: (x >= 0) & (x <= 1))
BOOLEAN: Check = ("Boolean()", lambda x: (x == 0) | (x == 1))
COUNT: Check = ("IntegerGreaterThan(lower_bound=0)", lambda x: (x >= 0) & (x == np.floor(x)))
SIMPLEX: Check = ("Simplex()", lambda x: (x >= 0).all(-1) & (abs(x.sum(-1) - 1) < 1e-6))


class Distribution:
    """A probability distribution, or a batch of them.

    Attributes
    ----------
    batch_shape : Size
        Of the distributions.
    event_shape : Size
        Of one sample of one distribution.
    """

    arg_checks: ClassVar[dict[str, Check]] = {}
    support_check: Check = REAL
    has_rsample = False
    _validate_args = True

    def __init__(
        self,
        batch_shape: Sequence[int] = (),
        event_shape: Sequence[int] = (),
        validate_args: bool | None = None,
    ) -> None:
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, (what, holds) in self.arg_checks.items():
                value = vars(self).get(name)
                if value is not None and not holds(value.detach().numpy()).all():
                    raise ValueError(
                        f"Expected parameter {name} (Tensor of shape {tuple(value.shape)}) of "
                        f"distribution {self!r} to satisfy the constraint {what}, but found "
                        f"invalid values:\n{value!r}"
                    )

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether arguments and values are checked, unless a distribution is told."""
        Distribution._validate_args = value

    def _extended(self, sample_shape: Sequence[int]) -> tuple[int, ...]:
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        """Draw (*sample_shape, *batch_shape, *event_shape), without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def sample_n(self, n: int) -> Any:
        """Draw `n` samples, by an old name of ``sample((n,))``."""
        return self.sample((n,))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        """Draw samples through which gradients reach the parameters."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample")

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability (density) of a value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def entropy(self) -> Any:
        """The entropy, in nats."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    @property
    def mean(self) -> Any:
        """The mean."""
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    @property
    def variance(self) -> Any:
        """The variance."""
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()

    def cdf(self, value: Any) -> Any:
        """The probability of what is at most `value`."""
        raise NotImplementedError(f"{type(self).__name__} has no cdf")

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        raise NotImplementedError(f"{type(self).__name__} has no icdf")

    def perplexity(self) -> Any:
        """The exponential of the entropy."""
        return self.entropy().exp()

    def _validate_sample(self, value: Any) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        what, holds = self.support_check
        if not holds(value.detach().numpy()).all():
            raise ValueError(
                f"Expected value argument (Tensor of shape {tuple(value.shape)}) to be within the "
                f"support ({what}) of the distribution {self!r}, but found invalid values:\n"
                f"{value!r}"
            )

    def __repr__(self) -> str:
        values = {n: vars(self).get(n) for n in self.arg_checks}
        words = (
            f"{n}: {v!r}" if v.numel() == 1 else f"{n}: {v.size()}"
            for n, v in values.items()
            if v is not None
        )
        return f"{type(self).__name__}({', '.join(words)})"


def together(*values: Any) -> list[Any]:
    """Numbers and tensors as tensors of one shape, of the tensors' dtype if there is one."""
    tensors = [v for v in values if isinstance(v, Tensor)]
    dtype = tensors[0].dtype if tensors else get_default_dtype()
    return list(
        broadcast_tensors(
            *(v if isinstance(v, Tensor) else as_tensor(v, dtype=dtype) for v in values)
        )
    )


def one_of(name: str, probs: Any, logits: Any) -> None:
    """ValueError unless just one is given."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: Either `probs` or `logits` must be specified, but not both.")
