"""Downloads: from the first of several mirrors that has the right file, resumed where it broke."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["download"]

LIMIT = 1 << 28  # bytes of a file
CHUNK = 1 << 16
NAMES = {32: "MD5", 64: "SHA-256"}  # by the number of hexadecimal digits


def download(urls: Sequence[str], path: Path, checksum: str, limit: int = LIMIT) -> None:
    """Fetch a file into `path`, which appears when it is there whole and right.

    What has arrived is kept beside it, under the name of `path` with ``.part`` added, and the next
    mirror, or the next call, goes on from there.

    Parameters
    ----------
    urls : sequence of str
        Where the file is, one after the other.
    path : Path
        Its folder is made if need be.
    checksum : str
        SHA-256 or MD5 of the file, as hexadecimal digits.
    limit : int, default 2**28
        How many bytes there may be.

    Raises
    ------
    RuntimeError
        If no mirror had it; the message says what came from each.

    Examples
    --------
    >>> import hashlib, pathlib, tempfile
    >>> from tinygrad_np.vision.datasets.download import download
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = pathlib.Path(folder, "source")
    ...     size = source.write_bytes(b"digits")
    ...     checksum = hashlib.sha256(b"digits").hexdigest()
    ...     download([source.as_uri()], pathlib.Path(folder, "copy"), checksum)
    ...     pathlib.Path(folder, "copy").read_bytes()
    b'digits'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    failures = []
    for url in urls:
        failure = _try(url, part, checksum, limit)
        if failure is None:
            os.replace(part, path)
            return
        failures.append(f"  {url}: {failure}")
    raise RuntimeError(
        f"could not download {path.name}:\n"
        + "\n".join(failures)
        + f"\nTry again, to go on where it broke; or put the file into {path.parent} by hand."
    )


def _try(url: str, part: Path, checksum: str, limit: int) -> str | None:
    """None once `part` is right, else what went wrong."""
    from http.client import HTTPException

    resumed = part.exists()
    try:
        _transfer(url, part, limit)
        found = digest(part, checksum)
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    if found == checksum:
        return None
    part.unlink()
    if resumed:  # what was there before may have been the trouble
        return _try(url, part, checksum, limit)
    return f"its {NAMES[len(checksum)]} is {found}, expected {checksum}"


def _transfer(url: str, part: Path, limit: int) -> None:
    """Append to `part` what it lacks; OSError if the transfer breaks."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "tinygrad_np", **({"Range": f"bytes={have}-"} if have else {})}
    try:
        response = urlopen(Request(url, headers=headers), timeout=30)
    except HTTPError as error:
        if have and error.code == 416:  # there is no more
            return
        raise
    with response:
        if response.status != 206:
            have = 0
        length = response.headers.get("Content-Length")
        total = None if length is None else have + int(length)
        with part.open("ab" if have else "wb") as file, _progress(part.stem, have, total) as show:
            while chunk := response.read(CHUNK):
                have += file.write(chunk)
                show(len(chunk))
                if have > limit:
                    raise OSError(f"there are more than {limit:,} bytes")
    if total is not None and have < total:
        raise OSError(f"the transfer ended after {have:,} of {total:,} bytes")


def digest(path: Path, like: str) -> str:
    """The checksum of a file, of the kind that `like` is."""
    kind = NAMES[len(like)].replace("-", "").lower()
    state = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            state.update(chunk)
    return state.hexdigest()


def right(path: Path, checksum: str | None) -> bool:
    """Whether a file is there, and has the checksum if one is known."""
    return path.exists() and (checksum is None or digest(path, checksum) == checksum)


@contextlib.contextmanager
def _progress(name: str, done: int, total: int | None) -> Iterator[Callable[[int], Any]]:
    """A bar on stderr: tqdm's if it is installed, else a line of text."""
    try:
        from tqdm import tqdm
    except ImportError:
        yield _Line(name, done, total)
        print(file=sys.stderr)
    else:
        with tqdm(desc=name, initial=done, total=total, unit="B", unit_scale=True) as bar:
            yield bar.update


class _Line:
    """Shows how much has arrived, each percent or megabyte anew."""

    def __init__(self, name: str, done: int, total: int | None) -> None:
        self.name, self.done, self.total = name, done, total
        self.shown = ""

    def __call__(self, count: int) -> None:
        self.done += count
        text = f"{self.done / 1e6:.1f} MB"
        if self.total:
            text = f"{100 * self.done // self.total} % of {self.total / 1e6:.1f} MB"
        if text != self.shown:
            self.shown = text
            print(f"\r{self.name}: {text}", end="", file=sys.stderr, flush=True)
