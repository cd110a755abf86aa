"""--api: the page of what there is, held against the code."""

import importlib
import inspect
import re

import pytest

import tinygrad_np
from tinygrad_np.__main__ import main
from tinygrad_np.launch.api import ROOMS, page
from tinygrad_np.launch.names import spelled

LINE = re.compile(r"- `(\w+)(\(.*\))?`(?:, `(\w+)`)?(?:: (.+))?")


def place(room):
    if room == ".Tensor":
        return tinygrad_np.Tensor
    return importlib.import_module(f"tinygrad_np{room}")


@pytest.fixture(scope="module")
def parts():
    """The lines of each room: name, signature without types, summary."""
    found = {}
    for part in page().split("## ")[1:]:
        title, *lines = part.strip().split("\n")
        found[title] = [LINE.fullmatch(line) for line in lines[1:]]
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_a_line_for_each_name_and_no_other(room, parts):
    lines = parts[spelled(f"tinygrad_np{room}")]
    assert all(lines)
    listed = [name for line in lines for name in (line[1], line[3]) if name]
    assert len(listed) == len(set(listed))
    assert [name for name in listed if not hasattr(place(room), name)] == []
    for name in getattr(place(room), "__all__", None) or dir(place(room)):
        value = getattr(place(room), name)
        ours = "tinygrad_np" in (getattr(value, "__module__", None) or "")
        if ours and callable(value) and not name.startswith("_"):
            assert name in listed


@pytest.mark.parametrize("room", ROOMS)
def test_lines_tell_the_parameters_and_what_it_does(room, parts):
    for line in parts[spelled(f"tinygrad_np{room}")]:
        value = getattr(place(room), line[1])
        if not callable(value):
            continue
        assert line[4], f"{line[1]} says nothing"
        if isinstance(value, type) and issubclass(value, Exception):
            continue
        expected = list(inspect.signature(value).parameters)[room == ".Tensor" :]
        written = re.sub(r"=(\([^()]*\)|'[^']*')", "", line[2])  # defaults with commas in them
        there = re.findall(r"(?:^\(|, )\**(\w+)", written)
        assert [p for p in there if p != "out"] == [p for p in expected if p != "out"]


def test_the_command(capsys):
    assert main(["--api", "torch.optim", "torchvision.utils"]) == 0
    out = capsys.readouterr().out
    assert re.findall("^## (.*)$", out, re.MULTILINE) == ["torch.optim", "torchvision.utils"]
    assert "- `Adam(params, lr=0.001, betas=(0.9, 0.999)" in out
    assert main(["--api", "torch.nonsense"]) == 2
    assert "torch.optim" in capsys.readouterr().err
