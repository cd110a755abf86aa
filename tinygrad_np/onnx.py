"""ONNX: models cannot be exported."""

from __future__ import annotations

from typing import Any

__all__ = ["export", "is_in_onnx_export"]


def export(model: Any, args: Any = (), f: Any = None, **kwargs: Any) -> None:
    """Raise: there is no exporter; PyTorch can export what `save` writes.

    Raises
    ------
    NotImplementedError

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.onnx.export(tg.nn.ReLU(), tg.ones(1), "relu.onnx")
    Traceback (most recent call last):
    NotImplementedError: torch.onnx.export: ...
    """
    raise NotImplementedError(
        "torch.onnx.export: tinygrad_np has no exporter. torch.save(model.state_dict(), path) "
        "writes a file that PyTorch reads, and PyTorch with the packages onnx and onnxscript "
        "exports"
    )


def is_in_onnx_export() -> bool:
    """False: models ask it, to be written in other ways while they are exported.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.onnx.is_in_onnx_export()
    False
    """
    return False
