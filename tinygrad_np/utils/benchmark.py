"""How long a statement takes, as `torch.utils.benchmark` measures it.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/benchmark_utils.html
"""

from __future__ import annotations

import enum
import statistics
import textwrap
import timeit
from collections.abc import Callable
from typing import Any

import tinygrad_np
from tinygrad_np.kernels.threads import get_num_threads, set_num_threads

__all__ = ["Language", "Measurement", "Timer"]


class Language(enum.Enum):
    """Of a statement: there is Python."""

    PYTHON = 0
    CPP = 1


class Measurement:
    """The times of a statement.

    Attributes
    ----------
    number_per_run : int
        How often the statement ran for each of `raw_times`.
    raw_times, times : list of float
        Seconds for each run, and for the statement once.
    mean, median, iqr : float
        Of `times`.
    """

    def __init__(self, number_per_run: int, raw_times: list[float], label: str) -> None:
        self.number_per_run, self.raw_times, self.label = number_per_run, raw_times, label

    @property
    def times(self) -> list[float]:
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.times)

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def iqr(self) -> float:
        if len(self.times) < 2:
            return 0.0
        first, _, third = statistics.quantiles(self.times, n=4, method="inclusive")
        return third - first

    def __repr__(self) -> str:
        unit, factor = next(
            (u, f) for u, f in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9))
            if self.median * f >= 1 or u == "ns"
        )  # fmt: skip
        return (
            f"<tinygrad_np.utils.benchmark.Measurement>\n{self.label}\n"
            f"  Median: {self.median * factor:.2f} {unit}\n"
            f"  IQR:    {self.iqr * factor:.2f} {unit}\n"
            f"  {len(self.times)} measurements, {self.number_per_run} runs per measurement, "
            f"{get_num_threads()} thread{'s' * (get_num_threads() > 1)}"
        )


class Timer:
    """Measures a statement.

    Parameters
    ----------
    stmt, setup : str
        Python code.
    global_setup : str
        For PyTorch's sake.
    timer : callable, optional
    globals : dict, optional
        The names that the code knows, beside ``torch``, which is tinygrad_np.
    label, sub_label, description, env : str, optional
    num_threads : int, default 1
        While it is measured.
    language : Language or str, default Language.PYTHON

    Raises
    ------
    NotImplementedError
        For C++, which nothing here compiles; ValueError for what is no language.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.utils import benchmark
    >>> measured = benchmark.Timer("x + x", globals={"x": tg.ones(2)}).timeit(10)
    >>> measured.mean > 0
    True
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = timeit.default_timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Any = Language.PYTHON,
    ) -> None:
        if language in (Language.CPP, "cpp", "c++"):
            raise NotImplementedError("Timer: expected a statement in Python, got one in C++")
        if language not in (Language.PYTHON, "py", "python"):
            raise ValueError(f"Invalid language `{language}`.")
        stmt, setup = (textwrap.dedent(code).strip() or "pass" for code in (stmt, setup))
        self._timer = timeit.Timer(stmt, setup, timer, {"torch": tinygrad_np, **(globals or {})})
        words = [label or stmt, sub_label, description, env]
        self._label, self._threads = ": ".join(w for w in words if w), num_threads

    def _run(self, number: int) -> float:
        before = get_num_threads()
        set_num_threads(self._threads)
        try:
            return self._timer.timeit(number)
        finally:
            set_num_threads(before)

    def timeit(self, number: int = 1000000) -> Measurement:
        """Run the statement so often, after a short warm-up."""
        self._run(max(number // 100, 2))
        return Measurement(number, [self._run(number)], self._label)

    def blocked_autorange(
        self, callback: Callable[[int, float], Any] | None = None, min_run_time: float = 0.2
    ) -> Measurement:
        """Run it in blocks that are long enough to be measured, for so many seconds in all."""
        number = 1
        while (spent := self._run(number)) < min(min_run_time / 100, 0.01):
            number *= 10 if spent < min_run_time / 10000 else 2
        times: list[float] = []
        while sum(times) < min_run_time:
            times.append(self._run(number))
            if callback is not None:
                callback(number, times[-1])
        return Measurement(number, times, self._label)

    def adaptive_autorange(
        self,
        threshold: float = 0.1,
        *,
        min_run_time: float = 0.01,
        max_run_time: float = 10.0,
        callback: Callable[[int, float], Any] | None = None,
    ) -> Measurement:
        """Run it until the quartiles lie within so large a part of the median."""
        total = max(min_run_time, 0.01)
        while True:
            found = self.blocked_autorange(callback, total)
            total *= 2
            if found.iqr < threshold * found.median or total > max_run_time:
                return found
