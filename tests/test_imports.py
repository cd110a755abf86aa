"""The order of the house: a folder imports only from those above it; and what an import costs."""

import ast
import pathlib
import subprocess
import sys

import pytest

import tinygrad_np

ROOT = pathlib.Path(tinygrad_np.__file__).parent
ORDER = [
    "_C", "version", "kernels", "dtypes", "formats", "size", "device", "onnx",
    "profiler", "switches", "__future__", "futures", "return_types", "generator", "tape", "ops",
    "distributed", "amp", "cuda", "cpu", "mps", "xpu",
    "accelerator", "backends", "conversion", "layout", "sparse", "creation", "new", "storage",
    "strides", "interop", "formatting", "methods", "hooks", "subclasses", "tensor", "legacy",
    "queries", "_utils", "overrides", "random", "quasirandom", "linalg", "fft", "special",
    "windows", "signal", "autograd", "nn", "func",
    "multiprocessing", "distributions", "optim", "replay", "compiler", "archive", "serialization",
    "fx", "hub", "jit", "types", "utils", "vision", "testing", "launch", "__config__",
    "as_torch", "foreach",
]  # fmt: skip


def part(name):
    """The part of the house that a module path belongs to."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def run_time_imports(tree):
    """(line, module) of every import but those for type checkers."""

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield child.lineno, alias.name
            elif isinstance(child, ast.ImportFrom):
                if child.module == "tinygrad_np":
                    for alias in child.names:
                        yield child.lineno, f"tinygrad_np.{alias.name}"
                else:
                    yield child.lineno, child.module or ""
            yield from visit(child)

    return visit(tree)


def test_each_part_imports_only_from_those_above_it():
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        own = path.relative_to(ROOT).with_suffix("").parts[0]
        if own in ("__init__", "__main__"):
            continue
        assert own in ORDER, f"{own}: give it a place in the order of the house"
        for line, module in run_time_imports(ast.parse(path.read_text())):
            other = part(module)
            if not module.startswith("tinygrad_np") or not other or other not in ORDER:
                continue
            if ORDER.index(other) > ORDER.index(own):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {other}")
    assert not wrong, "\n".join(wrong)


def test_nothing_slow_is_imported():
    code = "import sys, tinygrad_np; print(*sorted(m for m in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    slow = {"scipy", "matplotlib", "tqdm", "hypothesis", "pytest", "PIL", "torch", "asyncio",
            "multiprocessing", "http", "urllib.request", "ssl"}  # fmt: skip
    assert not slow & set(loaded)


@pytest.mark.parametrize(
    "name", ["cuda", "nn", "optim", "utils.data", "vision", "autograd", "nn.functional"]
)
def test_parts_are_reached_as_in_pytorch(name):
    value = tinygrad_np
    for piece in name.split("."):
        value = getattr(value, piece)
    assert value.__name__ == f"tinygrad_np.{name}"


def test_files_can_be_read_in_one_sitting():
    long = {
        str(p.relative_to(ROOT)): n
        for p in ROOT.rglob("*.py")
        if (n := len(p.read_text().splitlines())) > 450
    }
    assert not long
