"""Where the elements of results lie in memory: as in PyTorch, since views depend on it."""

import copy
from typing import Any

import pytest

import tinygrad_np as tg
from tinygrad_np.kernels import layout

# Arguments of shape (2, 3, 4), made of 24 numbers or of 4.
ARGUMENTS = {
    "contiguous": "m.arange(24.0).reshape(2, 3, 4)",
    "transposed": "m.arange(24.0).reshape(2, 4, 3).transpose(1, 2)",
    "permuted": "m.arange(24.0).reshape(4, 2, 3).permute(1, 2, 0)",
    "reversed": "m.arange(24.0).reshape(4, 3, 2).permute(2, 1, 0)",
    "spaced": "m.arange(48.0).reshape(2, 3, 8)[:, :, ::2]",
    "expanded": "m.arange(4.0).expand(2, 3, 4)",
}
# In the layout of the argument, where that has no gaps.
ALIKE = [
    "x * 2", "x.relu()", "x.clone()",
    "x.double()", "x.long()", "x > 3", "x.abs().sqrt_()", "F.gelu(x)",
    "F.silu(x)", "F.dropout(x, 0.5)", "m.where(x > 3, x, x * 2)",
    "x.nan_to_num()", "x.flip(0)", "m.empty_like(x)", "m.zeros_like(x)", "m.ones_like(x)",
    "m.full_like(x, 2)", "m.rand_like(x)", "x + m.ones(4)", "m.tensor(x.numpy())",
    "x + m.ones(2, 3, 4)", "x - x.mean(1, keepdim=True)", "m.maximum(x, m.ones(2, 3, 4))",
    "m.where(x > 3, m.ones(2, 3, 4), x)", "x.lerp(m.ones(2, 3, 4), 0.5)", "x > m.ones(2, 3, 4)",
    "gradient(m, lambda y: (y * 2).sum(), x)",
    "gradient(m, lambda y: (y.transpose(0, 1) * m.ones(3, 2, 4)).sum(), x)",
]  # fmt: skip
# In the order of the indices, whatever the layout of the argument.
IN_ORDER = [
    "x.softmax(-1)", "x.log_softmax(1)", "m.cat([x, x])", "m.cat([x, x], -1)", "m.stack([x, x], 1)",
    "x.sum(0)", "x.mean(1)", "x.amax(1)", "x.prod(1)", "x.var(0)", "x.std(1)", "x.norm(dim=0)",
    "x.logsumexp(1)", "x.cumsum(0)", "x.cumprod(1)", "x.logcumsumexp(1)", "x.roll(1, 0)",
    "x.repeat(1, 1, 1)",
    "x.repeat_interleave(2, 1)", "x.index_select(1, m.tensor([0, 1]))", "x.contiguous()",
    "x.quantile(0.5, 0)", "F.one_hot(x.long(), 50)", "F.layer_norm(x, (4,))", "x.tril()",
    "F.batch_norm(x, None, None, training=True)", "F.batch_norm(x, m.zeros(3), m.ones(3))",
    "F.max_pool1d(x, 2)", "x @ m.ones(4, 5)",
    "F.interpolate(x, scale_factor=2)", "F.conv1d(x, m.ones(5, 3, 2))", "F.pad(x, (1, 1))",
    "F.cosine_similarity(x, x, dim=1)", "x.masked_fill(x > 3, 0)",
    "m.einsum('bij,bij->ij', x, x)", "F.linear(x, m.ones(5, 4))",
]  # fmt: skip


def gradient(module: Any, function: Any, x: Any) -> Any:
    leaf = copy.deepcopy(x).requires_grad_()
    function(leaf).backward()
    return leaf.grad


def result(program: str, argument: str, module: Any) -> Any:
    x = eval(ARGUMENTS[argument], {"m": module})
    names = {"m": module, "F": module.nn.functional, "x": x, "gradient": gradient}
    return eval(program, names)


def steps(tensor: Any) -> list[int]:
    """The strides of dimensions that are longer than 1."""
    return [s for s, n in zip(tensor.stride(), tensor.shape, strict=True) if n > 1]


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize("program", IN_ORDER)
def test_in_order(program: str, argument: str) -> None:
    out = result(program, argument, tg)
    assert out.is_contiguous()
    assert out.view(-1).shape == (out.numel(),)


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize("program", ALIKE)
def test_alike(program: str, argument: str) -> None:
    x, out = result("x", argument, tg), result(program, argument, tg)
    if argument in ("spaced", "expanded"):
        assert out.is_contiguous()
    else:
        assert steps(out) == steps(x)


@pytest.mark.torch
@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize("program", [*ALIKE, *IN_ORDER, "x[:, [0, 1]].sum(0)", "x[:, [0, 1]]"])
def test_strides_are_pytorchs(program: str, argument: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = result(program, argument, tg), result(program, argument, torch)
    if program == "x[:, [0, 1]]" and not theirs.is_contiguous():
        pytest.skip("what arrays pick out of a permuted tensor is in order here")
    assert steps(ours) == steps(theirs)


def test_a_copy_of_what_was_expanded_can_be_viewed() -> None:
    for out in (tg.ones(4).expand(2, 3, 4).clone(), tg.ones(2, 1).expand(2, 5).double()):
        assert out.view(-1).shape == (out.numel(),)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float32"])
def test_what_was_expanded_and_promoted_can_be_viewed(dtype: str) -> None:
    x = tg.ones(2, 4).to(getattr(tg, dtype)).expand(3, 2, 4)
    for out in (x * 1.5, x / 2, x.exp(), x == 1.0, x + x.double(), tg.where(x > 0, x, 2.5)):
        assert out.is_contiguous()
        assert out.view(6, 4).shape == (6, 4)


def test_ravel_is_a_view_of_what_is_in_order_alone() -> None:
    x = tg.zeros(2, 3)
    x[1].ravel()[0] = 1
    x[:, 2:].ravel()[0] = 2
    assert x.tolist() == [[0, 0, 0], [1, 0, 0]]


def test_attention_can_be_viewed() -> None:
    q, k, v = (x.view(2, 5, 2, 4).transpose(1, 2) for x in tg.rand(2, 5, 24).chunk(3, -1))
    attend = tg.nn.functional.scaled_dot_product_attention
    out = attend(q, k, v)
    joined = out.transpose(1, 2).view(2, 5, 8)
    assert tg.equal(joined[:, :, :4], out[:, 0])
    assert attend(q.contiguous(), k, v).is_contiguous()
    assert attend(tg.rand(2, 5, 4, 2).permute(0, 3, 1, 2), k, v).is_contiguous()


def test_elementwise_results_can_be_turned_back_and_viewed() -> None:
    x = tg.rand(2, 3, 4)
    assert tg.equal((x.transpose(1, 2) + 1).transpose(1, 2).view(6, 4), (x + 1).view(6, 4))


def test_a_view_of_a_picked_copy_changes_it() -> None:
    a = tg.zeros(2, 3, 4)[:, [0, 1]]
    a.flatten().fill_(1)
    assert a.sum() == 16


def test_contiguous_copies_what_was_transposed() -> None:
    y = tg.zeros(2, 3, 4).transpose(1, 2) * 2
    y.contiguous()[0, 0, 0] = 99
    assert y[0, 0, 0] == 0


def test_channels_last_is_not_shown() -> None:
    images = tg.nn.functional.conv2d(tg.rand(2, 3, 8, 8), tg.rand(4, 3, 3, 3))
    assert layout.last(images._array)
    assert images.is_contiguous()
    assert images.view(-1).shape == (images.numel(),)
    more = tg.nn.functional.conv2d(tg.rand(2, 3, 8, 8), tg.rand(4, 3, 3, 3))
    same = more.contiguous()
    same.zero_()
    assert not more.any()


def test_sampled_images_can_be_viewed() -> None:
    out = tg.nn.functional.grid_sample(
        tg.ones(2, 3, 4, 4), tg.zeros(2, 2, 2, 2), align_corners=False
    )
    assert out.view(-1).shape == (out.numel(),)


def test_the_gradient_has_the_layout_of_its_leaf() -> None:
    w = tg.rand(3, 4, requires_grad=True)
    (tg.rand(2, 4) @ w.t()).sum().backward()
    assert w.grad is not None
    assert w.grad.view(-1).shape == (12,)
