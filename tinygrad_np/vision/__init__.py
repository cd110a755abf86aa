"""Images: datasets, transforms, networks, files, and the digits that ship with the package."""

from tinygrad_np.vision import datasets, io, models, ops, transforms, utils

__all__ = ["datasets", "io", "models", "ops", "transforms", "utils"]
