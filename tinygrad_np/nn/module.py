"""Module: the base class of layers and models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tinygrad_np import dtypes
from tinygrad_np.__future__ import get_overwrite_module_params_on_conversion
from tinygrad_np.device import device as Device
from tinygrad_np.device import require_cpu
from tinygrad_np.nn.hooks import everywhere
from tinygrad_np.nn.members import _items
from tinygrad_np.nn.parameter import Parameter, is_lazy
from tinygrad_np.nn.state import State
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tensor import Tensor

__all__ = ["Module"]

M = TypeVar("M", bound="Module")
_TOLD = (RuntimeError, ValueError, TypeError, IndexError)  # what ops raise for wrong arguments


class Module(State):
    """Base class of layers and models.

    A subclass calls ``super().__init__()``, then assigns its parameters and submodules as
    attributes, and defines `forward`. Calling the module calls `forward`.

    Attributes
    ----------
    training : bool
        Set by `train` and `eval`; layers such as Dropout differ by it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np import nn
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.fc = nn.Linear(4, 2)
    ...
    ...     def forward(self, x):
    ...         return self.fc(x).relu()
    >>> net = Net()
    >>> net(tg.ones(3, 4)).shape
    torch.Size([3, 2])
    >>> net
    Net(
      (fc): Linear(in_features=4, out_features=2, bias=True)
    )
    """

    training: bool

    def __init__(self) -> None:
        super().__init__()
        self.training = True

    def forward(self, *args: Any) -> Any:
        """What the module computes; each subclass defines it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if (
                self._forward_hooks
                or self._forward_pre_hooks
                or self._backward_hooks
                or self._backward_pre_hooks
                or everywhere
            ):
                return self._call_with_hooks(args, kwargs)
            return self.forward(*args, **kwargs)
        except _TOLD as error:
            if not self._module_names:
                _name_layer(error, self, args)
            raise

    # --- for all modules below ---

    def apply(self: M, fn: Callable[[Module], Any]) -> M:
        """Call `fn` with each module below, then with this one; returns itself.

        Examples
        --------
        >>> from tinygrad_np import nn
        >>> def start_small(module):
        ...     if isinstance(module, nn.Linear):
        ...         nn.init.normal_(module.weight, std=0.01)
        >>> model = nn.Sequential(nn.Linear(2, 2), nn.ReLU()).apply(start_small)
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self: M, mode: bool = True) -> M:
        """Set training mode, or with False evaluation mode; returns itself."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: M) -> M:
        """Set evaluation mode: ``train(False)``."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Ask for gradients of all parameters, or no longer: freezes them."""
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    @recorded_whole
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters; without `set_to_none` fill them with 0."""
        for param in self.parameters():
            if param._grad is not None:
                if set_to_none:
                    param._grad = None
                else:
                    param._grad.detach_()
                    param._grad.zero_()

    # --- conversion ---

    def _apply(self: M, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> M:
        """Put ``fn(tensor)`` in the place of each parameter's values and each buffer."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        with no_grad():
            for name, param in _items(self, self._parameter_names):
                values, grad = fn(param.data), param._grad
                if get_overwrite_module_params_on_conversion() and not is_lazy(param):
                    new = self.__dict__[name] = Parameter(values, param.requires_grad)
                    new.grad = None if grad is None else fn(grad.data)
                    continue
                param.data = values
                if grad is not None:
                    grad.data = fn(grad.data)
            for name, buffer in _items(self, self._buffer_names):
                self.__dict__[name] = fn(buffer)
        return self

    def _cast(self: M, dtype: dtypes.DTypeLike) -> M:
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Convert the floating point and complex parameters and buffers in place; returns itself.

        Called as ``to(device)``, ``to(dtype)``, ``to(device, dtype)`` or ``to(tensor)``.

        Parameters
        ----------
        device : device or str, optional
            The CPU.
        dtype : dtype, optional
            A floating point or complex dtype.
        tensor : Tensor, optional
            Its dtype is taken.
        non_blocking, memory_format : optional
            Accepted for PyTorch's sake.

        Raises
        ------
        TypeError
            If `dtype` is neither a floating point nor a complex dtype.
        RuntimeError
            For another device than the CPU.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> tg.nn.Linear(2, 3).to(tg.float64).weight.dtype
        torch.float64
        """
        given = [*args, *(kwargs.get(key) for key in ("device", "dtype", "tensor"))]
        unknown = kwargs.keys() - {"device", "dtype", "tensor", "non_blocking", "memory_format"}
        if unknown:
            raise TypeError(f"to() got an unexpected keyword argument {sorted(unknown)[0]!r}")
        dtype = None
        for value in given:
            if isinstance(value, Tensor):
                dtype = value.dtype
            elif isinstance(value, (str, Device)):
                require_cpu(value)
            elif value is not None and not isinstance(value, bool):
                dtype = dtypes.of(dtypes.as_numpy(value))
        if dtype is None:
            return self
        if not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={dtype}; convert the inputs to a floating point dtype instead"
            )
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() or t.is_complex() else t)

    def type(self: M, dst_type: dtypes.DTypeLike) -> M:
        """Convert all parameters and buffers to `dst_type`."""
        return self._apply(lambda t: t.to(dst_type))

    def float(self: M) -> M:
        """Convert the floating point parameters and buffers to float32."""
        return self._cast(dtypes.float32)

    def double(self: M) -> M:
        """Convert the floating point parameters and buffers to float64."""
        return self._cast(dtypes.float64)

    def half(self: M) -> M:
        """Convert the floating point parameters and buffers to float16."""
        return self._cast(dtypes.float16)

    def cpu(self: M) -> M:
        """Return the module, which is on the CPU."""
        return self

    def to_empty(self: M, *, device: Any, recurse: bool = True) -> M:
        """Move parameters and buffers without their values; there is one device, which has them."""
        require_cpu(device)
        return self

    def cuda(self: M, device: Any = None) -> M:
        """Raise RuntimeError, which is an AssertionError, too: there is only the CPU."""
        return self.to("cuda")

    def share_memory(self: M) -> M:
        """Move parameters and buffers into memory that other processes share; returns itself."""
        return self._apply(lambda t: t.share_memory_())

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: PyTorch's compiler has no counterpart here."""

    # --- words ---

    def extra_repr(self) -> str:
        """What stands between the brackets in the layer's `repr`."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [
            f"({name}): " + indent(repr(self.__dict__[name])) for name in self._module_names
        ]
        if len(lines) <= 1 and not children:
            return f"{self._get_name()}({extra})"
        return self._get_name() + "(\n  " + "\n  ".join(lines + children) + "\n)"


def indent(text: str) -> str:
    """Move all lines but the first to the right."""
    return text.replace("\n", "\n  ")


def _name_layer(error: Exception, layer: Module, args: tuple[Any, ...]) -> None:
    """Add to an error that an op raised which layer it was, and what the layer was given."""
    if type(error) in _TOLD and len(error.args) == 1 and "\n  in " not in str(error):
        given = ", ".join(
            f"shape {list(a.shape)} {a.dtype}" if isinstance(a, Tensor) else type(a).__name__
            for a in args
        )
        error.args = (f"{error.args[0]}\n  in {layer!r}, called with ({given})",)
