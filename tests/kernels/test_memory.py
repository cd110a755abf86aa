"""A training loop in its steady state asks the system for no memory."""

import os
import subprocess
import sys

import pytest

from tinygrad_np.kernels import memory

LOOP = """
import resource
import numpy as np
import tinygrad_np as tg

layers = tg.nn.Sequential(
    tg.nn.Conv2d(1, 16, 3), tg.nn.BatchNorm2d(16), tg.nn.ReLU(), tg.nn.MaxPool2d(2),
    tg.nn.Flatten(), tg.nn.Linear(16 * 15 * 15, 64), tg.nn.GELU(), tg.nn.Dropout(),
    tg.nn.Linear(64, 10),
)
update = tg.optim.Adam(layers.parameters())
x, y = tg.ones(64, 1, 32, 32), tg.zeros(64, dtype=tg.int64)

def step():
    loss = tg.nn.functional.cross_entropy(layers(x), y)
    update.zero_grad()
    loss.backward()
    update.step()

for _ in range(4):
    step()
counts = [resource.getrusage(resource.RUSAGE_SELF).ru_minflt]
for _ in range(9):
    step()
    counts.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(sorted(b - a for a, b in zip(counts, counts[1:]))[4])  # a thread may come late to its share
"""


def run(code, **variables):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.skipif(not memory.keep_freed(), reason="needs glibc, and no settings of the user's")
def test_a_steady_training_loop_takes_no_page_faults():
    assert float(run(LOOP)) < 50  # some thousands with what glibc does by itself


@pytest.mark.parametrize(
    "variable", [{"MALLOC_TRIM_THRESHOLD_": "100000"}, {"GLIBC_TUNABLES": "glibc.malloc.perturb=0"}]
)
def test_the_choice_of_the_user_stands(variable):
    code = "from tinygrad_np.kernels.memory import keep_freed; print(keep_freed())"
    assert run(code, **variable) == "False"
