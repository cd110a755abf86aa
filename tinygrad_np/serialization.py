"""Tensors, state dicts and whole modules, to files and back.

The files are PyTorch's own (see `archive`): what one writes the other reads. `load` builds
tensors, arrays and plain containers and nothing else, unless it is told to trust the file.
"""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, ClassVar, TypeAlias

import numpy as np

from tinygrad_np import archive
from tinygrad_np.device import device, require_cpu

__all__ = [
    "add_safe_globals", "clear_safe_globals", "get_safe_globals", "load", "safe_globals", "save",
]  # fmt: skip

FileLike = Any  # str | os.PathLike | IO[bytes]
MAP_LOCATION: TypeAlias = Any  # for the annotations of libraries

SAFE = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "slice"),
    ("builtins", "range"),
    ("builtins", "complex"),
    ("builtins", "bytearray"),
    ("_codecs", "encode"),
    ("collections", "OrderedDict"),
    ("collections", "Counter"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
}
_allowed: dict[tuple[str, str], Any] = {}  # what the program has said to be safe


def save(
    obj: object,
    f: FileLike,
    pickle_module: Any = pickle,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write tensors, containers of them, a state dict or a module to a file.

    A file given by its name is written beside its place and moved there when whole, so that an
    interrupted `save` leaves the old file as it was.

    Parameters
    ----------
    obj : object
    f : str, path or binary file
    pickle_module
        Accepted and ignored.
    pickle_protocol : int, default 2
    _use_new_zipfile_serialization, _disable_byteorder_record
        Accepted and ignored: the file has the form that PyTorch writes since 1.6.

    Examples
    --------
    >>> import io
    >>> import tinygrad_np as tg
    >>> file = io.BytesIO()
    >>> tg.save({"weight": tg.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> tg.load(file)
    {'weight': tensor([1., 1.])}
    """
    if not isinstance(f, (str, os.PathLike)):
        if not hasattr(f, "write"):
            raise TypeError(
                f"save(obj, f): expected a path or a file to write to as f, got {type(f).__name__}"
            )
        archive.write(obj, f, "archive", pickle_protocol)
        return
    path = Path(f)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            archive.write(obj, file, path.stem or "archive", pickle_protocol)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load(
    f: FileLike,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save` wrote, or PyTorch's `torch.save`; bfloat16 becomes float32.

    Parameters
    ----------
    f : str, path or binary file
    map_location
        Accepted if it names the CPU; other places in a file are the CPU, too.
    pickle_module, mmap
        Accepted and ignored.
    weights_only : bool, default True
        Build only tensors, arrays, numbers, strings, plain containers and what `safe_globals`
        names. False runs whatever the file says, as a whole module needs it: do that only with
        files that you trust. The environment variable TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 makes
        it the default, as in PyTorch.
    **pickle_load_args
        For Python's unpickler, such as ``encoding="latin1"``.

    Returns
    -------
    object

    Raises
    ------
    pickle.UnpicklingError
        For a file that asks for anything else, that is cut off or that is no such file.

    Examples
    --------
    >>> import os, tempfile
    >>> import tinygrad_np as tg
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tg.save(tg.arange(3), os.path.join(folder, "t.pt"))
    ...     tg.load(os.path.join(folder, "t.pt"))
    tensor([0, 1, 2])
    """
    if isinstance(map_location, (str, device)):
        require_cpu(map_location)
    elif isinstance(map_location, dict):
        for place in map_location.values():
            require_cpu(place)
    if weights_only is None:
        trusted = os.environ.get("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "0")
        weights_only = trusted.lower() not in ("1", "y", "yes", "true")
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return _read(file, os.fspath(f), weights_only, pickle_load_args)
    return _read(f, getattr(f, "name", "the file"), weights_only, pickle_load_args)


def add_safe_globals(safe_globals: Sequence[Any]) -> None:
    """Let `load` build what these classes and functions make, with ``weights_only=True``, too.

    Parameters
    ----------
    safe_globals : list of classes and functions
        Or of pairs of one and the name that a file has for it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.serialization.add_safe_globals([tg.nn.ReLU])
    >>> tg.serialization.get_safe_globals()
    [<class 'tinygrad_np.nn.activation.ReLU'>]
    >>> tg.serialization.clear_safe_globals()
    """
    for entry in safe_globals:
        value, path = entry if isinstance(entry, tuple) else (entry, None)
        path = path or f"{value.__module__}.{value.__qualname__}"
        module, _, name = path.rpartition(".")
        _allowed[module, name] = value


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` was given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.serialization.get_safe_globals()
    []
    """
    return list(_allowed.values())


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` was given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.serialization.clear_safe_globals()
    """
    _allowed.clear()


class safe_globals:
    """The context in which `add_safe_globals` holds.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.serialization.safe_globals([tg.nn.ReLU]):
    ...     len(tg.serialization.get_safe_globals())
    1
    """

    def __init__(self, safe_globals: Sequence[Any]) -> None:
        self.given = safe_globals

    def __enter__(self) -> None:
        self.before = dict(_allowed)
        add_safe_globals(self.given)

    def __exit__(self, *_: Any) -> None:
        _allowed.clear()
        _allowed.update(self.before)


def _read(file: IO[bytes], name: str, weights_only: bool, options: dict[str, Any]) -> Any:
    import zipfile  # here: the import of the package does without

    try:
        opened = archive.Archive(file)
        unpickler = (_Restricted if weights_only else _Trusting)(opened.pickle(), **options)
        unpickler.persistent_load = opened.storage  # type: ignore[method-assign,assignment]
        return unpickler.load()
    except _Forbidden as error:
        raise pickle.UnpicklingError(
            f"{name}: weights_only=True, and the file asks for {error}, which is not a tensor, an "
            "array or a plain container. If you trust the file, load(..., weights_only=False) "
            "runs it"
        ) from None
    except Exception as error:
        ends = (EOFError, pickle.UnpicklingError, zipfile.BadZipFile, StopIteration)
        if not weights_only and not isinstance(error, ends):
            raise
        raise pickle.UnpicklingError(
            f"{name}: cut off, or not written by save ({error or type(error).__name__}); files of "
            "PyTorch before 1.6 have another form, which PyTorch can turn into this one"
        ) from error


class _Forbidden(Exception):  # noqa: N818
    """A name that a file may not ask for."""


class _Trusting(pickle.Unpickler):
    """Makes whatever a file asks for."""

    def find_class(self, module: str, name: str) -> Any:
        found = archive.NAMES.get((module, name))
        return super().find_class(module, name) if found is None else found


class _Restricted(pickle._Unpickler):
    """The unpickler in Python, where the opcode that sets an object's state can be watched.

    It would set attributes of anything: of a class, so that a file would change the program.
    """

    stack: list[Any]
    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)

    def load_build(self) -> None:
        target = self.stack[-2]
        known = type(target) in (np.ndarray, OrderedDict, device, *_allowed.values())
        if not known and not (isinstance(target, np.dtype) and target.kind in "biufcSUmM"):
            raise _Forbidden(f"attributes of {target!r}")
        super().load_build()  # type: ignore[misc]

    dispatch[pickle.BUILD[0]] = load_build

    def find_class(self, module: str, name: str) -> Any:
        module = module.replace("__builtin__", "builtins")  # its name in protocols up to 2
        for known in (archive.NAMES, _allowed):
            if (module, name) in known:
                return known[module, name]
        if (module, name) in SAFE:
            return super().find_class(module, name)
        raise _Forbidden(f"{module}.{name}")
