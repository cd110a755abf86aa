"""detect_anomaly: what is found, where it is said to come from, and that nothing is left behind."""

import gc
import warnings

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.tape.graph import Node

NAN = float("nan")


class Spoiled(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, grad):
        return grad * NAN


def zero(*shape):
    return tg.zeros(*(shape or (1,)), requires_grad=True)


def seen(call, check_nan=True):
    """What a call raises and warns of while walks are watched."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with (
            pytest.raises(RuntimeError) as error,
            tg.autograd.detect_anomaly(check_nan),
        ):
            call()
    return str(error.value), [str(w.message) for w in caught][1:]


def indexed():
    x = zero(3)
    (x[1:].sqrt() * 0).sum().backward()


def divided():
    x, y = tg.ones(1, requires_grad=True), zero()
    (x * y / y).sum().backward()


def fed():
    zero().sum().backward(tg.tensor(NAN))


def hooked():
    y = zero() * 2
    y.register_hook(lambda grad: grad * NAN)
    y.sum().backward()


def complex_root():
    x = tg.zeros(1, dtype=tg.complex64, requires_grad=True)
    (x.sqrt() * 0).abs().sum().backward()


@pytest.mark.parametrize(
    ("call", "name", "place"),
    [
        (lambda: (zero().sqrt() * 0).sum().backward(), "Sqrt", 0),
        (lambda: tg.autograd.grad((zero().sqrt() * 0).sum(), zero(), allow_unused=True), None, 0),
        (indexed, "Sqrt", 0),
        (divided, "Div", 1),
        (fed, "Sum", 0),
        (hooked, "Mul", 0),
        (complex_root, "Sqrt", 0),
        (lambda: Spoiled.apply(zero()).sum().backward(), "Spoiled", 0),
    ],
)
def test_the_first_nan_is_found(call, name, place):
    if name is None:  # nothing is computed on the way to an unused input
        with pytest.warns(UserWarning, match="Anomaly"), tg.autograd.detect_anomaly():
            assert call() == (None,)
        return
    words, warned = seen(call)
    number = "" if name == "Spoiled" else "0"
    full = f"{name}Backward{number}"
    assert words == f"Function '{full}' returned nan values in its {place}th output."
    (warning,) = warned
    assert warning.startswith(f"Error detected in {full}. Traceback of forward call")
    assert __file__ in warning
    assert warning.rstrip().splitlines()[-2].count("tinygrad_np/ops") == 0


def test_with_a_recorded_walk():
    x = zero()
    words, _ = seen(lambda: tg.autograd.grad((x.sqrt() * 0).sum(), x, create_graph=True))
    assert "SqrtBackward0" in words


def test_other_errors_are_placed():
    def stale():
        y = (tg.ones(2, requires_grad=True) * 1).exp()
        y.add_(1)
        y.sum().backward()

    words, (warning,) = seen(stale, check_nan=False)
    assert "inplace" in words
    assert "y = (tg.ones(2, requires_grad=True) * 1).exp()" in warning


def test_operations_from_before_have_no_place():
    y = (zero().sqrt() * 0).sum()
    _, (warning,) = seen(y.backward)
    assert "SqrtBackward0" in warning
    assert "Traceback" not in warning


def test_what_is_not_nan_passes():
    x = zero()
    with pytest.warns(UserWarning, match="Anomaly"), tg.autograd.detect_anomaly():
        x.log().sum().backward()
    assert np.isinf(x.grad.numpy()).all()
    with tg.autograd.set_detect_anomaly(True, check_nan=False):
        assert not tg.is_anomaly_check_nan_enabled()
        assert tg.isnan(tg.autograd.grad((x.sqrt() * 0).sum(), x)[0]).all()


def test_the_mode_ends_without_a_trace():
    usual = Node.__init__, Node.backward
    with tg.autograd.set_detect_anomaly(True):
        assert tg.is_anomaly_enabled()
        assert Node.backward is not usual[1]
        with tg.autograd.set_detect_anomaly(False):
            assert not tg.is_anomaly_enabled()
            (zero().sqrt() * 0).sum().backward()
        assert tg.is_anomaly_enabled()
    tg.autograd.set_detect_anomaly(True)
    tg.autograd.set_detect_anomaly(True)
    tg.autograd.set_detect_anomaly(False)
    assert not tg.is_anomaly_enabled()
    assert (Node.__init__, Node.backward) == usual
    assert tg.autograd.set_detect_anomaly(False).__exit__() is None


def test_places_live_no_longer_than_nodes():
    from tinygrad_np.autograd.anomaly_mode import _State

    gc.disable()
    try:
        with tg.autograd.set_detect_anomaly(True):
            before = len(_State.places)
            y = zero().exp().sum()
            assert len(_State.places) == before + 3
            del y
            assert len(_State.places) == before
    finally:
        gc.enable()
