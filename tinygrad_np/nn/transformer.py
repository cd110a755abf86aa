"""Transformer: encoder, decoder and their layers.

Source: Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tinygrad_np.creation import full
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.container import ModuleList
from tinygrad_np.nn.dropout import Dropout
from tinygrad_np.nn.linear import Linear
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.multihead import MultiheadAttention
from tinygrad_np.nn.normalization import LayerNorm
from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tensor import Tensor

__all__ = [
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer",
]  # fmt: skip

Activation = str | Callable[[Tensor], Tensor]


class _Layer(Module):
    """What both kinds of layers have; subclasses replace its blocks, and theirs, by name."""

    self_attn: MultiheadAttention
    dropout1: Dropout

    def _sa_block(
        self, x: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False
    ) -> Tensor:
        return self.dropout1(_attend(self.self_attn, x, x, attn_mask, key_padding_mask, is_causal))


class TransformerEncoderLayer(_Layer):
    """Self-attention and two linear layers, each added to its input and normalized.

    Parameters
    ----------
    d_model : int
        Features.
    nhead : int
        Heads of the attention.
    dim_feedforward : int, default 2048
        Features between the linear layers.
    dropout : float, default 0.1
    activation : {"relu", "gelu"} or callable
        Between the linear layers.
    layer_norm_eps : float, default 1e-5
    batch_first : bool, default False
        Tensors are (N, L, E) instead of (L, N, E).
    norm_first : bool, default False
        Normalize the inputs of attention and linear layers, not the sums.
    bias : bool, default True
    device, dtype : optional

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.TransformerEncoderLayer(4, 2, 8)(tg.ones(5, 3, 4)).shape
    torch.Size([5, 3, 4])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options: Any = {"bias": bias, "device": device, "dtype": dtype}
        attend: Any = {"dropout": dropout, "batch_first": batch_first, **options}
        self.self_attn = MultiheadAttention(d_model, nhead, **attend)
        self.linear1 = Linear(d_model, dim_feedforward, **options)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **options)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, **options)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, **options)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _get_activation_fn(activation)

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """(L, N, d_model) to the same; masks as `MultiheadAttention` takes them."""

        def attend(x: Tensor) -> Tensor:
            return self._sa_block(x, src_mask, src_key_padding_mask, is_causal=is_causal)

        x = _added(src, attend, self.norm1, self.norm_first)
        return _added(x, self._ff_block, self.norm2, self.norm_first)

    def _ff_block(self, x: Tensor) -> Tensor:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to the encoder's output, and two linear layers.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first,
    bias, device, dtype : optional
        As for `TransformerEncoderLayer`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.TransformerDecoderLayer(4, 2, 8)
    >>> layer(tg.ones(5, 3, 4), tg.ones(6, 3, 4)).shape
    torch.Size([5, 3, 4])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options: Any = {"bias": bias, "device": device, "dtype": dtype}
        attend: Any = {"dropout": dropout, "batch_first": batch_first, **options}
        self.self_attn = MultiheadAttention(d_model, nhead, **attend)
        self.multihead_attn = MultiheadAttention(d_model, nhead, **attend)
        self.linear1 = Linear(d_model, dim_feedforward, **options)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **options)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, **options)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, **options)
        self.norm3 = LayerNorm(d_model, eps=layer_norm_eps, **options)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _get_activation_fn(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """(L, N, d_model) and the encoder's output (S, N, d_model) to (L, N, d_model)."""

        def attend(x: Tensor) -> Tensor:
            return self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal)

        def look(x: Tensor) -> Tensor:
            masks = memory_mask, memory_key_padding_mask
            return self._mha_block(x, memory, *masks, memory_is_causal)

        x = _added(tgt, attend, self.norm1, self.norm_first)
        x = _added(x, look, self.norm2, self.norm_first)
        return _added(x, self._ff_block, self.norm3, self.norm_first)

    def _mha_block(
        self, x: Tensor, mem: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False
    ) -> Tensor:
        attention = self.multihead_attn
        return self.dropout2(_attend(attention, x, mem, attn_mask, key_padding_mask, is_causal))

    def _ff_block(self, x: Tensor) -> Tensor:
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerEncoder(Module):
    """Copies of an encoder layer one after the other.

    Parameters
    ----------
    encoder_layer : TransformerEncoderLayer
        What is copied; all copies start with its weights.
    num_layers : int
    norm : Module, optional
        Applied at last.
    enable_nested_tensor, mask_check : bool
        Without effect: there are no nested tensors.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.TransformerEncoderLayer(4, 2, 8)
    >>> tg.nn.TransformerEncoder(layer, 2)(tg.ones(5, 3, 4)).shape
    torch.Size([5, 3, 4])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _get_clones(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """(L, N, d_model) to the same; without `is_causal` the mask is looked at for it."""
        causal = _is_causal(mask, is_causal)
        for layer in self.layers:
            src = layer(
                src, src_mask=mask, is_causal=causal, src_key_padding_mask=src_key_padding_mask
            )
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Copies of a decoder layer one after the other.

    Parameters
    ----------
    decoder_layer : TransformerDecoderLayer
        What is copied; all copies start with its weights.
    num_layers : int
    norm : Module, optional
        Applied at last.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> decoder = tg.nn.TransformerDecoder(tg.nn.TransformerDecoderLayer(4, 2, 8), 2)
    >>> decoder(tg.ones(5, 3, 4), tg.ones(6, 3, 4)).shape
    torch.Size([5, 3, 4])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _get_clones(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """(L, N, d_model) and (S, N, d_model) to (L, N, d_model)."""
        causal = _is_causal(tgt_mask, tgt_is_causal)
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder and a decoder that looks at its output.

    Parameters
    ----------
    d_model : int, default 512
    nhead : int, default 8
    num_encoder_layers, num_decoder_layers : int, default 6
    dim_feedforward, dropout, activation : optional
        As for `TransformerEncoderLayer`.
    custom_encoder, custom_decoder : Module, optional
        In the place of the usual ones.
    layer_norm_eps, batch_first, norm_first, bias, device, dtype : optional
        As for `TransformerEncoderLayer`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> model = tg.nn.Transformer(4, 2, 1, 1, 8)
    >>> mask = tg.nn.Transformer.generate_square_subsequent_mask(5)
    >>> model(tg.ones(6, 3, 4), tg.ones(5, 3, 4), tgt_mask=mask).shape
    torch.Size([5, 3, 4])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options: Any = {"bias": bias, "device": device, "dtype": dtype}
        layer = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        order: Any = {"batch_first": batch_first, "norm_first": norm_first, **options}

        if custom_encoder is None:
            encoder_layer = TransformerEncoderLayer(*layer, **order)
            norm = LayerNorm(d_model, eps=layer_norm_eps, **options)
            custom_encoder = TransformerEncoder(encoder_layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            decoder_layer = TransformerDecoderLayer(*layer, **order)
            norm = LayerNorm(d_model, eps=layer_norm_eps, **options)
            custom_decoder = TransformerDecoder(decoder_layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        for param in self.parameters():
            if param.ndim > 1:
                init.xavier_uniform_(param)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """(S, N, d_model) and (L, N, d_model) to (L, N, d_model).

        Raises
        ------
        RuntimeError
            If batches or features differ.
        """
        batch_dim = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch_dim] != tgt.shape[batch_dim]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(
            src,
            mask=src_mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=src_is_causal,
        )
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """(sz, sz): -inf above the diagonal, where a key comes after the query, and 0 elsewhere."""
        return full((sz, sz), -float("inf"), device=device, dtype=dtype).triu(1)


def _added(x: Tensor, part: Callable[[Tensor], Tensor], norm: Any, norm_first: bool) -> Tensor:
    """A part of a layer beside its input."""
    return x + part(norm(x)) if norm_first else norm(x + part(x))


def _attend(attention: Any, x: Tensor, mem: Tensor, mask: Any, padding: Any, causal: bool) -> Any:
    return attention(x, mem, mem, padding, False, mask, is_causal=causal)[0]


def _get_clones(module: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(module) for _ in range(count)])


def _get_activation_fn(activation: Activation) -> Callable[[Tensor], Tensor]:
    if not isinstance(activation, str):
        return activation
    if activation in ("relu", "gelu"):
        return F.relu if activation == "relu" else F.gelu
    raise RuntimeError(f"activation should be relu/gelu, not {activation}")


def _is_causal(mask: Tensor | None, is_causal: bool | None) -> bool:
    """The hint, or whether the mask is the causal one; a recorded step goes by the mask alone."""
    if is_causal is not None or mask is None or mode.recorder is not None:
        return bool(is_causal)
    known = Transformer.generate_square_subsequent_mask(mask.shape[-2], dtype=float)
    return mask.shape == known.shape and bool((mask == known).all())
