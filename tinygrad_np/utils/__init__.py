"""Tools around training: data loading, in `utils.data`, and logs."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING

from tinygrad_np.tape.graph import Leaf
from tinygrad_np.tape.refuse import looked_at
from tinygrad_np.utils import checkpoint, data, dlpack, hooks, tensorboard

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

__all__ = ["checkpoint", "data", "dlpack", "hooks", "swap_tensors", "tensorboard"]

_ALONE = 2  # what `sys.getrefcount` says of what one thing refers to


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Exchange all that two tensors are, so that each name has the other's tensor.

    What is still to be added to a gradient goes where the values went that it is the gradient of.

    Raises
    ------
    RuntimeError
        For a tensor that has views, is one, or is kept by a result for its gradient.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a, b = tg.zeros(2), tg.nn.Parameter(tg.ones(1))
    >>> tg.utils.swap_tensors(a, b)
    >>> a, b
    (Parameter containing:
    tensor([1.], requires_grad=True), tensor([0., 0.]))
    """
    looked_at("swap_tensors()")
    for name, t in (("t1", t1), ("t2", t2)):
        if t._view is not None or (t._counter and sys.getrefcount(t._counter) > _ALONE):
            raise RuntimeError(
                f"Expected use_count of {name} to be 1: it is a view, has views, or is kept by a "
                "result for its gradient; make sure you are not holding references to it"
            )
    t1.__class__, t2.__class__ = t2.__class__, t1.__class__
    t1.__dict__, t2.__dict__ = t2.__dict__, t1.__dict__
    for slot in ("_array", "_counter", "_grad", "_node"):
        first = getattr(t1, slot)
        setattr(t1, slot, getattr(t2, slot))
        setattr(t2, slot, first)
    for t in (t1, t2):
        if isinstance(t._node, Leaf):
            t._node.tensor = weakref.ref(t)
