"""Short ways through an op, for the commonest arguments: one tensor, or two of one dtype.

What a lane does not know it passes on to the op's long way, which takes anything.
"""

from __future__ import annotations

from collections.abc import Callable, KeysView
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.kernels.layout import as_first
from tinygrad_np.kernels.silence import silent
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import Node, TensorBase, View, make
from tinygrad_np.tape.signature import Rule, fit
from tinygrad_np.tape.version import Version

FEW = 1 << 14  # elements, below which an op's forward has no better way than its ufunc


class Way(NamedTuple):
    """What a lane knows of its op; `otherwise` is the long way."""

    forward: Callable[..., Any]
    ufunc: Callable[..., Any] | None
    rule_of: list[Rule]
    otherwise: Callable[..., Any]
    parameters: KeysView[str]
    promote: bool
    view: bool


def unary(way: Way) -> Callable[..., Any]:
    """An op of one array, for a tensor or array (of floats, to `promote`); others it passes on."""
    forward, ufunc, rule_of, otherwise, parameters, promote, view = way

    def call(*args: Any, **params: Any) -> Any:
        if len(args) != 1 or (params and not fit(params, parameters)) or recorders:
            return otherwise(*args, **params)
        (input,) = args
        if not isinstance(input, TensorBase):
            if type(input) is np.ndarray and (not promote or input.dtype.kind == "f"):
                return forward(input, **params)
            return otherwise(input, **params)
        array = input._in_order() if view else input._array
        if array.dtype.kind != "f" and (promote or array.dtype.kind == "c"):
            return otherwise(input, **params)
        if ufunc is None or array.size > FEW or params or array.dtype.kind != "f":
            out = forward(array, **params)
        else:
            out = silent.run(ufunc, array)
        if type(out) is not np.ndarray:
            out = np.asarray(out)
        version = come_from = None
        if view:
            version, come_from = view_of(input, out, call, params)
        node = input._node if input._view is None else input._place()
        if node is None or not mode.grad or out.dtype.kind != "f":
            return make(out, None, version, come_from)
        rule = rule_of[0]
        values, refs, version = rule.save(args, (array,), params, out, None, version)
        edges = ((node, rule, values, refs),)
        return make(out, Node(call, edges, out.shape, out.dtype), version, come_from)

    return call


def binary(way: Way) -> Callable[..., Any]:
    """An op of two arrays, for tensors of one floating dtype, or arrays that fit; see `unary`."""
    forward, ufunc, rule_of, otherwise, parameters, promote, _ = way

    def call(*args: Any, **params: Any) -> Any:
        if len(args) != 2 or (params and not fit(params, parameters)) or recorders:
            return otherwise(*args, **params)
        input, other = args
        if not isinstance(input, TensorBase):
            if type(input) is np.ndarray is type(other) and (
                input.dtype.kind == "f"
                and (input.dtype is other.dtype or not (promote or other.dtype.kind == "c"))
            ):
                try:
                    return forward(input, other, **params)
                except ValueError:
                    pass  # what names the shapes comes next
            return otherwise(input, other, **params)
        if params:
            return otherwise(input, other, **params)
        first, second, second_node = input._array, other, None
        if isinstance(other, TensorBase):
            second = other._array
            if second.dtype is not first.dtype:
                return otherwise(input, other)
            second_node = other._node if other._view is None else other._place()
        elif type(other) is not float and type(other) is not int:
            return otherwise(input, other)
        if first.dtype.kind != "f":
            return otherwise(input, other)
        try:
            if ufunc is None or first.size > FEW:
                out = forward(first, second)
            else:
                out = silent.run(ufunc, first, second)
        except ValueError:
            out = None
        if out is None:
            return otherwise(input, other)  # which names the shapes
        if promote and first.ndim > 1 and not first.flags.c_contiguous:
            out = as_first(first, out)
        if type(out) is not np.ndarray:
            out = np.asarray(out)
        node = input._node if input._view is None else input._place()
        if (node is None and second_node is None) or not mode.grad or out.dtype.kind != "f":
            return make(out)
        if rule_of[0].place is not None:
            return otherwise(input, other)  # which records a rule for both
        raw, edges, version = (first, second), [], None
        if node is not None:
            rule = rule_of[0]
            values, refs, version = rule.save(args, raw, params, out, None, version)
            edges.append((node, rule, values, refs))
        if second_node is not None:
            rule = rule_of[1]
            values, refs, version = rule.save(args, raw, params, out, None, version)
            edges.append((second_node, rule, values, refs))
        return make(out, Node(call, edges, out.shape, out.dtype), version)

    return call


def view_of(
    source: Any, out: Any, op: Any, params: dict[str, Any]
) -> tuple[Version | None, View | None]:
    """The version that a view shares, and its way back; (None, None) for an array of its own."""
    if not isinstance(source, TensorBase):
        return None, None
    memory = out.base
    array = source._array
    if memory is not array and memory is not array.base and out is not array:
        if memory is None or not np.may_share_memory(out, array):  # windows have one of their own
            return None, None
    elif memory is None and out is not array:
        return None, None
    version = source._counter or source._versions()
    above = source._view
    base, steps = (source, ()) if above is None else (above.base, above.steps)
    if mode.grad and steps is not None:
        return version, View(base, (*steps, (op, params)), version.n)
    return version, View(base, None, version.n)
