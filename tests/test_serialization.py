"""save and load: round trips, and files that must not be run."""

import copy
import io
import os
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn, optim


def round_trip(value, **kwargs):
    file = io.BytesIO()
    tg.save(value, file)
    file.seek(0)
    return tg.load(file, **kwargs)


def test_tensors_and_containers():
    value = OrderedDict(
        a=tg.arange(3), b=[tg.ones(2, dtype=tg.float64), (1, "x", None)], c=np.eye(2), d={1.5: True}
    )
    got = round_trip(value)
    assert list(got) == list(value)
    assert got["a"].tolist() == [0, 1, 2]
    assert got["a"].dtype == tg.int64
    assert got["b"][0].dtype == tg.float64
    assert got["b"][1] == (1, "x", None)
    np.testing.assert_array_equal(got["c"], np.eye(2))
    assert got["d"] == {1.5: True}
    assert round_trip(tg.float32) is tg.float32
    assert round_trip(tg.zeros(2, 3).shape) == (2, 3)


@pytest.mark.parametrize("protocol", range(2, 6))
def test_every_protocol(protocol):
    value = [{1, 2}, 1j, b"x", np.float32(3), np.array(["a"]), tg.int8, tg.Size([1]), tg.ones(2)]
    file = io.BytesIO()
    tg.save([*value, tg.device("cpu")], file, pickle_protocol=protocol)
    file.seek(0)
    *got, device = tg.load(file)
    assert repr(got) == repr(value)
    assert device == tg.device("cpu")


def test_requires_grad_is_kept():
    assert round_trip(tg.ones(2, requires_grad=True)).requires_grad
    assert not round_trip(tg.ones(2)).requires_grad


@pytest.mark.parametrize(
    "again",
    [round_trip, copy.copy, lambda t: pickle.loads(pickle.dumps(t))],
    ids=["save", "copy", "pickle"],
)
def test_results_leave_their_tape_behind(again):
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    for result in (x * 3, (x * 3)[1:], (x * 3).sum()):
        got = again(result)
        assert got.tolist() == result.tolist()
        assert got.requires_grad
        assert got.is_leaf
    with pytest.raises(RuntimeError, match="graph leaves"):
        copy.deepcopy(x * 3)


def test_state_dicts_of_modules_and_optimizers():
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    optimizer = optim.Adam(model.parameters())
    model(tg.randn(4, 3)).sum().backward()
    optimizer.step()
    again = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    again.load_state_dict(round_trip(model.state_dict()))
    for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True):
        assert tg.equal(a, b)
    state = round_trip(optimizer.state_dict())
    optim.Adam(again.parameters()).load_state_dict(state)


def test_whole_modules_need_trust():
    model = nn.Linear(2, 1)
    with pytest.raises(pickle.UnpicklingError, match=r"nn\.linear\.Linear.*weights_only=False"):
        round_trip(model)
    again = round_trip(model, weights_only=False)
    x = tg.ones(1, 2)
    assert tg.equal(again(x), model(x))


def archive_of(data):
    """A file whose pickle is `data`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", data)
    file.seek(0)
    return file


class Hostile:
    def __reduce__(self):
        return os.system, ("echo owned > owned.txt",)


def test_hostile_files_are_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "h.pt").write_bytes(archive_of(pickle.dumps({"w": Hostile()})).read())
    with pytest.raises(pickle.UnpicklingError, match=r"h\.pt.*system"):
        tg.load("h.pt")
    for name in (b"np", b"np.ndarray", b"set_default_dtype"):
        (tmp_path / "h.pt").write_bytes(archive_of(b"ctinygrad_np.dtypes\n" + name + b"\n.").read())
        with pytest.raises(pickle.UnpicklingError, match=r"h\.pt"):
            tg.load("h.pt")
    assert not (tmp_path / "owned.txt").exists()


@pytest.mark.parametrize("target", ["\nTensor", "\nfloat32", "._utils\n_rebuild_tensor_v2"])
def test_hostile_files_change_no_class(target):
    """The file sets an attribute of what it names."""
    file = archive_of(b"ctorch" + target.encode() + b"\n(N}Vowned\nI1\nstb.")
    with pytest.raises(pickle.UnpicklingError, match="attributes of"):
        tg.load(file)
    assert not hasattr(tg.float32, "owned")
    assert not hasattr(tg.Tensor, "owned")


def test_arrays_of_objects_need_trust():
    with pytest.raises(pickle.UnpicklingError, match="weights_only=False"):
        round_trip(np.array([None, 1], dtype=object))


def test_cut_off_files_and_other_files(tmp_path):
    path = tmp_path / "model.pt"
    tg.save({"w": tg.ones(100)}, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(pickle.UnpicklingError, match=r"model\.pt: cut off"):
        tg.load(path)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(pickle.UnpicklingError, match=r"model\.pt"):
        tg.load(path)
    with pytest.raises(FileNotFoundError):
        tg.load(tmp_path / "missing.pt")


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.pt"
    tg.save(tg.ones(2), path)
    with pytest.raises(Exception, match="pickle"):
        tg.save({"f": lambda: None}, path)
    assert tg.load(path).tolist() == [1.0, 1.0]
    assert [p.name for p in tmp_path.iterdir()] == ["model.pt"]


def test_map_location():
    assert round_trip(tg.ones(1), map_location="cpu").tolist() == [1.0]
    with pytest.raises(RuntimeError, match="cuda"):
        round_trip(tg.ones(1), map_location="cuda")


def test_views_and_tensors_that_share_memory():
    base = tg.arange(12, dtype=tg.float32)
    values = [base, base[3:], base.reshape(3, 4).t(), base[::2], tg.ones(1).expand(5), base.flip(0)]
    values += [tg.tensor([]), tg.tensor(3), tg.zeros(2, 0), tg.ones(2, 3, 4, 5).permute(3, 1, 0, 2)]
    got = round_trip(values)
    for a, b in zip(values, got, strict=True):
        assert tg.equal(a, b)
        assert a.dtype == b.dtype
    got[0][3] = 100.0
    assert got[1][0] == got[2][3, 0] == 100.0
    assert got[5][8] == 3.0


def test_safe_globals():
    net = nn.ReLU()
    with tg.serialization.safe_globals([nn.ReLU, set]):
        assert isinstance(round_trip(net), nn.ReLU)
    with pytest.raises(pickle.UnpicklingError, match="ReLU"):
        round_trip(net)


def test_the_environment_can_trust(monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    assert isinstance(round_trip(nn.Linear(1, 1)), nn.Linear)
    with pytest.raises(pickle.UnpicklingError):
        round_trip(nn.Linear(1, 1), weights_only=True)


@pytest.mark.parametrize(
    "change",
    [
        {"offset": 3}, {"offset": -1}, {"size": (9,)}, {"stride": (4,)}, {"stride": (-1,)},
        {"size": (2, 2)},
    ],
)  # fmt: skip
def test_tensors_outside_their_storage_are_refused(change):
    """The pickle of a tensor of 3 elements, with one figure changed."""
    from tinygrad_np.archive import rebuild_tensor

    given = {"storage": np.arange(3.0), "offset": 0, "size": (3,), "stride": (1,), **change}
    with pytest.raises((ValueError, TypeError, pickle.UnpicklingError)):
        rebuild_tensor(**given)


DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


@pytest.mark.torch
@pytest.mark.parametrize("protocol", [2, 4])
def test_pytorch_reads_what_we_write(protocol, tmp_path):
    import torch

    base = tg.arange(12).to(tg.float32)
    value = {
        **{name: tg.tensor([0, 1, 1]).to(getattr(tg, name)) for name in DTYPES},
        "uint16": tg.tensor([1, 2], dtype=tg.uint16),
        "base": base,
        "t": base.reshape(3, 4).t(),
        "part": base[4:8],
        "expanded": tg.ones(1).expand(3),
        "parameter": nn.Parameter(tg.ones(2), requires_grad=False),
        "leaf": tg.ones(2, requires_grad=True),
        "empty": tg.zeros(0, 3),
        "scalar": tg.tensor(2.5),
        "others": [(1, "x", None), tg.float32, tg.Size([2, 3]), tg.device("cpu"), 1.5, True],
        "state": nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).state_dict(),
    }
    tg.save(value, tmp_path / "v.pt", pickle_protocol=protocol)
    got = torch.load(tmp_path / "v.pt", weights_only=protocol == 2)
    assert list(got) == list(value)
    for name, want in value.items():
        if name in ("others", "state"):
            continue
        assert str(got[name].dtype) == str(want.dtype)
        assert got[name].stride() == want.stride() or 0 in want.shape
        assert got[name].tolist() == want.tolist()
        assert got[name].requires_grad == want.requires_grad
    assert isinstance(got["parameter"], torch.nn.Parameter)
    got["base"][4] = 50.0
    assert got["part"][0] == got["t"][0, 1] == 50.0
    assert repr(got["others"]) == repr(value["others"])
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    net.load_state_dict(got["state"])
    assert net[0].weight.tolist() == value["state"]["0.weight"].tolist()


@pytest.mark.torch
def test_we_read_what_pytorch_writes(tmp_path):
    import torch

    base = torch.arange(12.0)
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(4, 2)).sum().backward()
    optimizer.step()
    value = {
        **{name: torch.tensor([0, 1, 1]).to(getattr(torch, name)) for name in DTYPES},
        "uint16": torch.tensor([1, 2], dtype=torch.uint16),
        "base": base,
        "t": base.reshape(3, 4).t(),
        "part": base[4:8],
        "expanded": torch.ones(1).expand(3),
        "parameter": torch.nn.Parameter(torch.ones(2), requires_grad=False),
        "leaf": torch.ones(2, requires_grad=True),
        "empty": torch.zeros(0, 3),
        "scalar": torch.tensor(2.5),
        "others": [(1, "x", None), torch.float32, torch.Size([2, 3]), torch.device("cpu")],
        "state": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "array": np.eye(2),
    }
    torch.save(value, tmp_path / "v.pt")
    got = tg.load(tmp_path / "v.pt", map_location={"cuda:0": "cpu"})
    assert list(got) == list(value)
    for name, want in value.items():
        if isinstance(want, torch.Tensor):
            assert str(got[name].dtype) == str(want.dtype)
            assert got[name].tolist() == want.tolist()
            assert got[name].requires_grad == want.requires_grad
    assert isinstance(got["parameter"], nn.Parameter)
    got["base"][4] = 50.0
    assert got["part"][0] == got["t"][0, 1] == 50.0
    assert repr(got["others"]) == repr(value["others"])
    again = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    again.load_state_dict(got["state"])
    optim.Adam(again.parameters()).load_state_dict(got["optimizer"])
    assert again[0].weight.tolist() == net[0].weight.tolist()
    np.testing.assert_array_equal(got["array"], np.eye(2))
    torch.save(torch.tensor([1.5, -2.0]).bfloat16(), tmp_path / "b.pt")
    assert tg.load(tmp_path / "b.pt").tolist() == [1.5, -2.0]
