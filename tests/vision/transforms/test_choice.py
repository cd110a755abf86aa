"""Transforms that choose among others."""

import random

import pytest

from tinygrad_np.vision import transforms as T


def names(*letters):
    return [lambda text, letter=letter: text + letter for letter in letters]


def test_one_of_some():
    assert T.RandomChoice(names("a", "b"), p=[0, 2])("") == "b"
    random.seed(0)
    made = [T.RandomChoice(names("a", "b", "c"))("") for _ in range(30)]
    random.seed(0)
    assert made == [random.choices("abc")[0] for _ in range(30)]


def test_any_order():
    random.seed(0)
    made = {T.RandomOrder(names("a", "b", "c"))("") for _ in range(60)}
    assert made == {"abc", "acb", "bac", "bca", "cab", "cba"}


def test_words_and_mistakes():
    assert repr(T.RandomOrder([T.Pad(1)])).splitlines() == [
        "RandomOrder(", "    Pad(padding=1, fill=0, padding_mode=constant)", ")"
    ]  # fmt: skip
    assert repr(T.RandomChoice([T.Pad(1)])).endswith(")(p=None)")
    with pytest.raises(TypeError, match="should be a sequence, got int"):
        T.RandomOrder(3)
    with pytest.raises(TypeError, match="p should be a sequence of 1 numbers, got 3"):
        T.RandomChoice([T.Pad(1)], p=3)
