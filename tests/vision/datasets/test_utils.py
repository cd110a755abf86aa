"""Folders, files and downloads for datasets of one's own."""

import hashlib

import pytest

from tinygrad_np.vision.datasets import utils


def test_integrity(tmp_path):
    path = tmp_path / "a"
    assert not utils.check_integrity(path)
    path.write_bytes(b"digits")
    right = hashlib.md5(b"digits").hexdigest()
    assert utils.calculate_md5(path) == right
    assert utils.check_integrity(path)
    assert utils.check_integrity(str(path), right)
    assert not utils.check_integrity(path, right[::-1])


def test_folders_and_files(tmp_path):
    for name in ("one", "two.png"):
        (tmp_path / name).mkdir()
    for name in ("a.png", "b.PNG", "c.jpg"):
        (tmp_path / name).touch()
    assert sorted(utils.list_dir(tmp_path)) == ["one", "two.png"]
    assert sorted(utils.list_dir(str(tmp_path), prefix=True))[0] == str(tmp_path / "one")
    assert utils.list_files(tmp_path, ".png") == ["a.png"]
    both = utils.list_files(tmp_path, (".png", ".jpg"), prefix=True)
    assert sorted(both) == [str(tmp_path / "a.png"), str(tmp_path / "c.jpg")]


def test_a_download_is_not_repeated_and_is_checked(tmp_path):
    source, folder = tmp_path / "a.txt", tmp_path / "new" / "folder"
    source.write_text("digits")
    right = hashlib.md5(b"digits").hexdigest()
    utils.download_url(source.as_uri(), folder, md5=right)
    assert (folder / "a.txt").read_text() == "digits"
    source.write_text("other")
    utils.download_url(source.as_uri(), folder, md5=right)
    assert (folder / "a.txt").read_text() == "digits"
    with pytest.raises(RuntimeError, match="corrupted: the MD5"):
        utils.download_url(source.as_uri(), folder, "b.txt", md5=right)
