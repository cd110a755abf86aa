import hashlib

import pytest

import tinygrad_np as tg


@pytest.fixture
def weights(tmp_path):
    """A file whose name has the beginning of its hash."""
    path = tmp_path / "net.pth"
    tg.save({"weight": tg.ones(2)}, path)
    return path.rename(tmp_path / f"net-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.pth")


def test_weights_are_fetched_once(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(tg.hub, "_chosen", [])
    tg.hub.set_dir(tmp_path / "hub")
    for _ in range(2):  # the second time from the folder
        state = tg.hub.load_state_dict_from_url(weights.as_uri(), check_hash=True)
        assert state["weight"].tolist() == [1, 1]
        if weights.exists():
            assert (tmp_path / "hub" / "checkpoints" / weights.name).exists()
            weights.rename(tmp_path / "gone")


def test_the_folder_is_pytorchs(monkeypatch):
    monkeypatch.setattr(tg.hub, "_chosen", [])
    monkeypatch.setenv("TORCH_HOME", "/somewhere")
    assert tg.hub.get_dir() == "/somewhere/hub"
    monkeypatch.delenv("TORCH_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert tg.hub.get_dir() == "/cache/torch/hub"


def test_another_hash_leaves_nothing(weights, tmp_path):
    wrong = weights.rename(tmp_path / "net-01234567.pth")
    with pytest.raises(RuntimeError, match="invalid hash value"):
        tg.hub.load_state_dict_from_url(wrong.as_uri(), str(tmp_path / "kept"), check_hash=True)
    assert not list((tmp_path / "kept").iterdir())
    state = tg.hub.load_state_dict_from_url(wrong.as_uri(), tmp_path / "kept", file_name="x.pth")
    assert [p.name for p in (tmp_path / "kept").iterdir()] == ["x.pth"]
    assert list(state) == ["weight"]
