"""Downloads from a server in this process: whole, broken, wrong, resumed, from a second mirror."""

import builtins
import hashlib
import http.server
import sys
import threading

import numpy as np
import pytest

from tests.vision.conftest import small_mnist
from tinygrad_np.vision.datasets import MNIST
from tinygrad_np.vision.datasets.download import download

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves ``server.files``; a file's behaviour is a set of words."""

    def do_GET(self):
        content, words = self.server.files.get(self.path.lstrip("/"), (None, ()))
        self.server.asked.append((self.path, self.headers.get("Range")))
        if content is None:
            self.send_error(404)
            return
        start = 0
        if self.headers.get("Range") and "no ranges" not in words:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
        else:
            self.send_response(200)
        if "no length" not in words:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = start + 100_000 if "breaks" in words else len(content)
        self.wfile.write(content[start:end])

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.asked = {"file": (CONTENT, ())}, []
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def check(path):
    assert path.read_bytes() == CONTENT
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_whole(server, tmp_path):
    download([server.url + "file"], tmp_path / "new" / "folder" / "file", SHA256)
    check(tmp_path / "new" / "folder" / "file")


def test_second_mirror(server, tmp_path):
    closed = "http://127.0.0.1:9/file"
    download([closed, server.url + "none", server.url + "file"], tmp_path / "file", SHA256)
    check(tmp_path / "file")


def test_wrong_content(server, tmp_path):
    server.files["wrong"] = (b"<html>", ())
    download([server.url + "wrong", server.url + "file"], tmp_path / "file", SHA256)
    check(tmp_path / "file")
    (tmp_path / "file").unlink()
    with pytest.raises(RuntimeError, match=f"wrong: its SHA-256 is .*, expected {SHA256}"):
        download([server.url + "wrong"], tmp_path / "file", SHA256)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_transfer_goes_on_at_the_next_mirror(server, tmp_path):
    server.files["broken"] = (CONTENT, {"breaks"})
    download([server.url + "broken", server.url + "file"], tmp_path / "file", SHA256)
    check(tmp_path / "file")
    assert server.asked == [("/broken", None), ("/file", "bytes=100000-")]


def test_a_broken_transfer_goes_on_at_the_next_call(server, tmp_path):
    server.files["broken"] = (CONTENT, {"breaks"})
    for have in (100_000, 200_000):
        with pytest.raises(RuntimeError, match=f"ended after {have:,} of 300,000 bytes"):
            download([server.url + "broken"], tmp_path / "file", SHA256)
        assert not (tmp_path / "file").exists()
        assert (tmp_path / "file.part").stat().st_size == have
    download([server.url + "broken"], tmp_path / "file", SHA256)
    check(tmp_path / "file")


def test_a_server_without_ranges(server, tmp_path):
    server.files["plain"] = (CONTENT, {"no ranges"})
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    download([server.url + "plain"], tmp_path / "file", SHA256)
    check(tmp_path / "file")


def test_no_length(server, tmp_path):
    server.files["stream"] = (CONTENT, {"no length"})
    download([server.url + "stream"], tmp_path / "file", SHA256)
    check(tmp_path / "file")


@pytest.mark.parametrize("kept", [CONTENT[:500][::-1], CONTENT[::-1], CONTENT + b"more"])
def test_a_wrong_part_is_fetched_anew(server, tmp_path, kept):
    (tmp_path / "file.part").write_bytes(kept)
    download([server.url + "file"], tmp_path / "file", SHA256)
    check(tmp_path / "file")


def test_a_part_that_is_whole(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT)
    download([server.url + "file"], tmp_path / "file", SHA256)
    check(tmp_path / "file")


def test_more_than_is_bearable(server, tmp_path):
    with pytest.raises(RuntimeError, match="more than 200,000 bytes"):
        download([server.url + "file"], tmp_path / "file", SHA256, limit=200_000)


def test_what_failed_is_listed(server, tmp_path):
    closed = "http://127.0.0.1:9/file"
    with pytest.raises(RuntimeError) as caught:
        download([closed, server.url + "none"], tmp_path / "file", SHA256)
    message = str(caught.value)
    assert "could not download file" in message
    assert f"{closed}: URLError" in message
    assert "none: HTTPError: HTTP Error 404" in message
    assert f"into {tmp_path} by hand" in message


@pytest.mark.parametrize("tqdm", [True, False])
@pytest.mark.parametrize("words", [(), {"no length"}])
def test_progress(server, tmp_path, monkeypatch, capsys, tqdm, words):
    if tqdm:
        pytest.importorskip("tqdm")
    else:
        real = builtins.__import__

        def without(name, *args):
            if name == "tqdm":
                raise ImportError(name)
            return real(name, *args)

        monkeypatch.setattr(builtins, "__import__", without)
        monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    server.files["file"] = (CONTENT, words)
    download([server.url + "file"], tmp_path / "digits.gz", SHA256)
    out, err = capsys.readouterr()
    assert out == ""
    assert "digits.gz" in err
    if not tqdm:
        assert err.endswith("\n")
        assert ("0.3 MB" if words else "100 % of 0.3 MB") in err


def test_the_dataset_downloads(server, tmp_path, monkeypatch):
    source = small_mnist(tmp_path / "server")
    contents = {p.name: p.read_bytes() for p in source.iterdir()}
    server.files = {f"data/{name}": (content, ()) for name, content in contents.items()}

    class Small(MNIST):
        mirrors = ["http://127.0.0.1:9/", server.url + "data"]
        resources = {n: hashlib.sha256(c).hexdigest() for n, c in contents.items()}

    root = tmp_path / "root"
    dataset = Small(root, download=True)
    assert len(dataset) == 20
    assert {p.name for p in (root / "Small" / "raw").iterdir()} == set(contents)
    asked = len(server.asked)
    assert len(Small(root, train=False, download=True)) == 8  # all is there
    assert len(server.asked) == asked
    (root / "Small" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    Small(root, train=False, download=True)
    assert len(server.asked) == asked + 1


def test_hashes_are_of_sha256():
    from tinygrad_np.vision import datasets

    for kind in (datasets.MNIST, datasets.FashionMNIST, datasets.KMNIST):
        assert len(kind.mirrors) > 1
        assert len(set(kind.resources.values())) == 4
        for value in kind.resources.values():
            assert len(bytes.fromhex(value)) == 32
