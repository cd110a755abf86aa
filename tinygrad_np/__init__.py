"""PyTorch's way of writing models, on NumPy and SciPy alone.

The names are PyTorch's, here by the file that they come from. Start reading with `tape.op`.
"""

# ruff: noqa: I001
# fmt: off

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from math import e, inf, nan, pi

from tinygrad_np import (
    _C as _C, _utils as _utils, amp, autograd, dtypes, linalg, random, return_types, storage
)
from tinygrad_np.autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled
from tinygrad_np.amp import (
    autocast, get_autocast_cpu_dtype, get_autocast_dtype, get_autocast_gpu_dtype,
    is_autocast_cpu_enabled
)
from tinygrad_np.conversion import (
    as_tensor, asarray, from_dlpack, from_numpy, frombuffer, scalar_tensor, tensor, to_dlpack
)
from tinygrad_np.creation import (
    arange, empty, empty_like, empty_permuted, eye, full, full_like, linspace, logspace, ones,
    ones_like, range, zeros, zeros_like
)
from tinygrad_np.device import (
    AcceleratorError, OutOfMemoryError, device, get_default_device, set_default_device,
)  # fmt: skip
from tinygrad_np.dtypes import (
    bfloat16, bool_ as bool, can_cast, cdouble, cfloat, complex64, complex128, double, dtype,
    finfo, float_ as float, float16, float32, float64, get_default_dtype, half, iinfo, int_ as
    int, int16, int32, int64, int8, long, promote_types, set_default_dtype, short, uint16, uint32,
    uint64, uint8
)
from tinygrad_np.formats import (
    channels_last, channels_last_3d, contiguous_format, memory_format, preserve_format,
    sparse_coo, strided
)
from tinygrad_np.formatting import set_printoptions
from tinygrad_np.generator import Generator
from tinygrad_np.kernels.conv import get_conv_algorithm, set_conv_algorithm
from tinygrad_np.kernels.threads import get_num_threads, set_num_threads
from tinygrad_np.legacy import (
    BoolTensor, ByteTensor, CharTensor, DoubleTensor, FloatTensor, HalfTensor, IntTensor,
    LongTensor, set_default_tensor_type, ShortTensor
)
from tinygrad_np.ops.activation import celu, selu
from tinygrad_np.ops.adaptive import adaptive_avg_pool1d
from tinygrad_np.ops.axes import (
    adjoint, flip, fliplr, flipud, moveaxis, movedim, permute, roll, rot90, swapaxes, swapdims, t,
    transpose
)
from tinygrad_np.ops.bessel import i0
from tinygrad_np.ops.batch_norm import group_norm
from tinygrad_np.ops.blend import addcdiv, addcmul, lerp
from tinygrad_np.ops.broadcast import (
    atleast_1d, atleast_2d, atleast_3d, broadcast_shapes, broadcast_tensors, broadcast_to
)
from tinygrad_np.ops.cdist import cdist, pdist
from tinygrad_np.ops.choice import (
    clamp, clamp_max, clamp_min, clip, copysign, fmax, fmin, heaviside, maximum, minimum,
    nan_to_num, where
)
from tinygrad_np.ops.compare import (
    allclose, eq, equal, ge, greater, greater_equal, gt, isclose, isfinite, isin, isinf,
    isnan, isneginf, isposinf, le, less, less_equal, lt, ne, not_equal, signbit
)
from tinygrad_np.ops.complex import (
    angle, complex, conj, conj_physical, imag, is_conj, isreal, polar, real, resolve_conj,
    resolve_neg, sgn, view_as_complex, view_as_real
)
from tinygrad_np.ops.conv import (
    conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
)
from tinygrad_np.ops.counting import (
    bincount, bucketize, histc, histogram, histogramdd, searchsorted, unique,
    unique_consecutive
)
from tinygrad_np.ops.covariance import corrcoef, cov
from tinygrad_np.ops.differences import cumulative_trapezoid, gradient
from tinygrad_np.ops.distance import cosine_similarity, pairwise_distance
from tinygrad_np.ops.division import (
    div, divide, floor_divide, fmod, reciprocal, remainder, true_divide
)
from tinygrad_np.ops.dropout import alpha_dropout, dropout, feature_alpha_dropout
from tinygrad_np.ops.einsum import bilinear, einsum, inner, tensordot
from tinygrad_np.ops.elementwise import (
    abs, absolute, add, mul, multiply, neg, negative, positive, rsub, sign, sub, subtract
)
from tinygrad_np.ops.exponential import (
    exp, exp2, expm1, log, log10, log1p, log2, logaddexp, pow, rsqrt, sigmoid, sqrt, square, xlogy
)
from tinygrad_np.ops.extremes import amax, amin, aminmax, argmax, argmin, max, min
from tinygrad_np.ops.fill import fill
from tinygrad_np.ops.fold import pixel_shuffle, pixel_unshuffle
from tinygrad_np.ops.factors import cholesky_inverse, cholesky_solve
from tinygrad_np.ops.gamma import (
    gammainc as igamma, gammaincc as igammac, multigammaln as mvlgamma
)
from tinygrad_np.ops.gathering import gather, scatter, scatter_add, scatter_reduce, take_along_dim
from tinygrad_np.ops.indices import (
    index_add, index_copy, index_fill, index_put, index_select, put, take
)
from tinygrad_np.ops.integers import gcd, lcm, unravel_index
from tinygrad_np.ops.inverse import det, inv as inverse, slogdet
from tinygrad_np.ops.householder import geqrf, orgqr, ormqr, pca_lowrank, svd_lowrank
from tinygrad_np.ops.join import (
    cat, column_stack, concat, concatenate, dstack, hstack, row_stack, stack, vstack
)
from tinygrad_np.ops.linalg import bmm, dot, ger, matmul, mm, mv, outer, vdot
from tinygrad_np.ops.logic import (
    bitwise_and, bitwise_left_shift, bitwise_not, bitwise_or, bitwise_right_shift, bitwise_xor,
    logical_and, logical_not, logical_or, logical_xor
)
from tinygrad_np.ops.logsum import logcumsumexp, logsumexp
from tinygrad_np.ops.lu import lu_unpack
from tinygrad_np.ops.mask import (
    argwhere, masked_fill, masked_scatter, masked_select, nonzero, nonzero_static
)
from tinygrad_np.ops.matrix import (
    addbmm, addmm, addmv, addr, baddbmm, block_diag, chain_matmul, cross, kron, matrix_power,
    trace
)
from tinygrad_np.ops.matrix_functions import logdet, matrix_exp, vander_falling as vander
from tinygrad_np.ops.normalize import layer_norm, rms_norm
from tinygrad_np.ops.norms import dist, norm
from tinygrad_np.ops.old_linalg import cholesky, lu, lu_solve, qr, svd, triangular_solve
from tinygrad_np.ops.parts import (
    chunk, dsplit, hsplit, narrow, narrow_copy, select, split, split_with_sizes, tensor_split,
    unbind, vsplit
)
from tinygrad_np.ops.piecewise import hardshrink, prelu, relu, rrelu, threshold
from tinygrad_np.ops.pool import avg_pool1d, max_pool1d, max_pool2d
from tinygrad_np.ops.powers import float_power, frexp, ldexp, logaddexp2, nextafter
from tinygrad_np.ops.pseudo import pinverse
from tinygrad_np.ops.quantiles import median, nanmedian, nanquantile, quantile
from tinygrad_np.ops.reduce import all, any, count_nonzero, mean, prod, sum
from tinygrad_np.ops.renorm import renorm
from tinygrad_np.ops.repetition import (
    cartesian_prod, combinations, meshgrid, repeat_interleave, tile
)
from tinygrad_np.ops.replacing import index_reduce, select_scatter, slice_scatter
from tinygrad_np.ops.rounding import ceil, fix, floor, frac, round, trunc
from tinygrad_np.ops.sample import bernoulli, binomial, multinomial, poisson
from tinygrad_np.ops.scan import cummax, cummin, cumprod, cumsum, diff, trapezoid
from tinygrad_np.ops.shape import clone, flatten, ravel, reshape, squeeze, unflatten, unsqueeze
from tinygrad_np.ops.softmax import log_softmax, softmax
from tinygrad_np.ops.sort import argsort, kthvalue, mode, msort, sort, topk
from tinygrad_np.ops.special import digamma, erf, erfc, erfinv, lgamma, logit, polygamma, sinc
from tinygrad_np.ops.statistics import nanmean, nansum, std, std_mean, var, var_mean
from tinygrad_np.ops.stft import istft, stft
from tinygrad_np.ops.triangle import (
    diag, diag_embed, diagflat, diagonal, diagonal_scatter, tril, tril_indices, triu, triu_indices
)
from tinygrad_np.ops.trigonometry import (
    acos, acosh, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, asin, asinh, atan,
    atan2, atanh, cos, cosh, deg2rad, hypot, rad2deg, sin, sinh, tan, tanh
)
from tinygrad_np.queries import (
    _assert as _assert, get_device, is_complex, is_floating_point, is_inference, is_neg,
    is_nonzero, is_same_size, is_signed, is_storage, is_tensor, numel, result_type, typename
)
from tinygrad_np.random import (
    default_generator, get_rng_state, initial_seed, manual_seed, normal, rand, rand_like, randint,
    randint_like, randn, randn_like, randperm, seed, set_rng_state
)
from tinygrad_np.serialization import load, save
from tinygrad_np.size import Size
from tinygrad_np.storage import TypedStorage as TypedStorage, UntypedStorage as UntypedStorage
from tinygrad_np.strides import as_strided, as_strided_scatter, empty_strided
from tinygrad_np.switches import (
    are_deterministic_algorithms_enabled, clear_autocast_cache, get_deterministic_debug_mode,
    get_float32_matmul_precision, get_num_interop_threads, is_autocast_enabled,
    is_deterministic_algorithms_warn_only_enabled, is_warn_always_enabled, set_autocast_enabled,
    set_deterministic_debug_mode, set_float32_matmul_precision, set_flush_denormal,
    set_num_interop_threads, set_warn_always, use_deterministic_algorithms
)
from tinygrad_np.ops.volume import max_pool3d
from tinygrad_np.tape.grad_mode import (
    enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad,
    set_grad_enabled
)
from tinygrad_np.tape.op import op
from tinygrad_np.tensor import Tensor
from tinygrad_np.windows import (
    bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
)

if TYPE_CHECKING:
    from tinygrad_np import (
        accelerator, backends, compiler, cpu, cuda, distributed, distributions, fft, func, fx, hub,
        jit,
        mps, multiprocessing, nn, onnx, optim, profiler, signal, sparse,
        special, testing, utils, version, vision, xpu
    )
    from tinygrad_np.compiler import compile
    from tinygrad_np.func import vmap
    from tinygrad_np.nn.functional import channel_shuffle
    from tinygrad_np.sparse import (
        smm, sparse_coo_tensor, spmm, sspaddmm
    )

__version__ = "0.1.0"

newaxis = None
trapz = trapezoid
unsafe_chunk, unsafe_split, unsafe_split_with_sizes = chunk, split, split_with_sizes

__all__ = [
    "abs", "absolute", "accelerator", "AcceleratorError", "acos", "acosh", "adaptive_avg_pool1d",
    "add", "addbmm", "addcdiv", "addcmul", "addmm", "addmv", "addr", "adjoint", "all", "allclose",
    "alpha_dropout", "amax", "amin", "aminmax", "amp", "angle", "any", "arange", "arccos",
    "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "are_deterministic_algorithms_enabled", "argmax", "argmin", "argsort", "argwhere", "as_strided",
    "as_strided_scatter", "as_tensor", "asarray", "asin", "asinh", "atan", "atan2", "atanh",
    "atleast_1d", "atleast_2d", "atleast_3d", "autocast", "autograd", "avg_pool1d", "backends",
    "baddbmm", "bartlett_window", "bernoulli", "bfloat16", "bilinear", "bincount", "binomial",
    "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "blackman_window", "block_diag", "bmm", "bool", "BoolTensor", "broadcast_shapes",
    "broadcast_tensors", "broadcast_to", "bucketize", "ByteTensor", "can_cast", "cartesian_prod",
    "cat", "cdist", "cdouble", "ceil", "celu", "cfloat", "chain_matmul", "channel_shuffle",
    "channels_last", "channels_last_3d", "CharTensor", "cholesky", "cholesky_inverse",
    "cholesky_solve", "chunk", "clamp", "clamp_max", "clamp_min", "clear_autocast_cache", "clip",
    "clone", "column_stack", "combinations", "compile", "compiler", "complex", "complex128",
    "complex64", "concat", "concatenate", "conj", "conj_physical", "contiguous_format", "conv1d",
    "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "copysign",
    "corrcoef", "cos", "cosh", "cosine_similarity", "count_nonzero", "cov", "cpu", "cross", "cuda",
    "cummax", "cummin", "cumprod", "cumsum", "cumulative_trapezoid", "default_generator", "deg2rad",
    "det", "device", "diag", "diag_embed", "diagflat", "diagonal", "diagonal_scatter", "diff",
    "digamma", "dist", "distributed", "distributions", "div", "divide", "dot", "double",
    "DoubleTensor", "dropout", "dsplit", "dstack", "dtype", "dtypes", "e", "einsum", "empty",
    "empty_like", "empty_permuted", "empty_strided", "enable_grad", "eq", "equal", "erf", "erfc",
    "erfinv", "exp", "exp2", "expm1", "eye", "feature_alpha_dropout", "fft", "fill", "finfo", "fix",
    "flatten", "flip", "fliplr", "flipud", "float", "float16", "float32", "float64", "float_power",
    "FloatTensor", "floor", "floor_divide", "fmax", "fmin", "fmod", "frac", "frexp", "from_dlpack",
    "from_numpy", "frombuffer", "full", "full_like", "func", "fx", "gather", "gcd", "ge",
    "Generator", "geqrf", "ger", "get_autocast_cpu_dtype", "get_autocast_dtype",
    "get_autocast_gpu_dtype", "get_conv_algorithm", "get_default_device", "get_default_dtype",
    "get_deterministic_debug_mode", "get_device", "get_float32_matmul_precision",
    "get_num_interop_threads", "get_num_threads", "get_rng_state", "gradient", "greater",
    "greater_equal", "group_norm", "gt", "half", "HalfTensor", "hamming_window", "hann_window",
    "hardshrink", "heaviside", "histc", "histogram", "histogramdd", "hsplit", "hstack", "hub",
    "hypot", "i0", "igamma", "igammac", "iinfo", "imag", "index_add", "index_copy", "index_fill",
    "index_put", "index_reduce", "index_select", "inf", "inference_mode", "initial_seed", "inner",
    "int", "int16", "int32", "int64", "int8", "IntTensor", "inverse",
    "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "is_autocast_cpu_enabled",
    "is_autocast_enabled", "is_complex", "is_conj", "is_deterministic_algorithms_warn_only_enabled",
    "is_floating_point", "is_grad_enabled", "is_inference", "is_inference_mode_enabled", "is_neg",
    "is_nonzero", "is_same_size", "is_signed", "is_storage", "is_tensor", "is_warn_always_enabled",
    "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal", "istft",
    "jit", "kaiser_window", "kron", "kthvalue", "layer_norm", "lcm", "ldexp", "le", "lerp", "less",
    "less_equal", "lgamma", "linalg", "linspace", "load", "log", "log10", "log1p", "log2",
    "log_softmax", "logaddexp", "logaddexp2", "logcumsumexp", "logdet", "logical_and",
    "logical_not", "logical_or", "logical_xor", "logit", "logspace", "logsumexp", "long",
    "LongTensor", "lt", "lu", "lu_solve", "lu_unpack", "manual_seed", "masked_fill",
    "masked_scatter", "masked_select", "matmul", "matrix_exp", "matrix_power", "max", "max_pool1d",
    "max_pool2d", "max_pool3d", "maximum", "mean", "median", "memory_format", "meshgrid", "min",
    "minimum", "mm", "mode", "moveaxis", "movedim", "mps", "msort", "mul", "multinomial",
    "multiply", "multiprocessing", "mv", "mvlgamma", "nan", "nan_to_num", "nanmean", "nanmedian",
    "nanquantile", "nansum", "narrow", "narrow_copy", "ne", "neg", "negative", "newaxis",
    "nextafter", "nn", "no_grad", "nonzero", "nonzero_static", "norm", "normal", "not_equal",
    "numel", "ones", "ones_like", "onnx", "op", "optim", "orgqr", "ormqr", "outer",
    "OutOfMemoryError", "pairwise_distance", "pca_lowrank", "pdist", "permute", "pi", "pinverse",
    "pixel_shuffle", "pixel_unshuffle", "poisson", "polar", "polygamma", "positive", "pow", "prelu",
    "preserve_format", "prod", "profiler", "promote_types", "put", "qr", "quantile", "rad2deg",
    "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "random", "randperm",
    "range", "ravel", "real", "reciprocal", "relu", "remainder", "renorm", "repeat_interleave",
    "reshape", "resolve_conj", "resolve_neg", "result_type", "return_types", "rms_norm", "roll",
    "rot90", "round", "row_stack", "rrelu", "rsqrt", "rsub", "save", "scalar_tensor", "scatter",
    "scatter_add", "scatter_reduce", "searchsorted", "seed", "select", "select_scatter", "selu",
    "set_autocast_enabled", "set_conv_algorithm", "set_default_device", "set_default_dtype",
    "set_default_tensor_type", "set_deterministic_debug_mode", "set_float32_matmul_precision",
    "set_flush_denormal", "set_grad_enabled", "set_num_interop_threads", "set_num_threads",
    "set_printoptions", "set_rng_state", "set_warn_always", "sgn", "short", "ShortTensor",
    "sigmoid", "sign", "signal", "signbit", "sin", "sinc", "sinh", "Size", "slice_scatter",
    "slogdet", "smm", "softmax", "sort", "sparse", "sparse_coo", "sparse_coo_tensor", "special",
    "split", "split_with_sizes", "spmm", "sqrt", "square", "squeeze", "sspaddmm", "stack", "std",
    "std_mean", "stft", "storage", "strided", "sub", "subtract", "sum", "svd", "svd_lowrank",
    "swapaxes", "swapdims", "t", "take", "take_along_dim", "tan", "tanh", "Tensor", "tensor",
    "tensor_split", "tensordot", "testing", "threshold", "tile", "to_dlpack", "topk", "trace",
    "transpose", "trapezoid", "trapz", "triangular_solve", "tril", "tril_indices", "triu",
    "triu_indices", "true_divide", "trunc", "typename", "uint16", "uint32", "uint64", "uint8",
    "unbind", "unflatten", "unique", "unique_consecutive", "unravel_index", "unsafe_chunk",
    "unsafe_split", "unsafe_split_with_sizes", "unsqueeze", "use_deterministic_algorithms", "utils",
    "vander", "var", "var_mean", "vdot", "version", "view_as_complex", "view_as_real", "vision",
    "vmap", "vsplit", "vstack", "where", "xlogy", "xpu", "zeros", "zeros_like",
]

# PyTorch has these methods of tensors as functions, too.
INPLACE = (
    "abs_", "acos_", "acosh_", "addmv_", "arccos_", "arccosh_", "arcsin_", "arcsinh_",
    "arctan_", "arctanh_", "asin_", "asinh_", "atan_", "atanh_", "ceil_", "clamp_",
    "clamp_max_", "clamp_min_", "clip_", "conj_physical_", "cos_", "cosh_", "deg2rad_",
    "detach", "detach_", "erf_", "erfc_", "exp2_", "exp_", "expm1_", "fill_", "fix_", "floor_",
    "frac_", "gcd_", "i0_", "index_put_", "lcm_", "ldexp_", "log10_", "log1p_", "log2_", "log_",
    "logit_", "nan_to_num_", "neg_", "negative_", "rad2deg_", "reciprocal_", "relu_",
    "resize_as_", "round_", "rsqrt_", "sigmoid_", "sin_", "sinc_", "sinh_", "sqrt_", "square_",
    "tan_", "tanh_", "trunc_", "xlogy_", "zero_",
)
globals().update({name: getattr(Tensor, name) for name in INPLACE})
__all__ += INPLACE

# Imported at first use: it halves an import.
PARTS = (
    "__config__", "__future__", "accelerator", "backends", "compiler", "cpu", "cuda", "distributed",
    "distributions", "fft", "func", "futures", "fx", "hub", "jit", "mps", "multiprocessing", "nn",
    "onnx", "optim", "overrides", "profiler", "quasirandom", "signal", "sparse", "special",
    "testing", "types", "utils", "version", "vision", "xpu",
)
PARTS_OF = {
    "celu_": "nn.functional", "channel_shuffle": "nn.functional", "compile": "compiler",
    "rrelu_": "nn.functional",
    "selu_": "nn.functional", "threshold_": "nn.functional", "sparse_coo_tensor": "sparse",
    "smm": "sparse", "spmm": "sparse", "sspaddmm": "sparse", "vmap": "func",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in PARTS:
        return import_module(f"tinygrad_np.{name}")
    if name in PARTS_OF:
        return getattr(import_module(f"tinygrad_np.{PARTS_OF[name]}"), name)
    if name.startswith("_foreach_"):
        from tinygrad_np.foreach import over_lists

        return over_lists(name)
    raise AttributeError(f"module 'tinygrad_np' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
