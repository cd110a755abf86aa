"""Every layer and loss of the table in `cases.py`: alone, and beside PyTorch's."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import tinygrad_np as tg
from tests.nn.cases import CASES, LOSSES, Case
from tinygrad_np import nn

STACKS = {"TransformerEncoder", "TransformerDecoder"}  # parts of Transformer
ALL = CASES + LOSSES
every = pytest.mark.parametrize("case", ALL, ids=str)
layers = pytest.mark.parametrize("case", CASES, ids=str)


def values(thing, convert):
    return convert(thing) if isinstance(thing, np.ndarray) else thing


def make(module, case: Case, convert):
    """The layer in float64: `module` is our nn or PyTorch's, `convert` makes its tensors."""
    args = [values(a, convert) for a in case.args]
    kwargs = {k: values(v, convert) for k, v in case.kwargs.items()}
    return getattr(module, case.layer)(*args, **kwargs)


def draw(case: Case):
    random = np.random.default_rng(5)
    return [drawn(random) for drawn in case.inputs]


def arguments(layer):
    """Names and defaults, and whether they may be given by position."""
    return [
        (p.name, None if p.default is p.empty else getattr(p.default, "__name__", p.default))
        + (p.kind,) * (p.kind is p.KEYWORD_ONLY)
        for p in inspect.signature(layer).parameters.values()
    ]


def call(case, layer, arrays, convert):
    """The results, and the leaves whose gradients are compared."""
    inputs = [convert(a) for a in arrays]
    leaves = [x.requires_grad_() for x in inputs[: case.leaves] if x.is_floating_point()]
    given = [x * 1 if x.requires_grad else x for x in inputs]  # for in-place layers
    out = layer(*given)
    return flat(out), leaves + list(layer.parameters())


def flat(out):
    """The tensors of a result, which may be a tuple of tuples."""
    return sum(map(flat, out), ()) if isinstance(out, tuple) else (out,)


def test_table_has_every_layer():
    ours = {
        name
        for name, cls in vars(nn).items()
        if inspect.isclass(cls)
        and issubclass(cls, nn.Module)
        and cls.forward is not nn.Module.forward
        and not name.startswith("Lazy")  # they become others
    }
    apart = {"DataParallel", "Sequential", "RNNBase", "CTCLoss", "SyncBatchNorm", *STACKS}
    apart.add("NLLLoss2d")  # an old name, which warns
    assert ours - apart == {case.layer for case in ALL}


@every
def test_float32_stays_float32_through_copies(case):
    layer = make(nn, case, lambda a: tg.tensor(a.astype(np.float32))).eval()
    again = pickle.loads(pickle.dumps(copy.deepcopy(layer)))
    for one in (layer, again):
        for t in (*one.parameters(), *one.buffers()):
            assert t.dtype != tg.float64
    arrays = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in draw(case)]
    (out, leaves), (out2, _) = (call(case, one, arrays, tg.tensor) for one in (layer, again))
    np.testing.assert_array_equal(out[0].detach().numpy(), out2[0].detach().numpy())
    assert out[0].dtype == tg.float32
    assert repr(again) == repr(layer)
    out[0].sum().backward()
    assert all(leaf.grad is None or leaf.grad.dtype == tg.float32 for leaf in leaves)
    assert any(leaf.grad is not None for leaf in leaves)


@layers
def test_state_goes_out_and_in(case):
    layer, other = make(nn, case, tg.tensor), make(nn, case, tg.tensor)
    for param in layer.parameters():
        nn.init.normal_(param)
    assert repr(other.load_state_dict(layer.state_dict())) == "<All keys matched successfully>"
    for name, value in other.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), layer.state_dict()[name].numpy())


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Using padding='same'", "ignore:enable_nested_tensor")
@every
def test_is_torchs(case):
    import torch

    tg.manual_seed(3)
    torch.manual_seed(3)
    ours, theirs = make(nn, case, tg.tensor), make(torch.nn, case, torch.from_numpy)
    assert repr(ours) == repr(theirs)
    ours_take, theirs_take = (arguments(getattr(lib.nn, case.layer)) for lib in (tg, torch))
    assert ours_take == theirs_take[: len(ours_take)] or ("args", None) in theirs_take
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, want in theirs.state_dict().items():
        got = ours.state_dict()[name]
        assert (tuple(got.shape), repr(got.dtype)) == (tuple(want.shape), repr(want.dtype))
        np.testing.assert_allclose(got.numpy(), want.numpy(), rtol=1e-5, atol=1e-6)

    ours, theirs = ours.double(), theirs.double()
    theirs.load_state_dict({k: torch.from_numpy(v.numpy()) for k, v in ours.state_dict().items()})
    for training in (True, False):
        tg.manual_seed(4)
        torch.manual_seed(4)
        got, leaves = call(case, ours.train(training), draw(case), tg.tensor)
        want, also = call(case, theirs.train(training), draw(case), torch.from_numpy)
        assert len(got) == len(want)
        for g, w in zip(got, want, strict=True):
            assert (tuple(g.shape), repr(g.dtype)) == (tuple(w.shape), repr(w.dtype))
            np.testing.assert_allclose(
                g.detach().numpy(), w.detach().numpy(), rtol=1e-8, atol=1e-11
            )
        seed = np.random.default_rng(6).standard_normal(tuple(want[0].shape))
        for leaf in leaves + also:
            leaf.grad = None
        got[0].backward(tg.tensor(seed))
        want[0].backward(torch.from_numpy(seed))
        for leaf, other in zip(leaves, also, strict=True):
            assert (leaf.grad is None) == (other.grad is None)
            if leaf.grad is not None:
                np.testing.assert_allclose(
                    leaf.grad.numpy(), other.grad.numpy(), rtol=1e-7, atol=1e-10
                )
    for name, want in theirs.state_dict().items():
        np.testing.assert_allclose(
            ours.state_dict()[name].numpy(), want.numpy(), rtol=1e-7, atol=1e-10
        )


def test_sync_batch_norm_is_batch_norm():
    model = tg.nn.Sequential(tg.nn.Conv2d(1, 2, 3), tg.nn.Sequential(tg.nn.BatchNorm2d(2)))
    x = tg.randn(3, 1, 5, 5)
    want = model(x)
    new = tg.nn.SyncBatchNorm.convert_sync_batchnorm(model)
    assert type(new[1][0]) is tg.nn.SyncBatchNorm
    assert tg.equal(new(x), want)
    assert list(new.state_dict()) == list(model.state_dict())


def test_skip_init_uses_no_random_numbers():
    state = tg.get_rng_state()
    layer = tg.nn.utils.skip_init(tg.nn.Linear, 2, 3, bias=False)
    assert layer.weight.shape == (3, 2)
    assert layer.bias is None
    assert tg.equal(tg.get_rng_state(), state)


@pytest.mark.parametrize("dims", [2, 3])
def test_fractional_pooling_shows_a_size_for_each_dimension(dims):
    kind = getattr(nn, f"FractionalMaxPool{dims}d")
    layer = kind(2, output_ratio=0.5)
    assert layer.kernel_size == (2,) * dims
    assert layer.output_size is None
    assert layer.output_ratio == (0.5,) * dims
    assert kind(2, output_size=3).output_size == (3,) * dims


def test_a_convolution_with_another_weight():
    x = tg.rand(1, 2, 5, 5)
    layer = nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular", bias=False)
    assert (layer._conv_forward(x, layer.weight * 2, None) == layer(x) * 2).all()
