"""MultiheadAttention."""

from __future__ import annotations

from typing import Any

from tinygrad_np.creation import empty
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.linear import NonDynamicallyQuantizableLinear
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Attention with several heads, each on projections of its own of query, key and value.

    Parameters
    ----------
    embed_dim : int
        Of the query and the output.
    num_heads : int
        Divides `embed_dim`.
    dropout : float, default 0
        The share of the weights that is set to 0 in training.
    bias : bool, default True
        Of the projections.
    add_bias_kv : bool, default False
        One key and value more, which are trained.
    add_zero_attn : bool, default False
        One key and value more, which are 0.
    kdim, vdim : int, optional
        Features of key and value; `embed_dim` unless given.
    batch_first : bool, default False
        Tensors are (N, L, E) instead of (L, N, E).
    device, dtype : optional

    Source: Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> attention = tg.nn.MultiheadAttention(4, num_heads=2)
    >>> x = tg.ones(5, 3, 4)
    >>> output, weights = attention(x, x, x)
    >>> output.shape, weights.shape
    (torch.Size([5, 3, 4]), torch.Size([3, 5, 5]))
    """

    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, got "
                f"embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")

        shapes = {
            "in_proj_weight": (3 * embed_dim, embed_dim),
            "q_proj_weight": (embed_dim, embed_dim),
            "k_proj_weight": (embed_dim, self.kdim),
            "v_proj_weight": (embed_dim, self.vdim),
            "in_proj_bias": (3 * embed_dim,),
        }
        there = ["in_proj_weight"] if self._qkv_same_embed_dim else list(shapes)[1:4]
        there += ["in_proj_bias"] if bias else []
        options = {"device": device, "dtype": dtype}
        for name, shape in shapes.items():
            param = Parameter(empty(*shape, **options)) if name in there else None
            self.register_parameter(name, param)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, **options)
        for name in ("bias_k", "bias_v"):
            more = Parameter(empty(1, 1, embed_dim, **options)) if add_bias_kv else None
            setattr(self, name, more)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for name in ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"):
            if getattr(self, name) is not None:
                init.xavier_uniform_(getattr(self, name))
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            assert self.out_proj.bias is not None
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Output (L, N, E) and weights (N, L, S), or None for these without `need_weights`.

        Parameters
        ----------
        query, key, value : Tensor
            (L, N, embed_dim), (S, N, kdim), (S, N, vdim), all with N first if `batch_first`, or
            all without N.
        key_padding_mask : Tensor, optional
            (N, S): True at keys that nobody sees, or numbers to be added to the scores.
        need_weights : bool, default True
        attn_mask : Tensor, optional
            (L, S) or (N * num_heads, L, S): True where a query does not see a key, or numbers.
        average_attn_weights : bool, default True
            False: (N, num_heads, L, S), the weights of each head.
        is_causal : bool, default False
            A hint that `attn_mask` is the causal one.
        """
        turned = self.batch_first and query.ndim == 3
        if turned:  # what is one tensor stays one: it is then projected in one product
            same_key, same_value = key is query, value is key
            query = query.transpose(0, 1)
            key = query if same_key else key.transpose(0, 1)
            value = key if same_value else value.transpose(0, 1)
        output, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return (output.transpose(0, 1) if turned else output), weights
