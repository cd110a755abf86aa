"""Dropout: its noise is PyTorch's, stays the same in every gradient, and follows the layout."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import same, same_error
from tinygrad_np.nn import functional as F

NAMES = {
    "dropout": (3, 4),
    "dropout1d": (3, 4, 2),
    "dropout2d": (2, 3, 4, 2),
    "dropout3d": (2, 3, 2, 2, 2),
    "alpha_dropout": (3, 4),
    "feature_alpha_dropout": (3, 4, 2),
}
every = pytest.mark.parametrize("name", NAMES)


def call(lib, name, *args):
    lib.manual_seed(3)
    return getattr(lib.nn.functional, name)(*args)


@pytest.mark.torch
@every
@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("training", [True, False])
def test_the_noise_is_pytorchs(name, p, training):
    x = np.random.default_rng(0).standard_normal(NAMES[name])
    same(lambda lib, x: call(lib, name, x, p, training), x)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["dropout2d", "dropout3d"])
@pytest.mark.parametrize("shape", [(4, 3), (5, 4, 3), (2, 3, 4, 3), (2, 3, 4, 2, 2)])
def test_channels_of_other_shapes(name, shape):
    same(lambda lib, x: call(lib, name, x, 0.5), np.ones(shape))


@pytest.mark.torch
def test_channels_of_one_example():
    same(lambda lib, x: call(lib, "dropout1d", x, 0.5), np.ones((6, 3)))


@every
def test_float32_stays_float32(name):
    x = tg.ones(NAMES[name], requires_grad=True)
    out = call(tg, name, x, 0.3, True)
    assert out.dtype is tg.float32
    out.sum().backward()
    assert x.grad.dtype is tg.float32


@every
@pytest.mark.parametrize("p", [0.3, 1.0])
def test_inplace(name, p):
    x = tg.ones(NAMES[name])
    want = call(tg, name, x, p, True)
    assert call(tg, name, x, p, True, True) is x
    assert tg.equal(x, want)


def test_inplace_on_the_tape():
    leaf = tg.ones(100, requires_grad=True)
    x = leaf * 2
    F.dropout(x, 0.5, inplace=True)
    x.sum().backward()
    assert tg.equal(leaf.grad, x.detach())
    with pytest.raises(RuntimeError, match="leaf"):
        F.dropout(leaf, 0.5, inplace=True)


def test_nothing_to_do_gives_the_input_itself():
    x = tg.ones(3)
    assert F.dropout(x, 0.5, training=False) is x
    assert F.dropout(x, 0.0) is x
    assert F.alpha_dropout(x) is x


@pytest.mark.torch
@pytest.mark.parametrize("name", ["dropout2d", "dropout3d", "feature_alpha_dropout"])
@pytest.mark.filterwarnings("ignore:dropout")
def test_shapes_count_only_where_there_is_something_to_do(name):
    same(lambda lib, x: call(lib, name, x, 0.5, False), np.ones(3))
    same(lambda lib, x: call(lib, name, x, 0.0, True), np.ones(3))


@pytest.mark.torch
@pytest.mark.parametrize("p", [0.3, 0.45, 0.9])
def test_float16_is_divided_as_float32(p):
    x = np.random.default_rng(0).standard_normal(100).astype(np.float16)
    same(lambda lib, x: call(lib, "dropout", x.detach(), p), x)


def test_layout_is_kept_and_does_not_show():
    x = tg.ones(2, 4, 5, 3).permute(0, 3, 1, 2).clone()  # as convolutions lay out what they make
    got = call(tg, "dropout", x)
    assert got._array.strides == x._array.strides
    assert tg.equal(got, call(tg, "dropout", x.contiguous()))


def test_alpha_dropout_keeps_mean_and_variance():
    tg.manual_seed(0)
    out = F.alpha_dropout(tg.randn(100_000), 0.3, training=True)
    assert out.mean().item() == pytest.approx(0, abs=0.02)
    assert out.var().item() == pytest.approx(1, abs=0.02)


@pytest.mark.torch
def test_errors():
    for p in (-0.1, 1.1):
        for name, shape in NAMES.items():
            same_error(
                lambda lib, x, n=name, p=p: call(lib, n, x, p, True), np.ones(shape), says=[str(p)]
            )
    same_error(lambda lib, x: call(lib, "dropout", x), np.ones(3, int), says=["int64", ".float()"])
    same_error(lambda lib, x: call(lib, "dropout1d", x), np.ones(3), says=["[3]"])
    same_error(
        lambda lib, x: call(lib, "feature_alpha_dropout", x, 0.5, True), np.ones(3), says=["[3]"]
    )


@pytest.mark.parametrize(("name", "shape"), [("dropout2d", (2, 3)), ("dropout3d", (2, 3, 4))])
def test_unusual_shapes_warn(name, shape):
    with pytest.warns(UserWarning, match=str(list(shape)).replace("[", r"\[")):
        call(tg, name, tg.ones(shape))
