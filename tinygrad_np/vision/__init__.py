"""Images: datasets, transforms, grids of them, and the digits that ship with the package."""

from tinygrad_np.vision import datasets, transforms, utils

__all__ = ["datasets", "transforms", "utils"]
