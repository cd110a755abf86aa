"""The launcher: programs for PyTorch run as if Python ran them."""

import json
import pathlib
import subprocess
import sys
import textwrap

import pytest

import tinygrad_np

ROOT = pathlib.Path(tinygrad_np.__file__).parent.parent


def launch(*args, cwd=None, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "tinygrad_np", *map(str, args)],
        capture_output=True, text=True, cwd=cwd, check=False, timeout=120,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "SYSTEMROOT": ""}, **kwargs,
    )  # fmt: skip


def write(path, text):
    path.write_text(textwrap.dedent(text))
    return path


IMPORTS = """
    import sys
    import tinygrad_np
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch import optim, tensor
    from torch.autograd import gradcheck
    from torch.autograd.gradcheck import gradcheck as same
    from torch.jit.annotations import List, Optional
    from torch.nn.modules.loss import MSELoss
    from torch.nn.parameter import Parameter
    from torch.optim.lr_scheduler import StepLR
    from torch.utils.data import DataLoader
    from torch.utils.data.dataset import TensorDataset
    import torch.autograd.gradcheck
    import torchvision.transforms as T
    from torchvision.datasets.mnist import MNIST

    assert torch.nn is tinygrad_np.nn and nn is torch.nn
    assert F is tinygrad_np.nn.functional
    assert gradcheck is same is tinygrad_np.autograd.gradcheck is torch.autograd.gradcheck
    assert tensor is tinygrad_np.tensor
    assert List[int].__args__ == (int,) and torch.cuda._initialized is False
    assert torch._C._log_api_usage_once("a metric") is None
    assert MSELoss is nn.MSELoss and Parameter is nn.Parameter
    assert T is tinygrad_np.vision.transforms
    assert MNIST is tinygrad_np.vision.datasets.MNIST
    assert torch.nn.__spec__.name == "tinygrad_np.nn"
    assert int(torch.__version__.split(".")[0]) >= 2
    assert torch.__version__ > (1, 10) and torch.__version__ >= "1.4" and torch.__version__ > "2.2"
    assert not torch.__version__ < "2.9"
    assert torch.__file__.endswith("tinygrad_np/__init__.py")
    from torchvision.transforms import transforms
    from torch.optim import adamw
    assert transforms.ToTensor is T.ToTensor is T.transforms.ToTensor
    assert adamw.AdamW is torch.optim.AdamW
    assert torch.torch is torch
    from torch.types import Device, Number, _dtype
    assert Number == int | float | bool and torch.types.Number is Number
    assert _dtype is torch.dtype and torch.device in Device.__args__
    print(*sys.argv, sys.path[0], __name__, __file__, sep="|")
"""


def test_a_script_sees_what_python_shows_it(tmp_path):
    script = write(tmp_path / "s.py", IMPORTS)
    got = launch("s.py", "--lr", "1", cwd=tmp_path)
    assert got.stderr == ""
    assert got.stdout.strip().split("|") == [
        "s.py", "--lr", "1", str(tmp_path), "__main__", str(script)
    ]  # fmt: skip


def test_modules_code_and_stdin(tmp_path):
    package = tmp_path / "pack"
    package.mkdir()
    write(package / "__init__.py", "")
    write(package / "other.py", "import torch; X = torch.ones(2).sum().item()")
    write(package / "__main__.py", "from .other import X; import sys; print(X, sys.argv[1:])")
    assert launch("-m", "pack", "a", cwd=tmp_path).stdout == "2.0 ['a']\n"
    assert launch("-c", "import torch; print(torch.ones(1))").stdout == "tensor([1.])\n"
    assert launch("-", input="import torch; print(__name__)").stdout == "__main__\n"


def test_tracebacks_and_exit_codes_are_pythons(tmp_path):
    script = write(
        tmp_path / "s.py",
        """
        import sys, torch

        def f():
            return {}["x"]

        if len(sys.argv) > 1:
            sys.exit(int(sys.argv[1]))
        f()
        """,
    )
    got = launch(script)
    python = write(tmp_path / "p.py", script.read_text().replace(", torch", "").replace("p.py", ""))
    want = subprocess.run([sys.executable, python], capture_output=True, text=True, check=False)
    assert got.returncode == want.returncode == 1
    assert got.stderr == want.stderr.replace("p.py", "s.py")
    assert launch(script, "7").returncode == 7
    assert launch(script, "0").returncode == 0
    assert launch(tmp_path / "none.py").returncode == 2  # as of Python


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("torch.reluu", "AttributeError: .*torch.reluu.*torch.relu"),
        ("torch.softplus", "AttributeError: .*torch.nn.functional.softplus"),
        ("torch.nn.Linar", r"AttributeError: .*torch\.nn\.Linar.*torch\.nn\.Linear"),
        ("import torch.nonsense", "ModuleNotFoundError: .*torch.nonsense"),
        ("from torch import reluu", "ModuleNotFoundError: .*torch.reluu.*torch.relu"),
        (
            "from torchvision.datasets.utils import nonsense",
            "ModuleNotFoundError: .*utils.nonsense",
        ),
        ("from torch.nn import Linar", r"ModuleNotFoundError: .*torch\.nn\.Linear"),
        ("from torch.utils.data import Datasett", r"ModuleNotFoundError: .*data\.Dataset"),
        ("from torch.nn.functional import reluu", "ModuleNotFoundError: .*functional.relu"),
    ],
)
def test_what_is_missing_is_named_with_the_nearest(line, words):
    import re

    got = launch("-c", f"import torch\n{line}")
    assert re.search(words, got.stderr.splitlines()[-1])
    assert "finder.py" not in got.stderr
    assert launch("-c", f"import torch\ntry:\n {line}\nexcept Exception: print(1)").stdout == "1\n"
    assert launch("-c", "import torch; print(hasattr(torch, 'zzz'))").stdout == "False\n"


def test_processes_started_by_a_script(tmp_path):
    script = write(
        tmp_path / "s.py",
        """
        import multiprocessing, torch

        def f(x):
            return torch.__version__, torch.full((2,), x).sum().item()

        if __name__ == "__main__":
            for method in multiprocessing.get_all_start_methods():
                with multiprocessing.get_context(method).Pool(1) as pool:
                    assert pool.map(f, [3.0]) == [(torch.__version__, 6.0)], method
            print("all")
        """,
    )
    got = launch(script)
    assert (got.stdout, got.stderr) == ("all\n", "")


def test_as_torch_and_a_real_torch(tmp_path):
    write(tmp_path / "torch.py", "raise SystemExit('the real one was loaded')")
    code = "import tinygrad_np.as_torch, torch, torch.nn; print(torch.nn.__name__)"
    python = [sys.executable, "-c", code]
    env = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    got = subprocess.run(python, capture_output=True, text=True, env=env, check=False)
    assert got.stdout == "tinygrad_np.nn\n"
    write(tmp_path / "torch.py", "")
    python[2] = "import torch, tinygrad_np.as_torch"
    got = subprocess.run(python, capture_output=True, text=True, env=env, check=False)
    assert "RuntimeError: torch itself has been imported already" in got.stderr


def test_notebooks(tmp_path):
    sources = [
        ["%matplotlib inline\n", "!pip install torch\n", "import torch\n", "x = torch.ones(2)"],
        ["text = '''\n", "%d'''\n", "if True:\n", "    %time x\n", "x"],
        ["%%bash\n", "exit 1"],
        ["%%time\n", "x.sum();"],
        ["1 / 0"],
    ]
    cells = [{"cell_type": "code", "source": s} for s in sources]
    cells.insert(1, {"cell_type": "markdown", "source": ["words"]})
    notebook = tmp_path / "n.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    got = launch(notebook)
    assert got.returncode == 1
    assert got.stdout == "tensor([1., 1.])\n"
    said = [line for line in got.stderr.splitlines() if "skipped" in line]
    assert len(said) == 5
    assert said[0].endswith("n.ipynb, cell 1: skipped %matplotlib inline")
    assert 'cell 5", line 1, in <module>\n    1 / 0' in got.stderr.replace("n.ipynb, ", "")


def test_a_reader_may_leave_the_page():
    with subprocess.Popen(
        [sys.executable, "-m", "tinygrad_np", "--api", "torch", "torch.Tensor"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    ) as process:  # fmt: skip
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_info_and_help():
    lines = launch("--info").stdout.splitlines()
    assert lines[0].startswith(f"tinygrad_np {tinygrad_np.__version__}")
    assert any(line.startswith("BLAS: ") for line in lines)
    assert any(line.startswith("threads: ") for line in lines)
    assert "--check" in launch("--help").stdout
    assert launch().stdout == launch("--help").stdout
    assert launch("--nonsense").returncode == 2


def test_names_that_libraries_import():
    code = """
from torch import UntypedStorage, _assert
from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors
from torch.distributed import Backend, ProcessGroup, new_group
from torch.distributions.transforms import _InverseTransform
from torch.nn import _reduction
from torch.nn.modules.conv import _ConvTransposeNd
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.pooling import _MaxPoolNd
from torch.onnx import is_in_onnx_export
from torch.optim.optimizer import ParamsT
from torch.overrides import has_torch_function
from torch.serialization import MAP_LOCATION
from torch.utils.model_zoo import load_url
import torch
parts = torch.ones(2), torch.zeros(1, 2)
flat = _flatten_dense_tensors(parts)
print(flat.tolist(), [tuple(p.shape) for p in _unflatten_dense_tensors(flat, parts)])
layer = torch.nn.Module()
layer.register_buffer("b", flat, persistent=False)
print(layer._non_persistent_buffers_set, isinstance(torch.nn.Dropout(), _DropoutNd))
print(_reduction.legacy_get_string(None, False, emit_warning=False))
"""
    assert launch("-c", code).stdout.splitlines() == [
    "[1.0, 1.0, 0.0, 0.0] [(2,), (1, 2)]", "{'b'} True", "none",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["empty", "nothing", "empty.part", "empty.part.deep", "sys"])
def test_modules_that_cannot_be_run(tmp_path, name):
    package = tmp_path / "empty"
    package.mkdir()
    (package / "__init__.py").touch()
    ours = launch("-m", name, cwd=tmp_path)
    pythons = subprocess.run(
        [sys.executable, "-m", name], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ours.returncode == pythons.returncode == 1
    assert ours.stderr.partition(": ")[2] == pythons.stderr.partition(": ")[2]
