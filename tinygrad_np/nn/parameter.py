"""Parameter and Buffer: the tensors that a module owns."""

from __future__ import annotations

from typing import Any

from tinygrad_np.creation import empty
from tinygrad_np.size import Size
from tinygrad_np.tensor import Tensor

__all__ = ["Buffer", "Parameter", "UninitializedParameter"]


class Parameter(Tensor):
    """A tensor to be trained: a module registers it when it is assigned as an attribute.

    Parameters
    ----------
    data : Tensor, optional
        The initial value, whose memory the parameter shares; empty unless given.
    requires_grad : bool, default True
        False for a parameter that is frozen.

    Raises
    ------
    TypeError
        If `data` is not a Tensor.
    RuntimeError
        If it is to require grad and is not of a floating point dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Parameter(tg.tensor([1.0, 2.0]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Any:
        return _sharing(cls, data).requires_grad_(requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        new = super().__deepcopy__(memo)
        new._grad = None  # a copied model starts without gradients
        return new


class Buffer(Tensor):
    """A tensor that belongs to a module's state but is not trained, such as a running mean.

    Parameters
    ----------
    data : Tensor, optional
        The value, whose memory the buffer shares; empty unless given.
    persistent : bool, default True
        Whether it is part of the module's `state_dict`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> module = tg.nn.Module()
    >>> module.mean = tg.nn.Buffer(tg.tensor([0.5]))
    >>> list(module.state_dict())
    ['mean']
    """

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Any:
        self: Any = _sharing(cls, data)
        self.persistent = persistent
        return self if data is None else self.requires_grad_(data.requires_grad)


class UninitializedParameter(Parameter):
    """A parameter whose shape is not known yet; an optimizer may hold it already."""

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return super().__new__(cls, empty(0, device=device, dtype=dtype), requires_grad)

    @property
    def shape(self) -> Size:
        """RuntimeError: there is none."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to initialize the parameters before accessing their "
            "attributes."
        )

    def numel(self) -> int:
        """ValueError: there are no elements."""
        raise ValueError(
            "Attempted to use an uninitialized parameter in Tensor.numel. This error happens when "
            "you are using a `LazyModule`. Call `forward` to initialize it first."
        )

    def __repr__(self) -> str:
        return "<UninitializedParameter>"

    def _become(self, value: Parameter) -> None:
        trained = self.requires_grad
        self._array, self._counter, self._node = value._array, value._counter, None
        self.__class__ = Parameter  # type: ignore[assignment]
        self.requires_grad_(trained)


def is_lazy(param: Any) -> bool:
    """Whether a parameter's shape is not known yet, as those of lazy layers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.parameter.is_lazy(tg.nn.LazyLinear(3).weight)
    True
    """
    return isinstance(param, UninitializedParameter)


def _sharing(cls: type[Tensor], data: Tensor | None) -> Tensor:
    """A tensor on the memory of `data`, outside the tape."""
    if data is None:
        return Tensor.__new__(cls)  # type: ignore[no-any-return]
    if not isinstance(data, Tensor):
        raise TypeError(
            f"{cls.__name__}() expects a Tensor, got {type(data).__name__}; "
            "make one with tensor(data) first"
        )
    return cls._make(data._array, None, data._versions())  # type: ignore[no-any-return]
