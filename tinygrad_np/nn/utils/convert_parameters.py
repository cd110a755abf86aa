"""Parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable

from tinygrad_np.ops.join import cat
from tinygrad_np.tensor import Tensor

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements of the parameters in one vector, on the tape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(2, 3)
    >>> tg.nn.utils.parameters_to_vector(layer.parameters()).shape
    torch.Size([9])
    """
    return cat([param.reshape(-1) for param in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Make the parameters views of the parts of a vector, in order.

    Parameters
    ----------
    vec : Tensor
        With as many elements as all parameters have.
    parameters : iterable of Tensor

    Raises
    ------
    TypeError
        If `vec` is not a Tensor.
    RuntimeError
        If the number of elements differs. Nothing is changed then.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(2, 1)
    >>> tg.nn.utils.vector_to_parameters(tg.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.weight.tolist(), layer.bias.tolist()
    ([[1.0, 2.0]], [3.0])
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected a Tensor, but got: {type(vec).__name__}")
    listed = list(parameters)
    sizes = [param.numel() for param in listed]
    if vec.shape != (sum(sizes),):
        raise RuntimeError(
            f"expected a vector of the parameters' {sum(sizes)} elements, "
            f"got shape {tuple(vec.shape)}"
        )
    start = 0
    for param, size in zip(listed, sizes, strict=True):
        param.data = vec.data[start : start + size].view(param.shape)
        start += size
