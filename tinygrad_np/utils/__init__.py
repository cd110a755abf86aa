"""Tools around training: data loading, in `utils.data`."""

from tinygrad_np.utils import data

__all__ = ["data"]
