"""What there is: a page made from the code, room by room, in Markdown."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import tinygrad_np
from tinygrad_np.launch import names
from tinygrad_np.launch.check import _takes_out

__all__ = ["ROOMS", "page"]

ROOMS = (  # below `torch` and `torchvision`; in the order of the page
    "", ".Tensor", ".autograd", ".autograd.functional", ".autograd.graph", ".func", ".linalg",
    ".fft", ".special", ".signal.windows", ".random", ".sparse",
    ".distributions", ".nn", ".nn.functional", ".nn.init", ".nn.parallel", ".nn.utils",
    ".nn.utils.rnn", ".optim", ".optim.lr_scheduler", ".utils.checkpoint", ".utils.data",
    ".utils.tensorboard", ".vision.datasets", ".vision.io", ".vision.models", ".vision.ops",
    ".vision.transforms", ".vision.transforms.functional", ".vision.transforms.v2",
    ".vision.transforms.v2.functional", ".vision.utils", ".serialization", ".testing",
    ".accelerator", ".amp", ".compiler", ".cuda", ".cuda.amp", ".distributed", ".fx", ".hub",
    ".jit", ".onnx", ".profiler",
)  # fmt: skip


def page(chosen: Sequence[str] = ()) -> str:
    """The page, or the rooms of it that are chosen, such as ``torch.nn``.

    Raises
    ------
    ValueError
        For a room that there is not.

    Examples
    --------
    >>> print(page(["torch.accelerator"]).splitlines()[2])
    - `current_accelerator(check_available=False)`: None.
    """
    rooms = {names.spelled("tinygrad_np" + room): room for room in ROOMS}
    unknown = [room for room in chosen if room not in rooms]
    if unknown:
        raise ValueError(f"no room {unknown[0]!r}; there are {', '.join(rooms)}")
    parts = ["\n".join([f"## {title}", "", *entries(rooms[title])]) for title in chosen or rooms]
    return "\n\n".join(parts)


def entries(room: str) -> Iterator[str]:
    """A line for each name of a room: how it is called, and the first line of what it says.

    A form in place (`add_`) stands beside the one that it is made of.
    """
    found = dict(public(room))
    for name, value in found.items():
        if name.endswith("_") and name[:-1] in found:
            continue
        also = f", `{name}_`" if f"{name}_" in found else ""
        call = _call(value, room == ".Tensor") if callable(value) else ""
        says = inspect.getdoc(value) if callable(value) or isinstance(value, property) else ""
        summary = f": {says.partition(chr(10))[0]}" if says else ""
        yield f"- `{name}{call}`{also}{summary}"


def public(room: str) -> Iterator[tuple[str, Any]]:
    """The names of a room and their values, without modules and what is made elsewhere."""
    place: Any = tinygrad_np.Tensor
    if room != ".Tensor":
        place = importlib.import_module("tinygrad_np" + room)
    for name in sorted(getattr(place, "__all__", None) or dir(place), key=str.lower):
        value = getattr(place, name, None)
        made = getattr(value, "__module__", None) or "tinygrad_np"
        if not name.startswith("_") and not inspect.ismodule(value) and "tinygrad_np" in made:
            yield name, value


def _call(value: Any, method: bool) -> str:
    """The signature without types; of a method without its object."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    bare = []
    for p in list(signature.parameters.values())[method:]:
        shown = p.default is p.empty or not repr(p.default).startswith("<")
        default = p.default if shown else _Word(p.default)
        bare.append(p.replace(annotation=p.empty, default=default))
    told = any(p.name == "out" or p.kind is p.VAR_KEYWORD for p in bare)
    if not (method or told) and _takes_out(value):
        bare.append(inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None))
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


class _Word:
    """A default that is shown by its name."""

    def __init__(self, value: Any) -> None:
        self.name = getattr(value, "__name__", type(value).__name__)

    def __repr__(self) -> str:
        return self.name
