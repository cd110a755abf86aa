"""CUDA's switches: they can be set, and change nothing here."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator

matmul = types.SimpleNamespace(
    allow_tf32=False,
    allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True,
)


def is_built() -> bool:
    """False."""
    return False


# --- which algorithm attention has: there is one ---

_attention = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}


def enable_flash_sdp(enabled: bool) -> None:
    """Accept it."""
    _attention["flash"] = bool(enabled)


def flash_sdp_enabled() -> bool:
    """What was accepted."""
    return _attention["flash"]


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Accept it."""
    _attention["mem_efficient"] = bool(enabled)


def mem_efficient_sdp_enabled() -> bool:
    """What was accepted."""
    return _attention["mem_efficient"]


def enable_math_sdp(enabled: bool) -> None:
    """Accept it."""
    _attention["math"] = bool(enabled)


def math_sdp_enabled() -> bool:
    """What was accepted."""
    return _attention["math"]


def enable_cudnn_sdp(enabled: bool) -> None:
    """Accept it."""
    _attention["cudnn"] = bool(enabled)


def cudnn_sdp_enabled() -> bool:
    """What was accepted."""
    return _attention["cudnn"]


@contextlib.contextmanager
def sdp_kernel(
    enable_flash: bool = True,
    enable_math: bool = True,
    enable_mem_efficient: bool = True,
    enable_cudnn: bool = True,
) -> Iterator[None]:
    """Do nothing for the block."""
    yield
