"""What runs PyTorch's scripts: the import hook, the launcher, and what it can say beforehand."""
