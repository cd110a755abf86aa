"""Modules over several devices: there is one, and the module runs on it."""

from __future__ import annotations

from typing import Any

from tinygrad_np.nn.module import Module

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DataParallel(Module):
    """Calls its module with the whole batch: there are no devices to share it out over.

    Parameters
    ----------
    module : Module
        Its parameters are named ``module.*`` in the state dict, as in PyTorch.
    device_ids, output_device : optional
        Accepted and ignored.
    dim : int, default 0

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> list(tg.nn.DataParallel(tg.nn.Linear(2, 1)).state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(
        self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        self.module, self.dim = module, dim
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(DataParallel):
    """Calls its module: the gradients of a world of one process are its own.

    Parameters
    ----------
    module : Module
    device_ids, output_device, dim, more
        Accepted and ignored.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        **more: Any,
    ) -> None:
        super().__init__(module, device_ids, output_device, dim)
        self.require_backward_grad_sync = True


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Call a module with a tensor or a tuple of inputs.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.parallel.data_parallel(tg.nn.ReLU(), tg.tensor([-1.0, 1.0]))
    tensor([0., 1.])
    """
    return module(*(inputs if isinstance(inputs, tuple) else (inputs,)), **(module_kwargs or {}))
