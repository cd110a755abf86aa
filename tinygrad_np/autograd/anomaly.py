"""PyTorch's switches for finding where nan comes from in a walk back."""

from __future__ import annotations

from typing import Any

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class detect_anomaly:
    """A context that PyTorch's scripts ask for; nothing is looked for in it.

    What it tells in PyTorch, the op that an error of a walk belongs to, errors tell here in any
    case; for nan there is ``isnan(x).any()`` in a hook of a tensor.

    Parameters
    ----------
    check_nan : bool, default True

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.autograd.detect_anomaly():
    ...     tg.ones(1, requires_grad=True).exp().backward()
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass


class set_detect_anomaly(detect_anomaly):
    """`detect_anomaly` as a call, or as a context.

    Parameters
    ----------
    mode : bool
    check_nan : bool, default True

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> _ = tg.autograd.set_detect_anomaly(True)
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__(check_nan)
        self.mode = mode
