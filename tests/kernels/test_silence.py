"""Warnings are off inside, and the user's own setting stands outside, in every thread."""

import threading

import numpy as np
import pytest

from tinygrad_np.kernels.silence import BUFFER, quiet, silent


def test_no_warning_inside_and_the_usual_ones_outside():
    with np.errstate(all="raise"):
        assert silent.run(np.divide, 1.0, np.zeros(1))[0] == np.inf
        with pytest.raises(FloatingPointError):
            np.divide(1.0, np.zeros(1))


def test_a_failure_inside_leaves_the_way_in_open():
    with pytest.raises(TypeError):
        silent.run(np.add, np.ones(1), "a")
    assert silent.run(np.add, 1, 1) == 2


def test_each_thread_has_its_own():
    failures = []

    def work():
        try:
            with np.errstate(all="raise"):
                for _ in range(2000):
                    silent.run(np.log, np.zeros(8))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures


def test_quiet_is_over_at_its_end():
    before = np.geterr(), np.getbufsize()
    with quiet():
        assert set(np.geterr().values()) == {"ignore"}
        assert np.getbufsize() == BUFFER <= before[1]
        with quiet():
            pass
        assert set(np.geterr().values()) == {"ignore"}
    assert (np.geterr(), np.getbufsize()) == before


def test_quiet_is_over_after_an_error():
    before = np.geterr(), np.getbufsize()
    with pytest.raises(KeyError), quiet():
        raise KeyError
    assert (np.geterr(), np.getbufsize()) == before
