"""Element types: their limits, the rules for mixing them, the questions about them."""

import copy
import itertools
import pickle

import numpy as np
import pytest

import tinygrad_np as tg

FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8"]
NAMES = ["bool", *INTEGERS, *FLOATS]
ALIASES = {"half": "float16", "float": "float32", "double": "float64", "short": "int16",
           "int": "int32", "long": "int64"}  # fmt: skip


def test_names():
    for alias, name in ALIASES.items():
        assert getattr(tg, alias) is getattr(tg, name)
    for name in [*NAMES, "uint16", "uint32", "uint64"]:
        d = getattr(tg, name)
        assert repr(d) == f"torch.{name}"
        assert d == np.dtype(name)
        assert hash(d) == hash(np.dtype(name))
        assert np.zeros(1, d).dtype == name
        assert pickle.loads(pickle.dumps(d)) is d
        assert copy.deepcopy(d) is d
        assert isinstance(d, tg.dtype)
    assert tg.float32 != "no type"
    assert tg.float64 != None  # noqa: E711
    assert tg.float32.is_floating_point
    assert not tg.float32.is_complex
    assert not tg.uint8.is_signed
    assert tg.int16.itemsize == 2


@pytest.mark.torch
def test_limits():
    import torch

    for name in FLOATS:
        ours, theirs = tg.finfo(getattr(tg, name)), torch.finfo(getattr(torch, name))
        assert repr(ours) == repr(theirs)
        for field in (
            "bits",
            "eps",
            "max",
            "min",
            "tiny",
            "smallest_normal",
            "resolution",
            "dtype",
        ):
            assert getattr(ours, field) == getattr(theirs, field)
    for name in INTEGERS:
        ours, theirs = tg.iinfo(getattr(tg, name)), torch.iinfo(getattr(torch, name))
        for field in ("bits", "max", "min", "dtype"):
            assert getattr(ours, field) == getattr(theirs, field)
    assert repr(tg.iinfo(tg.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    assert tg.finfo() == tg.finfo(tg.float32) != tg.finfo(tg.float64)
    assert {tg.finfo(), tg.finfo(tg.float32), tg.iinfo(tg.int8), tg.iinfo(tg.int8)} == {
        tg.finfo(), tg.iinfo(tg.int8)
    }  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize(("a", "b"), [*itertools.product(NAMES, NAMES)])
def test_mixing(a, b):
    import torch

    def ask(t):
        x, y = getattr(t, a), getattr(t, b)
        return [
            t.promote_types(x, y),
            t.can_cast(x, y),
            t.result_type(t.ones(1, dtype=x), t.ones(1, dtype=y)),
            t.result_type(t.ones(1, dtype=x), t.ones((), dtype=y)),
            t.result_type(t.ones((), dtype=x), t.ones((), dtype=y)),
            t.result_type(t.ones(1, dtype=x), 1.5),
            t.result_type(2, t.ones((), dtype=y)),
            t.result_type(t.ones(1, dtype=x), True),
            t.result_type(1, 2.5),
        ]

    assert list(map(repr, ask(tg))) == list(map(repr, ask(torch)))


def test_questions():
    t = tg.ones(2, 3)
    assert tg.is_tensor(t)
    assert not tg.is_tensor(t.numpy())
    assert tg.is_floating_point(t)
    assert not tg.is_floating_point(tg.tensor([1]))
    assert not tg.is_complex(t)
    assert tg.numel(t) == 6
    assert tg.is_nonzero(tg.tensor([2]))
    with pytest.raises(RuntimeError, match="6 values"):
        tg.is_nonzero(t)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tg.finfo(tg.int8), "int8.*iinfo"),
        (lambda: tg.iinfo(tg.float32), "float32.*finfo"),
        (lambda: tg.iinfo(tg.bool), "bool"),
        (lambda: tg.set_default_dtype(tg.int32), "int32"),
        (lambda: tg.set_default_dtype("no type"), "no type"),
        (lambda: tg.zeros(1, dtype="no type"), "no type"),
        (lambda: tg.zeros(1, dtype=np.longdouble), "longdouble|float128.*float32"),
        (lambda: tg.is_floating_point(3), "int"),
        (lambda: tg.numel([1]), "list"),
        (lambda: tg.result_type("a", 1), "str"),
    ],
)
def test_wrong_arguments(call, words):
    with pytest.raises(TypeError, match=words):
        call()
    assert tg.get_default_dtype() == tg.float32


def test_bfloat16_is_a_name_alone():
    assert repr(tg.bfloat16) == "torch.bfloat16"
    assert tg.bfloat16.is_floating_point
    assert tg.bfloat16 == pickle.loads(pickle.dumps(tg.bfloat16))
    assert tg.bfloat16 not in (tg.float16, tg.float32, np.float32)
    for use in (
        lambda: tg.zeros(2, dtype=tg.bfloat16),
        lambda: tg.tensor([1.0], dtype=tg.bfloat16),
        lambda: tg.ones(2).to(tg.bfloat16),
    ):
        with pytest.raises(TypeError, match="no bfloat16: use float32, or float16"):
            use()
