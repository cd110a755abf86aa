"""Tensors of a user's subclass: the values are shared, and so is the place on the tape."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from tinygrad_np.ops.index import getitem
from tinygrad_np.tape.graph import TensorBase

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor


class Subclasses(TensorBase):
    """The part of `Tensor` about classes that inherit from it."""

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__torch_function__" in vars(cls):
            warnings.warn(
                f"{cls.__name__}.__torch_function__ will not be called: functions take a subclass "
                "for a Tensor, and give Tensors. Override the methods themselves",
                UserWarning,
                stacklevel=2,
            )

    def as_subclass(self, cls: type[Tensor]) -> Any:
        """The same values and memory as a tensor of a subclass, on the tape as a view is.

        What is computed from it is an ordinary Tensor.

        Raises
        ------
        TypeError
            For a class that is none of tensors.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> class Named(tg.Tensor):
        ...     name = "x"
        >>> tg.ones(2).as_subclass(Named).name
        'x'
        """
        _check_subclass(cls)
        view = getitem(self, ...)
        return cls._make(view._array, view._node, view._counter, view._view)

    @staticmethod
    def _make_subclass(cls: type[Tensor], data: Tensor, require_grad: bool = False) -> Any:
        """The values and memory of `data` as a leaf of a subclass."""
        _check_subclass(cls)
        return cls._make(data._in_order(), None, data._versions()).requires_grad_(require_grad)


def _check_subclass(cls: Any) -> None:
    if not isinstance(cls, type) or not issubclass(cls, TensorBase):
        raise TypeError(
            "Creating a Tensor subclass from a class that does not inherit from Tensor is not "
            f"possible: let {getattr(cls, '__name__', cls)} inherit from it"
        )
