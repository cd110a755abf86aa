"""`out=`: results written into tensors that the caller has."""

import math
import warnings

import numpy as np
import pytest

import tinygrad_np as tg

A, B, C = np.arange(4.0).reshape(2, 2) + 1, np.eye(2) * 3, np.array([[1, 0], [0, 1]])
CALLS = {
    "add": (A, B), "sub": (A, B), "mul": (A, B), "div": (A, B), "pow": (A, B), "exp": (A,),
    "abs": (A,), "neg": (A,), "sqrt": (A,), "sigmoid": (A,), "clamp": (A, 1.5, 2.5), "sum": (A, 1),
    "mean": (A, 0), "prod": (A, 1), "max": (A, 1), "min": (A, 0), "sort": (A, 1), "topk": (A, 1),
    "amax": (A, 1), "cumsum": (A, 0), "matmul": (A, B), "mm": (A, B), "mv": (A, A[0]),
    "dot": (A[0], A[1]), "addmm": (A, A, B), "outer": (A[0], A[1]), "eq": (A, B), "gt": (A, B),
    "cat": ((A, B), 1), "stack": ((A, B),), "where": (A > 2, A, B), "tril": (A,), "norm": (A,),
    "index_select": (A, 0, C[0]), "gather": (A, 1, C), "maximum": (A, B), "argmax": (A, 1),
    "log_softmax": (A, 1), "std": (A,), "zeros": (2, 3), "ones": (2, 3), "arange": (5,),
    "linspace": (0, 1, 4), "eye": (3,), "full": ((2,), 7.0), "rand": (2, 3), "randn": (20,),
    "randperm": (5,), "floor_divide": (A, B), "nonzero": (A,), "diag": (A,), "take": (A, C),
    "addcmul": (A, A, B), "square": (A,), "cross": (np.eye(3), np.eye(3) + 1), "kron": (A, B),
}  # fmt: skip


def converted(lib, value):
    if isinstance(value, tuple):
        return tuple(converted(lib, v) for v in value)
    return lib.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def parts(result):
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("name", CALLS)
def test_out_has_the_result_and_is_it(name):
    function, args = getattr(tg, name), converted(tg, CALLS[name])
    tg.manual_seed(0)
    want = parts(function(*args))
    empty = tuple(tg.empty(0, dtype=w.dtype) for w in want)
    full = tuple(tg.zeros_like(w) for w in want)
    for outs in (empty, full):
        memory = [o.data_ptr() for o in outs]
        tg.manual_seed(0)
        got = function(*args, out=outs if len(outs) > 1 else outs[0])
        assert all(g is o for g, o in zip(parts(got), outs, strict=True))
        assert all(tg.equal(o, w) for o, w in zip(outs, want, strict=True))
    assert memory == [o.data_ptr() for o in full]
    assert [o._version for o in full] == [1] * len(full)


def test_views_and_arguments_as_out():
    x = tg.arange(6.0).reshape(2, 3)
    tg.mul(x[0], 10, out=x[1])
    assert x.tolist() == [[0, 1, 2], [0, 10, 20]]
    tg.matmul(x[:, :2], x[:, :2], out=x[:, 1:])
    assert x.tolist() == [[0, 0, 10], [0, 0, 100]]
    y = tg.ones(2)
    assert tg.add(y, 1, out=y) is y
    assert y.tolist() == [2, 2]
    assert tg.add(y, 1, out=None).tolist() == [3, 3]


def test_other_sizes_are_resized_with_a_warning():
    x = tg.zeros(3)
    with pytest.warns(UserWarning, match=r"resized since it had shape \[3\].*shape \[2, 2\]"):
        tg.mm(tg.ones(2, 2), tg.ones(2, 2), out=x)
    assert x.tolist() == [[2, 2], [2, 2]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tg.add(tg.ones(2), 1, out=tg.empty(0, 3))


def test_types_of_numbers():
    double = tg.zeros(2, dtype=tg.float64)
    assert tg.exp(tg.zeros(2), out=double).tolist() == [1, 1]
    assert tg.zeros(2, out=double).dtype == tg.float64
    with pytest.raises(RuntimeError, match=r"float32 can't be cast .* int64"):
        tg.add(tg.ones(2), 1.5, out=tg.zeros(2, dtype=tg.int64))
    with pytest.raises(RuntimeError, match=r"dtype torch.float64 does not match .*float32"):
        tg.zeros(2, dtype=tg.float64, out=tg.zeros(2))


def test_nothing_is_recorded():
    x, leaf = tg.ones(2), tg.ones(2, requires_grad=True)
    for call in (
        lambda: tg.exp(leaf, out=x),
        lambda: tg.add(x, 1, out=leaf),
        lambda: tg.cat([x, leaf], out=tg.empty(0)),
        lambda: tg.mm(leaf[None], x[:, None], out=tg.empty(0)),
        lambda: tg.zeros(2, out=leaf),
    ):
        with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
            call()
    assert x.tolist() == leaf.tolist() == [1, 1]
    with tg.no_grad():
        assert tg.exp(leaf, out=leaf) is leaf
    assert leaf.tolist() == pytest.approx([math.e] * 2)
    assert leaf.is_leaf
    y = leaf * 1
    z = y * y
    with tg.no_grad():
        tg.add(x, 1, out=y)
    with pytest.raises(RuntimeError, match="modified by an inplace"):
        z.sum().backward()


def test_wrong_outs_are_named():
    with pytest.raises(TypeError, match=r"matmul\(\): argument 'out' must be Tensor, not ndarray"):
        tg.matmul(tg.ones(1, 1), tg.ones(1, 1), out=np.ones((1, 1)))
    with pytest.raises(TypeError, match="2 tensors, but out is 1"):
        tg.max(tg.ones(1, 1), 0, out=tg.ones(1))
    with pytest.raises(RuntimeError, match="single memory location"):
        tg.add(tg.ones(2), 1, out=tg.ones(1).expand(2))


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_as_in_torch(name):
    import torch

    results = []
    for lib in (tg, torch):
        lib.manual_seed(3)
        function, args = getattr(lib, name), converted(lib, CALLS[name])
        outs = tuple(lib.zeros(1, dtype=p.dtype) for p in parts(function(*args)))
        lib.manual_seed(3)
        got = function(*args, out=outs if len(outs) > 1 else outs[0])
        results.append([(repr(g.dtype), g.numpy()) for g in parts(got)])
    for (ours, a), (theirs, b) in zip(*results, strict=True):
        assert ours == theirs
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_what_does_not_fit_leaves_out_as_it_is():
    out = tg.tensor([1, 2, 3])
    with pytest.raises(RuntimeError, match="can't be cast"):
        tg.exp(tg.ones(2), out=out)
    assert out.tolist() == [1, 2, 3]
