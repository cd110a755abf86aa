"""--check: what scripts use that there is not, without running them."""

import json
import textwrap

import pytest

from tinygrad_np.__main__ import main
from tinygrad_np.launch.check import missing


def found(tmp_path, text):
    path = tmp_path / "s.py"
    path.write_text(textwrap.dedent(text))
    return [(entry.line, entry.symbol) for entry in missing(str(path))]


def test_a_script_that_lacks_nothing(tmp_path, capsys):
    text = """
    import os
    import torch as t, torch.nn as nn, torchvision
    from torch.nn import functional as F
    from torch.optim import *
    from torch.distributions.categorical import Categorical

    class Net(nn.Module):
        def unfold_all(self): return self.nothing.cuda_things
        def forward(self, x, *, foo=None): return F.relu(x, inplace=True).view(-1)

    y = t.sum(t.mm(x, x, out=x), axis=0, keepdims=True, out=t.zeros(1, out=x))
    y = t.max(x, 0, out=x)
    opt = Adam(Net().parameters(), lr=0.1, betas=(0.9, 0.99))
    try:
        from torch.nonsense import thing
    except ImportError:
        thing = None
    os.nonsense(whatever=1)
    torchvision.models.__dict__.keys(), t.torch.nn, t.trapezoid(y, x=y)
    print(t.__version__, torchvision.__version__)
    """
    assert found(tmp_path, text) == []
    assert main(["--check", str(tmp_path / "s.py")]) == 0
    assert capsys.readouterr().out == "nothing is missing\n"


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        ("torch.nonsense(1)", "torch.nonsense"),
        ("import torch.nonsense", "torch.nonsense"),
        ("from torch.nn import Nonsense", "torch.nn.Nonsense"),
        ("F.nonsense", "torch.nn.functional.nonsense"),
        ("from torch.utils.data import Nonsense", "torch.utils.data.Nonsense"),
        ("from torchvision.datasets import Nonsense", "torchvision.datasets.Nonsense"),
        ("import torch.utils.data as d; d.Nonsense", "torch.utils.data.Nonsense"),
        ("import torchvision as v; v.models.nonsense()", "torchvision.models.nonsense"),
        (
            "from torchvision.transforms import Nonsense; Nonsense()",
            "torchvision.transforms.Nonsense",
        ),
        ("x = nn.Linear(1, 2, nonsense=3)", "torch.nn.Linear(nonsense=)"),
        ("raise_it(F.relu(x, nonsense=3))", "torch.nn.functional.relu(nonsense=)"),
    ],
)
def test_what_is_missing_is_found(tmp_path, line, symbol):
    text = f"import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n{line}\n"
    assert found(tmp_path, text) == [(5, symbol)]


def test_names_that_the_script_binds_itself_too_may_mean_either(tmp_path):
    text = """
    import torch
    from torch import optim
    from torch.utils import data
    from torch.utils.data import Dataset

    class Dataset(Dataset):
        def __init__(self, own): pass

    Dataset(own=1)
    optim = optim.Adam([torch.nonsense])
    optim.step()

    def mean(data): return data.mean()
    """
    assert found(tmp_path, text) == [(11, "torch.nonsense")]


def test_fields_of_results_are_taken_for_no_methods(tmp_path):
    assert found(tmp_path, "import torch\ntorch.topk(x, 2).indices; torch.max(x, 0).values\n") == []


def test_methods_of_tensors(tmp_path, monkeypatch):
    names = tmp_path / "names.txt"
    names.write_text("logsumexp\nnonsense\ncumsum\nappend\n")
    monkeypatch.setattr("tinygrad_np.launch.check.TENSOR_NAMES", names)
    text = "import torch, pandas\nx.nonsense(0)\npandas.f(x).nonsense()\nx.logsumexp(0).append\n"
    assert found(tmp_path, text) == [(2, "torch.Tensor.nonsense")]
    assert found(tmp_path, text + "def nonsense(): pass\n") == []


def test_files_and_exit_codes(tmp_path, capsys):
    script = tmp_path / "s.py"
    script.write_text("import torch\ntorch.reluu(1)\n")
    notebook = tmp_path / "n.ipynb"
    source = ["%matplotlib inline\n", "import torch\n", "torch.reluu"]
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "source": source}]}))
    assert main(["--check", str(script), str(notebook)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{script}:2: no torch.reluu; the nearest is torch.relu")
    assert second.startswith(f"{notebook}, cell 1:3: no torch.reluu")
    script.write_text("print 'old'")
    assert main(["--check", str(script)]) == 2
