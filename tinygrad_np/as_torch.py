"""Scripts written for PyTorch: from `import tinygrad_np.as_torch` on, `torch` is this package.

The launcher (`python -m tinygrad_np train.py`) does the same without the line.
"""

from tinygrad_np.launch.finder import install

install()
