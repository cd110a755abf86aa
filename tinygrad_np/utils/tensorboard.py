"""Logs for TensorBoard, written by the package tensorboardX."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase

__all__ = ["SummaryWriter"]


class SummaryWriter:
    """Writes what `add_scalar`, `add_image`, ... are given to a directory for TensorBoard.

    The methods are tensorboardX's, whose names and arguments are PyTorch's; tensors are taken as
    arrays.

    Parameters
    ----------
    log_dir : str, optional
    comment : str, default ""
    purge_step, max_queue, flush_secs, filename_suffix : optional

    Raises
    ------
    ImportError
        Where tensorboardX is not installed.
    """

    def __init__(
        self,
        log_dir: Any = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        try:
            from tensorboardX import SummaryWriter as Writer
        except ImportError:
            raise ImportError(
                'SummaryWriter needs tensorboardX: pip install "tinygrad_np[tensorboard]"'
            ) from None
        self._writer = Writer(log_dir, comment, purge_step, max_queue, flush_secs, filename_suffix)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["_writer"], name)
        if not callable(value):
            return value

        def method(*args: Any, **kwargs: Any) -> Any:
            return value(*map(_plain, args), **{k: _plain(v) for k, v in kwargs.items()})

        return method

    def add_graph(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no graph of a module to write."""

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        self._writer.close()


def _plain(value: Any) -> Any:
    """The array of a tensor, also in a dict or list."""
    if isinstance(value, TensorBase):
        return np.asarray(value.detach())  # type: ignore[attr-defined]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if type(value) is list else value
