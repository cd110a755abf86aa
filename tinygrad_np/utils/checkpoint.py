"""Checkpoints of activations: what a part of a network saves is computed again in the walk back.

Two ways, as in PyTorch. ``use_reentrant=False``: the part is on the tape, but of each tensor that
it saves only a number is kept (`autograd.graph.saved_tensors_hooks`); the first of them that the
walk back asks for has the part called again. ``use_reentrant=True``: the part is one node, whose
step calls it on the tape and walks back through it.

Source: T. Chen et al., Training deep nets with sublinear memory cost (2016);
https://pytorch.org/docs/stable/checkpoint.html
"""

from __future__ import annotations

import contextlib
import functools
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from tinygrad_np import random
from tinygrad_np.autograd.function import Function
from tinygrad_np.autograd.graph import saved_tensors_hooks
from tinygrad_np.tape.backward import backward
from tinygrad_np.tape.grad_mode import enable_grad, mode, no_grad
from tinygrad_np.tape.saved import Packed
from tinygrad_np.tape.version import check_stale
from tinygrad_np.tensor import Tensor

__all__ = [
    "CheckpointError",
    "checkpoint",
    "checkpoint_sequential",
    "get_device_states",
    "set_checkpoint_early_stop",
    "set_device_states",
]

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]
SAME = "The function must compute the same when it is called again"


class CheckpointError(RuntimeError):
    """What was computed again is not what was computed first."""


def noop_context_fn() -> Contexts:
    """Two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Call a function so that what it saves is computed again in the walk back, and not kept.

    Parameters
    ----------
    function : callable
        It computes the same when it is called again with the same arguments.
    *args, **kwargs : Any
        Its arguments; by name only with ``use_reentrant=False``.
    use_reentrant : bool
        False is the better way. True computes `function` as one node: only for `backward` without
        `inputs`, not for `grad`, and an argument has to require grad. Left out, with a warning,
        it is True.
    context_fn : callable, optional
        Returns two contexts, of the first call and of the second.
    determinism_check : {"default", "none"}
        Whether shapes and dtypes of the second call are compared with those of the first.
    debug : bool, default False
        Of no effect.
    early_stop : bool, default True
        Leave the second call when it has computed what is asked for.
    preserve_rng_state : bool, default True
        Let the second call draw the random numbers of the first.

    Raises
    ------
    ValueError
        For arguments that the chosen way does not know.
    CheckpointError
        In the walk back, if the second call saves other tensors than the first.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(1, requires_grad=True)
    >>> tg.utils.checkpoint.checkpoint(tg.exp, x, use_reentrant=False).backward()
    >>> x.grad
    tensor([1.])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly: "
            "False is recommended, True is what is done now",
            stacklevel=2,
        )
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError(
                "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
            )
        return _Reentrant.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(
            f"determinism_check should be 'default' or 'none', got {determinism_check!r}"
        )
    first, second = context_fn()
    stops = early_stop if _Early.stop is None else _Early.stop
    part = _Part(function, args, kwargs, second, preserve_rng_state)
    part.compares, part.stops = determinism_check == "default", stops
    with first, saved_tensors_hooks(part.keep, part.give):
        return function(*args, **kwargs)


class _Part:
    """A call whose saved tensors are known by their numbers, and computed again when asked for.

    Arguments that are tensors are saved, too: in a part around this one they are numbers again.
    """

    compares = stops = True

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        context: AbstractContextManager[Any],
        preserve: bool,
    ) -> None:
        self.function, self.context = function, context
        self.args = [_kept(a) for a in args]
        self.kwargs = {name: _kept(a) for name, a in kwargs.items()}
        given = [a for a in (*args, *kwargs.values()) if isinstance(a, Tensor)]
        self.versions = [(a.shape, a._versions(), a._versions().n) for a in given]
        self.state = random.get_rng_state() if preserve else None
        self.saved: list[tuple[Any, Any]] = []  # shapes and dtypes
        self.values: dict[int, Tensor] = {}
        self.walk: Any = None  # weakly, the walk that they were computed for

    def keep(self, tensor: Tensor) -> int:
        self.saved.append((tensor.shape, tensor.dtype))
        return len(self.saved) - 1

    def give(self, number: int) -> Tensor:
        walk = mode.walk
        if number not in self.values or (self.walk is not None and self.walk() is not walk):
            self.values = self.again()
            self.walk = None if walk is None else weakref.ref(walk)
        return self.values.pop(number)

    def again(self) -> dict[int, Tensor]:
        """What a second call saves, by its number."""
        for shape, version, at in self.versions:
            if version.n != at:
                check_stale(f"an argument of a checkpoint, of shape {list(shape)},", version.n, at)
        values: dict[int, Tensor] = {}

        def keep(tensor: Tensor) -> None:
            number = len(values)
            self.check(number, tensor)
            values[number] = tensor.detach()
            if self.stops and len(values) == len(self.saved):
                raise _Enough(self)

        def give(nothing: None) -> Tensor:
            raise CheckpointError(
                "torch.utils.checkpoint: trying to backward through what is computed again: "
                "give checkpoint early_stop=False"
            )

        with random.fork_rng(enabled=self.state is not None), enable_grad(), self.context:
            if self.state is not None:
                random.set_rng_state(self.state)
            args = [_given(a) for a in self.args]
            kwargs = {name: _given(a) for name, a in self.kwargs.items()}
            try:
                with saved_tensors_hooks(keep, give):
                    self.function(*args, **kwargs)
            except _Enough as enough:
                if enough.part is not self:
                    raise
        if len(values) != len(self.saved):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the "
                f"original forward and recomputation: {len(self.saved)} and {len(values)}. {SAME}"
            )
        return values

    def check(self, number: int, tensor: Tensor) -> None:
        if number >= len(self.saved):
            raise CheckpointError(
                "torch.utils.checkpoint: trying to save more tensors during recomputation than "
                f"during the original forward pass, which saved {len(self.saved)}. {SAME}"
            )
        got = tensor.shape, tensor.dtype
        if self.compares and got != self.saved[number]:
            shape, dtype = self.saved[number]
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have "
                f"different metadata than during the forward pass: tensor {number} was of shape "
                f"{list(shape)} and {dtype}, now {list(got[0])} and {got[1]}. {SAME}"
            )


class _Enough(BaseException):
    """Leaves the second call of a part."""

    def __init__(self, part: _Part) -> None:
        self.part = part


class _Argument:
    """An argument of a part that is inside of another."""

    def __init__(self, tensor: Tensor) -> None:
        self.requires_grad = tensor.requires_grad
        self.packed = Packed(tensor, mode.packing[-1])


def _kept(value: Any) -> Any:
    inside = mode.packing and mode.grad and isinstance(value, Tensor) and value._node is not None
    return _Argument(value) if inside else value


def _given(value: Any) -> Any:
    if not isinstance(value, _Argument):
        return value
    return value.packed.tensor().detach().requires_grad_(value.requires_grad)


class _Reentrant(Function):
    """A part of a network as one node."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve: bool, *args: Any) -> Any:
        if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            warnings.warn(
                "None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2
            )
        ctx.function = function
        ctx.state = random.get_rng_state() if preserve else None
        ctx.args = [None if isinstance(a, Tensor) else a for a in args]
        ctx.needs = [isinstance(a, Tensor) and a.requires_grad for a in args]
        ctx.save_for_backward(*(a if isinstance(a, Tensor) else None for a in args))
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if not mode.walk.whole:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or "
                "passing an `inputs` parameter to .backward(): set use_reentrant=False"
            )
        args = [
            a if t is None else t.detach().requires_grad_(needs)
            for a, t, needs in zip(ctx.args, ctx.saved_tensors, ctx.needs, strict=True)
        ]
        with random.fork_rng(enabled=ctx.state is not None), enable_grad():
            if ctx.state is not None:
                random.set_rng_state(ctx.state)
            results = ctx.function(*args)
        results = results if isinstance(results, tuple) else (results,)
        live = [
            (y, g)
            for y, g in zip(results, grads, strict=True)
            if isinstance(y, Tensor) and y.requires_grad
        ]
        if not live:
            raise RuntimeError(
                "none of output has requires_grad=True, this checkpoint() is not necessary"
            )
        backward([y for y, _ in live], [g for _, g in live])
        return None, None, *(a.grad if isinstance(a, Tensor) else None for a in args)


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """Call functions or modules one after another, in `segments` checkpoints, the last one plain.

    Parameters
    ----------
    functions : Sequential or sequence of callable
    segments : int
    input : Tensor
    use_reentrant, preserve_rng_state : bool
        As for `checkpoint`.

    Raises
    ------
    ValueError
        For other arguments.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> sequential = tg.utils.checkpoint.checkpoint_sequential
    >>> sequential([tg.exp, tg.exp], 2, tg.zeros(1), use_reentrant=False)
    tensor([2.7183])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be "
            "passed explicitly: False is recommended, True is what is done now",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions)
    size = len(functions) // segments
    for start in range(0, size * (segments - 1), size) if size else ():
        run = functools.partial(_in_turn, functions[start : start + size])
        input = checkpoint(run, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return _in_turn(functions[size * (segments - 1) :], input)


def _in_turn(functions: Sequence[Callable[..., Any]], input: Any) -> Any:
    for function in functions:
        input = function(input)
    return input


class _Early:
    stop: bool | None = None


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """The context in which checkpoints are made with that `early_stop`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.utils.checkpoint.set_checkpoint_early_stop(False):
    ...     y = tg.utils.checkpoint.checkpoint(tg.exp, tg.zeros(1), use_reentrant=False)
    """
    before, _Early.stop = _Early.stop, enable
    try:
        yield
    finally:
        _Early.stop = before


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The devices beside the CPU that arguments are on, and their generators: none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.utils.checkpoint.get_device_states(tg.ones(2))
    ([], [])
    """
    return [], []


def set_device_states(devices: Any, states: Any, *, device_type: str | None = None) -> None:
    """Do nothing: there are no devices beside the CPU.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.utils.checkpoint.set_device_states(*tg.utils.checkpoint.get_device_states())
    """
