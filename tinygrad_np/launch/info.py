"""What this installation is made of."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from typing import Any

import numpy as np

import tinygrad_np
from tinygrad_np import version
from tinygrad_np.kernels import threads

EXTRAS = {
    "fast": ["threadpoolctl"],
    "examples": ["matplotlib", "tqdm"],
    "tensorboard": ["tensorboardX"],
    "image": ["pillow"],
    "compare": ["torch"],
}


def info() -> str:
    """Versions, threads, BLAS and extras found, a line each.

    Examples
    --------
    >>> print(info().splitlines()[0])
    tinygrad_np 0.1.0, in the place of PyTorch 2.13.0
    """
    lines = [
        f"tinygrad_np {tinygrad_np.__version__}, in the place of PyTorch {version.__version__}",
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {_version('scipy')}",
        f"{platform.platform()}, {os.cpu_count()} processors",
        f"threads: {tinygrad_np.get_num_threads()}",
        f"BLAS: {blas()}",
    ]
    for extra, packages in EXTRAS.items():
        found = ", ".join(f"{p} {_version(p)}" for p in packages if _version(p) != "none")
        lines.append(f"extra {extra}: {found or 'not installed'}")
    return "\n".join(lines)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def blas() -> str:
    """NumPy's BLAS, and the processor its kernels were written for where threadpoolctl can tell.

    OpenBLAS chooses them by the processor that it finds, or by OPENBLAS_CORETYPE.
    """
    config: Any = np.show_config(mode="dicts")
    built = config["Build Dependencies"]["blas"]
    kernels = ", ".join(sorted(filter(None, threads.blas_kernels())))
    return f"{built['name']} {built['version']}" + (f" ({kernels})" if kernels else "")
