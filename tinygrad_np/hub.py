"""PyTorch's `torch.hub`: files of weights, fetched once and kept."""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
from typing import Any
from urllib.parse import urlparse

from tinygrad_np import serialization

__all__ = ["HASH_REGEX", "download_url_to_file", "get_dir", "load_state_dict_from_url", "set_dir"]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")  # in a name such as resnet18-f37072fd.pth
_chosen: list[str] = []


def get_dir() -> str:
    """The folder of what was fetched: `set_dir`'s, ``$TORCH_HOME/hub`` or ~/.cache/torch/hub.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hub.get_dir().endswith("hub")
    True
    """
    if _chosen:
        return _chosen[-1]
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))
    return os.path.join(os.path.expanduser(home), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Keep what is fetched in this folder.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hub.set_dir("~/.cache/torch/hub")
    """
    _chosen.append(os.path.expanduser(d))


def download_url_to_file(
    url: str, dst: str, hash_prefix: str | None = None, progress: bool = True
) -> None:
    """Fetch a file; it is there whole or not at all.

    Parameters
    ----------
    url : str
        Also ``file://``.
    dst : path
    hash_prefix : str, optional
        What the file's SHA-256 begins with.
    progress
        Accepted and ignored.

    Raises
    ------
    RuntimeError
        If the file has another hash.
    urllib.error.URLError
        If the address can't be reached.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import tinygrad_np as tg
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a").write_text("weights")
    >>> tg.hub.download_url_to_file((folder / "a").as_uri(), str(folder / "b"))
    >>> (folder / "b").read_text()
    'weights'
    """
    from urllib.request import Request, urlopen

    with urlopen(Request(url, headers={"User-Agent": "tinygrad_np"}), timeout=30) as response:
        data = response.read()
    found = hashlib.sha256(data).hexdigest()
    if hash_prefix and not found.startswith(hash_prefix):
        raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{found}") of {url}')
    part = pathlib.Path(f"{dst}.{os.getpid()}.partial")
    part.write_bytes(data)
    part.replace(dst)


def load_state_dict_from_url(
    url: str,
    model_dir: str | os.PathLike[str] | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> dict[str, Any]:
    """Load a file of weights, which is fetched if it is not there yet.

    Parameters
    ----------
    url : str
    model_dir : path, optional
        Where the file is or is put, instead of ``get_dir()/checkpoints``.
    map_location, weights_only
        As in `load`.
    progress
        Accepted and ignored.
    check_hash : bool, default False
        Whether the name has the beginning of the file's SHA-256, as in ``resnet18-f37072fd.pth``.
    file_name : str, optional
        Its name there, instead of the one in the address.

    Raises
    ------
    RuntimeError
        If the file has another hash than its name.
    urllib.error.URLError
        If it is not there, and the address can't be reached.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import tinygrad_np as tg
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> tg.save(tg.nn.PReLU().state_dict(), folder / "a.pth")
    >>> tg.hub.load_state_dict_from_url((folder / "a.pth").as_uri(), folder)["weight"]
    tensor([0.2500])
    """
    folder = pathlib.Path(model_dir or os.path.join(get_dir(), "checkpoints"))
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name or os.path.basename(urlparse(url).path)
    path = folder / name
    if not path.exists():
        stated = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, str(path), stated and stated[1], progress)
    return serialization.load(path, map_location, weights_only=weights_only)  # type: ignore[no-any-return]
