"""Which module stands for a module of PyTorch, and what is nearest to a name that there is not."""

from __future__ import annotations

import difflib
import importlib
import types
from importlib.machinery import PathFinder
from typing import Any

ROOTS = {"torch": "tinygrad_np", "torchvision": "tinygrad_np.vision"}

# Modules of PyTorch whose names live in a namespace of ours under another path; the deeper
# modules of such a one (torch.nn.modules.loss) are that namespace, too.
ELSEWHERE = {
    "torch.autograd.gradcheck": "torch.autograd",
    "torch.autograd.grad_mode": "torch",
    "torch.autograd.variable": "torch.autograd",
    "torch.distributions": "torch.distributions",
    "torch.functional": "torch",
    "torch.jit.annotations": "torch.jit",
    "torch.nn.modules": "torch.nn",
    "torch.nn.parallel": "torch.nn.parallel",
    "torch.nn.parallel.distributed": "torch.nn.parallel",
    "torch.optim.adamw": "torch.optim",
    "torch.tensor": "torch",
    "torch._tensor": "torch",
    "torch.torch": "torch",  # it has imported itself
    "torch.utils.data": "torch.utils.data",
    "torch.utils.data._utils": "torch.utils.data",
    "torchvision.datasets": "torchvision.datasets",
    "torchvision.io": "torchvision.io",
    "torchvision.models": "torchvision.models",
    "torchvision.ops": "torchvision.ops",
    "torchvision.ops.focal_loss": "torchvision.ops",
    "torchvision.transforms": "torchvision.transforms",
    "torchvision.transforms.transforms": "torchvision.transforms",
    "torchvision.transforms.v2": "torchvision.transforms.v2",
}
SHADOWED = ("torch.autograd.gradcheck", "torch.tensor")  # modules named like a function beside them

# What to do instead of what cannot be here.
INSTEAD = {
    "torch.fx": "there is no graph to rewrite: call the module",
    "torch.package": "torch.save",
    "torch.quantization": "float32 and float16 tensors",
    "torch.ao": "float32 and float16 tensors",
    "torch.utils.cpp_extension": "tinygrad_np.op makes an op of a Python function",
    "torchvision.models": (
        "one of torchvision.models.list_models(), filled by load_state_dict(torch.load(FILE)): "
        "weights are not distributed"
    ),
    "torchtext": "text read with Python",
    "torchaudio": "scipy.io.wavfile",
}


def module_for(name: str) -> types.ModuleType | None:
    """The module of ours that a module of PyTorch is, or None."""
    root, _, rest = name.partition(".")
    if root not in ROOTS:
        return None
    module = importlib.import_module(ROOTS[root])
    for piece in rest.split(".") if rest else ():
        path = f"{module.__name__}.{piece}"
        value = vars(module).get(piece)
        if value is None and PathFinder.find_spec(path, module.__dict__.get("__path__", [])):
            value = importlib.import_module(path)
        if not isinstance(value, types.ModuleType) or not value.__name__.startswith("tinygrad_np"):
            return None
        module = value
    return module


def namespace_for(name: str) -> types.ModuleType | None:
    """The namespace that has the names of a module of PyTorch which is none of ours, or None.

    The names of its modules have no capitals: `torch.utils.data.Nothing` is none of them.
    """
    above, _, last = name.rpartition(".")
    is_module = last.islower() and not last.startswith("__")
    target = ELSEWHERE.get(name) or (ELSEWHERE.get(above) if is_module else None)
    return module_for(target) if target and target != name else None


def spelled(module: str) -> str:
    """The path of a module of ours in PyTorch's words."""
    for theirs, ours in reversed(ROOTS.items()):
        if module == ours or module.startswith(ours + "."):
            return theirs + module[len(ours) :]
    return module


def nearest(place: str, name: str) -> str:
    """What to use instead of `place.name`, as the end of an error message; may be empty."""
    whole = f"{place}.{name}"
    for key, text in INSTEAD.items():
        if whole == key or whole.startswith(key + "."):
            return f"; instead: {text}"
    for other in ("torch", "torch.Tensor", "torch.nn.functional", "torch.nn", "torch.linalg"):
        if other != place and has(_value(other), name):
            return f"; there is {other}.{name}"
    near = difflib.get_close_matches(name, public(_value(place)), n=2, cutoff=0.75)
    return f"; the nearest is {' and '.join(f'{place}.{n}' for n in near)}" if near else ""


def has(value: Any, name: str) -> bool:
    """Whether a namespace or class has a name, without asking the hook for missing ones."""
    if isinstance(value, types.ModuleType):
        return name in vars(value) or name in vars(value).get("PARTS", ())
    return hasattr(value, name)


def public(value: Any) -> list[str]:
    """The names of a namespace or class without those for itself."""
    return [n for n in dir(value) if not n.startswith("_")]


def _value(place: str) -> Any:
    """The module or class of a dotted path of PyTorch."""
    module = module_for(place)
    if module is None and "." in place:
        head, _, tail = place.rpartition(".")
        return getattr(module_for(head) or namespace_for(head), tail, None)
    return module
