"""The rows; importing a module here registers them."""

from benchmarks.rows import article, conv, layers, models, overhead

__all__ = ["article", "conv", "layers", "models", "overhead"]
