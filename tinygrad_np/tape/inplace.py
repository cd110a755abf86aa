"""Changes in place, on the tape.

There is one mechanism. The new value is computed out of place by an ordinary op and then written
into the tensor's memory; the tensor takes over the value's place on the tape. If the tensor is a
view, it is its base that gets a new place: `write`, the base with the value written where the
view is. All views of the base find their own places anew when next used (`TensorBase._place`).

Source: the rules are PyTorch's, https://pytorch.org/docs/stable/notes/autograd.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.layout import apart
from tinygrad_np.tape.grad_mode import enable_grad, mode, recorders
from tinygrad_np.tape.graph import Leaf, TensorBase, make, replay
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.refuse import refuse
from tinygrad_np.tape.signature import unwrapped

F = TypeVar("F", bound=Callable[..., Any])
Order = tuple[int, ...] | None


@op
def write(
    input: Array, value: Array, *, steps: Any = (), where: Any = ..., order: Order = None
) -> Array:
    """A copy of `input` with `value` at `where` in the view that `steps` lead to.

    The steps may be possible, as a view, in the memory layout of the base alone: `order` has its
    dimensions, from the widest apart to the closest; None is for that of the indices.
    """
    out = _copy(input, order)
    replay(out, steps)[where] = value
    return out


@op
def _part(input: Array, *, steps: Any, order: Order, dtype: Any) -> Array:
    """What `steps` lead to in a copy of `input`, which is of that dtype."""
    return replay(_copy(input, order), steps)


@_part.backward("input")
def _(grad: Array, input_shape: Any, steps: Any, order: Order, dtype: Any) -> Any:
    nothing = np.zeros(tuple(input_shape), dtypes.as_numpy(dtype))
    return write(nothing, grad.conj(), steps=steps, order=order).conj()


def _copy(array: Array, order: Order) -> Array:
    if order is None:
        return array.copy()
    return array.transpose(order).copy().transpose(np.argsort(order))


def _order(base: Any) -> Order:
    """What `write` is told of a base's memory."""
    array = base._array
    if array.flags.c_contiguous:
        return None
    return tuple(sorted(range(array.ndim), key=lambda d: -array.strides[d]))


@write.backward("input")
def _(grad: Array, steps: Any, where: Any, order: Order) -> Any:
    return write(grad, 0.0, steps=steps, where=where, order=order)


@write.backward("value")
def _(grad: Array, steps: Any, where: Any, order: Order) -> Any:
    part = grad
    if steps:
        # conjugated as the parts are, not as a step between real and complex numbers takes them
        part = _part(grad.conj(), steps=steps, order=order, dtype=grad.dtype).conj()
    if where is ...:
        return part
    last = np.empty(part.shape, np.intp)
    numbers = np.arange(last[where].size).reshape(last[where].shape)
    last[where] = numbers
    stays = last[where] == numbers  # of values written to one place the last one
    return part[where] if stays.all() else part[where] * stays


def assign(tensor: Any, value: Any, cast: bool = True, where: Any = ...) -> Any:
    """Give `tensor` the value of an array, a number or a Tensor that broadcasts to its shape.

    Without `cast`, a float result does not fit into a tensor of integers. With `where`, a tuple
    of arrays and slices, only those elements are given the value, which then fits them.
    """
    array, view = tensor._array, tensor._view
    if isinstance(value, (int, float, complex, np.number)):
        value = dtypes.fitting(value, array.dtype)
    base = tensor if view is None else view.base
    tracked = _check(tensor, base, value)
    new = value._array if isinstance(value, TensorBase) else np.asarray(value)
    if where is ...:
        check_value(array, new, cast)
    old_node = base._place() if tracked else None
    if recorders and mode.recorder is not None:
        mode.recorder.changed(tensor, where, value)
    array[where] = new
    tensor._versions().n += 1
    if not tracked:
        return tensor
    whole = (
        view is None
        and not cast  # the value is nobody else's: two tensors at one node share their gradient
        and isinstance(value, TensorBase)
        and not isinstance(value._place(), (Leaf, type(None)))
    )
    if whole and new.shape == array.shape and new.dtype == array.dtype:
        tensor._move(value._node)
        return tensor
    old = make(base._array, old_node)
    steps = view.steps if view else ()
    base._move(write(old, value, steps=steps, where=where, order=_order(base))._node)
    return tensor


def rebase(tensor: Any, node: Any) -> None:
    """Put a tensor whose memory was changed at a new node, a view by way of its base."""
    if recorders and mode.recorder is not None:
        refuse("a Function that changes a tensor in place")
    view = tensor._view
    _check(tensor, tensor if view is None else view.base, tensor)
    if view is None:
        tensor._move(node)
        return
    base, value = view.base, make(tensor._array, node)
    old = make(base._array, base._place())
    base._move(write(old, value, steps=view.steps, order=_order(base))._node)
    tensor._versions().n += 1


def inplace(function: Callable[..., Any]) -> Callable[..., Any]:
    """The in-place method for an op or a function of a tensor: ``add_ = inplace(add)``."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        operands = [self, *args, *kwargs.values()]
        old = self
        if mode.grad and any(isinstance(a, TensorBase) and a._place() for a in operands):
            view = self._view
            _check(self, self if view is None else view.base, None)
            place = self._place()
            if view is not None and place is not None and place.hooks:
                place = self._placed_anew(view)  # the hooks are of a place that is left
            # rules may save the old value
            old = make(self._array.copy(order="K"), place)
            if recorders and mode.recorder is not None:
                mode.recorder.copied(self, old)
            args = tuple(old if a is self else a for a in args)
        value = function(old, *args, **kwargs)
        return assign(self, value, cast=False)

    method.__name__ = method.__qualname__ = f"{function.__name__}_"
    method.__doc__ = f"`{function.__name__}` in place: writes the result into this tensor."
    return method


def inplace_flag(function: F) -> F:
    """Give a function's parameter `inplace` its meaning: True writes the result into `input`.

    The function itself makes no use of it.
    """
    position = unwrapped(function).__code__.co_varnames.index("inplace")
    write = inplace(function)

    @functools.wraps(function)
    def choose(*args: Any, **params: Any) -> Any:
        if not (params.get("inplace") or (len(args) > position and args[position])):
            params.pop("inplace", None)
            return function(*args, **params)
        return write(*(args or (params.pop("input"),)), **params)

    return cast(F, choose)


def inplace_view(function: Callable[..., Any]) -> Callable[..., Any]:
    """The in-place method for a function that makes a view: ``t_ = inplace_view(t)``.

    The tensor becomes the view, of what it was: older views of it are views of that from now on.
    """

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        view = self._view
        _refuse_leaf(self, self if view is None else view.base)
        with enable_grad():  # the tensor stays where it is on the tape
            old = make(self._array, self._place(), self._versions(), view)
            new = function(old, *args, **kwargs)
        self._array, self._node, self._view = new._array, new._node, new._view
        self._versions().n += 1
        return self

    method.__name__ = method.__qualname__ = f"{function.__name__}_"
    method.__doc__ = f"`{function.__name__}` in place: this tensor becomes that view of itself."
    return method


def _check(tensor: Any, base: Any, value: Any) -> bool:
    """Whether the change is recorded; RuntimeError if it may not be made."""
    check_memory(tensor)
    if not mode.grad:
        return False
    gains = isinstance(value, TensorBase) and value._place() is not None
    if base._place() is None and not gains:
        return False
    _refuse_leaf(tensor, base)
    if tensor._view is not None and tensor._view.steps is None:
        raise RuntimeError(
            "a view that was created in no_grad mode is being modified inplace with grad mode "
            "enabled; create the view outside of no_grad, or change it inside"
        )
    return bool(tensor._array.dtype.kind in "fc")


def check_memory(tensor: Any) -> None:
    """RuntimeError if a tensor's elements can't each be given a value of their own."""
    if not (tensor._array.flags.writeable and apart(tensor._array)):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor, of shape "
            f"{tuple(tensor.shape)}, refers to a single memory location (expand), or its array is "
            "read-only; clone() it first"
        )


def _refuse_leaf(tensor: Any, base: Any) -> None:
    if isinstance(base._place(), Leaf):
        what = "a leaf Variable" if base is tensor else "a view of a leaf Variable"
        raise RuntimeError(
            f"{what} that requires grad is being used in an in-place operation. "
            "Use the out-of-place form, or put a change of values inside `with no_grad():`."
        )


def check_value(array: Any, new: Any, cast: bool) -> None:
    """RuntimeError if a value does not fit in shape, or in kind of number."""
    if not cast and not dtypes.can_cast(new.dtype, array.dtype):
        raise RuntimeError(
            f"result type {new.dtype} can't be cast to the desired output type {array.dtype}"
        )
    if new.shape and new.shape != array.shape:
        pairs = zip(reversed(new.shape), reversed(array.shape), strict=False)
        if new.ndim > array.ndim or not all(n in (1, a) for n, a in pairs):
            raise RuntimeError(
                f"output with shape {list(array.shape)} doesn't match the broadcast shape "
                f"{list(new.shape)}: a value written in place must broadcast to the tensor's shape"
            )
