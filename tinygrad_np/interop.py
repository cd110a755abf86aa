"""Tensors among NumPy's functions.

``np.sin(t)``, ``array * t`` and ``np.concatenate([t, u])`` are recorded on the tape and give a
Tensor: NumPy hands its functions over to `array_ufunc` and `array_function`, which call ours of
the same meaning. The names of arguments are NumPy's, the dtypes those of our functions. Functions
that we have not are computed on the arrays of tensors that ask for no gradient: universal ones give
a Tensor, others arrays.

Source: https://numpy.org/doc/stable/user/basics.interoperability.html
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np import creation, dtypes
from tinygrad_np.conversion import as_tensor
from tinygrad_np.ops import choice, einsum, join, linalg, matrix, norms
from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tape.graph import TensorBase, tensor_class

_signature = functools.cache(inspect.signature)
_WAY_OUT = "call it on .detach().numpy(), which leaves the tape"

# Universal functions that a tensor has as a method of another name.
_UFUNCS = {
    "conjugate": "positive",
    "equal": "eq",
    "fabs": "abs",
    "invert": "bitwise_not",
    "left_shift": "bitwise_left_shift",
    "power": "pow",
    "right_shift": "bitwise_right_shift",
    "rint": "round",
}


def array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """What ``np.sin(t)``, ``np.add(array, t)`` and ``array += t`` do."""
    out = kwargs.get("out", ())
    if out and all(type(o) is np.ndarray for o in out):
        return getattr(ufunc, method)(*map(_untracked, inputs), **kwargs)
    name = _UFUNCS.get(ufunc.__name__, ufunc.__name__)
    ours = getattr(tensor_class[0], name, None)
    if ours is None or method != "__call__":
        if not any(map(_is_recorded, inputs)) and method != "at" and "out" not in kwargs:
            result = getattr(ufunc, method)(*map(_memory, inputs), **kwargs)
            return tuple(map(_tensor, result)) if isinstance(result, tuple) else _tensor(result)
        call = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        raise TypeError(f"np.{call} has no counterpart for Tensors; {_WAY_OUT}")
    if kwargs:
        given = ", ".join(f"{k}=" for k in kwargs)
        raise TypeError(f"np.{ufunc.__name__} of a Tensor does not take {given}")
    return ours(*map(_operand, inputs))


def _untracked(value: Any) -> Any:
    """The array of a Tensor whose values go into an array, where no gradient can follow."""
    if _is_recorded(value):
        raise TypeError(
            "can't write the result of an operation on a Tensor that requires grad into a NumPy "
            "array; leave out out=, write `a = a + t` for `a += t`, or detach() the Tensor"
        )
    return _memory(value)


def _is_recorded(value: Any) -> bool:
    return mode.grad and isinstance(value, TensorBase) and value._place() is not None


def _operand(value: Any) -> Any:
    """A number as it is, anything else as a Tensor."""
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, (bool, int, float)) else _tensor(value)


def _tensor(value: Any) -> Any:
    return as_tensor(value)


def _memory(value: Any) -> Any:
    return value._array if isinstance(value, TensorBase) else value


def array_function(self: Any, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """What ``np.sum(t)``, ``np.concatenate([t, u])`` and their like do."""
    name = f"{function.__module__}.{function.__name__}".replace("numpy", "np", 1)
    ours = _FUNCTIONS.get(function)
    if ours is None:
        args, kwargs = _arrays(name, args), _arrays(name, kwargs)
        return function(*args, **kwargs)
    try:
        _signature(ours).bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{name} of a Tensor: {error}; {_WAY_OUT}") from None
    return ours(*args, **kwargs)


def _arrays(name: str, value: Any) -> Any:
    """An argument of the function `name`, with arrays in place of the tensors in it."""
    if isinstance(value, (list, tuple)):
        items = [_arrays(name, v) for v in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _arrays(name, v) for key, v in value.items()}
    if not isinstance(value, TensorBase):
        return value
    if _is_recorded(value):
        raise TypeError(f"{name} has no counterpart for Tensors; {_WAY_OUT}")
    view = value._array.view()
    view.flags.writeable = False  # np.put would change the tensor unseen
    return view


def _transpose(a: Any, axes: Any = None) -> Any:
    t = _tensor(a)
    return t.permute(tuple(range(t.ndim))[::-1] if axes is None else tuple(axes))


def _promoted(*operands: Any) -> list[Any]:
    """Tensors of one dtype, as products take them."""
    tensors = [_tensor(o) for o in operands]
    dtype = functools.reduce(dtypes.promote_types, [t.dtype for t in tensors])
    return [t.to(dtype) for t in tensors]


def _dot(a: Any, b: Any) -> Any:
    a, b = _promoted(a, b)
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim <= 2:
        return linalg.matmul(a, b)
    return einsum.tensordot(a, b, ([a.ndim - 1], [b.ndim - 2]))


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = _promoted(a, b)
    return einsum.tensordot(a, b, axes)


def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    t = _tensor(ary)
    if isinstance(indices_or_sections, int) and t.shape[axis] % indices_or_sections:
        raise ValueError(
            f"np.split: {t.shape[axis]} elements can't be divided equally among "
            f"{indices_or_sections} sections; np.array_split can"
        )
    return list(t.tensor_split(indices_or_sections, axis))


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    condition = _tensor(condition)
    if x is None or y is None:
        return condition.nonzero(as_tuple=True)
    return choice.where(condition.bool(), _operand(x), _operand(y))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    t = _tensor(x)
    if ord is not None and (t.ndim if axis is None else np.size(axis)) != 1:
        raise TypeError(f"np.linalg.norm of a Tensor: a matrix norm (ord={ord!r}); {_WAY_OUT}")
    return norms.vector_norm(t, 2 if ord is None else ord, axis, keepdims)


def _median(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return _tensor(a).quantile(0.5, axis, keepdims)  # the mean of the two in the middle


def _over(method: str) -> Callable[..., Any]:
    """A reduction."""

    def function(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        t = _tensor(a)
        return getattr(t, method)(**({} if axis is None else {"dim": axis}), keepdim=keepdims)

    return function


def _spread(method: str) -> Callable[..., Any]:
    """The variance or the standard deviation, which NumPy does not correct unless told."""

    def function(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
        return getattr(_tensor(a), method)(axis, correction=ddof, keepdim=keepdims)

    return function


def _along(method: str) -> Callable[..., Any]:
    """A function along one dimension, by default of the flattened array."""

    def function(a: Any, axis: int | None = None) -> Any:
        t = _tensor(a)
        return getattr(t.ravel(), method)(0) if axis is None else getattr(t, method)(axis)

    return function


def _sort(a: Any, axis: int | None = -1) -> Any:
    t = _tensor(a)
    return (t.ravel().sort(0) if axis is None else t.sort(axis)).values


def _argsort(a: Any, axis: int | None = -1) -> Any:
    t = _tensor(a)
    return t.ravel().argsort(0) if axis is None else t.argsort(axis)


def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    t = _tensor(a)
    if axis is None:
        return t.ravel()[indices]
    return t[(slice(None),) * (axis % t.ndim) + (indices,)]


def _concatenate(arrays: Any, axis: int | None = 0) -> Any:
    tensors = [_tensor(a) for a in arrays]
    return join.cat([t.ravel() for t in tensors] if axis is None else tensors, axis or 0)


def _joined(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda tup: function([_tensor(t) for t in tup])


def _like(factory: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, dtype=None: factory(_tensor(a), dtype=dtype)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    # reductions
    **{getattr(np, name): _over(name) for name in ("sum", "mean", "prod", "any", "all")},
    np.max: _over("amax"),
    np.amax: _over("amax"),
    np.min: _over("amin"),
    np.amin: _over("amin"),
    np.argmax: _over("argmax"),
    np.argmin: _over("argmin"),
    np.var: _spread("var"),
    np.std: _spread("std"),
    np.median: _median,
    np.count_nonzero: lambda a, axis=None: _tensor(a).count_nonzero(axis),
    np.cumsum: _along("cumsum"),
    np.cumprod: _along("cumprod"),
    np.linalg.norm: _norm,
    # shapes
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.numel() if axis is None else a.shape[axis],
    np.reshape: lambda a, shape: _tensor(a).reshape(shape),
    np.ravel: lambda a: _tensor(a).ravel(),
    np.transpose: _transpose,
    np.swapaxes: lambda a, axis1, axis2: _tensor(a).swapaxes(axis1, axis2),
    np.moveaxis: lambda a, source, destination: _tensor(a).movedim(source, destination),
    np.squeeze: lambda a, axis=None: _tensor(a).squeeze(*() if axis is None else (axis,)),
    np.expand_dims: lambda a, axis: _tensor(a).unsqueeze(axis),
    np.broadcast_to: lambda array, shape: _tensor(array).expand(shape),
    np.flip: lambda m, axis=None: _tensor(m).flip(tuple(range(m.ndim)) if axis is None else axis),
    np.roll: lambda a, shift, axis=None: _tensor(a).roll(shift, axis),
    np.tile: lambda A, reps: _tensor(A).tile(reps),  # noqa: N803
    np.repeat: lambda a, repeats, axis=None: _tensor(a).repeat_interleave(repeats, axis),
    # joining and splitting
    np.concatenate: _concatenate,
    np.stack: lambda arrays, axis=0: join.stack([_tensor(a) for a in arrays], axis),
    np.vstack: _joined(join.vstack),
    np.hstack: _joined(join.hstack),
    np.column_stack: _joined(join.column_stack),
    np.split: _split,
    np.array_split: lambda ary, indices_or_sections, axis=0: list(
        _tensor(ary).tensor_split(indices_or_sections, axis)
    ),
    # selecting
    np.where: _where,
    np.nonzero: lambda a: _tensor(a).nonzero(as_tuple=True),
    np.take: _take,
    np.take_along_axis: lambda arr, indices, axis=-1: _tensor(arr).take_along_dim(
        _tensor(indices), axis
    ),
    np.sort: _sort,
    np.argsort: _argsort,
    np.unique: lambda ar: _tensor(ar).unique(),
    np.diag: lambda v, k=0: _tensor(v).diag(k),
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: _tensor(a).diagonal(offset, axis1, axis2),
    np.tril: lambda m, k=0: _tensor(m).tril(k),
    np.triu: lambda m, k=0: _tensor(m).triu(k),
    # elements
    np.clip: lambda a, a_min=None, a_max=None, *, min=None, max=None: _tensor(a).clamp(
        min if a_min is None else a_min, max if a_max is None else a_max
    ),
    np.round: lambda a, decimals=0: _tensor(a).round(decimals=decimals),
    np.nan_to_num: lambda x, copy=True, nan=0.0, posinf=None, neginf=None: _tensor(x).nan_to_num(
        nan, posinf, neginf
    ),
    np.copy: lambda a: _tensor(a).clone(),
    np.isclose: lambda a, b, rtol=1e-5, atol=1e-8, equal_nan=False: _tensor(a).isclose(
        _tensor(b), rtol, atol, equal_nan
    ),
    np.allclose: lambda a, b, rtol=1e-5, atol=1e-8, equal_nan=False: _tensor(a).allclose(
        _tensor(b), rtol, atol, equal_nan
    ),
    np.array_equal: lambda a1, a2: _tensor(a1).equal(_tensor(a2)),
    np.iscomplexobj: lambda x: _tensor(x).is_complex(),
    np.shares_memory: lambda a, b: np.shares_memory(_memory(a), _memory(b)),
    np.may_share_memory: lambda a, b: np.may_share_memory(_memory(a), _memory(b)),
    # products
    np.dot: _dot,
    np.vdot: lambda a, b: linalg.vdot(*(t.ravel() for t in _promoted(a, b))),
    np.inner: lambda a, b: einsum.inner(*_promoted(a, b)),
    np.outer: lambda a, b: linalg.outer(*(t.ravel() for t in _promoted(a, b))),
    np.kron: lambda a, b: matrix.kron(_tensor(a), _tensor(b)),
    np.tensordot: _tensordot,
    np.einsum: lambda subscripts, *operands: einsum.einsum(subscripts, *_promoted(*operands)),
    # creation
    np.zeros_like: _like(creation.zeros_like),
    np.ones_like: _like(creation.ones_like),
    np.empty_like: _like(creation.empty_like),
    np.full_like: lambda a, fill_value, dtype=None: creation.full_like(a, fill_value, dtype=dtype),
}
