# ruff: noqa: N999 (the name is that of PyTorch)
"""What libraries ask of PyTorch's inner part."""

from __future__ import annotations


def _log_api_usage_once(event: str) -> None:
    """Do nothing: nothing is counted. torchmetrics calls it for each metric."""
