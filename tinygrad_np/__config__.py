"""What this installation is made of, as text."""

from __future__ import annotations

__all__ = ["show"]


def show() -> str:
    """Versions, threads and BLAS, a line each; as `python -m tinygrad_np --info`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> print(tg.__config__.show().splitlines()[0])
    tinygrad_np 0.1.0, in the place of PyTorch 2.13.0
    """
    from tinygrad_np.launch.info import info

    return info()
