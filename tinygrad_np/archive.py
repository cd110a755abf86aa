"""The files of PyTorch's `save`: a zip archive of one pickle and the bytes of each storage.

``data.pkl`` holds the object; in it a tensor is a call of ``torch._utils._rebuild_tensor_v2`` with
a storage (named by a persistent id), an offset, a shape and strides. ``data/KEY`` holds the bytes
of a storage, ``byteorder`` their order. Tensors that share memory share a storage.

Source: https://pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import io
import pickle
import sys
from collections import OrderedDict
from typing import IO, Any, ClassVar

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.device import device
from tinygrad_np.formats import layout, sparse_coo
from tinygrad_np.size import Size
from tinygrad_np.tensor import Tensor

STORAGES = {  # PyTorch's classes of storages, by the dtype of their elements
    "float64": "DoubleStorage", "float32": "FloatStorage", "float16": "HalfStorage",
    "int64": "LongStorage", "int32": "IntStorage", "int16": "ShortStorage", "int8": "CharStorage",
    "uint8": "ByteStorage", "bool": "BoolStorage", "complex128": "ComplexDoubleStorage",
    "complex64": "ComplexFloatStorage",
}  # fmt: skip


class Name:
    """A name that a pickle asks for, of a module that need not be there when it is written."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *args: Any) -> Any:
        raise TypeError(f"{self.module}.{self.name} is a name in a file")


class Storage:
    """The memory that tensors share, on its way to a file."""

    def __init__(self, array: Any, key: str) -> None:
        self.array, self.key = array, key


class Pickler(pickle._Pickler):  # type: ignore[name-defined,misc]
    """Writes tensors, dtypes, sizes and devices under PyTorch's names."""

    write: Any
    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)  # type: ignore

    def __init__(self, file: IO[bytes], protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: dict[int, Storage] = {}  # by the owner of the memory, which they keep

    def save_name(self, obj: Any) -> None:
        module = obj.module if isinstance(obj, Name) else "torch"
        self.write(f"c{module}\n{obj.name}\n".encode())

    dispatch[Name] = dispatch[dtypes.dtype] = save_name

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, Storage):
            return None
        kind = STORAGES.get(obj.array.dtype.name)
        name = Name("torch", kind) if kind else Name("torch.storage", "UntypedStorage")
        return "storage", name, obj.key, "cpu", obj.array.size if kind else obj.array.nbytes

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Tensor):
            return self._tensor(obj)
        if isinstance(obj, layout):
            return Name("torch.serialization", "_get_layout"), (repr(obj),)
        if getattr(obj, "layout", None) is sparse_coo:
            args: Any = obj._indices(), obj._values(), obj.shape, obj.is_coalesced()
            return Name("torch._utils", "_rebuild_sparse_tensor"), (sparse_coo, args)
        if isinstance(obj, Size):
            return Name("torch", "Size"), (tuple(obj),)
        if isinstance(obj, device):
            index = () if obj.index is None else (obj.index,)
            return Name("torch", "device"), (obj.type, *index)
        return NotImplemented

    def _tensor(self, tensor: Tensor) -> Any:
        hooks: Any = OrderedDict()
        if type(tensor).__name__ == "Parameter":
            args: Any = tensor.detach(), tensor.requires_grad, hooks
            return Name("torch._utils", "_rebuild_parameter"), args
        array = tensor.detach()._array
        storage, array = self._storage(array)
        start = _address(array) - _address(storage.array) if array.size else 0
        steps = tuple(step // array.itemsize for step in array.strides)
        offset = start // array.itemsize
        args = storage, offset, array.shape, steps, tensor.requires_grad, hooks
        if array.dtype.name in STORAGES:
            return Name("torch._utils", "_rebuild_tensor_v2"), args
        return Name("torch._utils", "_rebuild_tensor_v3"), (*args, tensor.dtype)

    def _storage(self, array: Any) -> tuple[Storage, Any]:
        """The storage that holds an array, and the array as it lies in there."""
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        flat = root.ravel(order="K")  # a view, unless there are gaps
        whole = root.dtype == array.dtype and _address(flat) == _address(root)
        if not whole or any(step < 0 or step % array.itemsize for step in array.strides):
            array = root = array.copy()
            flat = root.ravel(order="K")
        found = self.storages.get(id(root))
        if found is None:
            found = self.storages[id(root)] = Storage(flat, str(len(self.storages)))
        return found, array


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def write(obj: object, file: IO[bytes], name: str, protocol: int) -> None:
    """Write an archive whose entries are below the folder `name`."""
    import zipfile  # here: the import of the package does without

    data = io.BytesIO()
    pickler = Pickler(data, protocol)
    pickler.dump(obj)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{name}/data.pkl", data.getvalue())
        archive.writestr(f"{name}/byteorder", sys.byteorder)
        for storage in pickler.storages.values():
            archive.writestr(f"{name}/data/{storage.key}", storage.array.tobytes())
        archive.writestr(f"{name}/version", "3\n")


class Archive:
    """An open archive: its pickle, and its storages, each read once."""

    def __init__(self, file: IO[bytes]) -> None:
        import zipfile

        self.zip = zipfile.ZipFile(file)
        entries = self.zip.namelist()
        self.folder = next(e for e in entries if e.endswith("/data.pkl")).removesuffix("data.pkl")
        order = f"{self.folder}byteorder"
        self.swapped = order in entries and self.zip.read(order).decode() != sys.byteorder
        self.storages: dict[str, Any] = {}

    def pickle(self) -> IO[bytes]:
        """The file of the object."""
        return io.BytesIO(self.zip.read(f"{self.folder}data.pkl"))

    def storage(self, pid: Any) -> Any:
        """The storage that a persistent id names, as an array of one dimension."""
        kind, storage, key, _, count = pid
        if kind != "storage" or not isinstance(storage, StorageType):
            raise pickle.UnpicklingError(f"an unknown persistent id: {pid!r}")
        if key not in self.storages:
            raw = bytearray(self.zip.read(f"{self.folder}data/{key}"))
            array = np.frombuffer(raw, storage.dtype)[:count]
            if len(array) < count:
                raise EOFError(f"storage {key} has {len(array)} elements of {count}")
            array = array.byteswap() if self.swapped else array
            if storage.bfloat16:
                array = (array.astype(np.uint32) << 16).view(np.float32)
            self.storages[key] = array
        return self.storages[key]


class StorageType:
    """What a file calls a class of storages: the dtype of the elements."""

    def __init__(self, dtype: str, bfloat16: bool = False) -> None:
        self.dtype, self.bfloat16 = np.dtype(dtype), bfloat16


def rebuild_tensor(
    storage: Any,
    offset: int,
    size: Any,
    stride: Any,
    requires_grad: bool = False,
    hooks: Any = None,
    kind: Any = None,
) -> Tensor:
    """The tensor of a part of a storage. NumPy checks that the part lies within."""
    if kind is not None:
        storage = storage.view(kind.dtype)
    width = storage.itemsize
    if offset < 0 or any(step < 0 for step in stride):
        raise pickle.UnpicklingError(f"offset {offset} and strides {tuple(stride)} of a tensor")
    array: Any = np.ndarray(
        tuple(size), storage.dtype, storage, offset * width if 0 not in size else 0,
        tuple(step * width for step in stride),
    )  # fmt: skip
    dtypes.of(array.dtype)  # raises for elements that there are no tensors of
    return Tensor._make(array).requires_grad_(requires_grad)  # type: ignore[no-any-return]


def rebuild_parameter(data: Tensor, requires_grad: bool, hooks: Any = None, *_: Any) -> Tensor:
    """The parameter around a tensor."""
    from tinygrad_np.nn.parameter import Parameter

    return Parameter(data, requires_grad)  # type: ignore[no-any-return]


def rebuild_sparse(kind: Any, data: Any) -> Any:
    """The sparse tensor of indices, values and a size."""
    from tinygrad_np.sparse import sparse_coo_tensor

    indices, values, size, *coalesced = data
    if kind is not sparse_coo:
        raise pickle.UnpicklingError(f"a tensor of the layout {kind}, where there is sparse_coo")
    return sparse_coo_tensor(indices, values, size, is_coalesced=bool(coalesced and coalesced[0]))


def get_layout(name: str) -> Any:
    """The layout of a name; those that are not here keep it."""
    return sparse_coo if name == repr(sparse_coo) else layout(name.removeprefix("torch."))


def rebuild_with_type(function: Any, kind: Any, args: Any, state: Any) -> Any:
    """A tensor that had attributes of its own, without them."""
    return function(*args)


NAMES: dict[tuple[str, str], Any] = {  # what a file of PyTorch asks for, and what it gets
    ("torch._utils", "_rebuild_tensor"): rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v3"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): rebuild_parameter,
    ("torch._utils", "_rebuild_sparse_tensor"): rebuild_sparse,
    ("torch.serialization", "_get_layout"): get_layout,
    ("torch._tensor", "_rebuild_from_type_v2"): rebuild_with_type,
    ("torch", "Tensor"): Tensor,
    ("torch", "Size"): Size,
    ("torch", "device"): device,
    ("torch", "BFloat16Storage"): StorageType("uint16", bfloat16=True),
    ("torch.storage", "UntypedStorage"): StorageType("uint8"),
    **{("torch", name): StorageType(kind) for kind, name in STORAGES.items()},
    **{("torch", d.name): d for d in vars(dtypes).values() if isinstance(d, dtypes.dtype)},
}
