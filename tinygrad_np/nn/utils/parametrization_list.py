"""What is trained in the place of a parametrized tensor."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from tinygrad_np.nn.container import ModuleList
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = ["ParametrizationList"]


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and what is trained: `original`, or `original0`, ...

    Parameters
    ----------
    modules : sequence of Module
    original : Tensor
        The tensor as it was. The parametrizations' `right_inverse`, where there is one, makes of
        it what is trained.
    unsafe : bool, default False
        Shape and dtype may change.
    """

    original: Tensor

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        new = self._first(original)
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        for name, tensor in zip(self._names(), [new] if self.is_tensor else new, strict=True):
            if not isinstance(original, Parameter):
                self.register_buffer(name, tensor)
            elif self.is_tensor:  # the same one, for the optimizers that have it
                original.data = tensor.detach()
                setattr(self, name, original)
            else:
                setattr(self, name, Parameter(tensor.detach(), original.requires_grad))

    def _names(self) -> list[str]:
        return ["original"] if self.is_tensor else [f"original{i}" for i in range(self.ntensors)]

    def _inverse(self, value: Any) -> Any:
        with no_grad():
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    value = module.right_inverse(value)
        return value

    def _first(self, value: Any) -> Any:
        """What is trained at first; `right_inverse` may not be implemented."""
        with contextlib.suppress(NotImplementedError):
            return self._inverse(value)
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set what is trained so that the parametrized tensor is `value`."""
        for module in self:
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(
                    f"parametrization {type(module).__name__} does not implement right_inverse: "
                    "without it no value can be assigned"
                )
        new = self._inverse(value)
        with no_grad():
            for name, tensor in zip(self._names(), [new] if self.is_tensor else new, strict=True):
                getattr(self, name).data = tensor.detach()

    def forward(self) -> Tensor:
        """The parametrized tensor."""
        first, *others = self
        value: Tensor = first(*(getattr(self, name) for name in self._names()))
        for module in others:
            value = module(value)
        return value
