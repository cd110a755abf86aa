"""PyTorch's `torch.utils.hooks`: the handle that a registered hook is taken away with."""

from tinygrad_np.tape.handle import RemovableHandle

__all__ = ["RemovableHandle"]
