"""The frameworks that are measured, each behind the same few names."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Callable
from typing import Any


class Peer:
    """A framework with PyTorch's names.

    Attributes
    ----------
    lib, nn, F, optim : module
    plain : bool
        Whether it is used in its own memory format.
    threads : int or None
        A number of threads of its own.
    """

    def __init__(
        self,
        name: str,
        module: str,
        ready: Callable[[Any, Any], Any] | None = None,
        threads: int | None = None,
    ):
        self.name, self.module, self._ready, self.threads = name, module, ready, threads

    @property
    def plain(self) -> bool:
        return self._ready is None

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.module.split(".")[0]) is not None

    @property
    def lib(self) -> Any:
        return importlib.import_module(self.module)

    @property
    def nn(self) -> Any:
        return importlib.import_module(f"{self.module}.nn")

    @property
    def F(self) -> Any:  # noqa: N802
        return importlib.import_module(f"{self.module}.nn.functional")

    @property
    def optim(self) -> Any:
        return importlib.import_module(f"{self.module}.optim")

    def ready(self, value: Any) -> Any:
        """A model or an image tensor in this peer's memory format."""
        return self._ready(self.lib, value) if self._ready else value

    def tensor(self, array: Any, **kwargs: Any) -> Any:
        """A tensor on a copy of an array."""
        return self.lib.tensor(array, **kwargs)

    def inside(self, array: Any) -> Any:
        """A tensor as it is inside of a network: images as this peer's convolutions leave them."""
        if self.module == "tinygrad_np" and array.ndim == 4 and array.shape[1] > 3:
            array = array.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2)
            return self.lib.from_numpy(array)  # which leaves channels last in memory
        return self.ready(self.tensor(array))


def _channels_last(torch: Any, value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.ndim != 4:
        return value
    return value.to(memory_format=torch.channels_last)


OURS = Peer("tinygrad_np", "tinygrad_np")
TORCH = Peer("torch", "torch")
TORCH_CL = Peer("torch channels_last", "torch", _channels_last)
ALONE = Peer("tinygrad_np, 1 thread", "tinygrad_np", threads=1)
LIKE_TORCH = {p.name: p for p in (OURS, TORCH, TORCH_CL, ALONE)}
OTHERS = ("numpy by hand", "jax.jit", "mygrad")
NAMES = (*LIKE_TORCH, *OTHERS)
threads = 2  # of everyone who can be told; --threads


def installed(name: str) -> bool:
    """Whether a peer can be measured here."""
    if name in LIKE_TORCH:
        return LIKE_TORCH[name].installed
    module = {"numpy by hand": "numpy", "jax.jit": "jax", "mygrad": "mygrad"}[name]
    return importlib.util.find_spec(module) is not None


def set_threads(name: str, count: int) -> None:
    """Give a peer that can be told its number of threads."""
    peer = LIKE_TORCH.get(name)
    if peer:
        peer.lib.set_num_threads(peer.threads or count)


def versions() -> dict[str, str]:
    """The versions of everything that is measured."""
    found = {}
    for module in ("tinygrad_np", "numpy", "scipy", "torch", "jax", "mygrad"):
        if importlib.util.find_spec(module):
            try:
                found[module] = importlib.metadata.version(module)
            except importlib.metadata.PackageNotFoundError:
                found[module] = getattr(importlib.import_module(module), "__version__", "?")
    return found
