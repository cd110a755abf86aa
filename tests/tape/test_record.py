"""What a recording of each op gives is what the op gives, or it is refused; never another value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import Constant, all_rows
from tests.test_ops import flat, outputs, tensors
from tinygrad_np.tape.refuse import RecordingError
from tinygrad_np.tensor import Tensor

every = pytest.mark.parametrize("row", all_rows(), ids=str)


def turned(args):
    """The arrays' elements in reverse order: other values that the op takes as well."""
    result = []
    for a in args:
        if isinstance(a, (list, tuple)) and a and isinstance(a[0], np.ndarray):
            result.append(type(a)(turned(a)))
        elif isinstance(a, np.ndarray):
            result.append(np.ascontiguousarray(a.ravel()[::-1]).reshape(a.shape).view(type(a)))
        else:
            result.append(a)
    return result


def leaves(value):
    """The floating tensors of an argument as leaves."""
    if isinstance(value, (list, tuple)) and not isinstance(value, tg.Size):
        return type(value)(map(leaves, value))
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.detach().requires_grad_()
    return value


def step_of(row, sample):
    """A function of the tensors of a sample: the results, and the gradients of a sum of them."""

    def step(*args):
        live = [
            a if isinstance(given, Constant) else leaves(a)
            for a, given in zip(args, sample.args, strict=True)
        ]
        found = [o for o in outputs(row.op(*live, **sample.params)) if isinstance(o, Tensor)]
        inputs = [t for t in flat(live) if t.requires_grad]
        total = sum((o * o).sum() for o in found if o.requires_grad and not o.is_complex())
        if not isinstance(total, Tensor):
            return [o.detach() for o in found]
        gradients = tg.autograd.grad(total, inputs, allow_unused=True)
        return [o.detach() for o in found], [g for g in gradients if g is not None]

    return step


@every
@given(data=st.data())
def test_replays_give_what_ops_give(row, data):
    sample = data.draw(row.samples)
    step = step_of(row, sample)
    calls = [sample.args, turned(sample.args)]
    try:
        want = []
        for args in calls:
            tg.manual_seed(3)
            want.append(list(flat([step(*tensors(args))])))
        replayed = tg.compile(step, backend="replay")
        for _ in range(2):
            tg.manual_seed(3)
            replayed(*tensors(sample.args))
    except (RecordingError, TypeError, ValueError, RuntimeError, IndexError):
        return  # refused, or the turned arguments are none
    for args, expected in zip(calls, want, strict=True):
        tg.manual_seed(3)
        got = list(flat([replayed(*tensors(args))]))
        assert len(got) == len(expected)
        for g, e in zip(got, expected, strict=True):
            assert g.dtype == e.dtype
            np.testing.assert_array_equal(g.numpy(), e.numpy())


UNKNOWN = "computed outside of the operations|not the result of an operation|same each time"


@pytest.mark.parametrize(
    "use",
    [
        lambda x, y: x * x.sum().item(),
        lambda x, y: x * float(x.max()),
        lambda x, y: x if x.sum() > 0 else -x,
        lambda x, y: x[int(y[0])],
        lambda x, y: x[y[0]],
        lambda x, y: x[x > 0],
        lambda x, y: x.masked_select(x > 0),
        lambda x, y: x[tg.nonzero(x[:, 0])[:, 0]],
        lambda x, y: x * tg.tensor(x.numpy()),
        lambda x, y: x * tg.from_numpy(np.ones(3, np.float32)),
        lambda x, y: x * x.tolist()[0][0],
        lambda x, y: x * len(tg.unique(x)),
        lambda x, y: x * (2 if tg.allclose(x, x) else 1),
        lambda x, y: x * (2 if tg.equal(x, x) else 1),
        lambda x, y: x * (2 if 1.0 in x else 1),
        lambda x, y: tg.nn.functional.one_hot(y) * x,
        lambda x, y: x + np.asarray(y._array % 2)[:, None],
        lambda x, y: x * tg.manual_seed(0).initial_seed(),
    ],
)
def test_values_that_python_goes_on_with_are_refused(use):
    step = tg.compile(use, backend="replay")
    x, y = tg.arange(9.0).reshape(3, 3) - 4, tg.tensor([2, 0, 1])
    step(x, y)
    with pytest.raises(RecordingError, match=UNKNOWN):
        step(x, y)


def test_changes_past_the_operations_are_refused():
    weight = tg.ones(3, requires_grad=True)

    def step(x):
        (x * weight).sum().backward()
        weight.grad._array[...] *= 2
        weight.grad._versions().n += 1

    replayed = tg.compile(step, backend="replay")
    replayed(tg.ones(3))
    with pytest.raises(RecordingError, match="past the operations"):
        replayed(tg.ones(3))


def test_a_recording_ends_with_its_error():
    step = tg.compile(lambda x: x * x.sum().item(), backend="replay")
    step(tg.ones(2))
    with pytest.raises(RecordingError):
        step(tg.ones(2))
    assert (tg.ones(2) * 3).tolist() == [3.0, 3.0]
    assert tg.ones(2).sum().item() == 2.0
