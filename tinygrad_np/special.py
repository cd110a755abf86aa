"""Special functions, in SciPy's words, as `torch.special` has them.

Source: https://pytorch.org/docs/stable/special.html
"""

from __future__ import annotations

from tinygrad_np.ops.bessel import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    i0,
    i0e,
    i1,
    i1e,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    spherical_bessel_j0,
)
from tinygrad_np.ops.exponential import exp2, expm1, log1p, xlogy
from tinygrad_np.ops.exponential import sigmoid as expit
from tinygrad_np.ops.gamma import gammainc, gammaincc, multigammaln, zeta
from tinygrad_np.ops.logsum import logsumexp
from tinygrad_np.ops.rounding import round
from tinygrad_np.ops.softmax import log_softmax, softmax
from tinygrad_np.ops.special import (
    digamma,
    entr,
    erf,
    erfc,
    erfcx,
    erfinv,
    log_ndtr,
    logit,
    ndtr,
    ndtri,
    polygamma,
    sinc,
    xlog1py,
)
from tinygrad_np.ops.special import lgamma as gammaln

__all__ = [
    "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "digamma", "entr", "erf",
    "erfc", "erfcx", "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc", "gammaln", "i0",
    "i0e", "i1", "i1e", "log1p", "log_ndtr", "log_softmax", "logit", "logsumexp",
    "modified_bessel_i0", "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1",
    "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "sinc", "softmax", "spherical_bessel_j0", "xlog1py", "xlogy",
    "zeta",
]  # fmt: skip

modified_bessel_i0, modified_bessel_i1, psi = i0, i1, digamma
