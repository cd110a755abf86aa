"""Where the files of MNIST and its kin are, and what tells them apart."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

DEPTH = 3  # how many folders below the root are looked into
KIN = ("fashion", "kmnist", "emnist", "qmnist", "mnist")  # in a folder's name: whose it is
NAMES = [f"{split}-{kind}" for split in ("train", "t10k") for kind in ("images", "labels")]


def places(root: Path, dataset: str) -> dict[str, Path]:
    """Where the files of a dataset are, by "train-images" and so on, or "pickle".

    A folder named after the dataset is looked into first; one named after another, never.
    """
    found: list[tuple[bool, int, str, str]] = []
    for folder, below, files in os.walk(root, followlinks=True):
        path = Path(folder).relative_to(root)
        words = re.sub("[^a-z/]", "", path.as_posix().lower())
        owner = next((key for key in KIN if key in words), None)
        if len(path.parts) == DEPTH:
            below.clear()
        if owner not in (None, dataset):
            continue
        for file in files:
            match = re.fullmatch(
                r"(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?", file, re.IGNORECASE
            )
            if match:
                name = f"{match[1]}-{match[2]}".lower()
            elif dataset == "mnist" and file.lower() in ("mnist.pkl.gz", "mnist.pkl"):
                name = "pickle"
            else:
                continue
            found.append((owner is None, len(path.parts), str(root / path / file), name))
    return {name: Path(place) for *_, place, name in sorted(found, reverse=True)}


def fingerprint(array: Array) -> str:
    return hashlib.sha256(array[:1000].tobytes()).hexdigest()[:16]


CONTENT = {  # by the first 1,000 images or labels
    "2304e0137aea1f23": ("mnist", "train-images"),
    "b03ead2884240483": ("mnist", "train-labels"),
    "f8f3c5a608a9f7d4": ("mnist", "t10k-images"),
    "d14ba0a1a3818ede": ("mnist", "t10k-labels"),
    "7350186bf86b76af": ("fashion", "train-images"),
    "a2d1512599a9270a": ("fashion", "train-labels"),
    "8d46efb2efae7259": ("fashion", "t10k-images"),
    "86fea14d645de73e": ("fashion", "t10k-labels"),
}
