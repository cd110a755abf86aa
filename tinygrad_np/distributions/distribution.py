"""What distributions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tinygrad_np.conversion import as_tensor
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.dtypes import get_default_dtype
from tinygrad_np.ops.broadcast import broadcast_tensors
from tinygrad_np.size import Size
from tinygrad_np.tape.grad_mode import mode, no_grad
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tape.refuse import looked_at
from tinygrad_np.tensor import Tensor

__all__ = ["Distribution"]


class Distribution:
    """A probability distribution, or a batch of them.

    Attributes
    ----------
    arg_constraints : dict of str to Constraint
        What the parameters must be.
    support : Constraint
        What samples are.
    has_rsample, has_enumerate_support : bool
        Whether there are `rsample` and `enumerate_support`.
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {}
    support: Any = constraints.real
    has_rsample = False
    has_enumerate_support = False
    _validate_args = True

    def __init__(
        self,
        batch_shape: Sequence[int] = (),
        event_shape: Sequence[int] = (),
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, what in self.arg_constraints.items():
                if constraints.is_dependent(what) or (
                    name not in vars(self) and isinstance(getattr(type(self), name, None), derived)
                ):
                    continue
                value = getattr(self, name)
                if not _all_in(what, value):
                    raise ValueError(
                        f"Expected parameter {name} ({type(value).__name__} of shape "
                        f"{tuple(value.shape)}) of distribution {self!r} to satisfy the "
                        f"constraint {what!r}, but found invalid values:\n{value}"
                    )

    @property
    def batch_shape(self) -> Size:
        """Of the distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """Of one sample of one distribution."""
        return self._event_shape

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether arguments and values are checked, unless a distribution is told."""
        Distribution._validate_args = value

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        """The distribution as a batch of this shape, to which its own must expand."""
        new: Any = object.__new__(type(self))
        vars(new).update(vars(self))
        own, new._batch_shape = len(self.batch_shape), Size(batch_shape)
        for name, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(new, name, value.expand((*batch_shape, *value.shape[own:])))
            elif isinstance(value, Distribution):
                inner = value.batch_shape[own:]
                setattr(new, name, value.expand((*batch_shape, *inner)))
        return new

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        """For the `expand` of a subclass: what it fills, an object without values."""
        if _instance is None and type(self).__init__ is not cls.__init__:  # type: ignore[misc]
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ "
                "method must also define a custom .expand() method."
            )
        return object.__new__(type(self)) if _instance is None else _instance

    def _extended_shape(self, sample_shape: Sequence[int] = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

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
    def mode(self) -> Any:
        """The likeliest value."""
        raise NotImplementedError(f"{type(self).__name__} has no mode")

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

    def enumerate_support(self, expand: bool = True) -> Any:
        """All values, along a new first dimension; without `expand` of the batch size 1."""
        raise NotImplementedError(f"{type(self).__name__} has no enumerate_support")

    def _enumerated(self, values: Any, expand: bool) -> Any:
        """Values (n, *event_shape) with the dimensions of the batch put between."""
        n, batch = values.shape[0], self.batch_shape
        values = values.reshape(n, *(1,) * len(batch), *self.event_shape)
        return values.expand(n, *batch, *self.event_shape) if expand else values

    def perplexity(self) -> Any:
        """The exponential of the entropy."""
        return self.entropy().exp()

    def _validate_sample(self, value: Any) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        shape, known = tuple(value.shape), (*self.batch_shape, *self.event_shape)
        if shape[len(shape) - len(self.event_shape) :] != tuple(self.event_shape):
            raise ValueError(
                "The right-most size of value must match event_shape: "
                f"{shape} vs {tuple(self.event_shape)}."
            )
        for n, m in zip(reversed(shape), reversed(known), strict=False):
            if n != m and 1 not in (n, m):
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {shape} vs {known}."
                )
        if not _all_in(self.support, value):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {shape}) to be within "
                f"the support ({self.support!r}) of the distribution {self!r}, but found invalid "
                f"values:\n{value}"
            )

    def __repr__(self) -> str:
        values = {name: vars(self)[name] for name in self.arg_constraints if name in vars(self)}
        words = (f"{n}: {v if v.numel() == 1 else v.size()}" for n, v in values.items())
        return f"{type(self).__name__}({', '.join(words)})"


def _all_in(what: Constraint, value: Tensor) -> bool:
    """Whether all values are in a set; a step that is recorded now raises itself if not."""
    if mode.recorder is None:
        return bool(what.check(value).all())
    bounds = list(vars(what).values())
    if all(isinstance(b, (int, float, Tensor)) for b in bounds):
        _require_in(type(what), bounds, value)
    elif _of_tensors(what):
        looked_at(f"a check that values are within {what!r}")
    else:
        _require_in(what, [], value)
    return True


def _of_tensors(what: Any) -> bool:
    """Whether there are tensors among the bounds of a set, or of the sets that it is made of."""
    parts = what if isinstance(what, (list, tuple)) else vars(what).values()
    return any(
        isinstance(p, Tensor) or (isinstance(p, (list, tuple, Constraint)) and _of_tensors(p))
        for p in parts
    )


@recorded_whole
def _require_in(what: Any, bounds: list[Any], value: Tensor) -> None:
    """ValueError unless all values are in a set, or in that of a class with these bounds."""
    what = what(*bounds) if isinstance(what, type) else what
    if not what.check(value).all():
        raise ValueError(
            f"Expected values of shape {tuple(value.shape)} to satisfy the constraint {what!r}, "
            f"but found invalid values:\n{value}"
        )


class derived:
    """A parameter that is computed from another, unless it is the one that was given."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __get__(self, distribution: Any, kind: Any = None) -> Any:
        return self if distribution is None else self.function(distribution)


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
