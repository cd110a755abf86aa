"""Training, to the last bit the same with any number of threads."""

import pytest

import tinygrad_np as tg
from tinygrad_np import nn, optim

F = nn.functional


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x))) + x


def images(*layers):
    return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(10))


def last(x):
    return x[0] if isinstance(x, tuple) else x


CASES = {  # a model, its input, its optimizer: large enough for several threads
    "convolutions": lambda: (
        images(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.Dropout()),
        tg.randn(64, 1, 28, 28),
        lambda p: optim.Adam(p, 1e-3),
    ),
    "residual": lambda: (
        images(nn.Conv2d(3, 64, 3, 2, 1), Residual(64), Residual(64), nn.AdaptiveAvgPool2d(2)),
        tg.randn(32, 3, 32, 32),
        lambda p: optim.SGD(p, 0.05, 0.9, weight_decay=1e-4),
    ),
    "groups": lambda: (
        images(nn.Conv2d(32, 32, 3, padding=1, groups=32), nn.SiLU(), nn.Conv2d(32, 64, 1),
               nn.AvgPool2d(2), nn.Conv2d(64, 64, 5, groups=4), nn.GroupNorm(4, 64), nn.GELU()),
        tg.randn(32, 32, 32, 32),
        optim.RMSprop,
    ),
    "dense": lambda: (
        images(nn.Linear(784, 512), nn.GELU(), nn.LayerNorm(512), nn.Linear(512, 2000)),
        tg.randn(512, 784),
        optim.AdamW,
    ),
    "attention": lambda: (
        images(nn.TransformerEncoderLayer(128, 4, 512, batch_first=True)),
        tg.randn(32, 64, 128),
        optim.AdamW,
    ),
    "recurrent": lambda: (
        nn.LSTM(64, 256, 2, batch_first=True, bidirectional=True),
        tg.randn(64, 32, 64),
        optim.Adagrad,
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def threads_as_before():
    pytest.importorskip("threadpoolctl")
    before = tg.get_num_threads()
    yield
    tg.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:Lazy modules:UserWarning")
def test_training_steps_do_not_depend_on_the_number_of_threads(name):
    found = set()
    for count in (1, 2, 3, 4):
        tg.set_num_threads(count)
        tg.manual_seed(0)
        model, x, make = CASES[name]()
        last(model(x))  # lazy layers get their shapes
        optimizer = make(model.parameters())
        for _ in range(2):
            optimizer.zero_grad()
            out = last(model(x)).reshape(len(x), -1)
            F.cross_entropy(out, tg.arange(len(x)) % 10).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        found.add(b"".join(p.detach().numpy().tobytes() for p in model.parameters()))
    assert len(found) == 1
