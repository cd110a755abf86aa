"""Rows for ops/sparse.py."""

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing
from tinygrad_np.ops.sparse import spmm


def product(values, dense, *, indices, size):
    matrix = np.zeros(size, values.dtype)
    for value, i, j in zip(values, *indices):
        matrix[i, j] += value
    return matrix @ dense


@st.composite
def matrices(draw):
    n, m, k = (draw(st.integers(1, 3)) for _ in range(3))
    count = draw(st.integers(0, 4))
    indices = np.array(
        [draw(st.lists(st.integers(0, s - 1), min_size=count, max_size=count)) for s in (n, m)],
        np.int64,
    )
    values = draw(testing.spaced((count,), -2, 2))
    dense = draw(testing.spaced((m, k), -2, 2))
    return Sample((values, dense), {"indices": indices, "size": (n, m)})


ROWS = [OpInfo(spmm, product, matrices(), torch=None)]
