"""Networks: their sizes and names are torchvision's, they are given and take what they should."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.vision import models
from tinygrad_np.vision.models import vgg

# What torchvision's pages say of 1,000 classes.
PARAMETERS = {
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnext50_32x4d": 25_028_904,
    "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496,
    "mobilenet_v2": 3_504_872,
    "mobilenet_v3_large": 5_483_032,
    "mobilenet_v3_small": 2_542_856,
    "densenet121": 7_978_856,
    "densenet169": 14_149_480,
}
LARGE = {
    "resnet101": 44_549_160,
    "densenet161": 28_681_000,
    "densenet201": 20_013_928,
    "alexnet": 61_100_840,
}
NAMES = {
    "resnet18": "conv1.weight layer2.0.downsample.1.running_var layer4.1.bn2.bias fc.bias",
    "resnet50": "layer1.0.downsample.0.weight layer3.5.conv3.weight layer3.5.bn3.weight",
    "squeezenet1_1": "features.0.weight features.12.expand3x3.bias classifier.1.weight",
    "mobilenet_v2": "features.0.0.weight features.1.conv.1.weight features.18.1.running_mean",
    "mobilenet_v3_small": "features.1.block.1.fc1.bias features.11.block.3.1.running_var",
    "densenet121": "features.denseblock4.denselayer16.conv2.weight features.transition3.norm.bias",
}


def count(model):
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("name", PARAMETERS)
def test_sizes_and_names(name):
    model = models.get_model(name)
    assert count(model) == PARAMETERS[name]
    assert set(NAMES.get(name, "").split()) <= set(model.state_dict())


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_sizes_of_large_ones(name):
    assert count(models.get_model(name)) == LARGE[name]


def test_features_of_vgg():
    sizes = {11: 9_220_480, 13: 9_404_992, 16: 14_714_688, 19: 20_024_384}
    for layers, size in sizes.items():
        assert count(vgg.features(layers)) == size
    made = vgg.features(11, batch_norm=True)
    assert list(made.state_dict())[:3] == ["0.weight", "0.bias", "1.weight"]
    assert made(tg.rand(1, 3, 32, 32)).shape == (1, 512, 1, 1)


def test_all_are_listed():
    assert set(models.list_models()) == {n for n in models.__all__ if n.islower()} - {
        "get_model", "list_models"
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"Unknown model resnet9; there are alexnet, densenet121"):
        models.get_model("resnet9")


@pytest.mark.parametrize("ask", [{"weights": "DEFAULT"}, {"pretrained": True}])
def test_weights_are_refused(ask):
    with pytest.raises(
        RuntimeError, match=r"load_state_dict\(tinygrad_np.load\('resnet18.pth'\)\)"
    ):
        models.resnet18(**ask)
    assert isinstance(models.squeezenet1_1(pretrained=False, progress=False), models.SqueezeNet)
    assert isinstance(models.squeezenet1_1(weights=None, num_classes=3), models.SqueezeNet)


@pytest.mark.parametrize(
    "name", ["resnet18", "squeezenet1_0", "mobilenet_v2", "mobilenet_v3_small"]
)
def test_a_step_of_training(name):
    tg.manual_seed(0)
    model = models.get_model(name, num_classes=5)
    x, y = tg.rand(4, 3, 48, 48), tg.tensor([0, 1, 2, 3])
    assert model(x).shape == (4, 5)
    nn.functional.cross_entropy(model(x), y).backward()
    for key, parameter in model.named_parameters():
        assert parameter.grad is not None, key
        assert tg.isfinite(parameter.grad).all(), key
    model.eval()
    with tg.no_grad():
        np.testing.assert_allclose(model(x)[:2].numpy(), model(x[:2]).numpy(), rtol=1e-3, atol=1e-4)


def test_densenet():
    model = models.DenseNet(8, (2, 3), 16, drop_rate=0.5, num_classes=5)
    x = tg.rand(2, 3, 64, 64)
    assert model(x).shape == (2, 5)
    assert not (model(x) == model(x)).all()
    model.eval()
    assert (model(x) == model(x)).all()


def test_options_of_resnet():
    block = models.resnet.BasicBlock
    zero = models.ResNet(block, [1, 1, 1, 1], 5, zero_init_residual=True)
    assert not zero.layer3[0].bn2.weight.any()
    kept = models.ResNet(
        models.resnet.Bottleneck, [1, 1, 1, 1], 5, replace_stride_with_dilation=[False, True, True]
    )
    with tg.no_grad():
        x = kept.layer2(kept.layer1(tg.rand(1, 64, 16, 16)))
        assert x.shape == (1, 512, 8, 8)
        assert kept.layer4(kept.layer3(x)).shape == (1, 2048, 8, 8)
    assert kept.layer4[0].conv2.dilation == (2, 2)
    grouped = models.ResNet(block, [1, 1, 1, 1], 5, norm_layer=lambda c: nn.GroupNorm(8, c))
    assert isinstance(grouped.bn1, nn.GroupNorm)
    with pytest.raises(ValueError, match="3 elements"):
        models.ResNet(block, [1, 1, 1, 1], replace_stride_with_dilation=[True])
    with pytest.raises(ValueError, match="dilation=1 only"):
        block(8, 8, groups=2)
    with pytest.raises(ValueError, match="version 2"):
        models.SqueezeNet("2")
    with pytest.raises(ValueError, match="elements of four"):
        models.MobileNetV2(inverted_residual_setting=[[1, 2]])
    with pytest.raises(ValueError, match="instead of 3"):
        models.mobilenet.InvertedResidual(8, 8, 3, 1)


# --- against PyTorch, written out ---


def of_pytorch(torch):
    """A residual network of 1, 2, 1 and 1 blocks, as the paper says it."""
    layers = torch.nn

    class Block(layers.Module):
        def __init__(self, before, after, stride, downsample):
            super().__init__()
            self.conv1 = layers.Conv2d(before, after, 3, stride, 1, bias=False)
            self.bn1 = layers.BatchNorm2d(after)
            self.conv2 = layers.Conv2d(after, after, 3, 1, 1, bias=False)
            self.bn2 = layers.BatchNorm2d(after)
            self.downsample = downsample

        def forward(self, x):
            out = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
            return torch.relu(out + (x if self.downsample is None else self.downsample(x)))

    class Net(layers.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = layers.Conv2d(3, 64, 7, 2, 3, bias=False)
            self.bn1 = layers.BatchNorm2d(64)
            before = 64
            for i, (after, count) in enumerate(((64, 1), (128, 2), (256, 1), (512, 1)), 1):
                blocks = []
                for k in range(count):
                    stride, down = (2 if i > 1 and k == 0 else 1), None
                    if before != after:
                        down = layers.Sequential(
                            layers.Conv2d(before, after, 1, stride, bias=False),
                            layers.BatchNorm2d(after),
                        )
                    blocks.append(Block(before, after, stride, down))
                    before = after
                setattr(self, f"layer{i}", layers.Sequential(*blocks))
            self.fc = layers.Linear(512, 10)
            for layer in self.modules():
                if isinstance(layer, layers.Conv2d):
                    layers.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

        def forward(self, x):
            x = torch.relu(self.bn1(self.conv1(x)))
            x = torch.nn.functional.max_pool2d(x, 3, 2, 1)
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(x.mean((2, 3)))

    return Net()


@pytest.mark.torch
def test_resnet_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    tg.manual_seed(1)
    theirs = of_pytorch(torch)
    ours = models.ResNet(models.resnet.BasicBlock, [1, 2, 1, 1], 10)
    state = theirs.state_dict()
    assert list(ours.state_dict()) == list(state)
    for key, value in ours.state_dict().items():
        np.testing.assert_allclose(value.numpy(), state[key].numpy(), atol=1e-6, err_msg=key)
    ours.load_state_dict({k: tg.tensor(v.numpy()) for k, v in state.items()})
    ours.double(), theirs.double()
    x, y = np.random.default_rng(0).random((4, 3, 64, 64)), np.array([1, 2, 3, 4])
    loss = nn.functional.cross_entropy(ours(tg.tensor(x)), tg.tensor(y))
    expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(y))
    loss.backward(), expected.backward()
    assert abs(loss.item() - expected.item()) < 1e-10
    for (key, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), atol=1e-10, err_msg=key)


def test_layers_of_vgg():
    made = vgg.make_layers([4, 6, "M", 8], batch_norm=True)
    kinds = [type(layer).__name__ for layer in made]
    block = ["Conv2d", "BatchNorm2d", "ReLU"]
    assert kinds == [*block, *block, "MaxPool2d", *block]
    assert made(tg.ones(2, 3, 6, 6)).shape == (2, 8, 3, 3)
    assert len(vgg.make_layers([4, "M"])) == 3
