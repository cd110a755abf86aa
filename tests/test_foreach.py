"""`torch._foreach_*`: loops over lists of tensors."""

import pytest

import tinygrad_np as tg

CALLS = [
    ("add", ("list",), {"alpha": 2}), ("add", (1,), {}), ("add", ([1, 2],), {}),
    ("mul", (0.5,), {}),
    ("div", ("list",), {}), ("sub", ("list",), {"alpha": 2}), ("lerp", ("list", 0.25), {}),
    ("lerp", ("list", [0.25, 0.5]), {}), ("sqrt", (), {}), ("neg", (), {}), ("pow", (2,), {}),
    ("addcdiv", ("list", "list"), {}), ("addcdiv", ("list", "list", 2.0), {}),
    ("addcmul", ("list", "list", [1.0, 2.0]), {}), ("addcmul", ("list", "list"), {"value": 3.0}),
    ("clamp_min", (2.0,), {}), ("maximum", (2.0,), {}), ("minimum", ("list",), {}),
]  # fmt: skip
OTHERS = [("norm", (), {}), ("norm", (1,), {}), ("max", (), {}), ("zero_", (), {})]


def lists(lib):
    return [lib.tensor([1.0, 4.0]), lib.tensor(9.0)], [lib.tensor([2.0, 8.0]), lib.tensor(3.0)]


def called(lib, name, args, params):
    first, second = lists(lib)
    args = [second if a == "list" else a for a in args]
    return getattr(lib, f"_foreach_{name}")(first, *args, **params)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "args", "params"), CALLS + OTHERS)
def test_agrees_with_torch(name, args, params):
    torch = pytest.importorskip("torch")
    for form in (name, f"{name}_") if (name, args, params) in CALLS else (name,):
        assert repr(called(tg, form, args, params)) == repr(called(torch, form, args, params))


def test_what_does_not_fit():
    first, second = lists(tg)
    assert tg._foreach_pow(2, second)[1] == 8
    with pytest.raises(RuntimeError, match=r"same number of tensors, got \[2, 1\]"):
        tg._foreach_add(first, second[:1])
    with pytest.raises(RuntimeError, match="at least one"):
        tg._foreach_add([], 1)
    with pytest.raises(AttributeError, match="_foreach_nonsense"):
        tg._foreach_nonsense  # noqa: B018
