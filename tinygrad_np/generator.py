"""Random numbers on arrays: PyTorch's generator for the CPU, number for number.

The words are those of the Mersenne twister MT19937, seeded as PyTorch seeds it, and every
distribution takes as many of them, in the same order, as PyTorch does. So a seed gives PyTorch's
numbers. Uniform numbers, integers, permutations, coin tosses and normal numbers of float32 are
equal to the bit; normal numbers of float64, and other distributions that take a logarithm, may
differ in the last bits (1e-15 of the largest value in float64, 1e-6 in float32), because functions
round differently.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_np.device import require_cpu
from tinygrad_np.dtypes import real_of
from tinygrad_np.kernels import box_muller
from tinygrad_np.kernels.box_muller import BLOCK

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

PIECE = 2**16  # numbers that are made at a time: they stay in the cache on their way
WIDE = 2**28  # the first range of integers that takes 64 bits each

# What get_state returns, byte by byte the state of PyTorch's generator.
_STATE = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "key", "x", "kept", "rho", "has_kept", "rest"],
        "formats": ["u8", "i4", "i4", "u8", "624u8", "f8", "f8", "f8", "i8", "i8"],
    }
)


class _Watch(threading.local):
    draws: tuple[Callable[[Generator], None], ...] = ()
    states: tuple[Callable[[Generator], None], ...] = ()


watch = _Watch()  # what a thread wants called before it draws numbers, or has to do with states


class Generator:
    """A source of random numbers with a state of its own; safe to share between threads.

    Parameters
    ----------
    device : device or str, default "cpu"

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> g = tg.Generator().manual_seed(0)
    >>> tg.rand(3, generator=g)
    tensor([0.4963, 0.7682, 0.0885])
    """

    # Makes of an array what `get_state` returns; `random` puts Tensor's constructor here.
    _wrap: Callable[[Array], Any] = staticmethod(np.asarray)

    def __init__(self, device: Any = "cpu") -> None:
        self.device = require_cpu(device)
        self._lock = threading.RLock()
        self.manual_seed(67280421310721)

    # --- seed and state ---

    def manual_seed(self, seed: int) -> Generator:
        """Start anew from `seed`; returns itself.

        Parameters
        ----------
        seed : int
            From -2**63 to 2**64 - 1; the twister takes its last 32 bits.

        Raises
        ------
        RuntimeError
            If it is not an int.
        ValueError
            If it is out of range.
        """
        if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
            raise RuntimeError(f"manual_seed expected an int, but got {type(seed).__name__}")
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"a seed lies between -2**63 and 2**64 - 1, got {seed}")
        for call in watch.states:
            call(self)
        with self._lock:
            self._seed = int(seed) % 2**64
            self._twister: Any = None  # made when first used: importing numpy.random takes time
            self._kept: float | None = None  # the second of a pair of normal numbers
        return self

    def seed(self) -> int:
        """Start anew from a seed of the operating system's; returns the seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def initial_seed(self) -> int:
        """The seed that it was last started from."""
        return self._seed

    def get_state(self) -> Any:
        """The state as a tensor of bytes, for `set_state`; PyTorch reads it too."""
        for call in watch.states:
            call(self)
        with self._lock:
            _, key, position, _, _ = self._source().get_state()
            state = np.zeros((), _STATE)
            state["seed"], state["seeded"], state["key"] = self._seed, 1, key
            state["left"], state["next"] = 625 - position, position
            if self._kept is not None:
                state["kept"], state["has_kept"] = self._kept, 1
        return self._wrap(np.frombuffer(state.tobytes(), np.uint8).copy())

    def set_state(self, new_state: Any) -> Generator:
        """Go on from what `get_state` returned, here or in PyTorch; returns itself.

        Raises
        ------
        TypeError
            If it is not of bytes.
        RuntimeError
            If it is of another size, or not a state.
        """
        array = np.asarray(new_state)
        if array.dtype != np.uint8:
            raise TypeError(f"a generator's state is a tensor of dtype uint8, got {array.dtype}")
        if array.size != _STATE.itemsize:
            raise RuntimeError(f"a generator's state has {_STATE.itemsize} bytes, got {array.size}")
        state = np.frombuffer(array.tobytes(), _STATE)[0]
        if not (state["seeded"] and 1 <= state["left"] <= 624 and state["key"].any()):
            raise RuntimeError("these bytes are not the state of a generator")
        with self._lock:
            self.manual_seed(state["seed"])
            self._source().set_state(("MT19937", state["key"], 625 - int(state["left"])))
            self._kept = float(state["kept"]) if state["has_kept"] else None
        return self

    def clone_state(self) -> Generator:
        """A generator of its own that goes on from the same state."""
        return type(self)(self.device).set_state(self.get_state())

    def __getstate__(self) -> Array:
        return np.asarray(self.get_state())

    def __setstate__(self, state: Array) -> None:
        Generator.__init__(self)
        self.set_state(state)

    # --- words ---

    def _source(self) -> Any:
        if self._twister is None:
            self._twister = np.random.RandomState(self._seed % 2**32)
        return self._twister

    def _drawn(self) -> Any:
        """The twister, to draw from."""
        for call in watch.draws:
            call(self)
        return self._source()

    def _words(self, n: int) -> Array:
        with self._lock:
            words: Array = self._drawn().randint(0, 2**32, n, dtype=np.uint32)
            return words

    def _long_words(self, n: int) -> Array:
        words = self._words(2 * n)
        long: Array = words[::2].astype(np.uint64) << np.uint64(32) | words[1::2]
        return long

    def _unit(self, n: int, dtype: Any = np.float64) -> Array:
        """`n` numbers in [0, 1) of 53 random bits for float64, else float32 of 24."""
        dtype = np.dtype(dtype)
        bits = 53 if dtype == np.float64 else 24
        words = self._long_words(n) if bits == 53 else self._words(n)
        words &= words.dtype.type(2**bits - 1)
        unit: Array = words.astype(np.promote_types(dtype, np.float32))
        unit *= 2.0**-bits
        return unit

    # --- distributions ---

    def uniform(
        self, low: float = 0.0, high: float = 1.0, shape: Shape = (), dtype: Any = np.float32
    ) -> Array:
        """Numbers evenly spread over [low, high). Equal to PyTorch's.

        Those of float64 between other bounds than 0 and 1 may differ in the last bit. Of complex
        numbers both parts are.
        """
        dtype = np.dtype(dtype)
        if dtype.kind == "c":
            return _joined(self.uniform(low, high, (*shape, 2), real_of(dtype)), dtype)
        out = np.empty(math.prod(shape), dtype)
        with self._lock:
            for begin in range(0, out.size or 1, PIECE):
                part = out[begin : begin + PIECE]
                u = self._unit(part.size, dtype)
                if (low, high) != (0, 1):
                    first, end = u.dtype.type(dtype.type([low, high]))
                    # PyTorch multiplies and adds in one rounding; for float32, so does float64
                    u = (u.astype(np.float64) * float(end - first) + float(first)).astype(u.dtype)
                part[...] = u
                part[part == high] = low  # rounded up to the end
        return out.reshape(shape)

    def normal(
        self,
        mean: float = 0.0,
        std: float = 1.0,
        shape: Shape = (),
        dtype: Any = np.float32,
        singly: bool = False,
    ) -> Array:
        """Numbers from a normal distribution. Equal to PyTorch's in float32.

        In float64 they may differ in the last bit. With `singly` not in blocks, as for a tensor
        that is not contiguous. Of complex numbers each part has half the variance.
        """
        if np.dtype(dtype).kind == "c":
            part, std = real_of(np.dtype(dtype)), std * math.sqrt(0.5)
            return _joined(self.normal(mean, std, (*shape, 2), part, singly), dtype)
        n, rest = math.prod(shape), math.prod(shape) % BLOCK
        if singly or n < BLOCK:
            z = self._normal_pairs(n)
        else:
            with self._lock:
                u = self._unit(n - rest if dtype == np.float16 else n, dtype)
                z = np.empty_like(u, shape=n)
                z[: n - rest] = box_muller.normal(u[: n - rest])
                if rest:  # the last block is drawn anew, over the end of the one before it
                    z[-BLOCK:] = box_muller.normal(self._unit(BLOCK, dtype))
        if z.dtype == np.float32:
            z = box_muller.joined(z, np.float32(std), np.float32(mean))
        else:
            z *= std
            z += mean
        return z.astype(dtype, copy=False).reshape(shape)

    def _normal_pairs(self, n: int) -> Array:
        """Standard normal numbers made in pairs; an odd one is kept for the next call."""
        with self._lock:
            kept = [] if self._kept is None else [self._kept]
            u = self._unit((n - len(kept) + 1) // 2 * 2)
            radius, angle = np.sqrt(-2 * np.log1p(-u[1::2])), 2 * math.pi * u[::2]
            z = np.concatenate(
                [kept, np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()]
            )
            self._kept = float(z[n]) if len(z) > n else None
            return z[:n]

    def log_normal(self, mean: float, std: float, shape: Shape, dtype: Any = np.float32) -> Array:
        """Numbers whose logarithm is normally distributed. PyTorch's to the last bits."""
        z = self._normal_pairs(math.prod(shape))
        return np.exp(z * std + mean).astype(dtype).reshape(shape)

    def exponential(self, rate: float, shape: Shape, dtype: Any = np.float32) -> Array:
        """Numbers of density ``rate * exp(-rate * x)``. PyTorch's to the last bits."""
        u = self._unit(math.prod(shape))
        return (-1 / rate * np.log1p(-u)).astype(dtype).reshape(shape)

    def cauchy(self, median: float, sigma: float, shape: Shape, dtype: Any = np.float32) -> Array:
        """Numbers from a Cauchy distribution. PyTorch's to the last bits."""
        u = self._unit(math.prod(shape))
        return (median + sigma * np.tan(math.pi * (u - 0.5))).astype(dtype).reshape(shape)

    def geometric(self, p: float, shape: Shape, dtype: Any = np.float32) -> Array:
        """How many tosses of a coin it takes to win, at probability `p`. Equal to PyTorch's."""
        u = self._unit(math.prod(shape))
        return np.ceil(np.log(u) / math.log1p(-p)).astype(dtype).reshape(shape)

    def bernoulli(self, p: float | Array, shape: Shape, dtype: Any = np.float32) -> Array:
        """Ones with probability `p`, a number or an array of floats, else zeros. PyTorch's.

        `shape` is that of the result; an array broadcasts to it.
        """
        if isinstance(p, np.ndarray):
            return (self._unit(math.prod(shape), p.dtype).reshape(shape) < p).astype(dtype)
        # as integers of 53 bits, of which the first 21 tell but for one in two million
        first, last = divmod(math.ceil(p * 2.0**53), 2**32)
        words = self._words(2 * math.prod(shape))
        high = words[::2] & np.uint32(2**21 - 1)
        below = high < np.uint32(first)
        ties = np.flatnonzero(high == np.uint32(first))
        below[ties] = words[2 * ties + 1] < last
        return below.astype(dtype).reshape(shape)

    def randint(
        self,
        low: int,
        high: int,
        shape: Shape,
        dtype: Any = np.int64,
        wide: bool | None = None,
    ) -> Array:
        """Integers in [low, high). Equal to PyTorch's.

        They are the remainders of 32-bit words, of 64-bit words if `wide` or, where it is None,
        if there are 2**28 or more.
        """
        span, n = high - low, math.prod(shape)
        if wide or (wide is None and span >= WIDE):
            words = self._long_words(n)
        else:
            words = self._words(n).astype(np.uint64)
        if span < 2**64:
            words %= np.uint64(span)
        words += np.uint64(low % 2**64)  # wraps, so low may be negative
        return words.view(np.int64).astype(dtype, copy=False).reshape(shape)

    def randperm(self, n: int, dtype: Any = np.int64) -> Array:
        """The numbers from 0 to n - 1 in random order. Equal to PyTorch's for n < 2**32 / 20."""
        order = list(range(n))
        first = np.arange(max(n - 1, 0))
        other = first + self._words(len(first)) % (n - first)
        for i, j in enumerate(other.tolist()):
            order[i], order[j] = order[j], order[i]
        return np.array(order, dtype)

    def multinomial(self, weights: Array, count: int, replacement: bool) -> Array:
        """Indices drawn from each row of `weights`, likelier the larger. Equal to PyTorch's.

        Without replacement the largest ``weight / e``, with `e` exponentially distributed, are a
        sample in order.
        """
        if replacement and count > 1:
            cumulative = np.cumsum(weights, -1)
            cumulative /= cumulative[..., -1:]
            cumulative[..., -1] = 1
            shape = (*weights.shape[:-1], count)
            rows = np.atleast_2d(cumulative), self._unit(math.prod(shape)).reshape(-1, count)
            found = [np.searchsorted(c, at) for c, at in zip(*rows, strict=True)]
            return np.array(found, np.int64).reshape(shape)
        ratio = weights / self.exponential(1.0, weights.shape, weights.dtype)
        return np.argsort(-ratio, axis=-1, kind="stable")[..., :count]

    def gamma(self, concentrations: Array) -> Array:
        """Gamma numbers of the rate 1; not PyTorch's."""
        with self._lock:
            drawn = self._drawn().standard_gamma(concentrations)
            return np.asarray(drawn, concentrations.dtype)

    def poisson(self, rates: Array) -> Array:
        """How many events happen where `rates` are expected. Not PyTorch's numbers."""
        with self._lock:
            return np.asarray(self._drawn().poisson(rates), rates.dtype)

    def binomial(self, counts: Array, chances: Array) -> Array:
        """How many of so many tries succeed. Not PyTorch's numbers."""
        with self._lock:
            drawn = self._drawn().binomial(counts.astype(np.int64), chances)
            return np.asarray(drawn, counts.dtype)


default_generator = Generator()
default_generator.seed()


class _Own(threading.local):
    generator: Generator | None = None


own = _Own()  # in place of the default generator, in the thread of a DataLoader's worker


def source(generator: Generator | None = None) -> Generator:
    """The generator to draw from: for None the default one, or that of the thread's own."""
    if generator is None:
        return own.generator or default_generator
    if isinstance(generator, Generator):
        return generator
    raise TypeError(f"generator must be a Generator or None, got {type(generator).__name__}")


def _joined(parts: Array, dtype: Any) -> Array:
    """Complex numbers of their real and imaginary parts along the last dimension."""
    out: Array = parts.view(dtype)[..., 0]
    return out
