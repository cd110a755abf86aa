"""Run a script, module or notebook with PyTorch's names, as if Python ran it."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import json
import linecache
import os
import sys
import traceback
import types
from collections.abc import Iterator
from typing import Any

from tinygrad_np.launch import finder

__all__ = ["cells", "run"]


def run(target: str, args: list[str], *, kind: str = "script") -> None:
    """Run a program as `__main__`.

    Parameters
    ----------
    target : str
        The path of a script or notebook, ``-`` for a program from stdin, the name of a module, or
        code: as `kind` says.
    args : list of str
        What the program sees as ``sys.argv[1:]``.
    kind : {'script', 'module', 'code'}
    """
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.argv = [target, *args]
    if kind == "module":
        spec = _module_spec(target)
        main.__spec__, main.__loader__, main.__file__ = spec, spec.loader, spec.origin
        main.__package__ = spec.parent
        sys.argv[0] = spec.origin or target
        codes: Any = [spec.loader.get_code(spec.name)]  # type: ignore[union-attr]
    elif kind == "code" or target == "-":
        text = target if kind == "code" else sys.stdin.read()
        sys.argv[0] = "-c" if kind == "code" else "-"
        sys.path[0] = ""
        codes = [compile(text, "<string>" if kind == "code" else "<stdin>", "exec")]
    else:
        path = os.path.abspath(target)
        if os.path.isdir(path):
            sys.path[0], path = path, os.path.join(path, "__main__.py")
        else:
            sys.path[0] = os.path.dirname(os.path.realpath(path))
        if not os.path.exists(path):
            print(f"tinygrad_np: can't open file {path!r}: there is no such file", file=sys.stderr)
            sys.exit(2)
        main.__file__ = path
        if path.endswith(".ipynb"):
            codes = _notebook(path)
        else:
            main.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
            codes = _script(path)
    sys.modules["__main__"] = main
    try:
        for code in codes:
            exec(code, main.__dict__)
    except BaseException as error:
        _hide_frames(error)
        raise


def cells(path: str) -> Iterator[tuple[int, str, list[str]]]:
    """The code cells of a notebook: number, source as Python, and the lines left out.

    Lines for the shell (``!``) and for IPython (``%``) become ``pass``; a cell in another
    language (``%%bash``) becomes empty.
    """
    with open(path, encoding="utf-8") as file:
        notebook = json.load(file)
    sheets = notebook.get("worksheets") or [notebook]  # the form before 2015 has sheets
    code = [c for s in sheets for c in s["cells"] if c["cell_type"] == "code"]
    for number, cell in enumerate(code, 1):
        source = cell.get("source", cell.get("input", ""))
        lines = ("".join(source) if isinstance(source, list) else source).split("\n")
        skipped = []
        if lines[0].startswith("%%"):
            skipped.append(lines[0])
            timed = lines[0].split()[0] in ("%%time", "%%timeit", "%%capture", "%%prun")
            lines = ["pass", *(lines[1:] if timed else ())]
        for i, line in enumerate(lines):
            bare = line.lstrip()
            if bare.startswith(("%", "!", "?")) and not _continues(lines[:i]):
                skipped.append(bare)
                lines[i] = line[: len(line) - len(bare)] + "pass"
        yield number, "\n".join(lines), skipped


def _continues(lines: list[str]) -> bool:
    """Whether the next line is inside a bracket or string that these lines open."""
    try:
        ast.parse("\n".join(lines))
    except SyntaxError as error:
        return "was never closed" in str(error.msg) or "unterminated triple" in str(error.msg)
    return False


def _notebook(path: str) -> Iterator[types.CodeType]:
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        os.environ.setdefault("MPLBACKEND", "agg")
    sys.excepthook = traceback.print_exception  # Python's own shows no lines of cells
    for number, source, skipped in cells(path):
        for line in skipped:
            print(f"{os.path.basename(path)}, cell {number}: skipped {line}", file=sys.stderr)
        name = f"{path}, cell {number}"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        tree = ast.parse(source, name)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
            tree.body.pop()
            yield compile(tree, name, "exec")
            yield compile(ast.Interactive([last]), name, "single")  # shows its value
        else:
            yield compile(tree, name, "exec")


def _script(path: str) -> Iterator[types.CodeType]:
    with open(path, "rb") as file:
        source = file.read()
    yield compile(source, path, "exec")


def _module_spec(name: str) -> importlib.machinery.ModuleSpec:
    """What Python would run for ``-m name``; exits with Python's words if that is nothing."""
    sys.path[0] = os.getcwd()
    hint = ""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            hint = f"; {name!r} is a package and cannot be directly executed"
            name += ".__main__"
            spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        sys.exit(
            f"tinygrad_np: Error while finding module specification for {name!r} "
            f"({type(error).__name__}: {error})"
        )
    if spec is None or spec.loader is None:
        sys.exit(f"tinygrad_np: No module named {name}{hint}")
    if getattr(spec.loader, "get_code", lambda _: None)(name) is None:
        sys.exit(f"tinygrad_np: No code object available for {name}")
    return spec


def _hide_frames(error: BaseException) -> None:
    """Leave the launcher's frames out of the traceback that ends the program."""
    trace, hook = error.__traceback__, sys.excepthook
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    last = trace
    while last is not None and last.tb_next is not None:  # an import that failed in the hook
        if last.tb_next.tb_frame.f_code.co_filename == finder.__file__:
            last.tb_next = None
        last = last.tb_next

    def show(kind: Any, value: Any, _: Any) -> None:
        value.__traceback__ = trace
        hook(kind, value, trace)

    sys.excepthook = show
