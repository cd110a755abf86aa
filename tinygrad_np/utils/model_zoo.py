"""PyTorch's old place for `hub.load_state_dict_from_url`."""

from tinygrad_np.hub import load_state_dict_from_url

__all__ = ["load_url"]

load_url = load_state_dict_from_url
