"""Gradients proven by finite differences.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/notes/gradcheck.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np.tape.backward import grad
from tinygrad_np.tape.grad_mode import enable_grad, no_grad
from tinygrad_np.tensor import Tensor

Array = np.ndarray[Any, np.dtype[Any]]


class GradcheckError(RuntimeError):
    """A gradient that differs from finite differences."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the gradients of `func` with central finite differences.

    Parameters
    ----------
    func : callable
        Tensors in, a Tensor or a tuple of them out. It is called with `inputs` as they are,
        some of them moved by `eps`.
    inputs : Tensor or sequence
        Those Tensors that require grad are checked; give them float64.
    eps : float, default 1e-6
        The step of the finite differences.
    atol, rtol : float
        Passed where ``|analytical - numerical| <= atol + rtol * |numerical|``.
    raise_exception : bool, default True
        Raise, or return False.
    nondet_tol : float, default 0
        How far two walks back through one graph may differ.
    check_undefined_grad, check_grad_dtypes, check_backward_ad, masked : bool
        Of no effect: rules are never given an undefined gradient, dtypes are always compared,
        and it is gradients of this kind that there are.
    check_batched_grad, check_batched_forward_grad, check_forward_ad : bool
        Only False; NotImplementedError otherwise.
    fast_mode : bool, default False
        False compares every element of the Jacobian; True one random direction, which costs two
        evaluations for each input whatever its size.

    Returns
    -------
    bool

    Raises
    ------
    GradcheckError
        With the input, the index and both values of the element that is furthest off; also if
        an input was changed.
    ValueError
        If no input requires grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([0.5, 2.0], dtype=tg.float64, requires_grad=True)
    >>> tg.autograd.gradcheck(lambda x: x * x, (x,))
    True
    """
    _only_false(check_batched_grad, check_batched_forward_grad, check_forward_ad)
    arguments = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [i for i, a in enumerate(arguments) if isinstance(a, Tensor) and a.requires_grad]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, "
            "but none of them have requires_grad=True"
        )
    try:
        for i in checked:
            if arguments[i].dtype.itemsize < 8:
                raise GradcheckError(
                    f"input {i} has dtype {arguments[i].dtype}: finite differences need float64"
                )
        before = [arguments[i]._array.copy() for i in checked]
        compare = _compare_direction if fast_mode else _compare_elements
        compare(func, arguments, checked, eps, atol, rtol)
        _compare_walks(func, arguments, checked, nondet_tol)
        for i, array in zip(checked, before, strict=True):
            if not np.array_equal(arguments[i]._array, array, equal_nan=True):
                raise GradcheckError(f"input {i} was changed by the function or by its backward")
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare second gradients with finite differences of the first.

    It is `gradcheck` of the gradients of `func`, as a function of `inputs` and of the gradients
    of the outputs.

    Parameters
    ----------
    func, inputs, eps, atol, rtol, raise_exception, nondet_tol, fast_mode
        As for `gradcheck`; likewise the parameters `check_` and `masked`.
    grad_outputs : Tensor or sequence of Tensor, optional
        The gradients of the outputs; drawn from a normal distribution unless given.
    gen_non_contig_grad_outputs : bool, default False
        Draw them non-contiguous.

    Returns
    -------
    bool

    Raises
    ------
    GradcheckError, ValueError
        As `gradcheck`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([0.5, 2.0], dtype=tg.float64, requires_grad=True)
    >>> tg.autograd.gradgradcheck(lambda x: x * x * x, (x,))
    True
    """
    _only_false(check_batched_grad, check_fwd_over_rev)
    arguments = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    outputs = _outputs(func(*arguments))
    if grad_outputs is None:
        random = np.random.default_rng(0)
        gradients = []
        for out in outputs:
            drawn = random.standard_normal((*out.shape, 2)).astype(out.dtype)
            if not gen_non_contig_grad_outputs:
                drawn = drawn[..., 0].copy()
            else:
                drawn = drawn[..., 0]
            gradients.append(Tensor._make(drawn).requires_grad_())
    else:
        given = (grad_outputs,) if isinstance(grad_outputs, Tensor) else grad_outputs
        gradients = [g.detach().requires_grad_() for g in given]
    count = len(arguments)
    checked = [i for i, a in enumerate(arguments) if isinstance(a, Tensor) and a.requires_grad]
    if not checked:
        raise ValueError("gradgradcheck expects at least one input tensor to require gradient")

    def first_gradients(*values: Any) -> tuple[Tensor, ...]:
        with enable_grad():
            # under no_grad the values still have to have a place on a tape of their own
            values = tuple(
                v
                if not isinstance(v, Tensor) or v.requires_grad or i not in live
                else v.detach().requires_grad_()
                for i, v in enumerate(values)
            )
            results = _outputs(func(*values[:count]))
            got = grad(
                results,
                [values[i] for i in checked],
                values[count:],
                create_graph=True,
                allow_unused=True,
                materialize_grads=True,
            )
        return tuple(g for g in got)

    live = {*checked, *range(count, count + len(gradients))}
    return gradcheck(
        first_gradients,
        (*arguments, *gradients),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        fast_mode=fast_mode,
    )


def _only_false(*flags: bool) -> None:
    if any(flags):
        raise NotImplementedError(
            "gradients in batches and in forward mode are not there: leave check_batched_grad, "
            "check_batched_forward_grad, check_forward_ad and check_fwd_over_rev at False"
        )


def _outputs(result: Any) -> list[Tensor]:
    """The results that can have a gradient."""
    results = [result] if isinstance(result, Tensor) else list(result)
    for r in results:
        if not isinstance(r, Tensor):
            raise GradcheckError(f"expected the function to return Tensors, got {type(r).__name__}")
    return [r for r in results if r.requires_grad]


def _evaluate(func: Callable[..., Any], arguments: Sequence[Any], keep: list[bool]) -> list[Array]:
    with no_grad():
        result = func(*arguments)
    results = [result] if isinstance(result, Tensor) else list(result)
    return [r._array for r, kept in zip(results, keep, strict=True) if kept]


def _analytical(
    func: Callable[..., Any], arguments: Sequence[Any], checked: list[int]
) -> tuple[list[Tensor], list[bool]]:
    result = func(*arguments)
    results = [result] if isinstance(result, Tensor) else list(result)
    outputs = _outputs(result)
    if not outputs:
        raise GradcheckError(
            "no output of the function requires grad: the tape was left (detach, numpy, no_grad), "
            "or the outputs are integers"
        )
    return outputs, [r.requires_grad for r in results]


def _gradients(
    outputs: list[Tensor], arguments: Sequence[Any], checked: list[int], seeds: list[Array]
) -> list[Array]:
    targets = [arguments[i] for i in checked]
    got = grad(
        outputs,
        targets,
        [Tensor._make(s) for s in seeds],
        retain_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
    for i, g in zip(checked, got, strict=True):
        want = arguments[i]
        if g.shape != want.shape or g.dtype != want.dtype:
            raise GradcheckError(
                f"the gradient of input {i} has shape {tuple(g.shape)} and dtype {g.dtype}; "
                f"the input has {tuple(want.shape)} and {want.dtype}"
            )
    return [g._array for g in got]


def _moved(arguments: Sequence[Any], i: int, by: Array) -> list[Any]:
    """The arguments with input `i` moved, on memory of its own."""
    moved = list(arguments)
    moved[i] = Tensor._make(np.asarray(arguments[i]._array + by))
    return moved


def _compare_elements(
    func: Callable[..., Any],
    arguments: Sequence[Any],
    checked: list[int],
    eps: float,
    atol: float,
    rtol: float,
) -> None:
    """Every element of the Jacobian, one output element (a walk) and one input element a time."""
    outputs, keep = _analytical(func, arguments, checked)
    for o, out in enumerate(outputs):
        analytical = {i: np.empty((out.numel(), arguments[i].numel())) for i in checked}
        for k in range(out.numel()):
            seeds = [np.zeros(tuple(y.shape), y._array.dtype) for y in outputs]
            seeds[o].reshape(-1)[k] = 1
            for i, g in zip(checked, _gradients(outputs, arguments, checked, seeds), strict=True):
                analytical[i][k] = g.reshape(-1)
        for i in checked:
            x = arguments[i]._array
            numerical = np.empty((out.numel(), x.size))
            for j in range(x.size):
                step = np.zeros(x.shape, x.dtype)
                step.reshape(-1)[j] = eps
                above = _evaluate(func, _moved(arguments, i, step), keep)[o]
                below = _evaluate(func, _moved(arguments, i, -step), keep)[o]
                numerical[:, j] = ((above - below) / (2 * eps)).reshape(-1)
            error = np.abs(analytical[i] - numerical) - (atol + rtol * np.abs(numerical))
            bad = ~(error <= 0)  # nan is bad
            if bad.any():
                worst = np.where(np.isnan(error), np.inf, error).argmax()
                k, j = (int(n) for n in np.unravel_index(worst, error.shape))
                raise GradcheckError(
                    f"Jacobian mismatch for output {o} with respect to input {i}: at output index "
                    f"{_index(k, out.shape)} and input index {_index(j, x.shape)} "
                    f"analytical {analytical[i][k, j]:.9g}, numerical {numerical[k, j]:.9g} "
                    f"({int(bad.sum())} of {bad.size} elements differ by more than "
                    f"atol={atol:g} + rtol={rtol:g} * |numerical|)"
                )


def _compare_direction(
    func: Callable[..., Any],
    arguments: Sequence[Any],
    checked: list[int],
    eps: float,
    atol: float,
    rtol: float,
) -> None:
    """The gradient along one random direction of each input, for random output gradients."""
    random = np.random.default_rng(0)
    outputs, keep = _analytical(func, arguments, checked)
    seeds = [random.standard_normal(tuple(y.shape)).astype(y._array.dtype) for y in outputs]
    gradients = _gradients(outputs, arguments, checked, seeds)
    for i, g in zip(checked, gradients, strict=True):
        direction = np.asarray(random.standard_normal(g.shape), g.dtype)
        direction = direction / (float(np.linalg.norm(direction)) or 1.0)
        above = _evaluate(func, _moved(arguments, i, eps * direction), keep)
        below = _evaluate(func, _moved(arguments, i, -eps * direction), keep)
        numerical = sum(
            float((s * ((a - b) / (2 * eps))).sum())
            for s, a, b in zip(seeds, above, below, strict=True)
        )
        analytical = float((g * direction).sum())
        if not abs(analytical - numerical) <= atol + rtol * abs(numerical):
            raise GradcheckError(
                f"gradient mismatch with respect to input {i} of shape {g.shape} along a random "
                f"direction: analytical {analytical:.9g}, numerical {numerical:.9g}; "
                "fast_mode=False shows the element"
            )


def _compare_walks(
    func: Callable[..., Any], arguments: Sequence[Any], checked: list[int], atol: float
) -> None:
    """Two walks through the same graph."""
    outputs, _ = _analytical(func, arguments, checked)
    seeds = [np.ones(tuple(y.shape), y._array.dtype) for y in outputs]
    walks = (_gradients(outputs, arguments, checked, seeds) for _ in range(2))
    for i, first, second in zip(checked, *walks, strict=True):
        if not np.allclose(first, second, rtol=0, atol=atol, equal_nan=True):
            raise GradcheckError(
                f"Backward is not reentrant: two walks give input {i} gradients that differ by "
                f"{np.abs(first - second).max():g}, more than nondet_tol={atol:g}"
            )


def _index(flat: Any, shape: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in np.unravel_index(flat, tuple(shape)))
