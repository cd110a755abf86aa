"""Points that fill a cube more evenly than random ones.

Source: I. M. Sobol, The distribution of points in a cube, 1967; A. B. Owen, Scrambling Sobol and
Niederreiter-Xing points, 1998. The points are SciPy's, which has PyTorch's direction numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.generator import Generator
from tinygrad_np.random import randint
from tinygrad_np.tape.graph import make

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

__all__ = ["SobolEngine"]


class SobolEngine:
    """The Sobol sequence, point by point; the numbers are PyTorch's to the bit.

    Parameters
    ----------
    dimension : int
        Of the points, from 1 to 21201.
    scramble : bool, default False
        Permute the points by random numbers.
    seed : int, optional
        Of these numbers; they are the default generator's unless given.

    Raises
    ------
    ValueError
        For another dimension.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.quasirandom.SobolEngine(2).draw(3)
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500]])
    """

    MAXBIT = 30
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        from scipy.stats import qmc

        if not 1 <= dimension <= self.MAXDIM:
            raise ValueError(
                f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}], "
                f"got {dimension}"
            )
        self.dimension, self.scramble, self.seed = dimension, scramble, seed
        self._points = qmc.Sobol(dimension, scramble=False, bits=self.MAXBIT)
        if scramble:
            source = None if seed is None else Generator().manual_seed(seed)
            shape = dimension, self.MAXBIT
            shift = randint(2, shape, generator=source)._array[:, ::-1]
            turn = randint(2, (*shape, self.MAXBIT), generator=source)._array
            self._shift = shift  # bits, the first ones in front
            self._turn = np.tril(turn, -1) + np.eye(self.MAXBIT, dtype=turn.dtype)

    @property
    def num_generated(self) -> int:
        return int(self._points.num_generated)

    def draw(self, n: int = 1, out: Tensor | None = None, dtype: Any = None) -> Tensor:
        """The next `n` points, (n, dimension), of the default dtype unless told."""
        first = 0 if self.num_generated else min(n, 1)  # alone, or SciPy warns of other sums
        points = [self._points.random(k) for k in (first, n - first) if k]
        drawn = np.concatenate([np.empty((0, self.dimension)), *points])
        if self.scramble:
            weights = 1 << np.arange(self.MAXBIT)[::-1]
            bits = (drawn * 2**self.MAXBIT).astype(np.int64)[..., None] // weights % 2
            turned = np.einsum("dij,ndj->ndi", self._turn, bits, optimize=True) + self._shift
            drawn = (turned % 2 @ weights) / 2**self.MAXBIT
        points_of_dtype = drawn.astype(dtypes.as_numpy(dtype or dtypes.get_default_dtype()))
        result: Tensor = make(points_of_dtype)
        return result if out is None else out.resize_as_(result).copy_(result)

    def draw_base2(self, m: int, out: Tensor | None = None, dtype: Any = None) -> Tensor:
        """The next ``2**m`` points; ValueError if those drawn are then no power of 2."""
        total = self.num_generated + 2**m
        if total & (total - 1):
            raise ValueError(
                "The balance properties of Sobol' points require n to be a power of 2. "
                f"{self.num_generated} points have been previously generated, then: "
                f"n={self.num_generated}+2**{m}={total}. If you still want to do this, please use "
                "'SobolEngine.draw()' instead."
            )
        return self.draw(2**m, out, dtype)

    def reset(self) -> SobolEngine:
        """Begin again; returns itself."""
        self._points.reset()
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Leave out `n` points; returns itself."""
        self._points.fast_forward(n)
        return self

    def __repr__(self) -> str:
        words = [f"dimension={self.dimension}"]
        words += ["scramble=True"] * self.scramble
        words += [f"seed={self.seed}"] * (self.seed is not None)
        return f"SobolEngine({', '.join(words)})"
