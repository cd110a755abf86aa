"""Mistakes that people make: the error's type, that it names what is wrong and the way out, and
that the call changed nothing."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn, optim
from tinygrad_np.nn import functional as F
from tinygrad_np.utils.data import DataLoader, TensorDataset, random_split


def x(*shape):
    return tg.ones(shape, requires_grad=True)


class NoSuper(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 2)


def backward_twice():
    y = (x(2) * x(2)).sum()
    y.backward()
    y.backward()


def stale():
    w, a = x(2), tg.ones(2)
    y = (w * a).sum()
    a.add_(1)
    y.backward()


def backward_of_a_step_ago():
    """A hidden state carried from step to step without detach()."""
    w, h = x(2), tg.ones(2)
    for _ in range(2):
        h = h * w
        h.sum().backward()


def wrong_state():
    nn.Linear(2, 3).load_state_dict({"weight": tg.ones(3, 4), "bais": tg.ones(3)})


labels = tg.tensor([0, 1, 2])
MISTAKES = {
    # --- the tape ---
    "backward of several elements": (lambda: x(3).exp().backward(), RuntimeError, r"scalar outputs.*\(3,\).*\.sum\(\)"),
    "backward of a constant": (lambda: tg.ones(1).backward(), RuntimeError, r"does not require grad.*requires_grad=True"),
    "backward under no_grad": (tg.no_grad()(lambda: (x(1) * 2).backward()), RuntimeError, "no_grad"),
    "backward twice": (backward_twice, RuntimeError, "second time.*retain_graph=True"),
    "a hidden state without detach": (backward_of_a_step_ago, RuntimeError, "second time"),
    "a gradient of a wrong shape": (lambda: x(3).exp().backward(tg.ones(2)), RuntimeError, r"\(2,\).*\(3,\)"),
    "in place on a leaf": (lambda: x(2).add_(1), RuntimeError, "leaf Variable.*in-place.*no_grad"),
    "in place on a view of a leaf": (lambda: x(2)[:1].mul_(2), RuntimeError, "view of a leaf"),
    "assignment into a leaf": (lambda: x(2).__setitem__(0, 1.0), RuntimeError, "leaf Variable"),
    "a saved value changed": (stale, RuntimeError, r"inplace operation.*\[2\].*version 1; expected version 0.*clone"),
    "in place on an expanded tensor": (lambda: tg.ones(1).expand(3).add_(1), RuntimeError, r"\(3,\).*clone"),
    "integers that require grad": (lambda: tg.ones(2, dtype=tg.int64).requires_grad_(), RuntimeError, r"floating point.*int64.*\.float\(\)"),
    "requires_grad of a result": (lambda: (x(2) * 2).requires_grad_(False), RuntimeError, "leaf.*detach"),
    "numpy() of a tensor on the tape": (lambda: x(2).numpy(), RuntimeError, r"detach\(\)\.numpy\(\)"),
    "np.asarray of a tensor on the tape": (lambda: np.asarray(x(2)), RuntimeError, r"detach\(\)\.numpy\(\)"),
    "item() of several": (lambda: tg.ones(2, 3).item(), RuntimeError, r"6 elements.*\(2, 3\)"),
    "a condition on several": (lambda: bool(tg.ones(2) > 0), RuntimeError, r"2 values.*\.any\(\)"),
    "grad of a wrong shape assigned": (lambda: setattr(x(2), "grad", tg.ones(3)), RuntimeError, r"\(3,\).*\(2,\)"),
    "grad that is no tensor": (lambda: setattr(x(2), "grad", 1.0), TypeError, "float"),
    "an unused input": (lambda: tg.autograd.grad(x(1).exp(), x(1)), RuntimeError, "allow_unused=True"),
    "deepcopy of a result": (lambda: __import__("copy").deepcopy(x(2) * 2), RuntimeError, "detach"),
    # --- shapes and dtypes ---
    "shapes that do not broadcast": (lambda: tg.ones(2, 3) + tg.ones(2, 4), RuntimeError, r"\(2, 3\).*\(2, 4\)|size of tensor a \(3\).*tensor b \(4\)"),
    "matmul of wrong shapes": (lambda: tg.ones(2, 3) @ tg.ones(2, 3), RuntimeError, r"2x3 and 2x3"),
    "matmul of mixed dtypes": (lambda: tg.ones(2, 2) @ tg.ones(2, 2, dtype=tg.float64), RuntimeError, "float32.*float64"),
    "reshape to a wrong size": (lambda: tg.ones(2, 3).reshape(4, 2), RuntimeError, r"\[4, 2\].*6"),
    "view of scattered memory": (lambda: tg.ones(2, 3).t().view(6), RuntimeError, "reshape"),
    "cat of wrong shapes": (lambda: tg.cat([tg.ones(2, 3), tg.ones(2, 4)]), RuntimeError, "3.*4"),
    "cat of nothing": (lambda: tg.cat([]), (RuntimeError, ValueError), "non-empty|empty"),
    "stack of wrong shapes": (lambda: tg.stack([tg.ones(2), tg.ones(3)]), RuntimeError, r"\[2\].*\[3\]"),
    "a dim out of range": (lambda: tg.ones(2, 3).sum(2), IndexError, r"\[-2, 1\].*2"),
    "an index out of range": (lambda: tg.ones(2, 3)[5], IndexError, "5.*2"),
    "too many indices": (lambda: tg.ones(2)[0, 0], IndexError, "too many indices"),
    "a float index": (lambda: tg.ones(2)[tg.tensor([0.0])], IndexError, "float"),
    "gather out of range": (lambda: tg.ones(2, 2).gather(1, tg.tensor([[3]])), (IndexError, RuntimeError), "3"),
    "a ragged list": (lambda: tg.tensor([[1, 2], [3]]), ValueError, "2.*1|length"),
    "a tensor of strings": (lambda: tg.tensor(["a"]), (TypeError, ValueError), "str"),
    "mean of integers": (lambda: tg.arange(3).mean(), RuntimeError, r"(?i)floating point|float"),
    "a float into integers": (lambda: tg.arange(3).add_(0.5), RuntimeError, "float32.*int64"),
    "cuda": (lambda: tg.ones(2, device="cuda"), RuntimeError, "cuda.*cpu"),
    # --- layers ---
    "linear of a wrong width": (lambda: nn.Linear(3, 2)(tg.ones(4, 5)), RuntimeError, r"4x5 and 3x2"),
    "linear of mixed dtypes": (lambda: nn.Linear(3, 2)(tg.ones(4, 3, dtype=tg.float64)), RuntimeError, r"(?s)float64.*float32|float32.*float64"),
    "conv of wrong channels": (lambda: nn.Conv2d(3, 4, 3)(tg.ones(1, 1, 8, 8)), RuntimeError, r"\[1, 1, 8, 8\].*3 channels.*1 channels"),
    "conv of bytes": (lambda: nn.Conv2d(1, 4, 3)(tg.ones(1, 1, 8, 8, dtype=tg.uint8)), RuntimeError, "uint8.*float32"),
    "conv of too small an image": (lambda: nn.Conv2d(1, 4, 5)(tg.ones(1, 1, 3, 3)), RuntimeError, r"\(3 x 3\).*\(5 x 5\)"),
    "conv groups": (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, "groups"),
    "pooling an image away": (lambda: nn.MaxPool2d(4)(tg.ones(1, 1, 2, 2)), RuntimeError, "too small"),
    "batch norm of one value": (lambda: nn.BatchNorm1d(3)(tg.ones(1, 3)), ValueError, r"more than 1 value.*\[1, 3\]"),
    "batch norm of wrong channels": (lambda: nn.BatchNorm2d(3)(tg.ones(2, 4, 2, 2)), (RuntimeError, ValueError), "3|4"),
    "layer norm of a wrong shape": (lambda: nn.LayerNorm(3)(tg.ones(2, 4)), RuntimeError, r"3.*4"),
    "embedding out of range": (lambda: nn.Embedding(3, 2)(tg.tensor([3])), IndexError, "3"),
    "embedding of floats": (lambda: nn.Embedding(3, 2)(tg.tensor([1.0])), RuntimeError, "float32"),
    "dropout above one": (lambda: nn.Dropout(1.5), ValueError, "1.5"),
    "no super().__init__()": (NoSuper, AttributeError, r"super\(\).__init__\(\)"),
    "no forward": (lambda: nn.Module()(1), NotImplementedError, "forward"),
    "a parameter that is no tensor": (lambda: nn.Linear(1, 1).register_parameter("p", 3), TypeError, "int"),
    "a wrong state dict": (wrong_state, RuntimeError, r"(?s)bias.*bais.*\[3, 4\].*\[3, 2\]"),
    "a file's name for a state dict": (lambda: nn.Linear(1, 1).load_state_dict("model.pt"), TypeError, r"str.*load\(path\)"),
    "save with its arguments swapped": (lambda: tg.save("model.pt", {}), TypeError, r"save\(obj, f\).*dict"),
    "a list of layers": (lambda: nn.Sequential([nn.ReLU()]), TypeError, r"list.*Sequential\(\*layers\)"),
    "a layer that is no module": (lambda: nn.Sequential(F.relu), TypeError, "function|relu"),
    # --- losses ---
    "a label out of range": (lambda: F.cross_entropy(x(3, 2), labels), IndexError, "2 is out of bounds"),
    "a negative label": (lambda: F.cross_entropy(x(1, 2), tg.tensor([-1])), IndexError, "-1"),
    "labels of a wrong length": (lambda: F.cross_entropy(x(2, 3), labels), ValueError, r"2.*3"),
    "labels as a column": (lambda: F.cross_entropy(x(3, 3), labels.unsqueeze(1)), (RuntimeError, ValueError), r"3, 1"),
    "labels as floats": (lambda: F.cross_entropy(x(3, 3), labels.float()), (RuntimeError, ValueError), r"long|int64|\(3,\)|\[3\]"),
    "(N, 1) against (N,)": (lambda: F.mse_loss(x(3, 1), tg.ones(3)), ValueError, r"3, 1.*3"),
    "l1 of wrong shapes": (lambda: F.l1_loss(x(3, 1), tg.ones(3)), ValueError, r"3, 1.*3"),
    "bce of wrong shapes": (lambda: F.binary_cross_entropy(x(3, 1), tg.ones(3)), ValueError, r"3, 1.*3"),
    "bce of logits": (lambda: F.binary_cross_entropy(x(2) * 3, tg.ones(2)), RuntimeError, "between 0 and 1"),
    "a wrong reduction": (lambda: F.mse_loss(x(3), tg.ones(3), reduction="avg"), ValueError, "avg"),
    # --- optim and data ---
    "a negative learning rate": (lambda: optim.SGD([x(1)], lr=-1), ValueError, "-1"),
    "no parameters": (lambda: optim.Adam([]), ValueError, "empty parameter list"),
    "a tensor for parameters": (lambda: optim.Adam(x(2)), TypeError, "iterable|Tensor"),
    "a model for parameters": (lambda: optim.Adam(nn.Linear(1, 1)), TypeError, r"Linear.*model\.parameters\(\)"),
    "parameters without a call": (lambda: optim.Adam(nn.Linear(1, 1).parameters), TypeError, r"method.*model\.parameters\(\)"),
    "a result to optimize": (lambda: optim.SGD([x(2) * 2], lr=1), ValueError, "non-leaf"),
    "a parameter in two groups": (lambda: (lambda p: optim.SGD([{"params": [p]}, {"params": [p]}], lr=1))(x(1)), ValueError, "more than one parameter group"),
    "tensors of different lengths": (lambda: TensorDataset(tg.ones(2), tg.ones(3)), (AssertionError, ValueError), "[Ss]ize|length"),
    "arrays for tensors": (lambda: TensorDataset(np.ones(2)), TypeError, r"ndarray.*tensor\(\.\.\.\)"),
    "a batch size of zero": (lambda: DataLoader([1, 2], batch_size=0), ValueError, "batch_size.*0"),
    "shuffle and a sampler": (lambda: DataLoader([1, 2], shuffle=True, sampler=[0]), ValueError, "mutually exclusive"),
    "a split of a wrong sum": (lambda: random_split([1, 2, 3], [1, 1]), ValueError, "[Ss]um"),
    "collating different shapes": (lambda: next(iter(DataLoader([tg.ones(2), tg.ones(3)], batch_size=2))), RuntimeError, r"\[2\].*\[3\]"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_a_failed_load_changes_nothing():
    layer = nn.Linear(2, 3)
    before = {k: v.clone() for k, v in layer.state_dict().items()}
    with pytest.raises(RuntimeError):
        layer.load_state_dict({"bias": tg.zeros(3), "weight": tg.zeros(1, 1)})
    for k, v in layer.state_dict().items():
        assert tg.equal(v, before[k])


def test_a_failed_change_in_place_changes_nothing():
    t = tg.zeros(2, 3)
    for change in (
        lambda: t.add_(tg.ones(4)),
        lambda: t.copy_(tg.ones(5)),
        lambda: t.__setitem__(5, 1.0),
        lambda: t.index_put_((tg.tensor([7]),), tg.tensor(1.0)),
        lambda: t.scatter_(1, tg.tensor([[9]]), 1.0),
    ):
        with pytest.raises((RuntimeError, IndexError)):
            change()
    assert not t.any()
    assert t._versions().n == 0


def test_a_failed_forward_leaves_the_running_statistics():
    norm = nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match="more than 1 value"):
        norm(tg.ones(1, 3))
    assert norm.running_mean.tolist() == [0.0, 0.0, 0.0]
    assert norm.num_batches_tracked.item() == 0


def test_a_failed_step_leaves_the_random_numbers():
    tg.manual_seed(3)
    before = tg.get_rng_state()
    with pytest.raises(RuntimeError):
        tg.randn(2, device="cuda")
    with pytest.raises((RuntimeError, ValueError)):
        tg.randint(5, 5, (2,))
    assert tg.equal(before, tg.get_rng_state())
