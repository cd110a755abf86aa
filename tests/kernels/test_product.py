"""Matrix products, on both sides of the sizes from which they are held to one thread or shared."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.kernels import product as product_module
from tinygrad_np.kernels import threads
from tinygrad_np.kernels.product import multiply_here, product, repeated

SHAPES = [
    (2, 3, 4),
    (0, 3, 4),
    (70, 1, 90),
    (64, 100, 64),
    (130, 400, 350),
    (1, 5000, 90),
    (3000, 200, 33),
]


@pytest.mark.parametrize(("n", "k", "m"), SHAPES)
@pytest.mark.parametrize("turned", [False, True])
def test_products_are_numpys(n, k, m, turned):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((n, k)), random.standard_normal((m, k)).T
    if turned:
        a, b = np.asfortranarray(a), np.ascontiguousarray(b)
    np.testing.assert_allclose(product(a, b), np.einsum("ij,jk->ik", a, b), rtol=1e-9, atol=1e-9)


PARTS = [(700, 70, 64), (700, 100, 70), (30, 300, 256), (6, 6, 40000), (3, 900, 1000)]
DEEP = [(50, 2000, 30), (50, 2003, 30), (61, 300, 256)]


@pytest.mark.parametrize("shape", PARTS + DEEP)
@pytest.mark.parametrize("turned", [False, True])
def test_products_in_parts_fill_all_of_the_result(shape, turned, monkeypatch):
    monkeypatch.setattr(threads, "blas_has_avx512", lambda: True)
    n, k, m = shape
    random = np.random.default_rng(0)
    a, b = random.standard_normal((3, n, k)), random.standard_normal((3, k, m))
    if turned:
        a = np.ascontiguousarray(a.swapaxes(1, 2)).swapaxes(1, 2)
    out = np.full((3, n, 2 * m), np.nan)[..., :m]
    multiply_here(a, b, out)
    np.testing.assert_allclose(out, np.einsum("gij,gjk->gik", a, b), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "shape", [(32, 128, 512), (32, 512, 128), (5, 7, 3), (0, 7, 3), (700, 300, 90)]
)
def test_products_with_one_matrix_again_and_again(shape, monkeypatch):
    monkeypatch.setattr(threads, "blas_has_avx512", lambda: True)
    rows, k, m = shape
    random = np.random.default_rng(0)
    b = random.standard_normal((m, k)).T
    times = repeated(b, rows)
    for count in (rows, rows // 2):
        a, out = random.standard_normal((count, k)), np.full((count, m), np.nan)
        times(a, out)
        np.testing.assert_allclose(out, np.einsum("ij,jk->ik", a, b), rtol=1e-9, atol=1e-9)


STACKS = [
    ((6, 40, 300), (6, 300, 260)),  # a stack with a stack
    ((2, 3, 64, 128), (2, 3, 128, 700)),
    ((1, 5, 200, 300), (4, 1, 300, 70)),  # each is repeated along a dimension of the other
    ((300, 300), (5, 300, 64)),
    ((7, 200, 300), (300, 64)),
    ((1, 300, 500), (1, 500, 400)),  # of one matrix its columns are shared out
    ((1, 400, 500), (1, 500, 300)),  # or its rows
    ((3, 900, 300), (3, 300, 1)),
]


@pytest.mark.parametrize(("left", "right"), STACKS)
@pytest.mark.parametrize("turned", [False, True])
def test_stacks_are_shared_out(left, right, turned, monkeypatch):
    monkeypatch.setattr(product_module, "LARGE", 1 << 19)
    random = np.random.default_rng(0)
    a, b = random.standard_normal(left), random.standard_normal(right)
    if turned:
        a, b = (np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2) for x in (a, b))
    expected = np.einsum("...ij,...jk->...ik", a, b)
    np.testing.assert_allclose(product(a, b), expected, rtol=1e-9, atol=1e-9)


def test_a_column_times_no_row_and_a_row_times_no_column():
    assert product(np.ones((700, 1)), np.ones((1, 0))).shape == (700, 0)
    assert product(np.ones((0, 1)), np.ones((1, 900))).shape == (0, 900)
    assert (product(np.ones((700, 0)), np.ones((0, 900))) == 0).all()


def test_other_ranks_and_wrong_shapes():
    a = np.ones((300, 300))
    assert product(a, a[0]).shape == (300,)
    assert product(a[None], a).shape == (1, 300, 300)
    with pytest.raises(ValueError, match="mismatch"):
        product(a, np.ones((200, 300)))


@pytest.mark.parametrize("shape", [(600, 600), (9, 256, 256)])
def test_products_do_not_depend_on_the_number_of_threads(shape):
    pytest.importorskip("threadpoolctl")
    random = np.random.default_rng(0)
    a, b = (random.standard_normal(shape).astype(np.float32) for _ in range(2))
    before, results = tg.get_num_threads(), []
    for count in (1, 2, 4):
        tg.set_num_threads(count)
        results.append(product(a, b).tobytes())
    tg.set_num_threads(before)
    assert results[0] == results[1] == results[2]
    np.testing.assert_allclose(
        np.frombuffer(results[0], np.float32).reshape(shape), a @ b, rtol=1e-3, atol=1e-4
    )


def test_overflow_gives_inf_without_a_word():
    big = np.full((400, 400), 1e300)
    assert np.isinf(product(big, big)).all()
