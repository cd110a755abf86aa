"""Checks of results, as in `torch.testing`, and the hypothesis strategies that prove an op.

The strategies need hypothesis: ``pip install "tinygrad_np[test]"``. They are loaded when asked for.
"""

from typing import TYPE_CHECKING, Any

from tinygrad_np.testing.close import assert_allclose, assert_close, make_tensor

if TYPE_CHECKING:
    from tinygrad_np.testing.strategies import (
        Geometry,
        broadcastable_shapes,
        check_op,
        conv_geometries,
        pool_geometries,
        shapes,
        spaced,
    )

__all__ = [
    "Geometry",
    "assert_allclose",
    "assert_close",
    "broadcastable_shapes",
    "check_op",
    "conv_geometries",
    "make_tensor",
    "pool_geometries",
    "shapes",
    "spaced",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tinygrad_np.testing import strategies

    return getattr(strategies, name)
