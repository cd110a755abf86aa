"""Windows of signals."""

from __future__ import annotations

from tinygrad_np.signal import windows

__all__ = ["windows"]
