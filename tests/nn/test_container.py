"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

from collections import OrderedDict

import pytest

import tinygrad_np as tg
from tinygrad_np import nn


def steps(nn, tensor):
    """What happens to containers under all their operations, as words."""
    said = []

    def say(thing):
        said.append(repr(thing))

    make = nn.Linear
    seq = nn.Sequential(make(1, 2), nn.ReLU(), make(2, 3))
    say(seq)
    say(seq[0])
    say(seq[-1])
    say(seq[1:])
    say(seq[::2])
    say(len(seq))
    say(seq.append(nn.Tanh()))
    say(seq.insert(1, nn.Sigmoid()))
    say(seq.insert(-1, nn.GELU()))
    say(seq.extend([nn.ReLU(), nn.ReLU()]))
    seq[0] = nn.Identity()
    del seq[1]
    say(seq)
    del seq[-2:]
    say(seq)
    say(seq.pop(0))
    say(seq + nn.Sequential(nn.ReLU()))
    say(nn.Sequential(nn.ReLU(), nn.Tanh()) * 2)
    say(2 * nn.Sequential(nn.ReLU()))
    seq *= 2
    seq += nn.Sequential(nn.ELU())
    say(seq)
    named = nn.Sequential(OrderedDict(first=make(1, 2), act=nn.ReLU(), last=make(2, 1)))
    say(named)
    say(named[1:])
    named[1] = nn.Tanh()
    say(named.act)
    del named[0]
    say(named)
    say(nn.Sequential())

    many = nn.ModuleList([make(1, 1), make(1, 1), nn.ReLU()])
    say(many)
    say(many[:2])
    say(many[-1])
    many.append(nn.ReLU())
    many.insert(1, nn.Tanh())
    many += [nn.ReLU()]
    say(many)
    del many[1:3]
    say(many)
    say(many.pop(0))
    say(many + nn.ModuleList([nn.Tanh()]))
    say([type(m).__name__ for m in many])
    say(nn.ModuleList())
    say(nn.ModuleList([nn.Sequential(make(1, 1), nn.ReLU())] * 3))

    choice = nn.ModuleDict({"b": nn.ReLU(), "a": make(1, 2)})
    say(choice)
    choice["c"] = nn.Tanh()
    choice.update([("d", nn.ELU()), ("b", nn.GELU())])
    choice.update(nn.ModuleDict({"e": nn.ReLU()}))
    say(choice)
    say(choice.pop("a"))
    say(list(choice.keys()))
    say(list(choice.items()))
    say([len(choice), "b" in choice, "z" in choice])
    del choice["b"]
    choice.clear()
    say(choice)

    params = nn.ParameterList([tensor([1.0]), nn.Parameter(tensor([[1.0, 2.0]])), 3, "x"])
    say(params)
    params.append(tensor([2.0]))
    params += [tensor([3.0])]
    params[0] = tensor([1.0, 2.0])
    say(params)
    say([params[-1].tolist(), len(params), [type(p).__name__ for p in params]])
    say(params[1:4])
    say([name for name, _ in params.named_parameters()])

    table = nn.ParameterDict({"b": tensor([1.0]), "a": tensor([[1.0]])})
    say(table)
    say(list(table))
    table["0"] = nn.Parameter(tensor([2.0]))
    table.update(OrderedDict(z=tensor([4.0]), y=tensor([5.0])))
    say([name for name, _ in table.named_parameters()])
    say([table.get("a").tolist(), table.get("q", 7), "z" in table, len(table)])
    say(table.setdefault("w", tensor([6.0])).tolist())
    say([table.popitem()[0], table.pop("b").tolist(), list(reversed(table))])
    say(list((table | nn.ParameterDict({"n": tensor([1.0])})).keys()))
    table |= nn.ParameterDict({"m": tensor([1.0])})
    say([[k, v.tolist()] for k, v in table.items()])
    say(next(iter(table.copy().values())) is table["a"])
    say(list(table.fromkeys(["p", "q"], 3).items()))
    del table["a"]
    table.clear()
    say([len(table), list(table.parameters())])
    return said


@pytest.mark.torch
def test_containers_are_torchs():
    import torch

    ours, theirs = steps(nn, tg.tensor), steps(torch.nn, torch.tensor)
    for a, b in zip(ours, theirs, strict=True):
        assert a == b


def test_containers():
    assert len(steps(nn, tg.tensor)) > 50


def test_sequential_calls_one_after_another():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    x = tg.ones(4, 2)
    assert tg.equal(model(x), model[2](model[1](model[0](x))))
    assert nn.Sequential()(x) is x
    assert [name for name, _ in model[1:].named_parameters()] == ["2.weight", "2.bias"]
    assert model[2:][0] is model[2]


def test_append_to_a_slice_replaces_nothing():
    part = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.GELU())[1:]
    assert [type(m).__name__ for m in part.append(nn.ELU())] == ["Tanh", "GELU", "ELU"]


class Doubled(nn.Sequential):
    def forward(self, input):
        return super().forward(super().forward(input))


def test_subclass_survives_slicing():
    assert type(Doubled(nn.ReLU(), nn.ReLU())[:1]) is Doubled


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (IndexError, lambda: nn.Sequential(nn.ReLU())[1]),
        (IndexError, lambda: nn.Sequential(nn.ReLU()).insert(3, nn.ReLU())),
        (IndexError, lambda: nn.ModuleList([nn.ReLU()])[-2]),
        (IndexError, lambda: nn.ModuleList().pop(0)),
        (IndexError, lambda: nn.ModuleList().__delitem__(0)),
        (KeyError, lambda: nn.ParameterDict().popitem()),
        (TypeError, lambda: nn.Sequential(nn.ReLU)),
        (TypeError, lambda: nn.Sequential(nn.ReLU()).append(3)),
        (TypeError, lambda: nn.Sequential(nn.ReLU()) * 1.5),
        (ValueError, lambda: nn.Sequential(nn.ReLU()) * 0),
        (ValueError, lambda: nn.Sequential() + nn.ReLU()),
        (TypeError, lambda: nn.ModuleList(3)),
        (NotImplementedError, lambda: nn.ModuleList()(1)),
        (KeyError, lambda: nn.ModuleDict()["a"]),
        (KeyError, lambda: nn.ModuleDict({"keys": nn.ReLU()})),
        (TypeError, lambda: nn.ModuleDict(3)),
        (ValueError, lambda: nn.ModuleDict([(1, 2, 3)])),
        (IndexError, lambda: nn.ParameterList()[0]),
        (TypeError, lambda: nn.ParameterList(3)),
        (TypeError, lambda: nn.ParameterList(tg.ones(2))),
        (RuntimeError, lambda: nn.ParameterList()(1)),
        (RuntimeError, lambda: nn.ParameterDict()(1)),
        (KeyError, lambda: nn.ParameterDict()["training"]),
        (TypeError, lambda: nn.ParameterDict().__setitem__(3, tg.ones(1))),
    ],
)
def test_misuse(error, call):
    with pytest.raises(error):
        call()


def test_failed_insert_changes_nothing():
    model = nn.Sequential(nn.ReLU(), nn.Tanh())
    with pytest.raises(TypeError):
        model.insert(0, 3)
    assert [type(m).__name__ for m in model] == ["ReLU", "Tanh"]
