"""The version of PyTorch whose names, defaults and numbers ours are."""

__version__ = "2.13.0"
cuda = hip = xpu = git_version = None
debug = False
