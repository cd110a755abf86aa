"""Mistakes that people make: the error's type, that it names what is wrong and the way out, and
that the call changed nothing."""

import functools
import pathlib

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn, optim
from tinygrad_np.nn import functional as F
from tinygrad_np.utils import data
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
    "a dimension more in place": (lambda: tg.ones(3, 3).add_(tg.ones(1, 3, 3)), RuntimeError, r"\[3, 3\].*\[1, 3, 3\]"),
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
    # --- more of each ---
    "bmm of matrices": (lambda: tg.bmm(tg.ones(2, 3), tg.ones(3, 2)), RuntimeError, "2, 3.*3, 2"),
    "bmm of wrong sizes": (lambda: tg.bmm(tg.ones(2, 3, 4), tg.ones(2, 3, 4)), RuntimeError, r"\[2, 4\].*\[2, 3\]"),
    "mm of a vector": (lambda: tg.mm(tg.ones(2, 3), tg.ones(3)), RuntimeError, r"\[2, 3\] and \[3\]"),
    "mv of wrong sizes": (lambda: tg.mv(tg.ones(2, 3), tg.ones(2)), RuntimeError, "2x3.*2"),
    "dot of matrices": (lambda: tg.dot(tg.ones(2, 2), tg.ones(2, 2)), RuntimeError, r"\[2, 2\]"),
    "dot of wrong sizes": (lambda: tg.dot(tg.ones(2), tg.ones(3)), RuntimeError, r"\[2\].*\[3\]"),
    "addmm of wrong shapes": (lambda: tg.addmm(tg.ones(5), tg.ones(2, 3), tg.ones(3, 2)), RuntimeError, r"\[5\].*\[2, 2\]"),
    "einsum of wrong sizes": (lambda: tg.einsum("ij,jk->ik", tg.ones(2, 3), tg.ones(2, 3)), RuntimeError, r"j.*2.*\[2, 3\].*3"),
    "einsum of too few operands": (lambda: tg.einsum("ij,jk->ik", tg.ones(2, 3)), RuntimeError, "2 operands.*1"),
    "t of an image": (lambda: tg.ones(2, 3, 4).t(), RuntimeError, r"\[2, 3, 4\].*mT"),
    "permute of too few dims": (lambda: tg.ones(2, 3, 4).permute(0, 1), RuntimeError, r"\[2, 3, 4\].*\[0, 1\]"),
    "permute of a dim twice": (lambda: tg.ones(2, 3).permute(0, 0), RuntimeError, r"multiple times.*\(0, 0\)"),
    "transpose out of range": (lambda: tg.ones(2, 3).transpose(0, 2), IndexError, r"\[-2, 1\].*2"),
    "expand of a size that is not 1": (lambda: tg.ones(2, 3).expand(2, 4), RuntimeError, r"\[2, 3\].*\[2, 4\]"),
    "expand to fewer dims": (lambda: tg.ones(2, 3).expand(3), RuntimeError, r"\[2, 3\].*\[3\]"),
    "repeat of too few": (lambda: tg.ones(2, 3).repeat(2), RuntimeError, r"\[2, 3\].*\[2\]"),
    "unsqueeze out of range": (lambda: tg.ones(2).unsqueeze(3), IndexError, r"\[-2, 1\].*3"),
    "view with two unknowns": (lambda: tg.ones(6).view(-1, -1), RuntimeError, r"\[-1, -1\].*6.*only one"),
    "view of a wrong size": (lambda: tg.ones(6).view(4), RuntimeError, r"\[4\].*6"),
    "split of a wrong sum": (lambda: tg.ones(5).split([2, 2]), RuntimeError, r"5.*\[2, 2\]"),
    "narrow beyond the end": (lambda: tg.ones(3).narrow(0, 2, 2), RuntimeError, "2.*2.*3"),
    "select out of range": (lambda: tg.ones(3).select(0, 3), IndexError, "3.*3"),
    "a mask of a wrong shape": (lambda: tg.ones(2, 3)[tg.ones(3, 2) > 0], IndexError, "2.*3"),
    "an index of strings": (lambda: tg.ones(2)["a"], TypeError, "str"),
    "masked_fill with a wrong mask": (lambda: tg.ones(2, 3).masked_fill(tg.ones(2) > 0, 0.0), RuntimeError, r"\[2, 3\].*\[2\]"),
    "masked_fill with integers": (lambda: tg.ones(2).masked_fill(tg.tensor([0, 1]), 0.0), RuntimeError, "bool.*int64.*!= 0"),
    "index_select with floats": (lambda: tg.ones(2, 3).index_select(0, tg.tensor([0.0])), RuntimeError, "int64.*float32"),
    "index_select out of range": (lambda: tg.ones(2, 3).index_select(0, tg.tensor([2])), IndexError, "2.*size 2"),
    "gather of wrong dims": (lambda: tg.ones(2, 3).gather(1, tg.tensor([0])), RuntimeError, r"\[1\].*\[2, 3\]"),
    "gather with floats": (lambda: tg.ones(2, 3).gather(1, tg.tensor([[0.0]])), RuntimeError, "int64.*float32"),
    "scatter out of range": (lambda: tg.zeros(2, 3).scatter_(1, tg.tensor([[3]]), 1.0), RuntimeError, "3.*size 3"),
    "where of wrong shapes": (lambda: tg.where(tg.ones(2) > 0, tg.ones(3), tg.ones(4)), RuntimeError, r"\(2,\).*\(3,\).*\(4,\)"),
    "where of floats": (lambda: tg.where(tg.ones(2), tg.ones(2), tg.ones(2)), RuntimeError, r"bool.*float32.*\.bool\(\)"),
    "a value of a wrong shape assigned": (lambda: tg.ones(2, 3).__setitem__(0, tg.ones(2)), RuntimeError, r"\[3\].*\[2\]"),
    "in place to a larger shape": (lambda: tg.ones(1).add_(tg.ones(3)), RuntimeError, r"\[1\].*\[3\]"),
    "topk of too many": (lambda: tg.ones(3).topk(4), RuntimeError, r"4.*\[3\]"),
    "max of nothing": (lambda: tg.ones(0).max(), RuntimeError, r"\[0\].*dim"),
    "argmax of nothing": (lambda: tg.ones(0).argmax(), IndexError, r"\[0\].*dim"),
    "stack of nothing": (lambda: tg.stack([]), RuntimeError, "non-empty"),
    "cat of different dims": (lambda: tg.cat([tg.ones(2), tg.ones(2, 2)]), RuntimeError, r"\[2\].*\[2, 2\]"),
    "cat of a tensor": (lambda: tg.cat(tg.ones(2, 2)), TypeError, "list or tuple.*Tensor"),
    "softmax out of range": (lambda: tg.softmax(tg.ones(2), 1), IndexError, r"\[-1, 0\].*1"),
    "one_hot with too few classes": (lambda: F.one_hot(tg.tensor([3]), 2), RuntimeError, "0 to 1.*3"),
    "one_hot of floats": (lambda: F.one_hot(tg.tensor([1.0])), RuntimeError, "int64.*float32"),
    "one_hot of a negative": (lambda: F.one_hot(tg.tensor([-1])), RuntimeError, "-1"),
    "pad of too large a reflection": (lambda: F.pad(tg.ones(1, 1, 3), (3, 3), mode="reflect"), RuntimeError, r"2.*\[1, 1, 3\].*\(3, 3\)"),
    "pad of a wrong length": (lambda: F.pad(tg.ones(2), (1, 1, 1)), RuntimeError, r"\[2\].*3"),
    "an unknown padding": (lambda: F.pad(tg.ones(1, 1, 3), (1, 1), mode="mirror"), NotImplementedError, "mirror.*reflect"),
    "cross of wrong sizes": (lambda: tg.linalg.cross(tg.ones(2), tg.ones(2)), RuntimeError, r"3.*\[2\]"),
    "det of a rectangle": (lambda: tg.det(tg.ones(2, 3)), RuntimeError, r"square.*\[2, 3\]"),
    "inverse of a singular matrix": (lambda: tg.inverse(tg.zeros(2, 2)), tg.linalg.LinAlgError, r"(?i)singular.*\[2, 2\]"),
    "cholesky of a negative matrix": (lambda: tg.linalg.cholesky(-tg.eye(2)), tg.linalg.LinAlgError, "positive"),
    "solve of wrong shapes": (lambda: tg.linalg.solve(tg.eye(2), tg.ones(3)), RuntimeError, r"\[2, 2\].*\[3\]"),
    "bitwise of floats": (lambda: tg.ones(2) & tg.ones(2), NotImplementedError, r"float32.*\.long\(\)"),
    "subtraction of bools": (lambda: (tg.ones(2) > 0) - (tg.ones(2) > 0), RuntimeError, r"bool.*\^"),
    "neg of bools": (lambda: -(tg.ones(2) > 0), RuntimeError, "bool.*~"),
    "integers to negative powers": (lambda: tg.tensor([2]) ** -1, RuntimeError, r"-1.*\.float\(\)"),
    "integers divided in place": (lambda: tg.tensor([2]).div_(2), RuntimeError, "float32.*int64"),
    "from_numpy of a list": (lambda: tg.from_numpy([1]), TypeError, "ndarray.*list"),
    "from_numpy of strings": (lambda: tg.from_numpy(np.array(["a"])), TypeError, "float32"),
    "a tensor of objects": (lambda: tg.tensor([object()]), RuntimeError, "object"),
    "an unknown device": (lambda: tg.ones(2).to("gpu"), RuntimeError, "cpu.*gpu"),
    "a negative size": (lambda: tg.zeros(-1), RuntimeError, "negative.*-1"),
    "a float size": (lambda: tg.zeros(2.5), TypeError, r"ints.*2\.5"),
    "arange without end": (lambda: tg.arange(0, 5, -1), RuntimeError, "0 to 5.*-1"),
    "arange with no step": (lambda: tg.arange(0, 5, 0), RuntimeError, "nonzero"),
    "linspace of negative steps": (lambda: tg.linspace(0, 1, -1), RuntimeError, "negative.*-1"),
    "randint without room": (lambda: tg.randint(5, 5, (2,)), RuntimeError, "5.*5"),
    "normal of negative std": (lambda: tg.normal(0.0, -1.0, (2,)), RuntimeError, "std >= 0.*-1"),
    "multinomial of negatives": (lambda: tg.multinomial(tg.tensor([-1.0, 1.0]), 1), RuntimeError, ">= 0.*-1"),
    "multinomial of too many": (lambda: tg.multinomial(tg.ones(2), 3), RuntimeError, r"3.*\[2\]"),
    "bernoulli above one": (lambda: tg.bernoulli(tg.tensor([2.0])), RuntimeError, r"\[0, 1\].*2"),
    "an unknown keyword": (lambda: tg.sum(tg.ones(2), dimension=0), TypeError, "dimension"),
    "a missing argument": (lambda: tg.add(tg.ones(2)), TypeError, "other"),
    "a list for a tensor": (lambda: tg.relu([1.0]), TypeError, r"Tensor.*list.*tensor\("),
    "a string for a tensor": (lambda: tg.add(tg.ones(2), "a"), TypeError, "Tensor.*str"),
    "a bool of nothing": (lambda: bool(tg.ones(0)), RuntimeError, r"0 values.*\.any\(\)"),
    "len of a number": (lambda: len(tg.tensor(1)), TypeError, "0-d"),
    "iterating over a number": (lambda: list(tg.tensor(1)), TypeError, "0-d"),
    "retain_grad of a constant": (lambda: tg.ones(2).retain_grad(), RuntimeError, "requires_grad=False"),
    "a hook on a constant": (lambda: tg.ones(2).register_hook(print), RuntimeError, "gradient"),
    "requires_grad of bools": (lambda: tg.zeros(2, dtype=tg.bool, requires_grad=True), RuntimeError, "floating point.*bool"),
    "conv1d of an image": (lambda: nn.Conv1d(3, 4, 3)(tg.ones(1, 3, 8, 8)), RuntimeError, r"2D.*3D.*\[1, 3, 8, 8\]"),
    "conv2d of a vector": (lambda: nn.Conv2d(3, 4, 3)(tg.ones(3)), RuntimeError, r"3D.*4D.*\[3\]"),
    "conv of negative padding": (lambda: F.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 1, 1), padding=-1), RuntimeError, "negative padding.*-1"),
    "conv of no stride": (lambda: F.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 1, 1), stride=0), RuntimeError, "stride.*0"),
    "conv of an unknown padding": (lambda: nn.Conv2d(1, 1, 3, padding="full"), ValueError, "full.*same"),
    "conv same with stride": (lambda: nn.Conv2d(1, 1, 3, stride=2, padding="same"), ValueError, "strided"),
    "transposed conv of wrong channels": (lambda: nn.ConvTranspose2d(3, 4, 3)(tg.ones(1, 2, 4, 4)), RuntimeError, r"\[1, 2, 4, 4\].*3 channels.*2 channels"),
    "max_pool of too much padding": (lambda: F.max_pool2d(tg.ones(1, 1, 4, 4), 2, padding=2), RuntimeError, "half.*2"),
    "batch norm of a vector": (lambda: nn.BatchNorm1d(3)(tg.ones(3)), ValueError, "2D or 3D.*1D"),
    "batch norm 2d of a matrix": (lambda: nn.BatchNorm2d(3)(tg.ones(2, 3)), ValueError, "4D.*2D"),
    "group norm of wrong groups": (lambda: nn.GroupNorm(2, 3), ValueError, "3.*2"),
    "group norm of wrong channels": (lambda: nn.GroupNorm(2, 4)(tg.ones(1, 6, 2)), RuntimeError, "6"),
    "lstm of a wrong width": (lambda: nn.LSTM(3, 4)(tg.ones(5, 2, 2)), RuntimeError, "Expected 3, got 2"),
    "lstm of a wrong hidden state": (lambda: nn.LSTM(3, 4)(tg.ones(5, 2, 3), (tg.ones(1, 3, 4), tg.ones(1, 3, 4))), RuntimeError, "1, 2, 4.*1, 3, 4"),
    "rnn of an unknown nonlinearity": (lambda: nn.RNN(3, 4, nonlinearity="gelu"), ValueError, "gelu.*tanh.*relu"),
    "gru of a vector": (lambda: nn.GRU(3, 4)(tg.ones(3)), ValueError, "2D or 3D.*1D"),
    "gru of dropout above one": (lambda: nn.GRU(3, 4, 2, dropout=2.0), ValueError, r"\[0, 1\]"),
    "attention of wrong heads": (lambda: nn.MultiheadAttention(5, 2), AssertionError, "divisible"),
    "an encoder of an unknown activation": (lambda: nn.TransformerEncoderLayer(4, 2, activation="tanhh"), RuntimeError, "relu.*gelu.*tanhh"),
    "upsample without a size": (lambda: nn.Upsample()(tg.ones(1, 1, 2, 2)), ValueError, "size.*scale_factor"),
    "interpolate of an unknown mode": (lambda: F.interpolate(tg.ones(1, 1, 2, 2), size=3, mode="cubic"), NotImplementedError, "cubic"),
    "pixel shuffle of wrong channels": (lambda: nn.PixelShuffle(2)(tg.ones(1, 3, 2, 2)), RuntimeError, "4|divisible.*3"),
    "unflatten to a wrong size": (lambda: nn.Unflatten(1, (2, 2))(tg.ones(1, 5)), RuntimeError, r"\(2, 2\)|\[2, 2\].*5"),
    "flatten of a wrong order": (lambda: tg.flatten(tg.ones(2, 3, 4), 2, 1), RuntimeError, "2 and 1"),
    "a Sequential out of range": (lambda: nn.Sequential(nn.ReLU())[1], IndexError, "1.*1"),
    "a ModuleDict without a key": (lambda: nn.ModuleDict({"a": nn.ReLU()})["b"], KeyError, "b"),
    "a ModuleList that is called": (lambda: nn.ModuleList([nn.ReLU()])(tg.ones(1)), NotImplementedError, "ModuleList.*forward"),
    "a module without an attribute": (lambda: nn.Linear(1, 1).wieght, AttributeError, "Linear.*wieght"),
    "a tensor for a parameter": (lambda: setattr(nn.Linear(1, 1), "weight", tg.ones(1, 1)), TypeError, "weight.*Parameter"),
    "a parameter of integers": (lambda: nn.Parameter(tg.tensor([1, 2])), RuntimeError, "floating point.*int64"),
    "a name with a dot": (lambda: nn.Module().add_module("a.b", nn.ReLU()), KeyError, r"a\.b"),
    "a layer given too much": (lambda: nn.Linear(3, 2)(tg.ones(1, 3), tg.ones(1)), TypeError, "2.*3"),
    "a layer given an unknown keyword": (lambda: nn.Linear(3, 2, width=1), TypeError, "width"),
    "xavier of a vector": (lambda: nn.init.xavier_uniform_(tg.ones(3)), ValueError, r"2 dimensions.*\(3,\)"),
    "kaiming of an unknown mode": (lambda: nn.init.kaiming_normal_(tg.ones(3, 3), mode="fan"), ValueError, "fan.*fan_in"),
    "an unknown gain": (lambda: nn.init.calculate_gain("reluu"), ValueError, "reluu.*relu"),
    "packed in a wrong order": (lambda: nn.utils.rnn.pack_padded_sequence(tg.ones(3, 2, 1), [1, 3]), RuntimeError, "sorted.*enforce_sorted=False"),
    "packed with a length of none": (lambda: nn.utils.rnn.pack_padded_sequence(tg.ones(3, 2, 1), [3, 0]), RuntimeError, "greater than 0"),
    "nll of floats": (lambda: F.nll_loss(x(2, 3), tg.ones(2)), RuntimeError, "int64.*float32"),
    "class weights of a wrong length": (lambda: F.cross_entropy(x(2, 3), tg.tensor([0, 1]), weight=tg.ones(2)), RuntimeError, r"3 classes.*\[2\]"),
    "mse of shapes that do not broadcast": (lambda: F.mse_loss(x(2, 3), tg.ones(2, 4)), RuntimeError, r"\[2, 3\].*\[2, 4\]"),
    "label smoothing above one": (lambda: F.cross_entropy(x(2, 3), tg.tensor([0, 1]), label_smoothing=2.0), RuntimeError, r"between.*2\.0"),
    "bce with logits of wrong shapes": (lambda: F.binary_cross_entropy_with_logits(x(2), tg.ones(3)), ValueError, r"\[2\].*\[3\]"),
    "bce of integers": (lambda: F.binary_cross_entropy(tg.ones(2), tg.tensor([0, 1])), RuntimeError, "float32.*int64"),
    "kl_div of wrong shapes": (lambda: F.kl_div(x(2, 3), tg.ones(2, 4)), RuntimeError, r"\[2, 3\].*\[2, 4\]"),
    "smooth l1 of a negative beta": (lambda: F.smooth_l1_loss(x(2), tg.ones(2), beta=-1.0), RuntimeError, "beta.*-1"),
    "cosine embedding of wrong labels": (lambda: F.cosine_embedding_loss(x(2, 3), x(2, 3), tg.ones(3)), RuntimeError, r"\[2, 3\].*\[3\]"),
    "a loss of an unknown reduction": (lambda: nn.CrossEntropyLoss(reduction="avg")(x(1, 2), tg.tensor([0])), ValueError, "avg.*mean"),
    "a loss without a target": (lambda: nn.MSELoss()(x(2)), TypeError, "target"),
    "Adam of wrong betas": (lambda: optim.Adam([x(1)], betas=(1.0, 0.9)), ValueError, r"1\.0"),
    "Adam of a negative eps": (lambda: optim.Adam([x(1)], eps=-1), ValueError, "-1"),
    "SGD of a negative momentum": (lambda: optim.SGD([x(1)], lr=1, momentum=-1), ValueError, "-1"),
    "SGD of a negative decay": (lambda: optim.SGD([x(1)], lr=1, weight_decay=-1), ValueError, "-1"),
    "Nesterov without momentum": (lambda: optim.SGD([x(1)], lr=1, nesterov=True), ValueError, "momentum=0"),
    "RMSprop of a negative alpha": (lambda: optim.RMSprop([x(1)], alpha=-1), ValueError, "-1"),
    "Adadelta of a wrong rho": (lambda: optim.Adadelta([x(1)], rho=2), ValueError, "2"),
    "Adagrad of a negative decay": (lambda: optim.Adagrad([x(1)], lr_decay=-1), ValueError, "-1"),
    "LBFGS of two groups": (lambda: optim.LBFGS([{"params": [x(1)]}, {"params": [x(1)]}]), ValueError, "groups"),
    "a step without a closure": (lambda: optim.LBFGS([x(1)]).step(), TypeError, "closure"),
    "an unknown option of an optimizer": (lambda: optim.SGD([x(1)], lr=1, beta=3), TypeError, "beta"),
    "an optimizer's state of other groups": (lambda: optim.SGD([x(1)], lr=1).load_state_dict({"state": {}, "param_groups": []}), ValueError, "0.*1"),
    "an optimizer's state of other sizes": (lambda: optim.SGD([x(1)], lr=1).load_state_dict(optim.SGD([x(1), x(1)], lr=1).state_dict()), ValueError, "2.*1"),
    "numbers to optimize": (lambda: optim.SGD([1.0], lr=1), TypeError, "float"),
    "a schedule of a model": (lambda: optim.lr_scheduler.StepLR(nn.Linear(1, 1), 1), TypeError, "Linear.*Optimizer"),
    "too few lambdas": (lambda: optim.lr_scheduler.LambdaLR(optim.SGD([x(1)], lr=1), [lambda e: 1, lambda e: 1]), ValueError, "2.*1"),
    "one cycle without steps": (lambda: optim.lr_scheduler.OneCycleLR(optim.SGD([x(1)], lr=1, momentum=0.9), 1.0), ValueError, "total_steps.*steps_per_epoch"),
    "one cycle of negative steps": (lambda: optim.lr_scheduler.OneCycleLR(optim.SGD([x(1)], lr=1, momentum=0.9), 1.0, total_steps=-1), ValueError, "total_steps.*-1"),
    "a plateau of an unknown mode": (lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD([x(1)], lr=1), mode="least"), ValueError, "least.*min.*max"),
    "a plateau of a factor of one": (lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD([x(1)], lr=1), factor=1.0), ValueError, r"1\.0"),
    "a plateau without a metric": (lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD([x(1)], lr=1)).step(), TypeError, "metrics"),
    "a schedule that goes on without initial_lr": (lambda: optim.lr_scheduler.StepLR(optim.SGD([x(1)], lr=1), 1, last_epoch=3), KeyError, "initial_lr.*3"),
    "an unknown norm": (lambda: nn.utils.clip_grad_norm_(x(1), 1.0, norm_type="two"), ValueError, "two"),
    "workers below none": (lambda: DataLoader([1], num_workers=-1), ValueError, "num_workers.*-1"),
    "a batch sampler and a batch size": (lambda: DataLoader([1], batch_sampler=[[0]], batch_size=2), ValueError, "mutually exclusive"),
    "a negative timeout": (lambda: DataLoader([1], timeout=-1), ValueError, "timeout.*-1"),
    "no batches but dropping the last": (lambda: DataLoader([1], batch_size=None, drop_last=True), ValueError, "drop_last"),
    "shuffle of nothing": (lambda: DataLoader([], shuffle=True), ValueError, "0"),
    "a random sampler of none": (lambda: data.RandomSampler([1, 2], num_samples=0), ValueError, "0"),
    "collating None": (lambda: next(iter(DataLoader([None, None]))), TypeError, "NoneType.*collate_fn"),
    "a Dataset without __getitem__": (lambda: data.Dataset()[0], NotImplementedError, "__getitem__"),
    "batch_size changed": (lambda: setattr(DataLoader([1, 2]), "batch_size", 3), ValueError, "batch_size"),
    "shares that do not add up": (lambda: random_split([1, 2, 3], [0.5, 0.2]), ValueError, "3"),
    "a file that is not there": (lambda: tg.load("/nowhere/model.pt"), FileNotFoundError, "nowhere"),
    "a default dtype of integers": (lambda: tg.set_default_dtype(tg.int64), TypeError, "floating.*int64"),
    "a negative scale": (lambda: tg.distributions.Normal(0.0, -1.0), ValueError, r"(?s)scale.*GreaterThan.*-1"),
    "probs and logits": (lambda: tg.distributions.Categorical(probs=tg.ones(2), logits=tg.ones(2)), ValueError, "probs.*logits"),
    "neither probs nor logits": (lambda: tg.distributions.Bernoulli(), ValueError, "probs.*logits"),
    "log_prob out of the support": (lambda: tg.distributions.Bernoulli(0.5).log_prob(tg.tensor(2.0)), ValueError, "(?s)support.*2"),
    "rsample of a discrete distribution": (lambda: tg.distributions.Categorical(tg.ones(2)).rsample(), NotImplementedError, "rsample"),
    "a wrong indexing": (lambda: tg.meshgrid(tg.ones(2), tg.ones(2), indexing="yx"), RuntimeError, "xy.*yx"),
    "an unknown mode of grid_sample": (lambda: F.grid_sample(tg.ones(1, 1, 2, 2), tg.ones(1, 2, 2, 2), mode="cubic", align_corners=False), ValueError, "bilinear.*cubic"),
    "a grid of a wrong shape": (lambda: F.grid_sample(tg.ones(1, 1, 2, 2), tg.ones(1, 2, 2, 3), align_corners=False), RuntimeError, r"\[1, 2, 2, 3\]"),
    "bucketize into a matrix": (lambda: tg.bucketize(tg.ones(2), tg.ones(2, 2)), RuntimeError, r"\[2, 2\]"),
}  # fmt: skip
OTHERWISE = {  # errors of another type than PyTorch's, and why
    "a tensor of strings": "PyTorch's ValueError counts dimensions",
    "save with its arguments swapped": "PyTorch looks for a method `write`",
    "(N, 1) against (N,)": "PyTorch warns and computes all pairs",
    "l1 of wrong shapes": "PyTorch warns and computes all pairs",
}


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


@functools.cache
def pytorchs():
    """The mistakes above, made with PyTorch: this file, with its imports from there."""
    source = pathlib.Path(__file__).read_text().split("\n@pytest.mark")[0]
    source = source.replace("import tinygrad_np as", "import torch as")
    space = {"__name__": "pytorchs"}
    exec(source.replace("from tinygrad_np", "from torch"), space)
    return space["MISTAKES"]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in MISTAKES if name not in OTHERWISE])
def test_pytorch_has_the_same_type_of_error(name):
    types = []
    for mistakes in (MISTAKES, pytorchs()):
        with pytest.raises(Exception) as error:
            mistakes[name][0]()
        types.append([t.__name__.lstrip("_") for t in type(error.value).__mro__])
    ours, theirs = types
    assert theirs[0] in ours


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
