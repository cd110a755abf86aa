"""Tensors shared with other libraries by DLPack."""

from tinygrad_np.conversion import from_dlpack, to_dlpack

__all__ = ["from_dlpack", "to_dlpack"]
