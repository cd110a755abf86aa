"""Hypothesis profiles: `dev` (default), `ci` and `thorough`, chosen with --hypothesis-profile."""

import importlib.util
import os

import pytest
from hypothesis import HealthCheck, settings

common = {
    "deadline": None,
    "derandomize": True,  # the same samples in every run: no test fails by chance
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
settings.register_profile("dev", max_examples=10, **common)
settings.register_profile("ci", max_examples=12, **common)
settings.register_profile("thorough", max_examples=300, **{**common, "derandomize": False})
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


def pytest_collection_modifyitems(items):
    if importlib.util.find_spec("torch") is None:
        skip = pytest.mark.skip(reason="PyTorch is not installed")
        for item in items:
            if "torch" in item.keywords:
                item.add_marker(skip)
