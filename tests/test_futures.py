"""Futures: their values, errors and callbacks, here and in PyTorch."""

import importlib
import threading

import pytest


@pytest.fixture(params=["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def futures(request):
    return importlib.import_module(f"{request.param}.futures")


def test_a_value_is_set_once(futures):
    future = futures.Future()
    assert not future.done()
    with pytest.raises(RuntimeError):
        future.value()
    timer = threading.Timer(0.01, future.set_result, [3])
    timer.start()
    assert future.wait() == future.value() == 3
    assert future.done()
    timer.join()
    with pytest.raises(RuntimeError, match="only be marked completed once"):
        future.set_result(4)


def test_what_follows(futures):
    future, seen = futures.Future(), []
    chained = future.then(lambda f: f.value() + 1).then(lambda f: f.wait() * 10)
    future.add_done_callback(lambda f: seen.append(f.value()))
    future.set_result(2)
    future.add_done_callback(lambda f: seen.append("at once"))
    assert chained.wait() == 30
    assert seen == [2, "at once"]


def test_errors(futures):
    future = futures.Future()
    chained = future.then(lambda f: f.wait() + 1)
    future.set_exception(KeyError("x"))
    with pytest.raises(KeyError):
        future.wait()
    with pytest.raises(KeyError):
        future.value()
    with pytest.raises(RuntimeError, match="error when running the callback: KeyError: 'x'"):
        chained.wait()
    with pytest.raises(AssertionError, match="not an Exception"):
        futures.Future().set_exception(3)
    with pytest.raises(RuntimeError):
        futures.Future(devices=["cuda:0"])


def test_all_of_several(futures):
    first, second = futures.Future(), futures.Future()
    both = futures.collect_all([first, second])
    second.set_result(2)
    assert not both.done()
    first.set_result(1)
    assert both.done()
    assert [future.wait() for future in both.wait()] == [1, 2]
    assert futures.wait_all([first, second]) == [1, 2]
    assert futures.collect_all([]).wait() == []
    failed = futures.Future()
    failed.set_exception(ValueError("q"))
    with pytest.raises(ValueError, match="q"):
        futures.wait_all([first, failed])
