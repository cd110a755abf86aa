"""Complex tensors: types, printing, memory, the tape, what is refused; beside PyTorch."""

import io
import warnings

import numpy as np
import pytest

import tinygrad_np as tg

Z = np.array([[1 + 2j, -0.5j], [3.25, -1 - 1e-3j]])


def test_types():
    assert tg.tensor(1j).dtype == tg.complex64 == tg.cfloat
    assert tg.tensor(Z).dtype == tg.complex128 == tg.cdouble
    z = tg.tensor([1j, 2.0, 3])
    assert z.dtype.is_complex
    assert not z.dtype.is_floating_point
    assert z.is_complex()
    assert tg.is_complex(z)
    assert (tg.complex64.to_real(), tg.float64.to_complex()) == (tg.float32, tg.complex128)
    one = tg.ones(1)
    assert (one + 1j).dtype == (one.half() + 1j).dtype == (1j * tg.arange(2)).dtype == tg.complex64
    assert (one.double() * z[0]).dtype == (one.double() + 1j).dtype == tg.complex128
    assert tg.promote_types(tg.complex64, tg.int64) == tg.complex64
    assert tg.can_cast(tg.float64, tg.complex64)
    assert not tg.can_cast(tg.complex64, tg.float64)
    assert (tg.ones(1 << 20) + 1j).dtype == tg.complex64
    assert tg.ones(1 << 20, dtype=tg.complex64).abs().dtype == tg.float32


def test_parts_are_set():
    z = tg.tensor(Z)
    z.real, z.imag[1] = tg.tensor([1.0, 2.0]), 5.0
    z[0].imag = tg.tensor(3.0)
    assert z.tolist() == [[1 + 3j, 2 + 3j], [1 + 5j, 2 + 5j]]
    x = tg.ones(2, dtype=tg.float64, requires_grad=True)
    y = tg.tensor(Z[0]) * 1
    y.imag = x * 2
    (y.real * y.imag).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * Z[0].real)


def test_names_and_limits():
    assert tg.tensor(1j).type() == "torch.ComplexFloatTensor"
    assert tg.tensor(Z).type() == "torch.ComplexDoubleTensor"
    assert tg.finfo(tg.complex64) == tg.finfo(tg.float32)


def test_parts_are_views():
    z = tg.tensor(Z)
    z.real.mul_(2)
    z.imag[0, 0] = 7
    tg.view_as_real(z)[1, 1, 1] = 9
    want = 2 * Z.real + 1j * Z.imag
    want[0, 0], want[1, 1] = 2 + 7j, -2 + 9j
    np.testing.assert_array_equal(z.numpy(), want)
    x = tg.zeros(3, 2)
    tg.view_as_complex(x)[1] = 5 - 6j
    assert x.tolist() == [[0, 0], [5, -6], [0, 0]]


def test_gradients_are_those_of_the_parts():
    z = tg.tensor(Z, requires_grad=True)
    w = tg.tensor(Z[0].real, requires_grad=True)
    (z * w * z.conj()).real.sum().backward()  # w * (x ** 2 + y ** 2)
    np.testing.assert_allclose(z.grad.numpy(), 2 * Z * Z[0].real)
    np.testing.assert_allclose(w.grad.numpy(), (np.abs(Z) ** 2).sum(0))
    assert w.grad.dtype == tg.float64
    with pytest.raises(RuntimeError, match="real scalar outputs"):
        (z * z).sum().backward()


def test_gradients_at_0_and_beside_infinite_ones():
    z = tg.tensor([0j, 1j], dtype=tg.complex128, requires_grad=True)
    (z.angle().sum() + z.abs().sum() + tg.sgn(z).real.sum()).backward()
    assert z.grad[0].item() == 1  # of sgn(z), taken for z
    x = tg.tensor([4.0], requires_grad=True)
    tg.complex(x, x * 0).imag.log().backward()
    y = tg.tensor([4.0], requires_grad=True)
    tg.complex(y, tg.zeros(1)).imag.log().sigmoid().backward()
    assert y.grad.tolist() == [0.0]


def test_changes_in_place_are_on_the_tape():
    z = tg.tensor(Z, requires_grad=True)
    y = z * 1
    y.real.mul_(3)
    y.mul_(1j).abs().pow(2).sum().backward()
    np.testing.assert_allclose(z.grad.numpy(), 18 * Z.real + 2j * Z.imag)


def test_what_is_not_for_complex_numbers_says_so():
    z = tg.tensor(Z)
    for function in (
        tg.relu, lambda z: z < z, lambda z: z.max(), lambda z: z.sort(), lambda z: tg.maximum(z, z),
        tg.floor, lambda z: z.clamp(0), lambda z: z.softmax(0), tg.linalg.svd,
        lambda z: tg.maximum(tg.ones(2), 1j),
    ):  # fmt: skip
        with pytest.raises(NotImplementedError, match="not implemented for 'Complex"):
            function(z)
    for function, words in (
        (lambda: tg.imag(tg.ones(2)), "non-complex"),
        (lambda: tg.view_as_real(tg.ones(2)), "only supported for complex"),
        (lambda: tg.view_as_complex(tg.ones(3)), "last dimension of size 2"),
        (lambda: tg.view_as_complex(tg.ones(2, 3).T), "side by side"),
        (lambda: tg.complex(tg.ones(2), tg.ones(2).double()), "both parts"),
        (lambda: tg.ones(2).mul_(1j), "can't be cast"),
        (lambda: tg.fft.rfft(z), "real input"),
        (lambda: tg.fft.fft(z, norm="other"), "normalization mode"),
        (lambda: tg.fft.fft(z, n=0), "data points"),
        (lambda: tg.fft.fft(z, n=-1), "data points"),
        (lambda: tg.fft.irfft(z, n=-1), "data points"),
        (lambda: tg.fft.fftn(z, s=(-2, 2)), "data points"),
        (lambda: tg.fft.fftn(z, s=(1, 2), dim=0), "the same length"),
        (lambda: tg.fft.irfftn(z, s=(1, 1, 5), dim=0), "the same length"),
        (lambda: tg.fft.fftn(z, s=(2, 2, 2)), "only has 2 dimensions"),
        (lambda: tg.fft.rfftn(tg.ones(2), dim=()), "at least one axis"),
        (lambda: tg.fft.hfftn(z, dim=()), "at least one axis"),
        (lambda: tg.fft.fft(tg.ones(2).half()), "Unsupported dtype Half"),
        (lambda: tg.fft.fftfreq(3, dtype=tg.int64), "floating point"),
    ):
        with pytest.raises(RuntimeError, match=words):
            function()
    with pytest.raises(ValueError, match="complex"):
        tg.optim.Adafactor([tg.tensor(Z, requires_grad=True)])
    with pytest.warns(UserWarning, match="discards the imaginary part"):
        assert z.float().dtype == tg.float32


def test_a_loss_that_depends_on_the_phase_of_eigenvectors_has_no_gradient():
    A = tg.tensor([[1.0, -2.0], [3.0, 0.5]], requires_grad=True)
    with pytest.raises(RuntimeError, match="phi"):
        tg.linalg.eig(A).eigenvectors.imag.sum().backward()


def test_saved_and_loaded():
    file = io.BytesIO()
    tg.save({"z": tg.tensor(Z)}, file)
    file.seek(0)
    np.testing.assert_array_equal(tg.load(file)["z"].numpy(), Z)


def test_transforms_over_no_dimension():
    one = tg.fft.fftn(tg.tensor(3))
    assert (one.dtype, one.item()) == (tg.complex64, 3)
    x = tg.tensor(Z)
    y = tg.fft.fftn(x, dim=())
    y[0, 0] = 0
    np.testing.assert_array_equal(x.numpy(), Z)
    with pytest.raises(IndexError, match="no dimensions"):
        tg.fft.fft(tg.tensor(3.0))


SIGNAL = np.random.default_rng(0).normal(size=(2, 40))
HANN = tg.hann_window(8)


@pytest.mark.parametrize(
    "options",
    [
        {}, {"hop_length": 3, "win_length": 6}, {"normalized": True}, {"onesided": False},
        {"win_length": 5, "center": False}, {"pad_mode": "constant"}, {"pad_mode": "circular"},
        {"win_length": 5, "center": False, "align_to_window": True}, {"return_complex": False},
    ],
)  # fmt: skip
@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:stft with return_complex=False")
def test_stft_is_pytorchs(options):
    import torch

    options = {"return_complex": True, **options}
    window = torch.hamming_window(options.get("win_length", 8))
    mine, theirs = tg.tensor(SIGNAL, requires_grad=True), torch.tensor(SIGNAL, requires_grad=True)
    ours = tg.stft(mine, 8, window=tg.tensor(window.numpy()), **options)
    want = torch.stft(theirs, 8, window=window, **options)
    np.testing.assert_allclose(ours.detach().numpy(), want.detach().numpy(), atol=1e-12)
    ours.abs().pow(2).sum().backward()
    want.abs().pow(2).sum().backward()
    np.testing.assert_allclose(mine.grad.numpy(), theirs.grad.numpy(), atol=1e-12)


def test_a_signal_comes_back():
    x = tg.tensor(SIGNAL)
    for options in ({}, {"normalized": True}, {"onesided": False}):
        z = tg.stft(x, 8, window=HANN, return_complex=True, **options)
        back = tg.istft(z, 8, window=HANN, **options)
        np.testing.assert_allclose(back.numpy(), SIGNAL, atol=1e-6)
        short = tg.istft(z, 8, window=HANN, length=17, **options)
        np.testing.assert_allclose(short.numpy(), SIGNAL[:, :17], atol=1e-6)
    with pytest.warns(UserWarning, match="padded with zeros"):
        assert tg.istft(z, 8, window=HANN, onesided=False, length=50)[0, 44:].tolist() == [0] * 6


def test_what_stft_refuses():
    x, z = tg.tensor(SIGNAL), tg.tensor(SIGNAL + 1j)
    for call, words in (
        (lambda: tg.stft(x, 8), "return_complex"),
        (lambda: tg.stft(z, 8, onesided=True), "onesided"),
        (lambda: tg.stft(x, 50, center=False, return_complex=True), "n_fft"),
        (lambda: tg.stft(x, 8, 0, return_complex=True), "hop_length"),
        (lambda: tg.stft(x, 8, 2, 9, return_complex=True), "win_length"),
        (lambda: tg.stft(x, 8, 2, 6, HANN, return_complex=True), "window"),
        (lambda: tg.istft(x, 8), "complex-valued"),
        (lambda: tg.istft(z, 8, window=HANN), "frequencies"),
        (lambda: tg.istft(z[:, :8].reshape(1, 8, 2), 8, 8, window=HANN, onesided=False), "overlap"),
    ):
        with pytest.raises(RuntimeError, match=words):
            call()


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_windows(n):
    from scipy.signal import windows

    for name, ours, more in (
        ("hann", tg.hann_window, {}), ("hamming", tg.hamming_window, {}),
        ("blackman", tg.blackman_window, {}), ("bartlett", tg.bartlett_window, {}),
        ("kaiser", tg.kaiser_window, {"beta": 5.0}), ("nuttall", None, {}), ("cosine", None, {}),
        ("exponential", None, {"tau": 2.0}), ("gaussian", None, {"std": 1.5}),
        ("general_hamming", None, {"alpha": 0.6}), ("general_cosine", None, {"a": [0.4, 0.3, 0.2]}),
    ):  # fmt: skip
        for sym in (False, True):
            want = getattr(windows, name)(n, **more, sym=sym)
            same = getattr(tg.signal.windows, name)(n, sym=sym, dtype=tg.float64, **more)
            np.testing.assert_allclose(same.numpy(), want, atol=1e-14)
            if ours:
                same = ours(n, periodic=not sym, **more)
                assert same.dtype == tg.float32
                np.testing.assert_allclose(same.numpy(), want, atol=1e-6)


def test_what_windows_refuse():
    windows = tg.signal.windows
    for call, error in (
        (lambda: tg.hann_window(-1), RuntimeError),
        (lambda: tg.hann_window(3, dtype=tg.int64), RuntimeError),
        (lambda: tg.hann_window(3.5), TypeError),
        (lambda: windows.hann(-1), ValueError),
        (lambda: windows.hann(3, dtype=tg.half), ValueError),
        (lambda: windows.general_cosine(3, a=[]), ValueError),
        (lambda: windows.general_cosine(3, a=2.0), TypeError),
        (lambda: windows.general_cosine(3, a=["a"]), TypeError),
        (lambda: windows.exponential(3, center=1.0), ValueError),
        (lambda: windows.exponential(3, tau=0.0), ValueError),
        (lambda: windows.gaussian(3, std=0.0), ValueError),
        (lambda: windows.kaiser(3, beta=-1.0), ValueError),
    ):
        with pytest.raises(error):
            call()


def test_frequencies():
    for n in (1, 4, 5):
        np.testing.assert_allclose(tg.fft.fftfreq(n, 0.5).numpy(), np.fft.fftfreq(n, 0.5))
        np.testing.assert_allclose(tg.fft.rfftfreq(n, 0.5).numpy(), np.fft.rfftfreq(n, 0.5))
    x = np.arange(15).reshape(3, 5)
    for dims in (None, 0, (0, 1)):
        np.testing.assert_array_equal(
            tg.fft.fftshift(tg.tensor(x), dims).numpy(), np.fft.fftshift(x, dims)
        )
        np.testing.assert_array_equal(
            tg.fft.ifftshift(tg.tensor(x), dims).numpy(), np.fft.ifftshift(x, dims)
        )


PRINTED = [
    lambda T: T.tensor([1 + 2j, 3 - 4.5j]),
    lambda T: T.tensor([[1 + 2j, 0], [1e-5, -3]]),
    lambda T: T.tensor([1j], dtype=T.complex128),
    lambda T: T.tensor(2 + 0j),
    lambda T: T.zeros(0, dtype=T.complex64),
    lambda T: T.tensor([complex("inf+nanj"), 1 - 0.0j]),
    lambda T: T.tensor([1 + 2j]).dtype,
    lambda T: T.tensor([1 + 2j], requires_grad=True) * 2,
    lambda T: T.tensor([1 + 2j]).tolist(),
    lambda T: T.tensor([1 + 2j]).item(),
]


@pytest.mark.torch
@pytest.mark.parametrize("show", PRINTED)
def test_printed_as_in_pytorch(show):
    torch = pytest.importorskip("torch")
    assert repr(show(tg)) == repr(show(torch))


@pytest.mark.torch
def test_files_of_pytorch():
    torch = pytest.importorskip("torch")
    file = io.BytesIO()
    torch.save(torch.tensor(Z), file)
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(tg.load(file).numpy(), Z)
    file = io.BytesIO()
    tg.save(tg.tensor(Z), file)
    file.seek(0)
    np.testing.assert_array_equal(torch.load(file).numpy(), Z)


def _times_i(T, z):
    T.view_as_complex(z).mul_(1j)
    return (z**3).sum()


def _parts_scaled(T, z):
    T.view_as_real(z).mul_(T.tensor([2.0, 3.0], dtype=T.float64))
    return (z**3).real.sum()


def _imaginary_part_scaled(T, z):
    z.imag.mul_(z.real.clone())
    return (z**3).real.sum()


def _real_part_set(T, z):
    z.real[1:] = z.imag[1:] * 2
    return (z**3).imag.sum()


def _part_of_a_view_added_to(T, z):
    w = T.view_as_complex(z)[1:]
    w.mul_(w.detach().clone() + 2)
    return (z**3).sum()


@pytest.mark.torch
@pytest.mark.parametrize(
    ("function", "real"),
    [(_times_i, True), (_parts_scaled, False), (_imaginary_part_scaled, False),
     (_real_part_set, False), (_part_of_a_view_added_to, True)],
)  # fmt: skip
def test_changes_through_views_between_real_and_complex(function, real):
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).standard_normal((3, 2))
    if not real:
        values = values @ [1, 1j]
    found = []
    for T in (tg, torch):
        z = T.tensor(values, requires_grad=True)
        function(T, z * 1).backward()
        found.append(z.grad.numpy())
    np.testing.assert_allclose(*found, rtol=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize(
    "function",
    [
        lambda T, a, z: T.cov(z),
        lambda T, a, z: T.cov(z, aweights=T.tensor([1.0, 2.0, 3.0], dtype=T.float64)),
        lambda T, a, z: T.linalg.vecdot(z, z * z),
        lambda T, a, z: T.addcdiv(z, z, z * z + 1),
        lambda T, a, z: (1 + 2j) ** z,
        lambda T, a, z: T.pow(1j, a),
        lambda T, a, z: a**z,
        lambda T, a, z: z**a,
    ],
)
def test_gradients_of_functions_that_are_not_those_of_real_numbers(function):
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    real = random.standard_normal((3, 3))
    both = random.standard_normal((3, 3)) + 1j * random.standard_normal((3, 3))
    found = []
    for T in (tg, torch):
        a, z = (T.tensor(v, requires_grad=True) for v in (real, both))
        out = function(T, a, z)
        first = T.autograd.grad(out.abs().sum(), [a, z], create_graph=True, allow_unused=True)
        first = [g for g in first if g is not None]
        size = sum(g.abs().square().sum() for g in first)
        second = T.autograd.grad(size, [a, z], allow_unused=True)
        results = [out, *first, *(g for g in second if g is not None)]
        found.append([r.detach().numpy() for r in results])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_a_complex_number_without_imaginary_part_is_a_float():
    assert float(tg.tensor(2 + 0j)) == 2.0
    assert int(tg.tensor([3 + 0j])) == 3
    with pytest.raises(RuntimeError, match="without overflow"):
        float(tg.tensor(1j))
