"""Devices, compilers and the rest that a CPU has no use for: what they do, and what they refuse."""

import importlib.util
import sys
import warnings

import pytest

import tinygrad_np as tg
from tinygrad_np import nn


@pytest.mark.parametrize("name", ["cpu", "cpu:1", "cuda", "cuda:1", "mps", "meta"])
@pytest.mark.torch
def test_devices_are_named_as_in_pytorch(name):
    import torch

    ours, theirs = tg.device(name), torch.device(name)
    assert (repr(ours), str(ours), ours.type, ours.index) == (
        repr(theirs), str(theirs), theirs.type, theirs.index
    )  # fmt: skip


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("gpu",), "Expected one of cpu, cuda"),
        (("cuda:x",), "Invalid device string"),
        (("cuda:1", 1), "twice"),
        ((0,), "no accelerator"),
    ],
)
def test_what_is_no_device(args, words):
    with pytest.raises(RuntimeError, match=words):
        tg.device(*args)


@pytest.mark.parametrize("kind", [AssertionError, RuntimeError])
@pytest.mark.parametrize(
    "call",
    [
        lambda: tg.ones(1).cuda(),
        lambda: tg.ones(1).to("cuda"),
        lambda: tg.ones(1).to(0),
        lambda: tg.ones(1).to(tg.device("cuda", 0)),
        lambda: tg.ones(1, device="cuda:0"),
        lambda: tg.tensor([1], device=tg.device("cuda")),
        lambda: nn.Linear(1, 1).cuda(),
        lambda: nn.Linear(1, 1).to("cuda"),
        lambda: tg.set_default_device("cuda"),
        lambda: tg.device("cuda").__enter__(),
        lambda: tg.cuda.set_device(0),
        lambda: tg.cuda.current_device(),
        lambda: tg.cuda.get_device_capability(),
        lambda: tg.cuda.Stream(),
        lambda: tg.accelerator.current_device_index(),
    ],
)
def test_there_is_no_cuda(call, kind):
    with pytest.raises(kind, match="CPU|'cpu'"):
        call()


def test_what_asks_for_a_device_gets_the_cpu():
    assert not tg.cuda.is_available()
    assert tg.cuda.device_count() == tg.accelerator.device_count() == 0
    assert not tg.accelerator.is_available()
    assert tg.accelerator.current_accelerator() is None
    assert not tg.backends.mps.is_available()
    assert tg.ones(1).to("cpu:0").device == tg.get_default_device() == tg.device("cpu")
    with tg.device("cpu"):
        assert tg.ones(1).pin_memory().cpu().tolist() == [1.0]
    tg.cuda.manual_seed(1)
    tg.cuda.manual_seed_all(1)
    tg.cuda.empty_cache()
    tg.cuda.synchronize()
    with pytest.raises(TypeError, match=r"torch\.cuda\.LongTensor"):
        tg.cuda.LongTensor([1])
    assert not isinstance(tg.ones(1), tg.cuda.FloatTensor)


def test_switches_can_be_set(monkeypatch):
    monkeypatch.setattr(tg.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(tg.backends.cuda.matmul, "allow_tf32", True)
    tg.use_deterministic_algorithms(True)
    assert tg.are_deterministic_algorithms_enabled()
    tg.use_deterministic_algorithms(False)
    tg.set_float32_matmul_precision("high")
    assert tg.get_float32_matmul_precision() == "high"
    tg.set_float32_matmul_precision("highest")
    with pytest.raises(RuntimeError, match="highest"):
        tg.set_float32_matmul_precision("low")


def test_compilers_return_what_they_get():
    net = nn.Linear(1, 1)
    assert not isinstance(net, tg.jit.ScriptModule)  # whose further attributes it lacks
    assert tg.compile(net) is tg.jit.script(net) is tg.jit.trace(net, tg.ones(1, 1)) is net

    @tg.compile
    def f(x):
        return x + 1

    @tg.compile(fullgraph=True, mode="reduce-overhead")
    def g(x):
        return x + 1

    assert f(1) == g(1) == 2

    @tg.compiler.set_stance("eager_on_recompile", force_backend="eager")
    @tg.compiler.allow_in_graph
    @tg.compiler.assume_constant_result
    def h(x):
        with tg.compiler.set_stance("force_eager"):
            return x + 1

    assert h(1) == 2
    assert tg.fx.wrap(h) is h
    assert not any((tg.compiler.is_dynamo_compiling(), tg.compiler.is_exporting()))
    with pytest.raises(RuntimeError, match="mode or options"):
        tg.compile(net, mode="default", options={})
    with pytest.raises(NotImplementedError, match=r"torch\.onnx\.export.*torch\.save"):
        tg.onnx.export(net, tg.ones(1, 1), "x.onnx")


def test_autocast_changes_nothing():
    @tg.autocast("cpu", dtype=tg.float16, enabled=False)
    def f(x):
        return x @ x

    with pytest.warns(UserWarning, match=r"autocast to torch\.bfloat16 changes nothing") as seen:
        context = tg.amp.autocast(device_type="cpu")
    with context:
        assert f(tg.ones(2, 2)).dtype == tg.float32
        assert not tg.is_autocast_enabled()
    assert [w.filename for w in seen] == [__file__]
    with pytest.warns(UserWarning, match=r"to torch\.float16 changes nothing"):
        assert tg.autocast("cpu", tg.float16).fast_dtype == tg.float16


@pytest.mark.parametrize("name", ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def test_autocast_says_where_it_is_not(name):
    torch = pytest.importorskip(name)
    if torch.cuda.is_available():
        pytest.skip("CUDA is available")
    with pytest.warns(UserWarning, match="not available.*Disabling autocast"):
        assert torch.autocast("cuda").fast_dtype == torch.float16
    with pytest.warns(UserWarning, match="dtype is not supported. Disabling autocast"):
        torch.autocast("cpu", torch.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.autocast("cuda", enabled=False).fast_dtype == torch.float16
        assert torch.autocast("cpu", enabled=False).fast_dtype == torch.bfloat16
        assert torch.autocast("cpu", torch.float64, enabled=False).fast_dtype == torch.float64
    with pytest.raises(ValueError, match="device_type"):
        torch.autocast(True)
    with pytest.raises(RuntimeError, match="Expected one of cpu, cuda"):
        torch.autocast("nowhere")


def test_cudas_autocast_warns_of_the_line_that_asks_for_it():
    with pytest.warns(UserWarning, match="cuda is not available") as seen:
        tg.cuda.amp.autocast()
    assert [w.filename for w in seen] == [__file__]


def step(scaler, factor, lr=0.5):
    """(the weight after a scaled step, the gradient that the step saw)"""
    w = nn.Parameter(tg.tensor([1.0]))
    optimizer = tg.optim.SGD([w], lr=lr)
    scaler.scale(w * factor).backward()
    scaler.step(optimizer)
    scaler.update()
    return w.item(), w.grad.item()


def test_grad_scaler_for_cuda_is_disabled():
    with pytest.warns(UserWarning, match="Disabling"):
        scaler = tg.cuda.amp.GradScaler()
    assert not scaler.is_enabled()
    assert step(scaler, 3.0) == (-0.5, 3.0)
    assert scaler.get_scale() == 1.0
    assert scaler.state_dict() == {}
    assert step(tg.amp.GradScaler(enabled=False), 3.0) == (-0.5, 3.0)


@pytest.mark.torch
def test_grad_scaler_scales_as_pytorchs():
    import torch

    ours = tg.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
    theirs = torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
    for factor in (3.0, 1.0, 2.0, float("inf"), 1.0):
        w = torch.nn.Parameter(torch.tensor([1.0]))
        optimizer = torch.optim.SGD([w], lr=0.5)
        theirs.scale(w * factor).backward()
        theirs.step(optimizer)
        theirs.update()
        assert step(ours, factor) == (w.item(), w.grad.item())
        assert ours.get_scale() == theirs.get_scale()
    assert ours.state_dict() == theirs.state_dict()
    again = tg.amp.GradScaler("cpu")
    again.load_state_dict(theirs.state_dict())
    assert again.state_dict() == theirs.state_dict()


def test_unscaling_twice_is_an_error():
    scaler = tg.amp.GradScaler("cpu")
    w = nn.Parameter(tg.tensor([1.0]))
    optimizer = tg.optim.SGD([w], lr=0.5)
    scaler.scale(w * 2).backward()
    scaler.unscale_(optimizer)
    assert w.grad.item() == 2.0
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)


MISUSES = {
    "growth": lambda T, s, o, loss: T.amp.GradScaler("cpu", growth_factor=1.0),
    "backoff": lambda T, s, o, loss: T.amp.GradScaler("cpu", backoff_factor=1.0),
    "step before scale": lambda T, s, o, loss: s.step(o),
    "update before scale": lambda T, s, o, loss: s.update(),
    "no gradient": lambda T, s, o, loss: (s.scale(loss), s.step(o)),
    "no step": lambda T, s, o, loss: (s.scale(loss).backward(), s.update()),
    "two steps": lambda T, s, o, loss: (s.scale(loss).backward(), s.step(o), s.step(o)),
    "unscale late": lambda T, s, o, loss: (s.scale(loss).backward(), s.step(o), s.unscale_(o)),
    "closure": lambda T, s, o, loss: (s.scale(loss).backward(), s.step(o, closure=lambda: 0)),
    "number": lambda T, s, o, loss: s.scale(3.0),
    "new scale": lambda T, s, o, loss: (s.scale(loss), s.update(T.ones(2))),
    "empty state": lambda T, s, o, loss: s.load_state_dict({}),
    "part of a state": lambda T, s, o, loss: s.load_state_dict({"scale": 2.0}),
}


def _misused(T, name):
    w = T.nn.Parameter(T.tensor([1.0]))
    MISUSES[name](T, T.amp.GradScaler("cpu"), T.optim.SGD([w], lr=0.5), (w * 2).sum())


@pytest.mark.torch
@pytest.mark.parametrize("name", MISUSES)
def test_misuse_of_a_scaler_is_an_error(name):
    import torch

    with pytest.raises(Exception) as theirs:
        _misused(torch, name)
    with pytest.raises(theirs.type):
        _misused(tg, name)


def test_gradients_of_float16_are_not_unscaled():
    w = nn.Parameter(tg.tensor([1.0], dtype=tg.float16))
    optimizer, scaler = tg.optim.SGD([w], lr=0.5), tg.amp.GradScaler("cpu", init_scale=4.0)
    scaler.scale(w * 2).sum().backward()
    with pytest.raises(ValueError, match="FP16 gradients"):
        scaler.step(optimizer)
    assert w.grad.item() == 8.0


def test_parallel_modules_call_their_module():
    net = nn.Linear(2, 1)
    x = tg.ones(3, 2)
    for wrapped in (nn.DataParallel(net), nn.parallel.DistributedDataParallel(net, device_ids=[0])):
        assert wrapped.module is net
        assert tg.equal(wrapped(x), net(x))
        assert list(wrapped.state_dict()) == ["module.weight", "module.bias"]
    assert tg.equal(nn.parallel.data_parallel(net, (x,)), net(x))


def test_a_world_of_one(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    d = tg.distributed
    with pytest.raises(ValueError, match="init_process_group"):
        d.get_rank()
    d.init_process_group("gloo")
    try:
        assert (d.get_rank(), d.get_world_size(), d.is_initialized()) == (0, 1, True)
        d.barrier()
    finally:
        d.destroy_process_group()
    for kwargs, words in (({"world_size": 2}, "2 processes"), ({"backend": "nccl"}, "gloo")):
        with pytest.raises(RuntimeError, match=words):
            d.init_process_group(**kwargs)


@pytest.fixture
def world(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    tg.distributed.init_process_group("gloo")
    yield tg.distributed
    tg.distributed.destroy_process_group()


def test_collectives_of_one_process_give_what_it_has(world):
    t = tg.tensor([1.0, 2.0], requires_grad=True)
    for work in (
        world.all_reduce(t, op=world.ReduceOp.MAX, async_op=True),
        world.reduce(t, 0, async_op=True),
        world.broadcast(t, src=0, async_op=True),
        world.all_gather(gathered := [tg.zeros(2)], t, async_op=True),
        world.gather(t, received := [tg.zeros(2)], async_op=True),
        world.scatter(mine := tg.zeros(2), [t], async_op=True),
        world.barrier(async_op=True),
    ):
        assert work.wait()
        assert work.is_completed()
    assert world.all_reduce(t) is None
    for result in (t, gathered[0], received[0], mine):
        assert result.tolist() == [1, 2]
    assert not any(r.requires_grad for r in (gathered[0], received[0], mine))
    world.all_gather_object(objects := [None], {"loss": 1})
    assert objects == [{"loss": 1}]
    assert world.get_backend() == "gloo"
    with pytest.raises(RuntimeError, match="one element"):
        world.all_gather([], t)
    with pytest.raises(RuntimeError, match="one element"):
        world.scatter(tg.zeros(2), [t, t])


@pytest.mark.parametrize(
    "other", [tg.ones(1), tg.ones(2, dtype=tg.float64)], ids=["shape", "dtype"]
)
@pytest.mark.parametrize("name", ["all_gather", "gather", "scatter"])
def test_collectives_neither_broadcast_nor_cast(world, name, other):
    place = tg.zeros(2)
    args = {"all_gather": ([place], other), "gather": (other, [place]), "scatter": (place, [other])}
    error = RuntimeError if other.dtype == place.dtype else ValueError
    with pytest.raises(error, match=name):
        getattr(world, name)(*args[name])
    assert place.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "args", "error"),
    [
        ("all_reduce", ("SUM",), TypeError),
        ("all_reduce", (tg.distributed.ReduceOp.BAND,), RuntimeError),
        ("reduce", (1,), RuntimeError),
        ("reduce", (), ValueError),
        ("broadcast", (1,), RuntimeError),
        ("broadcast", (), ValueError),
        ("gather", (None, 1), RuntimeError),
    ],
)
def test_collectives_know_their_ops_and_ranks(world, name, args, error):
    with pytest.raises(error, match=name):
        getattr(world, name)(tg.ones(2), *args)
    with pytest.raises(TypeError, match="Tensor, but got list"):
        world.all_reduce([1.0])


def test_collectives_with_gradients(world):
    t = tg.tensor([1.0, 2.0], requires_grad=True)
    for result in (
        world.nn.all_reduce(t * 3), world.nn.all_gather(t * 3)[0], world.nn.broadcast(t * 3, 0)
    ):  # fmt: skip
        t.grad = None
        result.sum().backward()
        assert t.grad.tolist() == [3, 3]


@pytest.mark.parametrize("name", ["all_reduce", "broadcast", "reduce", "all_gather", "barrier"])
def test_collectives_need_a_world(name):
    args = ([tg.ones(1)], tg.ones(1)) if name == "all_gather" else (tg.ones(1),)
    with pytest.raises(ValueError, match="init_process_group"):
        getattr(tg.distributed, name)(*args)


def test_the_profiler_counts():
    with tg.autograd.profiler.profile(use_cuda=False) as prof, tg.profiler.record_function("x"):
        prof.step()
    assert "steps: 1" in prof.key_averages().table(sort_by="cpu_time_total", row_limit=10)


def test_summary_writer_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"tinygrad_np\[tensorboard\]"):
        tg.utils.tensorboard.SummaryWriter()


@pytest.mark.skipif(not importlib.util.find_spec("tensorboardX"), reason="needs tensorboardX")
def test_summary_writer_takes_tensors(tmp_path):
    with tg.utils.tensorboard.SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", tg.tensor(1.5, requires_grad=True), 0)
        writer.add_histogram("weights", tg.ones(3), 0)
    assert list(tmp_path.iterdir())


def test_ops_run_one_after_the_other():
    tg.set_num_interop_threads(4)
    assert tg.get_num_interop_threads() == 1
    with pytest.raises(RuntimeError, match="positive"):
        tg.set_num_interop_threads(0)


def test_to_empty_stays_on_the_cpu():
    layer = tg.nn.Linear(2, 3)
    assert layer.to_empty(device="cpu") is layer
    with pytest.raises(RuntimeError, match="cuda"):
        layer.to_empty(device="cuda")


def test_errors_of_accelerators_can_be_named():
    for name in ("OutOfMemoryError", "AcceleratorError"):
        kind = getattr(tg, name)
        assert issubclass(kind, RuntimeError)
        assert getattr(tg.cuda, name) is kind
