"""Sums of products over named dimensions: einsum, tensordot and what is made of them."""

from __future__ import annotations

import functools
import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.product import product
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.axes import permute
from tinygrad_np.ops.dims import one
from tinygrad_np.ops.elementwise import add, mul
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.triangle import diagonal
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["bilinear", "einsum", "inner", "tensordot"]

LETTERS = string.ascii_letters


@op
def _contract(input: Array, other: Array, *, labels: tuple[str, str, str]) -> Array:
    """Multiply two arrays, and sum over the dimensions that both have and the result has not.

    `labels` name the dimensions of input, other and result, one character each. A dimension of
    one array alone is kept. So each gradient is a contraction too.
    """
    left, right, result = labels
    batch = [c for c in left if c in right and c in result]
    rows = [c for c in left if c not in right]
    inner = [c for c in left if c in right and c not in result]
    columns = [c for c in right if c not in left]
    sizes = dict(zip(left + right, input.shape + other.shape, strict=True))

    def size(names: list[str]) -> list[int]:
        return [sizes[c] for c in names]

    n, k, m = (math.prod(size(names)) for names in (rows, inner, columns))
    a = input.transpose([left.index(c) for c in batch + rows + inner])
    b = other.transpose([right.index(c) for c in batch + inner + columns])
    a, b = a.reshape(*size(batch), n, k), b.reshape(*size(batch), k, m)
    whole = product(a, b) if inner else silent.run(np.multiply, a, b)
    order = batch + rows + columns
    return ordered(whole).reshape(size(order)).transpose([order.index(c) for c in result])


_contract.backward(
    input=lambda grad, other, labels: _contract(
        grad, other, labels=(labels[2], labels[1], labels[0])
    ),
    other=lambda grad, input, labels: _contract(
        input, grad, labels=(labels[0], labels[2], labels[1])
    ),
)


def einsum(equation: Any, *operands: Any) -> Array:
    """The sum of products that Einstein's notation gives.

    Parameters
    ----------
    equation : str
        A letter for each dimension of each operand, as in ``"bij,bjk->bik"``: a letter that the
        output lacks is summed over, one that stands twice in an operand takes its diagonal, and
        ``...`` stands for any other dimensions, which broadcast. Without ``->`` the output has,
        in alphabetical order, the letters that occur once.
    *operands : Tensor
        Of one dtype. Dimensions of one letter have one size, or 1.
        Also accepted: ``einsum(op1, [0, 1], op2, [1, 2], [0, 2])``, numbers instead of letters.

    Returns
    -------
    Tensor
        Three and more operands are multiplied two at a time, in an order of little work.

    Raises
    ------
    RuntimeError
        If the equation is wrong or does not fit the operands.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.einsum("ij,kj->ik", x, x)
    tensor([[ 5., 11.],
            [11., 25.]])
    >>> tg.einsum("ii", x)
    tensor(5.)
    """
    if not isinstance(equation, str):
        equation, tensors = _lettered((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        tensors = operands[0]
    else:
        tensors = operands
    equation = equation.replace(" ", "")
    inputs, output = _parse(equation, tuple(x.ndim for x in tensors))
    same_dtype("einsum", *tensors)
    _check(tensors, inputs)
    order = [tuple(range(len(tensors)))]
    if len(tensors) > 2:
        stand_ins = [np.broadcast_to(0.0, x.shape) for x in tensors]
        order = np.einsum_path(equation, *stand_ins, optimize="greedy")[0][1:]
    return _sum_of_products(tensors, inputs, output, order)


def _lettered(arguments: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """Equation and operands of einsum(op1, [0, 1], op2, [1, 2], [0, 2])."""

    def letters(numbers: Sequence[Any]) -> str:
        return "".join("..." if n is Ellipsis else LETTERS[n] for n in numbers)

    pairs = len(arguments) // 2
    equation = ",".join(letters(arguments[2 * i + 1]) for i in range(pairs))
    if len(arguments) % 2:
        equation += "->" + letters(arguments[-1])
    return equation, arguments[: 2 * pairs : 2]


@functools.cache
def _parse(equation: str, ndims: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    """A character for each dimension of each operand, and of the output."""
    left, arrow, output = equation.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ndims):
        raise RuntimeError(
            f"einsum(): the equation {equation!r} is for {len(inputs)} operands, "
            f"but there are {len(ndims)}"
        )
    terms = [term.replace("...", "", 1) for term in (*inputs, output)]
    if wrong := set("".join(terms)) - set(LETTERS):
        raise RuntimeError(
            f"einsum(): subscripts must be in [a-zA-Z], but {equation!r} has {sorted(wrong)}"
        )
    hidden = [ndim - len(term) for term, ndim in zip(terms, ndims, strict=False)]
    for i, (term, ndim, rest) in enumerate(zip(inputs, ndims, hidden, strict=True)):
        if rest < 0 or (rest and "..." not in term):
            raise RuntimeError(
                f"einsum(): the subscripts {term!r} don't fit operand {i}, which has {ndim} "
                "dimensions"
            )

    def spell(term: str, count: int) -> str:
        # numbered from the last, as broadcasting aligns them
        return term.replace("...", "".join(chr(ord("0") + n) for n in reversed(range(count))))

    spelled = [spell(term, rest) for term, rest in zip(inputs, hidden, strict=True)]
    every = "".join(spelled)
    if not arrow:
        output = "..." + "".join(c for c in sorted(left) if c in LETTERS and left.count(c) == 1)
    output = spell(output, max(hidden))
    for c in output:
        if output.count(c) > 1 or c not in every:
            raise RuntimeError(
                f"einsum(): output subscript {c} of {equation!r} must appear once in the output, "
                "and in an operand"
            )
    return tuple(spelled), output


def _check(operands: Sequence[Array], inputs: Sequence[str]) -> None:
    """RuntimeError unless dimensions of one name have one size; across operands also 1."""
    sizes: dict[str, int] = {}
    for i, (x, names) in enumerate(zip(operands, inputs, strict=True)):
        own: dict[str, int] = {}
        for c, n in zip(names, x.shape, strict=True):
            first, seen = own.setdefault(c, n), sizes.setdefault(c, n)
            if n != first or (n != seen and 1 not in (n, seen)):
                raise RuntimeError(
                    f"einsum(): subscript {c} has size {n} for operand {i} of shape "
                    f"{list(x.shape)}, which does not fit its other size, "
                    f"{seen if n == first else first}"
                )
            sizes[c] = n if seen == 1 else seen


def _sum_of_products(
    operands: Sequence[Array],
    inputs: Sequence[str],
    output: str,
    order: Sequence[tuple[int, ...]],
) -> Array:
    """Contract the operands whose positions a step of `order` holds, and put the result last."""
    wide = {
        c
        for x, names in zip(operands, inputs, strict=True)
        for c, n in zip(names, x.shape, strict=True)
        if n != 1
    }
    terms = [_plain(x, names, wide) for x, names in zip(operands, inputs, strict=True)]
    for step in order:
        group = [terms.pop(i) for i in sorted(step, reverse=True)]
        while len(group) > 1:
            x, left = group.pop()
            y, right = group.pop()
            kept = "".join(dict.fromkeys(output + "".join(names for _, names in group + terms)))
            x, left = _total(x, left, right + kept)
            y, right = _total(y, right, left + kept)
            names = "".join(c for c in kept if c in left + right)
            group.append((_contract(x, y, labels=(left, right, names)), names))
        terms += group
    x, names = _total(*terms[0], output)
    if names != output:
        x = permute(x, [names.index(c) for c in output])
    return x


def _plain(x: Array, names: str, wide: set[str]) -> tuple[Array, str]:
    """Without dimensions named twice (their diagonal) and those of size 1 that broadcast."""
    kept = [i for i, c in enumerate(names) if x.shape[i] != 1 or c not in wide]
    if len(kept) < len(names):
        x, names = x.reshape(tuple(x.shape[i] for i in kept)), "".join(names[i] for i in kept)
    while len(set(names)) < len(names):
        c = next(c for c in names if names.count(c) > 1)
        i = names.index(c)
        x, names = diagonal(x, 0, i, names.index(c, i + 1)), names.replace(c, "", 2) + c
    return x, names


def _total(x: Array, names: str, kept: str) -> tuple[Array, str]:
    """Summed over the dimensions that are not kept."""
    dims = [i for i, c in enumerate(names) if c not in kept]
    return (sum(x, dims), "".join(c for c in names if c in kept)) if dims else (x, names)


@takes_out
def tensordot(a: Array, b: Array, dims: Any = 2) -> Array:
    """Sum products over some dimensions of `a` and as many of `b`.

    Parameters
    ----------
    a, b : Tensor
        Of one dtype.
    dims : int or (sequence of int, sequence of int), default 2
        The number of last dimensions of `a` and first of `b`; or the dimensions of each, which
        have one size, or 1.

    Returns
    -------
    Tensor
        The other dimensions of `a`, then those of `b`.

    Raises
    ------
    RuntimeError
        If the dimensions don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensordot(tg.ones(2, 3, 4), tg.ones(4, 5), dims=1).shape
    torch.Size([2, 3, 5])
    """
    if isinstance(dims, int):
        if not 0 <= dims <= min(a.ndim, b.ndim):
            raise RuntimeError(
                f"tensordot expects 0 <= dims <= {min(a.ndim, b.ndim)} for tensors of shapes "
                f"{list(a.shape)} and {list(b.shape)}, but got dims={dims}"
            )
        first, second = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        first = [one(d, a.ndim) for d in dims[0]]
        second = [one(d, b.ndim) for d in dims[1]]
    if len(first) != len(second):
        raise RuntimeError(
            f"both dimension lists should have same length, but got {first} and {second}"
        )
    left, right = LETTERS[: a.ndim], list(LETTERS[a.ndim : a.ndim + b.ndim])
    for i, j in zip(first, second, strict=True):
        if a.shape[i] != b.shape[j] and 1 not in (a.shape[i], b.shape[j]):
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[i]} in dim {i} "
                f"and second has size {b.shape[j]} in dim {j}"
            )
        right[j] = left[i]
    output = [c for i, c in enumerate(left) if i not in first]
    output += [c for j, c in enumerate(right) if j not in second]
    same_dtype("tensordot", a, b)
    return _sum_of_products((a, b), (left, "".join(right)), "".join(output), [(0, 1)])


@takes_out
def inner(input: Array, other: Array) -> Array:
    """Dot products over the last dimension of both; the ordinary product for a 0-d tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.inner(tg.ones(2, 3), tg.ones(4, 3)).shape
    torch.Size([2, 4])
    """
    if not input.ndim or not other.ndim:
        return mul(input, other)
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    return tensordot(input, other, ([-1], [-1]))


def bilinear(input1: Array, input2: Array, weight: Array, bias: Array | None = None) -> Array:
    """``input1 @ weight[k] @ input2 + bias[k]`` for each output feature k.

    Parameters
    ----------
    input1, input2 : Tensor
        (*, in1_features) and (*, in2_features), with the same leading dimensions.
    weight : Tensor
        (out_features, in1_features, in2_features)
    bias : Tensor, optional
        (out_features,)

    Returns
    -------
    Tensor
        (*, out_features)

    Raises
    ------
    RuntimeError
        If the shapes don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.bilinear(tg.ones(4, 2), tg.ones(4, 3), tg.ones(5, 2, 3)).shape
    torch.Size([4, 5])
    """
    fits = weight.ndim == 3 and input1.shape[:-1] == input2.shape[:-1]
    if not fits or (input1.shape[-1], input2.shape[-1]) != tuple(weight.shape[1:]):
        raise RuntimeError(
            "bilinear() expects inputs (*, in1_features) and (*, in2_features) and a weight "
            f"(out_features, in1_features, in2_features), but got {list(input1.shape)}, "
            f"{list(input2.shape)} and {list(weight.shape)}"
        )
    half = tensordot(input1, weight, ([-1], [1]))
    out = einsum("...oj,...j->...o", half, input2)
    return out if bias is None else add(out, bias)
