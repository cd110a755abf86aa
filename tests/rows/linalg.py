"""Rows for matrix products and equations: ops/linalg.py, matrix.py, einsum.py, inverse.py."""

import functools
import itertools

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, binary
from tinygrad_np import testing
from tinygrad_np.ops import linalg, matrix
from tinygrad_np.ops.einsum import bilinear

sides = st.integers(0, 3)


def values(draw, *shapes):
    """An array of each shape."""
    return tuple(draw(testing.spaced(shape)) for shape in shapes)


@st.composite
def shaped(draw, *dims, least=0):
    """Arrays whose dimensions are named by letters, as in ``shaped("ij", "jk")``; of any size."""
    sizes = {c: draw(st.integers(least, 3)) for c in sorted(set("".join(dims)))}
    return Sample(values(draw, *(tuple(sizes[c] for c in names) for names in dims)))


@st.composite
def products(draw):
    """Vectors, matrices and batches that `matmul` takes."""
    shapes = hnp.mutually_broadcastable_shapes(
        signature="(n?,k),(k,m?)->(n?,m?)",
        max_dims=2,
        min_side=0,
        max_side=3,
    )
    return Sample(values(draw, *draw(shapes).input_shapes))


@st.composite
def layers(draw):
    """Input, weight and bias of `linear`; a weight of one dimension, or no bias, too."""
    i, o = draw(sides), draw(sides)
    lead = draw(testing.shapes(max_dims=2))
    weight = draw(st.sampled_from([(o, i), (i,)]))
    arrays = [(*lead, i), weight]
    if len(weight) == 2 and draw(st.booleans()):
        arrays.append((o,))
    return Sample(values(draw, *arrays))


@st.composite
def added(draw, *factors, result, least=0):
    """What `addmm` and its relatives take: the first broadcasts to the result."""
    sizes = {c: draw(st.integers(least, 3)) for c in sorted(set("".join(factors)))}
    full = tuple(sizes[c] for c in result)
    cut = draw(st.integers(0, len(full)))
    ones = [draw(st.booleans()) for _ in full]
    first = tuple(1 if one else n for n, one in zip(full, ones, strict=True))[cut:]
    shapes = (tuple(sizes[c] for c in names) for names in factors)
    numbers = st.sampled_from([1, 0.5, -2])
    params = {"beta": draw(numbers), "alpha": draw(numbers)}
    return Sample(values(draw, first, *shapes), params)


def sum_with(product):
    def reference(input, a, b, beta, alpha):
        return beta * input + alpha * product(a, b)

    return reference


@st.composite
def equations(draw):
    """Equations with arrays that fit them: also of size 1, where others have more."""
    equation = draw(
        st.sampled_from(
            [
                "ij,jk->ik",
                "bij,bjk->bik",
                "ij,jk",
                "ij,kj->",
                "ij,ij->ij",
                "i,j->ji",
                "ii",
                "ii->i",
                "iij->ij",
                "ij->ji",
                "ij->j",
                "iij,jk->ik",
                "ij,jk,kl->il",
                "i,ij,j->",
                "ab,bc,bd,be->acde",
                "...ij,...jk->...ik",
                "...i,...i->...",
                "i...->...i",
                "...ij,j",
                "ij,kl,m->mi",
                ",ij->ij",
            ]
        )
    )
    sizes = {c: draw(sides) for c in "abcdeijklm"}
    batch = draw(st.lists(sides, max_size=2))
    shapes = []
    for names in equation.split("->")[0].split(","):
        repeated = {c for c in names if names.count(c) > 1}
        narrow = {c for c in sizes if draw(st.integers(0, 5)) == 0} - repeated
        lead = batch[draw(st.integers(0, len(batch))) :] if "..." in names else []
        own = [[1 if c in narrow else sizes[c]] for c in names if c != "."]
        at = names.find("...")
        if at >= 0:
            own.insert(at, lead)
        shapes.append(tuple(n for part in own for n in part))
    return Sample((equation, *values(draw, *shapes)))


@st.composite
def contractions(draw):
    a = draw(testing.spaced(testing.shapes()))
    count = draw(st.integers(0, a.ndim))
    if draw(st.booleans()):
        shape = (*a.shape[a.ndim - count :], *draw(testing.shapes(max_dims=1)))
        return Sample((a, *values(draw, shape)), {"dims": count})
    first = draw(st.permutations(range(a.ndim)))[:count]
    second = [i - count for i in range(count)]  # the last dimensions
    shape = (*draw(testing.shapes(max_dims=1)), *(a.shape[i] for i in first))
    return Sample((a, *values(draw, shape)), {"dims": (first, second)})


@st.composite
def chains(draw):
    """Matrices that can be multiplied one after the other; the ends may be vectors."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=3, max_size=5))
    shapes = list(itertools.pairwise(sizes))
    if draw(st.booleans()):
        shapes[0] = shapes[0][1:]
    if draw(st.booleans()):
        shapes[-1] = shapes[-1][:1]
    return Sample((list(values(draw, *shapes)),))


@st.composite
def crossed(draw):
    first, second = draw(testing.broadcastable_shapes(2, max_dims=2))
    rank = max(len(first), len(second))
    first, second = (1,) * (rank - len(first)) + first, (1,) * (rank - len(second)) + second
    return Sample(values(draw, (*first, 3), (*second, 3)), {"dim": -1})


def well_conditioned(x):
    return x + 4.0 * np.eye(x.shape[-1])


@st.composite
def square(draw, **params):
    n = draw(st.integers(1, 3))
    lead = draw(testing.shapes(max_dims=1))
    x = well_conditioned(draw(testing.spaced((*lead, n, n), -1.0, 1.0)))
    return Sample((x,), {k: draw(v) for k, v in params.items()})


@st.composite
def systems(draw):
    (a,) = draw(square()).args
    k, n = draw(st.integers(0, 2)), a.shape[-1]
    left = draw(st.booleans())
    return Sample(
        (a, *values(draw, (*a.shape[:-2], *((n, k) if left else (k, n))))), {"left": left}
    )


def solved(a, b, left):
    return np.linalg.inv(a) @ b if left else b @ np.linalg.inv(a)


def cholesky_of_product(x):
    return tg.linalg.cholesky(tg.matmul(x, x.swapaxes(-1, -2)))


ROWS = [
    OpInfo(tg.matmul, np.matmul, products()),
    OpInfo(tg.mm, np.matmul, shaped("ij", "jk")),
    OpInfo(tg.bmm, np.matmul, shaped("bij", "bjk")),
    OpInfo(tg.mv, np.matmul, shaped("ij", "j")),
    OpInfo(tg.dot, np.dot, shaped("i", "i")),
    OpInfo(tg.vdot, np.vdot, shaped("i", "i")),
    OpInfo(tg.outer, np.outer, shaped("i", "j"), mixed=True),
    OpInfo(
        linalg.linear,
        lambda x, w, b=0.0: np.tensordot(x, w, ([-1], [-1])) + b,
        layers(),
    ),
    OpInfo(tg.addmm, sum_with(np.matmul), added("ij", "jk", result="ik")),
    OpInfo(tg.addmv, sum_with(np.matmul), added("ij", "j", result="i", least=1)),
    OpInfo(tg.addr, sum_with(np.outer), added("i", "j", result="ij")),
    OpInfo(tg.baddbmm, sum_with(np.matmul), added("bij", "bjk", result="bik")),
    OpInfo(
        tg.addbmm,
        sum_with(lambda a, b: np.matmul(a, b).sum(0)),
        added("bij", "bjk", result="ik"),
    ),
    OpInfo(tg.linalg.multi_dot, lambda m: functools.reduce(np.dot, m), chains(), rtol=1e-9),
    OpInfo(
        lambda *m: tg.chain_matmul(*m),
        lambda *m: functools.reduce(np.dot, m),
        shaped("ij", "jk", "kl"),
        name="chain_matmul",
        torch=None,  # deprecated
    ),
    OpInfo(tg.kron, np.kron, binary(), mixed=True),
    OpInfo(tg.trace, np.trace, shaped("ij")),
    OpInfo(matrix.cross, lambda a, b, dim: np.cross(a, b), crossed(), mixed=True),
    OpInfo(
        tg.linalg.cross,
        lambda a, b, dim: np.cross(a, b),
        crossed(),
        name="linalg_cross",
        torch="linalg.cross",
        mixed=True,
    ),
    OpInfo(
        tg.linalg.matrix_power,
        np.linalg.matrix_power,
        square(n=st.integers(-2, 5)),
        grad_atol=1e-2,
    ),
    OpInfo(tg.einsum, np.einsum, equations(), covers=("_contract",), view=True),
    OpInfo(
        tg.tensordot,
        lambda a, b, dims: np.tensordot(a, b, dims),
        contractions(),
    ),
    OpInfo(tg.inner, np.inner, shaped("aij", "bj")),
    OpInfo(
        bilinear,
        lambda x, y, w, b: np.einsum("bci,oij,bcj->bco", x, w, y) + b,
        shaped("bci", "bcj", "oij", "o", least=1),
    ),
    OpInfo(tg.linalg.inv, np.linalg.inv, square()),
    OpInfo(tg.linalg.det, np.linalg.det, square(), grad_atol=1e-4),
    OpInfo(
        tg.linalg.slogdet,
        lambda x: tuple(np.linalg.slogdet(x)),
        square(),
        covers=("_sign_of_det", "_log_of_det"),
    ),
    OpInfo(tg.linalg.solve, solved, systems(), torch="linalg.solve", covers=("_solve",)),
    OpInfo(
        cholesky_of_product,
        lambda x: np.linalg.cholesky(x @ x.swapaxes(-1, -2)),
        square(),
        torch=lambda torch, x: torch.linalg.cholesky(x @ x.mT),
        covers=("_cholesky",),
    ),
]
