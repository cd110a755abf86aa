"""Work in several threads: the same results, bit for bit, whatever their number."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.kernels import threads
from tinygrad_np.nn import functional as F

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture(autouse=True)
def put_back():
    before = tg.get_num_threads()
    yield
    tg.set_num_threads(before)
    tg.set_conv_algorithm("auto")


def convolve(count, **geometry):
    """A convolution and a pooling with their gradients, as bytes."""
    tg.set_num_threads(count)
    random = np.random.default_rng(0)
    seen = 64 // geometry.get("groups", 1)
    x = tg.tensor(random.standard_normal((37, 64, 20, 20)).astype(np.float32), requires_grad=True)
    w = tg.tensor(random.standard_normal((64, seen, 3, 3)).astype(np.float32), requires_grad=True)
    out = F.max_pool2d(F.relu(F.conv2d(x, w, padding=1, **geometry)), 2)
    out.backward(tg.tensor(random.standard_normal(tuple(out.shape)).astype(np.float32)))
    return [t.detach().numpy().tobytes() for t in (out, x.grad, w.grad)]


@pytest.mark.parametrize("algorithm", ["im2col", "winograd"])
@pytest.mark.parametrize("geometry", [{}, {"stride": 2}, {"groups": 4}, {"groups": 64}], ids=str)
def test_results_do_not_depend_on_the_number_of_threads(geometry, algorithm):
    pytest.importorskip("threadpoolctl")
    tg.set_conv_algorithm(algorithm)
    one = convolve(1, **geometry)
    assert convolve(2, **geometry) == one
    assert convolve(4, **geometry) == one


def test_every_part_is_done_once():
    for count in (1, 2, 3):
        tg.set_num_threads(count)
        done = []
        threads.run(done.append, range(10))
        assert sorted(done) == list(range(10))


def test_errors_come_through_from_any_thread():
    tg.set_num_threads(2)

    def fail(part):
        if part == 1:
            raise KeyError(part)

    with pytest.raises(KeyError, match="1"):
        threads.run(fail, range(4))
    done = []
    threads.run(done.append, range(4))
    assert len(done) == 4


def test_two_threads_of_the_user_may_convolve_at_once():
    pytest.importorskip("threadpoolctl")
    want, got = convolve(2), []
    workers = [threading.Thread(target=lambda: got.append(convolve(2))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert got == [want] * 3


def test_blas_has_its_threads_back_afterwards():
    controls = pytest.importorskip("threadpoolctl")

    def counts():
        return [lib["num_threads"] for lib in controls.threadpool_info()]

    convolve(2)
    before = counts()
    convolve(2)
    assert counts() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_has_threads_of_its_own():
    code = """
import os, sys, tinygrad_np as tg
from tinygrad_np.nn import functional as F
tg.set_num_threads(2)
x, w = tg.ones(32, 8, 16, 16), tg.ones(8, 8, 3, 3)
F.conv2d(x, w)
child = os.fork()
if child == 0:
    F.conv2d(x, w)
    os._exit(7)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) - 7)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60, check=False)
    assert done.returncode == 0


def test_wrong_counts():
    for count in (0, -1, 1.5, True):
        with pytest.raises(RuntimeError, match="positive integer"):
            tg.set_num_threads(count)
