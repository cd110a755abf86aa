"""Every op, held to the table in `opinfo.py`."""

import functools
import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import Constant, OpInfo, Sample, all_rows
from tinygrad_np.tape.op import REGISTRY
from tinygrad_np.tensor import Tensor

ROWS = all_rows()
every = pytest.mark.parametrize("row", ROWS, ids=str)
smooth = pytest.mark.parametrize("row", [r for r in ROWS if r.smooth], ids=str)


def is_float(value):
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def tensors(args, requires_grad=False, dtypes=None):
    """The arrays among the arguments as Tensors on memory of their own."""
    result = []
    for i, a in enumerate(args):
        if isinstance(a, (list, tuple)) and a and isinstance(a[0], np.ndarray):
            result.append(type(a)(tensors(a, requires_grad)))
        elif isinstance(a, np.ndarray):
            array = a.copy() if dtypes is None or not is_float(a) else a.astype(dtypes[i])
            learns = is_float(a) and not isinstance(a, Constant)
            result.append(tg.tensor(np.asarray(array), requires_grad=requires_grad and learns))
        else:
            result.append(a)
    return result


def flat(values):
    """The Tensors among arguments, those in lists too."""
    for v in values:
        if isinstance(v, (list, tuple)):
            yield from flat(v)
        elif isinstance(v, Tensor):
            yield v


def outputs(result):
    """A result as a tuple of its parts."""
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def differentiable(values):
    return [v for v in flat(values) if v.requires_grad]


def seeds(results):
    """A gradient for each result that has one."""
    random = np.random.default_rng(1)
    return [tg.tensor(random.standard_normal(tuple(r.shape))) for r in results]


def test_every_registered_op_has_a_row():
    ours = {
        op.name
        for name, op in REGISTRY.items()
        if name.startswith("tinygrad_np.") and "<doctest" not in op.forward.__code__.co_filename
    }
    covered = {r.op.name for r in ROWS if hasattr(r.op, "rules")}
    covered |= {name for r in ROWS for name in r.covers}
    assert ours <= covered, f"without a row: {sorted(ours - covered)}"


def test_every_public_function_has_a_row():
    apart = {
        "broadcast_shapes",
        "allclose",
        "equal",
        "is_conj",
        "tril_indices",
        "triu_indices",
    }  # no tensors
    aliases = {"upsample"}
    covered = {id(r.op) for r in ROWS}
    names = {str(r) for r in ROWS} | {name for r in ROWS for name in r.covers}
    without = {
        name
        for place in (tg, tg.nn.functional)
        for name in getattr(place, "__all__", dir(place))
        if inspect.isfunction(value := getattr(place, name))
        and value.__module__.startswith("tinygrad_np.ops")
        and id(value) not in covered
        and name not in names
        and not name.endswith("_")  # in place
    }
    assert without <= apart | aliases


@every
@given(data=st.data())
def test_forward_is_the_reference(row: OpInfo, data):
    sample: Sample = data.draw(row.samples)
    args = tensors(sample.args)
    got = outputs(row.op(*args, **sample.params))
    want = outputs(row.ref(*sample.args, **sample.params))
    assert len(got) == len(want)
    for g, w in zip(got, want, strict=True):
        assert isinstance(g, Tensor)
        assert tuple(g.shape) == np.shape(w)
        np.testing.assert_allclose(g.numpy(), w, rtol=row.rtol, atol=1e-12)
    for before, after in zip(flat(tensors(sample.args)), flat(args), strict=True):
        np.testing.assert_array_equal(after.numpy(), before.numpy())
    if not row.view:
        assert not any(np.shares_memory(g.numpy(), a.numpy()) for g in got for a in flat(args))


@pytest.mark.parametrize("row", [r for r in ROWS if r.array_ok and hasattr(r.op, "rules")], ids=str)
@given(data=st.data())
def test_arrays_in_array_out(row: OpInfo, data):
    sample = data.draw(row.samples)
    got = row.op(*sample.args, **sample.params)
    want = row.op(*tensors(sample.args), **sample.params)
    assert not isinstance(got, Tensor)
    np.testing.assert_array_equal(got, want.numpy())


@smooth
@given(data=st.data())
def test_gradcheck(row: OpInfo, data):
    sample = data.draw(row.samples)
    inputs = tensors(sample.args, requires_grad=True)
    live, call = _function_of_live(row, inputs, sample.params)
    tg.autograd.gradcheck(
        call, live, fast_mode=sum(x.numel() for x in live) > 12, atol=row.grad_atol
    )


@smooth
@given(data=st.data())
def test_gradgradcheck(row: OpInfo, data):
    sample = data.draw(row.samples)
    inputs = tensors(sample.args, requires_grad=True)
    live, call = _function_of_live(row, inputs, sample.params)
    tg.autograd.gradgradcheck(call, live, fast_mode=True, atol=1e-4)


def _function_of_live(row, inputs, params):
    """The op as a function of just those inputs that require grad."""
    live = differentiable(inputs)

    def call(*values):
        replaced = iter(values)

        def put(v):
            if isinstance(v, (list, tuple)):
                return type(v)(map(put, v))
            return next(replaced) if isinstance(v, Tensor) and v.requires_grad else v

        results = outputs(row.op(*map(put, inputs), **params))
        return tuple(r for r in results if r.is_floating_point())

    return live, call


@smooth
@given(data=st.data())
def test_rules_agree_on_arrays_and_tensors(row: OpInfo, data):
    sample = data.draw(row.samples)

    def gradients(create_graph):
        inputs = tensors(sample.args, requires_grad=True)
        results = [r for r in outputs(row.op(*inputs, **sample.params)) if r.requires_grad]
        return tg.autograd.grad(
            results,
            differentiable(inputs),
            seeds(results),
            create_graph=create_graph,
            allow_unused=True,
            materialize_grads=True,
        )

    for a, b in zip(gradients(False), gradients(True), strict=True):
        assert not a.requires_grad
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-12, atol=1e-14)


@smooth
@given(data=st.data())
def test_dtypes(row: OpInfo, data):
    sample = data.draw(row.samples)
    kinds = st.sampled_from([np.float32, np.float64])
    one = data.draw(kinds)
    dtypes = [data.draw(kinds) if row.mixed else one for _ in sample.args]
    inputs = tensors(sample.args, True, dtypes)
    results = [r for r in outputs(row.op(*inputs, **sample.params)) if r.requires_grad]
    live = differentiable(inputs)
    want = functools.reduce(
        np.promote_types,
        [d for a, d in zip(sample.args, dtypes, strict=True) if is_float(a)],
        np.float32,
    )
    if len(live) == len([a for a in sample.args if is_float(a)]) and not _ranks_differ(live):
        assert all(r.dtype == want for r in results)
    gradients = tg.autograd.grad(
        results,
        live,
        [tg.ones_like(r) for r in results],
        allow_unused=True,
        materialize_grads=True,
    )
    for g, x in zip(gradients, live, strict=True):
        assert (g.dtype, g.shape) == (x.dtype, x.shape)


def _ranks_differ(live):
    """0-d tensors do not promote others of their kind."""
    return len({x.ndim == 0 for x in live}) > 1


@every
@settings(max_examples=5)
@given(data=st.data())
def test_memory_layout_does_not_matter(row: OpInfo, data):
    sample = data.draw(row.samples)

    def scattered(a):
        if isinstance(a, (list, tuple)):
            return type(a)(map(scattered, a))
        if not isinstance(a, np.ndarray):
            return a
        spread = np.zeros((*a.shape[::-1], 2), a.dtype)[..., 0].T  # strided, Fortran's order
        spread[...] = a
        return tg.Tensor._make(spread)

    got = outputs(row.op(*map(scattered, sample.args), **sample.params))
    want = outputs(row.op(*tensors(sample.args), **sample.params))
    for g, w in zip(got, want, strict=True):
        np.testing.assert_allclose(g.numpy(), w.numpy(), rtol=1e-12, atol=1e-13)


@smooth
@settings(max_examples=5)
@given(data=st.data())
def test_gradients_share_no_memory(row: OpInfo, data):
    sample = data.draw(row.samples)
    inputs = tensors(sample.args, requires_grad=True)
    results = [r for r in outputs(row.op(*inputs, **sample.params)) if r.requires_grad]
    given_gradients = seeds(results)
    tg.autograd.backward(results, given_gradients)
    arrays = [x.grad.numpy() for x in differentiable(inputs) if x.grad is not None]
    arrays += [g.numpy() for g in given_gradients]
    arrays += [x.detach().numpy() for x in flat(inputs)]
    for i, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[i + 1 :])


# --- PyTorch ---


def _in_torch(row: OpInfo):
    import torch

    if callable(row.torch):
        return functools.partial(row.torch, torch)
    name = row.torch or str(row)
    for place in (torch, torch.nn.functional, torch.linalg, torch.Tensor):
        target = place
        for part in name.split("."):
            target = getattr(target, part, None)
        if target is not None:
            return target
    raise LookupError(f"PyTorch has no {name}; give the row torch=")


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's
@pytest.mark.parametrize("row", [r for r in ROWS if r.torch is not None], ids=str)
@given(data=st.data())
def test_agrees_with_torch(row: OpInfo, data):
    import torch

    sample = data.draw(row.samples)
    inputs = tensors(sample.args, requires_grad=row.smooth)

    def convert(v):
        if isinstance(v, (list, tuple)):
            return type(v)(map(convert, v))
        if isinstance(v, Tensor):
            copy = torch.from_numpy(v.detach().numpy().copy())
            return copy.requires_grad_(v.requires_grad)
        return v

    theirs = list(map(convert, inputs))
    params = {k: convert(v) for k, v in sample.params.items()}
    got = outputs(row.op(*inputs, **sample.params))
    want = outputs(_in_torch(row)(*theirs, **params))
    for g, w in zip(got, want, strict=True):
        assert tuple(g.shape) == tuple(w.shape)
        assert repr(g.dtype) == repr(w.dtype)
        np.testing.assert_allclose(g.detach().numpy(), w.detach().numpy(), rtol=1e-9, atol=1e-12)
    if not row.smooth:
        return
    got = [g for g in got if g.requires_grad]
    want = [w for w in want if w.requires_grad]
    ours = differentiable(inputs)
    also = [t for t in _flat_torch(theirs) if t.requires_grad]
    random = np.random.default_rng(2)
    gs = [random.standard_normal(tuple(g.shape)) for g in got]
    first = tg.autograd.grad(
        got,
        ours,
        [tg.tensor(g) for g in gs],
        create_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
    other = torch.autograd.grad(
        want,
        also,
        [torch.from_numpy(g) for g in gs],
        create_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
    for g, w in zip(first, other, strict=True):
        np.testing.assert_allclose(g.detach().numpy(), w.numpy(force=True), rtol=1e-8, atol=1e-10)
    both = zip(first, other, strict=True)
    pairs = [(g, w) for g, w in both if g.requires_grad and w.requires_grad]
    if not pairs:
        return
    hs = [random.standard_normal(tuple(g.shape)) for g, _ in pairs]
    second = tg.autograd.grad(
        [g for g, _ in pairs],
        ours,
        [tg.tensor(h) for h in hs],
        allow_unused=True,
        materialize_grads=True,
    )
    other = torch.autograd.grad(
        [w for _, w in pairs],
        also,
        [torch.from_numpy(h) for h in hs],
        allow_unused=True,
        materialize_grads=True,
    )
    for g, w in zip(second, other, strict=True):
        np.testing.assert_allclose(g.numpy(), w.numpy(force=True), rtol=1e-7, atol=1e-9)


def _flat_torch(values):
    for v in values:
        if isinstance(v, (list, tuple)):
            yield from _flat_torch(v)
        elif hasattr(v, "requires_grad"):
            yield v
