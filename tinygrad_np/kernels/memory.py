"""Memory that the C library keeps between one step of training and the next.

NumPy takes the memory of arrays from malloc. glibc's hands large blocks back to the system as soon
as they are freed; the next step asks for them again and pays a page fault for every 4 KB, which
takes longer than many an op that then fills the page. With the two thresholds raised, blocks stay
with malloc and a training loop asks the system for nothing.
"""

from __future__ import annotations

import os
import sys

__all__ = ["keep_freed"]

LARGEST = 1 << 28  # bytes of a block that is kept; a larger one goes back when it is freed
KEPT = 1 << 30  # bytes free at the end of the heap, above which they go back
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names in malloc.h


def keep_freed() -> bool:
    """Raise the thresholds of glibc's malloc; whether that was done.

    Another C library is left as it is, and so is glibc where the user has set an environment
    variable to say how malloc should work (`MALLOC_..._`, `GLIBC_TUNABLES`).

    Source: https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    chosen = any(name.startswith("MALLOC_") for name in os.environ)
    if sys.platform != "linux" or chosen or "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", ""):
        return False
    try:
        import ctypes

        library = ctypes.CDLL(None)
    except (ImportError, OSError):
        return False
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    # older versions of glibc take no more than 32 MiB
    raised = library.mallopt(_MMAP_THRESHOLD, LARGEST) or library.mallopt(_MMAP_THRESHOLD, 1 << 25)
    return bool(raised and library.mallopt(_TRIM_THRESHOLD, KEPT))
