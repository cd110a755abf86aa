"""One program, run by tinygrad_np and by PyTorch: the same results, gradients and errors."""

import warnings

import numpy as np

import tinygrad_np as tg


def arrays(*shapes, dtype=np.float64):
    """Arrays of distinct values."""
    return [
        np.random.default_rng(i)
        .permutation(np.arange(1.0, 1 + np.prod(s)))
        .reshape(s)
        .astype(dtype)
        for i, s in enumerate(shapes)
    ]


def run(lib, program, values):
    """The results of a program on tensors of these values, and its gradients of the floats."""
    make = lib.tensor if lib is tg else lib.from_numpy
    tensors = [make(v.copy()) for v in values]
    leaves = [t.requires_grad_() for t in tensors if t.is_floating_point()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = program(lib, *tensors)
        results = list(results) if isinstance(results, (tuple, list)) else [results]
        live = [r for r in results if r.requires_grad]
        gradients = []
        if live:
            loss = sum((r * r).sum() for r in live)
            gradients = lib.autograd.grad(loss, leaves, allow_unused=True)
    return [r.detach() for r in results], gradients


def same(program, *values):
    """The program gives in both libraries the same values, shapes, dtypes and gradients."""
    import torch

    ours, theirs = run(tg, program, values), run(torch, program, values)
    for got, want in zip(ours, theirs, strict=True):
        for g, w in zip(got, want, strict=True):
            if g is None or w is None:
                # a gradient of zeros may be left out
                assert not np.any((g if w is None else w) is not None and (g or w).numpy())
                continue
            assert tuple(g.shape) == tuple(w.shape)
            assert repr(g.dtype) == repr(w.dtype)
            np.testing.assert_allclose(g.numpy(), w.numpy(), rtol=1e-12)


def error(lib, program, values):
    """The error that a program raises; None if it runs through."""
    try:
        run(lib, program, values)
    except Exception as raised:
        return raised
    return None


def same_error(program, *values, says=()):
    """The program fails in both libraries, with the same type; our message says these words."""
    import torch

    ours, theirs = error(tg, program, values), error(torch, program, values)
    assert theirs is not None, "PyTorch accepts this"
    assert ours is not None, f"PyTorch raises {theirs!r}"
    assert isinstance(ours, type(theirs)), (ours, theirs)
    for word in says:
        assert word in str(ours), (word, str(ours))
