"""What datasets of one's own take from `torchvision.datasets.utils`: folders, files, downloads."""

from __future__ import annotations

import os
from pathlib import Path

from tinygrad_np import hub
from tinygrad_np.vision.datasets.download import digest

__all__ = ["calculate_md5", "check_integrity", "download_url", "list_dir", "list_files"]

StrPath = str | os.PathLike[str]
MD5_DIGITS = "0" * 32


def calculate_md5(fpath: StrPath) -> str:
    """The MD5 of a file, as hexadecimal digits."""
    return digest(Path(fpath), MD5_DIGITS)


def check_integrity(fpath: StrPath, md5: str | None = None) -> bool:
    """Whether a file is there, and has the MD5, if one is given."""
    return os.path.isfile(fpath) and md5 in (None, calculate_md5(fpath))


def download_url(
    url: str,
    root: StrPath,
    filename: StrPath | None = None,
    md5: str | None = None,
    max_redirect_hops: int = 3,
) -> None:
    """Fetch a file into the folder `root`, unless it is there and right.

    Parameters
    ----------
    url : str
        Also ``file://``.
    root : path
        Is made if need be.
    filename : path, optional
        Its name there, instead of the last part of the address.
    md5 : str, optional
        What its MD5 has to be.
    max_redirect_hops
        Accepted and ignored.

    Raises
    ------
    RuntimeError
        If what came has another MD5.
    urllib.error.URLError
        If the address can't be reached.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from tinygrad_np.vision.datasets.utils import download_url, list_files
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text("digits")
    >>> download_url((folder / "a.txt").as_uri(), folder / "b")
    >>> list_files(folder / "b", ".txt")
    ['a.txt']
    """
    path = os.path.join(os.path.expanduser(root), filename or os.path.basename(url))
    if check_integrity(path, md5):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    hub.download_url_to_file(url, path)
    if not check_integrity(path, md5):
        raise RuntimeError(
            f"File not found or corrupted: the MD5 of {path} is {calculate_md5(path)}, "
            f"expected {md5}"
        )


def list_dir(root: StrPath, prefix: bool = False) -> list[str]:
    """The names of the folders in a folder, or with `prefix` their paths."""
    root = os.path.expanduser(root)
    return [e.path if prefix else e.name for e in os.scandir(root) if e.is_dir()]


def list_files(root: StrPath, suffix: str | tuple[str, ...], prefix: bool = False) -> list[str]:
    """The names of the files in a folder that end on `suffix`, or with `prefix` their paths."""
    root = os.path.expanduser(root)
    found = (e for e in os.scandir(root) if e.is_file() and e.name.endswith(suffix))
    return [e.path if prefix else e.name for e in found]
