"""The example: interrupted and resumed it ends as if nothing had happened; bad options named."""

import argparse
import importlib.util
import pathlib
import signal
import sys

import pytest

import tinygrad_np as tg
from tinygrad_np.vision import datasets

PATH = pathlib.Path(__file__).parent.parent / "examples" / "mnist_cnn.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("mnist_cnn", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data(example):
    digits = datasets.Digits(train=False)
    parts = (Few(digits.data[at], digits.targets[at]) for at in (slice(120), slice(120, 240)))
    return example.Data(*parts, "a test")


class Few:
    def __init__(self, data, targets):
        self.data, self.targets = data, targets

    def __len__(self):
        return len(self.data)


def options(**changes):
    given = {"seed": 3, "epochs": None, "batch_size": None, **changes}
    return argparse.Namespace(**given)


@pytest.mark.parametrize(("name", "batch"), [("article", 2), ("modern", 16)])
def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(
    example, data, tmp_path, monkeypatch, name, batch
):
    monkeypatch.setitem(example.RECIPES, name, shortened(example.RECIPES[name]))
    args = options(epochs=2, batch_size=batch)
    whole = example.Run(name, data, args)
    assert whole.train(None, quiet=True)

    cut = example.Run(name, data, args)
    draw = cut.recipe.draw

    def interrupted(step):
        if step == 7:
            signal.raise_signal(signal.SIGINT)
        return draw(step)

    cut.recipe.draw = interrupted
    path = tmp_path / "run.ckpt"
    assert not cut.train(path, quiet=True)
    assert cut.step == 8
    tg.manual_seed(99)
    again = example.resumed(path, name, data, options(seed=99))
    assert again.train(path, quiet=True)
    assert again.history == whole.history
    assert again.history
    for a, b in zip(whole.recipe.model.parameters(), again.recipe.model.parameters(), strict=True):
        assert tg.equal(a, b)

    finished = example.resumed(path, name, data, args)
    assert finished.train(path, quiet=True)
    assert finished.step == whole.step


def shortened(recipe):
    class Short(recipe):
        report_every = 5

        def __init__(self, data, args):
            super().__init__(data, args)
            self.steps = min(self.steps, 14)

    return Short


def test_other_checkpoints_are_refused(example, data, tmp_path):
    path = tmp_path / "other.ckpt"
    run = example.Run("article", data, options())
    run.save(path)
    for name, found in [("modern", data), ("article", halved(example, data))]:
        with pytest.raises(SystemExit, match=r"other\.ckpt"):
            example.resumed(path, name, found, options())
    for content in ({"weight": tg.ones(1)}, [1]):
        tg.save(content, path)
        with pytest.raises(SystemExit, match=r"other\.ckpt is a checkpoint of nothing known"):
            example.resumed(path, "article", data, options())
    path.write_bytes(b"text")
    for wrong in (path, tmp_path / "none.ckpt"):
        with pytest.raises(SystemExit, match=wrong.name):
            example.resumed(wrong, "article", data, options())


def halved(example, data):
    images, labels = data.test
    part = Few((images[:60, 0] * 255).to(tg.uint8), labels[:60])
    return example.Data(part, part, "a test")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], "0 is less than 1"),
        (["--batch-size", "-3"], "-3 is less than 1"),
        (["--runs", "many"], "many"),
        (["--resume", "a.ckpt"], "need --recipe"),
        (["--recipe", "article", "--runs", "2", "--save", "a.ckpt"], "--runs keeps no checkpoints"),
        (["--data", "nowhere"], "nowhere: no folder"),
    ],
)
def test_bad_options_are_named(example, monkeypatch, capsys, arguments, words):
    monkeypatch.setattr(sys, "argv", ["mnist_cnn.py", *arguments])
    with pytest.raises(SystemExit) as stop:
        example.main()
    assert words in f"{stop.value.code} {capsys.readouterr().err}"
