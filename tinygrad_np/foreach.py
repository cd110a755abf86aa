"""PyTorch's `torch._foreach_add_` and its like: methods of Tensor over lists, in a loop.

Optimizers of one's own use them; here they are no faster than the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.tensor import Tensor

__all__ = ["over_lists"]

ALONE = {
    "abs", "acos", "asin", "atan", "ceil", "clone", "cos", "cosh", "erf", "erfc", "exp", "expm1",
    "floor", "frac", "lgamma", "log", "log10", "log1p", "log2", "max", "neg", "norm", "reciprocal",
    "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc", "zero",
}  # fmt: skip
WITH_OTHERS = {
    "add", "addcdiv", "addcmul", "clamp_max", "clamp_min", "copy", "div", "lerp", "maximum",
    "minimum", "mul", "pow", "sub",
}  # fmt: skip
OTHERWISE = {"maximum": "clamp_min", "minimum": "clamp_max"}  # which take numbers, too


def over_lists(name: str) -> Callable[..., Any]:
    """The function of a name such as ``_foreach_add_``.

    Its arguments after the first list are lists as long, of tensors or numbers, or one value for
    all. With an underscore at its end it returns the list, else a tuple of results.

    Raises
    ------
    AttributeError
        If there is none of that name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> params, grads = [tg.zeros(1), tg.ones(2)], [tg.ones(1), tg.ones(2)]
    >>> tg._foreach_add_(params, grads, alpha=-0.5)
    [tensor([-0.5000]), tensor([0.5000, 0.5000])]
    """
    place = name.endswith("_")
    base = name.removeprefix("_foreach_").removesuffix("_")
    method = OTHERWISE.get(base, base) + "_" * place
    if base not in ALONE | WITH_OTHERS or not hasattr(Tensor, method):
        raise AttributeError(f"module 'tinygrad_np' has no attribute {name!r}")
    weighted = base in ("addcdiv", "addcmul")

    def function(self: Any, *others: Any, **params: Any) -> Any:
        if weighted and len(others) > 2:  # value, or scalars in a tensor or list
            *others, value = others  # type: ignore[assignment]
            value = value.tolist() if isinstance(value, Tensor) else value
        else:
            value = params.pop("value", params.pop("scalars", 1))
        if not isinstance(self, (list, tuple)):  # _foreach_pow(2, exponents)
            return tuple(self**other for other in others[0])
        lists = [self, *(o if isinstance(o, (list, tuple)) else [o] * len(self) for o in others)]
        if not self:
            raise RuntimeError(f"{name}(): Tensor list must have at least one tensor.")
        lengths = [len(x) for x in lists]
        if len(set(lengths)) > 1:
            raise RuntimeError(
                f"{name}(): Tensor lists must have the same number of tensors, got {lengths}"
            )
        results = []
        for i, args in enumerate(zip(*lists, strict=True)):
            if weighted:
                params["value"] = value[i] if isinstance(value, (list, tuple)) else value
            results.append(getattr(args[0], method)(*args[1:], **params))
        return self if place else tuple(results)

    function.__name__ = function.__qualname__ = name
    return function
