"""Rows for ops/cdist.py and ops/covariance.py, for differences, integrals, isin and block_diag."""

import numpy as np
import scipy.linalg
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import Constant, OpInfo, Sample, drawn, unary
from tinygrad_np import testing


@st.composite
def two_sets(draw, **params):
    """Two sets of vectors, no two of them near each other."""
    size = draw(st.integers(1, 3))
    front = draw(st.sampled_from([(), (2,), (1,)]))
    shapes = [(*front, draw(st.integers(1, 3)), size), (draw(st.integers(1, 4)), size)]
    counts = [int(np.prod(s)) for s in shapes]
    values = draw(testing.spaced((sum(counts),), -9.0, 9.0))
    return Sample(
        (values[: counts[0]].reshape(shapes[0]), values[counts[0] :].reshape(shapes[1])),
        drawn(draw, params),
    )


def cdist(a, b, p=2.0, compute_mode=None):
    return np.linalg.norm(a[..., :, None, :] - b[..., None, :, :], ord=p, axis=-1)


@st.composite
def observations(draw, weights=False, **params):
    """A few variables of several observations."""
    count = draw(st.integers(3, 5))
    shape = draw(st.sampled_from([(count,), (2, count), (3, count)]))
    chosen = drawn(draw, params)
    if weights:
        chosen["fweights"] = np.array(
            draw(st.lists(st.integers(1, 3), min_size=count, max_size=count))
        )
        chosen["aweights"] = draw(testing.spaced((count,), 0.5, 2.0)).view(Constant)
    return Sample((draw(testing.spaced(shape)),), chosen)


def cov(x, correction=1, fweights=None, aweights=None):
    return np.cov(x, ddof=correction, fweights=fweights, aweights=aweights)


@st.composite
def blocks(draw):
    """Matrices, vectors and numbers."""
    shapes = draw(st.lists(st.sampled_from([(2, 3), (1, 2), (3,), ()]), min_size=1, max_size=3))
    return Sample(tuple(draw(testing.spaced(s)) for s in shapes))


@st.composite
def curves(draw, points):
    """Values along a dimension, and where they are or how far apart."""
    y = draw(testing.spaced((3, 4)))
    dim = draw(st.integers(-2, 1))
    if not points:
        return Sample((y,), {"dx": draw(st.sampled_from([1.0, 0.5])), "dim": dim})
    x = draw(testing.spaced((3, 4) if draw(st.booleans()) else (y.shape[dim],)))
    return Sample((y, x), {"dim": dim})


ROWS = [
    OpInfo(
        tg.cdist,
        cdist,
        two_sets(p=st.sampled_from([2.0, 3.0])),
        torch=lambda torch, a, b, p: torch.linalg.vector_norm(  # cdist has one derivative there
            a.unsqueeze(-2) - b.unsqueeze(-3), p, -1
        ),
    ),
    OpInfo(
        tg.cdist,
        cdist,
        two_sets(compute_mode=st.just("use_mm_for_euclid_dist")),
        name="cdist(products)",
        torch="cdist",
        covers=("_by_products",),
        rtol=1e-7,
        grad_atol=1e-4,
    ),
    OpInfo(tg.cov, cov, observations(correction=st.integers(0, 1)), rtol=1e-9),
    OpInfo(
        lambda x, correction, fweights, aweights: tg.cov(
            x,
            correction=correction,
            fweights=tg.tensor(fweights),
            aweights=tg.tensor(aweights).to(x.dtype),
        ),
        cov,
        observations(weights=True, correction=st.integers(0, 1)),
        name="cov(weights)",
        torch=lambda torch, x, correction, fweights, aweights: torch.cov(
            x,
            correction=correction,
            fweights=torch.as_tensor(np.asarray(fweights)),
            aweights=torch.as_tensor(np.asarray(aweights)),
        ),
        rtol=1e-9,
    ),
    OpInfo(tg.corrcoef, np.corrcoef, observations(), rtol=1e-9, grad_atol=1e-4),
    OpInfo(
        lambda *m: tg.block_diag(*m),
        scipy.linalg.block_diag,
        blocks(),
        name="block_diag",
    ),
    OpInfo(
        tg.diff,
        lambda x, n, dim: np.diff(x, n, dim),
        unary(shape=(3, 4), n=st.integers(0, 3), dim=st.integers(-2, 1)),
        view=True,
    ),
    OpInfo(
        lambda x, a, b: tg.diff(x, prepend=a, append=b),
        lambda x, a, b: np.diff(x, prepend=a, append=b),
        st.just([(2, 3), (2, 1), (2, 2)])
        .flatmap(lambda shapes: st.tuples(*map(testing.spaced, shapes)))
        .map(Sample),
        name="diff(more)",
        torch=lambda torch, x, a, b: torch.diff(x, prepend=a, append=b),
    ),
    OpInfo(
        tg.trapezoid,
        lambda y, dx, dim: np.trapezoid(y, dx=dx, axis=dim),
        curves(points=False),
    ),
    OpInfo(
        tg.trapezoid,
        lambda y, x, dim: np.trapezoid(y, x, axis=dim),
        curves(points=True),
        name="trapezoid(points)",
        torch="trapezoid",
    ),
    OpInfo(
        lambda x, invert: tg.isin(tg.round(x), tg.tensor([0.0, 1.0, -2.0]), invert=invert),
        lambda x, invert: np.isin(np.round(x), [0.0, 1.0, -2.0], invert=invert),
        unary(invert=st.booleans()),
        name="isin",
        torch=lambda torch, x, invert: torch.isin(
            torch.round(x), torch.tensor([0.0, 1.0, -2.0], dtype=torch.float64), invert=invert
        ),
        smooth=False,
    ),
]
