"""Images: datasets, transforms, and the digits that ship with the package."""

from tinygrad_np.vision import datasets, transforms

__all__ = ["datasets", "transforms"]
