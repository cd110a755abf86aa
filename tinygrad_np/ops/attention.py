"""Attention: each query takes a mean of the values, weighted by how its key fits."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from tinygrad_np.ops.dropout import dropout
from tinygrad_np.ops.elementwise import add
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import linear, matmul
from tinygrad_np.ops.mask import masked_fill
from tinygrad_np.ops.pad import pad
from tinygrad_np.ops.reduction import array
from tinygrad_np.ops.repetition import repeat_interleave
from tinygrad_np.ops.shape import contiguous
from tinygrad_np.ops.softmax import softmax
from tinygrad_np.tape.grad_mode import recorders
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.record import recorded_whole

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """``softmax(query @ key.T * scale + mask) @ value``.

    Parameters
    ----------
    query, key, value : Tensor
        (*, L, E), (*, S, E) and (*, S, V)
    attn_mask : Tensor, optional
        Broadcasts to (*, L, S): True where a query sees a key, or numbers to be added.
    dropout_p : float, default 0
        The share of the weights that is set to 0; not only in training.
    is_causal : bool, default False
        Query i sees the keys up to i.
    scale : float, optional
        ``1 / sqrt(E)`` unless given.
    enable_gqa : bool, default False
        Several heads of the query (its third last dimension) share one of key and value.

    Returns
    -------
    Tensor
        (*, L, V); 0 for a query that sees no key.

    Raises
    ------
    RuntimeError
        For a mask beside ``is_causal=True``, one that is neither bool nor of the query's dtype,
        or shapes that do not fit.

    Source: Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> q, v = tg.zeros(1, 2), tg.tensor([[1.0], [3.0]])
    >>> tg.nn.functional.scaled_dot_product_attention(q, tg.ones(2, 2), v)
    tensor([[2.]])
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError(
            "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
        )
    if enable_gqa:
        times = query.shape[-3] // key.shape[-3]
        if times * key.shape[-3] != query.shape[-3]:
            raise RuntimeError(
                "scaled_dot_product_attention: expected a number of heads in key that divides "
                f"the query's, got {key.shape[-3]} and {query.shape[-3]}"
            )
        key, value = (repeat_interleave(x, times, -3) for x in (key, value))
    scores = matmul(query * (scale if scale is not None else query.shape[-1] ** -0.5), key.mT)
    if is_causal:
        attn_mask = _causal(*scores.shape[-2:])
    if attn_mask is None:
        return _mean(query, softmax(scores, -1), value, dropout_p)

    mask = array(attn_mask)
    if mask.dtype == bool:
        hidden, blind = _hidden(attn_mask)
        scores = masked_fill(scores, hidden, -math.inf)
    elif mask.dtype == array(query).dtype:
        scores = scores + attn_mask
        blind = _hidden(attn_mask)[1]
    else:
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or to match query dtype, but got "
            f"attn_mask.dtype: {mask.dtype} and query.dtype: {array(query).dtype}"
        )
    if not (recorders or blind.any()):
        return _mean(query, softmax(scores, -1), value, dropout_p)
    weights = masked_fill(softmax(masked_fill(scores, blind, 0.0), -1), blind, 0.0)
    return _mean(query, weights, value, dropout_p)


@recorded_whole
def _causal(rows: int, columns: int) -> Array:
    """The mask of what comes before."""
    return np.tri(rows, columns, dtype=bool)


@recorded_whole
def _hidden(mask: Array) -> tuple[Array, Array]:
    """What a mask of bools, or of numbers to add, hides; and the rows that see nothing."""
    mask = array(mask)
    hidden = ~mask if mask.dtype == bool else mask == -math.inf
    return hidden, hidden.all(-1, keepdims=True)


def _mean(query: Array, weights: Array, value: Array, dropout_p: float) -> Array:
    """The weighted mean of the values, with the heads side by side in memory if the query's are.

    So PyTorch's can be viewed with the heads joined; with dropout it can't.
    """
    out = matmul(dropout(weights, dropout_p), value)
    q = array(query)
    side_by_side = q.ndim == 4 and q.strides[2] > q.strides[1] >= q.strides[3] == q.itemsize
    if dropout_p or not side_by_side:
        return out
    return contiguous(out.swapaxes(1, 2)).swapaxes(1, 2)


def multi_head_attention_forward(
    query: Array,
    key: Array,
    value: Array,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Array | None,
    in_proj_bias: Array | None,
    bias_k: Array | None,
    bias_v: Array | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Array,
    out_proj_bias: Array | None,
    training: bool = True,
    key_padding_mask: Array | None = None,
    need_weights: bool = True,
    attn_mask: Array | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Array | None = None,
    k_proj_weight: Array | None = None,
    v_proj_weight: Array | None = None,
    static_k: Array | None = None,
    static_v: Array | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> Any:
    """What `nn.MultiheadAttention` computes, with its parameters as arguments.

    Parameters
    ----------
    query, key, value : Tensor
        (L, N, E), (S, N, E) and (S, N, E), or all without N.
    static_k, static_v : Tensor, optional
        (N * num_heads, S, E / num_heads), in the place of the projected key and value.

    Returns
    -------
    output : Tensor
        (L, N, E) or (L, E)
    weights : Tensor or None
        (N, L, S) or (L, S); with ``average_attn_weights=False`` (N, num_heads, L, S) or without N.

    Raises
    ------
    AssertionError, RuntimeError
        If shapes don't fit, or `is_causal` comes without a mask.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x, project, out = tg.ones(3, 4), tg.zeros(12, 4), tg.eye(4)
    >>> output, weights = tg.nn.functional.multi_head_attention_forward(
    ...     x, x, x, 4, 2, project, None, None, None, False, 0.0, out, None
    ... )
    >>> output.shape, weights[0]
    (torch.Size([3, 4]), tensor([0.3333, 0.3333, 0.3333]))
    """
    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask)
    if not batched:
        query, key, value = _batched(query, key, value)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask[None]
    length, batch, size = query.shape
    head = size // num_heads
    _must(size == embed_dim_to_check, f"expected embedding of {embed_dim_to_check}, got {size}")
    _must(head * num_heads == size, f"embed_dim {size} not divisible by num_heads {num_heads}")
    same = key.shape[: 2 if use_separate_proj_weight else 3]
    _must(same == value.shape[: len(same)], f"key shape {key.shape} and value's {value.shape}")
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module "
            "method `generate_square_subsequent_mask` to create this mask."
        )
    key_padding_mask = canonical_mask(key_padding_mask, "key_padding_mask", query, attn_mask)
    attn_mask = canonical_mask(attn_mask, "attn_mask", query)
    causal = is_causal and key_padding_mask is None and not need_weights
    if attn_mask is not None:
        shapes = ((length, key.shape[0]), (batch * num_heads, length, key.shape[0]))
        if tuple(attn_mask.shape) not in shapes:
            raise RuntimeError(
                f"The shape of the {attn_mask.ndim}D attn_mask is {tuple(attn_mask.shape)}, but "
                f"should be {shapes[attn_mask.ndim - 2]}."
            )

    weights = (
        [q_proj_weight, k_proj_weight, v_proj_weight]
        if use_separate_proj_weight
        else in_proj_weight
    )
    q, k, v = _projected(query, key, value, weights, in_proj_bias)
    masks = [attn_mask, key_padding_mask]
    if bias_k is not None and bias_v is not None:
        k, v = (cat([x, b.expand(1, batch, size)]) for x, b in ((k, bias_k), (v, bias_v)))
        masks = [m if m is None else pad(m, (0, 1)) for m in masks]
    q, k, v = (x.reshape(len(x), batch, num_heads, head).permute(1, 2, 0, 3) for x in (q, k, v))
    k = k if static_k is None else static_k.reshape(batch, num_heads, -1, head)
    v = v if static_v is None else static_v.reshape(batch, num_heads, -1, head)
    if add_zero_attn:
        k, v = pad(k, (0, 0, 0, 1)), pad(v, (0, 0, 0, 1))
        masks = [m if m is None else pad(m, (0, 1)) for m in masks]
    attn_mask, key_padding_mask = masks
    mask = attn_mask
    if mask is not None and mask.ndim == 3:
        mask = mask.reshape(batch, num_heads, length, mask.shape[-1])
    if key_padding_mask is not None:
        _must(
            tuple(key_padding_mask.shape) == (batch, k.shape[2]),
            f"Expected key_padding_mask of shape {(batch, k.shape[2])}, got "
            f"{tuple(key_padding_mask.shape)}",
        )
        padding = key_padding_mask.reshape(batch, 1, 1, -1)
        mask = padding if mask is None else add(mask, padding)

    dropout_p = dropout_p if training else 0.0
    shares = None
    if need_weights:
        scores = matmul(q * math.sqrt(1 / head), k.mT)
        shares = dropout(softmax(scores if mask is None else scores + mask, -1), dropout_p)
        out = matmul(shares, v)
        shares = shares.mean(1) if average_attn_weights else shares
    else:
        out = scaled_dot_product_attention(q, k, v, None if causal else mask, dropout_p, causal)
    out = linear(
        out.permute(2, 0, 1, 3).reshape(length, batch, size), out_proj_weight, out_proj_bias
    )
    if not batched:
        return out.squeeze(1), None if shares is None else shares.squeeze(0)
    return out, shares


def canonical_mask(mask: Any, name: str, target: Any, other: Any = None) -> Any:
    """A mask as numbers to be added to scores: where it is True, -inf."""
    if mask is None:
        return None
    is_bool = array(mask).dtype == bool
    _must(
        is_bool or array(mask).dtype.kind == "f",
        f"only bool and floating types of {name} are supported",
    )
    if other is not None and array(other).dtype != array(mask).dtype:
        warnings.warn(
            f"Support for mismatched {name} and attn_mask is deprecated. Use same type for both "
            "instead.",
            stacklevel=3,
        )
    return _added(mask, target) if is_bool else mask


@recorded_whole
def _added(mask: Any, like: Any) -> Array:
    """A mask of what is hidden as numbers to add."""
    return np.where(array(mask), -math.inf, 0.0).astype(array(like).dtype)


def _projected(query: Any, key: Any, value: Any, weights: Any, bias: Any) -> list[Any]:
    """Query, key and value, each times its weight, in as few products as can be."""
    if isinstance(weights, list):
        biases = (None,) * 3 if bias is None else bias.chunk(3)
        inputs = zip((query, key, value), weights, biases, strict=True)
        return [linear(x, w, b) for x, w, b in inputs]
    if key is not value:
        return _projected(query, key, value, list(weights.chunk(3)), bias)
    if query is key:
        return list(linear(query, weights, bias).chunk(3, -1))
    size = query.shape[-1]
    first, second = (None, None) if bias is None else (bias[:size], bias[size:])
    both = linear(key, weights[size:], second).chunk(2, -1)
    return [linear(query, weights[:size], first), *both]


def _batched(query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
    """With a batch of one; what was one tensor stays one."""
    q = query[:, None]
    k = q if key is query else key[:, None]
    return q, k, k if value is key else value[:, None]


def _check_shapes(query: Any, key: Any, value: Any, padding: Any, mask: Any) -> bool:
    """Whether there is a batch; AssertionError if the numbers of dimensions do not fit."""
    _must(
        query.ndim in (2, 3),
        f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query "
        "tensor",
    )
    kind = f"For {'un' * (query.ndim == 2)}batched ({query.ndim}-D) `query`"
    _must(
        key.ndim == value.ndim == query.ndim,
        f"{kind}, expected `key` and `value` to be {query.ndim}-D but found {key.ndim}-D and "
        f"{value.ndim}-D tensors respectively",
    )
    _must(
        padding is None or padding.ndim == query.ndim - 1,
        f"{kind}, expected `key_padding_mask` to be `None` or {query.ndim - 1}-D",
    )
    _must(
        mask is None or mask.ndim in (2, 3),
        f"{kind}, expected `attn_mask` to be `None`, 2-D or 3-D",
    )
    return bool(query.ndim == 3)


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)
