"""Versions: how often arrays were changed in place, by which stale values are told."""

from __future__ import annotations

import warnings

DATA = 1 << 32  # more than there are changes of the other kind


class Version:
    """How often an array was changed in place; shared by a tensor and its views."""

    n = 0

    @property
    def counted(self) -> Version:
        """The version where changes count: of `x.data` that of `x`."""
        return self


class DataVersion(Version):
    """The version of `x.data`, whose changes PyTorch does not count; at `x` they count as DATA."""

    def __init__(self, of: Version) -> None:
        self._of, self._n = of, 0

    @property
    def counted(self) -> Version:
        return self._of

    @property
    def n(self) -> int:  # type: ignore[override]
        return self._n

    @n.setter
    def n(self, value: int) -> None:
        self._of.n += (value - self._n) * DATA
        self._n = value


def only_through_data(n: int, at: int) -> bool:
    """Whether between two versions there were changes through `.data` alone."""
    return (n - at) % DATA == 0


def check_stale(what: str, n: int, at: int) -> None:
    """RuntimeError for a value saved at another version; a warning if only `.data` was changed."""
    if only_through_data(n, at):
        warnings.warn(
            f"{what} was changed through .data since: the gradient is computed from what is there "
            "now, as PyTorch does without a word. It is wrong unless the change is to elements "
            "that were not read",
            UserWarning,
            stacklevel=2,
        )
        return
    raise RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: {what} is at version {n % DATA}; expected version {at % DATA} instead. "
        "Change a clone() of it, or use the out-of-place form of the operation."
    )
