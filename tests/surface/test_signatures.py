"""Signatures: names of arguments, their order, kinds and defaults are PyTorch's, where Python
can tell PyTorch's."""

from __future__ import annotations

import importlib
import inspect

import pytest

from tinygrad_np.launch.check import _takes_out

ROOMS = [
    "", ".autograd", ".autograd.functional", ".distributions", ".func", ".nn", ".nn.functional",
    ".nn.init", ".nn.utils", ".nn.utils.parametrize", ".nn.utils.rnn", ".optim",
    ".optim.lr_scheduler", ".serialization", ".sparse", ".utils.checkpoint", ".utils.data",
    ".nn.utils.parametrizations",
]  # fmt: skip
OTHERWISE = {  # what is not as in PyTorch, and why
    "compile": "takes and ignores whatever else PyTorch's compiler is told",
    "dtype": "is a name's type here",
    "enable_grad": "the name of what it decorates",
    "memory_format": "is a name's type here",
    "no_grad": "shows that it may decorate without parentheses",
    "func.jacrev": "without _preallocate_and_copy",
    "nn.Hardtanh": "without min_value and max_value, deprecated since 2017",
    "nn.Sequential.extend": "calls the modules as ModuleList does",
    "nn.functional.log_softmax": "without _stacklevel",
    "nn.functional.softmax": "without _stacklevel",
    "nn.functional.softmin": "without _stacklevel",
    "optim.LBFGS.step": "a closure that is left out is an error that says so",
    "utils.checkpoint.checkpoint": "context_fn: its default is PyTorch's own function",
    **{
        f"nn.Lazy{name}.initialize_parameters": "shares that of the other lazy layers"
        for name in [
            "Linear",
            *(f"{kind}Norm{n}d" for kind in ("Batch", "Instance") for n in (1, 2, 3)),
        ]
    },
}


def public(room):
    """(label, ours, PyTorch's, whether the first argument is the object) of what can be called."""
    ours, theirs = (importlib.import_module(root + room) for root in ("tinygrad_np", "torch"))
    for name in getattr(ours, "__all__", None) or dir(ours):
        mine, other = getattr(ours, name), getattr(theirs, name, None)
        module = getattr(mine, "__module__", None) or ""
        if name.startswith("_") or not module.startswith("tinygrad_np") or not callable(other):
            continue
        yield f"{room}.{name}".strip("."), mine, other, False
        if inspect.isclass(mine):
            for method in dir(mine):
                if not method.startswith("_") and callable(getattr(mine, method)):
                    there = getattr(other, method, None)
                    label = f"{room}.{name}.{method}".strip(".")
                    yield label, getattr(mine, method), there, True


def parameters(function, bound):
    """Name, kind and default of each parameter; None where Python cannot tell."""
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    rest = found[bound:]
    if rest and all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in rest):
        return None
    return {
        p.name if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) else str(p.kind): (
            p.kind is p.KEYWORD_ONLY,
            default(p.default),
        )
        for p in rest
    }


def default(value):
    if isinstance(value, (bool, int, float, str, type(None))):
        return value
    if isinstance(value, tuple):
        return tuple(value)
    return getattr(value, "__name__", None) or type(value).__name__


def differences(room):
    for label, mine, other, method in public(room):
        if not callable(other) or isinstance(other, property):
            continue
        bound = method and not inspect.ismethod(mine)  # a class method is bound to its class
        ours, theirs = parameters(mine, bound), parameters(other, bound)
        if ours is None or theirs is None:
            continue
        if _takes_out(mine) and "out" not in ours:
            theirs.pop("out", None)
        if list(ours.items()) != list(theirs.items()):
            yield label, ours, theirs


@pytest.mark.torch
@pytest.mark.parametrize("room", ROOMS)
def test_signatures_are_pytorchs(room):
    found = {label: (ours, theirs) for label, ours, theirs in differences(room)}
    names = {k.removeprefix("autograd."): v for k, v in found.items()}
    assert {k: v for k, v in names.items() if k not in OTHERWISE} == {}
