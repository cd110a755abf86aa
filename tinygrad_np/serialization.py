"""Tensors, state dicts and whole modules, to files and back.

The files are Python pickles. `load` builds tensors, arrays and plain containers and nothing else,
unless it is told to trust the file.
"""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.device import device, require_cpu

__all__ = ["load", "save"]

FileLike = Any  # str | os.PathLike | IO[bytes]

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
    ("tinygrad_np.device", "device"),
    ("tinygrad_np.nn.parameter", "Buffer"),
    ("tinygrad_np.nn.parameter", "Parameter"),
    ("tinygrad_np.size", "Size"),
    ("tinygrad_np.tensor", "Tensor"),
    ("tinygrad_np.tensor", "_rebuild"),
}


def save(obj: object, f: FileLike, pickle_module: Any = None, pickle_protocol: int = 4) -> None:
    """Write tensors, containers of them, a state dict or a module to a file.

    A file given by its name is written beside its place and moved there when whole, so that an
    interrupted `save` leaves the old file as it was.

    Parameters
    ----------
    obj : object
    f : str, path or binary file
    pickle_module
        Accepted and ignored.
    pickle_protocol : int, default 4

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
        pickle.dump(obj, f, pickle_protocol)
        return
    path = Path(f)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            pickle.dump(obj, file, pickle_protocol)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load(
    f: FileLike,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
) -> Any:
    """Read what `save` wrote.

    Parameters
    ----------
    f : str, path or binary file
    map_location
        Accepted if it names the CPU.
    pickle_module, mmap
        Accepted and ignored.
    weights_only : bool, default True
        Build only tensors, arrays, numbers, strings and plain containers. False runs whatever
        the file says, as a whole module needs it: do that only with files that you trust.

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
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return _read(file, os.fspath(f), weights_only)
    return _read(f, getattr(f, "name", "the file"), weights_only)


def _read(file: IO[bytes], name: str, weights_only: bool) -> Any:
    unpickler = _Restricted(file) if weights_only else pickle.Unpickler(file)
    try:
        return unpickler.load()
    except _Forbidden as error:
        raise pickle.UnpicklingError(
            f"{name}: weights_only=True, and the file asks for {error}, which is not a tensor, an "
            "array or a plain container. If you trust the file, load(..., weights_only=False) "
            "runs it"
        ) from None
    except Exception as error:
        if not weights_only and not isinstance(error, (EOFError, pickle.UnpicklingError)):
            raise
        raise pickle.UnpicklingError(
            f"{name}: cut off, or not written by tinygrad_np.save ({error})"
        ) from error


class _Forbidden(Exception):  # noqa: N818
    """A name that a file may not ask for."""


class _Restricted(pickle._Unpickler):
    """The unpickler in Python, where the opcode that sets an object's state can be watched.

    It would set attributes of anything: of a class, so that a file would change the program.
    """

    stack: list[Any]
    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)

    def load_build(self) -> None:
        target = self.stack[-2]
        known = type(target) in (np.ndarray, OrderedDict, device)
        if not known and not (isinstance(target, np.dtype) and target.kind in "biufcSUmM"):
            raise _Forbidden(f"attributes of {target!r}")
        super().load_build()  # type: ignore[misc]

    dispatch[pickle.BUILD[0]] = load_build

    def find_class(self, module: str, name: str) -> Any:
        module = module.replace("__builtin__", "builtins")  # its name in protocols up to 2
        if (module, name) in SAFE:
            return super().find_class(module, name)
        if module == "tinygrad_np.dtypes" and isinstance(getattr(dtypes, name, None), dtypes.dtype):
            return getattr(dtypes, name)
        raise _Forbidden(f"{module}.{name}")
