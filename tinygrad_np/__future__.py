"""How modules are converted: `torch.__future__`."""

from __future__ import annotations

__all__ = [
    "get_overwrite_module_params_on_conversion",
    "set_overwrite_module_params_on_conversion",
]

_overwrite = False


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """Whether ``module.to(dtype)`` and its like make new parameters, and leave the old as they are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.__future__.set_overwrite_module_params_on_conversion(True)
    >>> layer = tg.nn.Linear(2, 2)
    >>> old = layer.weight
    >>> layer.double().weight is old
    False
    >>> tg.__future__.set_overwrite_module_params_on_conversion(False)
    """
    global _overwrite
    _overwrite = value


def get_overwrite_module_params_on_conversion() -> bool:
    """Whether conversions make new parameters; False unless set.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.__future__.get_overwrite_module_params_on_conversion()
    False
    """
    return _overwrite
