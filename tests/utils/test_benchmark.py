"""The timer: what it reports; not how long anything takes."""

import re

import pytest

import tinygrad_np as tg
from tinygrad_np.utils import benchmark


def test_reports():
    seen = []
    timer = benchmark.Timer(
        "f()", "n = 1", globals={"f": lambda: seen.append(1)}, label="appending"
    )
    found = timer.timeit(10)
    assert len(seen) == 12
    assert (found.number_per_run, len(found.raw_times)) == (10, 1)
    assert found.mean == found.median == found.times[0] > 0
    assert found.iqr == 0
    blocks = timer.blocked_autorange(min_run_time=0.01)
    assert sum(blocks.raw_times) >= 0.01
    assert timer.adaptive_autorange(threshold=1e9).times
    assert re.search(r"appending\n  Median: [0-9.]+ (s|ms|us|ns)\n", repr(blocks))


def test_code_may_be_indented():
    timer = benchmark.Timer(
        """
            y = x
            y += 1
        """,
        setup="\n    x = 1\n",
    )
    assert timer.timeit(2).mean > 0


def test_threads_are_as_before():
    before = tg.get_num_threads()
    counts = []
    benchmark.Timer(
        "f()", globals={"f": lambda: counts.append(tg.get_num_threads())}, num_threads=1
    ).timeit(1)
    assert set(counts) == {1}
    assert tg.get_num_threads() == before


def test_statements_are_python():
    for language in (benchmark.Language.PYTHON, "py"):
        assert benchmark.Timer("1", language=language).timeit(2).mean > 0
    with pytest.raises(NotImplementedError, match=r"C\+\+"):
        benchmark.Timer("1;", language=benchmark.Language.CPP)
    with pytest.raises(ValueError, match="Invalid language"):
        benchmark.Timer("1", language="Rust")
