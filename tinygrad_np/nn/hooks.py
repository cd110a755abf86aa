"""Hooks of a module: functions called before and after its forward, and on the way back."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from tinygrad_np.creation import zeros
from tinygrad_np.nn.members import Members
from tinygrad_np.tape.handle import RemovableHandle, added
from tinygrad_np.tensor import Tensor


class Hook(NamedTuple):
    """A hook with what it was registered to be called with."""

    function: Callable[..., Any]
    with_kwargs: bool = False
    always_call: bool = False

    def call(self, module: Any, args: tuple[Any, ...], kwargs: Any, *result: Any) -> Any:
        """Call it with the keyword arguments, if it asked for them."""
        given = (args, kwargs) if self.with_kwargs else (args,)
        return self.function(module, *given, *result)


Table = OrderedDict[int, Callable[..., Any]]  # as in PyTorch, where scripts look hooks up

everywhere: dict[int, tuple[str, Hook]] = {}  # the hooks of all modules, each with its kind


class Hooks(Members):
    """The part of `Module` that registers hooks and calls them."""

    forward: Callable[..., Any]
    _forward_pre_hooks: Table
    _forward_hooks: Table
    _backward_pre_hooks: Table
    _backward_hooks: Table

    def __init__(self) -> None:
        super().__init__()
        self._forward_pre_hooks = OrderedDict()
        self._forward_hooks = OrderedDict()
        self._backward_pre_hooks = OrderedDict()
        self._backward_hooks = OrderedDict()
        self._hook_options: dict[int, tuple[bool, ...]] = {}  # of Hook

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook` before each forward.

        Parameters
        ----------
        hook : callable
            ``hook(module, args) -> None`` or new arguments; with `with_kwargs`
            ``hook(module, args, kwargs) -> None or (new args, new kwargs)``.
        prepend : bool, default False
            Call it before the hooks that there are.
        with_kwargs : bool, default False

        Returns
        -------
        RemovableHandle

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> layer = tg.nn.ReLU()
        >>> handle = layer.register_forward_pre_hook(lambda module, args: (-args[0],))
        >>> layer(tg.tensor([-1.0, 2.0]))
        tensor([1., 0.])
        """
        handle = add_hook(self._forward_pre_hooks, hook, prepend)
        self._hook_options[handle.id] = (with_kwargs,)
        return handle

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook` after each forward.

        Parameters
        ----------
        hook : callable
            ``hook(module, args, output) -> None`` or a new output; with `with_kwargs`
            ``hook(module, args, kwargs, output)``.
        prepend : bool, default False
            Call it before the hooks that there are.
        with_kwargs : bool, default False
        always_call : bool, default False
            Call it, with the output so far, also if the forward or a hook raises.

        Returns
        -------
        RemovableHandle
        """
        handle = add_hook(self._forward_hooks, hook, prepend)
        self._hook_options[handle.id] = (with_kwargs, always_call)
        return handle

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook` when the gradients of the outputs are known.

        Parameters
        ----------
        hook : callable
            ``hook(module, grad_output) -> None`` or new gradients: a tuple with one entry for
            each output that is a Tensor.
        prepend : bool, default False

        Returns
        -------
        RemovableHandle
        """
        return add_hook(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook` when the gradients of the inputs are known.

        Parameters
        ----------
        hook : callable
            ``hook(module, grad_input, grad_output) -> None`` or new gradients of the inputs.
            Both are tuples with one entry for each positional argument or output, None where it
            is no Tensor. A gradient that does not arrive is 0 for an argument if another arrives,
            else None.
        prepend : bool, default False

        Returns
        -------
        RemovableHandle

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> layer = tg.nn.Tanh()
        >>> def show(module, grad_input, grad_output):
        ...     print(grad_output[0], grad_input[0])
        >>> handle = layer.register_full_backward_hook(show)
        >>> layer(tg.tensor([0.0], requires_grad=True)).backward()
        tensor([1.]) tensor([1.])
        """
        return add_hook(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """PyTorch's old name of `register_full_backward_hook`, which it is here."""
        return self.register_full_backward_hook(hook)

    def _together(self, kind: str, own: Table) -> dict[int, Hook]:
        """The hooks of all modules of a kind, and then the module's own."""
        options = self._hook_options
        shared = {key: hook for key, (of, hook) in everywhere.items() if of == kind}
        return shared | {key: Hook(hook, *options.get(key, ())) for key, hook in own.items()}

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = None
        called = set()
        try:
            for hook in self._together("forward_pre", self._forward_pre_hooks).values():
                args, kwargs = _new_arguments(hook, self, args, kwargs)
            backward = None
            pre_hooks = self._together("backward_pre", self._backward_pre_hooks)
            hooks = self._together("backward", self._backward_hooks)
            if hooks or pre_hooks:
                backward = _Backward(self, pre_hooks, hooks)
                args = backward.watch_inputs(args)
            result = self.forward(*args, **kwargs)
            for key, hook in self._together("forward", self._forward_hooks).items():
                called.add(key)
                changed = hook.call(self, args, kwargs, result)
                result = result if changed is None else changed
            return result if backward is None else backward.watch_outputs(result)
        except Exception:
            for key, hook in self._together("forward", self._forward_hooks).items():
                if hook.always_call and key not in called:
                    try:
                        hook.call(self, args, kwargs, result)
                    except Exception as error:
                        warnings.warn(
                            "module forward hook with ``always_call=True`` raised an exception "
                            f"that was silenced as another error was raised in forward: {error}",
                            stacklevel=3,
                        )
            raise


def add_hook(table: OrderedDict[int, Any], hook: Any, prepend: bool = False) -> RemovableHandle:
    handle = added(table, hook)
    if prepend:
        table.move_to_end(handle.id, last=False)
    return handle


def _new_arguments(
    hook: Hook, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments after a pre-hook."""
    changed = hook.call(module, args, kwargs)
    if changed is None:
        return args, kwargs
    if not hook.with_kwargs:
        return changed if isinstance(changed, tuple) else (changed,), kwargs
    if not (isinstance(changed, tuple) and len(changed) == 2):
        raise RuntimeError(
            "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
            f"but got {changed}."
        )
    return changed


class _Backward:
    """The backward hooks of one call of a module.

    Each input goes through two nodes on its way into the module, each output through two on its
    way out. The walk back visits nodes in the reverse order of their making, so the gradients of
    all inputs have arrived at the inner nodes before one of the outer nodes is visited: these
    call the hooks, and pass on what they return. Outputs likewise.
    """

    def __init__(self, module: Any, pre_hooks: dict[int, Hook], hooks: dict[int, Hook]) -> None:
        self.module = module
        self.pre_hooks = [hook.function for hook in pre_hooks.values()]
        self.hooks = [hook.function for hook in hooks.values()]
        self.grad_output: tuple[Any, ...] | None = None  # of an output that is not watched
        self.outputs = _Gradients(self._at_outputs)
        self.inputs = _Gradients(self._at_inputs)
        self.zeros: list[Any] = []  # what makes the gradients of tensors that none arrives for

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.zeros = [
            partial(zeros, a.shape, dtype=a.dtype) if isinstance(a, Tensor) else None for a in args
        ]
        return self.inputs.watch(args)

    def watch_outputs(self, result: Any) -> Any:
        if isinstance(result, Tensor):
            return self.outputs.watch((result,))[0]
        if not isinstance(result, tuple):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple "
                f"of Tensors but received {type(result)}",
                stacklevel=4,
            )
            return result
        return self.outputs.watch(result)

    def _at_outputs(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.pre_hooks:
            grads = _replaced(hook(self.module, grads), grads)
        self.grad_output = grads
        if not self.inputs.watched:
            self._at_inputs((None,) * self.inputs.count)
        return grads

    def _at_inputs(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.inputs.watched:  # as PyTorch, which has all tensors pass through one node
            grads = tuple(
                z() if g is None and z else g for g, z in zip(grads, self.zeros, strict=True)
            )
        if self.grad_output is not None:
            for hook in self.hooks:
                grads = _replaced(hook(self.module, grads, self.grad_output), grads)
        self.grad_output = None  # second gradients that pass the inputs alone are not of this call
        return grads


class _Gradients:
    """Collects the gradients of some tensors, and has them `passed` before they go on."""

    def __init__(self, passed: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> None:
        self.passed = passed
        self.arrived: dict[int, Any] = {}
        self.leaving: tuple[Any, ...] | None = None
        self.count = 0
        self.watched = False

    def watch(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        self.count = len(values)
        at = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
        self.watched = bool(at)
        through = list(values)
        for on_arrival in (self._leave, self._arrive):
            for i in at:
                through[i] = through[i].reshape(through[i].shape)
                if through[i].requires_grad:
                    through[i].register_hook(_bound(on_arrival, i))
        return tuple(through)

    def _arrive(self, i: int, grad: Tensor) -> None:
        self.arrived[i] = grad
        self.leaving = None

    def _leave(self, i: int, grad: Tensor) -> Any:
        if self.leaving is None:
            self.leaving = self.passed(tuple(self.arrived.get(j) for j in range(self.count)))
            self.arrived = {}
        return self.leaving[i]


def _bound(function: Callable[[int, Tensor], Any], i: int) -> Callable[[Tensor], Any]:
    return lambda grad: function(i, grad)


def _replaced(new: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients that a hook returned, or those that it left."""
    if new is None:
        return grads
    new = new if isinstance(new, tuple) else (new,)
    if len(new) != len(grads):
        raise RuntimeError(
            f"Backward hook returned an invalid number of grad, got {len(new)}, "
            f"but expected {len(grads)}"
        )
    return new
