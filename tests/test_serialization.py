"""save and load: round trips, and files that must not be run."""

import io
import os
import pickle
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


class Hostile:
    def __reduce__(self):
        return os.system, ("echo owned > owned.txt",)


def test_hostile_files_are_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "h.pt").write_bytes(pickle.dumps({"w": Hostile()}))
    with pytest.raises(pickle.UnpicklingError, match=r"h\.pt.*system"):
        tg.load("h.pt")
    for name in (b"np", b"np.ndarray", b"set_default_dtype"):
        (tmp_path / "h.pt").write_bytes(b"ctinygrad_np.dtypes\n" + name + b"\n.")
        with pytest.raises(pickle.UnpicklingError, match=r"h\.pt"):
            tg.load("h.pt")
    assert not (tmp_path / "owned.txt").exists()


@pytest.mark.parametrize("target", ["tensor\nTensor", "dtypes\nfloat32", "tensor\n_rebuild"])
def test_hostile_files_change_no_class(target):
    """The file sets an attribute of what it names."""
    file = io.BytesIO(b"ctinygrad_np." + target.encode() + b"\n(N}Vname\nI1\nstb.")
    with pytest.raises(pickle.UnpicklingError, match="attributes of"):
        tg.load(file)
    assert tg.float32.name == "float32"
    assert not hasattr(tg.Tensor, "name")


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
