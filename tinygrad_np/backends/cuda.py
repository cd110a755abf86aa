"""CUDA's switches: they can be set, and change nothing here."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator

matmul = types.SimpleNamespace(
    allow_tf32=False,
    allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True,
)


def is_built() -> bool:
    """False."""
    return False


# --- which algorithm attention has: there is one ---


def _switch() -> tuple[Callable[[bool], None], Callable[[], bool]]:
    """What accepts a choice, and what tells it."""
    chosen = True

    def enable(enabled: bool) -> None:
        """Accept it."""
        nonlocal chosen
        chosen = bool(enabled)

    def enabled() -> bool:
        """What was accepted."""
        return chosen

    return enable, enabled


enable_flash_sdp, flash_sdp_enabled = _switch()
enable_mem_efficient_sdp, mem_efficient_sdp_enabled = _switch()
enable_math_sdp, math_sdp_enabled = _switch()
enable_cudnn_sdp, cudnn_sdp_enabled = _switch()


@contextlib.contextmanager
def sdp_kernel(
    enable_flash: bool = True,
    enable_math: bool = True,
    enable_mem_efficient: bool = True,
    enable_cudnn: bool = True,
) -> Iterator[None]:
    """Do nothing for the block."""
    yield
