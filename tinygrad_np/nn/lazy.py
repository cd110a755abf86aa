"""Layers that learn the size of their input from the first one they are given."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from tinygrad_np.nn.batch_norm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from tinygrad_np.nn.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from tinygrad_np.nn.linear import Linear
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter, UninitializedParameter
from tinygrad_np.random import fork_rng

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
]


class _SignatureOfRest:
    """The signature of the layer, without its first argument."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        import inspect

        if instance is not None:
            raise AttributeError("__signature__ is of the class")
        whole = inspect.signature(owner.cls_to_become)
        return whole.replace(parameters=list(whole.parameters.values())[1:])


class _Lazy(Module):
    """What stands in front of a layer until its first input."""

    cls_to_become: ClassVar[Any]

    __signature__ = _SignatureOfRest()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Module.__init__(self)
        self._lazy_args = args, kwargs
        with fork_rng(), warnings.catch_warnings():  # initial values of nothing
            warnings.simplefilter("ignore")
            empty = self.cls_to_become(0, *args, **kwargs)
        for name, value in vars(empty).items():
            if isinstance(value, Parameter):
                self.register_parameter(name, UninitializedParameter(dtype=value.dtype))
            elif name not in vars(self):
                setattr(self, name, value)

    def _size(self, input: Any) -> int:
        """The layer's first argument."""
        return int(input.shape[1])

    def has_uninitialized_params(self) -> bool:
        """True: it is another class afterwards."""
        return True

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """Become the layer that fits this input."""
        self._adopt(self._made(self._size(input)))

    def _made(self, size: int) -> Module:
        """The layer of this size."""
        import inspect

        rest, chosen = self._lazy_args
        given = inspect.signature(self.cls_to_become).bind(size, *rest, **chosen)
        if self.weight is not None:
            given.arguments["dtype"] = self.weight.dtype  # it may have been converted since
        made: Module = self.cls_to_become(*given.args, **given.kwargs)
        return made

    def _adopt(self, made: Module) -> None:
        """Become this layer, in which the parameters stay the objects that they are."""
        del self.__dict__["_lazy_args"]
        own = set(vars(Module())) - {"_buffer_names", "_module_names", "_parameter_names"}
        for name, value in vars(made).items():
            held = vars(self).get(name)
            if isinstance(held, UninitializedParameter):
                held._become(value)
            elif name not in own:
                self.__dict__[name] = value
        self.__class__ = self.cls_to_become

    def _size_in(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        """The layer's first argument, as the shapes of a state tell it."""
        shape = shapes.get("weight") or shapes.get("running_mean")
        return shape[0] if shape else None

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *found: Any
    ) -> None:
        """Become the layer of the state's sizes, once all of the state has been found to fit."""
        shapes = {
            key[len(prefix) :]: tuple(getattr(value, "shape", ()))
            for key, value in state_dict.items()
            if key.startswith(prefix)
        }
        size = self._size_in(shapes)
        if size is None:
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *found)
            return
        with fork_rng():  # the initial values are not kept
            made = self._made(size)
        made._load_state_dict_pre_hooks = self._load_state_dict_pre_hooks
        made._load_from_state_dict(state_dict, prefix, local_metadata, *found)
        local_metadata["writes"].append(lambda: self._adopt(made))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.initialize_parameters(*args, **kwargs)
        return self(*args, **kwargs)


class LazyLinear(_Lazy, Linear):
    """`Linear` whose `in_features` is the size of the first input's last dimension.

    Parameters
    ----------
    out_features, bias, device, dtype
        As for `Linear`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.LazyLinear(2)
    >>> layer(tg.ones(3, 5)).shape
    torch.Size([3, 2])
    >>> layer
    Linear(in_features=5, out_features=2, bias=True)
    """

    cls_to_become = Linear

    def _size(self, input: Any) -> int:
        return int(input.shape[-1])

    def _size_in(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        shape = shapes.get("weight")
        return shape[-1] if shape else None


class _LazyConv(_Lazy):
    dims: ClassVar[int]

    def _size(self, input: Any) -> int:
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise RuntimeError(
                f"Expected {self.dims + 1}D (unbatched) or {self.dims + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {list(input.shape)}"
            )
        return int(input.shape[-self.dims - 1])

    def _size_in(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        shape = shapes.get("weight", ())
        if len(shape) < 2:
            return None
        return shape[0] if self.transposed else shape[1] * self.groups


class LazyConv1d(_LazyConv, Conv1d):
    """`Conv1d` whose `in_channels` are those of the first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """`Conv2d` whose `in_channels` are those of the first input."""

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """`Conv3d` whose `in_channels` are those of the first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConv, ConvTranspose1d):
    """`ConvTranspose1d` whose `in_channels` are those of the first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, ConvTranspose2d):
    """`ConvTranspose2d` whose `in_channels` are those of the first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, ConvTranspose3d):
    """`ConvTranspose3d` whose `in_channels` are those of the first input."""

    cls_to_become = ConvTranspose3d


class LazyBatchNorm1d(_Lazy, BatchNorm1d):
    """`BatchNorm1d` whose `num_features` are the channels of the first input."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_Lazy, BatchNorm2d):
    """`BatchNorm2d` whose `num_features` are the channels of the first input."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_Lazy, BatchNorm3d):
    """`BatchNorm3d` whose `num_features` are the channels of the first input."""

    cls_to_become = BatchNorm3d


class _LazyInstanceNorm(_Lazy):
    """With weights and running statistics unless told otherwise, unlike the layers."""

    __signature__ = None

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _size(self, input: Any) -> int:
        return int(input.shape[-self.cls_to_become.accepted[0]])


class LazyInstanceNorm1d(_LazyInstanceNorm, InstanceNorm1d):
    """`InstanceNorm1d` whose `num_features` are the channels of the first input."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyInstanceNorm, InstanceNorm2d):
    """`InstanceNorm2d` whose `num_features` are the channels of the first input."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyInstanceNorm, InstanceNorm3d):
    """`InstanceNorm3d` whose `num_features` are the channels of the first input."""

    cls_to_become = InstanceNorm3d
