"""Switches of PyTorch's libraries: they can be set, and change nothing here."""

from tinygrad_np.backends import cuda, cudnn, mkl, mkldnn, mps

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps"]
