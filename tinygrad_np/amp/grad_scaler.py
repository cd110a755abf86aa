"""Scaling of losses, so that gradients in float16 do not vanish."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tinygrad_np.ops.elementwise import mul
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.refuse import looked_at

__all__ = ["GradScaler"]


class GradScaler:
    """Scales a loss up, and its gradients down before the step, so that float16 holds them.

    Disabled, each method passes through what it gets; it is disabled for CUDA, which is not there.
    Between two calls of `update` an optimizer is unscaled once and then steps once.

    Parameters
    ----------
    device : str, default "cuda"
    init_scale : float, default 65536
    growth_factor, backoff_factor : float, default 2, 0.5
        What the scale is multiplied by after `growth_interval` steps without an infinite gradient,
        and after one with.
    growth_interval : int, default 2000
    enabled : bool, default True

    Raises
    ------
    AssertionError
        If `growth_factor` is not greater than 1, or `backoff_factor` not less; if a method is
        called before `scale`, or before any gradient is there.
    RuntimeError
        If `unscale_` or `step` is called twice before `update`, or `step` with a closure.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amp.GradScaler("cpu", init_scale=4.0).scale(tg.ones(1))
    tensor([4.])
    >>> tg.amp.GradScaler(enabled=False).scale(tg.ones(1))
    tensor([1.])
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device != "cpu":
            warnings.warn(
                f"GradScaler is enabled, but {device} is not available. Disabling.", stacklevel=2
            )
            enabled = False
        self._enabled = enabled
        if not enabled:
            return
        _require(growth_factor > 1, f"The growth factor must be > 1.0, got {growth_factor}")
        _require(backoff_factor < 1, f"The backoff factor must be < 1.0, got {backoff_factor}")
        self._scale, self._growth_tracker, self._used = float(init_scale), 0, False
        self._growth_factor, self._backoff_factor = growth_factor, backoff_factor
        self._growth_interval = growth_interval
        self._unscaled: dict[int, bool] = {}  # by optimizer: whether a gradient was infinite
        self._stepped: set[int] = set()

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def get_scale(self) -> float:
        """The factor now; 1 when disabled."""
        return self._scale if self._enabled else 1.0

    def scale(self, outputs: Any) -> Any:
        """The tensor, or each of a list or tuple, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, (list, tuple)):
            return type(outputs)(self.scale(o) for o in outputs)
        if not isinstance(outputs, TensorBase):
            raise ValueError(
                f"outputs must be a Tensor or an iterable of Tensors, got {type(outputs).__name__}"
            )
        looked_at("GradScaler's scale")
        self._used = True
        return mul(outputs, self._scale)

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, before clipping them."""
        if not self._enabled:
            return
        self._require_scaled("unscale_")
        if id(optimizer) in self._stepped:
            raise RuntimeError("unscale_() is being called after step().")
        if id(optimizer) in self._unscaled:
            raise RuntimeError(
                "unscale_() has already been called on this optimizer since the last update()."
            )
        grads = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
        if any(grad.dtype == np.float16 for grad in grads):
            raise ValueError(
                "Attempting to unscale FP16 gradients: keep the parameters in float32, and convert "
                "what is computed with them"
            )
        for grad in grads:
            grad.mul_(1.0 / self._scale)
        if grads:
            finite = all(np.isfinite(grad.numpy()).all() for grad in grads)
            self._unscaled[id(optimizer)] = not finite

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Unscale and step, unless a gradient is infinite or nan."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._require_scaled("step")
        if id(optimizer) in self._stepped:
            raise RuntimeError("step() has already been called since the last update().")
        if id(optimizer) not in self._unscaled:
            self.unscale_(optimizer)
        _require(
            id(optimizer) in self._unscaled,
            "No inf checks were recorded for this optimizer: none of its parameters has a gradient",
        )
        self._stepped.add(id(optimizer))
        return None if self._unscaled[id(optimizer)] else optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Let the scale follow the steps since the last `update`, or set it."""
        if not self._enabled:
            return
        self._require_scaled("update")
        if new_scale is not None:
            if isinstance(new_scale, TensorBase):
                _require(
                    np.size(new_scale._array) == 1 and not new_scale._node,
                    "new_scale should be a float or a tensor of one element that does not require "
                    f"grad, got the shape {new_scale._array.shape}",
                )
            self._scale = float(new_scale)
        else:
            _require(bool(self._unscaled), "No inf checks were recorded prior to update.")
            if any(self._unscaled.values()):
                self._scale *= self._backoff_factor
                self._growth_tracker = 0
            else:
                self._growth_tracker += 1
                if self._growth_tracker == self._growth_interval:
                    self._scale *= self._growth_factor
                    self._growth_tracker = 0
        self._unscaled.clear()
        self._stepped.clear()

    def _require_scaled(self, name: str) -> None:
        _require(
            self._used,
            f"Attempted {name} but nothing was scaled: use scaler.scale(loss).backward() before",
        )

    def state_dict(self) -> dict[str, Any]:
        """The state as PyTorch has it; empty when disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave; RuntimeError if that was disabled."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled "
                "instance of GradScaler."
            )
        values = {key: state_dict[key] for key in self.state_dict()}
        for key, value in values.items():
            setattr(self, f"_{key.lstrip('_')}", value)


def _require(condition: bool, words: str) -> None:
    """AssertionError, PyTorch's for this, also under ``python -O``."""
    if not condition:
        raise AssertionError(words)
