"""Switches of PyTorch's libraries: they can be set, and change nothing here."""

from tinygrad_np.backends import cuda, cudnn, mkl, mkldnn, mps, openmp, opt_einsum

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp", "opt_einsum"]
