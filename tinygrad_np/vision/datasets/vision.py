"""The base of datasets of images."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_np.utils.data import Dataset

__all__ = ["StandardTransform", "VisionDataset"]

Transform = Callable[[Any], Any]


class StandardTransform:
    """A transform of the image and one of the target, as one of both.

    Parameters
    ----------
    transform, target_transform : callable, optional
    """

    def __init__(
        self, transform: Transform | None = None, target_transform: Transform | None = None
    ) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        for head, what in (
            ("Transform: ", self.transform),
            ("Target transform: ", self.target_transform),
        ):
            if what is not None:
                lines.append(head + repr(what).replace("\n", "\n" + " " * len(head)))
        return "\n".join(lines)


def one_of(name: str, value: str, known: Iterable[str]) -> str:
    """The value of an argument; ValueError if it is none of those."""
    if value not in [*known]:
        raise ValueError(
            f"Unknown value '{value}' for argument {name}. Valid values are {{{', '.join(known)}}}."
        )
    return value


class VisionDataset(Dataset[Any]):
    """The base of datasets of images: override `__getitem__` and `__len__`.

    Parameters
    ----------
    root : str or Path, optional
        Where the files are.
    transforms : callable, optional
        Takes an image and its target and returns both; either this or one of the next two.
    transform, target_transform : callable, optional
        Applied to each image, and to each target.

    Raises
    ------
    ValueError
        For `transforms` together with one of the other two.

    Source: https://pytorch.org/vision/stable/generated/torchvision.datasets.VisionDataset.html

    Examples
    --------
    >>> from tinygrad_np.vision.datasets import VisionDataset
    >>> class Squares(VisionDataset):
    ...     def __len__(self):
    ...         return 4
    >>> Squares("data", transform=abs)
    Dataset Squares
        Number of datapoints: 4
        Root location: data
        StandardTransform
    Transform: <built-in function abs>
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        transforms: Callable[[Any, Any], Any] | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        apart = transform is not None or target_transform is not None
        if transforms is not None and apart:
            raise ValueError(
                "Only transforms or transform/target_transform can be passed as argument"
            )
        self.root: Any = os.path.expanduser(root) if isinstance(root, str) else root
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if apart else transforms

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__()")

    def _transformed(self, image: Any, target: Any) -> tuple[Any, Any]:
        # of the attributes, which a program may have set since
        return StandardTransform(self.transform, self.target_transform)(image, target)

    def extra_repr(self) -> str:
        """Lines for the dataset's words; to be overridden."""
        return ""

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            lines.append(f"Root location: {self.root}")
        lines += self.extra_repr().splitlines()
        if self.transforms is not None:
            lines.append(repr(self.transforms))
        return f"Dataset {type(self).__name__}\n" + "\n".join("    " + line for line in lines)
