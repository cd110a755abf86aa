"""Rows for complex numbers: ops/complex.py, ops/eig.py, fft.py, and what other ops make of them.

The arguments are the parts of complex numbers, and so are the results: what is differentiated is
real, and the rules for complex numbers lie between.
"""

import numpy as np
import scipy.fft
import scipy.linalg
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample
from tests.rows.decompositions import matrices
from tinygrad_np import testing


def parts(lib, out):
    """Both parts of complex numbers, as a last dimension."""
    return lib.stack([out.real, out.imag], -1) if out.is_complex() else out


def row(function, ref, samples, name, numbers=1, **options):
    """A row for a function of a library and of so many complex numbers."""

    def call(lib, *args):
        given = [lib.complex(*args[i : i + 2]) for i in range(0, 2 * numbers, 2)]
        return parts(lib, function(lib, *given, *args[2 * numbers :]))

    def expected(*args):
        given = [args[i] + 1j * args[i + 1] for i in range(0, 2 * numbers, 2)]
        out = np.asarray(ref(*given, *args[2 * numbers :]))
        return np.stack([out.real, out.imag], -1) if np.iscomplexobj(out) else out

    return OpInfo(lambda *args: call(tg, *args), expected, samples, name, call, **options)


@st.composite
def numbers(draw, count=1, shape=None, **more):
    """Parts of complex numbers, apart from each other, from 0 and from where roots jump."""
    shape = draw(testing.shapes() if shape is None else shape)
    x = draw(testing.spaced((2 * count, *shape), 0.2, 0.9))
    return Sample((*map(np.asarray, x), *(draw(v) for v in more.values())))


def each(name, ref=None, **options):
    """A row for a function of single numbers that NumPy has, too."""
    return row(
        lambda lib, z: getattr(lib, name)(z),
        ref or getattr(np, name),
        numbers(),
        f"{name}(complex)",
        **options,
    )


def pair(name, function, **options):
    """A row for a function of two numbers that is written the same way in NumPy."""
    return row(lambda _, a, b: function(a, b), function, numbers(2), name, 2, **options)


def square_pair(name, function, ref):
    side = st.integers(1, 3).map(lambda n: (n, n))
    return row(function, ref, numbers(2, side), name, 2)


def transform(name, ref, real=False):
    """A row for a transform: of real or complex numbers, cut or filled, in each norm."""

    @st.composite
    def samples(draw):
        shape = draw(st.tuples(*[st.integers(2, 4)] * 2))
        x = draw(testing.spaced((1 if real else 2, *shape), -1, 1))
        size = st.none() | st.integers(2, 5)
        return Sample(
            (*map(np.asarray, x), draw(size), draw(st.sampled_from([0, -1])), draw(NORMS))
        )

    if not real:
        return row(
            lambda lib, z, *rest: getattr(lib.fft, name)(z, *rest), ref, samples(), f"fft.{name}"
        )
    return OpInfo(
        lambda *args: parts(tg, getattr(tg.fft, name)(*args)),
        lambda *args: (lambda out: np.stack([out.real, out.imag], -1))(ref(*args)),
        samples(),
        f"fft.{name}",
        lambda torch, *args: parts(torch, getattr(torch.fft, name)(*args)),
    )


NORMS = st.sampled_from([None, "forward", "backward", "ortho"])


def planes(name, ref):
    """A row for a transform over the last two of three dimensions, or over all."""
    shape = st.tuples(*[st.integers(2, 4)] * 3)
    sizes = st.sampled_from([None, (3, 4), (5, 2)])
    dims = {"dim": st.just((-2, -1))} if name.endswith("2") else {"dim": st.sampled_from([None])}
    return row(
        lambda lib, z, s, dim, norm: getattr(lib.fft, name)(z, s, dim, norm),
        lambda z, s, dim, norm: ref(z, s, dim, norm),
        numbers(1, shape, s=sizes, **dims, norm=NORMS),
        f"fft.{name}",
    )


def real_planes(name, back=None):
    """A row for a transform of real numbers over two dimensions or all, there and back."""
    shape = st.tuples(*[st.integers(2, 4)] * 2)

    @st.composite
    def samples(draw):
        x = draw(testing.spaced(shape, -1, 1))
        return Sample((x, draw(st.sampled_from([None, (3, 4), (5, 2)])), draw(NORMS)))

    def there_and_back(lib, x, s, norm):
        out = getattr(lib.fft, name)(x, s, norm=norm)
        return getattr(lib.fft, back or "i" + name)(out * out, s, norm=norm)

    def expected(x, s, norm):
        out = getattr(scipy.fft, name)(x, s, norm=norm)
        return getattr(scipy.fft, back or "i" + name)(out * out, s, norm=norm)

    return OpInfo(
        lambda *args: there_and_back(tg, *args), expected, samples(), f"fft.{name}", there_and_back
    )


def short(n, hop, window, **options):
    """Rows for the transform of pieces of a signal that was mirrored at its ends, and its inverse.

    The inverse is that of numbers which are no signal's transform.
    """

    def forward(x):
        x = np.pad(x, ((0, 0), (n // 2, n // 2)), "reflect")
        starts = range(0, x.shape[-1] - n + 1, hop)
        return np.stack([np.fft.rfft(x[:, i : i + n] * window) for i in starts], -1)

    def back(z):
        sums = np.zeros((2, len(z), n + hop * (z.shape[-1] - 1)))
        for t in range(z.shape[-1]):
            here = slice(t * hop, t * hop + n)
            sums[0, :, here] += np.fft.irfft(z[..., t], n) * window
            sums[1, :, here] += window**2
        return (sums[0] / sums[1])[:, n // 2 : -(n // 2)]

    given = dict(n_fft=n, hop_length=hop, **options)
    signals = testing.spaced((2, 3 * n), -1, 1).map(lambda x: Sample((x, window)))
    return [
        OpInfo(
            lambda x, w: parts(tg, tg.stft(x, window=w, return_complex=True, **given)),
            lambda x, w: (lambda z: np.stack([z.real, z.imag], -1))(forward(x)),
            signals,
            f"stft({n})",
            lambda torch, x, w: parts(torch, torch.stft(x, window=w, return_complex=True, **given)),
            covers=("stft",),
        ),
        row(
            lambda lib, z, w: lib.istft(z, window=w, **given),
            lambda z, w: back(z),
            numbers(1, st.just((2, n // 2 + 1, 4))).map(lambda s: Sample((*s.args, window))),
            f"istft({n})",
            covers=("istft",),
        ),
    ]


def root(lib, A):
    """The square root of matrices by their eigenvalues, whose vectors may have any phase."""
    L, V = lib.linalg.eig(A)
    return (V * L.sqrt().unsqueeze(-2) @ lib.linalg.inv(V)).real


def lengths(lib, A):
    """What does not depend on the phase of the vectors, nor on their order."""
    V = lib.linalg.eig(A).eigenvectors
    return (V.abs() ** 4).sum((-2, -1)), lib.linalg.eigvals(A).exp().sum(-1).real


def square_matrices():
    return matrices(tall=False, wide=False)


def each_matrix(function, result="(n,n)"):
    """A function of one matrix, for any number of them, none too."""
    return np.vectorize(function, otypes=[float], signature=f"(n,n)->{result}")


ROWS = [
    OpInfo(
        lambda re, im: parts(tg, tg.complex(re, im)),
        lambda re, im: np.stack([re, im], -1),
        numbers(),
        "complex",
        lambda torch, re, im: parts(torch, torch.complex(re, im)),
        covers=("_complex",),
    ),
    OpInfo(
        lambda size, angle: parts(tg, tg.polar(size, angle)),
        lambda size, angle: np.stack([size * np.cos(angle), size * np.sin(angle)], -1),
        numbers(),
        "polar",
        lambda torch, size, angle: parts(torch, torch.polar(size, angle)),
    ),
    row(
        lambda lib, z: lib.view_as_complex(lib.view_as_real(z * z) * 2),
        lambda z: 2 * z * z,
        numbers(),
        "view_as_complex",
        covers=("view_as_complex", "view_as_real"),
    ),
    row(lambda lib, z: lib.real(z * z), lambda z: (z * z).real, numbers(), "real",
        covers=("_real",)),
    row(lambda lib, z: lib.imag(z * z), lambda z: (z * z).imag, numbers(), "imag",
        covers=("_imag",)),
    row(lambda lib, z: lib.conj(z * z), lambda z: np.conj(z * z), numbers(), "conj",
        covers=("_conj", "conj_physical", "resolve_conj", "resolve_neg")),
    row(lambda lib, z: lib.angle(z), np.angle, numbers(), "angle", covers=("angle",)),
    row(lambda lib, z: lib.sgn(z), lambda z: z / np.abs(z), numbers(), "sgn"),
    row(lambda lib, z: lib.isreal(lib.stack([z, z.real + 0j])),
        lambda z: np.isreal(np.stack([z, z.real + 0j])), numbers(), "isreal", smooth=False),
    *[each(name) for name in (
        "abs", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square",
        "reciprocal", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sum", "prod",
    )],
    row(lambda lib, z: lib.mean(z), np.mean, numbers(shape=testing.shapes(min_side=1)),
        "mean(complex)"),
    *[each(name, getattr(np, "arc" + name[1:])) for name in (
        "asin", "acos", "atan", "asinh", "acosh", "atanh"
    )],
    each("rsqrt", lambda z: 1 / np.sqrt(z)),
    each("sigmoid", lambda z: 1 / (1 + np.exp(-z))),
    pair("add(complex)", lambda a, b: a + b),
    pair("sub(complex, number)", lambda a, b: (2 - 1j) - a * 3j + b),
    pair("mul(complex)", lambda a, b: a * b),
    pair("mul(complex, real)", lambda a, b: a * b.real),
    pair("div(complex)", lambda a, b: a / b),
    pair("pow(complex)", lambda a, b: a**b),
    pair("pow(complex, number)", lambda a, b: a**3 + b**0.5 + 2**a),
    pair("index(complex)", lambda a, b: a[None] * b[..., None][..., 0]),
    row(lambda lib, a, b: lib.where(a.real > 0.5, a, b), lambda a, b: np.where(a.real > 0.5, a, b),
        numbers(2), "where(complex)", 2),
    row(lambda lib, a, b: lib.stack([a, b * a]).cumsum(0), lambda a, b: np.stack([a, a + b * a]),
        numbers(2), "cumsum(complex)", 2),
    row(lambda lib, a: (a * a).abs().to(a.dtype) * a, lambda a: np.abs(a * a) * a, numbers(),
        "to(complex)"),
    square_pair("matmul(complex)", lambda _, a, b: a @ b, lambda a, b: a @ b),
    square_pair("H", lambda _, a, b: a.H @ b.mH, lambda a, b: a.conj().T @ b.conj().T),
    square_pair("einsum(complex)", lambda lib, a, b: lib.einsum("ij,kj->ik", a, b),
                lambda a, b: a @ b.T),
    square_pair("vdot(complex)", lambda lib, a, b: lib.vdot(a[0], b[0]),
                lambda a, b: np.vdot(a[0], b[0])),
    square_pair("solve(complex)",
                lambda lib, a, b: lib.linalg.solve(a + 2 * lib.eye(a.shape[0], dtype=a.dtype), b),
                lambda a, b: np.linalg.solve(a + 2 * np.eye(len(a)), b)),
    square_pair("det(complex)", lambda lib, a, b: lib.linalg.det(a + b * b),
                lambda a, b: np.linalg.det(a + b * b)),
    square_pair("vector_norm(complex)", lambda lib, a, b: lib.linalg.vector_norm(a * b),
                lambda a, b: np.linalg.norm(a * b)),
    OpInfo(
        lambda A: root(tg, A), each_matrix(lambda A: scipy.linalg.sqrtm(A).real),
        square_matrices(), "linalg.eig", root, covers=("_eig", "_fft"), rtol=1e-8,
    ),
    OpInfo(
        lambda A: lengths(tg, A),
        lambda A: (
            each_matrix(lambda A: (np.abs(np.linalg.eig(A)[1]) ** 4).sum(), "()")(A),
            each_matrix(lambda A: np.trace(scipy.linalg.expm(A)), "()")(A),
        ),
        square_matrices(), "linalg.eigvals", lengths, rtol=1e-8,
    ),
    transform("fft", scipy.fft.fft),
    transform("ifft", scipy.fft.ifft),
    transform("rfft", scipy.fft.rfft, real=True),
    transform("irfft", scipy.fft.irfft),
    planes("fft2", scipy.fft.fft2),
    planes("ifft2", scipy.fft.ifft2),
    planes("fftn", scipy.fft.fftn),
    planes("ifftn", scipy.fft.ifftn),
    real_planes("rfft2"),
    real_planes("rfftn"),
    transform("hfft", scipy.fft.hfft),
    transform("ihfft", scipy.fft.ihfft, real=True),
    planes("hfft2", scipy.fft.hfft2),
    planes("hfftn", scipy.fft.hfftn),
    real_planes("ihfft2", "hfft2"),
    real_planes("ihfftn", "hfftn"),
    *short(6, 2, np.array([0.3, 0.9, 1.1, 1.4, 0.8, 0.2])),
    *short(5, 3, np.array([0.2, 0.9, 1.1, 0.7, 0.4]), win_length=5),
]  # fmt: skip
