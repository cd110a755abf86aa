"""RNN, LSTM and GRU: recurrent layers over whole sequences."""

from __future__ import annotations

import math
import warnings
from typing import Any

from tinygrad_np.creation import empty, zeros
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.nn.utils.rnn import PackedSequence
from tinygrad_np.ops.join import cat, stack
from tinygrad_np.ops.recurrence import recurrence, stepper, walk
from tinygrad_np.tensor import Tensor

__all__ = ["GRU", "LSTM", "RNN", "RNNBase"]

_CHUNKS = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What the recurrent layers share; see `LSTM`."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an "
                "element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero "
                f"dropout expects num_layers greater than 1, but got dropout={dropout} and "
                f"num_layers={num_layers}",
                stacklevel=3,
            )
        for name, value, kind in (
            ("bias", bias, bool),
            ("batch_first", batch_first, bool),
            ("input_size", input_size, int),
            ("hidden_size", hidden_size, int),
        ):
            if not isinstance(value, kind):
                raise TypeError(
                    f"{name} should be of type {kind.__name__}, got: {type(value).__name__}"
                )
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
        for name, size in sizes.items():
            if size <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if proj_size < 0:
            raise ValueError(
                "proj_size should be a positive integer or zero to disable projections"
            )
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if mode not in _CHUNKS:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size

        self._all_weights: list[list[str]] = []
        directions = 2 if bidirectional else 1
        gates, out = _CHUNKS[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            shapes = {
                "weight_ih": (gates, input_size if layer == 0 else out * directions),
                "weight_hh": (gates, out),
                **({"bias_ih": (gates,), "bias_hh": (gates,)} if bias else {}),
                **({"weight_hr": (proj_size, hidden_size)} if proj_size else {}),
            }
            for suffix in ("", "_reverse")[:directions]:
                names = [f"{name}_l{layer}{suffix}" for name in shapes]
                for name, shape in zip(names, shapes.values(), strict=True):
                    setattr(self, name, Parameter(empty(*shape, device=device, dtype=dtype)))
                self._all_weights.append(names)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values anew, evenly from ±1 / sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Do nothing: PyTorch lays out the weights for cuDNN here."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights(self) -> list[Parameter]:
        return [weight for weights in self.all_weights for weight in weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    def extra_repr(self) -> str:
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0,
            "bidirectional": False,
        }
        others = (f"{k}={getattr(self, k)}" for k, v in defaults.items() if getattr(self, k) != v)
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *others])

    def forward(self, input: Any, hx: Any = None) -> Any:
        """Sequences, and the states to begin with (0 unless given), to sequences and last states.

        Parameters
        ----------
        input : Tensor or PackedSequence
            (T, N, input_size), with ``batch_first`` (N, T, input_size), or (T, input_size).
        hx : Tensor, for an LSTM two of them, optional
            (num_layers * directions, N, H), without N where `input` is.

        Returns
        -------
        output : Tensor or PackedSequence
            As `input`, with directions * H features: the last layer's states at all times.
        state : Tensor, for an LSTM two of them
            As `hx`.

        Raises
        ------
        ValueError
            For input of another number of dimensions or another dtype than the weights'.
        RuntimeError
            If other shapes do not fit.
        """
        is_lstm = self.mode == "LSTM"
        packed = isinstance(input, PackedSequence)
        state = None if hx is None else tuple(hx) if is_lstm else (hx,)
        data: Tensor = input.data if packed else input
        batched = packed or data.ndim == 3
        batch_dim = 0 if self.batch_first else 1
        if not packed:
            if data.ndim not in (2, 3):
                raise ValueError(
                    f"{type(self).__name__}: Expected input to be 2D or 3D, got {data.ndim}D "
                    "instead"
                )
            data = data if batched else data.unsqueeze(batch_dim)
            for s in state or ():
                if s.ndim != data.ndim - (not batched):
                    raise RuntimeError(
                        f"For {'batched 3-D' if batched else 'unbatched 2-D'} input, hx should "
                        f"also be {3 if batched else 2}-D but got {s.ndim}-D tensor"
                    )
            state = state if batched or state is None else tuple(s.unsqueeze(1) for s in state)
            data = data.transpose(0, 1) if self.batch_first else data
        self._check_input(data, 2 if packed else 3)

        if packed:
            sizes = input.batch_sizes.tolist()
            if state is not None and input.sorted_indices is not None:
                state = tuple(s.index_select(1, input.sorted_indices) for s in state)
        else:
            steps, batch = data.shape[:2]
            if steps == 0:
                raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
            sizes = [batch] * steps
            data = data.reshape(steps * batch, self.input_size)
        output: Any
        output, last = self._layers(data, sizes, self._begin(state, sizes[0], data))

        if packed:
            if input.unsorted_indices is not None:
                last = tuple(s.index_select(1, input.unsorted_indices) for s in last)
            output = PackedSequence(
                output, input.batch_sizes, input.sorted_indices, input.unsorted_indices
            )
        else:
            output = output.reshape(steps, batch, output.shape[-1])
            output = output.transpose(0, 1) if self.batch_first else output
            if not batched:
                output, last = output.squeeze(batch_dim), tuple(s.squeeze(1) for s in last)
        return output, last if is_lstm else last[0]

    def _check_input(self, data: Tensor, ndim: int) -> None:
        dtype = self._flat_weights[0].dtype
        if data.dtype != dtype:
            raise ValueError(
                f"RNN input dtype ({data.dtype}) does not match weight dtype ({dtype}). Convert "
                f"input: input.to({dtype}), or convert model: model.to({data.dtype})"
            )
        if data.ndim != ndim:
            raise RuntimeError(f"input must have {ndim} dimensions, got {data.ndim}")
        if data.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{data.shape[-1]}"
            )

    def _begin(self, state: Any, batch: int, data: Tensor) -> tuple[Tensor, ...]:
        """The states to begin with: those given, of the right shapes, or 0."""
        count = self.num_layers * (2 if self.bidirectional else 1)
        shapes = [(count, batch, self.proj_size or self.hidden_size)]
        if self.mode == "LSTM":
            shapes.append((count, batch, self.hidden_size))
        if state is None:
            return tuple(zeros(*shape, dtype=data.dtype) for shape in shapes)
        if len(state) != len(shapes):
            raise RuntimeError(f"rnn: hx is not a pair (h_0, c_0) but {len(state)} tensors")
        for i, (s, shape) in enumerate(zip(state, shapes, strict=True)):
            if tuple(s.shape) != shape:
                what = f"hidden[{i}]" if self.mode == "LSTM" else "hidden"
                raise RuntimeError(f"Expected {what} size {shape}, got {list(s.shape)}")
        return tuple(state)

    def _layers(self, data: Tensor, sizes: list[int], start: Any) -> tuple[Tensor, Any]:
        directions = 2 if self.bidirectional else 1
        last = []
        for i, weights in enumerate(self.all_weights):
            layer, reverse = divmod(i, directions)
            if not reverse:
                outputs = []
                if layer and self.dropout:
                    data = F.dropout(data, self.dropout, self.training)
            state = tuple(s[i] for s in start)
            output, state = self._walk(data, weights, sizes, state, bool(reverse))
            outputs.append(output)
            last.append(state)
            if len(outputs) == directions:
                data = outputs[0] if directions == 1 else cat(outputs, -1)
        return data, tuple(stack(states) for states in zip(*last, strict=True))

    def _walk(
        self, data: Tensor, weights: list[Parameter], sizes: list[int], state: Any, reverse: bool
    ) -> tuple[Tensor, Any]:
        """One layer in one direction: the states at all times, packed, and the last ones."""
        weight_ih, weight_hh = weights[:2]
        bias_ih, bias_hh = weights[2:4] if self.bias else (None, None)
        if self.proj_size:
            given = F.linear(data, weight_ih, bias_ih)
            step = stepper(self.mode, weight_hh, bias_hh, weights[-1])
            return walk(step, given, sizes, state, reverse)
        both: Any = bias_ih
        if bias_ih is not None and self.mode != "GRU":  # its reset gate is between the two
            both, bias_hh = bias_ih + bias_hh, None
        given = F.linear(data, weight_ih, both)
        hidden, cell = (*state, None)[:2]
        out = recurrence(
            given, weight_hh, hidden, cell, bias_hh, mode=self.mode, sizes=sizes, reverse=reverse
        )
        return out[: len(data)], tuple(out[len(data) :].chunk(len(state)))


class RNN(RNNBase):
    """Elman's recurrent layers: ``h' = tanh(W_ih x + b_ih + W_hh h + b_hh)``.

    Parameters
    ----------
    input_size, hidden_size : int
    num_layers : int, default 1
    nonlinearity : {"tanh", "relu"}
    bias, batch_first, dropout, bidirectional, device, dtype : optional
        As for `LSTM`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> output, h = tg.nn.RNN(3, 4)(tg.ones(5, 2, 3))
    >>> output.shape, h.shape
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _no_projection(kwargs)
        if len(args) > 3:
            nonlinearity, args = args[3], args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        super().__init__(f"RNN_{nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Layers of long short-term memory.

    With the gates ``i, f, o = sigmoid(...)`` and ``g = tanh(...)``, each linear in x and h:
    ``c' = f * c + i * g`` and ``h' = o * tanh(c')``.

    Parameters
    ----------
    input_size, hidden_size : int
    num_layers : int, default 1
        Layers on top of each other.
    bias : bool, default True
    batch_first : bool, default False
        Sequences are (N, T, *) instead of (T, N, *).
    dropout : float, default 0
        The share of each layer's outputs, but the last one's, that is set to 0 in training.
    bidirectional : bool, default False
        A second walk from end to start in each layer.
    proj_size : int, default 0
        If not 0, h is projected to this size.
    device, dtype : optional

    Source: S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, 1997; projections: H. Sak et
    al., 2014, https://arxiv.org/abs/1402.1128

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> output, (h, c) = tg.nn.LSTM(3, 4, num_layers=2)(tg.ones(5, 2, 3))
    >>> output.shape, h.shape
    (torch.Size([5, 2, 4]), torch.Size([2, 2, 4]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """Layers of gated recurrent units: ``h' = (1 - z) * n + z * h``.

    With ``r, z = sigmoid(...)`` and ``n = tanh(W_in x + b_in + r * (W_hn h + b_hn))``.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional : optional
        As for `LSTM`.

    Source: K. Cho et al., 2014, https://arxiv.org/abs/1406.1078

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> output, h = tg.nn.GRU(3, 4, bidirectional=True)(tg.ones(5, 2, 3))
    >>> output.shape, h.shape
    (torch.Size([5, 2, 8]), torch.Size([2, 2, 4]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _no_projection(kwargs)
        super().__init__("GRU", *args, **kwargs)


def _no_projection(kwargs: dict[str, Any]) -> None:
    if "proj_size" in kwargs:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
