"""as_strided: its views, their gradients, what it refuses."""

import numpy as np
import pytest

import tinygrad_np as tg


def test_it_is_a_view_of_the_memory():
    x = tg.arange(6.0).reshape(2, 3)
    y = x.as_strided((2, 2), (1, 3), 1)
    assert y.tolist() == [[1, 4], [2, 5]]
    y[0, 1] = 9
    assert x.tolist() == [[0, 1, 2], [3, 9, 5]]
    assert x.t().as_strided((6,), (1,)).tolist() == [0, 1, 2, 3, 9, 5]
    assert x[1].as_strided((3,), (1,)).tolist() == [3, 9, 5]
    assert x[1].as_strided((3,), (1,), 0).tolist() == [0, 1, 2]
    assert x.clone().as_strided_((2,), (2,)).tolist() == [0, 2]


def test_changes_through_it_are_on_the_tape():
    w = tg.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    y = w * w
    y.as_strided((2,), (2,)).mul_(tg.tensor([10.0, 100.0]))
    y.sum().backward()
    assert w.grad.tolist() == [20, 4, 600, 8]
    z, v = tg.zeros(4), tg.ones(2, requires_grad=True)
    z.as_strided((2,), (3,)).add_(v)
    (z * tg.arange(4.0)).sum().backward()
    assert v.grad.tolist() == [0, 3]


def test_elements_in_several_places_add_up():
    w = tg.ones(4, requires_grad=True)
    windows = w.as_strided((3, 2), (1, 1))
    (windows * tg.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).sum().backward()
    assert w.grad.tolist() == [1, 5, 9, 6]
    with pytest.raises(RuntimeError, match="single memory location"):
        windows.detach().clone().as_strided((3, 2), (1, 1)).zero_()


def test_without_grad_it_is_off_the_tape():
    w = tg.ones(4, requires_grad=True)
    with tg.no_grad():
        part = w[1:]
    assert not part.as_strided((2,), (1,)).requires_grad
    with tg.no_grad():
        w.as_strided((2,), (1,)).fill_(5)
    assert w.tolist() == [5, 5, 1, 1]


def test_what_is_not_in_order():
    x = tg.empty_strided((2, 3), (1, 2))
    assert x.stride() == (1, 2)
    assert x.new_empty_strided((2, 2), (1, 4), dtype=tg.int64).stride() == (1, 4)
    x.copy_(tg.arange(6.0).reshape(2, 3))
    assert x.as_strided((6,), (1,)).tolist() == [0, 3, 1, 4, 2, 5]
    with pytest.raises(RuntimeError, match="not contiguous"):
        (x.requires_grad_()).as_strided((6,), (1,))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((3, 3), (3, 1)), "out of bounds"),
        (((2, 2), (-1, 1)), "Negative strides"),
        (((2, 2), (1,)), "mismatch"),
        (((2,), (1,), -1), "invalid storage offset"),
        (((2,), (1,), 5), "out of bounds"),
    ],
)
def test_what_it_refuses(arguments, words):
    with pytest.raises(RuntimeError, match=words):
        tg.ones(2, 3).as_strided(*arguments)
    with pytest.raises(RuntimeError, match="expected src"):
        tg.as_strided_scatter(tg.ones(4), tg.ones(3), (2,), (1,))


def test_a_complex_tensor_by_its_parts():
    z = tg.tensor([1 + 2j, 3 + 4j])
    assert z.imag.as_strided((2,), (2,)).tolist() == [2, 4]
    np.testing.assert_array_equal(z.as_strided((1,), (1,), 1).numpy(), [3 + 4j])


def test_a_0d_tensor_lies_at_the_start_of_its_memory():
    for x in (tg.tensor(2.0), -tg.tensor(-2.0), tg.tensor([0.5, 1.5]).sum()):
        assert x.storage_offset() == 0
        assert x.storage().tolist() == [2.0]
        assert tg.as_strided(x, (), ()).item() == 2.0
        assert tg.as_strided(x, (3,), (0,)).tolist() == [2.0] * 3


@pytest.mark.parametrize("package", ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def test_scattered_into_a_part_of_memory(package):
    torch = pytest.importorskip(package)
    x, src = torch.arange(12.0), -torch.ones(2, 2)
    scatter = torch.as_strided_scatter
    assert scatter(x[9:], src, (2, 2), (2, 1), 6).tolist() == [-1.0, 10.0, 11.0]
    assert scatter(x[6:].reshape(2, 3), src, (2, 2), (3, 1)).tolist() == [[-1, -1, 8], [-1, -1, 11]]
    assert scatter(x.reshape(6, 2).t()[:, :3], src, (2, 2), (2, 1)).tolist() == [
        [-1, -1, 4],
        [-1, -1, 5],
    ]
    assert x.tolist() == list(range(12))


WRITES = {
    "a row of rows that are repeated": "x.expand(3, 6)[1] = v",
    "a part of it": "x.expand(3, 6)[1, 2:4].mul_(v[:2])",
    "one of windows that overlap": "x.unfold(0, 3, 1)[1] = v[:3]",
    "windows that do not": "x.unfold(0, 3, 1)[::3].mul_(v.view(2, 3))",
    "parts of windows that do not": "x.unfold(0, 3, 2)[:, :2].add_(v[:4].view(2, 2))",
    "steps that interleave": "x.as_strided((2, 2), (2, 3)).add_(v[2:].view(2, 2))",
}


def written(torch, code):
    """What a line makes of x, and the gradients of where x comes from and of v."""
    w = torch.arange(6.0).requires_grad_()
    v = torch.tensor([2.0, 3.0, 4.0, 5.0, 6.0, 7.0], requires_grad=True)
    x = w * 2
    exec(code, {"x": x, "v": v})
    (x * torch.tensor([1.0, 10.0, 2.0, 20.0, 3.0, 30.0])).sum().backward()
    return [t.tolist() for t in (x, w.grad, v.grad)]


@pytest.mark.torch
@pytest.mark.parametrize("code", WRITES.values(), ids=WRITES)
def test_parts_that_do_not_overlap_are_written_to(code):
    import torch

    assert written(tg, code) == written(torch, code)


def test_a_row_of_rows_that_are_repeated_is_written_to():
    x, w_grad, v_grad = written(tg, "x.expand(3, 6)[1, :4] = v[:4]")
    assert x == [2, 3, 4, 5, 8, 10]
    assert w_grad == [0, 0, 0, 0, 6, 60]
    assert v_grad == [1, 10, 2, 20, 0, 0]


@pytest.mark.parametrize(
    "part",
    [
        lambda x: x.expand(3, 6)[:, 1],
        lambda x: x[:1].expand(6)[2:4],
        lambda x: x.unfold(0, 3, 1)[1:],
        lambda x: x.as_strided((3, 2), (1, 2)),
    ],
)
def test_parts_that_overlap_are_not_written_to(part):
    x = tg.zeros(6)
    for change in (lambda t: t.add_(1), lambda t: tg.add(1, tg.ones(t.shape), out=t)):
        with pytest.raises(RuntimeError, match="single memory location"):
            change(part(x))
    assert x.tolist() == [0] * 6


def test_gradients_that_overlap():
    w = tg.ones(4, requires_grad=True)
    w.grad = tg.ones(1).expand(4)
    with pytest.raises(RuntimeError, match="single memory location"):
        tg.nn.utils.clip_grad_value_([w], 0.5)
    w.sum().backward()
    assert w.grad.tolist() == [2, 2, 2, 2]
