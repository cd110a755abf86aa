"""Arrays seen with fewer dimensions: the same numbers, in the same places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_np.kernels import layout
from tinygrad_np.kernels.along import sum_over, summed, sums


@st.composite
def arrays(draw):
    """An array laid out in any order of its dimensions, and one with some of its sizes 1."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    order = draw(st.permutations(range(len(shape))))
    memory = np.arange(np.prod(shape), dtype=float).reshape([shape[d] for d in order])
    x = memory.transpose(np.argsort(order))
    kept = [draw(st.sampled_from([1, n])) for n in shape]
    return x, draw(st.floats(1, 2)) * np.arange(1.0, np.prod(kept) + 1).reshape(kept)


@given(arrays())
def test_joined_arrays_broadcast_to_the_same_numbers(pair):
    x, other = pair
    joined, few = layout.joined([x, other])
    assert np.shares_memory(joined, x)
    assert np.shares_memory(few, other)
    assert joined.ndim <= x.ndim
    assert joined.flags.c_contiguous
    whole = np.empty_like(x)
    place, _ = layout.joined([whole, other])
    if place.shape == joined.shape:
        place[...] = joined * few
        np.testing.assert_array_equal(whole, x * other)


@given(arrays())
def test_widened_arrays_are_the_same_rows(pair):
    x, other = pair
    joined, few = layout.joined([x, other])
    wide, repeated = layout.widened([joined, few])
    product = (wide * repeated).reshape(joined.shape)
    np.testing.assert_array_equal(product, joined * few)


@given(arrays())
def test_sums_of_joined_arrays(pair):
    x, like = pair
    axes = tuple(d for d, n in enumerate(like.shape) if n == 1)
    np.testing.assert_allclose(sum_over(axes, x), x.sum(axis=axes, keepdims=True))
    np.testing.assert_allclose(sum_over(axes, x, x), (x * x).sum(axis=axes, keepdims=True))
    joined, few = layout.joined([x, like])
    along = summed(joined, few)
    np.testing.assert_allclose(sums(along, joined), joined.sum(axis=along, keepdims=True))


def test_channels_last_is_two_dimensions():
    images = np.zeros((4, 8, 8, 16)).transpose(0, 3, 1, 2)
    x, bias = layout.joined([images, np.zeros((1, 16, 1, 1))])
    assert x.shape == (256, 16)
    assert bias.shape == (1, 16)
    wide, repeated = layout.widened([x, bias])
    assert wide.shape == (2, layout.LONG)
    assert repeated.shape == (1, layout.LONG)


def test_gaps_are_not_joined():
    assert layout.joined([np.zeros((4, 4))[:, :3]]) is None


@pytest.mark.parametrize("shape", [(1,), (1, 1, 1)])
def test_one_element_keeps_a_dimension(shape):
    (x,) = layout.joined([np.zeros(shape)])
    assert x.shape == (1,)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=4))
def test_apart_knows_whether_places_are_shared(dimensions):
    shape, steps = zip(*dimensions, strict=True) if dimensions else ((), ())
    x = np.lib.stride_tricks.as_strided(np.zeros(99), shape, [8 * s for s in steps])
    places = [sum(np.multiply(i, steps)) for i in np.ndindex(shape)]
    assert layout.apart(x) == (len(set(places)) == len(places))
    assert layout.apart(x[::-1] if x.ndim else x) == layout.apart(x)
