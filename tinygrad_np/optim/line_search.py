"""A line search for the strong Wolfe conditions.

A step of length t along a direction of slope s < 0 meets them if the loss falls by at least
``1e-4 * t * s``, and the slope there is at most 0.9 of that at the start.

Source: Nocedal and Wright, "Numerical Optimization", algorithms 3.5 (bracketing) and 3.6 (zoom),
with the bounds on steps of Mark Schmidt's minFunc, which PyTorch's search has, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.optim.update import Array

DECREASE, CURVATURE = 1e-4, 0.9
NARROW = 1e-9  # a bracket in which no parameter changes by more is not searched


class Point(NamedTuple):
    """A place on the line: the step's length, and there loss, gradient and slope."""

    t: Any
    loss: Any
    grad: Array
    slope: Any


def strong_wolfe(
    evaluate: Callable[[Any], tuple[float, Array]],
    t: Any,
    direction: Array,
    loss: float,
    grad: Array,
    slope: Any,
    calls: int,
) -> tuple[Any, float, Array]:
    """The length of a step that meets the conditions, with the loss and gradient there.

    Parameters
    ----------
    evaluate : callable
        Loss and gradient at a length.
    t : float
        The first length to try.
    direction : ndarray
    loss, grad, slope
        Of the start, where ``slope = grad @ direction`` is negative.
    calls : int
        How often `evaluate` may be called after its first time.

    Returns
    -------
    (t, loss, grad)
        The best that was found, where no length met the conditions.
    """

    def point(t: Any) -> Point:
        loss, grad = evaluate(t)
        return Point(t, loss, grad, grad @ direction)

    start = last = Point(0.0, loss, grad, slope)
    new = point(t)
    for tried in range(calls + 1):
        if tried == calls:
            bracket = [start, new]
            break
        if _too_high(new, start) or (tried > 1 and new.loss >= last.loss):
            bracket = [last, new]
            break
        if _flat(new, start):
            return new.t, new.loss, new.grad
        if new.slope >= 0:
            bracket = [last, new]
            break
        bounds = (new.t + 0.01 * (new.t - last.t), new.t * 10)
        last, new = new, point(_minimum(last, new, bounds))
    best = _zoom(point, start, bracket, np.abs(direction).max(), calls - tried)
    return best.t, best.loss, best.grad


def _zoom(
    point: Callable[[Any], Point], start: Point, bracket: list[Point], size: Any, calls: int
) -> Point:
    """The lower end of a bracket, made narrower until it meets the conditions."""
    left, right = bracket
    low, high = (left, right) if left.loss <= right.loss else (right, left)
    stuck = False
    for _ in range(calls):
        width = abs(high.t - low.t)
        if width * size < NARROW:
            break
        first, last = min(low.t, high.t), max(low.t, high.t)
        t = _minimum(left, right, (first, last))
        margin = 0.1 * width
        near = min(last - t, t - first) < margin
        if near and (stuck or t >= last or t <= first):  # to the inside, away from the end
            t = last - margin if abs(t - last) < abs(t - first) else first + margin
            near = False
        stuck = near
        new = point(t)
        if _too_high(new, start) or new.loss >= low.loss:
            left, right = (left, new) if high is right else (new, right)
            low, high = (left, right) if left.loss <= right.loss else (right, left)
            continue
        if _flat(new, start):
            return new
        far = low if new.slope * (high.t - low.t) >= 0 else high
        left, right = (new, far) if low is left else (far, new)
        low, high = new, far
    return low


def _too_high(new: Point, start: Point) -> bool:
    return bool(new.loss > start.loss + DECREASE * new.t * start.slope)


def _flat(new: Point, start: Point) -> bool:
    return bool(abs(new.slope) <= -CURVATURE * start.slope)


def _minimum(a: Point, b: Point, bounds: tuple[Any, Any]) -> Any:
    """Where the cubic through two points with their slopes is least, within bounds."""
    first, last = bounds
    if a.t > b.t:
        a, b = b, a
    bend = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = bend**2 - a.slope * b.slope
    if not square >= 0:
        return (first + last) / 2.0
    root = math.sqrt(square)
    t = b.t - (b.t - a.t) * ((b.slope + root - bend) / (b.slope - a.slope + 2 * root))
    return min(max(t, first), last)
