"""What the functions that build a model have in common."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tinygrad_np import nn

__all__ = ["get_model", "list_models"]

BUILDERS: dict[str, Callable[..., Any]] = {}


class Weights(str):
    """The name of weights of torchvision's, ``ResNet18_Weights.DEFAULT``: there are none here."""

    __slots__ = ()
    DEFAULT = IMAGENET1K_V1 = IMAGENET1K_V2 = property(lambda self: Weights(f"{self}.DEFAULT"))


def weights_of(name: str) -> Weights:
    """What ``ResNet18_Weights`` is; AttributeError if there is no such model."""
    if name.removesuffix("_Weights").lower() not in BUILDERS or not name.endswith("_Weights"):
        raise AttributeError(f"module 'tinygrad_np.vision.models' has no attribute {name!r}")
    return Weights(name)


def builder(make: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes a model, with the arguments that ask for weights refused."""
    name = make.__name__

    @functools.wraps(make)
    def build(weights: Any = None, progress: bool = True, **kwargs: Any) -> Any:
        if weights or kwargs.pop("pretrained", False):
            raise RuntimeError(
                f"{name}: weights are not distributed with tinygrad_np. Build the model without "
                f"them, {name}(), and fill it from a file of PyTorch's that you have: "
                f"model.load_state_dict(tinygrad_np.load('{name}.pth'))"
            )
        return make(**kwargs)

    build.__doc__ = f"""{make.__doc__}

    Parameters
    ----------
    weights : None
        Anything else is refused: weights are not distributed. A file of PyTorch's goes into
        ``model.load_state_dict(tinygrad_np.load(file))``.
    progress : bool
        Without effect.
    **kwargs
        Of the class, as ``num_classes``.

    Raises
    ------
    RuntimeError
        If weights are asked for.

    Examples
    --------
    >>> from tinygrad_np.vision import models
    >>> model = models.{name}(num_classes=10)  # doctest: +SKIP
    """
    BUILDERS[name] = build
    return build


def list_models() -> list[str]:
    """The names of the models that there are.

    Examples
    --------
    >>> from tinygrad_np.vision import models
    >>> [name for name in models.list_models() if name.startswith("alex")]
    ['alexnet']
    """
    return sorted(BUILDERS)


def get_model(name: str, **config: Any) -> nn.Module:
    """The model of a name.

    Parameters
    ----------
    name : str
    **config
        Of the function of that name.

    Raises
    ------
    ValueError
        For a name that is none.

    Examples
    --------
    >>> from tinygrad_np.vision import models
    >>> model = models.get_model("resnet18", num_classes=10)  # doctest: +SKIP
    """
    if name.lower() not in BUILDERS:
        raise ValueError(f"Unknown model {name}; there are {', '.join(list_models())}")
    return BUILDERS[name.lower()](**config)  # type: ignore[no-any-return]


def fill(
    model: nn.Module, conv: Callable[..., Any], linear: Callable[..., Any] | None = None
) -> None:
    """Initial values: `conv` and `linear` of weights, ones and zeros for the rest."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            conv(layer.weight)
        elif isinstance(layer, nn.Linear) and linear is not None:
            linear(layer.weight)
        elif isinstance(layer, (nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.ones_(layer.weight)  # type: ignore[arg-type]
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def divisible(channels: float, by: int = 8) -> int:
    """The nearest multiple, but no less than nine tenths."""
    near = max(by, int(channels + by / 2) // by * by)
    return near + by if near < 0.9 * channels else near
