"""Element types and PyTorch's rules for mixing them.

A `dtype` stands for one NumPy element type under PyTorch's name. NumPy accepts it wherever it
accepts its own dtypes (``np.zeros(3, tg.float32)``), and it compares equal to them.

Source: https://pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import kept


class dtype:
    """The type of a tensor's elements.

    Attributes
    ----------
    dtype : numpy.dtype
        The NumPy type that it stands for.
    is_floating_point, is_complex, is_signed : bool
    itemsize : int
        Bytes per element.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.float32.itemsize, tg.float32 == np.float32
    (4, True)
    """

    __slots__ = ("dtype", "is_complex", "is_floating_point", "is_signed", "itemsize", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype: np.dtype[Any] = np.dtype(name)
        self.is_floating_point, self.is_complex = self.dtype.kind == "f", self.dtype.kind == "c"
        self.is_signed = self.dtype.kind in "fic"
        self.itemsize = self.dtype.itemsize

    def __repr__(self) -> str:
        return f"torch.{self.name}"  # as PyTorch prints it, so that logs and doctests read the same

    def __reduce__(self) -> str:
        return "bool_" if self.name == "bool" else self.name

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dtype):
            return self is other
        return other is not None and bool(self.dtype == other)  # NumPy takes None for float64

    def __hash__(self) -> int:
        return hash(self.dtype)

    def to_complex(self) -> dtype:
        """The complex dtype whose parts are of this one."""
        return of(complex_of(self.dtype))

    def to_real(self) -> dtype:
        """The dtype of the parts of this one."""
        return of(real_of(self.dtype))


class _Absent(dtype):
    """A type of PyTorch that NumPy does not have: scripts may name it, but not use it."""

    __slots__ = ()

    def __init__(self, name: str, itemsize: int) -> None:
        self.name, self.itemsize = name, itemsize
        self.is_floating_point, self.is_complex, self.is_signed = True, False, True

    @property
    def dtype(self) -> Any:  # type: ignore[override]
        raise TypeError(f"NumPy has no {self.name}: use float32, or float16 to save memory")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return hash(self.name)


bool_ = dtype("bool")
uint8, uint16, uint32, uint64 = dtype("uint8"), dtype("uint16"), dtype("uint32"), dtype("uint64")
int8, int16, int32, int64 = dtype("int8"), dtype("int16"), dtype("int32"), dtype("int64")
float16, float32, float64 = dtype("float16"), dtype("float32"), dtype("float64")
complex64, complex128 = dtype("complex64"), dtype("complex128")
bfloat16 = _Absent("bfloat16", 2)
cfloat, cdouble = complex64, complex128
half, float_, double = float16, float32, float64
short, int_, long = int16, int32, int64

DTypeLike = Any  # a dtype, a NumPy dtype or its name, or the Python types bool, int, float

_INTEGERS = (uint8, uint16, uint32, uint64, int8, int16, int32, int64)
_BY_NUMPY = {d.dtype: d for d in (bool_, *_INTEGERS, float16, float32, float64)}
_BY_NUMPY |= {d.dtype: d for d in (complex64, complex128)}
_default = float32.dtype
_INT64 = int64.dtype
_BOOL = bool_.dtype
_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


def of(array_dtype: np.dtype[Any]) -> dtype:
    """The `dtype` that stands for a NumPy dtype; TypeError if there is none."""
    try:
        return _BY_NUMPY[array_dtype]
    except KeyError:
        native = array_dtype.newbyteorder("=")
        if native in _BY_NUMPY:
            return _BY_NUMPY[native]
        names = ", ".join(d.name for d in _BY_NUMPY.values())
        raise TypeError(
            f"can't hold elements of NumPy type {array_dtype}; the types there are: {names}"
        ) from None


def as_numpy(d: DTypeLike) -> np.dtype[Any]:
    """The NumPy dtype for anything that names one: a dtype, NumPy's, or Python's number types."""
    return d.dtype if isinstance(d, dtype) else of(np.dtype(d)).dtype


def get_default_dtype() -> dtype:
    """The dtype of tensors made from Python floats, float32 unless changed.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_default_dtype()
    torch.float32
    """
    return of(_default)


def set_default_dtype(d: DTypeLike) -> None:
    """Set the dtype of tensors made from Python floats.

    Raises
    ------
    TypeError
        If `d` is not a floating point type.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_default_dtype(tg.float64)
    >>> tg.tensor(1.5).dtype
    torch.float64
    >>> tg.set_default_dtype(tg.float32)
    """
    global _default
    new = as_numpy(d)
    if new.kind != "f":
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    _default = new


def default_float() -> np.dtype[Any]:
    """The default dtype as NumPy's."""
    return _default


def promote(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The smallest dtype that holds both; a float or complex type wins over any integer type."""
    if a is b:
        return a
    if a.kind in "fc" and b.kind not in "fc":
        return a
    if b.kind in "fc" and a.kind not in "fc":
        return b
    return np.promote_types(a, b)


def complex_of(d: np.dtype[Any]) -> np.dtype[Any]:
    """The complex dtype for this one: complex64 for float16 and float32."""
    return np.promote_types(d if d.kind in "fc" else _default, np.complex64)


def real_of(d: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of the parts of a complex one; another as it is."""
    return np.dtype(f"f{d.itemsize // 2}") if d.kind == "c" else d


def _combine(higher: np.dtype[Any] | None, lower: np.dtype[Any] | None) -> np.dtype[Any] | None:
    """A lower rank (0-d tensors, then numbers) counts only when its kind is the larger one."""
    if higher is None or lower is None:
        return higher or lower
    if _CATEGORY[lower.kind] > _CATEGORY[higher.kind]:
        return complex_of(higher) if higher.kind == "f" else promote(higher, lower)
    return higher


def result_dtype(*values: Any) -> np.dtype[Any]:
    """The NumPy dtype of an operation on these arrays and Python numbers."""
    ranks: list[np.dtype[Any] | None] = [None, None, None]  # n-d, 0-d, Python numbers
    for v in values:
        if isinstance(v, np.ndarray):
            rank, d = (0 if v.ndim else 1), v.dtype
        elif isinstance(v, bool):
            rank, d = 2, _BOOL
        elif isinstance(v, int):
            rank, d = 2, _INT64
        elif isinstance(v, float):
            rank, d = 2, _default
        elif isinstance(v, complex):
            rank, d = 2, complex_of(_default)
        elif v is None:  # an optional argument that was left out
            continue
        else:
            raise TypeError(f"expected tensors, arrays or numbers, got {type(v).__name__}")
        known = ranks[rank]
        ranks[rank] = d if known is None else promote(known, d)
    result = _combine(_combine(ranks[0], ranks[1]), ranks[2])
    if result is None:
        raise TypeError("result_type needs at least one tensor or number")
    return result


def wrapped(values: list[Any]) -> list[Any]:
    """Whole numbers beside arrays of integers brought into their range, as overflows are.

    RuntimeError for a number of more than 64 bits.
    """
    for v in values:
        if isinstance(v, int) and not -(2**63) <= v < 2**63:
            raise RuntimeError(f"value cannot be converted to type int64_t without overflow: {v}")
    d = next((v.dtype for v in values if isinstance(v, np.ndarray) and v.dtype.kind in "iu"), None)
    return [np.array(v).astype(d) if isinstance(v, int) else v for v in values]


def promoted(values: list[Any], floating: bool = False) -> list[Any]:
    """The arrays among `values` in their common dtype; numbers stay bare.

    With `floating` a result that would be of integers becomes the default dtype.
    """
    d = result_dtype(*values)
    if floating and d.kind not in "fc":
        d = _default
    return [
        v.astype(d, kept(v)) if isinstance(v, np.ndarray) and v.dtype != d else v for v in values
    ]


def promote_types(type1: DTypeLike, type2: DTypeLike) -> dtype:
    """The smallest dtype that both can be converted to by PyTorch's rules.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.promote_types(tg.int64, tg.float32)
    torch.float32
    """
    return of(promote(as_numpy(type1), as_numpy(type2)))


def can_cast(from_: DTypeLike, to: DTypeLike) -> bool:
    """Whether a value may be cast: not from a larger kind, float to int or int to bool.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.can_cast(tg.float64, tg.float32), tg.can_cast(tg.float32, tg.int64)
    (True, False)
    """
    return _CATEGORY[as_numpy(from_).kind] <= _CATEGORY[as_numpy(to).kind]


def bounds(to: np.dtype[Any]) -> tuple[int, int]:
    """The least and the largest number that may be given to integers; -1 wraps, as in PyTorch."""
    info = np.iinfo(to)
    return (info.min if to.kind == "i" else -info.max), info.max


def fitting(value: Any, to: np.dtype[Any]) -> Any:
    """A number for elements of a dtype; RuntimeError if it is out of their range.

    A negative one counts back from the end of unsigned integers.
    """
    if to.kind in "bc" or isinstance(value, bool):
        return value
    number = value.real
    fits = number == value or number != number
    if to.kind in "iu":
        low, high = bounds(to)
        fits = fits and low <= number <= high
        if fits and to.kind == "u":
            number = int(number) % (high + 1)
    elif abs(number) > 65504:
        fits = fits and (abs(number) == np.inf or abs(number) <= float(np.finfo(to).max))
    if not fits:
        raise RuntimeError(
            f"value cannot be converted to type {dtype(to.name)} without overflow: got {value}"
        )
    return number


class finfo:
    """The limits of a floating point dtype.

    Parameters
    ----------
    type : dtype, optional
        The default dtype unless given.

    Attributes
    ----------
    bits : int
    eps : float
        The step from 1 to the next larger number.
    max, min : float
        The largest number, and its negative.
    tiny, smallest_normal : float
        The smallest positive number of full precision.
    resolution : float
        How far apart decimal numbers are that it tells apart.
    dtype : str

    Raises
    ------
    TypeError
        For a dtype of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.finfo(tg.float32).eps
    1.1920928955078125e-07
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: DTypeLike | None = None) -> None:
        d = real_of(
            _default if type is None else as_numpy(type)
        )  # of complex numbers: of their parts
        if d.kind != "f":
            raise TypeError(f"finfo() is of floating point dtypes, got {d}; iinfo() is of integers")
        info = np.finfo(d)
        self.dtype, self.bits = d.name, info.bits
        self.eps, self.resolution = float(info.eps), 10.0**-info.precision
        self.max, self.min = float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.smallest_normal)

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{n}={getattr(self, n):g}' for n in names)}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)


class iinfo:
    """The limits of a dtype of integers.

    Parameters
    ----------
    type : dtype

    Attributes
    ----------
    bits, max, min : int
    dtype : str

    Raises
    ------
    TypeError
        For any other dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.iinfo(tg.uint8)
    iinfo(min=0, max=255, dtype=uint8)
    """

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, type: DTypeLike) -> None:
        d = as_numpy(type)
        if d.kind not in "iu":
            raise TypeError(f"iinfo() is of integer dtypes, got {d}; finfo() is of floating point")
        info = np.iinfo(d)
        self.dtype, self.bits, self.max, self.min = d.name, info.bits, int(info.max), int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)
