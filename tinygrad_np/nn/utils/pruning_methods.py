"""Ways to choose what of a weight is pruned; `prune` applies them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tinygrad_np.creation import ones_like
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.utils.weight_norm import find_hook
from tinygrad_np.ops.norms import norm
from tinygrad_np.ops.sort import topk
from tinygrad_np.random import rand, rand_like
from tinygrad_np.tensor import Tensor

Amount = int | float


class BasePruningMethod:
    """A way to choose what is pruned: a subclass has `compute_mask`.

    Attributes
    ----------
    PRUNING_TYPE : {"global", "unstructured", "structured"}
        Whether a further pruning looks at all numbers, those that are left, or whole channels.
    """

    PRUNING_TYPE = "global"
    _tensor_name: str

    @property
    def name(self) -> str:
        """The name of the weight, by which the hook is found."""
        return self._tensor_name

    def __call__(self, module: Module, inputs: Any) -> None:
        module.__dict__[self._tensor_name] = self.apply_mask(module)

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask, of ones and zeros, for a tensor of which `default_mask` is left."""
        raise NotImplementedError(f"{type(self).__name__} has no compute_mask")

    def apply_mask(self, module: Module) -> Any:
        """The weight as it counts."""
        original = getattr(module, self._tensor_name + "_orig")
        return getattr(module, self._tensor_name + "_mask").to(original.dtype) * original

    @classmethod
    def apply(
        cls,
        module: Module,
        name: str,
        *args: Any,
        importance_scores: Tensor | None = None,
        **kwargs: Any,
    ) -> Any:
        """Prune a weight of a module, also one that is pruned already."""
        method = cls(*args, **kwargs)
        method._tensor_name = name
        key = find_hook(module, BasePruningMethod, name)
        hook: Any = method
        if key is not None:
            earlier: Any = module._forward_pre_hooks.pop(key)
            hook = PruningContainer(earlier, method)
        original = getattr(module, name + "_orig" if key is not None else name)
        mask = getattr(module, name + "_mask") if key is not None else ones_like(original)
        scores = original if importance_scores is None else importance_scores
        if scores.shape != original.shape:
            raise ValueError(
                f"importance_scores should have the shape of the parameter {name}, "
                f"{list(original.shape)}, but got {list(scores.shape)}"
            )
        new = hook.compute_mask(scores.detach(), mask.detach())
        if key is None:
            delattr(module, name)
            module.register_parameter(name + "_orig", original)
        module.register_buffer(name + "_mask", new)
        hook(module, ())
        module.register_forward_pre_hook(hook)
        return method

    def prune(
        self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None
    ) -> Any:
        """A tensor pruned so."""
        scores = t if importance_scores is None else importance_scores
        mask = ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores.detach(), mask)

    def remove(self, module: Module) -> None:
        """Leave the weight as it counts, and forget the mask."""
        name = self._tensor_name
        weight, original = self.apply_mask(module), getattr(module, name + "_orig")
        original.data = weight.detach()
        for part in (name, name + "_orig", name + "_mask"):
            delattr(module, part)
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several prunings of one weight, one after the other."""

    def __init__(self, *methods: BasePruningMethod) -> None:
        self._methods: list[BasePruningMethod] = []
        self._tensor_name = methods[0]._tensor_name
        for method in methods:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Add a pruning of the same weight; of a container those that it holds."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method._tensor_name != self._tensor_name:
            raise ValueError(
                "Can only add pruning methods acting on the parameter named "
                f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'"
            )
        self._methods += getattr(method, "_methods", [method])

    def __len__(self) -> int:
        return len(self._methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._methods)

    def __getitem__(self, index: int) -> BasePruningMethod:
        return self._methods[index]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        method, mask = self._methods[-1], default_mask
        if method.PRUNING_TYPE == "global":
            return mask * method.compute_mask(t, mask)
        if method.PRUNING_TYPE == "unstructured":
            left = mask == 1
            new = mask.clone()
            new[left] = method.compute_mask(t[left], mask[left]).to(mask.dtype)
            return new
        dim = method.dim % t.ndim  # type: ignore[attr-defined]
        others = [d for d in range(t.ndim) if d != dim]
        left = (mask != 0).sum(tuple(others)) > 0
        where = (slice(None),) * dim + (left,)
        new = mask.clone()
        new[where] = method.compute_mask(t[where], mask[where]).to(mask.dtype) * mask[where]
        return new


class Identity(BasePruningMethod):
    """Nothing is pruned, but the mask is there."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _Amount(BasePruningMethod):
    """What is told how much to prune: a share, or a number."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: Amount) -> None:
        if not isinstance(amount, (int, float)) or isinstance(amount, bool):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        if amount < 0 or (isinstance(amount, float) and amount > 1):
            raise ValueError(
                f"amount={amount} should either be a float in the range [0.0, 1.0] or a "
                "non-negative integer"
            )
        self.amount = amount

    def count(self, size: int) -> int:
        """How many of so many are pruned."""
        if isinstance(self.amount, float):
            return round(self.amount * size)
        if self.amount > size:
            raise ValueError(
                f"amount={self.amount} should be smaller than the number of parameters to prune="
                f"{size}"
            )
        return self.amount


class RandomUnstructured(_Amount):
    """Numbers drawn at random."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        mask = default_mask.clone()
        if n := self.count(t.numel()):
            mask.view(-1)[topk(rand_like(t).view(-1), n).indices] = 0
        return mask


class L1Unstructured(_Amount):
    """The numbers that are nearest to 0."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        mask = default_mask.clone()
        if n := self.count(t.numel()):
            mask.view(-1)[topk(t.abs().view(-1), n, largest=False).indices] = 0
        return mask


class _Structured(_Amount):
    """Whole channels along a dimension."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: Amount, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def scores(self, t: Tensor) -> Any:
        """How much each channel counts."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.ndim < 2:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. Found tensor "
                f"of shape {list(t.shape)} with {t.ndim} dims"
            )
        size = t.shape[self.dim]
        kept = topk(self.scores(t), size - self.count(size)).indices
        shape = [1] * t.ndim
        shape[self.dim] = size
        channels = ones_like(default_mask.reshape(-1)[:1]).expand(size).clone() * 0
        channels[kept] = 1
        return default_mask * channels.reshape(shape)


class RandomStructured(_Structured):
    """Channels drawn at random."""

    def scores(self, t: Tensor) -> Any:
        return rand(t.shape[self.dim])


class LnStructured(_Structured):
    """The channels of the smallest norm."""

    def __init__(self, amount: Amount, n: float | str, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def scores(self, t: Tensor) -> Any:
        others = tuple(d for d in range(t.ndim) if d != self.dim % t.ndim)
        return norm(t, self.n, others)


class CustomFromMask(BasePruningMethod):
    """A mask of the user's."""

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask * self.mask.to(default_mask.dtype)
