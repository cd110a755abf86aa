"""The README's code, run as it stands; its tables, held against the package."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def namespace():
    """One for all blocks, so that a block may use what an earlier one made."""
    return {"__name__": "readme"}


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_block_runs(number, namespace):
    for i in range(namespace.get("done", 0), number + 1):
        exec(compile(BLOCKS[i], f"README.md, block {i}", "exec"), namespace)
        namespace["done"] = i + 1


def test_the_two_commands_are_marked_for_the_gate():
    for mark in ("run", "test"):
        assert re.search(rf"^<!-- {mark} -->\n```sh\n", TEXT, re.MULTILINE)


def test_every_name_in_the_tables_exists():
    import tinygrad_np as tg
    from tinygrad_np import nn, optim

    table = TEXT.split("## What there is")[1].split("\n## ")[0]
    names = [
        n
        for row in re.findall(r"^\|.*\|$", table, re.MULTILINE)
        for n in re.findall(r"`([A-Za-z_][\w.]*)`", row)
    ]
    assert len(names) > 200
    places = [tg, nn.functional, nn, optim, optim.lr_scheduler, nn.utils, tg.Tensor]
    assert [n for n in names if not any(_has(p, n) for p in places)] == []


def _has(place, name):
    for part in name.split("."):
        place = getattr(place, part, None)
    return place is not None
