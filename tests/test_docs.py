"""Docstrings: every public function has one, with an example that runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import tinygrad_np
from tinygrad_np.launch.api import ROOMS

MODULES = sorted(
    m.name
    for m in pkgutil.walk_packages(tinygrad_np.__path__, "tinygrad_np.")
    if not m.name.endswith(("__main__", "as_torch"))  # which would take PyTorch's place
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    tinygrad_np.manual_seed(0)
    tinygrad_np.set_printoptions(profile="default")
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def public():
    """(where, name, value) of the functions and classes that users call."""
    for place in ROOMS:
        if place == ".Tensor":
            continue
        module = importlib.import_module(f"tinygrad_np{place}")
        for name in getattr(module, "__all__", None) or dir(module):
            value = getattr(module, name)
            if name.startswith("_") or not callable(value):
                continue
            if getattr(value, "__module__", "").startswith("tinygrad_np"):
                yield place, name, value


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_documented(name):
    if not importlib.import_module(name).__doc__:
        pytest.fail(f"{name} has no docstring")


def test_public_names_are_documented():
    bare = {f"{place}.{name}" for place, name, value in public() if not inspect.getdoc(value)}
    assert not bare, "\n".join(sorted(bare))


def test_public_functions_have_examples():
    without = {
        f"{value.__module__}.{name}"
        for _, name, value in public()
        if inspect.isfunction(value)
        and ">>>" not in (value.__doc__ or "")
        and not name.endswith("_")  # the form in place of a function that has one
    }
    assert not without, "\n".join(sorted(without))
