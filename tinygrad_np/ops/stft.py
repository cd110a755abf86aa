"""The Fourier transform of short pieces of a signal, and the signal made of such transforms.

Source: D. W. Griffin, J. S. Lim, Signal Estimation from Modified Short-Time Fourier Transform,
IEEE Trans. Acoustics 32, 1984; https://pytorch.org/docs/stable/generated/torch.stft.html
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tinygrad_np.ops import pad as padding
from tinygrad_np.ops.complex import real, view_as_real
from tinygrad_np.ops.fourier import line, transformed
from tinygrad_np.ops.hermitian import half, whole
from tinygrad_np.ops.parts import _add_windows, narrow, unfold
from tinygrad_np.ops.shape import expand, raw

__all__ = ["istft", "stft"]


def stft(
    input: Any,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Any:
    """The Fourier transforms of overlapping pieces of a signal, each multiplied by a window.

    Parameters
    ----------
    input : Tensor
        (L,) or (N, L), real or complex.
    n_fft : int
        How long the pieces are.
    hop_length : int, optional
        How far they are apart, ``n_fft // 4`` unless given.
    win_length : int, optional
        How many elements of a piece, in its middle, the window covers; all unless given.
    window : Tensor, optional
        (win_length,), ones unless given.
    center : bool, default True
        Fill the signal by ``n_fft // 2`` at both ends, so that piece t is about element
        ``t * hop_length``.
    pad_mode : str, default "reflect"
        With what: a mode of `nn.functional.pad`.
    normalized : bool, default False
        Divide by ``sqrt(n_fft)``.
    onesided : bool, optional
        Leave out the second half, the conjugates of the first: for real signals unless given.
    return_complex : bool
        Else real and imaginary parts as a last dimension. To be given for real signals.
    align_to_window : bool, optional
        Without `center`: let the first window, not the first piece, begin at the signal's start.

    Returns
    -------
    Tensor
        (..., F, T): F frequencies, ``n_fft // 2 + 1`` if one-sided, else n_fft, of T pieces.

    Raises
    ------
    RuntimeError
        For sizes that do not fit each other or the signal, for one-sided transforms of complex
        numbers, and without `return_complex` for real ones.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.stft(tg.ones(6), 4, 2, window=tg.hann_window(4), return_complex=True).real
    tensor([[ 2.,  2.,  2.,  2.],
            [-1., -1., -1., -1.],
            [ 0.,  0.,  0.,  0.]])
    """
    name = "stft"
    mixed = any(raw(a).dtype.kind == "c" for a in (input, window) if a is not None)
    if return_complex is None and not mixed:
        raise RuntimeError(f"{name} requires the return_complex parameter be given for real inputs")
    onesided = _onesided(onesided, mixed)
    if center and align_to_window is not None:
        raise RuntimeError(f"{name} align_to_window should only be set when center = false")
    ndim = len(input.shape)
    if ndim > 2 or raw(input).dtype.kind not in "fc":
        raise RuntimeError(
            f"{name} expected a tensor of floating point or complex values of 1 or 2 dimensions, "
            f"got shape {list(input.shape)} and dtype {input.dtype}"
        )
    hop, window = _window(name, n_fft, hop_length, win_length, window)
    beside = 0
    if center:
        beside = n_fft // 2
    elif align_to_window and win_length is not None:
        beside, pad_mode = (n_fft - win_length) // 2, "constant"
    if beside:
        flat = input.reshape(1, -1, input.shape[-1] if ndim else 1)
        filled = padding.pad(flat, (beside, beside), pad_mode)
        input = filled.reshape(*input.shape[:-1], filled.shape[-1])
    if not input.shape or input.shape[-1] < n_fft:
        raise RuntimeError(
            f"{name} expected 0 < n_fft <= {input.shape[-1] if input.shape else 1}, the length of "
            f"the signal, got n_fft={n_fft}"
        )
    pieces = unfold(input, -1, n_fft, hop)
    if window is not None:
        pieces = pieces * window
    norm = "ortho" if normalized else None
    over = line(pieces, None, -1)
    out = half(pieces, over, norm) if onesided else transformed(pieces, over, norm)
    out = out.swapaxes(-1, -2)
    return view_as_real(out) if return_complex is False else out


def istft(
    input: Any,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Any:
    """The signal whose `stft` is nearest to `input`, which is its inverse for a signal's `stft`.

    Parameters
    ----------
    input : Tensor
        (F, T) or (N, F, T), complex.
    length : int, optional
        How long the signal is, to be given where its end did not fill a piece.
    return_complex : bool, default False
        Whether the signal is.

    Returns
    -------
    Tensor
        (L,) or (N, L).

    Raises
    ------
    RuntimeError
        For sizes that do not fit each other, and where windows that overlap add up to 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x, window = tg.arange(6.0), tg.hann_window(4)
    >>> tg.istft(tg.stft(x, 4, 2, window=window, return_complex=True), 4, 2, window=window) + 0
    tensor([0., 1., 2., 3., 4., 5.])
    """
    name = "istft"
    array = raw(input)
    if array.dtype.kind != "c":
        raise RuntimeError(
            f"{name} requires a complex-valued input tensor matching the output from stft with "
            f"return_complex=True, got {input.dtype}"
        )
    if array.ndim not in (2, 3) or not array.size:
        raise RuntimeError(
            f"{name} expected an input of shape (F, T) or (N, F, T), got {list(array.shape)}"
        )
    if window is not None and raw(window).dtype.kind == "c" and not return_complex:
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
    found = array.shape[-2]
    if onesided is None:
        onesided = found != n_fft
    onesided = _onesided(onesided, return_complex)
    frequencies = n_fft // 2 + 1 if onesided else n_fft
    if found != frequencies:
        raise RuntimeError(
            f"{name} expected the frequencies of n_fft={n_fft}, {frequencies}, as dimension -2, "
            f"got shape {list(array.shape)}"
        )
    hop, window = _window(name, n_fft, hop_length, win_length, window)
    if hop > (win_length or n_fft):
        raise RuntimeError(
            f"{name} expected 0 < hop_length <= win_length, got {hop} and {win_length or n_fft}"
        )
    norm = "ortho" if normalized else None
    pieces, n = input.swapaxes(-1, -2), n_fft
    if onesided:
        pieces = whole(pieces, [(array.ndim - 1, n)], norm)
    else:
        pieces = transformed(pieces, line(pieces, None, -1), norm, inverse=True)
        pieces = pieces if return_complex else real(pieces)
    weight = np.ones(n, array.real.dtype) if window is None else window
    signal = _overlapped(pieces * weight, hop)
    covered = _overlapped(expand((weight * weight), array.shape[-1], n), hop)
    start = n // 2 if center else 0
    last = signal.shape[-1]
    end = last - start if length is None else min(start + length, last)
    signal, covered = (narrow(x, -1, start, max(end - start, 0)) for x in (signal, covered))
    if not (abs(raw(covered)) > 1e-11).all():
        raise RuntimeError(
            f"{name}: the windows overlap add up to 0 somewhere (window overlap add min: "
            f"{abs(raw(covered)).min():g}): take a smaller hop_length or another window"
        )
    signal = signal / covered
    if length is not None and length > end - start:
        warnings.warn(
            f"The length of signal is shorter than the length parameter, {length}: "
            f"the result is being padded with zeros after {end - start} elements.",
            UserWarning,
            stacklevel=2,
        )
        signal = padding.pad(signal, (0, length - (end - start)))
    return signal


def _onesided(onesided: bool | None, complex_: bool) -> bool:
    if onesided and complex_:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    return not complex_ if onesided is None else onesided


def _window(
    name: str, n_fft: int, hop_length: int | None, win_length: int | None, window: Any
) -> tuple[int, Any]:
    """The hop, and the window in the middle of zeros as many as a piece; None for ones."""
    hop = n_fft // 4 if hop_length is None else hop_length
    size = n_fft if win_length is None else win_length
    if n_fft <= 0:
        raise RuntimeError(f"{name} expected n_fft > 0, got {n_fft}")
    if hop <= 0:
        raise RuntimeError(f"{name} expected hop_length > 0, got {hop}")
    if not 0 < size <= n_fft:
        raise RuntimeError(f"{name} expected 0 < win_length <= n_fft={n_fft}, got {size}")
    if window is not None and tuple(window.shape) != (size,):
        raise RuntimeError(
            f"{name} expected a 1D window tensor of size equal to win_length={size}, got shape "
            f"{list(window.shape)}"
        )
    if size < n_fft:
        left = (n_fft - size) // 2
        window = np.ones(size, np.float32) if window is None else window
        window = padding.pad(window, (left, n_fft - size - left))
    return hop, window


def _overlapped(pieces: Any, hop: int) -> Any:
    """The sum of pieces (..., T, n) of which each begins `hop` elements after the one before."""
    *batch, frames, n = pieces.shape
    shape = (*batch, n + hop * (frames - 1))
    return _add_windows(pieces, shape=shape, dimension=len(batch), size=n, step=hop)
