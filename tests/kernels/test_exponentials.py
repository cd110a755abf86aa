"""Softmax, its logarithm and cross entropies beside float64, near 0 and far from it."""

import numpy as np
import pytest
import scipy.special

from tinygrad_np.kernels import exponentials, threads

SHAPES = [((3, 5), 1), ((50, 60), 1), ((50, 60), 0), ((700, 900), 1), ((700, 900), 0),
          ((2, 7, 300, 200), 1)]  # fmt: skip
SCALES = [1, 20, 1000]  # of which the last two are beyond what needs no shift


def numbers(shape, scale):
    return (scale * np.random.default_rng(0).standard_normal(shape)).astype(np.float32)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_values(shape, axis, scale):
    x = numbers(shape, scale)
    logs = scipy.special.log_softmax(x.astype(np.float64), axis)
    np.testing.assert_allclose(exponentials.softmax(x, axis), np.exp(logs), rtol=2e-5, atol=1e-37)
    np.testing.assert_allclose(exponentials.log_softmax(x, axis), logs, rtol=1e-6, atol=1e-6)
    labels = np.random.default_rng(1).integers(
        0, shape[axis], [*shape[:axis], 1, *shape[axis + 1 :]]
    )
    losses, total, exps, truth = exponentials.cross_entropies(x, labels, axis)
    want = -np.take_along_axis(logs, labels, axis)
    np.testing.assert_allclose(losses, want, rtol=1e-6, atol=3e-7)
    np.testing.assert_allclose(exps / total, np.exp(logs), rtol=2e-5, atol=1e-37)
    picked = exponentials.at(x, truth)[truth]
    np.testing.assert_array_equal(picked, np.take_along_axis(x, labels, axis))


@pytest.mark.parametrize("far", [88.0, -200.0, np.inf, -np.inf, np.nan])
def test_one_number_far_from_the_others(far):
    x = numbers((60, 50), 1)
    x[7, 3] = far
    with np.errstate(all="ignore"):
        want = scipy.special.softmax(x.astype(np.float64), 1)
    np.testing.assert_allclose(exponentials.softmax(x, 1), want, rtol=2e-5, atol=1e-37)


def test_small_losses_near_0_are_not_lost():
    x = np.zeros((300, 10), np.float32)
    x[:, 3] = 29
    losses, *_ = exponentials.cross_entropies(x, np.full((300, 1), 3), 1)
    assert (losses < 2e-7).all()
    x[:, 3] = 5  # losses of 0.06: rounded once, not as a difference of two numbers of 5
    losses, *_ = exponentials.cross_entropies(x, np.full((300, 1), 3), 1)
    np.testing.assert_allclose(losses, np.log1p(9 * np.exp(-5.0)), rtol=2e-6)
    x[:, 3] = 29
    losses, *_ = exponentials.cross_entropies(x, np.full((300, 1), 4), 1)
    np.testing.assert_allclose(losses, 29, rtol=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_the_number_of_threads_changes_nothing(scale):
    x = numbers((2000, 700), scale)
    labels = np.arange(2000)[:, None] % 700
    found, before = [], threads.get_num_threads()
    try:
        for count in (1, 2, 4):
            threads.set_num_threads(count)
            found.append([exponentials.softmax(x, 1), exponentials.log_softmax(x, 1),
                          *exponentials.cross_entropies(x, labels, 1)[:3]])  # fmt: skip
    finally:
        threads.set_num_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            assert a.tobytes() == b.tobytes()


def test_float16_does_not_overflow():
    x = np.full((300, 10), 20, np.float16)
    x[:, 0] = 19
    want = scipy.special.softmax(x.astype(np.float64), 1)
    np.testing.assert_allclose(exponentials.softmax(x, 1), want, rtol=2e-3)
