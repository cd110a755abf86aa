"""Images in folders, one folder for each class."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = ["IMG_EXTENSIONS", "DatasetFolder", "ImageFolder", "default_loader"]

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def default_loader(path: str | Path) -> Any:
    """An image file as a picture of Pillow's, in red, green and blue.

    Raises
    ------
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            'reading images needs Pillow, which the extra "image" has: '
            'pip install "tinygrad_np[image]"'
        ) from error
    with Image.open(path) as image:
        return image.convert("RGB")


class DatasetFolder(VisionDataset):
    """Files in folders: ``root/class/.../file``, in the order of their names.

    Parameters
    ----------
    root : str or Path
    loader : callable
        Makes a sample of a path.
    extensions : tuple of str, optional
        Which files are taken; either this or `is_valid_file`.
    transform, target_transform : callable, optional
        Applied to each sample and label.
    is_valid_file : callable, optional
        Says of a path whether it is taken.
    allow_empty : bool, default False
        Let classes be without files.

    Attributes
    ----------
    classes : list of str
        The names of the folders, sorted.
    class_to_idx : dict
        Their numbers.
    samples : list of (str, int)
        Paths and numbers of classes.

    Raises
    ------
    FileNotFoundError
        If there are no folders, or one without files.
    """

    def __init__(
        self,
        root: str | Path,
        loader: Callable[[str], Any],
        extensions: tuple[str, ...] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        if (extensions is None) == (is_valid_file is None):
            raise ValueError(
                "Both extensions and is_valid_file cannot be None or not None at the same time"
            )
        super().__init__(os.fspath(root), None, transform, target_transform)
        self.loader = loader
        self.extensions = extensions
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.samples: list[tuple[str, int]] = []
        empty = []
        for name, number in self.class_to_idx.items():
            before = len(self.samples)
            for folder, _, files in sorted(
                os.walk(os.path.join(self.root, name), followlinks=True)
            ):
                for file in sorted(files):
                    path = os.path.join(folder, file)
                    if is_valid_file(path) if is_valid_file else self._has_extension(path):
                        self.samples.append((path, number))
            if len(self.samples) == before:
                empty.append(name)
        if empty and not allow_empty:
            wanted = f" Supported extensions are: {', '.join(extensions)}" if extensions else ""
            raise FileNotFoundError(
                f"Found no valid file for the classes {', '.join(empty)} in {self.root}.{wanted}"
            )
        self.targets = [number for _, number in self.samples]

    def _has_extension(self, path: str) -> bool:
        return path.lower().endswith(self.extensions or ())

    def find_classes(self, directory: str) -> tuple[list[str], dict[str, int]]:
        """The names of the classes and their numbers; to be replaced by other ideas of them."""
        classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
        if not classes:
            raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
        return classes, {name: i for i, name in enumerate(classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, label = self.samples[index]
        return self._transformed(self.loader(path), label)

    def __len__(self) -> int:
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """Images in folders, ``root/dog/1.png``; needs Pillow (the extra ``image``).

    Parameters
    ----------
    root, transform, target_transform, is_valid_file, allow_empty
        As for `DatasetFolder`.
    loader : callable, default `default_loader`

    Source: https://pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html
    """

    def __init__(
        self,
        root: str | Path,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        loader: Callable[[str], Any] = default_loader,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(
            root, loader, extensions, transform, target_transform, is_valid_file, allow_empty
        )
        self.imgs = self.samples
