"""Docstrings: every public function has one, with an example that runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import tinygrad_np

MODULES = sorted(
    m.name
    for m in pkgutil.walk_packages(tinygrad_np.__path__, "tinygrad_np.")
    if not m.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    tinygrad_np.manual_seed(0)
    tinygrad_np.set_printoptions(profile="default")
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def public(module):
    for name in getattr(module, "__all__", []):
        value = getattr(module, name)
        if callable(value) and getattr(value, "__module__", "").startswith("tinygrad_np"):
            yield name, value


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_documented(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    bare = [n for n, value in public(module) if not inspect.getdoc(value)]
    assert not bare


def test_public_functions_have_examples():
    without = sorted(
        {
            f"{value.__module__}.{n}"
            for module in map(importlib.import_module, MODULES)
            for n, value in public(module)
            if inspect.isfunction(value) and ">>>" not in (value.__doc__ or "")
        }
    )
    assert not without, "\n".join(without)
