"""What scripts use that there is not, found by reading them."""

from __future__ import annotations

import ast
import inspect
import io
import pathlib
import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

import tinygrad_np
from tinygrad_np import nn, optim, return_types
from tinygrad_np.launch import names
from tinygrad_np.launch.run import cells
from tinygrad_np.tape.signature import NUMPY_NAMES

__all__ = ["Missing", "check", "missing"]

TENSOR_NAMES = pathlib.Path(__file__).with_name("tensor_names.txt")  # of PyTorch's Tensor
OTHERS = (  # what else a script's variables are likely to be
    str, bytes, list, dict, set, int, float, io.TextIOWrapper, np.ndarray, np.random.RandomState,
    random.Random, pathlib.Path, nn.Module, optim.Optimizer, tinygrad_np.Generator,
)  # fmt: skip


class Missing(NamedTuple):
    """Something that a script uses and there is not, and what is nearest to it."""

    file: str
    line: int
    symbol: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: no {self.symbol}{self.instead}"


def check(paths: Sequence[str]) -> int:
    """Print what the scripts at `paths` use that there is not.

    Returns
    -------
    int
        0 when nothing is missing, 1 when something is, 2 when a file cannot be read.
    """
    code = 0
    for path in paths:
        try:
            found = list(missing(path))
        except (OSError, SyntaxError, ValueError) as error:
            print(f"{path}: cannot be read as Python: {error}")
            code = 2
            continue
        for entry in found:
            print(entry)
        code = max(code, int(bool(found)))
    if not code:
        print("nothing is missing")
    return code


def missing(path: str) -> Iterator[Missing]:
    """What the script or notebook at `path` uses that there is not, in the order of its lines."""
    if path.endswith(".ipynb"):
        sources = [(f"{path}, cell {number}", source) for number, source, _ in cells(path)]
    else:
        sources = [(path, pathlib.Path(path).read_text(encoding="utf-8"))]
    trees = [(name, ast.parse(source, name)) for name, source in sources]
    script = _Script([tree for _, tree in trees])
    for name, tree in trees:
        found = {(line, symbol): instead for line, symbol, instead in script.look(tree)}
        for (line, symbol), instead in sorted(found.items()):
            yield Missing(name, line, symbol, instead)


class _Script:
    """The names that a program imports from PyTorch, and those that it defines itself."""

    def __init__(self, trees: list[ast.Module]) -> None:
        self.paths: dict[str, str] = {}  # a name in the script: its path in PyTorch
        self.foreign: set[str] = set()  # names of other modules
        self.own: set[str] = set()  # attributes and methods that the script defines
        bound: set[str] = set()
        for node in (n for tree in trees for n in ast.walk(tree)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self._bind(name, alias.name if alias.asname else name)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self._bind(alias.asname or alias.name, f"{node.module}.{alias.name}")
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.own.add(node.name)
                bound.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self.own.add(node.attr)
        for name in bound:  # which of the two is meant where is not known: `data`, `optim`
            self.paths.pop(name, None)
        results = vars(return_types).values()  # of topk and others
        ours = set(dir(tinygrad_np.Tensor)).union(*map(dir, (*OTHERS, *results)))
        self.lacking = set(TENSOR_NAMES.read_text().split()) - ours - self.own

    def _bind(self, name: str, path: str) -> None:
        if path.partition(".")[0] not in names.ROOTS:
            self.foreign.add(name)
        elif name == "*":
            place = path[:-2]
            self.paths.update({n: f"{place}.{n}" for n in names.public(resolve(place))})
        else:
            self.paths[name] = path

    def look(self, node: ast.AST) -> Iterator[tuple[int, str, str]]:
        """(line, symbol, what is nearest) of what is missing below a node."""
        if isinstance(node, ast.Try) and any(_catches_absence(h) for h in node.handlers):
            return  # the script knows what to do without
        line = getattr(node, "lineno", 0)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                yield from absent(line, f"{start}{alias.name}".removesuffix(".*"))
        elif isinstance(node, ast.Call):
            yield from self._called(node)
        elif isinstance(node, ast.Attribute):
            path = self.path(node)
            if path:
                yield from absent(line, path)
                return  # what is below is a part of the same path
            if node.attr in self.lacking and not self._is_foreign(node.value):
                yield line, f"torch.Tensor.{node.attr}", names.nearest("torch.Tensor", node.attr)
        for child in ast.iter_child_nodes(node):
            yield from self.look(child)

    def path(self, node: ast.AST) -> str | None:
        """The path in PyTorch of an expression such as ``nn.functional.relu``."""
        if isinstance(node, ast.Name):
            return self.paths.get(node.id)
        if isinstance(node, ast.Attribute) and (place := self.path(node.value)):
            return f"{place}.{node.attr}"
        return None

    def _is_foreign(self, node: ast.AST) -> bool:
        while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self.foreign

    def _called(self, call: ast.Call) -> Iterator[tuple[int, str, str]]:
        path = self.path(call.func)
        function = resolve(path) if path else None
        if path and inspect.ismodule(function):
            place, _, name = path.rpartition(".")
            if not hasattr(resolve(place), name):  # taken for a file of PyTorch's: models.resnet
                yield call.lineno, path, names.nearest(place, name)
        if not callable(function):
            return
        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):
            return
        if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            return
        for keyword in call.keywords:
            if keyword.arg == "out" and _takes_out(function):
                continue
            if keyword.arg and parameters.keys().isdisjoint(
                (keyword.arg, NUMPY_NAMES.get(keyword.arg))
            ):
                known = ", ".join(p for p in parameters if p != "self")
                yield call.lineno, f"{path}({keyword.arg}=)", f"; it takes {known}"


def resolve(path: str) -> Any:
    """The module, function, class or value of ours that a path of PyTorch names, or None."""
    value: Any = names.module_for(path) or names.namespace_for(path)
    if value is not None or "." not in path:
        return value
    place, _, name = path.rpartition(".")
    return getattr(resolve(place), name, None)


def absent(line: int, path: str) -> Iterator[tuple[int, str, str]]:
    """The first part of a path of PyTorch that there is not, if one is missing."""
    pieces = path.split(".")
    if pieces[0] not in names.ROOTS:
        if pieces[0] in ("torchtext", "torchaudio"):
            yield line, pieces[0], names.nearest("", pieces[0]).replace("; .", "; ")
        return
    value: Any = resolve(pieces[0])
    for i, piece in enumerate(pieces[1:], 1):
        place = ".".join(pieces[:i])
        found = resolve(f"{place}.{piece}")
        if found is None and not hasattr(value, piece) and piece != "__version__":
            yield line, f"{place}.{piece}", names.nearest(place, piece)
            return
        value = found
        if not inspect.ismodule(value) and not inspect.isclass(value):
            return  # attributes of values are looked at no further


def _takes_out(function: Any) -> bool:
    """Whether it is an op, or one of the functions that take `out` besides what they list."""
    while function is not None and not getattr(function, "takes_out", hasattr(function, "rules")):
        function = getattr(function, "__wrapped__", None)
    return function is not None


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    caught = ast.unparse(handler.type) if handler.type else "Exception"
    return any(
        n in caught for n in ("ImportError", "ModuleNotFound", "AttributeError", "Exception")
    )
