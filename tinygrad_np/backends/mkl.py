"""Intel's MKL: whatever BLAS NumPy has is used."""


def is_available() -> bool:
    """False: `python -m tinygrad_np --info` names the BLAS."""
    return False
