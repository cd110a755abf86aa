"""The import hook: `torch`, `torchvision` and all below them are found in this package.

Nothing is copied: `torch.nn` is the module `tinygrad_np.nn` itself. `torch` is a face of
`tinygrad_np`, with a version that scripts know how to read; modules that we divide otherwise
(`torch.nn.modules.loss`) are faces of the namespace that has their names.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

from tinygrad_np import version
from tinygrad_np.launch import names

VISION_FOLLOWS = "0.28.0"


class Version(str):
    """A version that compares as PyTorch's does: with tuples, and number by number."""

    def _key(self, other: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return _numbers(self), _numbers(other)

    def __lt__(self, other: Any) -> bool:
        mine, theirs = self._key(other)
        return mine < theirs

    def __le__(self, other: Any) -> bool:
        mine, theirs = self._key(other)
        return mine <= theirs

    def __gt__(self, other: Any) -> bool:
        return not self <= other

    def __ge__(self, other: Any) -> bool:
        return not self < other


def _numbers(version: Any) -> tuple[int, ...]:
    if not isinstance(version, str):
        return tuple(int(v) for v in version)
    pieces = version.partition("+")[0].split(".")
    return tuple(int("".join(c for c in p if c.isdigit()) or 0) for p in pieces)


class Face(types.ModuleType):
    """A module under PyTorch's name whose names are those of a namespace of ours."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # so that modules below it are asked for

    def _behind(self) -> types.ModuleType:
        module = names.namespace_for(self.__name__) or names.module_for(self.__name__)
        assert module is not None
        return module

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return names.public(self._behind())
        if name.startswith("__") and name not in ("__config__", "__future__", "__file__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        try:
            value = getattr(self._behind(), name)
        except AttributeError:
            raise AttributeError(_missing(self.__name__, name)) from None
        if isinstance(value, types.ModuleType):
            _fit(value)
        self.__dict__[name] = value  # the next use does not come here
        return value

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._behind()), *self.__dict__})


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the modules of PyTorch; refuses what there is not with what is nearest."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        root = fullname.partition(".")[0]
        if root in names.ROOTS:
            if names.module_for(fullname) is None and names.namespace_for(fullname) is None:
                raise _not_found(fullname)
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        below = root == "tinygrad_np" and root != fullname
        if below and importlib.machinery.PathFinder.find_spec(fullname, path) is None:
            raise _not_found(names.spelled(fullname))  # `from torch.nn import missing`
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = names.module_for(spec.name)
        if module is None or spec.name in names.ROOTS:
            return Face(spec.name)
        own.setdefault(module.__name__, module.__spec__)
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        if isinstance(module, Face):
            if module.__name__ in names.ROOTS:
                follows = version.__version__ if module.__name__ == "torch" else VISION_FOLLOWS
                module.__version__ = Version(f"{follows}+np")  # type: ignore[attr-defined]
                module.torch = sys.modules["torch"]  # type: ignore[attr-defined]  # it imports it
            return
        module.__spec__ = own[module.__name__]  # what the import system has just replaced
        _fit(module)


def _fit(module: types.ModuleType) -> None:
    """Let a module of ours, and those below it, answer for names that it has not."""
    if isinstance(module.__dict__.get("__getattr__"), _Elsewhere):
        return
    if "__getattr__" not in module.__dict__:
        module.__getattr__ = _Elsewhere(names.spelled(module.__name__))  # type: ignore
    if not hasattr(module, "__path__"):
        module.__path__ = []  # so that names imported from it are asked for
    for below in list(vars(module).values()):
        if isinstance(below, types.ModuleType) and below.__name__.startswith(module.__name__ + "."):
            _fit(below)


class _Elsewhere:
    """The `__getattr__` of a module: what PyTorch has there and we have elsewhere, or an error."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __call__(self, name: str) -> Any:
        path = f"{self.place}.{name}"
        if path in names.ELSEWHERE:
            return importlib.import_module(path)
        namespace = names.namespace_for(self.place)
        if namespace is None or name not in namespace.__dict__:
            raise AttributeError(_missing(self.place, name))
        return namespace.__dict__[name]


own: dict[str, Any] = {}  # the specs of our modules, by name


class _InChild:
    """Read by a process that `multiprocessing` spawns before it runs the script's module."""

    def __reduce__(self) -> Any:
        return importlib.import_module, ("tinygrad_np.as_torch",)


def install() -> None:
    """Let `torch` and `torchvision` be this package, here and in the processes started from here.

    Raises
    ------
    RuntimeError
        If PyTorch itself has been imported before: the two cannot be mixed.
    """
    for root in names.ROOTS:
        module = sys.modules.get(root)
        if module is not None and not isinstance(module, Face):
            raise RuntimeError(
                f"{root} itself has been imported already (from {module.__file__}): import "
                f"tinygrad_np.as_torch before anything that imports {root}"
            )
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, Finder())
    for name in names.SHADOWED:
        sys.modules[name] = Face(name)

    from multiprocessing import set_forkserver_preload, spawn

    prepare = spawn.get_preparation_data

    def with_torch(name: str) -> dict[str, Any]:
        return {**prepare(name), "tinygrad_np": _InChild()}

    spawn.get_preparation_data = with_torch
    set_forkserver_preload(["tinygrad_np.as_torch"])


def _missing(place: str, name: str) -> str:
    return f"tinygrad_np has no {place}.{name}{names.nearest(place, name)}"


def _not_found(fullname: str) -> ModuleNotFoundError:
    place, _, name = fullname.rpartition(".")
    # Named otherwise than asked for: the import system passes over a module that it looked for.
    return ModuleNotFoundError(_missing(place, name), name=f"{fullname} (of tinygrad_np)")
