"""Tools around training: data loading, in `utils.data`, and logs."""

from tinygrad_np.utils import checkpoint, data, dlpack, hooks, tensorboard

__all__ = ["checkpoint", "data", "dlpack", "hooks", "tensorboard"]
