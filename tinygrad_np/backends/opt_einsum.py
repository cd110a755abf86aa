"""The package opt_einsum: not used, NumPy finds the order of products."""

enabled = False
strategy = None


def is_available() -> bool:
    """False."""
    return False
