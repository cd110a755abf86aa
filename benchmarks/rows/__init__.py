"""The rows; importing a module here registers them, in this order."""

from benchmarks.rows import article, models  # isort: skip
from benchmarks.rows import conv, layers, overhead  # isort: skip
from benchmarks.rows import process, growth, accuracy  # isort: skip

__all__ = ["accuracy", "article", "conv", "growth", "layers", "models", "overhead", "process"]
