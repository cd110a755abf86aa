"""Recording on and off, as context managers and decorators."""

import pytest

import tinygrad_np as tg


def x():
    return tg.ones(2, requires_grad=True)


@pytest.mark.parametrize("form", [tg.no_grad, tg.inference_mode], ids=["no_grad", "inference"])
def test_blocks_functions_and_generators(form):
    with form():
        assert not (x() * 2).requires_grad
    assert (x() * 2).requires_grad

    @form()
    def called(a, b=1):
        """Words."""
        return a * 2

    @form
    def bare(a):
        return a * 2

    assert not called(x()).requires_grad
    assert not bare(x()).requires_grad
    assert called.__doc__ == "Words."

    @form()
    def generator():
        yield x() * 2
        yield x() * 3

    for item in generator():
        assert not item.requires_grad
        assert (x() * 2).requires_grad  # between the items the mode is the caller's


def test_a_decorated_generator_passes_values_and_errors():
    @tg.no_grad()
    def generator():
        got = yield 1
        try:
            yield got
        except KeyError:
            yield "caught"
        return 5

    g = generator()
    assert next(g) == 1
    assert g.send("sent") == "sent"
    assert g.throw(KeyError()) == "caught"
    with pytest.raises(StopIteration) as stop:
        next(g)
    assert stop.value.value == 5


def test_enable_grad_inside_no_grad():
    with tg.no_grad():
        with tg.enable_grad():
            assert (x() * 2).requires_grad
        assert not (x() * 2).requires_grad


def test_the_mode_comes_back_after_an_error():
    with pytest.raises(ZeroDivisionError), tg.no_grad():
        raise ZeroDivisionError
    assert tg.is_grad_enabled()


def test_one_object_may_be_entered_twice():
    mode = tg.no_grad()
    with mode:
        with mode:
            pass
        assert not tg.is_grad_enabled()
    assert tg.is_grad_enabled()


def test_set_grad_enabled_as_a_function_a_block_and_a_decorator():
    tg.set_grad_enabled(False)
    assert not tg.is_grad_enabled()
    tg.set_grad_enabled(True)
    assert tg.is_grad_enabled()
    with tg.set_grad_enabled(False):
        assert not tg.is_grad_enabled()
    assert tg.is_grad_enabled()

    @tg.set_grad_enabled(False)
    def f():
        return tg.is_grad_enabled()

    assert tg.is_grad_enabled()
    assert f() is False
    assert tg.is_grad_enabled()


def test_inference_mode_is_told_apart():
    assert not tg.is_inference_mode_enabled()
    with tg.inference_mode():
        assert tg.is_inference_mode_enabled()
        assert not tg.is_grad_enabled()
        with tg.inference_mode(False):
            assert (x() * 2).requires_grad
    with tg.no_grad():
        assert not tg.is_inference_mode_enabled()
