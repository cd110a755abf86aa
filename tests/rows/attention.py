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


ROWS = [functional(attention.scaled_dot_product_attention, attend, attended())]
