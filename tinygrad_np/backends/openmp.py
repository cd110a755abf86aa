"""OpenMP: not used."""


def is_available() -> bool:
    """False: threads are Python's, and the BLAS's own."""
    return False
