"""Rows for ops/attention.py."""

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import Constant, Sample
from tests.rows.loss import functional
from tinygrad_np import testing
from tinygrad_np.ops import attention


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def attend(query, key, value, mask=None, p=0.0, is_causal=False, scale=None, enable_gqa=False):
    """Query by query, over the keys that it sees."""
    groups = query.shape[0] // key.shape[0] if enable_gqa else 1
    out = np.zeros((*query.shape[:-1], value.shape[-1]))
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    for head, i in np.ndindex(query.shape[:2]):
        k, v = key[head // groups], value[head // groups]
        scores = scale * k @ query[head, i]
        seen = np.ones(len(k), bool)
        if is_causal:
            seen[i + 1 :] = False
        if mask is not None and mask.dtype == bool:
            seen = mask[i]
        elif mask is not None:
            scores = scores + mask[i]
        if seen.any():
            out[head, i] = softmax(scores[seen]) @ v[seen]
    return out


@st.composite
def attended(draw):
    """Query, key and value with two heads; a mask, causal, or heads in groups."""
    length, keys, size, width = (draw(st.integers(1, 3)) for _ in range(4))
    groups = draw(st.sampled_from([1, 2]))
    shapes = (2, length, size), (2 // groups, keys, size), (2 // groups, keys, width)
    args = tuple(draw(testing.spaced(shape)) for shape in shapes)
    params = {"enable_gqa": True} if groups > 1 else {}
    kind = draw(st.sampled_from(["none", "causal", "bool", "float"]))
    if kind == "causal":
        params["is_causal"] = True
    if kind == "bool":
        there = draw(st.lists(st.booleans(), min_size=length * keys, max_size=length * keys))
        args += (np.reshape(there, (length, keys)),)
    if kind == "float":
        args += (draw(testing.spaced((length, keys))).view(Constant),)
    if draw(st.booleans()):
        params["scale"] = 0.5
    return Sample(args, params)


@st.composite
def multi_head(draw):
    """Query (L, 2), key and value (S, 2), and one or two heads."""
    length, keys = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    shapes = (length, 2), (keys, 2), (keys, 2), (6, 2), (6,), (2, 2), (2,)
    q, k, v, w, b, out_w, out_b = (draw(testing.spaced(shape)) for shape in shapes)
    count = draw(st.integers(1, 2))
    return Sample((q, k, v, 2, count, w, b, None, None, False, 0.0, out_w, out_b))


def multi_head_attention(q, k, v, size, count, w, b, bias_k, bias_v, zero, p, out_w, out_b):
    parts = [
        (x @ w_x.T + b_x).reshape(len(x), count, -1).swapaxes(0, 1)
        for x, w_x, b_x in zip((q, k, v), np.split(w, 3), np.split(b, 3), strict=True)
    ]
    out = attend(*parts).swapaxes(0, 1).reshape(q.shape) @ out_w.T + out_b
    everyone = np.broadcast_to(np.eye(len(k)), (count, len(k), len(k)))
    return out, attend(parts[0], parts[1], everyone).mean(0)


ROWS = [
    functional(attention.scaled_dot_product_attention, attend, attended()),
    functional(attention.multi_head_attention_forward, multi_head_attention, multi_head()),
]
