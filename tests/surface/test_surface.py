"""PyTorch's names by use: a snippet each, run by this package and, where it is, by PyTorch.

The tables hold the names that public scripts use, and beside each a few lines that use it the way
people do, with its overloads and the keywords that they pass. What the last line gives is
compared: values, dtypes, shapes, types of errors; a warning that only one of the two gives is an
error, too.
"""

from __future__ import annotations

import ast
import pathlib
import textwrap
import warnings

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.launch.check import resolve

START = """
nn, F, optim, data = torch.nn, torch.nn.functional, torch.optim, torch.utils.data
torch.manual_seed(0)
x = torch.tensor([[1.0, -2.0, 3.0], [4.0, 0.5, -6.0]])
v = torch.tensor([0.5, 2.0, 1.0])
n = torch.tensor([[3, 1, 2], [0, 5, 4]])
m = torch.tensor([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
words = torch.tensor([[1, 2, 0], [2, 1, 2]])
image = torch.randn(2, 3, 8, 8)
net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))

def steps(make):  # what an optimizer makes of x
    p = nn.Parameter(x.clone())
    o = make([p])
    for _ in range(3):
        o.zero_grad()
        (p.sin() * m[:2]).sum().backward()
        o.step()
    return p.data

def rates(make):  # the learning rates that a schedule gives
    o = optim.SGD([w], lr=1.0)
    s = make(o)
    found = []
    for _ in range(5):
        found.append(o.param_groups[0]["lr"])
        o.step()
        s.step()
    return found
"""


def table(name):
    """What a file says about each symbol: the rest of its line, and the indented lines below."""
    symbol = ""
    found = {}
    for line in (pathlib.Path(__file__).parent / f"{name}.txt").read_text().splitlines():
        if line.startswith(" "):
            found[symbol] += line + "\n"
        elif line and not line.startswith("#"):
            symbol, _, rest = line.partition(" ")
            assert symbol not in found, symbol
            found[symbol] = rest.strip() + "\n" if rest else ""
    return {symbol: textwrap.dedent(text) for symbol, text in found.items()}


TABLES = ("tensor", "functions", "layers", "training", "others")
SNIPPETS = {symbol: code for name in TABLES for symbol, code in table(name).items()}
KEYWORDS = table("keywords")
ALONE = {"torch.compile": "PyTorch's needs a compiler, and turns off what distributions check"}
OWNERS = {
    "Distribution": tg.distributions.Distribution,
    "LRScheduler": tg.optim.lr_scheduler.LRScheduler,
    "Module": tg.nn.Module,
    "Optimizer": tg.optim.Optimizer,
    "Tensor": tg.Tensor,
}
OF_INSTANCES = {
    "Module.training", "Optimizer.param_groups", "ctx.save_for_backward", "ctx.saved_tensors"
}  # fmt: skip


def raises(call):
    """The type of the error that a call raises."""
    try:
        call()
    except Exception as error:
        return type(error).__name__.lstrip("_")
    return "no error"


def ignore(*kinds):
    for kind in kinds:
        warnings.simplefilter("ignore", kind)


def run(code, torch):
    """The value of the last line of a snippet."""
    space = {"torch": torch, "np": np, "raises": raises, "ignore": ignore}
    tree = ast.parse(code)
    last = tree.body.pop()
    with warnings.catch_warnings():
        exec(START, space)
        exec(compile(tree, "snippet", "exec"), space)
        return eval(compile(ast.Expression(last.value), "snippet", "eval"), space)


def plain(value):
    """A value of either package as what can be compared."""
    kind = type(value).__name__
    if kind in ("Tensor", "Parameter"):
        return kind, str(value.dtype), tuple(value.shape), value.requires_grad, value.tolist()
    if isinstance(value, np.ndarray):
        return kind, str(value.dtype), value.shape, value.tolist()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [kind if kind in ("list", "Size") else "tuple", *map(plain, value)]
    if kind == "device" or str(value).startswith("torch."):
        return str(value)
    return value


def same(ours, theirs):
    if isinstance(ours, float) and isinstance(theirs, float):
        return ours == theirs or bool(np.isclose(ours, theirs, 2e-5, 2e-6, equal_nan=True))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(v, theirs[k]) for k, v in ours.items())
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs


@pytest.mark.parametrize("symbol", SNIPPETS)
def test_it_runs(symbol):
    run(SNIPPETS[symbol], tg)


@pytest.mark.torch
@pytest.mark.parametrize("symbol", [s for s in SNIPPETS if s not in ALONE])
def test_it_does_what_pytorch_does(symbol):
    import torch

    ours, theirs = (plain(run(SNIPPETS[symbol], module)) for module in (tg, torch))
    assert same(ours, theirs), f"\nours:    {ours}\nPyTorch: {theirs}"


@pytest.mark.parametrize("symbol", KEYWORDS)
def test_every_keyword_that_people_pass_is_passed(symbol):
    calls = [n for n in ast.walk(ast.parse(SNIPPETS[symbol])) if isinstance(n, ast.Call)]
    assert set(KEYWORDS[symbol].split()) <= {k.arg for call in calls for k in call.keywords}


def there_is(symbol):
    owner, _, name = symbol.partition(".")
    if owner in OWNERS:
        return hasattr(OWNERS[owner], name)
    place = resolve(symbol.rpartition(".")[0])
    return resolve(symbol) is not None or hasattr(place, symbol.rpartition(".")[2])


def test_every_name_with_a_snippet_is_there():
    assert {s for s in SNIPPETS if not there_is(s)} <= OF_INSTANCES
