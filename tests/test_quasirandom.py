"""Sobol's points, beside PyTorch's."""

import itertools

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.quasirandom import SobolEngine


def test_the_first_points_are_reversed_bits():
    points = SobolEngine(1).draw_base2(3, dtype=tg.float64)
    assert sorted(points.flatten().tolist()) == [i / 8 for i in range(8)]
    assert points[:4, 0].tolist() == [0, 0.5, 0.75, 0.25]


@pytest.mark.parametrize("scramble", [False, True])
def test_each_part_of_a_square_has_its_points(scramble):
    points = SobolEngine(2, scramble, seed=0).draw(64).numpy()
    for parts in ((64, 1), (8, 8), (1, 64)):
        counts = np.histogram2d(*points.T, bins=parts, range=((0, 1), (0, 1)))[0]
        assert (counts == 1).all()


def test_drawing_goes_on_and_begins_again():
    engine = SobolEngine(3)
    points = engine.draw(10)
    out = tg.empty(0)
    assert engine.reset().fast_forward(4).draw(6, out=out) is out
    assert engine.num_generated == 10
    assert tg.equal(out, points[4:])
    assert engine.draw(0).shape == (0, 3)
    with pytest.raises(ValueError, match="require n to be a power of 2"):
        engine.draw_base2(2)
    with pytest.raises(ValueError, match="Supported range"):
        SobolEngine(0)


@pytest.mark.torch
@pytest.mark.parametrize("dimension", [1, 40])
@pytest.mark.parametrize("options", [{}, {"scramble": True}, {"scramble": True, "seed": 3}])
def test_the_points_are_pytorchs(dimension, options):
    import torch

    found = []
    for lib in (tg, torch):
        lib.manual_seed(0)
        engine = lib.quasirandom.SobolEngine(dimension, **options)
        drawn = [engine.draw(n) for n in (1, 3, 8)]
        drawn.append(engine.fast_forward(5).draw(2, dtype=lib.float64))
        found.append([repr(engine), *(t.tolist() for t in drawn), lib.rand(1).item()])
    assert found[0] == found[1]
    assert len(list(itertools.chain(*found[0][1:-1]))) == 14
