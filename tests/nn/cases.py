"""The table of layers: how each is made and called, for the tests over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


def real(*shape: int):
    """Numbers around 0, without a tie."""
    return lambda random: random.permutation(np.linspace(-2, 2, int(np.prod(shape)))).reshape(shape)


def unit(*shape: int):
    """Numbers in (0, 1)."""
    return lambda random: random.uniform(0.05, 0.95, shape)


def classes(n: int, *shape: int):
    return lambda random: random.integers(0, n, shape)


def signs(*shape: int):
    """-1 and 1, as floats."""
    return lambda random: random.integers(0, 2, shape) * 2.0 - 1


def constant(values: Any):
    return lambda random: np.array(values)


STARTS = np.random.default_rng(1).random((2, 3, 3))


@dataclass(frozen=True)
class Case:
    """``nn.<layer>(*args, **kwargs)`` called with arrays drawn by `inputs`.

    In args, an array stands for a tensor.
    """

    layer: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[Any, ...] = (real(3, 4),)
    random: bool = False  # draws numbers in training
    leaves: int = 9  # how many of the first inputs are differentiated

    def __str__(self) -> str:
        words = [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
        return f"{self.layer}({', '.join(words)})".replace("\n", "")


def case(
    layer: str, *args: Any, inputs: Any = None, random: bool = False, leaves: int = 9, **kwargs
):
    inputs = inputs or real(3, 4)
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    return Case(layer, args, kwargs, inputs, random, leaves)


image, sequence = real(2, 4, 7, 6), real(2, 4, 9)
ELEMENTWISE = (
    "ReLU ReLU6 LeakyReLU PReLU ELU SELU CELU GELU SiLU Mish Softplus Softsign Hardtanh "
    "Hardsigmoid Hardswish LogSigmoid Tanhshrink Softshrink Hardshrink Sigmoid Tanh GLU RReLU"
)

CASES = [
    # linear
    case("Linear", 4, 5),
    case("Linear", 4, 5, bias=False, inputs=real(2, 3, 4)),
    case("Linear", 4, 5, inputs=real(4)),
    case(
        "AdaptiveLogSoftmaxWithLoss",
        6,
        9,
        [2, 5],
        1.5,
        inputs=(real(4, 6), classes(9, 4)),
        leaves=1,
    ),
    case("Bilinear", 3, 4, 5, inputs=(real(2, 3), real(2, 4))),
    case("Bilinear", 3, 4, 5, bias=False, inputs=(real(3), real(4))),
    case("Identity", 3, unused=4),
    case("Flatten", inputs=image),
    case("Flatten", 0, 2, inputs=image),
    case("Unflatten", 1, (2, 2), inputs=image),
    # recurrent
    case("RNN", 4, 3, inputs=real(5, 2, 4)),
    case("RNN", 4, 3, 2, "relu", False, True, bidirectional=True, inputs=real(2, 5, 4)),
    case("RNN", 4, 3, nonlinearity="relu", inputs=(real(5, 4), real(1, 3))),
    case("LSTM", 4, 3, inputs=real(5, 2, 4)),
    case("LSTM", 4, 3, 2, dropout=0.5, proj_size=2, inputs=real(5, 2, 4), random=True),
    case("LSTM", 4, 3, 2, False, True, 0.0, True, inputs=real(2, 1, 4)),
    case("GRU", 4, 3, inputs=(real(5, 2, 4), real(1, 2, 3))),
    case("GRU", 4, 3, 2, dropout=0.5, bidirectional=True, inputs=real(5, 2, 4), random=True),
    case("RNNCell", 4, 5, inputs=(real(3, 4), real(3, 5))),
    case("RNNCell", 4, 5, False, "relu", inputs=real(4)),
    case("LSTMCell", 4, 5),
    case("LSTMCell", 4, 5, False, inputs=real(4)),
    case("GRUCell", 4, 5, inputs=(real(3, 4), real(3, 5))),
    case("GRUCell", 4, 5, bias=False),
    # attention
    case("MultiheadAttention", 4, 2, inputs=(real(5, 2, 4), real(3, 2, 4), real(3, 2, 4))),
    case(
        "MultiheadAttention",
        *(4, 2, 0.5, True, True, True, 3, 5, True),
        inputs=(real(2, 5, 4), real(2, 3, 3), real(2, 3, 5)),
        random=True,
    ),
    case("TransformerEncoderLayer", 4, 2, 6, inputs=real(5, 2, 4), random=True),
    case(
        "TransformerEncoderLayer",
        4,
        1,
        6,
        0.0,
        "gelu",
        1e-3,
        True,
        True,
        False,
        inputs=real(2, 5, 4),
    ),
    case("TransformerDecoderLayer", 4, 2, 6, inputs=(real(5, 2, 4), real(3, 2, 4)), random=True),
    case("TransformerDecoderLayer", 4, 2, 6, 0.0, norm_first=True, inputs=(real(5, 4), real(3, 4))),
    case("Transformer", 4, 2, 2, 1, 6, inputs=(real(5, 2, 4), real(3, 2, 4)), random=True),
    # convolution
    case("Conv1d", 4, 6, 3, inputs=sequence),
    case("Conv1d", 4, 6, 3, 2, 1, 2, 2, False, inputs=sequence),
    case("Conv1d", 4, 6, 4, padding="same", inputs=sequence),
    case("Conv1d", 4, 6, 3, padding=2, padding_mode="circular", inputs=real(4, 9)),
    case("Conv2d", 4, 6, 3, inputs=image),
    case("Conv2d", 4, 6, (3, 2), (1, 2), (1, 0), (2, 1), 2, inputs=image),
    case("Conv2d", 4, 6, (3, 2), padding="same", dilation=2, bias=False, inputs=image),
    case("Conv2d", 4, 6, 3, padding="valid", inputs=real(4, 7, 6)),
    case("Conv2d", 4, 6, 3, padding=1, padding_mode="reflect", inputs=image),
    case("Conv2d", 4, 6, 3, padding=(2, 1), padding_mode="replicate", inputs=image),
    case("Conv2d", 4, 6, (4, 3), padding="same", padding_mode="circular", inputs=image),
    case("ConvTranspose1d", 4, 6, 3, 2, 1, 1, inputs=sequence),
    case("ConvTranspose1d", 4, 6, 3, groups=2, bias=False, inputs=sequence),
    case("ConvTranspose2d", 4, 6, 3, inputs=image),
    case("ConvTranspose2d", 4, 6, (3, 2), 2, (1, 0), 1, 2, dilation=2, inputs=image),
    case("Conv3d", 2, 4, 3, padding=(1, 0, 1), inputs=real(2, 2, 3, 4, 5)),
    case("ConvTranspose3d", 2, 4, 2, 2, inputs=real(2, 2, 3, 2, 2)),
    # pooling
    case("MaxPool1d", 3, inputs=sequence),
    case("MaxPool1d", 3, 2, 1, 2, True, True, inputs=sequence),
    case("MaxPool2d", 2, inputs=image),
    case("MaxPool2d", (3, 2), stride=(2, 1), padding=1, dilation=(1, 2), inputs=image),
    case("MaxPool2d", 3, 2, return_indices=True, ceil_mode=True, inputs=real(4, 7, 6)),
    case("MaxUnpool1d", 2, inputs=(real(1, 2, 3), constant([[[0, 3, 4], [1, 2, 5]]]))),
    case("MaxUnpool2d", (2, 1), inputs=(real(1, 2, 2), constant([[[0, 3], [4, 7]]]))),
    case("AvgPool1d", 3, inputs=sequence),
    case("AvgPool1d", 3, 2, 1, True, False, inputs=sequence),
    case("AvgPool2d", 2, inputs=image),
    case("AvgPool2d", (3, 2), 2, 1, True, False, inputs=image),
    case("AvgPool2d", 3, divisor_override=2, inputs=image),
    case("AdaptiveAvgPool1d", 4, inputs=sequence),
    case("AdaptiveAvgPool2d", 3, inputs=image),
    case("AdaptiveAvgPool2d", (None, 2), inputs=image),
    case("AdaptiveMaxPool1d", 4, inputs=sequence),
    case("AdaptiveMaxPool2d", (3, 2), return_indices=True, inputs=image),
    case(
        "FractionalMaxPool2d", 2, (3, 4), _random_samples=STARTS[..., :2], inputs=real(2, 3, 7, 6)
    ),
    case(
        "FractionalMaxPool3d",
        (1, 2, 2),
        output_ratio=0.6,
        _random_samples=STARTS,
        inputs=real(2, 3, 5, 5, 6),
    ),
    case("LPPool1d", 2, 3, inputs=unit(2, 4, 9)),
    case("LPPool2d", 1.5, 2, stride=1, inputs=unit(2, 4, 7, 6)),
    case("MaxPool3d", 2, padding=1, inputs=real(2, 3, 3, 4, 4)),
    case("MaxPool3d", (1, 2, 2), return_indices=True, inputs=real(2, 2, 4, 4)),
    case("MaxUnpool3d", (1, 2, 1), inputs=(real(1, 1, 1, 2), constant([[[[0, 3]]]]))),
    case("AvgPool3d", (2, 1, 2), 1, 0, False, False, inputs=real(2, 3, 3, 4, 4)),
    case("AdaptiveAvgPool3d", (1, None, 2), inputs=real(2, 3, 3, 4, 4)),
    case("AdaptiveMaxPool3d", 2, return_indices=True, inputs=real(2, 3, 3, 4, 4)),
    case("LPPool3d", 2, 2, inputs=unit(2, 4, 4, 4)),
    # normalization
    case("BatchNorm1d", 4),
    case("BatchNorm1d", 4, 1e-3, None, inputs=sequence),
    case("BatchNorm2d", 4, inputs=image),
    case("BatchNorm2d", 4, affine=False, track_running_stats=False, inputs=image),
    case("BatchNorm2d", 4, bias=False, inputs=image),
    case("GroupNorm", 2, 4, bias=False, inputs=image),
    case("BatchNorm3d", 4, momentum=0.3, inputs=real(2, 4, 2, 3, 2)),
    case("InstanceNorm1d", 4, inputs=sequence),
    case("InstanceNorm1d", 4, affine=True, inputs=real(4, 9)),
    case("InstanceNorm2d", 4, inputs=image),
    case("InstanceNorm2d", 4, affine=True, track_running_stats=True, inputs=image),
    case("InstanceNorm3d", 2, inputs=real(2, 2, 2, 3)),
    case("LayerNorm", 4),
    case("LayerNorm", (7, 6), 1e-3, bias=False, inputs=image),
    case("LayerNorm", [6], elementwise_affine=False, inputs=image),
    case("RMSNorm", 4),
    case("RMSNorm", (7, 6), 1e-3, False, inputs=image),
    case("GroupNorm", 2, 4, inputs=image),
    case("GroupNorm", 4, 4, 1e-3, False, inputs=sequence),
    case("LocalResponseNorm", 2, inputs=image),
    case("LocalResponseNorm", 3, 1e-2, 0.5, 2.0, inputs=sequence),
    # activations
    *(case(name, inputs=real(3, 4), random=name == "RReLU") for name in ELEMENTWISE.split()),
    *(
        case(name, inplace=True)
        for name in ("ReLU", "ReLU6", "SiLU", "Mish", "SELU", "ELU", "LeakyReLU", "Hardtanh")
    ),
    case("LeakyReLU", 0.3),
    case("PReLU", 4, 0.1),
    case("ELU", 0.7),
    case("CELU", 0.7, True),
    case("GELU", "tanh"),
    case("Softplus", 2, 1.5),
    case("Hardtanh", -0.3, 0.8),
    case("Softshrink", 0.2),
    case("Hardshrink", 0.2),
    case("Threshold", 0.1, 20),
    case("RReLU", 0.1, 0.4, random=True),
    case("GLU", 0, inputs=real(4, 3)),
    case("Softmax", 1),
    case("Softmin", dim=0),
    case("LogSoftmax", -1),
    case("Softmax2d", inputs=image),
    # dropout
    case("Dropout", random=True),
    case("Dropout", 0.2, True, random=True),
    case("Dropout1d", inputs=sequence, random=True),
    case("Dropout2d", 0.3, inputs=image, random=True),
    case("Dropout3d", inputs=real(2, 4, 2, 3, 2), random=True),
    case("AlphaDropout", 0.1, random=True),
    case("FeatureAlphaDropout", 0.1, random=True, inputs=image),
    # embedding
    case("Embedding", 10, 3, inputs=classes(10, 2, 4)),
    case("Embedding", 10, 3, -1, inputs=classes(10, 20)),
    case("Embedding", 10, 3, max_norm=1.0, norm_type=1.0, inputs=classes(10, 4)),
    case("Embedding", 10, 3, scale_grad_by_freq=True, inputs=classes(3, 9)),
    case("EmbeddingBag", 10, 3, inputs=classes(10, 2, 4)),
    case("EmbeddingBag", 10, 3, mode="sum", padding_idx=0, inputs=classes(10, 3, 5)),
    case("EmbeddingBag", 10, 3, mode="max", max_norm=1.0, inputs=classes(10, 3, 5)),
    # padding
    *(case(name + "2d", (1, 2, 0, 3), inputs=image) for name in ("ZeroPad", "ReplicationPad")),
    *(case(name + "2d", 2, inputs=image) for name in ("ReflectionPad", "CircularPad")),
    *(
        case(name + "Pad1d", (2, 1), inputs=sequence)
        for name in ("Zero", "Replication", "Reflection", "Circular")
    ),
    case("ConstantPad1d", 2, 3.5, inputs=sequence),
    *(
        case(name + "Pad3d", (2, 1, 1, 0, 0, 1), inputs=real(2, 2, 2, 3, 4))
        for name in ("Zero", "Replication", "Reflection", "Circular")
    ),
    case("ConstantPad3d", 1, 0.5, inputs=real(2, 2, 2, 3, 4)),
    case("ConstantPad2d", (0, 1, 2, -1), -1, inputs=image),
    # resampling
    case("Upsample", (9, 5), inputs=image),
    case("Upsample", scale_factor=2, inputs=image),
    case("Upsample", scale_factor=(1.5, 2), mode="bilinear", inputs=image),
    case("UpsamplingNearest2d", scale_factor=2, inputs=image),
    case("UpsamplingBilinear2d", (9, 5), inputs=image),
    case("PixelShuffle", 2, inputs=image),
    case("PixelUnshuffle", 2, inputs=real(2, 3, 6, 4)),
    case("ChannelShuffle", 2, inputs=image),
    case("Unfold", 2, inputs=image),
    case("Unfold", (2, 3), 2, 1, (1, 2), inputs=image),
    case("Fold", (5, 6), 2, stride=2, padding=1, inputs=real(2, 12, 12)),
    # distances
    case("CosineSimilarity", inputs=(real(3, 4), real(3, 4))),
    case("CosineSimilarity", 0, 1e-3, inputs=(real(3, 4), real(3, 4))),
    case("PairwiseDistance", inputs=(real(3, 4), real(3, 4))),
    case("PairwiseDistance", 1.0, keepdim=True, inputs=(real(3, 4), real(3, 4))),
]

pair = (real(3, 4), real(3, 4))
LOSSES = [
    case("MSELoss", inputs=pair),
    case("L1Loss", reduction="none", inputs=pair),
    case("SmoothL1Loss", beta=0.5, inputs=pair),
    case("HuberLoss", "sum", 0.5, inputs=pair),
    case("PoissonNLLLoss", inputs=(real(3, 4), unit(3, 4))),
    case("PoissonNLLLoss", False, True, eps=1e-6, inputs=(unit(3, 4), unit(3, 4))),
    case("GaussianNLLLoss", inputs=(*pair, unit(3, 4))),
    case("GaussianNLLLoss", full=True, reduction="sum", inputs=(*pair, unit(3, 1))),
    case("KLDivLoss", reduction="batchmean", inputs=(real(3, 4), unit(3, 4))),
    case("KLDivLoss", reduction="sum", log_target=True, inputs=pair),
    case("CrossEntropyLoss", inputs=(real(3, 4), classes(4, 3))),
    case("CrossEntropyLoss", label_smoothing=0.1, inputs=(real(3, 4, 5), classes(4, 3, 5))),
    case("CrossEntropyLoss", np.array([1.0, 2.0, 0.5, 3.0]), ignore_index=1, reduction="sum",
         inputs=(real(5, 4), classes(4, 5))),
    case("CrossEntropyLoss", reduction="none", inputs=(real(3, 4), unit(3, 4))),
    case("NLLLoss", inputs=(real(3, 4), classes(4, 3))),
    case("NLLLoss", np.array([1.0, 2.0, 0.5, 3.0]), reduction="none",
         inputs=(real(3, 4), classes(4, 3))),
    case("BCELoss", inputs=(unit(3, 4), unit(3, 4))),
    case("BCELoss", np.array([1.0, 2.0, 0.5, 3.0]), reduction="sum",
         inputs=(unit(3, 4), unit(3, 4))),
    case("BCEWithLogitsLoss", inputs=(real(3, 4), unit(3, 4))),
    case("BCEWithLogitsLoss", pos_weight=np.array([1.0, 2.0, 0.5, 3.0]),
         inputs=(real(3, 4), unit(3, 4))),
    case("HingeEmbeddingLoss", 0.7, inputs=(real(3, 4), signs(3, 4))),
    case("MarginRankingLoss", 0.3, inputs=(real(6), real(6), signs(6))),
    case("CosineEmbeddingLoss", 0.2, inputs=(*pair, signs(3))),
    case("SoftMarginLoss", leaves=1, inputs=(real(3, 4), signs(3, 4))),
    case("MultiLabelMarginLoss", inputs=(real(2, 4), constant([[3, 0, -1, 1], [0, 1, 2, -1]]))),
    case("MultiLabelSoftMarginLoss", inputs=(real(3, 4), classes(2, 3, 4))),
    case("MultiMarginLoss", inputs=(real(3, 4), classes(4, 3))),
    case("MultiMarginLoss", 2, 0.5, np.array([1.0, 2.0, 0.5, 3.0]),
         inputs=(real(3, 4), classes(4, 3))),
    case("TripletMarginLoss", inputs=(*pair, real(3, 4))),
    case("TripletMarginLoss", 0.5, 1.0, swap=True, reduction="none", inputs=(*pair, real(3, 4))),
    case("TripletMarginWithDistanceLoss", margin=2.0, swap=True, inputs=(*pair, real(3, 4))),
]  # fmt: skip
